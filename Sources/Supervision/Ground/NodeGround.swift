// The ground of a node that is started by itself: on an empty state directory it makes what `fitech up` would have made.
import Control
import Glibc
import Wire

package enum NodeGround {
    /// The state directory, with keys for `node`. Quick when a supervisor has been here before.
    package static func prepare(_ configuration: Configuration, state path: String, node: String, tier: Tier) throws(Failure) -> StateDirectory {
        let state = StateDirectory(path)
        let isThere = [state.authorityCertificate, state.publicCertificate, state.stickyKey, state.key(of: node), state.certificate(of: node)]
            .allSatisfy { (file: String) in access(file, R_OK) == 0 }
        if path.hasPrefix("/"), isThere { return state }
        let ground = try StateGround.prepare(path, locking: false)
        if configuration.node(node)?.tier == tier {
            try KeyStore(ground.state, ticketPeriod: configuration.tls.rotateTickets).prepare(name: configuration.name, nodes: [(node, tier)])
        }
        return ground.state
    }
}
