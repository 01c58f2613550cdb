// Version 1 of the PROXY protocol: one line of text.

enum ProxyHeaderText {
    /// With CR LF.
    static let limit = 107
    private static let tcp4 = Array("PROXY TCP4 ".utf8)
    private static let tcp6 = Array("PROXY TCP6 ".utf8)
    private static let unknown = Array("PROXY UNKNOWN".utf8)

    static func parse(_ bytes: ArraySlice<UInt8>) throws(ProxyHeaderError) -> (header: ProxyHeader, count: Int)? {
        let begun = bytes.prefix(limit)
        let fits = [tcp4, tcp6, unknown].contains { $0.starts(with: begun.prefix($0.count)) || begun.starts(with: $0) }
        guard fits else { throw ProxyHeaderError("a PROXY line of a protocol other than TCP4, TCP6 and UNKNOWN") }
        guard let end = begun.firstIndex(where: { $0 == 13 || $0 == 10 }) else {
            guard begun.count < limit else { throw ProxyHeaderError("a PROXY line of more than \(limit) bytes") }
            return nil
        }
        guard begun[end] == 13 else { throw ProxyHeaderError("a PROXY line that does not end in CR LF") }
        guard end + 1 < begun.endIndex else {
            guard begun.count < limit else { throw ProxyHeaderError("a PROXY line of more than \(limit) bytes") }
            return nil
        }
        guard begun[end + 1] == 10 else { throw ProxyHeaderError("a PROXY line that does not end in CR LF") }
        let line = begun[..<end], count = end + 2 - begun.startIndex
        if line.starts(with: unknown) {
            // What follows is to be ignored, but it must be something else than more of the word.
            guard line.count == unknown.count || line[line.startIndex + unknown.count] == 32 else { throw ProxyHeaderError("a PROXY line of an unknown protocol") }
            return (.asItSeems, count)
        }
        let parts = line.dropFirst(tcp4.count).split(separator: 32, omittingEmptySubsequences: false)
        guard parts.count == 4 else { throw ProxyHeaderError("a PROXY line without exactly two addresses and two ports") }
        let isV6 = line.starts(with: tcp6)
        let source = try one(parts[0], parts[2], isV6), destination = try one(parts[1], parts[3], isV6)
        return (ProxyHeader(source: source, destination: destination), count)
    }

    private static func one(_ address: ArraySlice<UInt8>, _ port: ArraySlice<UInt8>, _ isV6: Bool) throws(ProxyHeaderError) -> ProxyHeader.End {
        guard address.contains(58) == isV6, let address = IPAddress(String(decoding: address, as: UTF8.self)) else {
            throw ProxyHeaderError("a PROXY line with an address that is none")
        }
        guard (1...5).contains(port.count), port.allSatisfy(Octet.isDigit), port.count == 1 || port.first != 48,
            case let number = port.reduce(0, { $0 * 10 + Int($1 - 48) }), number <= 65_535
        else { throw ProxyHeaderError("a PROXY line with a port that is none") }
        return .tcp(address, port: number)
    }
}
