// Base32 (RFC 4648 section 6) without padding: how people type the secret of their authenticator app.

package enum Base32 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = [], held = 0, bits = 0
        out.reserveCapacity((bytes.count * 8 + 4) / 5)
        for byte in bytes {
            held = (held << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                out.append(letters[held >> bits & 31])
            }
        }
        if bits > 0 { out.append(letters[held << (5 - bits) & 31]) }
        return String(decoding: out, as: UTF8.self)
    }

    /// Small letters count as capitals. Nil for anything that is not base32.
    package static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = [], held = 0, bits = 0
        for byte in text.utf8 {
            let value: Int
            switch byte {
            case 0x41...0x5A: value = Int(byte) - 0x41
            case 0x61...0x7A: value = Int(byte) - 0x61
            case 0x32...0x37: value = Int(byte) - 0x32 + 26
            default: return nil
            }
            held = (held << 5 | value) & 0xFFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(held >> bits & 255))
            }
        }
        return held & (1 << bits - 1) == 0 && bits < 5 ? out : nil
    }
}
