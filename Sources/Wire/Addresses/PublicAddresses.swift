// Which addresses belong to the Internet at large: what strangers may make this house call.

extension IPAddress {
    /// Whether packets to it go out into the Internet, by IANA's registries of special-purpose addresses (RFC 6890 and its updates).
    /// Addresses that carry another inside (NAT64, 6to4) are not: where they lead depends on the network.
    package var isPublic: Bool {
        // Of IPv6 only 2000::/3 is given out.
        if isV6 { return high >> 61 == 1 && !Self.special6.contains { $0.contains(self) } }
        return !Self.special4.contains { $0.contains(self) }
    }

    private static let special4 = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    ].compactMap(IPPrefix.init)

    private static let special6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].compactMap(IPPrefix.init)
}
