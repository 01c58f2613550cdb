// How a balancer's nodes do, as JSON: what `fitech-ctl status` adds up over the balancers.
import Engine
import Telemetry
import Wire

enum NodesReport {
    /// A session counts as here when its token was seen within this many seconds.
    static let lately: Int64 = 300

    struct Row: Sendable {
        var name: String
        var health: String
        var isDraining: Bool
        var isEjected: Bool
        var drainDeadline: Int64?
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

    /// With `histories`, also what the staff page draws.
    static func json(of balancers: [LoopBound<Balancer>], histories: LoadHistories) async -> JSON {
        let rows = await rows(of: balancers)
        var waiting = 0
        for bound in balancers { waiting += await bound.loop.run { loop in bound.get(on: loop).queue.count } }
        func count(_ kind: String) -> JSON { .integer(Int64(Metrics.counter(.tlsHandshakes, [("listener", "public"), ("kind", kind)]).current)) }
        return .object([
            ("nodes", .array(rows.map { json($0, histories.history(of: $0.name)) })),
            ("queued", .integer(Int64(waiting))),
            ("connections", .integer(Int64(Metrics.gauge(.httpConnections, [("listener", "public")]).current))),
            ("tls_full", count("full")), ("tls_resumed", count("resumed")), ("tls_failed", count("failed")),
            ("step_ms", .integer(LoadHistory.step.components.seconds * 1000)),
            ("latency_bounds_us", .array(Histogram.bounds.map { .integer(Int64($0)) })),
        ])
    }

    private static func json(_ row: Row, _ history: LoadHistory?) -> JSON {
        func series(_ values: [Int]?) -> JSON { .array((values ?? []).map { .integer(Int64($0)) }) }
        return .object([
            ("name", .string(row.name)), ("health", .string(row.health)), ("draining", .bool(row.isDraining)), ("ejected", .bool(row.isEjected)),
            ("weight", .integer(Int64(row.weight))), ("share", .integer(Int64(row.share))), ("sessions", .integer(Int64(row.sessions))),
            ("drain_deadline", row.drainDeadline.map { .integer($0) } ?? .null), ("bytes", .integer(Int64(row.load.bytes))),
            ("history", .object([("requests", series(history?.requests)), ("failures", series(history?.failures)), ("in_flight", series(history?.inFlight))])),
            ("latency", series(history?.latency)),
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
                isEjected: entry.passive.isEjected, drainDeadline: entry.member.drainDeadline, share: table.share(slot, now: now) / max(1, entry.member.weight), weight: entry.member.weight,
                sessions: sessions[slot], load: entry.load, elsewhere: entry.elsewhere / 1000)
        }
    }
}
