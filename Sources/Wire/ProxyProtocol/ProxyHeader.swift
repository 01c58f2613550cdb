// What a proxy in front of us says about a connection before its first byte (HAProxy's PROXY protocol, versions 1 and 2).

/// The header of one connection.
package struct ProxyHeader: Hashable, Sendable {
    /// One end of the connection as the proxy saw it.
    package enum End: Hashable, Sendable {
        case tcp(IPAddress, port: Int)
        /// The path of a Unix socket; empty for an unnamed one.
        case unix(String)
    }

    /// Who connected to the proxy, and where. Nil when the proxy speaks for itself (LOCAL: its health check) or does not know
    /// (UNKNOWN, UNSPEC): then the connection is what it seems.
    package var ends: (source: End, destination: End)? {
        source.flatMap { source in destination.map { (source, $0) } }
    }
    private let source: End?
    private let destination: End?

    init(source: End, destination: End) { (self.source, self.destination) = (source, destination) }
    private init() { (source, destination) = (nil, nil) }
    static let asItSeems = ProxyHeader()
}

/// Why a header was refused.
package struct ProxyHeaderError: Error, Hashable, Sendable {
    package let reason: String
    init(_ reason: String) { self.reason = reason }
}

package enum ProxyHeaderParser {
    /// Bytes of a header, at most: 107 of version 1; of version 2 more than any known proxy sends, far less than it could announce.
    package static let limit = 4096

    /// Reads the header that `bytes` begins with, whichever version it is. Answers it with the bytes it takes, or nil when more
    /// are needed; throws as soon as it cannot become one.
    package static func parse(_ bytes: ArraySlice<UInt8>) throws(ProxyHeaderError) -> (header: ProxyHeader, count: Int)? {
        guard let first = bytes.first else { return nil }
        switch first {
        case 80: return try ProxyHeaderText.parse(bytes)
        case 13: return try ProxyHeaderBinary.parse(bytes)
        default: throw ProxyHeaderError("the connection does not begin with a PROXY header")
        }
    }
}
