// Asks every node whether it may take traffic, when its state machine says it is time.
import Engine
import Logging
import Nodes
import Wire

/// Checks run on the balancer's loop beside its requests, one at a time for each node.
enum HealthChecks {
    /// Checks until `Balancer.isStopped`.
    static func start(_ bound: LoopBound<Balancer>) {
        bound.loop.spawn { loop in
            while true {
                let balancer = bound.get(on: loop)
                if balancer.isStopped { return }
                checkDue(bound, on: loop)
                balancer.tickNodes()
                let wait = balancer.table.nextCheck.map { $0 - loop.now } ?? .seconds(1)
                await loop.sleep(min(max(wait, .milliseconds(5)), .seconds(1)))
            }
        }
    }

    /// Starts every check that is due now.
    static func checkDue(_ bound: LoopBound<Balancer>, on loop: isolated EventLoop) {
        let balancer = bound.get(on: loop)
        for slot in balancer.table.checksDue(now: loop.now) {
            balancer.table.checkStarted(slot)
            loop.spawn { loop in await check(slot, bound, on: loop) }
        }
    }

    private static func check(_ slot: Slot, _ bound: LoopBound<Balancer>, on loop: isolated EventLoop) async {
        let balancer = bound.get(on: loop)
        let entry = balancer.table.entries[slot]
        let result = await balancer.ask(slot)
        guard !balancer.isStopped else { return }
        if let change = balancer.table.checked(slot, tenancy: entry.tenancy, result.check, report: result.report, now: loop.now) {
            switch change {
            case .admitted, .recovered:
                balancer.log.info("a node is \(change == .admitted ? "admitted" : "back")", metadata: ["node_name": "\(entry.member.name)"])
            case .lost:
                balancer.log.warning(
                    "a node is lost", metadata: ["node_name": "\(entry.member.name)", "check": "\(result.check)"])
            }
        }
        // The ticker may be asleep for a second; what is not well is looked at sooner.
        let current = balancer.table.entries[slot]
        guard current.tenancy == entry.tenancy, !current.hasLeft, current.health.standing != .up else { return }
        await loop.sleep(max(current.health.nextCheck - loop.now, .milliseconds(5)))
        if !balancer.isStopped { checkDue(bound, on: loop) }
    }
}

/// What a node said when it was asked.
struct Asked: Sendable {
    var check: NodeHealth.Check
    /// Of its own load; nil when it did not say.
    var report: LoadReport?
}

extension Balancer {
    /// What time alone changes: those ejected come back, ramps end.
    func tickNodes() {
        table.endRamps(now: now)
        for slot in table.endEjections(now: now) {
            log.info("a node is no longer ejected", metadata: ["node_name": "\(table.entries[slot].member.name)"])
        }
    }

    /// Asks the node in `slot` now.
    func ask(_ slot: Slot) async -> Asked {
        guard let endpoint = endpoints[slot] else { return Asked(check: .failed) }
        let member = table.entries[slot].member
        if !member.isOrigin { return await ask(endpoint, "/readyz", answers: 200..<300, otherwise: .notReady) }
        // One bad answer of somebody's application says less than our own node's plain no.
        if let path = member.check { return await ask(endpoint, path, answers: 200..<400, otherwise: .failed) }
        return Asked(check: await touch(endpoint))
    }

    /// Whether somebody accepts connections there.
    func touch(_ endpoint: Endpoint, timeout: Duration? = nil) async -> NodeHealth.Check {
        do throws(HTTPClientFailure) {
            try await client.open(method: .get, target: "/", to: endpoint, timeout: timeout ?? options.checkTimeout).abandon()
            return .passed
        } catch {
            return error.cause == .connect ? .refused : .failed
        }
    }

    /// Asks `path`; a status out of `answers` comes to `otherwise`. `timeout` nil is that of the usual checks.
    func ask(
        _ endpoint: Endpoint, _ path: String, answers: Range<Int>, otherwise: NodeHealth.Check, timeout: Duration? = nil
    ) async -> Asked {
        do throws(HTTPClientFailure) {
            let answer = try await client.send(method: .get, target: path, to: endpoint, timeout: timeout ?? options.checkTimeout, limit: 65_536)
            return Asked(check: answers.contains(answer.status.code) ? .passed : otherwise, report: answer.fields[LoadReport.field].flatMap { LoadReport($0) })
        } catch {
            return Asked(check: error.cause == .connect ? .refused : .failed)
        }
    }
}
