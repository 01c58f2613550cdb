// The erasure of a subject from a customer's database: the record, what follows from it, and what is said of it elsewhere.
import Procedures
import Storage
import Wire

enum SubjectErasure {
    /// In one transaction. Nil where there is no such subject.
    static func run(_ id: String, _ audit: Audit, in database: Database) throws -> EraseSubject.Answer? {
        guard let (row, subject) = try SubjectRows.find(id, in: database) else { return nil }
        return try database.overwriting { try erase(id, row, subject, audit, in: database) }
    }

    private static func erase(_ id: String, _ row: Int64, _ subject: Subject, _ audit: Audit, in database: Database) throws -> EraseSubject.Answer {
        var answer = EraseSubject.Answer()
        answer.assessments = try database.int("SELECT count(*) FROM assessment WHERE subject = ?", row) ?? 0
        // Answers that are kept for repeats hold what was saved a day ago.
        try database.execute("""
            DELETE FROM answer WHERE instr(bytes, CAST(?1 AS BLOB)) > 0
                OR EXISTS (SELECT 1 FROM assessment a WHERE a.subject = ?2 AND instr(answer.bytes, CAST(a.id AS BLOB)) > 0)
            """, id, row)
        // Lines of imports that say something of the reference or the name.
        try database.execute("""
            UPDATE import_line SET reason = 'Erased with its subject.', hint = ''
            WHERE substr(reason, 1, length(?1) + 1) = ?1 || ' ' OR (length(?2) > 3 AND instr(reason, ?2) > 0)
            """, subject.reference, subject.name)
        try SubjectWords.erase(row, in: database)
        try database.execute("DELETE FROM subject WHERE row = ?", row)
        let entry = try audit.note(Audit.erasure, .subject(id), detail: "\(answer.assessments) assessments", in: database)
        answer.entries = try Audit.erase(.subject(id), told: entry, in: database)
        try ErasureTraces.note(entry, in: database)
        return answer
    }

    /// Notes in the directory who was erased from a customer, those an interrupted call left out too.
    static func remember(_ customer: CustomerEntry, _ room: DataRoom) async throws {
        let erased = try await room.read(customer.file) { database in
            try database.query("SELECT substr(object, 9) FROM audit WHERE what = 'erased a subject' AND object LIKE 'subject/%'") { $0.text(0) }
        }
        let name = customer.name
        _ = try await room.store.write(room.store.directory) { database in
            for id in erased { try database.execute("INSERT OR IGNORE INTO erased_subject (customer, subject) VALUES (?, ?)", name, id) }
        }
    }

    /// Whom a restore has to erase again, by customer; none where the directory itself cannot be read any more.
    static func remembered(_ store: DataStore) async -> [String: [String]] {
        let rows = try? await store.directory.alone { try $0.query("SELECT customer, subject FROM erased_subject") { ($0.text(0), $0.text(1)) } }
        return Dictionary(grouping: rows ?? [], by: \.0).mapValues { $0.map(\.1) }
    }

    /// After a restore: the subjects of older data are gone again before anybody sees them.
    static func again(_ ids: [String], _ audit: Audit, in database: Database) throws {
        for id in ids { _ = try run(id, audit, in: database) }
    }
}
