// Where a client sends requests: an address, and TLS or not.

/// The far end of a client's connections. Connections are reused only for an equal endpoint.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package let address: Address
    /// How to speak TLS; nil for clear.
    package let tls: TLSClientContext?

    package init(address: Address, tls: TLSClientContext? = nil) {
        self.address = address
        self.tls = tls
    }

    package var description: String { tls == nil ? "\(address)" : "tls:\(address)" }

    package static func == (left: Endpoint, right: Endpoint) -> Bool {
        left.address == right.address && left.tls === right.tls
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(address)
        hasher.combine(tls.map(ObjectIdentifier.init))
    }

    /// What stands in the Host field when the caller gives none.
    var host: String {
        switch address {
        case .unix: "localhost"
        case .tcp(let host, let port): Address.tcp(host: tls?.name ?? host, port: port).description
        }
    }
}
