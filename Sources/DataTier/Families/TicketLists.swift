// Lists of tickets, newest first or by what is due, from a customer's database and from the directory's index.
//
// The searches are by instr, not LIKE: SQLite prepares a statement anew whenever the pattern of a LIKE is bound. Each statement begins with
// the one condition an index serves; the further ones sift what that finds, which a list by due time keeps to active tickets.
import Procedures
import Storage
import SupportCentre
import Wire

/// What a list is asked for, checked.
struct TicketQuery: Sendable {
    var state: TicketState?
    var search: String
    var priority: TicketPriority?
    var category: String?
    /// An e-mail; empty for tickets that are nobody's.
    var assignee: String?
    var tag: String?
    var limit: Int
    var order: TicketOrder
    /// Where to go on: the number of the last ticket, and in the order of due times its time.
    var after: (due: Int64, number: Int)?

    /// In the order of due times the cursor is `DUE.NUMBER`.
    init(_ asked: ListTickets, _ caller: Caller) throws {
        let page = try PageCut(asked.page)
        state = asked.state
        search = FieldCheck.trimmed(String(asked.search.prefix(100))).lowercased()
        priority = asked.priority
        category = asked.category
        if caller.isStaff {
            assignee = switch asked.assignee {
            case "me": caller.email
            case "none": ""
            case let other: other?.lowercased()
            }
            tag = asked.tag.map { " \($0.lowercased()) " }
        }
        limit = page.limit + 1
        order = asked.order ?? (caller.isStaff && asked.customer == nil && asked.state?.rule.isActive ?? true ? .due : .newest)
        if order == .newest {
            if page.after != nil { after = (0, try page.number(or: 0)) }
        } else if let text = page.after {
            let parts = text.split(separator: ".")
            guard parts.count == 2, let due = Int64(parts[0]), let number = Int(parts[1]) else { throw PageCut.wrongCursor }
            after = (due, number)
        }
    }
}

extension TicketRows {
    typealias Listed = (ticket: Ticket, due: Int64)

    /// Newest tickets of a customer. `owner` nil: everybody's.
    static func newest(_ query: TicketQuery, _ customer: CustomerEntry, owner: String?, _ reader: Reader, in database: Database) throws -> [Listed] {
        let before = query.after?.number ?? .max, row: (Row) -> Listed = { (own($0, customer, reader), $0.int64(26)) }
        switch (query.state, owner) {
        case (let state, let owner?):
            return try database.query("""
                SELECT * FROM ticket_row WHERE person = ?1 AND number < ?2 AND (?3 IS NULL OR state = ?3) AND instr(title_key, ?4) > 0
                    AND (?5 IS NULL OR priority = ?5) AND (?6 IS NULL OR category = ?6) ORDER BY number DESC LIMIT ?7
                """, owner, before, state?.rawValue, query.search, query.priority?.rawValue, query.category, query.limit, row: row)
        case (let state?, nil):
            return try database.query("""
                SELECT * FROM ticket_row WHERE state = ?1 AND number < ?2 AND instr(title_key, ?3) > 0
                    AND (?4 IS NULL OR priority = ?4) AND (?5 IS NULL OR category = ?5) ORDER BY number DESC LIMIT ?6
                """, state.rawValue, before, query.search, query.priority?.rawValue, query.category, query.limit, row: row)
        case (nil, nil):
            return try database.query("""
                SELECT * FROM ticket_row WHERE number < ?1 AND instr(title_key, ?2) > 0
                    AND (?3 IS NULL OR priority = ?3) AND (?4 IS NULL OR category = ?4) ORDER BY number DESC LIMIT ?5
                """, before, query.search, query.priority?.rawValue, query.category, query.limit, row: row)
        }
    }

    /// Active tickets of a customer by what is due first.
    static func due(_ query: TicketQuery, _ customer: CustomerEntry, owner: String?, _ reader: Reader, in database: Database) throws -> [Listed] {
        let after = query.after ?? (.min, 0)
        return try database.query("""
            SELECT * FROM ticket_row WHERE active = 1 AND (due, number) > (?1, ?2) AND (?3 IS NULL OR person = ?3) AND (?4 IS NULL OR state = ?4)
                AND instr(title_key, ?5) > 0 AND (?6 IS NULL OR priority = ?6) AND (?7 IS NULL OR category = ?7) ORDER BY due, number LIMIT ?8
            """, after.due, after.number, owner, query.state?.rawValue, query.search, query.priority?.rawValue, query.category, query.limit) { (own($0, customer, reader), $0.int64(26)) }
    }

    /// The newest of the index, over all customers or one.
    static func newestIndexed(_ query: TicketQuery, customer: String?, _ reader: Reader, in database: Database) throws -> [Listed] {
        let before = query.after?.number ?? .max, row: (Row) -> Listed = { (indexed($0, reader), $0.int64(26)) }
        let (state, priority) = (query.state?.rawValue, query.priority?.rawValue)
        switch (customer, query.state) {
        case (let customer?, _):
            return try database.query("""
                SELECT * FROM ticket_row WHERE customer = ?1 AND number < ?2 AND (?3 IS NULL OR state = ?3) AND instr(title_key, ?4) > 0
                    AND (?5 IS NULL OR priority = ?5) AND (?6 IS NULL OR category = ?6) AND (?7 IS NULL OR coalesce(assignee, '') = ?7) AND (?8 IS NULL OR instr(tags, ?8) > 0)
                ORDER BY number DESC LIMIT ?9
                """, customer, before, state, query.search, priority, query.category, query.assignee, query.tag, query.limit, row: row)
        case (nil, _?):
            return try database.query("""
                SELECT * FROM ticket_row WHERE state = ?1 AND number < ?2 AND instr(title_key, ?3) > 0
                    AND (?4 IS NULL OR priority = ?4) AND (?5 IS NULL OR category = ?5) AND (?6 IS NULL OR coalesce(assignee, '') = ?6) AND (?7 IS NULL OR instr(tags, ?7) > 0)
                ORDER BY number DESC LIMIT ?8
                """, state, before, query.search, priority, query.category, query.assignee, query.tag, query.limit, row: row)
        case (nil, nil):
            return try database.query("""
                SELECT * FROM ticket_row WHERE number < ?1 AND instr(title_key, ?2) > 0
                    AND (?3 IS NULL OR priority = ?3) AND (?4 IS NULL OR category = ?4) AND (?5 IS NULL OR coalesce(assignee, '') = ?5) AND (?6 IS NULL OR instr(tags, ?6) > 0)
                ORDER BY number DESC LIMIT ?7
                """, before, query.search, priority, query.category, query.assignee, query.tag, query.limit, row: row)
        }
    }

    /// The queue: active tickets by what is due first.
    static func dueIndexed(_ query: TicketQuery, customer: String?, _ reader: Reader, in database: Database) throws -> [Listed] {
        let after = query.after ?? (.min, 0), row: (Row) -> Listed = { (indexed($0, reader), $0.int64(26)) }
        let (state, priority) = (query.state?.rawValue, query.priority?.rawValue)
        if let customer {
            return try database.query("""
                SELECT * FROM ticket_row WHERE customer = ?1 AND active = 1 AND (due, number) > (?2, ?3) AND (?4 IS NULL OR state = ?4) AND instr(title_key, ?5) > 0
                    AND (?6 IS NULL OR priority = ?6) AND (?7 IS NULL OR category = ?7) AND (?8 IS NULL OR coalesce(assignee, '') = ?8) AND (?9 IS NULL OR instr(tags, ?9) > 0)
                ORDER BY due, number LIMIT ?10
                """, customer, after.due, after.number, state, query.search, priority, query.category, query.assignee, query.tag, query.limit, row: row)
        }
        if let assignee = query.assignee, !assignee.isEmpty {
            return try database.query("""
                SELECT * FROM ticket_row WHERE assignee = ?1 AND active = 1 AND (due, number) > (?2, ?3) AND (?4 IS NULL OR state = ?4) AND instr(title_key, ?5) > 0
                    AND (?6 IS NULL OR priority = ?6) AND (?7 IS NULL OR category = ?7) AND (?8 IS NULL OR instr(tags, ?8) > 0)
                ORDER BY due, number LIMIT ?9
                """, assignee, after.due, after.number, state, query.search, priority, query.category, query.tag, query.limit, row: row)
        }
        if let state {
            return try database.query("""
                SELECT * FROM ticket_row WHERE state = ?1 AND active = 1 AND (due, number) > (?2, ?3) AND instr(title_key, ?4) > 0
                    AND (?5 IS NULL OR priority = ?5) AND (?6 IS NULL OR category = ?6) AND (?7 IS NULL OR coalesce(assignee, '') = ?7) AND (?8 IS NULL OR instr(tags, ?8) > 0)
                ORDER BY due, number LIMIT ?9
                """, state, after.due, after.number, query.search, priority, query.category, query.assignee, query.tag, query.limit, row: row)
        }
        return try database.query("""
            SELECT * FROM ticket_row WHERE active = 1 AND (due, number) > (?1, ?2) AND instr(title_key, ?3) > 0
                AND (?4 IS NULL OR priority = ?4) AND (?5 IS NULL OR category = ?5) AND (?6 IS NULL OR coalesce(assignee, '') = ?6) AND (?7 IS NULL OR instr(tags, ?7) > 0)
            ORDER BY due, number LIMIT ?8
            """, after.due, after.number, query.search, priority, query.category, query.assignee, query.tag, query.limit, row: row)
    }

    /// Further figures beside the tabs of a list, each counted up to 100; a person's own only where `owner` says so.
    static func waiting(owner: String?, customer: String?, isIndex: Bool, in database: Database) throws -> (waiting: Int, resolved: Int) {
        try database.unchanged("waiting \(owner ?? "") \(customer ?? "")") { try waitingAnew(owner: owner, customer: customer, isIndex: isIndex, in: database) }
    }

    private static func waitingAnew(owner: String?, customer: String?, isIndex: Bool, in database: Database) throws -> (waiting: Int, resolved: Int) {
        let row: (Row) -> (Int, Int) = { ($0.int(0), $0.int(1)) }
        let found: (Int, Int)?
        if isIndex {
            found = try database.first("""
                SELECT (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE state IN ('pending', 'on-hold') AND (?1 IS NULL OR customer = ?1) LIMIT 100)),
                    (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE state = 'resolved' AND (?1 IS NULL OR customer = ?1) LIMIT 100))
                """, customer, row: row)
        } else {
            found = try database.first("""
                SELECT (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE state IN ('pending', 'on-hold') AND (?1 IS NULL OR person = ?1) LIMIT 100)),
                    (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE state = 'resolved' AND (?1 IS NULL OR person = ?1) LIMIT 100))
                """, owner, row: row)
        }
        return found.map { ($0.0, $0.1) } ?? (0, 0)
    }

    /// For staff: active tickets that are the caller's, and nobody's, each counted up to 100.
    static func ownership(_ email: String, in database: Database) throws -> (mine: Int, unassigned: Int) {
        try database.unchanged("ownership \(email)") {
            try database.first("""
                SELECT (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE assignee = ?1 AND active = 1 LIMIT 100)),
                    (SELECT count(*) FROM (SELECT 1 FROM ticket WHERE assignee IS NULL AND active = 1 LIMIT 100))
                """, email) { ($0.int(0), $0.int(1)) } ?? (0, 0)
        }
    }
}
