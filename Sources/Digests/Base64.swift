// Base64, base64url and hexadecimal (RFC 4648), strict when reading: what does not round-trip is refused.

/// Base64 with `+`, `/` and padding (RFC 4648 section 4).
package enum Base64 {
    package static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: SixBit.encode(bytes, alphabet: SixBit.standard, padded: true), as: UTF8.self)
    }

    /// Base64 without its padding, as password hashes are written.
    package static func encodeUnpadded(_ bytes: [UInt8]) -> String {
        String(decoding: SixBit.encode(bytes, alphabet: SixBit.standard, padded: false), as: UTF8.self)
    }

    /// nil for a letter outside the alphabet, a wrong length, or bits that no encoder writes. Padding may be missing.
    package static func decode(_ text: String) -> [UInt8]? {
        var letters = Array(text.utf8)
        if letters.last == UInt8(ascii: "=") {
            guard letters.count % 4 == 0 else { return nil }
            letters.removeLast()
            if letters.last == UInt8(ascii: "=") { letters.removeLast() }
        }
        return SixBit.decode(letters, values: SixBit.standardValues)
    }
}

/// Base64 with `-` and `_`, without padding (RFC 4648 section 5): safe in cookies, paths and field values.
package enum Base64URL {
    package static func encode(_ bytes: [UInt8]) -> String { String(decoding: encodeBytes(bytes), as: UTF8.self) }

    package static func encodeBytes(_ bytes: [UInt8]) -> [UInt8] {
        SixBit.encode(bytes, alphabet: SixBit.urlSafe, padded: false)
    }

    /// nil for a letter outside the alphabet, padding, a wrong length, or bits that no encoder writes.
    package static func decode(_ text: String) -> [UInt8]? { decode(bytes: Array(text.utf8)) }

    package static func decode(bytes: [UInt8]) -> [UInt8]? { SixBit.decode(bytes, values: SixBit.urlSafeValues) }
}

/// Lower-case hexadecimal out, either case in.
package enum Hex {
    package static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            out.append(digits[Int(byte >> 4)])
            out.append(digits[Int(byte & 15)])
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// nil for an odd count or a letter that is no hexadecimal digit.
    package static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        var high: UInt8?
        for letter in text.utf8 {
            let digit: UInt8
            switch letter {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = letter - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = letter - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = letter - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high {
                out.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? out : nil
    }
}

/// What both base64 alphabets share.
enum SixBit {
    static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    static let standardValues = values(of: standard)
    static let urlSafeValues = values(of: urlSafe)

    private static func values(of alphabet: [UInt8]) -> [UInt8] {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
        return table
    }

    static func encode(_ bytes: [UInt8], alphabet: [UInt8], padded: Bool) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { out, count in
            var at = 0
            while at + 3 <= bytes.count {
                let held = Int(bytes[at]) << 16 | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
                out[count] = alphabet[held >> 18]
                out[count + 1] = alphabet[held >> 12 & 63]
                out[count + 2] = alphabet[held >> 6 & 63]
                out[count + 3] = alphabet[held & 63]
                at += 3
                count += 4
            }
            let left = bytes.count - at
            guard left > 0 else { return }
            let held = Int(bytes[at]) << 16 | (left == 2 ? Int(bytes[at + 1]) << 8 : 0)
            for place in 0...left {
                out[count] = alphabet[held >> (18 - 6 * place) & 63]
                count += 1
            }
            while padded, count % 4 != 0 {
                out[count] = UInt8(ascii: "=")
                count += 1
            }
        }
    }

    static func decode(_ letters: [UInt8], values: [UInt8]) -> [UInt8]? {
        guard letters.count % 4 != 1 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(letters.count * 3 / 4)
        var held: UInt32 = 0, bits = 0
        for letter in letters {
            let value = values[Int(letter)]
            guard value < 64 else { return nil }
            held = held << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: held >> UInt32(bits)))
            }
        }
        guard held & (1 << UInt32(bits) - 1) == 0 else { return nil }  // left-over bits an encoder would have left 0
        return out
    }
}
