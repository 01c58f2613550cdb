// Exports as people ask for them: by a customer's administrators for their own, by operations staff for any customer they name.
import Control
import Digests
import Procedures
import Storage
import Wire

enum ExportFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListExports.self) { try await list($0, $1, $2) }
        table.add(AskExport.self) { try await ask($0, $1, $2) }
        table.add(ShowExport.self) { asked, call, room in
            try await find(asked.id, of: try customer(asked.customer, call, room), call, room).export
        }
        table.add(ExpireExport.self) { try await expire($0, $1, $2) }
        table.add(LinkExport.self) { try await link($0, $1, $2) }
        table.add(OpenExport.self) { try await open($0, $1, $2) }
        table.add(OpenExportByLink.self) { try await openByLink($0, $1, $2) }
        ExportWorkFamily.add(to: &table)
        ExportScheduleFamily.add(to: &table)
    }

    /// Whose exports a call is about. A customer's people have no choice; staff have none of their own.
    static func customer(_ named: String?, _ call: Call, _ room: DataRoom) throws(Failure) -> CustomerEntry {
        let caller = try call.signedIn()
        if let own = caller.customer {
            guard named == nil || named == own.name else { throw .notFound("customer") }
            return own
        }
        guard let named, !named.isEmpty else {
            throw .unacceptable([.init(field: "customer", reason: "It is not said whose export is meant.", hint: "Name the customer, like customer=clinic.")])
        }
        guard let entry = room.store.customer(named) else { throw .notFound("customer") }
        return entry
    }

    /// An export with how far it has come.
    private static func find(_ id: String, of customer: CustomerEntry, _ call: Call, _ room: DataRoom) async throws -> ExportRow {
        let (name, now) = (customer.name, call.now)
        guard var found = try await room.read(customer.file, { try ExportRows.find(id, of: name, now: now, in: $0) }) else { throw Failure.notFound("export") }
        room.store.exports.complete(&found.export)
        return found
    }

    private static func list(_ asked: ListExports, _ call: Call, _ room: DataRoom) async throws -> ListExports.Answer {
        let customer = try customer(asked.customer, call, room)
        let page = try PageCut(asked.page)
        let (name, now) = (customer.name, call.now)
        var answer = ListExports.Answer()
        (answer.items, answer.schedule) = try await room.read(customer.file) { database in
            (try ExportRows.list(of: name, after: page.after, limit: page.limit + 1, now: now, in: database), try ScheduleRows.find(in: database))
        }
        if answer.items.count > page.limit {
            answer.items.removeLast()
            answer.next = answer.items.last?.id
        }
        for index in answer.items.indices { room.store.exports.complete(&answer.items[index]) }
        answer.person = try call.signedIn().person
        answer.customerDisplayName = customer.displayName
        (answer.days, answer.kept) = (Int(room.store.options.exportLife.components.seconds / 86_400), room.store.options.exportsKept)
        return answer
    }

    private static func ask(_ asked: AskExport, _ call: Call, _ room: DataRoom) async throws -> Export {
        let customer = try customer(asked.customer, call, room)
        let caller = try call.signedIn()
        return try await begin(customer, fresh: asked.fresh ?? false, by: caller.name, person: caller.isStaff ? nil : caller.id, origin: asked.origin, call, room)
    }

    /// Writes down that an export is wanted, and has the data nodes told.
    static func begin(_ customer: CustomerEntry, fresh: Bool, by name: String, person: String?, origin: String?, _ call: Call, _ room: DataRoom) async throws -> Export {
        var export = Export()
        (export.id, export.customer, export.askedBy, export.asked, export.fresh) = (Identifier.make(), customer.name, name, call.now, fresh)
        let (made, file, audit) = (export, "\(customer.name).\(RandomBytes.token())", call.audit)
        let answer = try await room.write(call, customer.file) { database in
            try ExportRows.ask(made, file: file, person: person, origin: origin, in: database)
            try audit.note("asked for an export of everything", .export(made.id), in: database)
            return made
        }
        room.store.exports.note(customer.name)
        return answer
    }

    private static func expire(_ asked: ExpireExport, _ call: Call, _ room: DataRoom) async throws -> Export {
        let customer = try customer(asked.customer, call, room)
        let (name, now, audit, id) = (customer.name, call.now, call.audit, asked.id)
        let export = try await room.write(call, customer.file) { database in
            guard let found = try ExportRows.find(id, of: name, now: now, in: database) else { throw Failure.notFound("export") }
            if found.export.state != .expired, found.export.state != .failed {
                try database.execute("UPDATE export SET state = 'expired' WHERE row = ?", found.row)
                try database.execute("DELETE FROM export_link WHERE export = ?", found.row)
                try ScheduleRows.drop("the export was ended", now: now, in: database)
                try audit.note("ended an export", .export(id), in: database)
            }
            return try ExportRows.find(id, of: name, now: now, in: database)?.export ?? found.export
        }
        room.store.exports.forget(id)
        return export
    }

    // MARK: Downloads

    private static func link(_ asked: LinkExport, _ call: Call, _ room: DataRoom) async throws -> LinkExport.Answer {
        let customer = try customer(asked.customer, call, room)
        let (text, hash) = Token.make(in: customer.name)
        let (name, now, audit, id, life) = (customer.name, call.now, call.audit, asked.id, room.store.options.exportLinkLife)
        // A secret: it is not kept for repeats, who makes one twice has two.
        let expires = try await room.writeSecret(customer.file) { database -> Timestamp in
            guard let found = try ExportRows.find(id, of: name, now: now, in: database) else { throw Failure.notFound("export") }
            _ = try ExportRows.file(found)
            let expires = min(now.adding(life), found.export.expires ?? now)
            try database.execute("INSERT INTO export_link (hash, export, expires) VALUES (?, ?, ?)", hash, found.row, expires.milliseconds)
            try audit.note("made a link to an export", .export(id), in: database)
            return expires
        }
        var answer = LinkExport.Answer()
        (answer.path, answer.expires) = ("/exports/links/\(text)", expires)
        return answer
    }

    private static func open(_ asked: OpenExport, _ call: Call, _ room: DataRoom) async throws -> ExportFile {
        let customer = try customer(asked.customer, call, room)
        let (name, now, id) = (customer.name, call.now, asked.id)
        let note = Download(audit: call.audit, how: "", range: asked.range)
        return try await room.writeSecret(customer.file) { database in
            guard let found = try ExportRows.find(id, of: name, now: now, in: database) else { throw Failure.notFound("export") }
            return try download(found, note, in: database)
        }
    }

    private static func openByLink(_ asked: OpenExportByLink, _ call: Call, _ room: DataRoom) async throws -> ExportFile {
        let wrong = Failure.notFound("download", hint: "The link is wrong, or its time is over. Whoever made it can make another.")
        guard let place = Token.place(of: asked.token), let customer = room.store.customer(place) else { throw wrong }
        let (hash, now) = (Digest.sha256(asked.token), call.now)
        // Looked at before anything is written: guesses must not cost a flush.
        let known = try await room.read(customer.file) { try $0.int("SELECT 1 FROM export_link WHERE hash = ? AND expires > ?", hash, now.milliseconds) }
        guard known != nil else { throw wrong }
        let note = Download(audit: Audit(actor: "link", request: call.requestID, now: now), how: "by a link, ", range: asked.range)
        return try await room.writeSecret(customer.file) { database in
            guard let row = try database.first("SELECT export FROM export_link WHERE hash = ? AND expires > ?", hash, now.milliseconds, row: { $0.int64(0) }),
                let found = try ExportRows.find(row: row, of: place, now: now, in: database), found.export.state == .done
            else { throw wrong }
            return try download(found, note, in: database)
        }
    }

    private struct Download: Sendable {
        var audit: Audit
        var how: String
        var range: String?
    }

    private static func download(_ found: ExportRow, _ note: Download, in database: Database) throws -> ExportFile {
        let file = try ExportRows.file(found)
        try database.execute("UPDATE export SET downloads = downloads + 1 WHERE row = ?", found.row)
        let part = note.range.map { String($0.prefix(60)) } ?? "all of it"
        try note.audit.note("downloaded an export", .export(found.export.id), detail: note.how + part, in: database)
        return file
    }
}

extension ExportBoard {
    /// Adds what is known only in memory.
    func complete(_ export: inout Export) {
        guard export.state == .waiting || export.state == .running else { return }
        if let known = progress(of: export.id) {
            (export.progress, export.step) = known
        } else {
            export.step = "waiting for the node that keeps restore points"
        }
    }
}
