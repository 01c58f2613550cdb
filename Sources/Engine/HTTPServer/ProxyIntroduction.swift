// Connections that a proxy in front introduces before their first byte (PROXY protocol, `Wire/ProxyProtocol`).
import Logging
import Wire

/// From whom a listener takes the word of the PROXY protocol. A connection from there must begin with a header; one from
/// anywhere else is taken as it is, and a header on it is refused as the malformed request it is.
package struct ProxyTrust: Sendable {
    /// The proxies' addresses.
    package var from: [IPPrefix]
    /// Time for the whole header to arrive, else the connection is closed. Default 3 s.
    package var time: Duration

    package init(from: [IPPrefix], time: Duration = .seconds(3)) {
        self.from = from
        self.time = time
    }

    func trusts(_ address: String) -> Bool {
        guard let address = IPAddress(address) else { return false }
        return from.contains { $0.contains(address) }
    }
}

extension ServerConnection {
    /// Reads the header and takes its word for who the peer is. False when the connection is to be closed. Nothing behind the
    /// header is taken off the socket: TLS reads from there.
    func introduced(within time: Duration) async -> Bool {
        connection.setTimeout(time.inMilliseconds)
        while true {
            guard await connection.readable() == .ready else { return refuseIntroduction("it did not come in time") }
            guard let seen = connection.peek(ProxyHeaderParser.limit) else { continue }
            do throws(ProxyHeaderError) {
                if let (header, count) = try ProxyHeaderParser.parse(seen[...]) {
                    connection.discard(count)
                    take(header)
                    return true
                }
            } catch {
                return refuseIntroduction(error.reason)
            }
            guard !seen.isEmpty, connection.waitForMore() else { return refuseIntroduction("the connection ended in it") }
        }
    }

    private func take(_ header: ProxyHeader) {
        switch header.ends?.source {
        case .tcp(let address, let port): (peer.address, peer.port) = (address.description, port)
        case .unix: (peer.address, peer.port) = ("unix", nil)
        case nil: break
        }
    }

    private func refuseIntroduction(_ reason: String) -> Bool {
        share.log.warning("a proxy's PROXY header was refused", metadata: ["peer": "\(peer.address)", "reason": "\(reason)"])
        return false
    }
}
