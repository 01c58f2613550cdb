// Texts brought into the shapes that searching and sorting compare.
import Wire

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

/// Checks of what people send, gathered so that all problems are told at once.
struct FieldCheck {
    var problems: [Failure.FieldProblem] = []

    mutating func refuse(_ field: String, _ reason: String, _ hint: String) {
        problems.append(.init(field: field, reason: reason, hint: hint))
    }

    /// A text without spaces around it, within a length in characters.
    mutating func text(_ field: String, _ value: String, _ name: String, limit: Int, required: Bool = true) -> String {
        let trimmed = Self.trimmed(value)
        if trimmed.isEmpty, required { refuse(field, "\(name) is missing.", "Fill it in.") }
        if trimmed.count > limit { refuse(field, "\(name) has \(trimmed.count) characters.", "Use at most \(limit).") }
        if trimmed.unicodeScalars.contains(where: { $0.value < 32 && $0 != "\n" && $0 != "\r" && $0 != "\t" || $0.value == 127 }) {
            refuse(field, "\(name) contains control characters.", "Remove them.")
        }
        return trimmed
    }

    /// An e-mail in lower case: one @, a dot in the domain unless it is `localhost`, no spaces, at most 254 bytes.
    mutating func email(_ field: String, _ value: String) -> String {
        let email = Self.trimmed(value).lowercased()
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        let visible = email.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 && !"<>()[],;:\\\"".unicodeScalars.contains($0) }
        if email.isEmpty {
            refuse(field, "The e-mail is missing.", "Write it like name@example.com.")
        } else if parts.count != 2 || parts[0].isEmpty || parts[1].isEmpty || !visible || email.utf8.count > 254 || parts[1].hasPrefix(".") || parts[1].hasSuffix(".") {
            refuse(field, "\"\(email.prefix(80))\" is no e-mail address.", "Write it like name@example.com.")
        }
        return email
    }

    func finish() throws(Failure) {
        if !problems.isEmpty { throw .unacceptable(problems) }
    }

    static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while let first = rest.first, first.isWhitespace { rest = rest.dropFirst() }
        while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
        return String(rest)
    }
}
