// Texts that support keeps ready: what stands in them for a fact of the ticket, and the text with the facts in its place.

/// A word between two pairs of braces, such as `{{customer}}`. Capitals and blanks beside it do not matter.
package enum ReplyPlaceholder: String, Sendable, Hashable, CaseIterable {
    /// The customer's display name.
    case customer
    /// The name of who opened the ticket.
    case name
    /// The ticket's number.
    case number
    /// The ticket's title.
    case title
    /// The name of the support person who answers.
    case me

    package var explained: String {
        switch self {
        case .customer: "the customer's name"
        case .name: "the name of who opened the ticket"
        case .number: "the ticket's number"
        case .title: "the ticket's title"
        case .me: "your own name"
        }
    }

    package var text: String { "{{\(rawValue)}}" }

    init?(_ word: Substring) {
        var word = word
        while word.first?.isWhitespace == true { word.removeFirst() }
        while word.last?.isWhitespace == true { word.removeLast() }
        self.init(rawValue: word.lowercased())
    }
}

package enum CannedText {
    enum Piece: Equatable {
        case text(Substring)
        /// What stood between the braces.
        case placeholder(Substring)
    }

    /// Cuts a text at its placeholders: a closing pair of braces belongs to the nearest opening one before it on the same line. Braces
    /// without a partner are text.
    static func pieces(_ text: String) -> [Piece] {
        var pieces: [Piece] = [], rest = text[...]
        while let close = rest.firstRange(of: "}}") {
            let before = rest[..<close.lowerBound]
            if let open = before.ranges(of: "{{").last, !before[open.upperBound...].contains(where: \.isNewline) {
                pieces += [.text(before[..<open.lowerBound]), .placeholder(before[open.upperBound...])]
            } else {
                pieces.append(.text(rest[..<close.upperBound]))
            }
            rest = rest[close.upperBound...]
        }
        return (pieces + [.text(rest)]).filter { $0 != .text("") }
    }

    /// The text with every placeholder replaced. What a value says is never looked at again, whatever braces it holds; a placeholder
    /// nobody knows stays as it is.
    package static func fill(_ text: String, _ value: (ReplyPlaceholder) -> String) -> String {
        var filled = ""
        for piece in pieces(text) {
            switch piece {
            case .text(let text): filled += text
            case .placeholder(let word): filled += ReplyPlaceholder(word).map(value) ?? "{{\(word)}}"
            }
        }
        return filled
    }

    /// The placeholders of a text that nothing is known for, as they are written.
    package static func unknown(in text: String) -> [String] {
        var unknown: [String] = []
        for case .placeholder(let word) in pieces(text) where ReplyPlaceholder(word) == nil {
            let written = "{{\(word)}}"
            if !unknown.contains(written) { unknown.append(written) }
        }
        return unknown
    }

    /// What was typed already, and the text after it, apart by an empty line.
    package static func append(_ text: String, to typed: String) -> String {
        var typed = typed[...]
        while typed.last?.isWhitespace == true { typed.removeLast() }
        return typed.isEmpty ? text : typed + "\n\n" + text
    }
}
