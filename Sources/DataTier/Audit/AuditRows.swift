// Entries of an audit log as a list, newest first, by any filter, never looking through more than a bounded number of them.
import Digests
import Procedures
import Storage
import Wire

/// What a list of entries is narrowed to.
struct AuditFilter: Sendable {
    var actor: String?
    var what: String?
    var object: String?
    /// Lower case; all must stand in the detail.
    var words: [String] = []
    var from: Timestamp?
    /// Before this moment.
    var until: Timestamp?
}

enum AuditRows {
    /// Entries one page may look through when the index alone does not decide.
    static let looked = 5000

    /// A page of entries before a row, and the row to go on before; nil when the log's beginning was reached.
    static func list(_ filter: AuditFilter, before: Int, limit: Int, in database: Database) throws -> (items: [AuditEntry], next: Int?) {
        let last = try database.int("SELECT max(row) FROM audit") ?? 0
        let low = try filter.from.map { try first(at: $0, last: last, in: database) } ?? 1
        let high = min(before, try filter.until.map { try first(at: $0, last: last, in: database) } ?? last + 1)
        var items: [AuditEntry] = [], seen = 0, end: Int?
        let take: (Row) throws -> Bool = { row in
            seen += 1
            if matches(row, filter) {
                if items.count == limit {
                    end = items.last?.row
                    return false
                }
                items.append(try entry(row))
            }
            guard seen < looked else {
                end = row.int(0)
                return false
            }
            return true
        }
        // The rarest filter walks its index; the others are compared on the way.
        if let object = filter.object {
            try database.each("""
                SELECT row, at, actor, what, object, request, detail, hash, erased FROM audit
                WHERE object = ? AND object <> '' AND row < ? AND row >= ? ORDER BY row DESC
                """, [object, high, low], take)
        } else if let actor = filter.actor {
            try database.each("""
                SELECT row, at, actor, what, object, request, detail, hash, erased FROM audit
                WHERE actor = ? AND row < ? AND row >= ? ORDER BY row DESC
                """, [actor, high, low], take)
        } else if let what = filter.what {
            try database.each("""
                SELECT row, at, actor, what, object, request, detail, hash, erased FROM audit
                WHERE what = ? AND row < ? AND row >= ? ORDER BY row DESC
                """, [what, high, low], take)
        } else {
            try database.each("""
                SELECT row, at, actor, what, object, request, detail, hash, erased FROM audit
                WHERE row < ? AND row >= ? ORDER BY row DESC
                """, [high, low], take)
        }
        return (items, end)
    }

    private static func matches(_ row: Row, _ filter: AuditFilter) -> Bool {
        if let actor = filter.actor, row.text(2) != actor { return false }
        if let what = filter.what, row.text(3) != what { return false }
        guard !filter.words.isEmpty else { return true }
        let text = (row.text(3) + " " + row.text(4) + " " + row.text(6)).lowercased()
        return filter.words.allSatisfy { text.contains($0) }
    }

    private static func entry(_ row: Row) throws -> AuditEntry {
        var entry = AuditEntry()
        entry.row = row.int(0)
        entry.at = Timestamp(milliseconds: row.int64(1))
        entry.actor = row.text(2)
        entry.what = row.text(3)
        entry.object = row.text(4)
        entry.request = row.optionalText(5)
        entry.erased = row.optionalInt(8) != nil
        entry.hash = Hex.encode(row.bytes(7))
        if let text = row.optionalText(6), let json = try? JSON.parse(Array(text.utf8)) {
            entry.who = json["who"]?.string ?? ""
            entry.detail = json["text"]?.string ?? ""
            entry.changes = (json["changes"]?.array ?? []).map { item in
                var change = AuditChange()
                change.field = item["field"]?.string ?? ""
                change.before = item["before"]?.string
                change.after = item["after"]?.string
                return change
            }
        }
        return entry
    }

    /// The first row of a moment, by halving: rows stand in the order they were written, so times need no index of their own
    /// (a clock that was set back makes it inexact by as much).
    private static func first(at time: Timestamp, last: Int, in database: Database) throws -> Int {
        var low = 1, high = last + 1
        while low < high {
            let middle = low + (high - low) / 2
            let at = try database.first("SELECT at FROM audit WHERE row = ?", middle) { $0.int64(0) } ?? .max
            if at < time.milliseconds { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// What was ever done, by jumps through the index.
    static func kinds(in database: Database) throws -> [String] {
        try database.query("""
            WITH RECURSIVE k (what) AS (
                SELECT min(what) FROM audit
                UNION ALL
                SELECT (SELECT min(what) FROM audit WHERE what > k.what) FROM k WHERE k.what IS NOT NULL)
            SELECT what FROM k WHERE what IS NOT NULL LIMIT 200
            """) { $0.text(0) }
    }
}
