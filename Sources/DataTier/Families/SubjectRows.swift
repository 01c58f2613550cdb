// Rows of subjects, their search words and their pages.
import Procedures
import Storage
import Wire

enum SubjectRows {
    private static func subject(_ row: Row) -> Subject {
        var subject = Subject()
        subject.id = row.text(0)
        subject.reference = row.text(1)
        subject.name = row.text(2)
        subject.sex = Procedures.Sex(rawValue: row.text(3)) ?? .unknown
        subject.born = row.optionalInt(4).map(CalendarDate.init(daysSince1970:))
        subject.group = row.optionalText(5)
        subject.created = Timestamp(milliseconds: row.int64(6))
        subject.lastAssessed = row.optionalInt64(7).map(Timestamp.init(milliseconds:))
        return subject
    }

    /// For the audit: what differs.
    static func changes(from before: Subject, to after: Subject) -> AuditChanges {
        var changes = AuditChanges()
        changes.add("reference", before.reference, after.reference)
        changes.add("name", before.name, after.name)
        changes.add("sex", before.sex.rawValue, after.sex.rawValue)
        changes.add("born", before.born?.iso8601, after.born?.iso8601)
        changes.add("group", before.group, after.group)
        return changes
    }

    static func find(_ id: String, in database: Database) throws -> (row: Int64, subject: Subject)? {
        try database.first("SELECT id, reference, name, sex, born, team, created, last_assessed, row FROM subject WHERE id = ?", id) { ($0.int64(8), subject($0)) }
    }

    static func find(reference: String, in database: Database) throws -> (row: Int64, subject: Subject)? {
        try database.first("SELECT id, reference, name, sex, born, team, created, last_assessed, row FROM subject WHERE reference = ?", reference) { ($0.int64(8), subject($0)) }
    }

    static func row(ofReference reference: String, in database: Database) throws -> Int64? {
        try database.int("SELECT row FROM subject WHERE reference = ?", reference).map(Int64.init)
    }

    @discardableResult
    static func insert(_ subject: Subject, in database: Database) throws -> Int64 {
        try database.execute(
            "INSERT INTO subject (id, reference, sort, name, sex, born, team, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            subject.id, subject.reference, Search.sortKey(subject.reference), subject.name, subject.sex.rawValue,
            subject.born?.daysSince1970, subject.group, subject.created.milliseconds)
        let row = database.lastInsertedRow
        try index(row, subject, in: database)
        try SubjectWords.add(row, in: database)
        return row
    }

    static func replace(_ row: Int64, _ subject: Subject, in database: Database) throws {
        try SubjectWords.remove(row, in: database)
        try database.execute(
            "UPDATE subject SET reference = ?, sort = ?, name = ?, sex = ?, born = ?, team = ? WHERE row = ?",
            subject.reference, Search.sortKey(subject.reference), subject.name, subject.sex.rawValue,
            subject.born?.daysSince1970, subject.group, row)
        try database.execute("DELETE FROM subject_word WHERE subject = ?", row)
        try index(row, subject, in: database)
        try SubjectWords.add(row, in: database)
    }

    private static func index(_ row: Int64, _ subject: Subject, in database: Database) throws {
        for word in Search.words(subject.reference + " " + subject.name) {
            try database.execute("INSERT OR IGNORE INTO subject_word (word, subject) VALUES (?, ?)", word, row)
        }
    }

    /// A page in order of the references. `after` is the id of the last subject of the page before.
    static func list(words: [String], group: String?, after: String?, limit: Int, in database: Database) throws -> [Subject] {
        var sort = "", row: Int64 = -1
        if let after {
            guard let place = try database.first("SELECT sort, row FROM subject WHERE id = ?", after, row: { ($0.text(0), $0.int64(1)) }) else { throw PageCut.wrongCursor }
            (sort, row) = place
        }
        if words.isEmpty {
            if let group {
                return try database.query("""
                    SELECT id, reference, name, sex, born, team, created, last_assessed FROM subject
                    WHERE team = ? AND (sort, row) > (?, ?) ORDER BY sort, row LIMIT ?
                    """, group, sort, row, limit, row: subject)
            }
            return try database.query("""
                SELECT id, reference, name, sex, born, team, created, last_assessed FROM subject
                WHERE (sort, row) > (?, ?) ORDER BY sort, row LIMIT ?
                """, sort, row, limit, row: subject)
        }
        let (clause, values) = search(words, group)
        return try database.queryBuilt(
            "SELECT id, reference, name, sex, born, team, created, last_assessed FROM subject WHERE \(clause) AND (sort, row) > (?, ?) ORDER BY sort, row LIMIT ?",
            values + [sort, row, limit], row: subject)
    }

    /// How many match, counted up to 10,000.
    static func count(words: [String], group: String?, in database: Database) throws -> Int {
        if words.isEmpty {
            if let group { return try database.int("SELECT count(*) FROM (SELECT 1 FROM subject WHERE team = ? LIMIT 10000)", group) ?? 0 }
            return try database.int("SELECT count(*) FROM (SELECT 1 FROM subject LIMIT 10000)") ?? 0
        }
        let (clause, values) = search(words, group)
        return try database.queryBuilt("SELECT count(*) FROM (SELECT 1 FROM subject WHERE \(clause) LIMIT 10000)", values) { $0.int(0) }.first ?? 0
    }

    /// Every word must begin some word of the subject.
    private static func search(_ words: [String], _ group: String?) -> (String, [any Bindable]) {
        var parts: [String] = [], values: [any Bindable] = []
        for word in words.prefix(5) {
            parts.append("row IN (SELECT subject FROM subject_word WHERE word >= ? AND word < ?)")
            values += [word, Search.end(of: word)] as [any Bindable]
        }
        if let group {
            parts.append("team = ?")
            values.append(group)
        }
        return (parts.joined(separator: " AND "), values)
    }

    /// The customer's groups, by jumps through the index instead of a walk over all subjects.
    static func groups(in database: Database) throws -> [String] {
        try database.query("""
            WITH RECURSIVE g (team) AS (
                SELECT min(team) FROM subject WHERE team IS NOT NULL
                UNION ALL
                SELECT (SELECT min(team) FROM subject WHERE team > g.team) FROM g WHERE g.team IS NOT NULL)
            SELECT team FROM g WHERE team IS NOT NULL LIMIT 200
            """) { $0.text(0) }
    }
}
