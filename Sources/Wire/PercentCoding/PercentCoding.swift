// Percent-coding (RFC 3986 2.1) and its form dialect, strict: a broken escape is refused, never passed through.

/// Turns text into what may stand in a URI and back.
package enum PercentCoding {
    /// The bytes behind percent-coded bytes; nil when an escape is incomplete or not hexadecimal.
    /// `plusIsSpace` is the dialect of `application/x-www-form-urlencoded` and of queries made by forms.
    package static func decode(_ coded: ArraySlice<UInt8>, plusIsSpace: Bool = false) -> [UInt8]? {
        var plain: [UInt8] = []
        plain.reserveCapacity(coded.count)
        var at = coded.startIndex
        while at < coded.endIndex {
            let byte = coded[at]
            if byte == UInt8(ascii: "%") {
                guard at + 2 < coded.endIndex, let high = value(of: coded[at + 1]), let low = value(of: coded[at + 2])
                else { return nil }
                plain.append(high << 4 | low)
                at += 3
            } else {
                plain.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                at += 1
            }
        }
        return plain
    }

    /// The text behind percent-coded text; nil for a broken escape or bytes that are not UTF-8.
    package static func decode(_ coded: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        guard let plain = decode(ArraySlice(coded.utf8), plusIsSpace: plusIsSpace) else { return nil }
        return String(validating: plain, as: UTF8.self)
    }

    /// Text as it may stand in one path segment, a query name or a query value:
    /// everything but the unreserved characters of RFC 3986 2.3 is escaped.
    package static func encode(_ text: some StringProtocol) -> String {
        var coded: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) { coded.append(byte) } else {
                coded.append(UInt8(ascii: "%"))
                coded.append(digits[Int(byte >> 4)])
                coded.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: coded, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
