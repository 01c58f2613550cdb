// The shapes of single values, shared by the configuration and by `fitech-ctl`, so that both refuse alike.
import Foundation

package enum Syntax {
    /// A name of a node, a provider or a customer: letters, digits and `-`, 1 to 40, beginning with a letter.
    package static func word(_ text: String) -> String? {
        let bytes = text.utf8
        guard (1...40).contains(bytes.count), let first = bytes.first, isLetter(first), bytes.last != UInt8(ascii: "-") else { return nil }
        return bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") } ? text : nil
    }

    /// A host name (RFC 1123 2.1) or an IP address.
    package static func hostName(_ text: String) -> String? {
        guard (1...253).contains(text.utf8.count) else { return nil }
        if text.utf8.contains(UInt8(ascii: ":")) { return HostPort("[\(text)]:0") == nil ? nil : text }
        for label in text.split(separator: ".", omittingEmptySubsequences: false) {
            let bytes = label.utf8
            guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-"),
                bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") })
            else { return nil }
        }
        return text.lowercased()
    }

    /// A mobile number in E.164: the United Kingdom (+447 and 9 digits) or Australia (+614 and 8 digits).
    package static func mobile(_ text: String) -> String? {
        for (prefix, digits) in [("+447", 9), ("+614", 8)] where text.hasPrefix(prefix) {
            let rest = text.utf8.dropFirst(prefix.utf8.count)
            if rest.count == digits, rest.allSatisfy(isDigit) { return text }
        }
        return nil
    }

    /// An e-mail address as mail servers take it (RFC 5321 without quoted local parts); a host without a dot is fine.
    package static func email(_ text: String) -> String? {
        guard text.utf8.count <= 254, let at = text.utf8.firstIndex(of: UInt8(ascii: "@")) else { return nil }
        let local = text[..<at], host = text[text.index(after: at)...]
        let atext = local.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"\"(),:;<>@[\\]".utf8.contains($0) }
        guard (1...64).contains(local.utf8.count), atext, !local.hasPrefix("."), !local.hasSuffix("."), !local.contains("..") else { return nil }
        return hostName(String(host)) == nil ? nil : text
    }

    /// An IANA time zone, or UTC. Abbreviations such as BST are refused: they do not say when the clocks change.
    package static func isZone(_ text: String) -> Bool {
        (text == "UTC" || text.contains("/")) && TimeZone(identifier: text) != nil
    }

    /// `01:00` as minutes after midnight.
    package static func timeOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(isDigit) }),
            let hours = Int(parts[0]), let minutes = Int(parts[1]), hours < 24, minutes < 60
        else { return nil }
        return hours * 60 + minutes
    }

    /// `http://` or `https://`, a host and no white space.
    package static func webURL(_ text: String) -> String? {
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), printable(text), !text.contains(" "),
            let url = URLComponents(string: text), let host = url.host, !host.isEmpty
        else { return nil }
        return text
    }

    /// `smtp://host:port` (the port may be left out).
    package static func relay(_ text: String) -> String? {
        guard text.hasPrefix("smtp://"), printable(text) else { return nil }
        let rest = String(text.dropFirst(7))
        return HostPort(rest) != nil || hostName(rest) != nil ? text : nil
    }

    /// `http://host:port` or `unix:PATH`.
    package static func origin(_ text: String) -> String? {
        if text.hasPrefix("unix:") { return (6...107).contains(text.utf8.count) && printable(text) ? text : nil }
        guard text.hasPrefix("http://") else { return nil }
        let rest = text.hasSuffix("/") ? text.dropFirst(7).dropLast() : text.dropFirst(7)
        guard let address = HostPort(String(rest)), address.port > 0 else { return nil }
        return "http://\(address)"
    }

    /// Who a text says it comes from: a number of up to 15 digits, or 3 to 11 letters and digits.
    package static func sender(_ text: String) -> String? {
        let digits = text.utf8.first == UInt8(ascii: "+") ? text.utf8.dropFirst() : text.utf8[...]
        if (3...15).contains(digits.count), digits.allSatisfy(isDigit) { return text }
        return (3...11).contains(text.utf8.count) && text.utf8.allSatisfy { isLetter($0) || isDigit($0) } ? text : nil
    }

    /// YAML 1.1's switches.
    package static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "on", "true", "yes": true
        case "off", "false", "no": false
        default: nil
        }
    }

    /// No control characters.
    package static func printable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && !(0x80...0x9F).contains($0.value) }
    }

    static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
