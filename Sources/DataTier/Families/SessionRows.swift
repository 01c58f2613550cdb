// Rows of the table `session`: browsers' sessions and API tokens, as they are begun, raised and listed.
import Digests
import Procedures
import Storage
import Wire

enum SessionRows {
    /// What is kept of where somebody signs in.
    struct Place: Sendable {
        var device: String
        var address: String

        init(_ asked: SignIn) { self.init(device: asked.device, address: asked.address) }

        init(device: String?, address: String) {
            // Words of the web tier's; kept short whoever sends them.
            self.device = String((device ?? "").prefix(60))
            self.address = String(address.prefix(64))
        }
    }

    /// A session of somebody who has just proved who they are; with a step to be done it is good for nothing else and ends soon.
    static func begin(_ hash: [UInt8], _ person: String, _ place: Place, _ step: SignInStep?, expires: Timestamp, _ now: Timestamp, in database: Database) throws {
        try database.execute("""
            INSERT INTO session (hash, person, kind, scope, created, expires, used, id, device, address, proved, step)
            VALUES (?, ?, 'session', 'all', ?, ?, ?, ?, ?, ?, ?, ?)
            """, hash, person, now.milliseconds, expires.milliseconds, now.milliseconds, Identifier.make(), place.device, place.address, now.milliseconds, step?.rawValue)
    }

    /// A whole session beside an unfinished one, whose step was done. The unfinished one stays, good for that step alone, until it ends by
    /// itself: a repeat comes by it.
    static func complete(_ unfinished: [UInt8], by hash: [UInt8], expires: Timestamp, _ now: Timestamp, in database: Database) throws {
        let made = try database.execute("""
            INSERT INTO session (hash, person, kind, scope, created, expires, used, id, device, address, proved)
            SELECT ?, person, kind, scope, ?, ?, ?, ?, device, address, ? FROM session WHERE hash = ?
            """, hash, now.milliseconds, expires.milliseconds, now.milliseconds, Identifier.make(), now.milliseconds, unfinished)
        guard made == 1 else { throw Failure.signedOut() }
    }

    /// Gives a session another id when it comes to mean more (signing in is finished, the person has proved who they are): whoever
    /// knew the id before knows nothing now. Nil when it has ended meanwhile.
    static func raise(_ old: [UInt8], to new: [UInt8], expires: Timestamp?, _ now: Timestamp, in database: Database) throws -> Timestamp? {
        let raised = try database.execute("""
            UPDATE session SET hash = ?, proved = ?, used = ?, step = NULL, expires = coalesce(?, expires) WHERE hash = ? AND kind = 'session'
            """, new, now.milliseconds, now.milliseconds, expires?.milliseconds, old)
        guard raised == 1 else { return nil }
        return try database.first("SELECT expires FROM session WHERE hash = ?", new) { Timestamp(milliseconds: $0.int64(0)) }
    }

    static func sessions(of person: String, here: [UInt8], idle: Duration, _ now: Timestamp, in database: Database) throws -> [SessionItem] {
        try database.query("""
            SELECT id, device, address, created, used, expires, hash FROM session
            WHERE person = ? AND kind = 'session' AND step IS NULL AND expires > ? AND used > ? ORDER BY used DESC, id LIMIT 200
            """, person, now.milliseconds, now.milliseconds - idle.milliseconds) { row in
            var item = SessionItem()
            (item.id, item.device, item.address) = (row.text(0), row.text(1), row.text(2))
            item.begun = Timestamp(milliseconds: row.int64(3))
            item.seen = Timestamp(milliseconds: row.int64(4))
            item.expires = Timestamp(milliseconds: row.int64(5))
            item.here = row.bytes(6) == here
            return item
        }
    }

    static func tokens(of person: String, _ now: Timestamp, in database: Database) throws -> [TokenItem] {
        try database.query("""
            SELECT id, name, coalesce(areas, scope), created, expires, used FROM session
            WHERE person = ? AND kind = 'token' AND expires > ? ORDER BY created DESC, id LIMIT 200
            """, person, now.milliseconds) { row in
            var item = TokenItem()
            (item.id, item.name, item.scope) = (row.text(0), row.text(1), row.text(2))
            item.made = Timestamp(milliseconds: row.int64(3))
            item.expires = Timestamp(milliseconds: row.int64(4))
            item.used = row.int64(5) > row.int64(3) ? Timestamp(milliseconds: row.int64(5)) : nil
            return item
        }
    }
}
