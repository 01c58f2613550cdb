// Echo requests and replies as bytes (RFC 792, RFC 4443 section 4), without a socket in sight.

/// One echo: the sequence number and payload by which its reply is known. The identifier is of no use: on datagram
/// sockets the kernel puts its own in its place, and the checksum with it.
struct ICMPEcho: Equatable {
    enum Family: Equatable { case ipv4, ipv6 }

    var sequence: UInt16
    /// Random, so that nobody else's reply passes for ours.
    var payload: [UInt8]

    /// The request as it is handed to the socket. The checksum of ICMPv6 is the kernel's business: it covers addresses.
    func request(_ family: Family, identifier: UInt16) -> [UInt8] {
        var bytes: [UInt8] = [family == .ipv4 ? 8 : 128, 0, 0, 0]
        bytes += [UInt8(identifier >> 8), UInt8(identifier & 0xFF), UInt8(sequence >> 8), UInt8(sequence & 0xFF)]
        bytes += payload
        if family == .ipv4 {
            let sum = Self.checksum(bytes)
            bytes[2] = UInt8(sum >> 8)
            bytes[3] = UInt8(sum & 0xFF)
        }
        return bytes
    }

    /// Reads an echo reply; nil for everything else that arrives on such a socket.
    ///
    /// - Parameter hasIPHeader: raw IPv4 sockets give the packet with its IP header, all others without.
    init?(reply bytes: [UInt8], _ family: Family, hasIPHeader: Bool) {
        var rest = bytes[...]
        if hasIPHeader {
            guard let first = rest.first, first >> 4 == 4 else { return nil }
            rest = rest.dropFirst(Int(first & 0x0F) * 4)
        }
        guard rest.count >= 8, rest[rest.startIndex] == (family == .ipv4 ? 0 : 129), rest[rest.startIndex + 1] == 0 else { return nil }
        sequence = UInt16(rest[rest.startIndex + 6]) << 8 | UInt16(rest[rest.startIndex + 7])
        payload = Array(rest.dropFirst(8))
    }

    init(sequence: UInt16, payload: [UInt8]) {
        self.sequence = sequence
        self.payload = payload
    }

    /// The internet checksum (RFC 1071) with its own field zero.
    static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
        }
        while sum > 0xFFFF { sum = (sum & 0xFFFF) + (sum >> 16) }
        return ~UInt16(sum)
    }
}
