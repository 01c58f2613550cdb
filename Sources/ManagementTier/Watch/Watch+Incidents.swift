// Carries out what the incident machine decides: rows, texts, mails.
import Logging
import Nodes
import Storage
import SupportCentre
import Telemetry
import Wire

extension Watch {
    func apply(_ actions: [IncidentMachine.Action], at now: Milliseconds) {
        defer { metrics.incidentsOpen.set(machine.open.count) }
        // Kept for relapses, but not for ever.
        if told.count > 500 { told = told.filter { id, _ in machine.open.contains { $0.id == id } } }
        for action in actions {
            switch action {
            case .record(let incident):
                queue.save { try incident.save($0) }
                if !incident.isOpen || incident.acknowledged != nil { cancelPages(of: incident.id) }
            case .outageBegan(let id, let subject, let outage):
                node.log.warning("outage", metadata: ["incident": "\(id)", "of": "\(subject)", "reason": "\(outage.reason)"])
                let key = subject.key
                queue.save {
                    try $0.execute(
                        "INSERT INTO outages(incident, subject, begun, first_bad, reason) VALUES (?, ?, ?, ?, ?)",
                        id, key, outage.lastGood, outage.firstBad, outage.reason)
                }
            case .outageEnded(let id, let firstGood):
                node.log.notice("outage over", metadata: ["incident": "\(id)"])
                queue.save { try $0.execute("UPDATE outages SET ended = ? WHERE incident = ? AND ended IS NULL", firstGood, id) }
            case .note(let id, let at, let text):
                queue.save { try $0.execute("INSERT INTO notes(incident, at, text) VALUES (?, ?, ?)", id, at, text) }
            case .tell(let telling):
                tell(telling, at: now)
            }
        }
    }

    /// Acknowledges an incident for whoever holds a link, a session of staff or the command line.
    func acknowledge(_ id: Int, by name: String, technician: Int?) throws(Failure) -> Incident {
        let now = Timestamp.now.milliseconds
        guard let incident = machine.open.first(where: { $0.id == id }) else {
            throw .conflict("Incident #\(id) is not open.", hint: "Nothing is left to acknowledge; see fitech-ctl incident list.", code: "not-open")
        }
        apply(machine.acknowledge(id, by: name, technician: technician, at: now), at: now)
        return machine.open.first { $0.id == id } ?? incident
    }

    // MARK: Telling people

    private func tell(_ telling: IncidentMachine.Telling, at now: Milliseconds) {
        guard let technician = technicians.first(where: { $0.id == telling.technician }) else { return }
        // Whoever no text about the outage ever reached need not hear of its end.
        let isEnd = [.up, .withdrawn, .acknowledged].contains(telling.kind)
        if isEnd, told[telling.incident.id]?.contains(technician.id) != true { return }
        for telling in bundle.add(telling, at: now) {
            let link = link(to: telling.incident.id, for: technician.id, at: now)
            let text = PageText.page(telling, link: link, note: impact(of: telling.incident), zone: technician.zone, at: now)
            send(text, kind: telling.kind.rawValue, incident: telling.incident.id, to: technician, at: now)
            mail([telling], link: link, to: technician, at: now)
        }
    }

    func sendBundle(_ tellings: [IncidentMachine.Telling], at now: Milliseconds) {
        guard let first = tellings.first, let technician = technicians.first(where: { $0.id == first.technician }) else { return }
        if tellings.count == 1 {
            let link = link(to: first.incident.id, for: technician.id, at: now)
            let text = PageText.page(first, link: link, note: impact(of: first.incident), zone: technician.zone, at: now)
            mail(tellings, link: link, to: technician, at: now)
            return send(text, kind: first.kind.rawValue, incident: first.incident.id, to: technician, at: now)
        }
        for telling in tellings { told[telling.incident.id, default: []].insert(technician.id) }
        let all = link(to: 0, for: technician.id, at: now)
        send(PageText.bundle(tellings, link: all), kind: "bundle", incident: 0, to: technician, at: now)
        mail(tellings, link: all, to: technician, at: now)
    }

    func link(to incident: Int, for technician: Int, at now: Milliseconds) -> String {
        publicURL + "/i/" + IncidentLink(number: incident, technician: technician, at: now).token(key: linkKey)
    }

    /// `1 of 2 nodes of "Pages and sign-in" left`: what is still there.
    private func impact(of incident: Incident) -> String {
        let siblings = probes.filter { $0.node.map { ServicePart.of($0) == incident.service } ?? false }
        guard case .node = incident.subject, siblings.count > 1 else { return siblings.count == 1 ? "no other node left" : "" }
        let left = siblings.filter { !$0.machine.isDown }.count
        return left == 0 ? "no node left of \(siblings.count)" : "\(left) of \(siblings.count) nodes left"
    }

    /// One mail for what one text told, to whoever has an address.
    private func mail(_ tellings: [IncidentMachine.Telling], link: String, to technician: Technician, at now: Milliseconds) {
        guard let email = technician.email, let first = tellings.first else { return }
        let paragraphs = tellings.map { telling in
            let incident = telling.incident
            return """
                \(incident.code) \(incident.subject) \(Self.state(telling)).
                What was seen: \(incident.reason)
                First seen: \(Timestamp(milliseconds: incident.firstBad).iso8601) (\(OnCall.localTime(zone: technician.zone, at: incident.firstBad)) where you are)
                Part of the service: \(incident.service.title)

                """
        }
        let subject = tellings.count == 1
            ? "\(first.incident.code) \(first.incident.subject) \(Self.state(first))" : "\(tellings.count) incidents have changed"
        queueMail(
            key: "incident-\(first.incident.id)-\(first.incident.episodes)-\(first.kind.rawValue)-\(technician.id)-\(now)", to: email,
            subject: subject, body: paragraphs.joined(separator: "\n") + "\nSee and acknowledge: \(link)\n", automatic: true, at: now)
    }

    private static func state(_ telling: IncidentMachine.Telling) -> String {
        switch telling.kind {
        case .down, .again, .reminder: "is down"
        case .flapping: "is unstable"
        case .up: "is up again"
        case .withdrawn: "was taken out of service"
        case .acknowledged: "is being looked at by \(telling.incident.acknowledgedBy ?? "somebody")"
        }
    }
}
