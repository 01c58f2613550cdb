// A mail address that is safe to put into an envelope and a header.

/// The addresses Fitech sends to and from: a dot-atom before the @ and a host name after it (RFC 5321 4.1.2, without
/// quoted strings and without SMTPUTF8). So no address can end a line, close a bracket or add a parameter.
package struct MailAddress: Equatable, Sendable, CustomStringConvertible {
    /// `local@domain` as it was written.
    package let text: String

    /// Nil when it is anything but one such address. RFC 5321 4.5.3.1: at most 64 bytes before the @, 254 in all.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let local = bytes[..<at], domain = bytes[(at + 1)...]
        guard (1...64).contains(local.count), !domain.isEmpty else { return nil }
        let atom = Array("!#$%&'*+-/=?^_`{|}~".utf8)
        for part in local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard !part.isEmpty, part.allSatisfy({ Self.isAlphanumeric($0) || atom.contains($0) }) else { return nil }
        }
        for part in domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...63).contains(part.count), part.first != UInt8(ascii: "-"), part.last != UInt8(ascii: "-"),
                part.allSatisfy({ Self.isAlphanumeric($0) || $0 == UInt8(ascii: "-") })
            else { return nil }
        }
        self.text = text
    }

    /// What follows the @.
    package var domain: Substring { text[text.index(after: text.lastIndex(of: "@") ?? text.startIndex)...] }

    package var description: String { text }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
