// Checks an audit log row by row against its chain; names the first row that is not what it was written as.
import Digests
import Procedures
import Storage
import Wire

/// An entry somebody has seen before: the log must still have it.
struct AuditAnchor: Sendable, Equatable {
    var row: Int64
    var hash: [UInt8]
}

enum AuditVerification {
    struct Outcome: Sendable, Equatable {
        var entries: Int64 = 0
        var head = AuditChain.start
        var broken: (row: Int64, reason: String)?

        static func == (a: Outcome, b: Outcome) -> Bool {
            a.entries == b.entries && a.head == b.head && a.broken?.row == b.broken?.row && a.broken?.reason == b.broken?.reason
        }
    }

    private struct Read {
        var link: AuditLink
        var salt: [UInt8]?
        var detail: String?
        var hash: [UInt8]
        var erased: Int64?
    }

    /// Walks the whole log in pieces. Blocks: not for a loop.
    static func run(_ database: Database, anchor: AuditAnchor? = nil) throws -> Outcome {
        var outcome = Outcome()
        while true {
            let rows = try database.query("""
                SELECT row, at, actor, what, object, request, salt, detail, digest, hash, erased FROM audit WHERE row > ? ORDER BY row LIMIT 1000
                """, outcome.entries) { row in
                Read(
                    link: AuditLink(
                        row: row.int64(0), at: row.int64(1), actor: row.text(2), what: row.text(3), object: row.text(4), request: row.optionalText(5),
                        digest: row.bytes(8)),
                    salt: row.optionalBytes(6), detail: row.optionalText(7), hash: row.bytes(9), erased: row.optionalInt64(10))
            }
            if rows.isEmpty { break }
            for row in rows {
                if let reason = try fault(row, outcome, anchor, in: database) {
                    outcome.broken = (outcome.entries + 1, reason)
                    return outcome
                }
                outcome.entries = row.link.row
                outcome.head = row.hash
            }
        }
        if let anchor, anchor.row > outcome.entries {
            outcome.broken = (outcome.entries + 1, "The log ends here, but had \(anchor.row) entries when it was verified before: its end was cut off.")
        }
        return outcome
    }

    private static func fault(_ read: Read, _ before: Outcome, _ anchor: AuditAnchor?, in database: Database) throws -> String? {
        guard read.link.row == before.entries + 1 else { return "The entry is missing: row \(read.link.row) follows row \(before.entries)." }
        guard AuditChain.hash(after: before.head, read.link) == read.hash else { return "The entry is not the one that was written here: its hash is wrong." }
        if let anchor, anchor.row == read.link.row, anchor.hash != read.hash {
            return "The log was written anew: this row had another hash when it was verified before."
        }
        if let detail = read.detail {
            guard AuditChain.digest(salt: read.salt ?? [], detail: detail) == read.link.digest else { return "The detail is not the one that was written here." }
            return nil
        }
        // A detail may be missing only where an entry says that its subject was erased.
        let explained = try read.erased.flatMap { entry in
            try database.first("SELECT what, object FROM audit WHERE row = ?", entry) { ($0.text(0), $0.text(1)) }
        }
        guard let explained, let entry = read.erased, entry > read.link.row, explained.0 == Audit.erasure.description, explained.1 == read.link.object else {
            return "The detail is gone and no entry of an erasure explains it."
        }
        return nil
    }
}
