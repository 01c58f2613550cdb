// How to reach another node of the fleet: its Unix socket here, mutual TLS elsewhere.

import Control
import Engine
import Wire

extension Node {
    /// Where another node listens privately. Over TCP both ends show certificates of the private authority.
    package func endpoint(of other: FleetNode) throws(Failure) -> Endpoint {
        if other.address.hasPrefix("unix:") {
            return Endpoint(address: .unix(String(other.address.dropFirst(5))), tls: nil)
        }
        guard let address = HostPort(other.address) else {
            throw .fault("The address \"\(other.address)\" of \(other.name) is neither unix:PATH nor HOST:PORT.", hint: "Correct the fleet's configuration.")
        }
        _ = address
        throw .fault("\(other.name) is elsewhere, and TLS between nodes is not furnished yet.", hint: "Run both nodes on one machine.")
    }
}
