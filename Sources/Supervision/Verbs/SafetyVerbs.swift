// Restore points, restore and promotion: asked of the data nodes, in the order that loses nothing.
import Control
import Engine
import Wire

extension Supervisor {
    /// The node that keeps restore points: the backup; the primary where there is none.
    private func keeper() throws(Failure) -> FleetNode {
        let nodes = fleet.nodes(of: .data)
        if let backup = nodes.first(where: { $0.role == .backup && runs[$0.name]?.isReady == true }) { return backup }
        if let backup = nodes.first(where: { $0.role == .backup }) {
            throw .unavailable("\(backup.name), which keeps the restore points, does not run.", whose: .ours, hint: "Start it: fitech-ctl start \(backup.name).")
        }
        guard let primary = fleet.primary else { throw .notFound("data node", hint: "This fleet is a plain load balancer.") }
        return primary
    }

    func backupNow(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only()
        let keeper = try keeper().name
        progress(0.05, "\(keeper) copies every database")
        return try await caller.work("/restore-points", on: keeper, body: .object([]), timeout: .seconds(3600), progress)
    }

    func backupList(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only()
        return try await caller.json(.get, "/restore-points", to: try keeper().name, timeout: .seconds(30))
    }

    /// Brings one customer or all back to a restore point: in place (the primary), or as files in a directory.
    func restore(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("at", "customer", "to", "in_place")
        let at = try arguments.text("at")
        guard at == "latest" || Timestamp(iso8601: at) != nil else {
            throw .invalid("`\(at)` is not a time.", hint: "Use latest, or ISO 8601 with a zone, such as 2026-11-22T15:00:00Z.", code: "wrong-time")
        }
        let directory = try arguments.optionalText("to")
        let inPlace = try arguments.flag("in_place")
        guard inPlace == (directory == nil) else { throw .invalid("A restore goes to one place.", hint: "Use either --in-place or --to DIR.", code: "to-or-in-place") }
        if let directory, !directory.hasPrefix("/") { throw .invalid("`\(directory)` is not an absolute path.", hint: "Send the whole path.", code: "wrong-path") }
        guard let primary = fleet.primary?.name else { throw .unavailable("No data node is primary.", whose: .ours, hint: "Promote one: fitech-ctl promote NODE.") }
        let customer = try arguments.optionalText("customer")
        progress(0.01, "bringing \(customer ?? "every customer") back to \(at)")
        var body: [(String, JSON)] = [("at", .string(at)), ("in_place", .bool(inPlace))]
        if let customer { body.append(("customer", .string(customer))) }
        if let directory { body.append(("to", .string(directory))) }
        return try await caller.work("/restore", on: primary, body: .object(body), timeout: .seconds(3600), progress)
    }

    /// Makes a data node the primary. It first catches up from the primary of now; when that cannot be reached, what would be
    /// lost is named and `--accept-loss` is needed.
    func promote(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("node", "accept_loss")
        let target = try node(try arguments.text("node"))
        let acceptsLoss = try arguments.flag("accept_loss")
        guard target.tier == .data else {
            throw .invalid("\(target.name) is a \(target.tier.rawValue) node; only data nodes take writes.", hint: "Name a data node.", code: "not-a-data-node")
        }
        guard target.role != .primary else { throw .conflict("\(target.name) is the primary already.", hint: "Nothing has to be done.", code: "already-primary") }
        guard runs[target.name]?.isReady == true else {
            throw .unavailable("\(target.name) does not run.", whose: .ours, hint: "Start it first: fitech-ctl start \(target.name).")
        }
        let old = fleet.primary
        progress(0.01, "\(target.name) catches up\(old.map { " from \($0.name)" } ?? "")")
        // It fences the old one itself, so that no write is lost between the two.
        let answer = try await caller.work("/promote", on: target.name, body: ["accept_loss": .bool(acceptsLoss)], timeout: .seconds(600), progress)
        // From here on the new one takes writes; whoever asks is sent there.
        try apply(.promote(target.name))
        _ = await eventually(within: .seconds(5)) {
            runs.allSatisfy { !$0.value.isReady || $0.value.toldVersion >= fleet.version }
        }
        var members = answer.object ?? []
        members.append(("primary", .string(target.name)))
        return .object(members)
    }
}
