// Texts brought into the shapes that searching and sorting compare.

enum Search {
    /// The words of a text, lower case, split at everything that is neither letter nor digit; at most 12.
    static func words(_ text: String) -> [String] {
        var words: [String] = []
        for part in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            let word = String(part.prefix(40))
            if !words.contains(word) { words.append(word) }
            if words.count == 12 { break }
        }
        return words
    }

    /// Makes numbers in a text compare by value: every run of digits is preceded by its length (`c-2` before `c-10`).
    static func sortKey(_ text: String) -> String {
        var key = ""
        var digits = ""
        func flush() {
            guard !digits.isEmpty else { return }
            let stripped = digits.drop { $0 == "0" }
            let count = min(stripped.count, 99)
            key += "\(count / 10)\(count % 10)" + stripped
            digits = ""
        }
        for character in text.lowercased() {
            if character.isASCII, character.isNumber { digits.append(character) } else { flush(); key.append(character) }
        }
        flush()
        return key
    }

    /// The first text after all that begin with `prefix`.
    static func end(of prefix: String) -> String { prefix + "\u{10FFFF}" }
}
