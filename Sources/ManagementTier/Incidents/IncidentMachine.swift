// Opens, pages, escalates and closes incidents. Takes what happened and `now`, returns what is to be done.
import SupportCentre
import Wire

/// All open incidents and what to do about them.
///
/// The ladder: the technician on duty; after `acknowledgeWithin` without acknowledgement, or at once when no provider
/// takes the text, the next person; when all have been asked, everyone again every `repeatEvery`, until somebody
/// acknowledges or it is over. Whoever was told of an outage is told of its end.
package struct IncidentMachine: Sendable {
    package struct Settings: Sendable {
        package var acknowledgeWithin: Milliseconds = 5 * 60_000
        package var repeatEvery: Milliseconds = 15 * 60_000
        /// Down again within this time after its end is the same incident, not a new one.
        package var reopenWithin: Milliseconds = 10 * 60_000
        /// The episode from which on an incident counts as flapping: told once, held open until stable.
        package var flapping = 4
        package var stableFor: Milliseconds = 5 * 60_000
        /// What a node gets to come back by itself after its host has, before it pages on its own.
        package var afterHost: Milliseconds = 10_000

        package init() {}
    }

    package enum Action: Equatable, Sendable {
        /// Store the incident as it now is.
        case record(Incident)
        /// Store that an outage of it began, or ended; the ledger behind uptime.
        case outageBegan(incident: Int, subject: Subject, ProbeMachine.Outage)
        case outageEnded(incident: Int, firstGood: Milliseconds)
        /// Keep a line of its history.
        case note(incident: Int, at: Milliseconds, String)
        case tell(Telling)
    }

    /// Something a technician is to be told, by text and, if known, by mail.
    package struct Telling: Equatable, Sendable {
        package enum Kind: String, Sendable { case down, again, flapping, reminder, up, withdrawn, acknowledged }
        package var incident: Incident
        package var technician: Int
        package var kind: Kind
    }

    package let settings: Settings
    package private(set) var open: [Incident]
    /// Closed lately, so that a relapse is recognised.
    private var recent: [Incident]
    private var nextID: Int

    /// - Parameters:
    ///   - open, recent: as stored, when the watch itself restarts.
    ///   - nextID: the number of the next incident.
    package init(_ settings: Settings = Settings(), open: [Incident] = [], recent: [Incident] = [], nextID: Int = 1) {
        self.settings = settings
        self.open = open
        self.recent = recent
        self.nextID = nextID
    }

    package func incident(of subject: Subject) -> Incident? { open.first { $0.subject == subject } }

    // MARK: What the probes say

    /// A confirmed outage. With `host`, the open incident of the host speaks for it and nobody is paged; with `plannedUntil` work is
    /// planned there, and somebody is paged when it is over and this is not. A host's own
    /// outage names in `nodes` those standing on it: incidents of theirs that page already stop climbing the ladder.
    package mutating func down(
        _ subject: Subject, service: ServicePart, _ outage: ProbeMachine.Outage, suppressedBy host: Subject? = nil,
        speakingFor nodes: [Subject] = [], plannedUntil end: Milliseconds? = nil, technicians: [Technician], at now: Milliseconds
    ) -> [Action] {
        if let index = index(of: subject) { return relapsed(index, outage, plannedUntil: end, technicians: technicians, at: now) }
        let parent = host.flatMap { self.incident(of: $0)?.id }
        var incident: Incident
        recent.removeAll { now - ($0.closed ?? now) > settings.reopenWithin }
        if let known = recent.firstIndex(where: { $0.subject == subject }) {
            incident = recent.remove(at: known)
            incident.episodes += 1
            incident.closed = nil
            incident.ending = nil
            incident.acknowledged = nil
            incident.acknowledgedBy = nil
            incident.escalation = Escalation()
            incident.plannedUntil = nil
        } else {
            incident = Incident(
                id: nextID, subject: subject, service: service, reason: outage.reason,
                lastGood: outage.lastGood, firstBad: outage.firstBad, opened: now)
            nextID += 1
        }
        incident.reason = outage.reason
        incident.parent = parent
        open.append(incident)
        var actions: [Action] = [
            .outageBegan(incident: incident.id, subject: subject, outage),
            .note(incident: incident.id, at: now, (incident.episodes > 1 ? "down again: " : "down: ") + outage.reason),
        ]
        if parent == nil {
            if let end {
                actions += hold(open.count - 1, until: end, at: now)
            } else {
                actions += step(open.count - 1, kind: kindOfDown(incident), technicians: technicians, at: now)
            }
            actions += takeOver(nodes, host: incident.id, at: now)
        } else {
            actions.append(.note(incident: incident.id, at: now, "nobody paged: the incident of its host speaks for it"))
            actions.append(.record(incident))
        }
        return actions
    }

    /// Work is planned until then: nobody is woken before.
    private mutating func hold(_ index: Int, until end: Milliseconds, at now: Milliseconds) -> [Action] {
        open[index].plannedUntil = end
        open[index].escalation.due = end
        let time = Timestamp(milliseconds: end).iso8601
        return [.record(open[index]), .note(incident: open[index].id, at: now, "nobody paged: work is planned here until \(time)")]
    }

    private func kindOfDown(_ incident: Incident) -> Telling.Kind {
        incident.episodes == 1 ? .down : incident.episodes >= settings.flapping ? .flapping : .again
    }

    /// Down again while it is held open for flapping: counted, told nobody again. What planned work kept from everybody is told now.
    private mutating func relapsed(
        _ index: Int, _ outage: ProbeMachine.Outage, plannedUntil end: Milliseconds?, technicians: [Technician], at now: Milliseconds
    ) -> [Action] {
        guard open[index].stableSince != nil else { return [] }
        open[index].stableSince = nil
        open[index].episodes += 1
        open[index].reason = outage.reason
        let actions: [Action] = [
            .outageBegan(incident: open[index].id, subject: open[index].subject, outage),
            .note(incident: open[index].id, at: now, "down again while flapping: " + outage.reason),
            .record(open[index]),
        ]
        let incident = open[index]
        guard incident.escalation.paged.isEmpty, incident.acknowledged == nil, incident.parent == nil else { return actions }
        return actions + (end.map { hold(index, until: $0, at: now) } ?? step(index, kind: kindOfDown(incident), technicians: technicians, at: now))
    }

    /// A host's incident takes over those of its nodes that nobody has acknowledged yet.
    private mutating func takeOver(_ nodes: [Subject], host: Int, at now: Milliseconds) -> [Action] {
        var actions: [Action] = []
        for child in open.indices
        where nodes.contains(open[child].subject) && open[child].parent == nil && open[child].acknowledged == nil {
            open[child].parent = host
            open[child].escalation.due = nil
            actions += [
                .note(incident: open[child].id, at: now, "the incident of its host speaks for it from here"), .record(open[child]),
            ]
        }
        return actions
    }

    /// It answers again.
    package mutating func up(_ subject: Subject, firstGood: Milliseconds, at now: Milliseconds) -> [Action] {
        guard let index = index(of: subject), open[index].stableSince == nil else { return [] }
        var actions: [Action] = [.outageEnded(incident: open[index].id, firstGood: firstGood)]
        if open[index].episodes >= settings.flapping {
            open[index].stableSince = firstGood
            actions += [.note(incident: open[index].id, at: now, "up, held open until stable"), .record(open[index])]
            return actions
        }
        return actions + close(index, .recovered, at: now)
    }

    /// It was drained or removed on purpose: no outage any more, whatever the probes say.
    package mutating func withdrawn(_ subject: Subject, at now: Milliseconds) -> [Action] {
        guard let index = index(of: subject) else { return [] }
        let ended: [Action] = open[index].stableSince == nil ? [.outageEnded(incident: open[index].id, firstGood: now)] : []
        return ended + close(index, .withdrawn, at: now)
    }

    private mutating func close(_ index: Int, _ ending: Incident.Ending, at now: Milliseconds) -> [Action] {
        var incident = open.remove(at: index)
        incident.closed = now
        incident.ending = ending
        incident.stableSince = nil
        incident.escalation.due = nil
        if ending == .recovered { recent.append(incident) }
        var actions: [Action] = [
            .record(incident), .note(incident: incident.id, at: now, ending == .recovered ? "up again" : "taken out of service"),
        ]
        actions += incident.escalation.paged.map {
            .tell(Telling(incident: incident, technician: $0, kind: ending == .recovered ? .up : .withdrawn))
        }
        // What was suppressed under a host now speaks for itself, unless it comes back with it.
        for child in open.indices where open[child].parent == incident.id {
            open[child].parent = nil
            open[child].escalation.due = now + settings.afterHost
            actions.append(.record(open[child]))
        }
        return actions
    }

    // MARK: What people and providers say

    /// Somebody has it: the ladder stops, the others who were paged learn who.
    package mutating func acknowledge(_ id: Int, by name: String, technician: Int?, at now: Milliseconds) -> [Action] {
        guard let index = open.firstIndex(where: { $0.id == id }), open[index].acknowledged == nil else { return [] }
        open[index].acknowledged = now
        open[index].acknowledgedBy = name
        open[index].escalation.due = nil
        let incident = open[index]
        return [.record(incident), .note(incident: id, at: now, "acknowledged by \(name)")]
            + incident.escalation.paged.filter { $0 != technician }.map {
                .tell(Telling(incident: incident, technician: $0, kind: .acknowledged))
            }
    }

    /// No provider took the text for this person: the next person is asked now, not after the usual wait.
    package mutating func undelivered(_ id: Int, technician: Int, technicians: [Technician], at now: Milliseconds) -> [Action] {
        // Whom planned work keeps asleep is not asked because somebody else's text failed.
        if open.contains(where: { $0.id == id && $0.plannedUntil != nil }) { return [] }
        guard let index = open.firstIndex(where: { $0.id == id }), open[index].acknowledged == nil,
            !open[index].escalation.isEveryone, open[index].escalation.paged.last == technician
        else { return [] }
        return [.note(incident: id, at: now, "text not delivered, asking the next person")]
            + step(index, kind: kindOfDown(open[index]), technicians: technicians, onlyNew: true, at: now)
    }

    // MARK: Time

    /// When `tick` has something to do next.
    package var due: Milliseconds? {
        open.compactMap { incident in
            [incident.escalation.due, incident.stableSince.map { $0 + settings.stableFor }].compactMap { $0 }.min()
        }.min()
    }

    /// - Parameter planned: until when work is planned where an incident is; nil where none is.
    package mutating func tick(technicians: [Technician], planned: (Incident) -> Milliseconds? = { _ in nil }, at now: Milliseconds) -> [Action] {
        var actions: [Action] = []
        for id in open.map(\.id) {
            guard let index = open.firstIndex(where: { $0.id == id }) else { continue }
            actions += heed(planned(open[index]), index, at: now)
            if let since = open[index].stableSince, Clock.isDue(since + settings.stableFor, at: now, longest: settings.stableFor) {
                actions += close(index, .recovered, at: now)
            } else if open[index].plannedUntil == nil, let due = open[index].escalation.due, Clock.isDue(due, at: now, longest: settings.repeatEvery) {
                let first = open[index].escalation.paged.isEmpty
                actions += step(index, kind: first ? kindOfDown(open[index]) : .reminder, technicians: technicians, at: now)
            }
        }
        return actions
    }

    /// What the plan says now, not what a stored time says: work may last for days, which `Clock` takes for a clock that was set back.
    /// An incident is held while work is planned where it is, and goes on when the work is over or called off.
    private mutating func heed(_ end: Milliseconds?, _ index: Int, at now: Milliseconds) -> [Action] {
        let escalation = open[index].escalation
        switch (open[index].plannedUntil, end) {
        case (nil, nil): return []
        // Only a step that would be taken now is put off.
        case (nil, let end?):
            guard let due = escalation.due, Clock.isDue(due, at: now, longest: settings.repeatEvery) else { return [] }
            return hold(index, until: end, at: now)
        case (let known?, let end?): return known == end || escalation.due == nil ? [] : hold(index, until: end, at: now)
        case (_?, nil):
            open[index].plannedUntil = nil
            // Acknowledged, spoken for by its host, or up and only held open: nothing is due then either.
            if escalation.due != nil { open[index].escalation.due = open[index].stableSince == nil ? now : nil }
            return [.record(open[index]), .note(incident: open[index].id, at: now, "no work is planned here any more")]
        }
    }

    /// One step up the ladder. With `onlyNew` nobody is asked twice: the texts that did not get through are tried again anyway.
    private mutating func step(
        _ index: Int, kind: Telling.Kind, technicians: [Technician], onlyNew: Bool = false, at now: Milliseconds
    ) -> [Action] {
        var escalation = open[index].escalation
        let order = OnCall.order(technicians, at: now)
        var asked: [Technician] = []
        if !escalation.isEveryone, let next = order.first(where: { !escalation.paged.contains($0.id) && $0.isPresent(at: now) }) {
            asked = [next]
            escalation.due = now + settings.acknowledgeWithin
        } else {
            // The away are asked too: at this point nobody who should answer has.
            asked = onlyNew ? order.filter { !escalation.paged.contains($0.id) } : order
            escalation.isEveryone = true
            escalation.due = now + settings.repeatEvery
        }
        for technician in asked where !escalation.paged.contains(technician.id) { escalation.paged.append(technician.id) }
        open[index].escalation = escalation
        let incident = open[index]
        let names = asked.map(\.name).joined(separator: ", ")
        return [.record(incident), .note(incident: incident.id, at: now, names.isEmpty ? order.isEmpty ? "nobody to page" : "nobody is left to ask, texts are tried again" : "paging \(names)")]
            + asked.map { .tell(Telling(incident: incident, technician: $0.id, kind: kind)) }
    }

    private func index(of subject: Subject) -> Int? { open.firstIndex { $0.subject == subject } }
}
