// What the watch tells staff and operations about itself, as JSON.
import Control
import Engine
import Nodes
import Storage
import SupportCentre
import Wire

extension Watch {
    // MARK: Technicians

    func technicianList() -> JSON {
        let now = Timestamp.now.milliseconds
        let onDuty = OnCall.onDuty(technicians, at: now)?.id
        return ["items": .array(technicians.map { Self.json($0, onDuty: $0.id == onDuty, at: now) }), "next": .null]
    }

    private static func json(_ technician: Technician, onDuty: Bool, at now: Milliseconds) -> JSON {
        [
            "name": .string(technician.name), "number": .string(technician.number), "zone": .string(technician.zone),
            "email": technician.email.map(JSON.string) ?? .null, "local_time": .string(OnCall.localTime(zone: technician.zone, at: now)),
            "on_call": .bool(onDuty), "away_until": technician.awayUntil.map { .string(Timestamp(milliseconds: $0).iso8601) } ?? .null,
        ]
    }

    func addTechnician(_ body: JSON) async throws(Failure) -> JSON {
        var problems: [Failure.FieldProblem] = []
        let name = body["name"]?.string ?? ""
        if name.isEmpty || name.utf8.count > 60 || name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            problems.append(.init(field: "name", reason: "The name is missing or longer than 60 bytes.", hint: "Give a short name, such as Ana."))
        } else if technicians.contains(where: { $0.name == name }) {
            problems.append(.init(field: "name", reason: "There is already a technician \(name).", hint: "Choose another name."))
        }
        let number = PhoneNumber.normalised(body["number"]?.string ?? "")
        if number == nil {
            problems.append(.init(
                field: "number", reason: "`\(body["number"]?.string ?? "")` is no mobile number with its country.",
                hint: "Write + and the country: +447700900001, +61491570006."))
        }
        let zone = body["zone"]?.string ?? ""
        if !OnCall.isKnown(zone: zone) {
            problems.append(.init(field: "zone", reason: "`\(zone)` is no time zone.", hint: "Write an IANA name, such as Europe/London or Australia/Sydney."))
        }
        let email = body["email"]?.string
        if let email, MailAddress(email) == nil {
            problems.append(.init(field: "email", reason: "`\(email)` is no mail address.", hint: "Write it as name@example.com."))
        }
        guard problems.isEmpty, let number else { throw .unacceptable(problems) }
        let added: Technician
        do {
            added = try await queue.file.write { database in
                // Ids are never given twice: links in old texts name them.
                let id = (try database.int("SELECT max(id) FROM technicians") ?? 0) + 1
                let technician = Technician(id: id, name: name, number: number, zone: zone, email: email)
                try technician.save(database)
                return technician
            }
        } catch let error as StorageError { throw error.failure } catch { throw .fault("\(error)") }
        technicians.append(added)
        return Self.json(added, onDuty: false, at: Timestamp.now.milliseconds)
    }

    /// Sends a text that says it is a test, and waits a little for what becomes of it.
    func testTechnician(_ name: String) async throws(Failure) -> JSON {
        guard let technician = technicians.first(where: { $0.name == name }) else {
            throw .notFound("technician", hint: "Known are: \(technicians.map(\.name).joined(separator: ", ")).")
        }
        let now = Timestamp.now.milliseconds
        let id = nextText
        let body = TextFitter.page(
            code: "Fitech", node: "test", link: nil,
            detail: "This is only a test: texts reach you, \(technician.name). Nothing is down. \(OnCall.localTime(zone: technician.zone, at: now)) where you are.")
        send(body, kind: "test", incident: 0, to: technician, at: now)
        var state = "sending", provider: String?
        for _ in 0..<100 {
            await loop.sleep(.milliseconds(100))
            guard let text = texts.first(where: { $0.id == id }) else {
                state = "filed"
                break
            }
            (state, provider) = (text.delivery.state.rawValue, text.delivery.provider)
            if text.delivery.state == .accepted || text.delivery.state == .delivered || text.delivery.rounds > 0 { break }
        }
        return [
            "to": .string(technician.number), "name": .string(name), "body": .string(body), "state": .string(state),
            "provider": provider.map(JSON.string) ?? .null,
        ]
    }

    func onCall(at text: String?) throws(Failure) -> JSON {
        var now = Timestamp.now.milliseconds
        if let text {
            guard let time = Timestamp(iso8601: text) else {
                throw .invalid("`\(text)` is not a time.", hint: "Use ISO 8601 with a zone, such as 2026-11-22T15:00:00Z.", code: "wrong-time")
            }
            now = time.milliseconds
        }
        let order = OnCall.order(technicians, at: now)
        guard let first = order.first else {
            throw .conflict("There are no technicians.", hint: "Add one: fitech-ctl technician add NAME --number +44... --zone Europe/London", code: "nobody")
        }
        return [
            "at": .string(Timestamp(milliseconds: now).iso8601), "technician": Self.json(first, onDuty: true, at: now),
            "name": .string(first.name), "number": .string(first.number), "zone": .string(first.zone),
            "local_time": .string(OnCall.localTime(zone: first.zone, at: now)),
            "until": OnCall.nextChange(technicians, after: now).map { .string(Timestamp(milliseconds: $0).iso8601) } ?? .null,
            "then": .array(order.dropFirst().map { .string($0.name) }),
        ]
    }

    // MARK: Incidents

    func incidentList(limit: Int) async throws(Failure) -> JSON {
        let rows = try await read { try Incident.rows($0, "ORDER BY closed IS NOT NULL, id DESC LIMIT ?", limit) }
        return ["items": .array(rows.map { json($0) }), "next": .null]
    }

    func json(_ incident: Incident) -> JSON {
        let time = { (at: Milliseconds?) -> JSON in at.map { .string(Timestamp(milliseconds: $0).iso8601) } ?? .null }
        let paged = incident.escalation.paged.compactMap { id in technicians.first { $0.id == id }?.name }
        let state = !incident.isOpen ? "closed" : incident.stableSince != nil ? "unstable" : incident.acknowledged != nil ? "acknowledged" : "open"
        return [
            "id": .integer(Int64(incident.id)), "subject": .string(incident.subject.description), "service": .string(incident.service.title),
            "state": .string(state), "reason": .string(incident.reason), "began": time(incident.firstBad), "last_good": time(incident.lastGood),
            "opened": time(incident.opened), "closed": time(incident.closed), "ending": incident.ending.map { .string($0.rawValue) } ?? .null,
            "acknowledged": time(incident.acknowledged), "acknowledged_by": incident.acknowledgedBy.map(JSON.string) ?? .null,
            "episodes": .integer(Int64(incident.episodes)), "suppressed_by": incident.parent.map { .integer(Int64($0)) } ?? .null,
            "paged": .array(paged.map(JSON.string)), "planned_until": time(incident.plannedUntil),
        ]
    }

    /// `12` or `#12`, from the command line or a page of staff.
    func acknowledge(named text: String, by name: String?) throws(Failure) -> JSON {
        guard let id = Int(text.hasPrefix("#") ? String(text.dropFirst()) : text) else {
            throw .invalid("`\(text)` is no incident.", hint: "Give its number, as in fitech-ctl incident list.", code: "wrong-incident")
        }
        let by = name.map { String($0.prefix(80)) } ?? "operations"
        return json(try acknowledge(id, by: by, technician: technicians.first { $0.name == by || $0.email == by }?.id))
    }

    // MARK: Texts, mails, probes

    func outbox(limit: Int) async throws(Failure) -> JSON {
        let time = { @Sendable (at: Int64) in JSON.string(Timestamp(milliseconds: at).iso8601) }
        let yesterday = Timestamp.now.milliseconds - 86_400_000
        let (texts, mails, failed) = try await read { database in
            let texts: [JSON] = try database.query(
                """
                SELECT t.name, t.number, t.body, t.state, t.provider, t.created, t.kind, t.incident,
                    (SELECT count(*) FROM attempts a WHERE a.text = t.id),
                    (SELECT a.reason FROM attempts a WHERE a.text = t.id ORDER BY a.id DESC LIMIT 1)
                FROM texts t ORDER BY t.id DESC LIMIT ?
                """, limit) { row in
                [
                    "name": .string(row.text(0)), "to": .string(row.text(1)), "body": .string(row.text(2)), "state": .string(row.text(3)),
                    "provider": row.optionalText(4).map(JSON.string) ?? .null, "created": time(row.int64(5)), "kind": .string(row.text(6)),
                    "incident": row.int(7) == 0 ? .null : .integer(row.int64(7)), "attempts": .integer(row.int64(8)),
                    "reason": .string(row.text(9)),
                ]
            }
            // Bodies of mails are not shown: they may hold links that sign somebody in.
            let mails: [JSON] = try database.query(
                "SELECT recipient, subject, state, tries, reason, created, due FROM mails ORDER BY id DESC LIMIT ?", limit) { row in
                [
                    "to": .string(row.text(0)), "subject": .string(row.text(1)), "state": .string(row.text(2)), "tries": .integer(row.int64(3)),
                    "reason": .string(row.text(4)), "created": time(row.int64(5)), "next_try": row.optionalInt64(6).map(time) ?? .null,
                ]
            }
            let failed = (
                texts: try database.int("SELECT count(*) FROM texts WHERE state = 'failed' AND created > ?", yesterday) ?? 0,
                mails: try database.int("SELECT count(*) FROM mails WHERE state = 'failed' AND coalesce(settled, created) > ?", yesterday) ?? 0)
            return (texts, mails, failed)
        }
        let problem = { (text: String?) -> JSON in text.map(JSON.string) ?? .null }
        return [
            "items": .array(texts), "mails": .array(mails), "next": .null,
            "work": [
                Self.work("texts", self.texts.filter { [.waiting, .sending].contains($0.delivery.state) }.map(\.delivery.created), failed.texts), Self.work("mails", self.mails.map(\.created), failed.mails),
            ],
            "providers": .array(providers.map { ["name": .string($0.name), "healthy": .bool($0.failed == nil)] }),
            "mail_problem": problem(mailProblem), "effects_problem": problem(effectsProblem), "storage_problem": problem(queue.failure),
        ]
    }

    /// What waits of one kind: how many, and since when the one that waits longest.
    private static func work(_ kind: String, _ waiting: [Milliseconds], _ failed: Int) -> JSON {
        [
            "kind": .string(kind), "waiting": .integer(Int64(waiting.count)), "oldest": waiting.min().map { .string(Timestamp(milliseconds: $0).iso8601) } ?? .null,
            "failed": .integer(Int64(failed)),
        ]
    }

    /// Queues the mails that were given up within the last week once more; their text was kept.
    func retryMails() async throws(Failure) -> JSON {
        let now = Timestamp.now.milliseconds
        let failed: [OutgoingMail]
        // What was sent a moment ago must not be taken for waiting.
        await queue.flush()
        do {
            failed = try await queue.file.write { database in
                try database.execute("UPDATE mails SET state = 'waiting', due = ?, tries = 0 WHERE state = 'failed' AND body <> '' AND created > ?", now, now - 7 * 86_400_000)
                return try database.query(OutgoingMail.columns) { OutgoingMail($0) }
            }
        } catch let error as StorageError { throw error.failure } catch { throw .fault("\(error)") }
        let known = Set(mails.map(\.id)), fresh = failed.filter { !known.contains($0.id) }
        mails += fresh
        return ["mails": .integer(Int64(fresh.count))]
    }

    func probeList() -> JSON {
        let time = { (at: Milliseconds?) -> JSON in at.map { .string(Timestamp(milliseconds: $0).iso8601) } ?? .null }
        let items = probes.map { probe -> JSON in
            let state =
                switch probe.machine.state {
                case .unproven: "unproven"
                case .up: "up"
                case .soft: "failing"
                case .down: "down"
                case .recovering: "recovering"
                }
            let method: String
            if case .host = probe.subject { method = "ping (\(pinger.method.rawValue))" }
            else { method = probe.node?.origin == nil ? "GET /readyz" : probe.node?.check.map { "GET " + $0 } ?? "connect" }
            return [
                "subject": .string(probe.subject.description), "method": .string(method), "state": .string(state), "answer": .string(probe.said),
                "ms": .integer(probe.took), "asked": time(probe.asked), "last_good": time(probe.machine.lastGood),
            ]
        }
        return ["items": .array(items), "next": .null]
    }

    /// Reads management.db after everything that was to be written before.
    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(Failure) -> T {
        if queue.failure == nil { await queue.flush() }
        do { return try await queue.file.alone(body) } catch let error as StorageError { throw error.failure } catch { throw .fault("\(error)") }
    }
}
