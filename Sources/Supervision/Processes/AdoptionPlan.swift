// Which of the processes found at a start stay, and which of those must be replaced: decided purely.
import Control
import Engine

/// What becomes of survivors.
struct AdoptionPlan: Sendable, Equatable {
    /// By the node's name: the process that is that node from now on.
    var kept: [String: Survivor] = [:]
    /// Processes that are to finish what they have and end: of nodes that left, of upgrades that were cut off, of retirements.
    var leaving: [Survivor] = []
    /// Nodes whose process runs another program or another configuration than it would be started with now, in the order they
    /// are replaced: from the data outwards, so that what is asked is never older than who asks.
    var misfits: [String] = []

    /// `program` says which file a node is started with now, `fingerprint` what its configuration comes to.
    static func decide(_ survivors: [Survivor], fleet: FleetState, fingerprint: String, program: (String) -> FileIdentity?) -> AdoptionPlan {
        var plan = AdoptionPlan()
        for (name, found) in Dictionary(grouping: survivors, by: \.name) {
            let node = fleet.node(name)
            var heir: Survivor?
            if let node, node.origin == nil, node.state != .stopped {
                let same = found.filter { $0.tier == node.tier }
                // Who serves under the name is that node. Where nobody does yet, the youngest that was meant to; never one that waits
                // to take over, since it listens elsewhere.
                heir = same.first { $0.holdsSocket } ?? same.last { !$0.isSuccessor }
            }
            if let heir {
                plan.kept[name] = heir
                if heir.fingerprint != fingerprint || heir.program == nil || heir.program != program(name) { plan.misfits.append(name) }
            }
            plan.leaving += found.filter { $0 != heir }
        }
        let order: [Tier] = [.data, .management, .reporting, .web, .balancer]
        func rank(_ name: String) -> Int {
            guard let node = fleet.node(name) else { return order.count }
            // The backup first: while it restarts the primary needs nobody.
            return (order.firstIndex(of: node.tier) ?? order.count) * 2 + (node.role == .primary ? 1 : 0)
        }
        plan.misfits.sort { (rank($0), $0) < (rank($1), $1) }
        plan.leaving.sort { $0.pid < $1.pid }
        return plan
    }
}
