// The running fleet as a value: what every node is told, what is saved, what commands change.
import Wire

/// Owned by the supervisor; every change raises `version`. Nodes are kept in the order tier, then name
/// (`web-2` before `web-10`), so two equal fleets are equal values.
package struct FleetState: Sendable, Equatable {
    package private(set) var version: Int
    package private(set) var nodes: [FleetNode]

    package init(version: Int = 0, nodes: [FleetNode] = []) {
        self.version = version
        self.nodes = nodes.sorted(by: Self.before)
    }

    package func node(_ name: String) -> FleetNode? { nodes.first { $0.name == name } }

    package func nodes(of tier: Tier) -> [FleetNode] { nodes.filter { $0.tier == tier } }

    /// The data node that takes writes now.
    package var primary: FleetNode? { nodes.first { $0.tier == .data && $0.role == .primary } }

    /// The next free name made of the tier of `name` and a number: after `web-1`, `web-2` comes `web-3`.
    package func freeName(like name: String) -> String {
        let stem = name.lastIndex(of: "-").map { String(name[..<$0]) } ?? name
        var number = 1
        while node("\(stem)-\(number)") != nil { number += 1 }
        return "\(stem)-\(number)"
    }

    /// Makes this fleet newer than any of `version`: somebody knows one that was told before a supervisor was killed.
    package mutating func outrun(_ version: Int) { self.version = max(self.version, version + 1) }

    /// Carries one command out, or says why not and changes nothing.
    package mutating func apply(_ command: FleetCommand) throws(Failure) {
        var next = nodes
        try command.change(&next)
        guard next != nodes else { return }
        nodes = next.sorted(by: Self.before)
        version += 1
    }

    /// The commands that turn this fleet into `other` (but for the version), in an order `apply` accepts.
    package func diff(to other: FleetState) -> [FleetCommand] {
        var commands: [FleetCommand] = []
        // Before anything else the new ones, so that no tier is ever left without a node on the way.
        for node in other.nodes where self.node(node.name)?.sameThing(as: node) == nil { commands.append(.add(node)) }
        for node in other.nodes {
            guard let mine = self.node(node.name) else { continue }
            guard mine.sameThing(as: node) else {
                commands.append(.remove(mine.name, forced: true))
                commands.append(.add(node))
                continue
            }
            if mine.role != node.role, let role = node.role { commands.append(.role(node.name, role)) }
            if mine.weight != node.weight { commands.append(.weight(node.name, node.weight)) }
            if mine.pid != node.pid || mine.release != node.release { commands.append(.process(node.name, pid: node.pid, release: node.release)) }
            if mine.state != node.state || mine.drainDeadline != node.drainDeadline {
                commands.append(.state(node.name, node.state, deadline: node.drainDeadline))
            }
        }
        for node in nodes where other.node(node.name) == nil { commands.append(.remove(node.name, forced: true)) }
        return commands
    }

    /// Tier, then name with its number read as a number.
    static func before(_ a: FleetNode, _ b: FleetNode) -> Bool {
        if a.tier != b.tier { return order(a.tier) < order(b.tier) }
        let (one, other) = (parts(a.name), parts(b.name))
        if one.stem != other.stem { return one.stem < other.stem }
        if one.number != other.number { return one.number < other.number }
        return a.name < b.name
    }

    private static func order(_ tier: Tier) -> Int { Tier.allCases.firstIndex(of: tier) ?? Tier.allCases.count }

    private static func parts(_ name: String) -> (stem: Substring, number: Int) {
        guard let dash = name.lastIndex(of: "-"), let number = Int(name[name.index(after: dash)...]) else { return (name[...], -1) }
        return (name[..<dash], number)
    }
}

extension FleetNode {
    /// Whether the other is this node, only in another condition; else it must be removed and added.
    func sameThing(as other: FleetNode) -> Bool {
        name == other.name && tier == other.tier && address == other.address && origin == other.origin && check == other.check
            && (role == nil) == (other.role == nil)
    }
}

extension FleetState {
    package var json: JSON {
        .object([("version", .integer(Int64(version))), ("nodes", .array(nodes.map(\.json)))])
    }

    /// Reads what `json` wrote.
    package init(json: JSON) throws(Failure) {
        guard let version = json["version"]?.integer, let nodes = json["nodes"]?.array else {
            throw .invalid("This is not a fleet state.", hint: "Send {\"version\": 1, \"nodes\": [...]}.", code: "fleet-state")
        }
        var list: [FleetNode] = []
        for node in nodes {
            let read = try FleetNode(json: node)
            guard !list.contains(where: { $0.name == read.name }) else {
                throw .invalid("Two nodes are called \(read.name).", hint: "Give each node a name of its own.", code: "fleet-state")
            }
            list.append(read)
        }
        self.init(version: Int(version), nodes: list)
    }
}
