// Rows of tickets as answers: from a customer's own database, and from the directory's index for staff.
import Procedures
import Storage
import SupportCentre
import Wire

enum TicketRows {
    /// Characters of the body that a list shows and the index keeps.
    static let excerpt = 200
    /// Sorts behind everything that is due.
    static let neverDue: Int64 = 9_007_199_254_740_991

    /// Who reads, and when: customers' people see neither tags nor the address of an assignee.
    struct Reader: Sendable {
        var isStaff: Bool
        var now: Timestamp
    }

    /// A row of `ticket_row`, whose first 27 columns both databases have alike.
    static func ticket(_ row: Row, _ reader: Reader) -> Ticket {
        var ticket = Ticket()
        ticket.number = row.int(0)
        ticket.title = row.text(1)
        ticket.body = row.text(2)
        ticket.state = TicketState(rawValue: row.text(3)) ?? .open
        ticket.priority = TicketPriority(rawValue: row.text(4)) ?? .normal
        ticket.openedBy = row.text(5)
        ticket.opened = Timestamp(milliseconds: row.int64(6))
        ticket.updated = Timestamp(milliseconds: row.int64(7))
        ticket.replies = row.int(8)
        ticket.category = row.text(9)
        ticket.assigneeName = row.text(11)
        if reader.isStaff {
            ticket.assignee = row.optionalText(10)
            ticket.tags = row.text(12).split(separator: " ").map(String.init)
        }
        ticket.until = row.optionalInt64(13).map(Timestamp.init(milliseconds:))
        ticket.reason = row.text(14)
        ticket.stateSince = Timestamp(milliseconds: row.int64(15))
        ticket.version = row.int(16)
        ticket.mergedInto = row.optionalInt(17)
        ticket.response = clock(row, from: 18, reader.now)
        ticket.resolution = clock(row, from: 22, reader.now)
        return ticket
    }

    private static func clock(_ row: Row, from column: Int32, _ now: Timestamp) -> ClockFacts {
        var clock = ClockFacts()
        clock.phase = ClockFacts.Phase(rawValue: row.text(column)) ?? .ended
        clock.due = row.optionalInt64(column + 1).map(Timestamp.init(milliseconds:))
        clock.met = row.optionalInt64(column + 2).map(Timestamp.init(milliseconds:))
        clock.left = row.optionalInt(column + 3)
        if let due = clock.due, clock.phase != .ended { clock.late = (clock.met ?? now) > due }
        return clock
    }

    static func own(_ row: Row, _ customer: CustomerEntry, _ reader: Reader) -> Ticket {
        var ticket = ticket(row, reader)
        ticket.customer = customer.name
        ticket.customerDisplayName = customer.displayName
        return ticket
    }

    /// A row of the index, with the customer's names behind the others.
    static func indexed(_ row: Row, _ reader: Reader) -> Ticket {
        var ticket = ticket(row, reader)
        ticket.customer = row.text(29)
        ticket.customerDisplayName = row.text(30)
        return ticket
    }

    /// One ticket of a customer's database, whole; nil when there is none, or when it is not `person`'s own.
    static func find(_ number: Int, of customer: CustomerEntry, ownedBy person: String?, _ reader: Reader, in database: Database) throws -> Ticket? {
        guard var ticket = try database.first("SELECT * FROM ticket_row WHERE number = ? AND (? IS NULL OR person = ?)", number, person, person, row: { own($0, customer, reader) }) else { return nil }
        ticket.body = try database.first("SELECT body FROM ticket WHERE number = ?", number, row: { $0.text(0) }) ?? ""
        return ticket
    }

    /// The conversation of a ticket and of those merged into it, oldest first; notes among staff only for staff.
    static func replies(to number: Int, forStaff: Bool, in database: Database) throws -> [Reply] {
        var found = try database.query("""
            WITH RECURSIVE family (number) AS (SELECT ?1 UNION SELECT t.number FROM ticket t JOIN family f ON t.merged_into = f.number)
            SELECT id, author, by_staff, body, written, internal, ticket FROM reply WHERE ticket IN family AND (internal = 0 OR ?2) ORDER BY written, row LIMIT 1000
            """, number, forStaff) { row in
            var reply = Reply()
            reply.id = row.text(0)
            reply.author = row.text(1)
            reply.byStaff = row.bool(2)
            reply.body = row.text(3)
            reply.written = Timestamp(milliseconds: row.int64(4))
            reply.internal = row.bool(5)
            if row.int(6) != number { reply.ticket = row.int(6) }
            return reply
        }
        let merged = try database.query("""
            WITH RECURSIVE family (number) AS (SELECT ?1 UNION SELECT t.number FROM ticket t JOIN family f ON t.merged_into = f.number)
            SELECT number, opened_by, body, opened FROM ticket WHERE number IN family AND number <> ?1
            """, number) { row in
            var reply = Reply()
            (reply.id, reply.ticket) = ("t-\(row.int(0))", row.int(0))
            (reply.author, reply.body, reply.written) = (row.text(1), row.text(2), Timestamp(milliseconds: row.int64(3)))
            return reply
        }
        guard !merged.isEmpty else { return found }
        // Sorting is stable here only by the place it had: replies of one moment keep their order.
        found = (merged + found).enumerated().sorted { ($0.element.written, $0.offset) < ($1.element.written, $1.offset) }.map(\.element)
        return found
    }

    /// The number the next change of a ticket carries; the index of the directory follows by it.
    static func nextRevision(in database: Database) throws -> Int {
        // Deleted tickets are counted too: a number they had must not come again.
        (try database.int("SELECT max((SELECT coalesce(max(revision), 0) FROM ticket), (SELECT coalesce(max(revision), 0) FROM bin_item))") ?? 0) + 1
    }

    /// How many tickets are in each state, each counted up to 1000; the tables are alike enough for both databases.
    static func counts(owner: String?, customer: String?, in database: Database) throws -> (open: Int, answered: Int, closed: Int) {
        try database.unchanged("tickets \(owner ?? "") \(customer ?? "")") { try countedAnew(owner: owner, customer: customer, in: database) }
    }

    private static func countedAnew(owner: String?, customer: String?, in database: Database) throws -> (open: Int, answered: Int, closed: Int) {
        let row: (Row) -> (Int, Int, Int) = { ($0.int(0), $0.int(1), $0.int(2)) }
        let found: (Int, Int, Int)?
        if let owner {
            found = try database.first("""
                SELECT (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE person = ?1 AND state = 'open' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE person = ?1 AND state = 'answered' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE person = ?1 AND state = 'closed' LIMIT 1000))
                """, owner, row: row)
        } else if let customer {
            found = try database.first("""
                SELECT (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE customer = ?1 AND state = 'open' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE customer = ?1 AND state = 'answered' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE customer = ?1 AND state = 'closed' LIMIT 1000))
                """, customer, row: row)
        } else {
            found = try database.first("""
                SELECT (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE state = 'open' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE state = 'answered' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE state = 'closed' LIMIT 1000))
                """, row: row)
        }
        return found.map { ($0.0, $0.1, $0.2) } ?? (0, 0, 0)
    }
}
