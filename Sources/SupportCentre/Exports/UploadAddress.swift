// Where an export may be sent by SFTP, and what follows when it could not be.
import Wire

/// `sftp://user@host[:port]/folder/`: the export goes into the folder under its own name.
package enum UploadAddress {
    package static let longest = 500
    static let hint = "Write it like sftp://fitech@files.example.com/exports/."

    /// Why an address cannot be used; nil for one that can. What a name stands for is judged when it is used.
    ///
    /// - Parameter inside: whether addresses of the house's own network are allowed (`webhooks.inside`).
    package static func problem(_ text: String, inside: Bool) -> (reason: String, hint: String)? {
        guard text.utf8.count <= longest else { return ("The address has \(text.utf8.count) bytes.", "Use at most \(longest).") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\\\"%'`<>|".utf8.contains($0) }) else {
            return ("The address holds blanks, quotes, % or characters that are not ASCII.", "Name the user and the folder with letters, digits, -, _ and full stops.")
        }
        guard text.hasPrefix("sftp://") else { return ("The address does not begin with sftp://.", hint) }
        if text.contains("#") || text.contains("?") { return ("The address has a part behind # or ?.", "Leave it out.") }
        let rest = text.dropFirst(7), authority = rest.prefix { $0 != "/" }, path = rest[authority.endIndex...]
        let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return ("The address does not say as whom to sign in.", hint) }
        if parts[0].contains(":") { return ("The address holds a password.", "Leave it out: the portal signs in with its key, which is shown on the page.") }
        if let problem = OutsideHost.problem(parts[1], inside: inside, example: hint) { return problem }
        guard path.hasSuffix("/") else { return ("The folder does not end with /.", hint) }
        if path.split(separator: "/").contains("..") { return ("The folder has .. in it.", "Write it from the root: /exports/, or /~/exports/ from the user's own folder.") }
        return nil
    }

    /// `SHA256:` and 43 characters, as `ssh-keygen -l` shows a server's key; without the word in front it is taken too. Nil for anything else.
    package static func fingerprint(_ text: String) -> String? {
        let value = text.hasPrefix("SHA256:") ? text.dropFirst(7) : text[...]
        let digits = value.utf8.last == UInt8(ascii: "=") ? value.dropLast() : value
        guard digits.utf8.count == 43, digits.utf8.allSatisfy({ byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
        }) else { return nil }
        return "SHA256:\(digits)"
    }
}

/// When an upload that failed is tried again.
package enum UploadRetry {
    private static let waits: [Duration] = [.seconds(60), .seconds(600), .seconds(3600), .seconds(4 * 3600), .seconds(12 * 3600)]

    /// - Parameter tries: how often it was tried, this time included. Nil when it is given up.
    package static func next(after tries: Int, at now: Timestamp) -> Timestamp? {
        guard tries >= 1, tries <= waits.count else { return nil }
        return now.adding(waits[tries - 1])
    }
}
