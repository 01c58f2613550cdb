// What can be done to a fleet: the commands `fitech-ctl` sends and the facts the supervisor sees, one road for both.
import Wire

package enum FleetCommand: Sendable, Equatable {
    /// A new node joins; its name must be free.
    case add(FleetNode)
    /// A node leaves. The last node of a tier that serves is refused unless forced.
    case remove(String, forced: Bool)
    /// No new people; the deadline is in milliseconds since 1970, UTC.
    case drain(String, deadline: Int64)
    /// Back to work after `drain`.
    case undrain(String)
    /// Nobody is left on a draining node.
    case drained(String)
    /// Held down until `start`.
    case stop(String)
    case start(String)
    /// This data node takes writes from now on; the primary of before becomes backup.
    case promote(String)
    /// The share of a node relative to its siblings, 1...1000.
    case weight(String, Int)
    /// What the supervisor sees: the process that runs it (nil: none) and its release.
    case process(String, pid: Int32?, release: String)
    /// What the supervisor sees: the node answers `/readyz` (only a starting or failed node changes).
    case ready(String)
    /// What the supervisor sees: its process is gone or does not answer (only a ready or failed node changes).
    case starting(String)
    /// What the supervisor sees: it dies again and again.
    case failed(String)
    /// Sets a state outright; made by `diff`.
    case state(String, NodeState, deadline: Int64?)
    /// Sets a role outright; made by `diff`.
    case role(String, NodeRole)
}

extension FleetCommand {
    /// The node this is about.
    package var node: String {
        switch self {
        case .add(let node): node.name
        case .remove(let name, _), .drain(let name, _), .undrain(let name), .drained(let name), .stop(let name), .start(let name),
            .promote(let name), .weight(let name, _), .process(let name, _, _), .ready(let name), .starting(let name), .failed(let name),
            .state(let name, _, _), .role(let name, _):
            name
        }
    }

    func change(_ nodes: inout [FleetNode]) throws(Failure) {
        if case .add(let node) = self {
            guard !nodes.contains(where: { $0.name == node.name }) else {
                throw .conflict("There is a node \(node.name) already.", hint: "Choose another name with --name.", code: "name-taken")
            }
            nodes.append(node)
            return
        }
        guard let index = nodes.firstIndex(where: { $0.name == node }) else {
            throw .notFound("node as \(node)", hint: "The nodes are " + nodes.map(\.name).joined(separator: ", ") + ".")
        }
        switch self {
        case .add: break
        case .remove(_, let forced):
            if !forced { try Self.checkLeaving(nodes[index], of: nodes, verb: "removed") }
            nodes.remove(at: index)
        case .drain(_, let deadline):
            try Self.checkDrainable(nodes[index], of: nodes)
            nodes[index].state = .draining
            nodes[index].drainDeadline = deadline
        case .undrain:
            guard [.draining, .drained].contains(nodes[index].state) else {
                throw .conflict("\(node) is not draining; it is \(nodes[index].state.rawValue).", hint: "Nothing has to be undone.", code: "not-draining")
            }
            // The supervisor says `ready` as soon as it has seen so; an origin is its owner's business.
            nodes[index].state = nodes[index].pid == nil && nodes[index].origin == nil ? .starting : .ready
            nodes[index].drainDeadline = nil
        case .drained:
            if nodes[index].state == .draining { nodes[index].state = .drained }
        case .stop:
            guard nodes[index].origin == nil else { throw Self.notOurs(node) }
            nodes[index].state = .stopped
            nodes[index].drainDeadline = nil
        case .start:
            guard nodes[index].origin == nil else { throw Self.notOurs(node) }
            guard [.stopped, .failed].contains(nodes[index].state) else {
                throw .conflict("\(node) is not stopped; it is \(nodes[index].state.rawValue).", hint: "Use undrain for a draining node.", code: "not-stopped")
            }
            nodes[index].state = .starting
        case .promote:
            guard nodes[index].tier == .data else {
                throw .invalid("\(node) is a \(nodes[index].tier.rawValue) node; only data nodes take writes.", hint: "Name a data node.", code: "not-a-data-node")
            }
            for other in nodes.indices where nodes[other].tier == .data && nodes[other].role == .primary { nodes[other].role = .backup }
            nodes[index].role = .primary
        case .weight(_, let weight):
            guard (1...1000).contains(weight) else { throw .invalid("A weight of \(weight) is not possible.", hint: "Use 1 to 1000; 100 is usual.") }
            nodes[index].weight = weight
        case .process(_, let pid, let release):
            nodes[index].pid = pid
            nodes[index].release = release
        case .ready:
            if [.starting, .failed].contains(nodes[index].state) { nodes[index].state = .ready }
        case .starting:
            if [.ready, .failed].contains(nodes[index].state) { nodes[index].state = .starting }
        case .failed:
            if [.ready, .starting].contains(nodes[index].state) { nodes[index].state = .failed }
        case .state(_, let state, let deadline):
            nodes[index].state = state
            nodes[index].drainDeadline = deadline
        case .role(_, let role):
            nodes[index].role = role
        }
    }

    private static func checkDrainable(_ node: FleetNode, of nodes: [FleetNode]) throws(Failure) {
        guard node.tier == .web else {
            throw .invalid("\(node.name) is a \(node.tier.rawValue) node; only web nodes are drained.", hint: "Use stop to hold a node down, promote to move the primary.", code: "not-drainable")
        }
        guard node.state != .stopped else {
            throw .conflict("\(node.name) is stopped; there is nothing to drain.", hint: "Use remove-node to take it out of the fleet.", code: "stopped")
        }
        try checkLeaving(node, of: nodes, verb: "drained")
    }

    /// Refuses to take away the last that can do the work of its tier.
    private static func checkLeaving(_ node: FleetNode, of nodes: [FleetNode], verb: String) throws(Failure) {
        if node.tier == .data, node.role == .primary {
            throw .conflict("\(node.name) is the primary data node and cannot be \(verb).", hint: "Promote the backup first.", code: "primary")
        }
        guard node.tier == .web || node.tier == .balancer else { return }
        let others = nodes.filter { $0.tier == node.tier && $0.name != node.name && [.ready, .starting].contains($0.state) }
        guard others.isEmpty else { return }
        throw .conflict(
            "\(node.name) is the last \(node.tier.rawValue) node that takes work and cannot be \(verb).",
            hint: "Clone it first: fitech-ctl clone-node \(node.name)" + (verb == "removed" ? "; or use --force." : "."), code: "last-node")
    }

    private static func notOurs(_ node: String) -> Failure {
        .invalid("\(node) is an origin: somebody else starts and stops it.", hint: "Use drain to keep people away from it.", code: "origin")
    }
}
