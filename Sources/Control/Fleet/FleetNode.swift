// One running member of the fleet, as the supervisor knows it and every node is told.
import Wire

package struct FleetNode: Sendable, Equatable {
    package var name: String
    package var tier: Tier
    /// Data nodes only: what it is now, which commands may have changed since the file was written.
    package var role: NodeRole?
    package var state: NodeState
    /// Where its private listener is: `unix:/…/run/web-1.sock` or `host:port` (mutual TLS). For an origin: where it serves.
    package var address: String
    /// What the file wrote: `http://host:port` or `unix:PATH`; nil for a node of ours.
    package var origin: String?
    /// The health path of an origin; nil: healthy when it accepts a connection.
    package var check: String?
    /// Nil while no process runs, and for origins.
    package var pid: Int32?
    package var release: String
    /// Its share relative to its siblings, 1...1000.
    package var weight: Int
    /// When those who stick to a draining node are moved away: milliseconds since 1970, UTC.
    package var drainDeadline: Int64?

    package init(
        name: String, tier: Tier, role: NodeRole? = nil, state: NodeState = .starting, address: String, origin: String? = nil,
        check: String? = nil, pid: Int32? = nil, release: String = "", weight: Int = 100, drainDeadline: Int64? = nil
    ) {
        self.name = name
        self.tier = tier
        self.role = role
        self.state = state
        self.address = address
        self.origin = origin
        self.check = check
        self.pid = pid
        self.release = release
        self.weight = weight
        self.drainDeadline = drainDeadline
    }

    /// Whether it may be given work: its process is up, or on its way up, and nobody holds it down.
    package var takesNewWork: Bool { state == .ready }
}

extension FleetNode {
    package var json: JSON {
        .object([
            ("name", .string(name)),
            ("tier", .string(tier.rawValue)),
            ("role", role.map { .string($0.rawValue) } ?? .null),
            ("state", .string(state.rawValue)),
            ("address", .string(address)),
            ("origin", origin.map { .string($0) } ?? .null),
            ("check", check.map { .string($0) } ?? .null),
            ("pid", pid.map { .integer(Int64($0)) } ?? .null),
            ("release", .string(release)),
            ("weight", .integer(Int64(weight))),
            ("drain_deadline", drainDeadline.map { .integer($0) } ?? .null),
        ])
    }

    /// Reads what `json` wrote; the failure names the field.
    package init(json: JSON) throws(Failure) {
        func text(_ name: String) throws(Failure) -> String {
            guard let value = json[name]?.string else { throw Self.wrong(name, "a string") }
            return value
        }
        guard let tier = Tier(rawValue: try text("tier")) else { throw Self.wrong("tier", "one of " + Tier.allCases.map(\.rawValue).joined(separator: ", ")) }
        guard let state = NodeState(rawValue: try text("state")) else { throw Self.wrong("state", "one of " + NodeState.allCases.map(\.rawValue).joined(separator: ", ")) }
        var role: NodeRole?
        if let word = json["role"]?.string {
            role = NodeRole(rawValue: word)
            if role == nil { throw Self.wrong("role", "primary, backup or null") }
        }
        guard let weight = json["weight"]?.integer, (1...1000).contains(weight) else { throw Self.wrong("weight", "a whole number, 1 to 1000") }
        self.init(
            name: try text("name"), tier: tier, role: role, state: state, address: try text("address"),
            origin: json["origin"]?.string, check: json["check"]?.string,
            pid: json["pid"]?.integer.flatMap { Int32(exactly: $0) }, release: try text("release"),
            weight: Int(weight), drainDeadline: json["drain_deadline"]?.integer)
    }

    private static func wrong(_ field: String, _ wanted: String) -> Failure {
        .invalid("The node's \(field) is missing or wrong.", hint: "Write \(wanted).", code: "fleet-state")
    }
}
