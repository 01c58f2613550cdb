// How a balancer's nodes do, as JSON: what `fitech-ctl status` adds up over the balancers.
import Engine
import Wire

enum NodesReport {
    /// A session counts as here when its token was seen within this many seconds.
    static let lately: Int64 = 300

    struct Row: Sendable {
        var name: String
        var health: String
        var isDraining: Bool
        /// Thousandths of its weight it gets now: less while it ramps up.
        var share: Int
        var sessions = 0
        var inFlight = 0
        var requests = 0
        var failures = 0
    }

    /// Over all loops; health is the worst any of them sees.
    static func rows(of balancers: [LoopBound<Balancer>]) async -> [Row] {
        var all: [Row] = []
        for bound in balancers {
            let rows = await bound.loop.run { loop in bound.get(on: loop).rows() }
            for row in rows {
                guard let index = all.firstIndex(where: { $0.name == row.name }) else {
                    all.append(row)
                    continue
                }
                all[index].sessions += row.sessions
                all[index].inFlight += row.inFlight
                all[index].requests += row.requests
                all[index].failures += row.failures
                if row.health != "up" { all[index].health = row.health }
            }
        }
        return all
    }

    static func json(of balancers: [LoopBound<Balancer>]) async -> JSON {
        .object([
            (
                "nodes",
                .array(
                    await rows(of: balancers).map { row in
                        .object([
                            ("name", .string(row.name)), ("health", .string(row.health)), ("draining", .bool(row.isDraining)),
                            ("share", .integer(Int64(row.share))), ("sessions", .integer(Int64(row.sessions))),
                            ("in_flight", .integer(Int64(row.inFlight))), ("requests", .integer(Int64(row.requests))),
                            ("failures", .integer(Int64(row.failures))),
                        ])
                    })
            )
        ])
    }

    static func word(_ check: NodeHealth.Check) -> String {
        switch check {
        case .passed: "ready"
        case .notReady: "not ready"
        case .refused: "refused"
        case .failed: "no answer"
        }
    }

    static func word(_ standing: NodeHealth.Standing) -> String {
        switch standing {
        case .joining: "joining"
        case .up: "up"
        case .suspicious: "suspicious"
        case .down: "down"
        }
    }
}

extension Balancer {
    func rows() -> [NodesReport.Row] {
        let sessions = memory.sessions(since: Balancer.wallMilliseconds() / 1000 - NodesReport.lately, slots: table.entries.count)
        return table.entries.indices.compactMap { slot in
            let entry = table.entries[slot]
            guard !entry.hasLeft else { return nil }
            return NodesReport.Row(
                name: entry.member.name, health: NodesReport.word(entry.health.standing), isDraining: entry.member.isDraining,
                share: table.share(slot, now: now) / max(1, entry.member.weight), sessions: sessions[slot], inFlight: entry.inFlight,
                requests: entry.requests, failures: entry.failures)
        }
    }
}
