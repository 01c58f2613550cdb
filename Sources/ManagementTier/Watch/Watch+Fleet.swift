// What is to be watched follows from the fleet: who is a member, on which host, for which part of the service.
import Control
import Nodes
import Storage
import SupportCentre
import Wire

extension ServicePart {
    /// The part of the service a node stands for.
    static func of(_ node: FleetNode) -> ServicePart {
        switch node.tier {
        case .balancer: .entrance
        case .web: .pages
        case .data: node.role == .backup ? .copies : .records
        case .management: .watch
        case .reporting: .reports
        }
    }
}

extension FleetNode {
    /// Whether its silence is an outage. Draining and drained are on purpose; `stopped` is held down by a person, which
    /// the watch cannot tell from an accident and reports (DESIGN section 5: unplanned as far as the watch is concerned).
    var isExpectedUp: Bool {
        switch state {
        case .starting, .ready, .stopped, .failed: true
        case .draining, .drained: false
        }
    }

    /// The host it is on; nil for this machine.
    var host: String? {
        if let origin {
            guard origin.hasPrefix("http://") || origin.hasPrefix("https://") else { return nil }
            let rest = origin[origin.index(after: origin.lastIndex(of: "/") ?? origin.startIndex)...]
            let authority = origin.split(separator: "/", maxSplits: 2).dropFirst().first.map(String.init) ?? String(rest)
            return HostPort(authority)?.host ?? authority
        }
        return HostPort(address)?.host
    }

    /// Host and port of its private listener, or of an origin; nil for a Unix socket.
    var hostPort: HostPort? {
        guard let origin else { return HostPort(address) }
        guard origin.hasPrefix("http") else { return nil }
        let authority = origin.split(separator: "/", maxSplits: 2).dropFirst().first.map(String.init) ?? ""
        return HostPort(authority) ?? HostPort(authority + (origin.hasPrefix("https") ? ":443" : ":80"))
    }
}

extension Watch {
    /// Takes over what the supervisor says the fleet is.
    func follow(_ fleet: FleetState) {
        let now = Timestamp.now.milliseconds
        let expected = fleet.nodes.filter { $0.isExpectedUp && $0.name != node.name }
        withdraw(except: expected, at: now)
        for (index, target) in expected.enumerated() {
            let subject = Subject.node(target.name)
            if let known = probes.firstIndex(where: { $0.subject == subject }) {
                probes[known].node = target
            } else {
                probes.append(makeProbe(subject, node: target, place: index, of: expected.count, at: now))
            }
        }
        // A node that dies in the second after the supervisor saw it ready, or that is held down from the start, has no
        // grace. An origin has: nobody but the probes knows it.
        for index in probes.indices {
            if let target = probes[index].node, target.origin == nil, [.ready, .stopped, .failed].contains(target.state) {
                probes[index].machine.vouch(at: now)
            }
        }
        let hosts = Set(expected.map { $0.host ?? Probe.thisMachine })
        probes.removeAll { probe in
            if case .host(let name) = probe.subject { return !hosts.contains(name) }
            return false
        }
        for (index, host) in hosts.sorted().enumerated() where !probes.contains(where: { $0.subject == .host(host) }) {
            probes.append(makeProbe(.host(host), node: nil, place: index, of: hosts.count, at: now))
        }
        keepMembers(fleet, at: now)
    }

    private func makeProbe(_ subject: Subject, node target: FleetNode?, place: Int, of count: Int, at now: Milliseconds) -> Probe {
        let every = max(100, node.configuration.probes.every.inMilliseconds)
        let settings = ProbeMachine.Settings(every: every, confirm: node.configuration.probes.confirm)
        var machine = ProbeMachine(settings, at: now)
        // An incident that was open when the watch itself stopped goes on: nobody is paged for it again.
        if let open = self.machine.incident(of: subject), open.stableSince == nil {
            machine = ProbeMachine(settings, resuming: .init(lastGood: open.lastGood, firstBad: open.firstBad, reason: open.reason))
        }
        // Spread over one interval, so that a thousand nodes are not asked at the same moment.
        let offset = count > 1 ? min(every, 1000) * Milliseconds(place) / Milliseconds(count) : 0
        return Probe(subject: subject, node: target, machine: machine, notBefore: now + offset)
    }

    /// What is no longer expected up is no longer watched, and no incident.
    private func withdraw(except expected: [FleetNode], at now: Milliseconds) {
        let names = Set(expected.map(\.name))
        let gone = probes.compactMap { probe -> Subject? in
            guard case .node(let name) = probe.subject, !names.contains(name) else { return nil }
            return probe.subject
        }
        probes.removeAll { gone.contains($0.subject) }
        for subject in gone { pending[subject] = nil }
        let open = machine.open.map(\.subject)
        for subject in open {
            switch subject {
            case .node(let name) where !names.contains(name): apply(machine.withdrawn(subject, at: now), at: now)
            case .host(let name) where !expected.contains(where: { ($0.host ?? Probe.thisMachine) == name }):
                apply(machine.withdrawn(subject, at: now), at: now)
            default: break
            }
        }
    }

    /// Keeps the ledger of which node stands for which part of the service.
    private func keepMembers(_ fleet: FleetState, at now: Milliseconds) {
        let wanted = fleet.nodes.filter(\.isExpectedUp).map { ($0.name, ServicePart.of($0)) }
        for member in members where !wanted.contains(where: { $0.0 == member.node && $0.1 == member.service }) {
            let id = member.id
            queue.save { try $0.execute("UPDATE members SET until = ? WHERE id = ?", now, id) }
        }
        members.removeAll { member in !wanted.contains { $0.0 == member.node && $0.1 == member.service } }
        for (name, service) in wanted where !members.contains(where: { $0.node == name && $0.service == service }) {
            let id = nextMember
            nextMember += 1
            members.append((id, name, service))
            queue.save {
                try $0.execute("INSERT INTO members(id, node, service, since) VALUES (?, ?, ?, ?)", id, name, service.rawValue, now)
            }
        }
    }
}

extension Duration {
    /// Whole milliseconds.
    var inMilliseconds: Milliseconds {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
