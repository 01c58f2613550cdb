// The status of the service for everybody: from the same incidents that page the technicians.
import Engine
import Pages
import Storage
import SupportCentre
import Wire

/// The status as it is served: to people, and to programs.
struct ServedStatus: Sendable {
    let mark: String
    let made: Milliseconds
    let page: FixedContent
    let document: FixedContent

    init(_ model: StatusModel, mark: String) {
        (self.mark, made) = (mark, model.made.milliseconds)
        var fields: HTTPFields = ["Cache-Control": "no-cache", "Refresh": "30"]  // true without a script: the browser asks again by itself
        for (name, value) in Self.protection { fields.add(name, value) }
        page = FixedContent(StatusPage.html(model).bytes, type: "text/html; charset=utf-8", fields: fields)
        document = FixedContent(
            StatusDocument.json(model).bytes, type: "application/json", fields: ["Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"])
    }

    /// Of every page of this node.
    static let protection = [
        ("Content-Security-Policy", Assets.contentSecurityPolicy(standalone: true)),
        ("X-Content-Type-Options", "nosniff"),
        // The address of an incident's page is the right to acknowledge: it must not travel to other sites.
        ("Referrer-Policy", "no-referrer"),
    ]
}

extension Watch {
    /// The status page and its JSON. Asked for often, by anybody, they are made and compressed at most every two seconds while nothing changes.
    func status() async throws(Failure) -> ServedStatus {
        let now = Timestamp.now.milliseconds
        let mark = machine.open.map { "\($0.id).\($0.episodes).\($0.acknowledged != nil).\($0.stableSince != nil)" }.joined(separator: " ") + plan.live(at: now).map { " m\($0.id).\($0.phase(at: now).rawValue)" }.joined()
        if let held = heldStatus, held.mark == mark, now - held.made < 2000, now >= held.made { return held }
        let since = now - 90 * LedgerWindow.day
        let started = started
        var history = try await read { try StatusHistory.load($0, since: since, until: now) }
        // What is being watched right now counts up to now, not up to the last mark in the file.
        history.ledger.watched.append(Interval(started, now))
        for part in ServicePart.allCases { history.ledger.planned[part] = plan.intervals(of: part) }
        let served = ServedStatus(model(of: history, at: now), mark: mark)
        heldStatus = served
        return served
    }

    private func model(of history: StatusHistory, at now: Milliseconds) -> StatusModel {
        let days = LedgerWindow.days(90, until: now)
        let window = Interval(days.first?.begin ?? now, now)
        let present = ServicePart.allCases.filter { service in members.contains { $0.service == service } }
        let services = present.map { service -> StatusService in
            let segments = history.ledger.segments(of: service, in: window)
            let bars = days.map { day -> StatusDay in
                let availability = Availability(segments.clipped(to: day))
                return StatusDay(
                    date: Timestamp(milliseconds: day.begin).date, health: availability.worst.health, text: Self.words(availability))
            }
            let month = segments.clipped(to: Interval(Self.beginOfMonth(now), now))
            return StatusService(
                title: service.title, explanation: service.explanation, health: health(of: service, at: now), days: bars,
                uptime: Availability(segments).text, month: Availability(month).text)
        }
        // What is open is known here even while the disk takes nothing.
        let incidents = machine.open.reversed() + history.incidents.filter { !$0.isOpen && $0.parent == nil }
        return StatusModel(
            services: services, planned: plan.live(at: now).map { Self.shown($0, at: now) }, open: incidents.filter(\.isOpen).map { shown($0, history, at: now) },
            past: incidents.filter { !$0.isOpen }.map { shown($0, history, at: now) }, made: Timestamp(milliseconds: now))
    }

    /// What the public learns of planned work.
    private static func shown(_ window: MaintenanceWindow, at now: Milliseconds) -> StatusWork {
        StatusWork(
            title: window.title, services: ServicePart.allCases.filter(window.parts.contains).map(\.title), starts: Timestamp(milliseconds: window.starts),
            ends: Timestamp(milliseconds: window.ends), isRunning: window.phase(at: now) == .running)
    }

    /// What the probes and open incidents say at this moment, unless work is planned there.
    private func health(of service: ServicePart, at now: Milliseconds) -> ServiceHealth {
        if plan.covers(service, at: now) != nil { return .planned }
        return health(of: service)
    }

    private func health(of service: ServicePart) -> ServiceHealth {
        let nodes = members.filter { $0.service == service }.map(\.node)
        let down = nodes.filter { name in machine.open.contains { $0.subject == .node(name) && $0.stableSince == nil } }
        return down.isEmpty ? .operational : down.count < nodes.count ? .reduced : .down
    }

    private func shown(_ incident: Incident, _ history: StatusHistory, at now: Milliseconds) -> StatusIncident {
        let during = Interval(incident.lastGood, incident.closed ?? now)
        let worst = Availability(history.ledger.segments(of: incident.service, in: during)).worst
        let meant = incident.plannedUntil != nil ? .planned : incident.isOpen ? health(of: incident.service) : worst.health
        let title =
            switch meant {
            case .down: incident.service.isEssential ? "\(incident.service.title): not available" : "\(incident.service.title): paused"
            case .planned: "\(incident.service.title): planned work"
            case .operational, .reduced, .unknown: "\(incident.service.title): less in reserve"
            }
        // What a node says of itself is for technicians; the public learns that it did not answer as it should.
        let reason = incident.reason.hasPrefix("answers ") ? String(incident.reason.prefix(11)) : incident.reason
        let what = "\(incident.subject) stopped answering (\(reason))"
        let others = incident.isOpen ? "the others carry on" : "the others carried on"
        let text = meant == .down ? "\(what)." : "\(what); \(others)."
        return StatusIncident(
            number: incident.id, title: title, text: incident.ending == .withdrawn ? text + " It was taken out of service." : text,
            health: meant == .down || meant == .planned ? meant : .reduced, began: Timestamp(milliseconds: incident.firstBad),
            ended: incident.closed.map { Timestamp(milliseconds: $0) },
            duration: PageText.duration((incident.closed ?? now) - incident.firstBad), acknowledgedBy: incident.acknowledgedBy)
    }

    private static func words(_ availability: Availability) -> String {
        var parts = [availability.ratio == nil ? "not measured" : availability.text]
        if availability.down > 0 { parts.append("\(PageText.duration(availability.down)) down") }
        if availability.reduced > 0 { parts.append("\(PageText.duration(availability.reduced)) with less in reserve") }
        if availability.planned > 0 { parts.append("\(PageText.duration(availability.planned)) of planned work") }
        return parts.joined(separator: ", ")
    }

    private static func beginOfMonth(_ now: Milliseconds) -> Milliseconds {
        let date = Timestamp(milliseconds: now).date
        return CalendarDate(year: date.year, month: date.month, day: 1)?.midnight.milliseconds ?? now
    }
}

extension ServiceState {
    var health: ServiceHealth {
        switch self {
        case .operational: .operational
        case .reduced: .reduced
        case .down: .down
        case .planned: .planned
        case .absent, .unknown: .unknown
        }
    }
}

extension [ServiceLedger.Segment] {
    /// The parts of the segments inside a window.
    func clipped(to window: Interval) -> [ServiceLedger.Segment] {
        compactMap { segment in segment.during.clipped(to: window).map { ServiceLedger.Segment(during: $0, state: segment.state) } }
    }
}

/// The status as JSON (`/api/v1/status`).
enum StatusDocument {
    static func json(_ model: StatusModel) -> JSON {
        [
            "state": .string(model.health.rawValue), "time": .string(model.made.iso8601),
            "services": .array(model.services.map { service in
                [
                    "name": .string(service.title), "state": .string(service.health.rawValue), "uptime_90_days": .string(service.uptime),
                    "uptime_month": .string(service.month),
                    "days": .array(service.days.map { ["date": .string($0.date.iso8601), "state": .string($0.health.rawValue)] }),
                ]
            }),
            "planned": .array(model.planned.map { work in
                [
                    "title": .string(work.title), "services": .array(work.services.map(JSON.string)), "state": .string(work.isRunning ? "running" : "coming"),
                    "starts": .string(work.starts.iso8601), "ends": .string(work.ends.iso8601),
                ]
            }),
            "incidents": .array(model.open.map(incident)), "past": .array(model.past.prefix(50).map(incident)),
        ]
    }

    private static func incident(_ incident: StatusIncident) -> JSON {
        [
            "number": .integer(Int64(incident.number)), "title": .string(incident.title), "text": .string(incident.text),
            "state": .string(incident.ended == nil ? "open" : "closed"), "impact": .string(incident.health.rawValue),
            "began": .string(incident.began.iso8601), "ended": incident.ended.map { .string($0.iso8601) } ?? .null,
            "acknowledged": .bool(incident.acknowledgedBy != nil),
        ]
    }
}
