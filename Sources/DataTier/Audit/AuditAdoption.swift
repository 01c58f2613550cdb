// Takes what was audited before there was a chain into it, when a database is brought to the release that has one.
import Storage
import Wire

enum AuditAdoption {
    /// Does nothing where it was done already. Part of the schema's last transaction, so a database is never seen between.
    static func run(_ database: Database) throws {
        guard try database.int("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'audit_before'") != nil else { return }
        var last: Int64 = -1
        while true {
            let old = try database.query("SELECT row, at, who, what, detail, request FROM audit_before WHERE row > ? ORDER BY row LIMIT 1000", last) {
                (row: $0.int64(0), at: $0.int64(1), who: $0.text(2), what: $0.text(3), detail: $0.text(4), request: $0.optionalText(5))
            }
            guard let end = old.last?.row else { break }
            for one in old {
                let (actor, label) = try actor(one.who, in: database)
                let detail = AuditDetail(who: label, text: one.detail, changes: AuditChanges())
                try Audit.append(at: one.at, actor: actor, what: one.what, object: "", request: one.request, detail: detail.json.text, in: database)
            }
            last = end
        }
        try database.script("DROP TABLE audit_before")
    }

    /// Rows of that time name people as `clinic/ann@clinic.example`, nodes by their certificate role.
    private static func actor(_ who: String, in database: Database) throws -> (text: String, label: String) {
        guard let slash = who.firstIndex(of: "/") else { return (who == "nobody" ? who : "node/" + who, "") }
        let (place, email) = (who[..<slash], String(who[who.index(after: slash)...]))
        let id = try database.first("SELECT id FROM person WHERE email = ?", email) { $0.text(0) }
        return place == "staff" ? ("staff/" + (id ?? "unknown"), "") : ("person/" + (id ?? "unknown"), email)
    }
}
