// Exports between nodes: what there is to make, how far it has come, and operations' own way of asking.
import Control
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum ExportWorkFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(FindExportWork.self) { try await work($0, $1, $2) }
        table.add(ReportExport.self) { try await report($0, $1, $2) }
        table.add(ExportForCustomer.self) { try await export($0, $1, $2) }
    }

    private static func work(_ asked: FindExportWork, _ call: Call, _ room: DataRoom) async throws -> FindExportWork.Answer {
        var answer = FindExportWork.Answer()
        let now = call.now
        if let point = asked.restorePoint { room.store.exports.tell(restorePoint: point, holds: asked.holds) }
        for place in room.store.exports.places {
            guard let customer = room.store.customer(place) else { room.store.exports.clear(place); continue }
            do {
                let open = try await room.read(customer.file) { try ExportRows.open(of: place, now: now, in: $0) }
                // Noted again by whoever asks next.
                if open.isEmpty { room.store.exports.clear(place) }
                answer.jobs += open.map { found in
                    var job = ExportJob()
                    (job.customer, job.displayName, job.id, job.file, job.fresh) = (place, customer.displayName, found.export.id, found.file, found.export.fresh)
                    return job
                }
            } catch let error as StorageError {
                // One customer's damaged database must not hold up everybody's exports.
                room.store.log.warning("exports cannot be read", ("customer", place), ("error", "\(error)"))
            }
        }
        for file in asked.files.prefix(1000) {
            guard let place = Token.place(of: file), let customer = room.store.customer(place) else { answer.drop.append(file); continue }
            let wanted = try await room.read(customer.file) {
                try $0.int("SELECT 1 FROM export WHERE file = ? AND (state IN ('waiting', 'running') OR state = 'done' AND expires > ?)", file, now.milliseconds)
            }
            if wanted == nil { answer.drop.append(file) }
        }
        return answer
    }

    private static func report(_ asked: ReportExport, _ call: Call, _ room: DataRoom) async throws -> ReportExport.Answer {
        let (told, node, now) = (asked.export, asked.node, call.now)
        var answer = ReportExport.Answer()
        guard let customer = room.store.customer(told.customer) else {
            answer.isWanted = false
            return answer
        }
        let name = customer.name
        let before = try await room.read(customer.file) { try ExportRows.find(told.id, of: name, now: now, in: $0) }
        guard let before, before.export.state == .waiting || before.export.state == .running else {
            answer.isWanted = false
            return answer
        }
        // How far it has come is kept in memory: it is worth no commit.
        if told.state == .running {
            room.store.exports.set(told.id, told.progress, told.step)
            if before.export.state == .running, before.node == node { return answer }
        }
        let (audit, life, kept, id) = (Audit(actor: "data", request: call.requestID, now: now), room.store.options.exportLife, room.store.options.exportsKept, told.id)
        try await room.store.write(customer.file) { database in
            switch told.state {
            case .running:
                try database.execute("UPDATE export SET state = 'running', node = ? WHERE id = ? AND state IN ('waiting', 'running')", node, id)
            case .done:
                let expires = now.adding(life)
                try database.execute("""
                    UPDATE export SET state = 'done', node = ?, as_of = ?, finished = ?, expires = ?, file_name = ?, bytes = ?, sha256 = ?, rows = ?, attachments = ?
                    WHERE id = ? AND state IN ('waiting', 'running')
                    """, node, told.asOf?.milliseconds, now.milliseconds, expires.milliseconds, told.fileName, told.bytes, told.sha256, told.rows, told.attachments, id)
                try ExportRows.retire(kept: kept, now: now, in: database)
                try audit.note("made an export", .export(id), detail: "\(told.bytes ?? 0) bytes on \(node)", in: database)
                try WebhookRows.tell(.exportReady, [("export", .string(id)), ("bytes", .integer(Int64(told.bytes ?? 0))), ("address", .string("/api/v1/exports/\(id)"))], at: now, in: database)
                let target = before.export.scheduled ? try ScheduleRows.find(in: database)?.address : nil
                if target != nil {
                    // The mail follows when it has arrived.
                    try database.execute("UPDATE export SET upload = 'waiting', upload_due = ? WHERE id = ?", now.milliseconds, id)
                    break
                }
                try tell(before, customer, "Your export is ready", """
                    everything of \(customer.displayName) up to \(told.asOf?.iso8601 ?? "now") is in one file. Sign in to download it; it stays until \(expires.date.iso8601):
                    """, now, in: database)
            case .failed, .expired, .waiting:
                try database.execute(
                    "UPDATE export SET state = 'failed', node = ?, finished = ?, problem = ?, hint = ? WHERE id = ? AND state IN ('waiting', 'running')",
                    node, now.milliseconds, told.problem, told.hint, id)
                try audit.note("could not make an export", .export(id), detail: told.problem ?? "", in: database)
                try tell(before, customer, "Your export could not be made", "\(told.problem ?? "") \(told.hint ?? "")", now, in: database)
            }
        }
        if told.state != .running { room.store.exports.forget(id) }
        room.store.effects.note(name)
        return answer
    }

    /// A mail to the person who asked, with the way to the page: the file itself takes signing in.
    private static func tell(_ found: ExportRow, _ customer: CustomerEntry, _ subject: String, _ text: String, _ now: Timestamp, in database: Database) throws {
        guard let origin = found.origin else { return }
        if found.export.scheduled { return try ExportScheduleFamily.tellAdministrators(customer, subject, text, origin: origin, now, in: database) }
        guard let person = try found.person.flatMap({ try PersonRow.find($0, in: database) }) else { return }
        try Mail.write(to: person.email, subject: subject, body: """
            Hello \(person.name),

            \(text)

            \(origin)/exports
            """, place: customer.name, now: now, in: database)
    }

    private static func export(_ asked: ExportForCustomer, _ call: Call, _ room: DataRoom) async throws -> ExportForCustomer.Answer {
        guard let customer = room.store.customer(asked.customer) else {
            throw Failure.unacceptable([.init(field: "customer", reason: "There is no customer named \(asked.customer).", hint: "Look at fitech-ctl customer list.")])
        }
        var answer = ExportForCustomer.Answer()
        guard let id = asked.id else {
            answer.export = try await ExportFamily.begin(customer, fresh: asked.fresh ?? false, by: "operations", person: nil, origin: nil, call, room)
            return answer
        }
        let (name, now) = (customer.name, call.now)
        guard var found = try await room.read(customer.file, { try ExportRows.find(id, of: name, now: now, in: $0) }) else { throw Failure.notFound("export") }
        room.store.exports.complete(&found.export)
        answer.export = found.export
        if found.export.state == .done { answer.file = try ExportRows.file(found) }
        return answer
    }
}
