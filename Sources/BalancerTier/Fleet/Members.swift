// Which nodes of the fleet a balancer sends people to.
import Control

extension FleetState {
    /// The members a balancer chooses among. A node that is down unplanned stays a member: its checks say when it is back.
    package var members: [Member] {
        nodes(of: .web).compactMap { node in
            guard node.state != .stopped else { return nil }
            let isDraining = node.state == .draining || node.state == .drained
            return Member(
                name: node.name, address: node.origin ?? node.address, isOrigin: node.origin != nil, check: node.check, weight: node.weight,
                isDraining: isDraining, drainDeadline: node.state == .drained ? 0 : node.drainDeadline, pid: node.pid.map(Int.init))
        }
    }

    /// The node that answers the status page and incident links.
    package var management: FleetNode? { nodes(of: .management).first }
}
