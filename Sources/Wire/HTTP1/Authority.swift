// Whether bytes are a host with or without a port, as strictly as RFC 3986 3.2 lets us.

/// The authority of an `http` address: `host [":" port]`, without user information (RFC 9110 4.2.4).
enum Authority {
    /// A name (no escapes, and no comma, which some take for a list) or an address in brackets; then perhaps a colon and a port of
    /// digits, 65535 at most, or of none.
    static func isWellFormed(_ bytes: Span<UInt8>) -> Bool {
        let end = bytes.count
        var at = 0
        if end > 0, bytes[0] == 91 {
            at = 1
            while at < end, Octet.hexValue(bytes[at]) != nil || bytes[at] == 58 || bytes[at] == 46 { at += 1 }
            guard at < end, bytes[at] == 93, at > 2 else { return false }
            at += 1
        } else {
            while at < end, bytes[at] != 58 {
                guard Octet.isHost(bytes[at]) else { return false }
                at += 1
            }
            guard at > 0 else { return false }
        }
        guard at < end else { return true }
        guard bytes[at] == 58 else { return false }
        var port = 0
        for at in at + 1..<end {
            guard Octet.isDigit(bytes[at]) else { return false }
            port = port * 10 + Int(bytes[at] - 48)
            guard port <= 65_535 else { return false }
        }
        return true
    }
}
