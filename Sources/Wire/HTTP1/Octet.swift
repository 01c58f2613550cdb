// Which bytes may stand where in an HTTP/1 message (RFC 9110 5.5, 5.6.2; RFC 3986).

/// Classes of bytes, by table.
package enum Octet {
    /// Bit 1 token, bit 2 field value, bit 4 target, bit 8 host, bit 16 digit, bit 32 hex digit.
    private static let classes: [UInt8] = (0...255).map { (value: Int) -> UInt8 in
        let byte = UInt8(value)
        var bits: UInt8 = 0
        let digit = byte >= 48 && byte <= 57
        let letter = (byte | 32) >= 97 && (byte | 32) <= 122
        if digit || letter || "!#$%&'*+-.^_`|~".utf8.contains(byte) { bits |= 1 }
        if byte == 9 || (byte >= 32 && byte != 127) { bits |= 2 }
        if byte > 32 && byte < 127 && !"#\"<>".utf8.contains(byte) { bits |= 4 }
        if digit || letter || "-._~%!$&'()*+;=:[]".utf8.contains(byte) { bits |= 8 }
        if digit { bits |= 16 }
        if digit || ((byte | 32) >= 97 && (byte | 32) <= 102) { bits |= 32 }
        return bits
    }

    /// May stand in a token: method and field names.
    package static func isToken(_ byte: UInt8) -> Bool { classes[Int(byte)] & 1 != 0 }
    /// May stand in a field value: visible, space, tab, and bytes above 127.
    package static func isFieldValue(_ byte: UInt8) -> Bool { classes[Int(byte)] & 2 != 0 }
    /// May stand in a request target.
    package static func isTarget(_ byte: UInt8) -> Bool { classes[Int(byte)] & 4 != 0 }
    /// May stand in a Host value; a comma and `@` may not.
    package static func isHost(_ byte: UInt8) -> Bool { classes[Int(byte)] & 8 != 0 }
    package static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
    /// The value of a hexadecimal digit, or nil.
    package static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
    /// The lower-case form of an ASCII letter; other bytes unchanged.
    package static func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte | 32 : byte }
}
