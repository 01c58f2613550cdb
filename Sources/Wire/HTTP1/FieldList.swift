// Lists in field values (RFC 9110 5.6.1): members between commas, compared without regard to case.

package enum FieldList {
    /// The members of `value`, trimmed; empty ones are left out (RFC 9110 5.6.1.2).
    package static func members(_ value: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        value.split(separator: UInt8(ascii: ",")).compactMap { part in
            let begun = part.drop(while: isBlank)
            return begun.lastIndex { !isBlank($0) }.map { begun[...$0] }
        }
    }

    /// Whether `member` is one of the list `value`.
    package static func contains(_ value: ArraySlice<UInt8>, _ member: ArraySlice<UInt8>) -> Bool {
        members(value).contains { same($0, member) }
    }

    package static func same(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { Octet.lower($0) == Octet.lower($1) }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
}
