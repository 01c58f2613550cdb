// Plain text as people write it in a form: blank lines part paragraphs, addresses become links, nothing else becomes markup.

enum Paragraphs {
    static func html(_ text: String) -> HTML {
        var html = HTML.empty, lines: [Substring] = []
        func close() {
            guard !lines.isEmpty else { return }
            html += "<p>\(lines.map(linked).joined("<br>"))</p>"
            lines = []
        }
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.allSatisfy(\.isWhitespace) { close() } else { lines.append(line) }
        }
        close()
        return html
    }

    /// One line, its web addresses as links. Only http and https: no other scheme is harmless in a link.
    private static func linked(_ line: Substring) -> HTML {
        var html = HTML.empty, rest = line
        while let start = firstAddress(in: rest) {
            html += HTML(String(rest[..<start]))
            var end = rest[start...].firstIndex { $0.isWhitespace || "<>\"".contains($0) } ?? rest.endIndex
            // What ends a sentence does not belong to the address.
            while end > start, ".,;:!?)'".contains(rest[rest.index(before: end)]) { end = rest.index(before: end) }
            let address = String(rest[start..<end])
            html += "<a href=\"\(address)\" rel=\"noopener noreferrer nofollow\">\(address)</a>"
            rest = rest[end...]
        }
        return html + HTML(String(rest))
    }

    private static func firstAddress(in text: Substring) -> Substring.Index? {
        var at = text.startIndex
        while at < text.endIndex {
            let rest = text[at...]
            for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) {
                // Something has to follow it.
                if let next = rest.dropFirst(scheme.count).first, next.isLetter || next.isNumber { return at }
            }
            at = text.index(after: at)
        }
        return nil
    }
}
