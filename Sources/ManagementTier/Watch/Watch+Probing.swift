// Probes: what is asked of whom, and what follows from the answers.
import Control
import Engine
import Nodes
import Storage
import SupportCentre
import Telemetry
import Wire

/// One thing that is watched.
struct Probe {
    /// The name of the host that everything without an address of its own is on.
    static let thisMachine = "127.0.0.1"

    var subject: Subject
    /// The node, as the fleet describes it; nil for a host.
    var node: FleetNode?
    var machine: ProbeMachine
    var notBefore: Milliseconds
    var isRunning = false
    /// The last answer in words, and how long it took.
    var said = "not asked yet"
    var took: Milliseconds = 0
    var asked: Milliseconds?
}

/// A confirmed failure, before it becomes an incident.
struct PendingVerdict {
    var outage: ProbeMachine.Outage
    var confirmed: Milliseconds
    var vantage = Verdict.SecondVantage.notAsked
    var asking = false
}

extension Watch {
    /// Starts the probes that are due; none waits for another.
    func beginProbes(at now: Milliseconds) {
        for index in probes.indices where !probes[index].isRunning && now >= probes[index].notBefore && now >= probes[index].machine.due(at: now) {
            probes[index].isRunning = true
            let probe = probes[index]
            Task {
                let result = await self.ask(probe)
                self.take(result, of: probe.subject, begun: now)
            }
        }
    }

    /// Asks once. Never throws: whatever goes wrong is the answer.
    private func ask(_ probe: Probe) async -> ProbeResult {
        switch probe.subject {
        case .host(let name): return await ping(name)
        case .node:
            guard let target = probe.node else { return .bad("unknown") }
            if target.origin != nil && target.check == nil { return await connect(target) }
            return await get(target, path: target.origin == nil ? "/readyz" : target.check ?? "/")
        }
    }

    private func ping(_ host: String) async -> ProbeResult {
        let port = probes.lazy.compactMap(\.node).first { $0.host == host }?.hostPort?.port ?? 443
        do {
            let address = try await resolver.run { try ProbeAddress.resolve(host, port: port) }
            return await pinger.ping(address, timeout: 1000)
        } catch let error as ProbeAddress.ResolveFailure {
            return .bad(error.reason)
        } catch {
            return .bad("the name \(host) could not be looked up in time")
        }
    }

    /// An origin without a check is healthy when it accepts a connection.
    private func connect(_ target: FleetNode) async -> ProbeResult {
        if let place = target.hostPort {
            guard let address = try? await resolver.run({ try ProbeAddress.resolve(place.host, port: place.port) }) else {
                return .bad("no address for \(place.host)")
            }
            return await pinger.connect(address, timeout: 2000)
        }
        let path = (target.origin ?? target.address).dropFirst("unix:".count)
        guard let address = ProbeAddress(unix: String(path)) else { return .bad("the path of its socket is too long") }
        return await pinger.connect(address, timeout: 2000)
    }

    private func get(_ target: FleetNode, path: String) async -> ProbeResult {
        let endpoint: Endpoint
        do throws(Failure) {
            if target.origin != nil {
                guard let place = target.hostPort else {
                    endpoint = Endpoint(address: .unix(String((target.origin ?? "").dropFirst("unix:".count))))
                    return await get(path, at: endpoint, isOrigin: true)
                }
                endpoint = Endpoint(address: .tcp(host: place.host, port: place.port))
            } else {
                endpoint = try node.endpoint(of: target)
            }
        } catch { return .bad(error.reason) }
        return await get(path, at: endpoint, isOrigin: target.origin != nil)
    }

    private func get(_ path: String, at endpoint: Endpoint, isOrigin: Bool) async -> ProbeResult {
        do throws(HTTPClientFailure) {
            // A fresh connection each time: one kept from before says nothing about whether new ones are taken.
            let response = try await client.send(
                method: .get, target: path, fields: ["Connection": "close", "User-Agent": "Fitech-watch"], to: endpoint,
                timeout: .seconds(2), limit: 64 * 1024)
            let code = response.status.code
            if (200..<300).contains(code) || isOrigin && (300..<400).contains(code) { return .good }
            // Our own nodes say in words why they are not ready; what somebody's application says is not for texts and pages.
            guard !isOrigin else { return .bad("answers \(code)") }
            let words = String(decoding: response.body.prefix(120), as: UTF8.self).split(separator: "\n").first ?? ""
            return .bad(words.isEmpty ? "answers \(code)" : "answers \(code) \(words)")
        } catch {
            return .bad(Self.words(of: error))
        }
    }

    /// Why a probe had no answer, in a few words that fit into a text.
    private static func words(of failure: HTTPClientFailure) -> String {
        switch failure.cause {
        case .connect:
            failure.reason.contains("refused") ? "connection refused" : failure.reason.contains("No such file") ? "not running" : "no connection"
        case .tls: "no trusted connection"
        case .broken: "broke the connection"
        case .timeout: "no answer within 2 s"
        case .badAnswer: "answers no HTTP"
        case .cancelled: "not asked"
        }
    }

    // MARK: What follows

    private func take(_ result: ProbeResult, of subject: Subject, begun: Milliseconds) {
        let now = Timestamp.now.milliseconds
        guard let index = probes.firstIndex(where: { $0.subject == subject }) else { return }
        probes[index].isRunning = false
        probes[index].asked = begun
        probes[index].took = max(0, now - begun)
        metrics.probes.add()
        switch result {
        case .good: probes[index].said = "good"
        case .bad(let reason):
            probes[index].said = reason
            metrics.probeFailures.add()
        }
        let result = tempered(result, of: probes[index], at: now)
        switch probes[index].machine.received(result, at: begun) {
        case .none, .stillDown: break
        case .down(let outage):
            switch subject {
            case .host(let host):
                let standing = probes.compactMap { $0.node }.filter { ($0.host ?? Probe.thisMachine) == host }
                let service = standing.map(ServicePart.of).min { ServicePart.allCases.firstIndex(of: $0) ?? 0 < ServicePart.allCases.firstIndex(of: $1) ?? 0 } ?? .entrance
                let reason = ProbeMachine.Outage(lastGood: outage.lastGood, firstBad: outage.firstBad, reason: outage.reason)
                apply(
                    machine.down(
                        subject, service: service, reason, speakingFor: standing.map { .node($0.name) }, plannedUntil: planned(subject, service, at: now), technicians: technicians, at: now),
                    at: now)
            case .node:
                pending[subject] = PendingVerdict(outage: outage, confirmed: now)
                decidePending(at: now)
            }
        case .up(_, let firstGood):
            pending[subject] = nil
            apply(machine.up(subject, firstGood: firstGood, at: now), at: now)
        }
    }

    /// Ping speaks for the host, with two exceptions: this machine is up or nobody would be asking, and a host that never
    /// answered a ping while its nodes do has pings blocked on the way.
    private func tempered(_ result: ProbeResult, of probe: Probe, at now: Milliseconds) -> ProbeResult {
        guard case .host(let host) = probe.subject, result != .good else { return result }
        if host == Probe.thisMachine { return .good }
        guard case .unproven = probe.machine.state else { return result }
        let answers = probes.contains { ($0.node.map { $0.host ?? Probe.thisMachine } ?? "") == host && now - ($0.machine.lastGood ?? 0) < 5000 }
        return answers ? .good : result
    }

    /// Opens the incidents whose verdict is in.
    func decidePending(at now: Milliseconds) {
        for (subject, waiting) in pending.sorted(by: { $0.key.key < $1.key.key }) {
            guard let probe = probes.first(where: { $0.subject == subject }), let target = probe.node, probe.machine.isDown else {
                pending[subject] = nil
                continue
            }
            let host = Subject.host(target.host ?? Probe.thisMachine)
            let decision = Verdict.decide(
                firstBad: waiting.outage.firstBad, confirmed: waiting.confirmed, host: state(ofHost: host, at: now),
                vantage: waiting.vantage, at: now)
            switch decision {
            case .wait: break
            case .askBalancer: if !waiting.asking { askBalancers(about: target, subject) }
            case .open, .suppress:
                pending[subject] = nil
                apply(
                    machine.down(
                        subject, service: ServicePart.of(target), waiting.outage, suppressedBy: decision == .suppress ? host : nil,
                        plannedUntil: planned(subject, ServicePart.of(target), at: now), technicians: technicians, at: now),
                    at: now)
            }
        }
    }

    private func state(ofHost host: Subject, at now: Milliseconds) -> Verdict.Host {
        guard let probe = probes.first(where: { $0.subject == host }) else { return .up(lastGood: now) }
        if host == .host(Probe.thisMachine) { return .up(lastGood: now) }
        switch probe.machine.state {
        case .unproven: return .up(lastGood: now)
        case .up(let lastGood): return .up(lastGood: lastGood)
        case .soft: return .uncertain
        case .down, .recovering: return machine.incident(of: host) == nil ? .uncertain : .down
        }
    }

    /// The second vantage: every balancer looks at the node once, the first answer counts.
    private func askBalancers(about target: FleetNode, _ subject: Subject) {
        pending[subject]?.asking = true
        let balancers = node.fleet.nodes(of: .balancer).filter { $0.name != target.name && $0.state == .ready }
        Task {
            let seen = await withTaskGroup(of: Bool?.self) { group -> Bool? in
                for balancer in balancers { group.addTask { await self.view(of: balancer, on: target.name) } }
                for await seen in group {
                    guard let seen else { continue }
                    group.cancelAll()
                    return seen
                }
                return nil
            }
            self.pending[subject]?.vantage = seen.map { $0 ? .seesReady : .seesDown } ?? .silent
            guard seen == true else { return self.decidePending(at: Timestamp.now.milliseconds) }
            // A balancer that sees it ready is asked again while the patience lasts.
            await self.loop.sleep(.seconds(1))
            if self.pending[subject] != nil { self.askBalancers(about: target, subject) }
        }
    }

    /// Whether a balancer sees the node ready right now; nil when it does not say so within 1.2 s. A balancer that waits
    /// for a node that hangs stays silent in that sense, and silence leaves the decision here.
    private func view(of balancer: FleetNode, on name: String) async -> Bool? {
        guard let endpoint = try? node.endpoint(of: balancer),
            let response = try? await client.send(
                method: .get, target: "/balancer/probe/" + PercentCoding.encode(name), to: endpoint, timeout: .milliseconds(1200), limit: 64 * 1024),
            response.status.code == 200, let json = try? JSON.parse(response.body)
        else { return nil }
        return json["ready"]?.bool
    }
}
