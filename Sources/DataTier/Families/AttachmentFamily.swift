// Files of tickets in the customer's own database, a quarter of a megabyte at a time.
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum AttachmentFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(BeginAttachment.self) { try await begin($0, $1, $2) }
        table.add(AppendAttachment.self) { try await append($0, $1, $2) }
        table.add(FinishAttachment.self) { try await finish($0, $1, $2) }
        table.add(ReadAttachment.self) { try await read($0, $1, $2) }
        table.add(RemoveAttachment.self) { try await remove($0, $1, $2) }
    }

    /// The complete files of a ticket and of those merged into it.
    static func list(_ ticket: Int, forStaff: Bool, in database: Database) throws -> [Attachment] {
        try database.query("""
            WITH RECURSIVE family (number) AS (SELECT ?1 UNION SELECT t.number FROM ticket t JOIN family f ON t.merged_into = f.number)
            SELECT id, ticket, reply, name, type, bytes, sha256, author, by_staff, internal, created FROM attachment
            WHERE ticket IN family AND complete = 1 AND (internal = 0 OR ?2) ORDER BY row LIMIT 1000
            """, ticket, forStaff, row: attachment)
    }

    private static func attachment(_ row: Row) -> Attachment {
        var one = Attachment()
        (one.id, one.ticket, one.reply, one.name, one.type, one.bytes) = (row.text(0), row.int(1), row.optionalText(2), row.text(3), row.text(4), row.int(5))
        (one.sha256, one.author, one.byStaff, one.internal) = (Hex.encode(row.bytes(6)), row.text(7), row.bool(8), row.bool(9))
        one.created = Timestamp(milliseconds: row.int64(10))
        return one
    }

    private static func begin(_ asked: BeginAttachment, _ call: Call, _ room: DataRoom) async throws -> Attachment {
        let caller = try call.signedIn()
        let customer = try await TicketFamily.customer(of: asked.number, caller, room)
        let (now, owner, name) = (call.now, TicketFamily.owner(caller), FileName.clean(asked.fileName))
        return try await room.write(call, customer.file) { database in
            guard let state = try database.first("SELECT state FROM ticket WHERE number = ? AND (? IS NULL OR person = ?)", asked.number, owner, owner, row: { $0.text(0) }) else { throw Failure.notFound("ticket") }
            guard state != TicketState.merged.rawValue else { throw Failure.conflict("This ticket was merged into another.", hint: "Send the file to the ticket its conversation goes on in.") }
            var isNote = false
            if let reply = asked.reply {
                guard let found = try database.first("SELECT internal FROM reply WHERE id = ? AND ticket = ? AND person = ?", reply, asked.number, caller.id, row: { $0.bool(0) }) else {
                    throw Failure.unacceptable([.init(field: "reply", reason: "This is no reply of yours to ticket \(asked.number).", hint: "Send the id of the reply the file belongs to, or leave it out.")])
                }
                isNote = found
            }
            // What never came to its end, from before; few at a time.
            try database.execute("DELETE FROM attachment WHERE row IN (SELECT row FROM attachment WHERE complete = 0 AND created < ? LIMIT 5)", now.milliseconds - 86_400_000)
            guard try database.int("SELECT count(*) FROM attachment WHERE ticket = ?", asked.number) ?? 0 < Attachment.most else {
                throw Failure.conflict("This ticket has \(Attachment.most) files.", hint: "Remove some, or open a follow-up ticket.")
            }
            var one = Attachment()
            (one.id, one.ticket, one.reply, one.name, one.author, one.byStaff, one.internal, one.created) = (Identifier.make(), asked.number, asked.reply, name, caller.name, caller.isStaff, isNote, now)
            try database.execute("""
                INSERT INTO attachment (id, ticket, reply, person, author, by_staff, internal, name, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, one.id, one.ticket, one.reply, caller.id, one.author, one.byStaff, one.internal, name, now.milliseconds)
            return one
        }
    }

    /// The row of a file that the caller began and did not end.
    private static func unfinished(_ id: String, _ ticket: Int, _ person: String, in database: Database) throws -> Int {
        guard let row = try database.int("SELECT row FROM attachment WHERE id = ? AND ticket = ? AND person = ? AND complete = 0", id, ticket, person) else { throw Failure.notFound("file that is being sent") }
        return row
    }

    private static func append(_ asked: AppendAttachment, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn()
        let places = (Attachment.largest + Attachment.pieceBytes - 1) / Attachment.pieceBytes
        guard (0..<places).contains(asked.place), (1...Attachment.pieceBytes).contains(asked.bytes.count) else { throw tooLarge }
        let customer = try await TicketFamily.customer(of: asked.number, caller, room)
        return try await room.write(call, customer.file) { database in
            let row = try unfinished(asked.id, asked.number, caller.id, in: database)
            try database.execute(
                "INSERT INTO attachment_piece (attachment, place, bytes) VALUES (?, ?, ?) ON CONFLICT (attachment, place) DO UPDATE SET bytes = excluded.bytes", row, asked.place, asked.bytes)
            return Done()
        }
    }

    private static func finish(_ asked: FinishAttachment, _ call: Call, _ room: DataRoom) async throws -> Attachment {
        let caller = try call.signedIn()
        let customer = try await TicketFamily.customer(of: asked.number, caller, room)
        let (now, audit) = (call.now, call.audit)
        let found = try await room.write(call, customer.file) { database in
            let row = try unfinished(asked.id, asked.number, caller.id, in: database)
            var digest = SHA256Stream(), bytes = 0, next = 0, kind = FileKind.other
            try database.each("SELECT place, bytes FROM attachment_piece WHERE attachment = ? ORDER BY place", [row]) { piece in
                let content = piece.bytes(1)
                if next == 0 { kind = FileKind(Array(content.prefix(512))) }
                // All but the last are whole, and none is missing.
                guard piece.int(0) == next, bytes == next * Attachment.pieceBytes else { return false }
                digest.update(content)
                bytes += content.count
                next += 1
                return true
            }
            guard next == asked.pieces, next > 0 else {
                throw Failure.unacceptable([.init(field: "pieces", reason: next == 0 ? "The file is empty." : "Pieces of the file are missing.", hint: "Send the file again.")])
            }
            guard bytes <= Attachment.largest else { throw tooLarge }
            try database.execute("UPDATE attachment SET type = ?, bytes = ?, sha256 = ?, complete = 1 WHERE row = ?", kind.rawValue, bytes, digest.finish(), row)
            try database.execute("UPDATE ticket SET updated = ?, revision = ? WHERE number = ?", now.milliseconds, try TicketRows.nextRevision(in: database), asked.number)
            try audit.note("attached a file", .ticket(asked.number), detail: asked.id, in: database)
            return try database.first("""
                SELECT id, ticket, reply, name, type, bytes, sha256, author, by_staff, internal, created FROM attachment WHERE row = ?
                """, row, row: attachment) ?? Attachment()
        }
        await room.followTickets(of: customer)
        return found
    }

    private static func read(_ asked: ReadAttachment, _ call: Call, _ room: DataRoom) async throws -> ReadAttachment.Answer {
        let caller = try call.signedIn()
        let customer = try await TicketFamily.customer(of: asked.number, caller, room)
        let (owner, staff) = (TicketFamily.owner(caller), caller.isStaff)
        return try await room.read(customer.file) { database in
            guard let found = try database.first("""
                SELECT a.id, a.ticket, a.reply, a.name, a.type, a.bytes, a.sha256, a.author, a.by_staff, a.internal, a.created, a.row FROM attachment a JOIN ticket t ON t.number = a.ticket
                WHERE a.id = ? AND a.ticket = ? AND a.complete = 1 AND (a.internal = 0 OR ?) AND (? IS NULL OR t.person = ?)
                """, asked.id, asked.number, staff, owner, owner, row: { (attachment($0), $0.int(11)) }),
                let bytes = try database.first("SELECT bytes FROM attachment_piece WHERE attachment = ? AND place = ?", found.1, asked.place, row: { $0.bytes(0) })
            else { throw Failure.notFound("file") }
            var answer = ReadAttachment.Answer()
            (answer.attachment, answer.bytes) = (found.0, bytes)
            return answer
        }
    }

    private static func remove(_ asked: RemoveAttachment, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn()
        let customer = try await TicketFamily.customer(of: asked.number, caller, room)
        let (audit, owner) = (call.audit, TicketFamily.owner(caller))
        return try await room.write(call, customer.file) { database in
            guard let person = try database.first("""
                SELECT a.person FROM attachment a JOIN ticket t ON t.number = a.ticket WHERE a.id = ? AND a.ticket = ? AND (a.internal = 0 OR ?) AND (? IS NULL OR t.person = ?)
                """, asked.id, asked.number, caller.isStaff, owner, owner, row: { $0.text(0) }) else { throw Failure.notFound("file") }
            guard caller.isStaff || person == caller.id else { throw Failure.forbidden("Somebody else sent this file.", hint: "Ask them, or support, to remove it.") }
            try database.execute("DELETE FROM attachment WHERE id = ?", asked.id)
            try audit.note("removed a file", .ticket(asked.number), detail: asked.id, in: database)
            return Done()
        }
    }

    private static let tooLarge = Failure(
        whose: .client, retry: .never, status: 413, code: "file-too-large", reason: "A file may have \(Attachment.largest >> 20) MB.", hint: "Send a smaller one, or several.")
}
