// Moving things into the recycle bin of their database and back, in the caller's transaction: their rows leave their tables altogether, so
// that no list, count, search or export has to know of the bin.
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum RecycleBin {
    /// The rows of a thing in one table.
    struct Part: Sendable {
        let table: StaticString
        /// SQL of ours with `?1` for the key.
        let rows: StaticString
        /// Columns that name other things of the same sort: a row comes back only if all of them are there.
        var others: [String] = []
        /// Columns that hold a `row` of another part: it has another by then.
        var refers: [String: String] = [:]
    }

    /// A kind of thing: its own row first, then what refers to it, so that they can come back in this order. A test compares each with the schema.
    struct Plan: Sendable {
        let kind: BinKind
        let parts: [Part]

        static let ticket = Plan(kind: .ticket, parts: [
            Part(table: "ticket", rows: "number = ?1"),
            Part(table: "reply", rows: "ticket = ?1 ORDER BY row"),
            Part(table: "ticket_event", rows: "ticket = ?1 ORDER BY row"),
            Part(table: "ticket_merge", rows: "source = ?1 OR target = ?1 ORDER BY row", others: ["source", "target"]),
            Part(table: "ticket_link", rows: "ticket = ?1 OR other = ?1", others: ["ticket", "other"]),
            Part(table: "ticket_draft", rows: "ticket = ?1"),
            Part(table: "attachment", rows: "ticket = ?1 ORDER BY row"),
            Part(table: "attachment_piece", rows: "attachment IN (SELECT row FROM attachment WHERE ticket = ?1) ORDER BY row", refers: ["attachment": "attachment"]),
            Part(table: "ticket_rating", rows: "ticket = ?1"),
            Part(table: "rating_link", rows: "ticket = ?1"),
        ])
        static let post = Plan(kind: .post, parts: [
            Part(table: "post", rows: "number = ?1"),
            Part(table: "post_tag", rows: "post = ?1"),
            Part(table: "comment", rows: "post = ?1 ORDER BY row"),
            Part(table: "comment_flag", rows: "comment IN (SELECT row FROM comment WHERE post = ?1)", refers: ["comment": "comment"]),
        ])
        static let cannedReply = Plan(kind: .cannedReply, parts: [Part(table: "canned_reply", rows: "id = ?1")])
        static let ticketView = Plan(kind: .ticketView, parts: [Part(table: "ticket_view", rows: "id = ?1")])

        static func of(_ kind: BinKind) -> Plan {
            switch kind {
            case .ticket: .ticket
            case .post: .post
            case .cannedReply: .cannedReply
            case .ticketView: .ticketView
            }
        }
    }

    /// What is put in, besides its rows.
    struct Label: Sendable {
        var title: String
        var reason = ""
        var person = ""
        var by: String
        var life: Duration
    }

    /// Copies the rows into the bin and deletes the first of them, with which the others go.
    /// - Parameter revision: for tickets, the number this change carries.
    static func hold(_ plan: Plan, _ key: some Bindable & CustomStringConvertible, _ label: Label, revision: Int = 0, now: Timestamp, in database: Database) throws -> BinItem {
        var item = BinItem()
        (item.id, item.kind, item.key, item.title, item.reason, item.by) = (Identifier.make(), plan.kind, key.description, label.title, label.reason, label.by)
        (item.deleted, item.expires) = (now, Timestamp(milliseconds: now.milliseconds + label.life.milliseconds))
        try database.execute("""
            INSERT INTO bin_item (id, kind, key, title, reason, person, by_name, deleted, expires, state, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'held', ?)
            """, item.id, item.kind.rawValue, item.key, item.title, item.reason, label.person, item.by, now.milliseconds, item.expires.milliseconds, revision)
        let row = database.lastInsertedRow
        for part in plan.parts {
            var place = 0
            try database.eachBuilt("SELECT * FROM \(part.table) WHERE \(part.rows)", [key]) { found in
                for column in 0..<found.columns {
                    try database.execute(
                        "INSERT INTO bin_value (item, source, place, field, value) VALUES (?, ?, ?, ?, ?)", row, part.table.description, place, found.name(column), found.value(column))
                }
                place += 1
            }
        }
        guard let own = plan.parts.first else { return item }
        // From now on it is in the bin alone.
        try database.overwriting { try database.eachBuilt("DELETE FROM \(own.table) WHERE \(own.rows)", [key]) { _ in } }
        return item
    }

    /// Puts the rows back where they were. Columns that are there no longer are left out, those that have come since have their defaults;
    /// rows get new numbers, for theirs may be another's by now.
    static func bringBack(_ item: Int64, _ plan: Plan, in database: Database) throws {
        var numbers: [String: [StoredValue: Int64]] = [:]
        for part in plan.parts {
            let table = part.table.description
            let known = Set(try database.query("SELECT name FROM pragma_table_info(?)", table) { $0.text(0) })
            var names: [String] = [], values: [StoredValue] = [], former: StoredValue?, place = -1
            func insert() throws {
                guard !names.isEmpty else { return }
                for other in part.others {
                    guard let index = names.firstIndex(of: other), let own = plan.parts.first?.table else { continue }
                    guard try !database.queryBuilt("SELECT 1 FROM \(own) WHERE number = ?", [values[index]], row: { _ in true }).isEmpty else { return }
                }
                for (column, target) in part.refers {
                    guard let index = names.firstIndex(of: column), let new = numbers[target]?[values[index]] else { return }
                    values[index] = .integer(new)
                }
                let marks = names.map { _ in "?" }.joined(separator: ", ")
                try database.eachBuilt("INSERT INTO \(table) (\(names.map { "\"\($0)\"" }.joined(separator: ", "))) VALUES (\(marks))", values) { _ in }
                if let former { numbers[table, default: [:]][former] = database.lastInsertedRow }
            }
            try database.each("SELECT place, field, value FROM bin_value WHERE item = ? AND source = ? ORDER BY row", [item, table]) { row in
                if row.int(0) != place {
                    try insert()
                    (names, values, former, place) = ([], [], nil, row.int(0))
                }
                if row.text(1) == "row" {
                    former = row.value(2)
                } else if known.contains(row.text(1)) {
                    names.append(row.text(1))
                    values.append(row.value(2))
                }
                return true
            }
            try insert()
        }
        try database.execute("DELETE FROM bin_value WHERE item = ?", item)
    }

    /// Empties an item for good: what it was is overwritten too, but for single words an index of searching may hold until it is next merged. What remains says that somebody deleted something, and when.
    static func forget(_ item: Int64, revision: Int = 0, in database: Database) throws {
        try database.overwriting {
            try database.execute("DELETE FROM bin_value WHERE item = ?", item)
            try database.execute("UPDATE bin_item SET state = 'gone', title = '', reason = '', person = '', revision = ? WHERE row = ?", revision, item)
        }
    }

    /// An item and its row, while it can be brought back.
    static func find(_ id: String, in database: Database) throws -> (row: Int64, person: String, item: BinItem)? {
        try database.first("SELECT id, kind, key, title, reason, by_name, deleted, expires, row, person FROM bin_item WHERE id = ? AND state = 'held'", id) { ($0.int64(8), $0.text(9), item($0)) }
    }

    /// The newest item of a kind that was known by this, and whose it was.
    static func held(_ kind: BinKind, _ key: String, in database: Database) throws -> (item: BinItem, person: String)? {
        try database.first("""
            SELECT id, kind, key, title, reason, by_name, deleted, expires, person FROM bin_item WHERE kind = ? AND key = ? AND state = 'held' ORDER BY row DESC LIMIT 1
            """, kind.rawValue, key) { (item($0), $0.text(8)) }
    }

    /// Of the first eight columns: id, kind, key, title, reason, by_name, deleted, expires.
    static func item(_ row: Row) -> BinItem {
        var item = BinItem()
        (item.id, item.kind, item.key, item.title) = (row.text(0), BinKind(rawValue: row.text(1)) ?? .ticket, row.text(2), row.text(3))
        (item.reason, item.by) = (row.text(4), row.text(5))
        (item.deleted, item.expires) = (Timestamp(milliseconds: row.int64(6)), Timestamp(milliseconds: row.int64(7)))
        return item
    }
}

extension Failure {
    /// What somebody looks for was deleted, and can still be brought back. Who did it is for staff.
    static func deleted(_ item: BinItem, what: StaticString, in zone: String, forStaff: Bool) -> Failure {
        let day = LocalTime.reading(item.deleted, in: zone).day.iso8601, until = LocalTime.reading(item.expires, in: zone).day.iso8601
        let why = item.reason.isEmpty ? "" : " \(item.reason)"
        return Failure(
            whose: .client, retry: .never, status: 404, code: "deleted", reason: "\(forStaff ? item.by : "Support") deleted this \(what) on \(day).\(why)",
            hint: forStaff ? "Until \(until) the recycle bin can bring it back." : "If that was a mistake, tell support before \(until): until then they can bring it back.")
    }
}
