// `status`: every node with its process and what it has to do; answered even when every node is dead.
import Control
import Engine
import Wire

extension Supervisor {
    /// What balancers say about the work of a node.
    struct Figures: Sendable {
        var sessions = 0
        var inFlight = 0
        /// Of those, upgraded connections and event streams, which may last for hours.
        var tunnels = 0
        var requests = 0
        /// What balancers see of it, the best of them: `up`, `suspicious`, `joining`, `down`.
        var health: String?
    }

    /// We do not run an origin, so its state is what the balancers see of it.
    private static func state(of node: FleetNode, _ work: Figures) -> NodeState {
        guard node.origin != nil, node.state == .ready else { return node.state }
        return switch work.health {
        case "down": .failed
        case "joining": .starting
        default: .ready
        }
    }

    func status() async -> JSON {
        let figures = await figures()
        return .object([
            ("nodes", .array(fleet.nodes.map { node in
                let work = figures[node.name] ?? Figures()
                return .object([
                    ("name", .string(node.name)), ("tier", .string(node.tier.rawValue)), ("role", node.role.map { .string($0.rawValue) } ?? .null),
                    ("state", .string(Self.state(of: node, work).rawValue)), ("pid", node.pid.map { .integer(Int64($0)) } ?? .null), ("address", .string(node.origin ?? node.address)),
                    ("release", .string(node.release)), ("weight", .integer(Int64(node.weight))), ("sessions", .integer(Int64(work.sessions))),
                    ("in_flight", .integer(Int64(work.inFlight))), ("requests", .integer(Int64(work.requests))),
                    ("drain_deadline", node.drainDeadline.map { .string(Timestamp(milliseconds: $0).iso8601) } ?? .null),
                    ("origin", .bool(node.origin != nil)),
                ])
            })),
            ("url", publicURL.map { .string($0) } ?? .null), ("release", .string(release)), ("version", .integer(Int64(fleet.version))),
            ("started", .string(startedAt.iso8601)), ("pid", .integer(Int64(supervisorProcess))),
        ])
    }

    /// Over all balancers that answer soon; those that do not are left out. A person seen by two balancers is one person.
    func figures() async -> [String: Figures] {
        let balancers = fleet.nodes(of: .balancer).filter { runs[$0.name]?.isReady == true }.map(\.name)
        let caller = caller
        return await withTaskGroup(of: (String, JSON?).self) { group in
            for name in balancers {
                group.addTask { (name, try? await caller.json(.get, "/balancer/nodes", to: name, timeout: .milliseconds(700))) }
            }
            var all: [String: Figures] = [:]
            for await (balancer, answer) in group {
                for row in answer?["nodes"]?.array ?? [] {
                    guard let name = row["name"]?.string else { continue }
                    let (inFlight, requests) = (Int(row["in_flight"]?.integer ?? 0), Int(row["requests"]?.integer ?? 0))
                    all[name, default: Figures()].sessions = max(all[name]?.sessions ?? 0, Int(row["sessions"]?.integer ?? 0))
                    all[name, default: Figures()].inFlight += inFlight
                    all[name, default: Figures()].tunnels += Int(row["tunnels"]?.integer ?? 0)
                    if let health = row["health"]?.string, all[name]?.health != "up" { all[name, default: Figures()].health = health }
                    all[name, default: Figures()].requests += requests
                    all[balancer, default: Figures()].inFlight += inFlight
                    all[balancer, default: Figures()].requests += requests
                }
            }
            return all
        }
    }

    func version() -> JSON {
        .object([
            ("release", .string(release)),
            ("nodes", .array(fleet.nodes.filter { $0.origin == nil }.map { .object([("name", .string($0.name)), ("release", .string($0.release))]) })),
        ])
    }
}
