// How text becomes bytes of HTML: one pass, runs copied whole, no intermediate Strings.
import Wire

extension [UInt8] {
    mutating func append(literal: StaticString) {
        if literal.hasPointerRepresentation {
            append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
        } else {
            literal.withUTF8Buffer { append(contentsOf: $0) }
        }
    }

    /// Text for element content and for attributes in either kind of quotes. Control characters that HTML does not allow
    /// (all but tab, line feed, carriage return) become U+FFFD, so that no byte of a person's text can confuse a reader.
    mutating func append(escaping text: String) {
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for at in 0..<bytes.count {
                let replacement: StaticString
                switch bytes[at] {
                case UInt8(ascii: "&"): replacement = "&amp;"
                case UInt8(ascii: "<"): replacement = "&lt;"
                case UInt8(ascii: ">"): replacement = "&gt;"
                case UInt8(ascii: "\""): replacement = "&quot;"
                case UInt8(ascii: "'"): replacement = "&#39;"
                case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F, 0x7F: replacement = "\u{FFFD}"
                default: continue
                }
                if start < at { append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<at])) }
                append(literal: replacement)
                start = at + 1
            }
            if start < bytes.count { append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...])) }
        }
    }

    mutating func append(number: Int) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        guard rest >= 10 else {
            append(UInt8(ascii: "0") + UInt8(rest))
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = digits.count
            while rest > 0 {
                first -= 1
                digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }

    mutating func append(percentCoding text: String) {
        // Ids of ours hold letters and digits only: nothing to encode, nothing to copy first.
        let isPlain = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) }
        append(contentsOf: isPlain ? text.utf8 : PercentCoding.encode(text).utf8)
    }
}
