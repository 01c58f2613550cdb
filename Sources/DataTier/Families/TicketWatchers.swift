// Who of staff watches a ticket, kept in the directory where staff are; and which of them a mail goes to.
import Control
import Procedures
import Storage
import Wire

enum TicketWatchers {
    static func add(to table: inout ProcedureTable) {
        table.add(WatchTicket.self) { try await watch($0, $1, $2) }
    }

    private static func watch(_ asked: WatchTicket, _ call: Call, _ room: DataRoom) async throws -> WatchTicket.Answer {
        let (caller, audit, now, most) = (try call.signedIn(), call.audit, call.now, room.store.options.watchersPerTicket)
        return try await room.write(call, room.store.directory) { database in
            guard try database.int("SELECT 1 FROM ticket WHERE number = ?", asked.number) != nil else { throw Failure.notFound("ticket") }
            let done: Bool
            if asked.watch {
                guard try database.int("SELECT count(*) FROM ticket_watcher WHERE ticket = ? AND person <> ?", asked.number, caller.id) ?? 0 < most else {
                    throw Failure.conflict("\(most) people watch this ticket already.", hint: "Ask one of them to leave it to you.", code: "too-many-watchers")
                }
                done = try database.execute("INSERT OR IGNORE INTO ticket_watcher (ticket, person, since) VALUES (?, ?, ?)", asked.number, caller.id, now.milliseconds) == 1
            } else {
                done = try database.execute("DELETE FROM ticket_watcher WHERE ticket = ? AND person = ?", asked.number, caller.id) == 1
            }
            if done { try audit.note(asked.watch ? "watches a ticket" : "no longer watches a ticket", .ticket(asked.number), in: database) }
            var answer = WatchTicket.Answer()
            answer.watchers = try list(asked.number, in: database)
            answer.watching = asked.watch
            return answer
        }
    }

    /// Those who watch it, the longest first.
    static func list(_ ticket: Int, in directory: Database) throws -> [Assignee] {
        try directory.query("SELECT p.email, p.name FROM ticket_watcher w JOIN person p ON p.id = w.person WHERE w.ticket = ? ORDER BY w.since, p.email", ticket) { row in
            var one = Assignee()
            (one.email, one.name) = (row.text(0), row.text(1))
            return one
        }
    }
}

/// The people of staff who may be told of a ticket: those who answer tickets and may sign in.
struct TicketFollowers: Sendable {
    struct One: Sendable {
        var email: String
        var name: String
        var watches: Bool
    }
    var staff: [One]

    /// Read from the directory shortly before the transaction that writes the mails. Who watches a ticket that was merged into this one watches this.
    static func of(_ ticket: Int, _ room: DataRoom) async throws -> TicketFollowers {
        try await room.read(room.store.directory) { directory in
            let staff = try directory.query("""
                WITH RECURSIVE family (number) AS (SELECT ?1 UNION SELECT t.number FROM ticket t JOIN family f ON t.merged_into = f.number)
                SELECT email, name, id IN (SELECT person FROM ticket_watcher WHERE ticket IN family) FROM person
                WHERE role IN ('support', 'operations') AND suspended IS NULL ORDER BY email
                """, ticket) { One(email: $0.text(0), name: $0.text(1), watches: $0.bool(2)) }
            return TicketFollowers(staff: staff)
        }
    }

    /// Each once: whoever has the ticket and whoever watches it, but not the one who did what is told.
    func receivers(assignee: String?, but actor: String) -> [One] { staff.filter { ($0.watches || $0.email == assignee) && $0.email != actor } }
}
