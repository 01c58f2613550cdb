// Which bytes may stand where in an HTTP/1 message (RFC 9110 5.5, 5.6.2; RFC 3986).

/// Classes of bytes. The masks hold one bit per ASCII character, 0 to 63 and 64 to 127: a test is a shift, not a load.
package enum Octet {
    /// May stand in a token, such as a method or a field name: letters, digits and ``!#$%&'*+-.^_`|~``.
    @inline(__always)
    package static func isToken(_ byte: UInt8) -> Bool {
        byte < 128 && ((byte < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE) as UInt64) >> UInt64(byte & 63) & 1 != 0
    }

    /// May stand in a field value: visible, space, tab, and bytes above 127.
    @inline(__always)
    package static func isFieldValue(_ byte: UInt8) -> Bool { byte >= 32 ? byte != 127 : byte == 9 }

    /// May stand in a request target: visible ASCII without `"`, `#`, `<` and `>`.
    @inline(__always)
    package static func isTarget(_ byte: UInt8) -> Bool {
        byte < 128 && ((byte < 64 ? 0xAFFF_FFF2_0000_0000 : 0x7FFF_FFFF_FFFF_FFFF) as UInt64) >> UInt64(byte & 63) & 1 != 0
    }

    /// May stand in the name of a host: what RFC 3986 calls unreserved and sub-delims, less the comma; escapes have no use there.
    @inline(__always)
    package static func isHost(_ byte: UInt8) -> Bool {
        byte < 128 && ((byte < 64 ? 0x2BFF_6FD2_0000_0000 : 0x47FF_FFFE_87FF_FFFE) as UInt64) >> UInt64(byte & 63) & 1 != 0
    }

    @inline(__always)
    package static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    /// The value of a hexadecimal digit, or nil.
    @inline(__always)
    package static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }

    /// The lower-case form of an ASCII letter; other bytes unchanged.
    @inline(__always)
    package static func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte | 32 : byte }
}
