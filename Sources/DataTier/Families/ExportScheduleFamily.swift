// Exports that come by themselves: setting and ending the schedule, asking for what is due, and what management tells of its uploads.
import Control
import Digests
import Engine
import Procedures
import Storage
import SupportCentre
import Wire

enum ExportScheduleFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ScheduleExports.self) { try await schedule($0, $1, $2) }
        table.add(ShowExportSchedule.self) { asked, call, room in
            let customer = try ExportFamily.customer(asked.customer, call, room)
            guard let found = try await room.read(customer.file, { try ScheduleRows.find(in: $0) }) else { throw missing }
            return found
        }
        table.add(UnscheduleExports.self) { try await unschedule($0, $1, $2) }
        table.add(ReportUploads.self) { try await report($0, $1, $2) }
        table.add(ConfirmUpload.self) { asked, _, room in
            var answer = ConfirmUpload.Answer()
            guard let customer = room.store.customer(asked.customer) else { return answer }
            answer.isWanted = try await room.read(customer.file) { database in
                try database.int("""
                    SELECT 1 FROM export e, export_schedule s WHERE e.id = ? AND e.upload = 'waiting' AND e.state = 'done' AND s.address = ? AND s.host_key = ?
                    """, asked.id, asked.address, asked.hostKey) != nil
            }
            return answer
        }
    }

    private static let missing = Failure.notFound("schedule of exports", hint: "None is set: set one on the page of exports.")

    // MARK: Setting

    private static func schedule(_ asked: ScheduleExports, _ call: Call, _ room: DataRoom) async throws -> ExportSchedule {
        let customer = try ExportFamily.customer(asked.customer, call, room), caller = try call.signedIn()
        var check = FieldCheck()
        let minute = ExportRhythm.minute(of: FieldCheck.trimmed(asked.at))
        if minute == nil { check.refuse("at", "\"\(asked.at.prefix(20))\" is no time of day.", "Write it like 02:00.") }
        if asked.every == .week, !(0...6).contains(asked.weekday ?? -1) { check.refuse("weekday", "It is not said on which day of the week.", "Use 0 for Monday to 6 for Sunday.") }
        if asked.every == .month, !(1...28).contains(asked.day ?? -1) { check.refuse("day", "It is not said on which day of the month.", "Use 1 to 28: every month has these.") }
        let zone = asked.zone.map(FieldCheck.trimmed).flatMap { $0.isEmpty ? nil : $0 } ?? caller.zone
        if !LocalTime.knows(zone) { check.refuse("zone", "\"\(zone.prefix(40))\" is no time zone.", "Write an IANA name, such as Europe/London.") }
        let address = asked.address.map(FieldCheck.trimmed).flatMap { $0.isEmpty ? nil : $0 }, told = asked.hostKey.map(FieldCheck.trimmed) ?? ""
        if let address, let problem = UploadAddress.problem(address, inside: room.store.options.webhooksInside) { check.refuse("address", problem.reason, problem.hint) }
        let hostKey = UploadAddress.fingerprint(told)
        if address != nil, hostKey == nil {
            check.refuse("host_key", told.isEmpty ? "The server's key is missing." : "\"\(told.prefix(60))\" is no fingerprint of a key.", "On the server, ssh-keygen -l -f /etc/ssh/ssh_host_ecdsa_key.pub shows it: SHA256: and 43 characters. A server without an ECDSA key shows its Ed25519 key, else its RSA key. Without it anybody could pose as your server.")
        }
        try check.finish()
        let rhythm = ExportRhythm(every: asked.every, weekday: asked.weekday ?? 0, day: asked.day ?? 1, minute: minute ?? 0)
        let (now, audit, by, next) = (call.now, call.audit, caller.name, rhythm.next(after: call.now, in: zone))
        let answer = try await room.write(call, customer.file) { database in
            let before = try ScheduleRows.find(in: database)
            if address != nil { try ScheduleRows.key(in: database) }
            try database.execute("""
                INSERT INTO export_schedule (row, every, weekday, day, minute, zone, fresh, next, by_name, origin, address, host_key) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (row) DO UPDATE SET every = excluded.every, weekday = excluded.weekday, day = excluded.day, minute = excluded.minute, zone = excluded.zone,
                    fresh = excluded.fresh, next = excluded.next, by_name = excluded.by_name, origin = excluded.origin, address = excluded.address, host_key = excluded.host_key
                """, rhythm.every.rawValue, rhythm.weekday, rhythm.day, rhythm.minute, zone, asked.fresh ?? false, next.milliseconds, by, asked.origin, address, address == nil ? nil : hostKey)
            try ScheduleRows.drop("the schedule sends nothing any more", now: now, in: database)
            guard let after = try ScheduleRows.find(in: database) else { throw missing }
            var changes = AuditChanges()
            changes.add("every", before?.every.rawValue, after.every.rawValue)
            changes.add("at", before?.at, after.at)
            changes.add("address", before?.address, after.address)
            changes.add("host_key", before?.hostKey, after.hostKey)
            try audit.note("scheduled exports of everything", .customer(customer.name), changes, in: database)
            try tellAdministrators(customer, "Exports of everything are scheduled", """
                \(by) set a schedule by which everything of \(customer.displayName) is exported\(address.map { " and sent to \($0)" } ?? ""). If nobody should have done this, end the schedule and tell support:
                """, origin: asked.origin, now, in: database)
            return after
        }
        room.store.effects.note(customer.name)
        await room.followSchedule(of: customer)
        return answer
    }

    private static func unschedule(_ asked: UnscheduleExports, _ call: Call, _ room: DataRoom) async throws -> Done {
        let customer = try ExportFamily.customer(asked.customer, call, room), (audit, now) = (call.audit, call.now)
        let done = try await room.write(call, customer.file) { database in
            guard try ScheduleRows.find(in: database) != nil else { throw missing }
            try database.execute("DELETE FROM export_schedule")
            try ScheduleRows.drop("the schedule was ended", now: now, in: database)
            try audit.note("ended the schedule of exports", .customer(customer.name), in: database)
            return Done()
        }
        await room.followSchedule(of: customer)
        return done
    }

    // MARK: What management tells

    private static func report(_ asked: ReportUploads, _ call: Call, _ room: DataRoom) async throws -> Done {
        let (now, audit) = (call.now, call.audit)
        for (name, outcomes) in Dictionary(grouping: asked.items, by: \.customer) {
            guard let customer = room.store.customer(name) else { continue }
            do {
                try await room.store.write(customer.file) { database in
                    for outcome in outcomes { try settle(outcome, customer, audit, now, in: database) }
                }
            } catch let error as StorageError {
                // One damaged database must not keep the others' from being heard.
                room.store.log.warning("what became of an upload cannot be kept", ("customer", name), ("error", "\(error)"))
            }
            room.store.effects.note(name)
        }
        return Done()
    }

    private static func settle(_ outcome: UploadOutcome, _ customer: CustomerEntry, _ audit: Audit, _ now: Timestamp, in database: Database) throws {
        let row = try database.first("SELECT upload_tries + 1, upload, upload_at FROM export WHERE id = ? AND upload IS NOT NULL", outcome.id) { ($0.int(0), $0.text(1), $0.optionalInt64(2)) }
        // Told twice: the first counts.
        guard let (tries, before, told) = row, told != outcome.at.milliseconds else { return }
        guard before == "waiting" else {
            guard outcome.reason.isEmpty, before != "arrived" else { return }
            // Called off while it was on its way.
            try database.execute("UPDATE export SET upload = 'arrived', upload_at = ?, upload_reason = '' WHERE id = ?", outcome.at.milliseconds, outcome.id)
            try audit.note("sent an export to the customer's server, though it had been called off", .export(outcome.id), in: database)
            return
        }
        let origin = try database.first("SELECT origin FROM export_schedule") { $0.text(0) } ?? "", reason = String(outcome.reason.prefix(300))
        let again = outcome.reason.isEmpty || outcome.final ? nil : UploadRetry.next(after: tries, at: now)
        let state = outcome.reason.isEmpty ? "arrived" : again == nil ? "failed" : "waiting"
        try database.execute(
            "UPDATE export SET upload = ?, upload_tries = ?, upload_due = ?, upload_at = ?, upload_reason = ? WHERE id = ?", state, tries, again?.milliseconds,
            outcome.at.milliseconds, reason, outcome.id)
        switch state {
        case "arrived":
            try audit.note("sent an export to the customer's server", .export(outcome.id), in: database)
            try tellAdministrators(customer, "Your export has arrived", "everything of \(customer.displayName) was sent to your server, as scheduled. It can be downloaded here as well:", origin: origin, now, in: database)
        case "failed":
            try audit.note("could not send an export to the customer's server", .export(outcome.id), detail: reason, in: database)
            try tellAdministrators(customer, "Your export could not be sent", """
                the scheduled export of \(customer.displayName) is ready, but could not be sent to your server: \(reason). It can be downloaded here:
                """, origin: origin, now, in: database)
        default: break
        }
    }

    /// A mail to every active administrator, with the way to the page.
    static func tellAdministrators(_ customer: CustomerEntry, _ subject: String, _ text: String, origin: String, _ now: Timestamp, in database: Database) throws {
        for person in try ScheduleRows.administrators(in: database) {
            try Mail.write(to: person.email, subject: subject, body: """
                Hello \(person.name),

                \(text)

                \(origin)/exports
                """, place: customer.name, now: now, in: database)
        }
    }
}

extension DataRoom {
    /// Brings the directory's list of what is due up to the customer's schedule. What cannot be done now is done by the next start.
    func followSchedule(of customer: CustomerEntry) async {
        do {
            let next = try await read(customer.file) { try $0.int("SELECT next FROM export_schedule") }, name = customer.name
            guard try await read(store.directory, { try $0.int("SELECT next FROM export_due WHERE customer = ?", name) }) != next else { return }
            try await store.write(store.directory) { database in
                guard let next else {
                    try database.execute("DELETE FROM export_due WHERE customer = ?", name)
                    return
                }
                try database.execute("INSERT INTO export_due (customer, next) VALUES (?, ?) ON CONFLICT (customer) DO UPDATE SET next = excluded.next", name, next)
            }
        } catch {
            store.log.warning("the schedule of exports cannot be followed", ("customer", customer.name), ("error", "\(error)"))
        }
    }

    /// Asks for the exports that are due. After a long stop each customer's comes once, not once for every time that was missed.
    func askScheduledExports(now: Timestamp) async throws {
        let due = try await read(store.directory) { try $0.query("SELECT customer FROM export_due WHERE next <= ? ORDER BY next LIMIT 200", now.milliseconds) { $0.text(0) } }
        for name in due {
            guard let customer = store.customer(name) else { continue }
            do {
                let file = "\(name).\(RandomBytes.token())"
                try await store.write(customer.file) { database in
                    let found = try database.first("SELECT every, weekday, day, minute, zone, fresh, by_name, origin FROM export_schedule WHERE next <= ?", now.milliseconds) { row in
                        (ScheduleRows.rhythm(row), row.text(4), row.bool(5), row.text(6), row.text(7))
                    }
                    guard let (rhythm, zone, fresh, by, origin) = found else { return }
                    // One that is being made now is as good, and goes where this one would.
                    if try database.execute("UPDATE export SET scheduled = 1, origin = coalesce(origin, ?) WHERE state IN ('waiting', 'running')", origin) == 0 {
                        var export = Export()
                        (export.id, export.customer, export.askedBy, export.asked) = (Identifier.make(), name, "schedule of \(by)", now)
                        (export.fresh, export.scheduled) = (fresh, true)
                        try ExportRows.ask(export, file: file, person: nil, origin: origin, in: database)
                        try Audit(actor: .nobody, request: nil, now: now).note("asked for a scheduled export of everything", .export(export.id), in: database)
                    }
                    try database.execute("UPDATE export_schedule SET next = ?, last = ?", rhythm.next(after: now, in: zone).milliseconds, now.milliseconds)
                }
                store.exports.note(name)
                await followSchedule(of: customer)
            } catch let error as StorageError {
                store.log.warning("a scheduled export cannot be asked for", ("customer", name), ("error", "\(error)"))
            }
        }
    }

    /// Looks every ten seconds while this node is the primary.
    func watchSchedules(_ loop: isolated EventLoop, until stopping: () -> Bool) async {
        while !stopping() {
            await loop.sleep(.seconds(10))
            guard store.role.mayWrite else { continue }
            do { try await askScheduledExports(now: .now) } catch { store.log.warning("scheduled exports cannot be looked up", ("error", "\(error)")) }
        }
    }
}
