// A look at CBOR before libfido2 reads it: libcbor reserves memory for as many entries as a head claims, so what claims more than there are
// bytes for is refused first.

enum CBORClaims {
    /// Whether every head (RFC 8949 section 3) claims no more than what follows it could hold. Heads stand one behind the other whatever they are
    /// nested in, so nothing has to be kept. Lengths that are not said at the start are none that authenticators may write (CTAP2 canonical form).
    static func hold(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while let head = rest.popFirst() {
            let (kind, short) = (head >> 5, head & 31)
            var value = UInt64(short)
            if short >= 24 {
                guard short <= 27 else { return false }
                let count = 1 << Int(short - 24)
                guard rest.count >= count else { return false }
                value = rest.prefix(count).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                rest = rest.dropFirst(count)
            }
            switch kind {
            case 2, 3:
                guard value <= UInt64(rest.count) else { return false }
                rest = rest.dropFirst(Int(value))
            case 4: guard value <= UInt64(rest.count) else { return false }
            case 5: guard value <= UInt64(rest.count) / 2 else { return false }
            default: continue
            }
        }
        return true
    }
}
