// A text with headings, lists and links as a value: whoever reads it decides how it looks, and nothing in it is markup.

/// What the text of a post may be made of. Pictures and raw HTML have no place in it.
package struct RichText: Sendable, Equatable {
    package indirect enum Inline: Sendable, Equatable {
        case text(String)
        case code(String)
        case emphasis([Inline])
        case strong([Inline])
        case struck([Inline])
        /// The address is one of `RichText.isSafe`.
        case link(String, [Inline])
        case lineBreak
    }

    package indirect enum Block: Sendable, Equatable {
        case paragraph([Inline])
        /// From 1.
        case heading(Int, [Inline])
        case quote([Block])
        /// `first` nil: not numbered.
        case list(first: Int?, items: [[Block]])
        case code(String)
        case table(head: [[Inline]], rows: [[[Inline]]])
        case rule
    }

    package var blocks: [Block]
    package init(_ blocks: [Block]) { self.blocks = blocks }

    /// Paragraphs between empty lines, for texts that are nothing more.
    package init(plain text: String) {
        var paragraphs: [[Inline]] = [[]]
        // Forms send CR LF, which is one character.
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.allSatisfy(\.isWhitespace) {
                if !paragraphs[paragraphs.count - 1].isEmpty { paragraphs.append([]) }
                continue
            }
            if !paragraphs[paragraphs.count - 1].isEmpty { paragraphs[paragraphs.count - 1].append(.lineBreak) }
            paragraphs[paragraphs.count - 1].append(.text(String(line)))
        }
        blocks = paragraphs.filter { !$0.isEmpty }.map { .paragraph($0) }
    }

    /// Addresses a link may lead to: pages of the web, mail, and paths of this portal.
    package static func isSafe(_ address: String) -> Bool {
        guard !address.isEmpty, address.utf8.count <= 2000, address.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else { return false }
        let lower = address.lowercased()
        if lower.hasPrefix("https://") || lower.hasPrefix("http://") || lower.hasPrefix("mailto:") { return true }
        return address.hasPrefix("/") && !address.hasPrefix("//")
    }

    /// The words alone, for lists and feeds.
    package var words: String { Self.words(of: blocks) }

    private static func words(of blocks: [Block]) -> String {
        blocks.map { block in
            switch block {
            case .paragraph(let inlines), .heading(_, let inlines): words(of: inlines)
            case .quote(let blocks): words(of: blocks)
            case .list(_, let items): items.map { words(of: $0) }.joined(separator: " ")
            case .code(let text): text
            case .table(let head, let rows): ([head] + rows).map { $0.map { words(of: $0) }.joined(separator: " ") }.joined(separator: " ")
            case .rule: ""
            }
        }.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static func words(of inlines: [Inline]) -> String {
        inlines.map { inline in
            switch inline {
            case .text(let text), .code(let text): text
            case .emphasis(let inside), .strong(let inside), .struck(let inside), .link(_, let inside): words(of: inside)
            case .lineBreak: " "
            }
        }.joined()
    }
}
