// What staff search, in the directory: copies of the customers' texts with their index, brought up to them by the indexes of tickets
// and changes, in the same transaction.
import Storage

enum StaffWords {
    /// A message of a ticket that the directory does not have yet; row 0 is the ticket's own text.
    struct Message: Sendable {
        var row: Int64
        var body: String
    }

    /// How far the directory has a ticket's messages; nil when it has none.
    static func reached(_ ticket: Int, in directory: Database) throws -> Int64? {
        try directory.first("SELECT last FROM ticket_text WHERE row >= ?1 * 65536 AND row < (?1 + 1) * 65536 ORDER BY row DESC", ticket) { $0.int64(0) }
    }

    /// The messages of a ticket after a row, notes too.
    static func messages(of ticket: Int, after row: Int64?, in database: Database) throws -> [Message] {
        let own = row == nil ? try database.query("SELECT body FROM ticket WHERE number = ?", ticket) { Message(row: 0, body: $0.text(0)) } : []
        return own + (try database.query("SELECT row, body FROM reply WHERE ticket = ? AND row > ? ORDER BY row", ticket, row ?? 0) { Message(row: $0.int64(0), body: $0.text(1)) })
    }

    static func append(_ messages: [Message], to ticket: Int, title: String, about: String, of customer: String, in directory: Database) throws {
        let last = try directory.first("SELECT row, body FROM ticket_text WHERE row >= ?1 * 65536 AND row < (?1 + 1) * 65536 ORDER BY row DESC", ticket) { (row: $0.int(0), body: $0.text(1)) }
        var (row, body, isNew) = (last?.row ?? ticket * TicketWords.places, last?.body ?? "", last == nil)
        var reached: Int64?
        for message in messages {
            if body.utf8.count >= TicketWords.pieceBytes, row % TicketWords.places < TicketWords.places - 1 {
                // Nothing was added to the one that was full before.
                if let reached { try put(row, title, body, about, customer, last: reached, isNew: isNew, in: directory) }
                (row, body, isNew) = (row + 1, "", true)
            }
            body += (body.isEmpty ? "" : "\n") + message.body
            reached = message.row
        }
        if let reached { try put(row, title, body, about, customer, last: reached, isNew: isNew, in: directory) }
        if last == nil { try directory.execute("INSERT INTO ticket_titles (rowid, title) SELECT row / 65536, title FROM ticket_text WHERE row = ? * 65536", ticket) }
    }

    private static func put(_ row: Int, _ title: String, _ body: String, _ about: String, _ customer: String, last: Int64, isNew: Bool, in directory: Database) throws {
        if isNew {
            try directory.execute(
                "INSERT INTO ticket_text (row, title, body, about, scope, last) VALUES (?, ?, ?, ?, ?, ?)", row, title, body, about, customer, last)
        } else {
            try directory.execute("INSERT INTO ticket_words (ticket_words, rowid, title, body, about, scope) SELECT 'delete', row, title, body, about, scope FROM ticket_text WHERE row = ?", row)
            try directory.execute("UPDATE ticket_text SET body = ?, last = ? WHERE row = ?", body, last, row)
        }
        try directory.execute("INSERT INTO ticket_words (rowid, title, body, about, scope) SELECT row, title, body, about, scope FROM ticket_text WHERE row = ?", row)
    }

    /// A deleted ticket goes.
    static func remove(ticket: Int, in directory: Database) throws {
        try directory.execute("INSERT INTO ticket_titles (ticket_titles, rowid, title) SELECT 'delete', row / 65536, title FROM ticket_text WHERE row = ? * 65536", ticket)
        try directory.execute("""
            INSERT INTO ticket_words (ticket_words, rowid, title, body, about, scope) SELECT 'delete', row, title, body, about, scope FROM ticket_text
            WHERE row >= ?1 * 65536 AND row < (?1 + 1) * 65536
            """, ticket)
        try directory.execute("DELETE FROM ticket_text WHERE row >= ?1 * 65536 AND row < (?1 + 1) * 65536", ticket)
    }

    /// A change as it is now, in place of what was there.
    static func put(change number: Int, title: String, body: String, about: String, of customer: String, in directory: Database) throws {
        try ChangeWords.remove(number, in: directory)
        try directory.execute("""
            INSERT INTO change_text (row, title, body, about, scope) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (row) DO UPDATE SET title = excluded.title, body = excluded.body, about = excluded.about, scope = excluded.scope
            """, number, title, body, about, customer)
        try ChangeWords.add(number, in: directory)
    }

    /// Everything of a customer goes: another state of theirs is followed from the beginning.
    static func remove(customer: String, in directory: Database) throws {
        try directory.execute("INSERT INTO ticket_titles (ticket_titles, rowid, title) SELECT 'delete', row / 65536, title FROM ticket_text WHERE scope = ? AND row % 65536 = 0", customer)
        try directory.execute("INSERT INTO ticket_words (ticket_words, rowid, title, body, about, scope) SELECT 'delete', row, title, body, about, scope FROM ticket_text WHERE scope = ?", customer)
        try directory.execute("DELETE FROM ticket_text WHERE scope = ?", customer)
        try directory.execute("INSERT INTO change_words (change_words, rowid, title, body, about, scope) SELECT 'delete', row, title, body, about, scope FROM change_text WHERE scope = ?", customer)
        try directory.execute("DELETE FROM change_text WHERE scope = ?", customer)
    }
}
