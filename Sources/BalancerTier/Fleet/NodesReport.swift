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
        var isEjected: Bool
        /// Thousandths of its weight it gets now: less while it ramps up or asks for less.
        var share: Int
        var weight: Int
        var sessions = 0
        var load: NodeLoad
        /// Requests in flight that other balancers sent, as the node tells.
        var elsewhere: Int
    }

    /// Over all loops, which share the loads; health is the worst any of them sees.
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
                all[index].share = min(all[index].share, row.share)
                all[index].isEjected = all[index].isEjected || row.isEjected
                if row.health != "up" { all[index].health = row.health }
            }
        }
        return all
    }

    static func json(of balancers: [LoopBound<Balancer>]) async -> JSON {
        .object([("nodes", .array(await rows(of: balancers).map(json)))])
    }

    private static func json(_ row: Row) -> JSON {
        .object([
            ("name", .string(row.name)), ("health", .string(row.health)), ("draining", .bool(row.isDraining)), ("ejected", .bool(row.isEjected)),
            ("weight", .integer(Int64(row.weight))), ("share", .integer(Int64(row.share))), ("sessions", .integer(Int64(row.sessions))),
            ("in_flight", .integer(Int64(row.load.inFlight))), ("queued", .integer(Int64(row.load.queued))),
            ("tunnels", .integer(Int64(row.load.tunnels))), ("elsewhere", .integer(Int64(row.elsewhere))),
            ("requests", .integer(Int64(row.load.requests))), ("failures", .integer(Int64(row.load.failures))),
            ("retries", .integer(Int64(row.load.retries))), ("ejections", .integer(Int64(row.load.ejections))),
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
        let sessions = sessionsLately
        return table.entries.indices.compactMap { slot in
            let entry = table.entries[slot]
            guard !entry.hasLeft else { return nil }
            return NodesReport.Row(
                name: entry.member.name, health: NodesReport.word(entry.health.standing), isDraining: entry.isDraining,
                isEjected: entry.passive.isEjected, share: table.share(slot, now: now) / max(1, entry.member.weight), weight: entry.member.weight,
                sessions: sessions[slot], load: entry.load, elsewhere: entry.elsewhere / 1000)
        }
    }
}
