// Satisfaction by a mailed link: whoever holds it may say how that one ticket was dealt with, and learns its title, nothing else.
import Digests
import Procedures
import Storage
import Wire

enum RatingFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(InspectRating.self) { try await inspect($0, $1, $2) }
        table.add(RateTicket.self) { try await rate($0, $1, $2) }
    }

    private static let life = Duration.seconds(60 * 86_400)

    /// A new link for a ticket's person, to be mailed; those of the ticket from before end.
    static func link(_ ticket: Int, for person: String, of customer: CustomerEntry, now: Timestamp, in database: Database) throws -> String {
        let token = Token.make(in: customer.name)
        try database.execute("DELETE FROM rating_link WHERE (ticket = ? AND person = ?) OR expires < ?", ticket, person, now.milliseconds)
        try database.execute("INSERT INTO rating_link (hash, ticket, person, expires) VALUES (?, ?, ?, ?)", token.hash, ticket, person, now.adding(life).milliseconds)
        return token.text
    }

    /// The latest first, at most 20.
    static func list(_ ticket: Int, in database: Database) throws -> [TicketRating] {
        try database.query("SELECT score, comment, rated FROM ticket_rating WHERE ticket = ? ORDER BY row DESC LIMIT 20", ticket) { row in
            var one = TicketRating()
            (one.score, one.comment, one.rated) = (TicketRating.Score(rawValue: row.text(0)) ?? .fair, row.text(1), Timestamp(milliseconds: row.int64(2)))
            return one
        }
    }

    private static func expired() -> Failure {
        Failure(whose: .client, retry: .never, status: 404, code: "link-expired", reason: "This link is too old or not whole.", hint: "Sign in and say it in a reply to the ticket.")
    }

    private static func customer(_ token: String, _ room: DataRoom) throws -> CustomerEntry {
        guard let place = Token.place(of: token), let customer = room.store.customer(place) else { throw expired() }
        return customer
    }

    private static func target(_ token: String, now: Timestamp, in database: Database) throws -> (ticket: Int, person: String, title: String) {
        guard let found = try database.first("""
            SELECT l.ticket, l.person, t.title FROM rating_link l JOIN ticket t ON t.number = l.ticket WHERE l.hash = ? AND l.expires > ?
            """, Digest.sha256(token), now.milliseconds, row: { ($0.int(0), $0.text(1), $0.text(2)) }) else { throw expired() }
        return found
    }

    private static func inspect(_ asked: InspectRating, _ call: Call, _ room: DataRoom) async throws -> InspectRating.Answer {
        let now = call.now
        return try await room.read(try customer(asked.token, room).file) { database in
            let target = try target(asked.token, now: now, in: database)
            var answer = InspectRating.Answer()
            (answer.number, answer.title, answer.latest) = (target.ticket, target.title, try list(target.ticket, in: database).first)
            return answer
        }
    }

    private static func rate(_ asked: RateTicket, _ call: Call, _ room: DataRoom) async throws -> Done {
        var check = FieldCheck()
        let comment = check.text("comment", asked.comment, "The comment", limit: 2000, required: false)
        try check.finish()
        let (now, audit) = (call.now, Audit(actor: "link", request: call.requestID, now: call.now))
        return try await room.write(call, try customer(asked.token, room).file) { database in
            let target = try target(asked.token, now: now, in: database)
            // A link in wrong hands must not fill the database; nobody changes their mind so often.
            guard try database.int("SELECT count(*) FROM ticket_rating WHERE ticket = ?", target.ticket) ?? 0 < 20 else {
                throw Failure.conflict("This ticket was rated twenty times.", hint: "Sign in and say it in a reply to the ticket.")
            }
            try database.execute(
                "INSERT INTO ticket_rating (ticket, score, comment, person, rated) VALUES (?, ?, ?, ?, ?)", target.ticket, asked.score.rawValue, comment, target.person, now.milliseconds)
            try audit.note("rated a ticket", .ticket(target.ticket), detail: asked.score.rawValue, in: database)
            return Done()
        }
    }
}
