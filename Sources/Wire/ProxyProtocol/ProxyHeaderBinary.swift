// Version 2 of the PROXY protocol: a signature, two addresses in binary, and typed values behind them.

enum ProxyHeaderBinary {
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let checksumType: UInt8 = 0x03

    static func parse(_ bytes: ArraySlice<UInt8>) throws(ProxyHeaderError) -> (header: ProxyHeader, count: Int)? {
        guard signature.starts(with: bytes.prefix(12)) else { throw ProxyHeaderError("a PROXY signature that is none") }
        let start = bytes.startIndex
        guard bytes.count > 12 else { return nil }
        let command = bytes[start + 12]
        guard command >> 4 == 2, command & 15 <= 1 else { throw ProxyHeaderError("a PROXY header of another version or command") }
        guard bytes.count > 13 else { return nil }
        let family = bytes[start + 13]
        // A connection is a stream: datagrams (xxxx2) cannot have come this way.
        let addresses: Int
        switch family {
        case 0x00: addresses = 0
        case 0x11: addresses = 12
        case 0x21: addresses = 36
        case 0x31: addresses = 216
        default:
            guard command & 15 == 0 else { throw ProxyHeaderError("a PROXY header of a family other than TCP over IPv4 or IPv6 and Unix streams") }
            addresses = 0
        }
        guard bytes.count >= 16 else { return nil }
        let length = Int(bytes[start + 14]) << 8 | Int(bytes[start + 15])
        guard 16 + length <= ProxyHeaderParser.limit else { throw ProxyHeaderError("a PROXY header of more than \(ProxyHeaderParser.limit) bytes") }
        let isLocal = command & 15 == 0
        guard isLocal || length >= addresses else { throw ProxyHeaderError("a PROXY header shorter than its addresses") }
        guard bytes.count >= 16 + length else { return nil }
        let whole = bytes[start..<start + 16 + length]
        // What LOCAL carries is to be ignored, whatever it is.
        if isLocal { return (.asItSeems, whole.count) }
        try checkValues(whole, from: start + 16 + addresses)
        let body = whole.dropFirst(16)
        switch family {
        case 0x11: return (try inet(body, 4), whole.count)
        case 0x21: return (try inet(body, 16), whole.count)
        case 0x31: return (ProxyHeader(source: unix(body.prefix(108)), destination: unix(body.dropFirst(108).prefix(108))), whole.count)
        default: return (.asItSeems, whole.count)
        }
    }

    private static func inet(_ body: ArraySlice<UInt8>, _ size: Int) throws(ProxyHeaderError) -> ProxyHeader {
        let ports = body.dropFirst(2 * size)
        guard let source = IPAddress(bytes: body.prefix(size)), let destination = IPAddress(bytes: body.dropFirst(size).prefix(size)),
            let first = ports.first, ports.count >= 4
        else { throw ProxyHeaderError("a PROXY header shorter than its addresses") }
        let at = ports.startIndex
        return ProxyHeader(
            source: .tcp(source, port: Int(first) << 8 | Int(ports[at + 1])),
            destination: .tcp(destination, port: Int(ports[at + 2]) << 8 | Int(ports[at + 3])))
    }

    private static func unix(_ path: ArraySlice<UInt8>) -> ProxyHeader.End { .unix(String(decoding: path.prefix { $0 != 0 }, as: UTF8.self)) }

    /// The typed values are passed over, but they must fill their room exactly, and a checksum among them must be right.
    private static func checkValues(_ whole: ArraySlice<UInt8>, from start: Int) throws(ProxyHeaderError) {
        var at = start
        while at < whole.endIndex {
            guard at + 3 <= whole.endIndex else { throw ProxyHeaderError("a PROXY header whose values do not fill it") }
            let count = Int(whole[at + 1]) << 8 | Int(whole[at + 2])
            guard at + 3 + count <= whole.endIndex else { throw ProxyHeaderError("a PROXY header with a value beyond its end") }
            if whole[at] == checksumType {
                guard count == 4 else { throw ProxyHeaderError("a PROXY header with a checksum that is not four bytes") }
                let said = whole[at + 3..<at + 7].reduce(0) { $0 << 8 | UInt32($1) }
                var blank = Array(whole)
                for index in 0..<4 { blank[at + 3 + index - whole.startIndex] = 0 }
                guard crc32c(blank) == said else { throw ProxyHeaderError("a PROXY header whose checksum is wrong") }
            }
            at += 3 + count
        }
    }

    /// Castagnoli's polynomial, reflected. Bit by bit: a header comes once per connection, and few carry one.
    static func crc32c(_ bytes: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0x82F6_3B78 }
        }
        return ~sum
    }
}
