// What every family asks of what it is sent: texts, e-mails, times, and that nobody else wrote in between.
import SupportCentre
import Wire

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

    /// A time as people write it: on their own clock, or with a zone. Nil for nothing, and for what was refused.
    mutating func moment(_ field: String, _ text: String?, in zone: String) -> Timestamp? {
        guard let text = text.map(Self.trimmed), !text.isEmpty else { return nil }
        if let moment = Timestamp(iso8601: text) ?? LocalTime.moment(text, in: zone) { return moment }
        refuse(field, "\"\(text.prefix(40))\" is no time there is.", "Write 2026-11-22T02:00 on your own clock (some hours are skipped when clocks go forward), or with a zone like 2026-11-22T02:00:00Z.")
        return nil
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

extension Failure {
    /// What was sent was written from a version that is not the newest.
    static func changedMeanwhile(_ thing: String) -> Failure {
        .conflict("The \(thing) was changed by somebody else meanwhile.", hint: "Look at it again, then do it once more.", code: "changed-meanwhile")
    }
}
