// The fleet on disk: what commands changed survives a restart, what the configuration file says comes first otherwise.
import Control
import Wire

/// `fleet.json`: the fleet, and which of its nodes commands brought or took away.
package struct FleetFile: Sendable, Equatable {
    package var fleet: FleetState
    /// Names of the file's nodes that `remove-node` took away: they stay away.
    package var removed: Set<String> = []
    /// Names of nodes that `clone-node` brought: they come back.
    package var cloned: Set<String> = []
    /// Programs that `upgrade --program` gave to nodes, by the node's name; the others run the supervisor's own.
    package var programs: [String: String] = [:]

    package init(fleet: FleetState) { self.fleet = fleet }

    package var json: JSON {
        guard case .object(let members) = fleet.json else { return fleet.json }
        return .object(members + [
            ("removed", .array(removed.sorted().map(JSON.string))), ("cloned", .array(cloned.sorted().map(JSON.string))),
            ("programs", .object(programs.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        ])
    }

    package init(json: JSON) throws(Failure) {
        fleet = try FleetState(json: json)
        removed = Set((json["removed"]?.array ?? []).compactMap(\.string))
        cloned = Set((json["cloned"]?.array ?? []).compactMap(\.string))
        for (name, program) in json["programs"]?.object ?? [] { programs[name] = program.string }
    }

    /// What was saved; nil at a first start.
    package static func read(_ state: StateDirectory) throws(Failure) -> FleetFile? {
        guard let bytes = try DurableFile.read(state.fleet) else { return nil }
        do { return try FleetFile(json: try JSON.parse(bytes)) } catch {
            throw Failure.fault("\(state.fleet) is damaged.", hint: "Move it away: the fleet is then made anew from the configuration; clones and roles made by command are forgotten.")
        }
    }

    /// The fleet at a start: the file's nodes, as commands left them, without processes but for those that are `living`.
    package static func start(_ configuration: Configuration, _ state: StateDirectory, saved: FleetFile?, release: String, living: [String: Int32] = [:]) -> FleetFile {
        var nodes: [FleetNode] = []
        var removed: Set<String> = [], cloned: Set<String> = []
        func rested(_ node: FleetNode) -> FleetNode {
            var node = node
            // A process that serves on is the same node still: nobody need look at it again.
            if let pid = living[node.name], saved?.fleet.node(node.name)?.pid == pid {
                node.pid = pid
                node.release = saved?.fleet.node(node.name)?.release ?? release
                return node
            }
            node.pid = nil
            node.release = node.origin == nil ? release : ""
            if [.ready, .failed, .starting].contains(node.state) { node.state = node.origin == nil ? .starting : .ready }
            return node
        }
        for spec in configuration.nodes {
            if saved?.removed.contains(spec.name) == true {
                removed.insert(spec.name)
                continue
            }
            var node = FleetNode(
                name: spec.name, tier: spec.tier, role: spec.role,
                address: spec.origin.map { $0.hasPrefix("http://") ? String($0.dropFirst(7)) : $0 } ?? "unix:\(state.socket(of: spec.name))",
                origin: spec.origin, check: spec.check, weight: spec.weight)
            // What was said by command about the same node rules over the file.
            if let old = saved?.fleet.node(spec.name), old.tier == spec.tier, old.origin == spec.origin {
                node.state = old.state
                node.role = old.role
                node.drainDeadline = old.drainDeadline
            }
            nodes.append(rested(node))
        }
        for name in saved?.cloned ?? [] where !nodes.contains(where: { $0.name == name }) {
            guard var node = saved?.fleet.node(name) else { continue }
            cloned.insert(name)
            node.address = "unix:\(state.socket(of: name))"
            nodes.append(rested(node))
        }
        keepOnePrimary(&nodes)
        var file = FleetFile(fleet: FleetState(version: (saved?.fleet.version ?? 0) + 1, nodes: nodes))
        file.removed = removed
        file.cloned = cloned
        file.programs = (saved?.programs ?? [:]).filter { file.fleet.node($0.key) != nil }
        return file
    }

    /// An edited file may leave two primaries, or none, next to the roles that commands gave: the first one stays.
    private static func keepOnePrimary(_ nodes: inout [FleetNode]) {
        let data = nodes.indices.filter { nodes[$0].tier == .data }
        guard let first = data.first(where: { nodes[$0].role == .primary }) ?? data.first else { return }
        for index in data { nodes[index].role = index == first ? .primary : .backup }
    }
}
