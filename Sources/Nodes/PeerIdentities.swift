// Who is at the other end of a private connection: a certificate's word over TCP, the kernel's word over a Unix socket.

import CLinux
import Glibc
import Control
import Engine
import Synchronization

/// The peer of a private connection.
package struct PeerIdentity: Sendable, Equatable {
    /// What a certificate says (`web`, `data`, ...); `operations` for the supervisor and for the owner's own curl.
    package var role: String
    package var name: String
    package init(role: String, name: String) { (self.role, self.name) = (role, name) }
}

/// Maps process ids to nodes by `run/NODE.pid`. A process of the same user that is no node acts for operations: it
/// could read the state directory anyway. A process of another user is nobody (root is trusted, it owns the machine).
package final class PeerIdentities: Sendable {
    private let state: StateDirectory
    private let known = Mutex<[Int32: PeerIdentity]>([:])

    package init(state: StateDirectory) { self.state = state }

    /// Nil for a peer that may not ask anything.
    package func identity(of peer: Peer) -> PeerIdentity? {
        if let certificate = peer.certificate { return PeerIdentity(role: certificate.role, name: certificate.name) }
        guard let pid = peer.processID, let user = peer.userID, user == getuid() || user == 0 else { return nil }
        if let found = known.withLock({ $0[pid] }) { return found }
        let found = lookUp(pid)
        // Only nodes are remembered: a process id of an operator's command may soon belong to somebody else.
        if found.role != "operations" { known.withLock { $0[pid] = found } }
        return found
    }

    /// Nodes come and go: process ids are asked for again.
    func forget() { known.withLock { $0 = [:] } }

    private func lookUp(_ pid: Int32) -> PeerIdentity {
        guard let directory = opendir(state.run) else { return .operations }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let file = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard file.hasSuffix(".pid"), let bytes = contents(of: "\(state.run)/\(file)"),
                bytes.split(separator: 0x0A).contains(where: { Int32(String(decoding: $0, as: UTF8.self)) == pid })
            else { continue }
            let name = String(file.dropLast(4))
            return PeerIdentity(role: tier(of: name)?.rawValue ?? "operations", name: name)
        }
        return .operations
    }

    private func tier(of name: String) -> Tier? {
        guard let fleet = try? Node.savedFleet(state) else { return nil }
        return fleet.node(name)?.tier
    }
}

extension PeerIdentity {
    package static let operations = PeerIdentity(role: "operations", name: "operations")
}
