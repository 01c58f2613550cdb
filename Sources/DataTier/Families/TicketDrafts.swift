// What people are writing: kept so that nothing is lost, and shown so that two do not answer at once.
import Procedures
import Storage
import Wire

enum TicketDrafts {
    static func body(_ ticket: Int, of person: String, in database: Database) throws -> String {
        try database.first("SELECT body FROM ticket_draft WHERE ticket = ? AND person = ?", ticket, person) { $0.text(0) } ?? ""
    }

    /// Others of staff who wrote within the last ten minutes.
    static func writing(_ ticket: Int, beside person: String, now: Timestamp, in database: Database) throws -> [String] {
        try database.query(
            "SELECT name FROM ticket_draft WHERE ticket = ? AND person <> ? AND by_staff = 1 AND written > ? ORDER BY written LIMIT 10", ticket, person, now.milliseconds - 600_000
        ) { $0.text(0) }
    }

    static func keep(_ body: String, _ ticket: Int, by hand: TicketHand, now: Timestamp, in database: Database) throws {
        if body.isEmpty { return try drop(ticket, of: hand.person, in: database) }
        try database.execute("""
            INSERT INTO ticket_draft (ticket, person, name, by_staff, body, written) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (ticket, person) DO UPDATE SET name = excluded.name, body = excluded.body, written = excluded.written
            """, ticket, hand.person, hand.name, hand.byStaff, body, now.milliseconds)
    }

    static func drop(_ ticket: Int, of person: String, in database: Database) throws {
        try database.execute("DELETE FROM ticket_draft WHERE ticket = ? AND person = ?", ticket, person)
    }

    static func save(_ asked: SaveDraft, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let body = check.text("body", asked.body, "The draft", limit: 50_000, required: false)
        try check.finish()
        let customer = try await TicketFamily.customer(of: asked.number, caller, room)
        let (now, hand, owner) = (call.now, TicketHand(caller), TicketFamily.owner(caller))
        // Others of staff are shown that somebody writes: only beginning and ending are news to them.
        let isNews = caller.isStaff ? try await room.read(customer.file) { try self.body(asked.number, of: caller.id, in: $0).isEmpty } != body.isEmpty : false
        let done = try await room.write(call, customer.file) { database in
            guard try database.int("SELECT 1 FROM ticket WHERE number = ? AND (? IS NULL OR person = ?)", asked.number, owner, owner) != nil else { throw Failure.notFound("ticket") }
            try keep(body, asked.number, by: hand, now: now, in: database)
            return Done()
        }
        if isNews { room.store.happenings.tell(["ticket/\(asked.number)"]) }
        return done
    }

    /// Refuses a reply when somebody else has written since `seen`; what the writer wrote does not count.
    static func checkSeen(_ ticket: Int, _ seen: String, _ caller: Caller, in database: Database) throws {
        let last = seen.isEmpty ? 0 : try database.int("SELECT row FROM reply WHERE id = ? AND ticket = ?", seen, ticket)
        guard let last else {
            throw Failure.unacceptable([.init(field: "seen", reason: "This is no reply of ticket \(ticket).", hint: "Send the id of its last reply, or leave it out.")])
        }
        let authors = try database.query(
            "SELECT DISTINCT author FROM reply WHERE ticket = ? AND row > ? AND person <> ? AND (internal = 0 OR ?) LIMIT 5", ticket, last, caller.id, caller.isStaff
        ) { $0.text(0) }
        guard authors.isEmpty else {
            throw Failure.conflict(
                "\(authors.joined(separator: " and ")) wrote on this ticket while you did.", hint: "Your text is kept. Read what was written, then send yours again or change it.", code: meanwhile)
        }
    }

    static let meanwhile = "written-meanwhile"
}
