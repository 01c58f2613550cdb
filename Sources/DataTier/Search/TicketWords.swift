// The full-text index of a customer's tickets, kept in the transaction of what it indexes.
import Storage

enum TicketWords {
    /// A piece that has so many bytes gets no further reply.
    static let pieceBytes = 8192
    /// Places of pieces within a ticket.
    static let places = 65536
    /// The end of a ticket's last piece.
    static let open = Int64.max

    /// Brings a ticket in as it stands now; one that is there already must be taken out before.
    static func add(_ ticket: Int, in database: Database) throws {
        guard let text = try database.int("SELECT length(CAST(body AS BLOB)) FROM ticket WHERE number = ?", ticket) else { return }
        let replies = try database.query(
            "SELECT row, length(CAST(body AS BLOB)) FROM reply WHERE ticket = ? AND internal = 0 ORDER BY row", ticket) { (row: $0.int64(0), bytes: $0.int(1)) }
        var pieces = [(first: Int64(0), last: open, bytes: text)]
        for reply in replies {
            if pieces[pieces.count - 1].bytes >= pieceBytes, pieces.count < places {
                pieces[pieces.count - 1].last = reply.row - 1
                pieces.append((reply.row, open, 0))
            }
            pieces[pieces.count - 1].bytes += reply.bytes
        }
        for (place, piece) in pieces.enumerated() {
            try database.execute(
                "INSERT INTO ticket_piece (row, ticket, first, last, bytes) VALUES (?, ?, ?, ?, ?)", ticket * places + place, ticket, piece.first, piece.last, piece.bytes)
            try index(ticket * places + place, in: database)
        }
        try database.execute("INSERT INTO ticket_titles (rowid, title) SELECT row, title FROM ticket_title WHERE row = ?", ticket)
    }

    /// Takes a ticket out, as it stands now: before anything of its texts or names is changed or removed.
    static func remove(_ ticket: Int, in database: Database) throws {
        try database.execute("INSERT INTO ticket_titles (ticket_titles, rowid, title) SELECT 'delete', row, title FROM ticket_title WHERE row = ?", ticket)
        for row in try database.query("SELECT row FROM ticket_piece WHERE ticket = ?", ticket, row: { $0.int(0) }) { try unindex(row, in: database) }
        try database.execute("DELETE FROM ticket_piece WHERE ticket = ?", ticket)
    }

    /// Adds a reply that everybody may read. `insert` writes its row, and no other after it.
    static func reply(to ticket: Int, _ text: String, in database: Database, insert: () throws -> Void) throws {
        guard let last = try database.first("SELECT row, bytes FROM ticket_piece WHERE ticket = ? ORDER BY row DESC", ticket, row: { (row: $0.int(0), bytes: $0.int(1)) }) else {
            // Not yet brought in: now, with all that is there.
            try insert()
            return try add(ticket, in: database)
        }
        if last.bytes >= pieceBytes, last.row % places < places - 1 {
            try insert()
            let reply = database.lastInsertedRow
            try database.execute("UPDATE ticket_piece SET last = ? WHERE row = ?", reply - 1, last.row)
            try database.execute("INSERT INTO ticket_piece (row, ticket, first, last, bytes) VALUES (?, ?, ?, ?, ?)", last.row + 1, ticket, reply, open, text.utf8.count)
            try index(last.row + 1, in: database)
        } else {
            try unindex(last.row, in: database)
            try insert()
            try database.execute("UPDATE ticket_piece SET bytes = bytes + ? WHERE row = ?", text.utf8.count, last.row)
            try index(last.row, in: database)
        }
    }

    private static func index(_ row: Int, in database: Database) throws {
        try database.execute("INSERT INTO ticket_words (rowid, title, body, about, scope) SELECT row, title, body, about, scope FROM ticket_text WHERE row = ?", row)
    }

    /// The index forgets exactly the words it is told: the text must be as it was when it was brought in.
    private static func unindex(_ row: Int, in database: Database) throws {
        try database.execute(
            "INSERT INTO ticket_words (ticket_words, rowid, title, body, about, scope) SELECT 'delete', row, title, body, about, scope FROM ticket_text WHERE row = ?", row)
    }
}
