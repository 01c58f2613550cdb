// What commands do to nodes: clone, drain, remove, stop, start.
import Control
import Engine
import Glibc
import Logging
import Wire

extension Supervisor {
    nonisolated var supervisorProcess: Int32 { getpid() }

    /// A new node like another: same release, same configuration, a name and keys of its own. Returns when every balancer has admitted it.
    func cloneNode(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("node", "name")
        let source = try node(try arguments.text("node"))
        guard source.origin == nil else { throw .invalid("\(source.name) is an origin: somebody else's application.", hint: "Add another origin to the configuration.", code: "origin") }
        guard [.web, .balancer, .reporting].contains(source.tier) else {
            throw .invalid(
                "\(source.name) is a \(source.tier.rawValue) node; a copy of it would claim the same work.",
                hint: "Nodes that can be cloned are those of tier web, balancer and reporting.", code: "not-cloneable")
        }
        let name = try arguments.optionalText("name") ?? newName(like: source.name)
        guard Syntax.word(name) != nil else { throw .invalid("`\(name)` is not a name of a node.", hint: "Use letters, digits and -, at most 40, beginning with a letter.", code: "wrong-name") }
        try apply(.add(FleetNode(name: name, tier: source.tier, address: "unix:\(state.socket(of: name))", release: release, weight: source.weight)))
        progress(0.1, "starting \(name)")
        await launch(name)
        let isUp = await eventually(within: .seconds(20), every: .milliseconds(5)) { runs[name]?.isReady == true || fleet.node(name)?.state == .failed }
        guard isUp, runs[name]?.isReady == true else {
            await discard(name)
            throw Failure(whose: .ours, retry: .safe, status: 500, code: "clone-not-ready", reason: "\(name) did not get ready.", hint: "See \(state.log(of: name)) for its reason.")
        }
        if source.tier == .web {
            progress(0.7, "\(name) is ready; the balancers admit it")
            guard await untilAdmitted(name, within: .seconds(10)) else {
                throw Failure(
                    whose: .ours, retry: .safe, status: 504, code: "not-admitted", reason: "\(name) runs, but not every balancer has admitted it.",
                    hint: "See fitech-ctl status; take it out with fitech-ctl remove-node \(name).")
            }
        }
        progress(1, "\(name) is in service")
        return nodeJSON(name)
    }

    /// After `web-2` comes `web-3`, never a name that the file or a removed node had.
    private func newName(like name: String) -> String {
        let taken = Set(fleet.nodes.map(\.name)).union(file.removed).union(configuration.nodes.map(\.name))
        let stem = name.lastIndex(of: "-").map { String(name[..<$0]) } ?? name
        var number = 1
        while taken.contains("\(stem)-\(number)") { number += 1 }
        return "\(stem)-\(number)"
    }

    /// Takes a node out of the fleet with everything that was made for it, its own data apart.
    private func discard(_ name: String) async {
        observe(.remove(name, forced: true))
        await end(name, within: .seconds(5))
        runs[name] = nil
        keys.remove(node: name)
        unlink(state.socket(of: name))
        unlink(state.processFile(of: name))
        rmdir(state.files(of: name))
    }

    /// No new people from now on; those who stick stay until the deadline.
    func drain(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("node", "deadline", "wait")
        let name = try node(try arguments.text("node")).name
        let limit = try arguments.duration("deadline", otherwise: .seconds(300))
        let wait = try arguments.flag("wait")
        try apply(.drain(name, deadline: Timestamp.now.adding(limit).milliseconds))
        watchDrain(name)
        _ = await eventually(within: .seconds(5)) { balancersKnow() }
        guard wait else { return nodeJSON(name) }
        while let now = fleet.node(name), now.state == .draining {
            // Read again each time: somebody may have given it another deadline meanwhile.
            let time = max(0, (now.drainDeadline ?? 0) - Timestamp.now.milliseconds)
            let part = min(1, max(0, 1 - Double(time) / Double(max(1, DurationText.milliseconds(limit)))))
            let left = await figures()[name] ?? Figures()
            progress(part, Self.drainText(name, left, milliseconds: time), details: [
                ("sessions", .integer(Int64(left.sessions))), ("in_flight", .integer(Int64(left.inFlight))), ("seconds_left", .integer(time / 1000)),
            ])
            await loop.sleep(.milliseconds(200))
        }
        guard fleet.node(name)?.state == .drained else {
            throw .conflict("\(name) is not draining any more.", hint: "Somebody else changed it meanwhile; see fitech-ctl status.")
        }
        return nodeJSON(name)
    }

    /// Who is still there, and for how long.
    static func drainText(_ name: String, _ left: Figures, milliseconds: Int64) -> String {
        let people = left.sessions == 1 ? "1 person" : "\(left.sessions) people"
        let requests = left.inFlight == 1 ? "1 request" : "\(left.inFlight) requests"
        let time = milliseconds > 0 ? "\(DurationText.text(.seconds((milliseconds + 999) / 1000))) left" : "moving with their next request"
        return "\(people), \(requests) on \(name), \(time)"
    }

    /// How long after the deadline what people had begun to fill in still reaches their node.
    private static let drainGrace = Duration.seconds(2)

    /// Notices when nobody is left on a draining node.
    func watchDrain(_ name: String) {
        Task {
            var quiet = 0
            while !isStopping, let node = fleet.node(name), node.state == .draining {
                await loop.sleep(.milliseconds(100))
                guard balancersKnow() else { continue }
                let left = await figures()[name] ?? Figures()
                let isOver = (node.drainDeadline ?? 0) + DurationText.milliseconds(Self.drainGrace) <= Timestamp.now.milliseconds
                // Twice in a row: a request may be between two looks.
                // Tunnels do not end by themselves: past the deadline nobody waits for them.
                let working = isOver ? left.inFlight - left.tunnels : left.inFlight
                quiet = working <= 0 && (left.sessions == 0 || isOver) ? quiet + 1 : 0
                if quiet >= 2 { observe(.drained(name)) }
            }
        }
    }

    func undrain(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only("node")
        let name = try node(try arguments.text("node")).name
        try apply(.undrain(name))
        if runs[name]?.isReady == true { observe(.ready(name)) }
        _ = await eventually(within: .seconds(5)) { balancersKnow() }
        return nodeJSON(name)
    }

    /// Drains, stops, forgets. The last web node is refused unless forced.
    func removeNode(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("node", "force")
        let node = try node(try arguments.text("node"))
        let forced = try arguments.flag("force")
        // Asked of a copy first: what is refused must not be drained.
        var trial = fleet
        try trial.apply(.remove(node.name, forced: forced))
        if node.tier == .web, node.state != .stopped, node.state != .drained {
            progress(0.1, "draining \(node.name)")
            // Everybody moves with their next request; sessions are in the data tier, so nobody is signed out.
            try apply(.state(node.name, .draining, deadline: Timestamp.now.milliseconds))
            let begun = ContinuousClock.now
            var quiet = 0
            while quiet < 2, ContinuousClock.now - begun < .seconds(30) {
                guard await eventually(within: .seconds(5), { balancersKnow() }) else { break }
                let left = await figures()[node.name]?.inFlight ?? 0
                quiet = left == 0 ? quiet + 1 : 0
                if left > 0 { progress(0.5, "\(left) requests are still on \(node.name)") }
                await loop.sleep(.milliseconds(30))
            }
        }
        try checkNoUpgrade(of: node.name)
        progress(0.7, "taking \(node.name) out of the fleet")
        try apply(.remove(node.name, forced: true))
        // The balancers let go of it before it goes.
        _ = await eventually(within: .seconds(5)) { balancersKnow() }
        if node.origin == nil {
            progress(0.8, "stopping \(node.name)")
            await leave(node, within: .seconds(6))
            runs[node.name] = nil
            keys.remove(node: node.name)
            unlink(state.socket(of: node.name))
            rmdir(state.files(of: node.name))
        }
        progress(1, "\(node.name) is gone")
        return .object([("name", .string(node.name)), ("removed", .bool(true))])
    }

    /// Holds a node down until `start`.
    func stopNode(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("node", "kill")
        let name = try node(try arguments.text("node")).name
        let kills = try arguments.flag("kill")
        try checkNoUpgrade(of: name)
        try apply(.stop(name))
        if kills {
            signal(name, SIGKILL)
            _ = await eventually(within: .seconds(5)) { runs[name]?.pid == nil }
        } else if let node = fleet.node(name) {
            await leave(node, within: .seconds(8))
        }
        return nodeJSON(name)
    }

    /// A balancer's connections are customers': the others take new ones, it finishes those it has. Other nodes are asked by ours
    /// alone, who ask again elsewhere.
    private func leave(_ node: FleetNode, within limit: Duration) async {
        guard node.tier == .balancer, fleet.nodes(of: .balancer).contains(where: { $0.name != node.name && runs[$0.name]?.isReady == true }) else {
            await end(node.name, within: limit)
            return
        }
        retire(node.name)
    }

    private func checkNoUpgrade(of name: String) throws(Failure) {
        guard upgrading.contains(name) else { return }
        throw .conflict("\(name) is being upgraded.", hint: "Wait for the upgrade to end; see fitech-ctl status.", code: "upgrading")
    }

    func startNode(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("node")
        let node = try node(try arguments.text("node"))
        try apply(.start(node.name))
        runs[node.name]?.quickDeaths = 0
        await launch(node.name)
        guard await eventually(within: .seconds(20), { runs[node.name]?.isReady == true }) else {
            throw Failure(
                whose: .ours, retry: .safe, status: 504, code: "not-ready", reason: "\(node.name) was started but is not ready yet.",
                hint: "See fitech-ctl status and fitech-ctl logs \(node.name).")
        }
        if node.tier == .web { _ = await untilAdmitted(node.name, within: .seconds(10)) }
        return nodeJSON(node.name)
    }

    func nodeJSON(_ name: String) -> JSON { fleet.node(name)?.json ?? .null }
}
