// People with what their administrators see of them.
import Control
import Procedures
import Storage
import Wire

enum MemberRow {
    static func find(_ id: String, of customer: CustomerEntry, in database: Database) throws -> Member? {
        guard let row = try PersonRow.find(id, in: database) else { return nil }
        return try database.first("""
            SELECT p.created, (SELECT max(expires) FROM link WHERE person = p.id AND purpose = 'invitation'),
                EXISTS (SELECT 1 FROM two_step WHERE person = p.id AND confirmed IS NOT NULL), (SELECT count(*) FROM passkey WHERE person = p.id)
            FROM person p WHERE p.id = ?
            """, id) { member(row, of: customer, created: $0.int64(0), link: $0.optionalInt64(1), twoStep: $0.bool(2), passkeys: Int($0.int64(3))) }
    }

    /// In the order of their e-mails, behind one of them. What is searched for stands anywhere in e-mail or name.
    static func list(_ asked: ListPeople, after: String, limit: Int, of customer: CustomerEntry, in database: Database) throws -> [Member] {
        try database.query("""
            SELECT id, email, name, role, password, units, zone, last_seen, suspended, created,
                (SELECT max(expires) FROM link WHERE person = p.id AND purpose = 'invitation'),
                EXISTS (SELECT 1 FROM two_step WHERE person = p.id AND confirmed IS NOT NULL), (SELECT count(*) FROM passkey WHERE person = p.id)
            FROM person p
            WHERE email > ?1 AND (?2 IS NULL OR role = ?2)
                AND (?3 IS NULL OR ?3 = CASE WHEN suspended IS NOT NULL THEN 'suspended' WHEN password IS NULL THEN 'invited' ELSE 'active' END)
                AND (?4 = '' OR instr(email, ?4) > 0 OR instr(lower(name), ?4) > 0)
            ORDER BY email LIMIT ?5
            """, after, asked.role?.rawValue, asked.state?.rawValue, FieldCheck.trimmed(String(asked.search.prefix(200))).lowercased(), limit) { row in
            member(PersonRow(row), of: customer, created: row.int64(9), link: row.optionalInt64(10), twoStep: row.bool(11), passkeys: Int(row.int64(12)))
        }
    }

    private static func member(_ row: PersonRow, of customer: CustomerEntry, created: Int64, link: Int64?, twoStep: Bool, passkeys: Int) -> Member {
        var member = Member()
        member.person = row.person(of: customer)
        member.state = row.suspended != nil ? .suspended : row.password == nil ? .invited : .active
        (member.twoStep, member.passkeys) = (twoStep, passkeys)
        if row.password == nil { member.invitedUntil = link.map(Timestamp.init(milliseconds:)) }
        member.since = Timestamp(milliseconds: created)
        return member
    }
}
