// Rows of tickets as answers: from a customer's own database, and from the directory's index for staff.
import Procedures
import Storage
import Wire

enum TicketRows {
    /// Characters of the body that a list shows and the index keeps.
    static let excerpt = 200

    /// A list's row of a customer's own database, in the order of the SELECTs of `TicketFamily`.
    static func own(_ row: Row, _ customer: CustomerEntry) -> Ticket {
        var ticket = common(row)
        ticket.customer = customer.name
        ticket.customerDisplayName = customer.displayName
        return ticket
    }

    /// A list's row of the index, with the customer's names in the last two columns.
    static func indexed(_ row: Row) -> Ticket {
        var ticket = common(row)
        ticket.customer = row.text(9)
        ticket.customerDisplayName = row.text(10)
        return ticket
    }

    private static func common(_ row: Row) -> Ticket {
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
        return ticket
    }

    /// One ticket of a customer's database, whole; nil when there is none, or when it is not `person`'s own.
    static func find(_ number: Int, of customer: CustomerEntry, ownedBy person: String?, in database: Database) throws -> Ticket? {
        try database.first("""
            SELECT number, title, body, state, priority, opened_by, opened, updated, replies FROM ticket
            WHERE number = ? AND (? IS NULL OR person = ?)
            """, number, person, person) { own($0, customer) }
    }

    static func replies(to number: Int, in database: Database) throws -> [Reply] {
        try database.query("SELECT id, author, by_staff, body, written FROM reply WHERE ticket = ? ORDER BY row LIMIT 1000", number) { row in
            var reply = Reply()
            reply.id = row.text(0)
            reply.author = row.text(1)
            reply.byStaff = row.bool(2)
            reply.body = row.text(3)
            reply.written = Timestamp(milliseconds: row.int64(4))
            return reply
        }
    }

    /// The number the next change of a ticket carries; the index of the directory follows by it.
    static func nextRevision(in database: Database) throws -> Int {
        (try database.int("SELECT max(revision) FROM ticket") ?? 0) + 1
    }

    // The search is by instr, not LIKE: SQLite prepares a statement anew whenever the pattern of a LIKE is bound.

    /// Newest tickets of a customer before a number. `owner` nil: everybody's.
    static func list(_ customer: CustomerEntry, state: TicketState?, owner: String?, search: String, before: Int, limit: Int, in database: Database) throws -> [Ticket] {
        let pattern = search.lowercased()
        let row: (Row) -> Ticket = { own($0, customer) }
        switch (state, owner) {
        case (nil, nil):
            return try database.query("""
                SELECT number, title, substr(body, 1, 200), state, priority, opened_by, opened, updated, replies FROM ticket
                WHERE number < ? AND instr(title_key, ?) > 0 ORDER BY number DESC LIMIT ?
                """, before, pattern, limit, row: row)
        case (let state?, nil):
            return try database.query("""
                SELECT number, title, substr(body, 1, 200), state, priority, opened_by, opened, updated, replies FROM ticket
                WHERE state = ? AND number < ? AND instr(title_key, ?) > 0 ORDER BY number DESC LIMIT ?
                """, state.rawValue, before, pattern, limit, row: row)
        case (let state, let owner?):
            return try database.query("""
                SELECT number, title, substr(body, 1, 200), state, priority, opened_by, opened, updated, replies FROM ticket
                WHERE person = ? AND number < ? AND (? IS NULL OR state = ?) AND instr(title_key, ?) > 0 ORDER BY number DESC LIMIT ?
                """, owner, before, state?.rawValue, state?.rawValue, pattern, limit, row: row)
        }
    }

    /// The same from the index, over all customers or one.
    static func listIndex(customer: String?, state: TicketState?, search: String, before: Int, limit: Int, in database: Database) throws -> [Ticket] {
        let pattern = search.lowercased()
        switch (customer, state) {
        case (nil, nil):
            return try database.query("""
                SELECT t.number, t.title, t.body, t.state, t.priority, t.opened_by, t.opened, t.updated, t.replies, t.customer, c.display_name
                FROM ticket t JOIN customer c ON c.name = t.customer
                WHERE t.number < ? AND instr(t.title_key, ?) > 0 ORDER BY t.number DESC LIMIT ?
                """, before, pattern, limit, row: indexed)
        case (nil, let state?):
            return try database.query("""
                SELECT t.number, t.title, t.body, t.state, t.priority, t.opened_by, t.opened, t.updated, t.replies, t.customer, c.display_name
                FROM ticket t JOIN customer c ON c.name = t.customer
                WHERE t.state = ? AND t.number < ? AND instr(t.title_key, ?) > 0 ORDER BY t.number DESC LIMIT ?
                """, state.rawValue, before, pattern, limit, row: indexed)
        case (let customer?, let state):
            return try database.query("""
                SELECT t.number, t.title, t.body, t.state, t.priority, t.opened_by, t.opened, t.updated, t.replies, t.customer, c.display_name
                FROM ticket t JOIN customer c ON c.name = t.customer
                WHERE t.customer = ? AND t.number < ? AND (? IS NULL OR t.state = ?) AND instr(t.title_key, ?) > 0 ORDER BY t.number DESC LIMIT ?
                """, customer, before, state?.rawValue, state?.rawValue, pattern, limit, row: indexed)
        }
    }

    /// How many tickets are in each state, each counted up to 1000; the tables are alike enough for both databases.
    static func counts(owner: String?, customer: String?, in database: Database) throws -> (open: Int, answered: Int, closed: Int) {
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
