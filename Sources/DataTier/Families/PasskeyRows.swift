// Rows of the tables of passkeys: as they are found, listed, used and removed, and the places that say whose database one is in.
import Control
import Digests
import Passkeys
import Procedures
import Storage
import Wire

/// One passkey as it is kept.
struct PasskeyRow: Sendable {
    var id: String
    var person: String
    var site: String
    var key: PasskeyKey
    var counter: Int64
    var name: String

    static func find(_ credential: [UInt8], in database: Database) throws -> PasskeyRow? {
        try database.first("SELECT id, person, site, algorithm, public_key, counter, name FROM passkey WHERE credential = ?", credential) { row in
            PasskeyRow(
                id: row.text(0), person: row.text(1), site: row.text(2), key: PasskeyKey(credential: credential, algorithm: Int(row.int64(3)), bytes: row.bytes(4)),
                counter: row.int64(5), name: row.text(6))
        }
    }
}

enum PasskeyRows {
    static func list(of person: String, in database: Database) throws -> [PasskeyItem] {
        try database.query("SELECT id, name, site, created, used FROM passkey WHERE person = ? ORDER BY created, id", person, row: item)
    }

    static func find(_ id: String, of person: String, in database: Database) throws -> PasskeyItem? {
        try database.first("SELECT id, name, site, created, used FROM passkey WHERE id = ? AND person = ?", id, person, row: item)
    }

    private static func item(_ row: Row) -> PasskeyItem {
        var item = PasskeyItem()
        (item.id, item.name, item.site) = (row.text(0), row.text(1), row.text(2))
        item.made = Timestamp(milliseconds: row.int64(3))
        item.used = row.optionalInt64(4).map(Timestamp.init(milliseconds:))
        return item
    }

    /// Those of a person that work at a site; at any site without one.
    static func credentials(of person: String, site: String? = nil, in database: Database) throws -> [[UInt8]] {
        try database.query("SELECT credential FROM passkey WHERE person = ?1 AND (?2 IS NULL OR site = ?2) ORDER BY created, id", person, site) { $0.bytes(0) }
    }

    static func count(of person: String, in database: Database) throws -> Int { try database.int("SELECT count(*) FROM passkey WHERE person = ?", person) ?? 0 }

    static func remove(of person: String, in database: Database) throws { try database.execute("DELETE FROM passkey WHERE person = ?", person) }

    /// Uses a question up; false when it was answered before. In the transaction of what it allows.
    static func take(_ challenge: [UInt8], until end: Timestamp, _ now: Timestamp, in database: Database) throws -> Bool {
        try database.execute("DELETE FROM passkey_answer WHERE expires < ?", now.milliseconds)
        return try database.execute("INSERT OR IGNORE INTO passkey_answer (hash, expires) VALUES (?, ?)", Digest.sha256(challenge), end.milliseconds) == 1
    }

    /// Keeps the counter of an answer. False when it went back or stands still, where the device counts at all: then there are two of it.
    static func count(_ counter: UInt32, of row: PasskeyRow, _ now: Timestamp, in database: Database) throws -> Bool {
        try database.execute("""
            UPDATE passkey SET counter = ?1, used = ?2 WHERE id = ?3 AND (?1 > counter OR (?1 = 0 AND counter = 0))
            """, Int64(counter), now.milliseconds, row.id) == 1
    }

    static func isThere(_ id: String, in database: Database) throws -> Bool { try database.int("SELECT 1 FROM passkey WHERE id = ?", id) != nil }
}

/// Whose database a passkey is in, as the directory keeps it.
enum PasskeyPlaces {
    /// The file a passkey is in, and its key in tokens; nil when nobody has it.
    static func find(_ credential: [UInt8], _ room: DataRoom) async throws -> (place: String, file: DatabaseFile)? {
        let store = room.store
        let found = try await room.read(store.directory) { database in
            try database.first("SELECT customer FROM passkey_place WHERE hash = ?", Digest.sha256(credential)) { $0.optionalText(0) }
        }
        guard let found else { return nil }
        guard let name = found else { return ("staff", store.directory) }
        return store.customer(name).map { (name, $0.file) }
    }

    static let known = Failure.conflict("This passkey is there already.", hint: "Use it, or make another on this device or on a security key.", code: "passkey-known")

    /// Takes the place of a new passkey. A passkey belongs to one person, whatever their customer; a place whose passkey is gone is free.
    static func reserve(_ credential: [UInt8], for customer: String?, _ room: DataRoom) async throws {
        let left = try await find(credential, room)
        if let left, try await room.read(left.file, { try PasskeyRow.find(credential, in: $0) }) != nil { throw known }
        let hash = Digest.sha256(credential), place = left?.place
        try await room.store.write(room.store.directory) { database in
            // Somebody else may have taken it since.
            let now = try database.first("SELECT coalesce(customer, 'staff') FROM passkey_place WHERE hash = ?", hash) { $0.text(0) }
            guard now == nil || now == place else { throw known }
            try database.execute("INSERT OR REPLACE INTO passkey_place (hash, customer) VALUES (?, ?)", hash, customer)
        }
    }

    /// Forgets passkeys that are gone. If it fails the places lead to nothing, and are free.
    static func forget(_ credentials: [[UInt8]], _ room: DataRoom) async {
        guard !credentials.isEmpty else { return }
        let hashes = credentials.map { Digest.sha256($0) }
        _ = try? await room.store.write(room.store.directory) { database in
            for hash in hashes { try database.execute("DELETE FROM passkey_place WHERE hash = ?", hash) }
        }
    }

    /// Makes the places of a customer those of its file, which was restored.
    static func align(_ customer: String, credentials: [[UInt8]], in directory: Database) throws {
        try directory.execute("DELETE FROM passkey_place WHERE customer = ?", customer)
        for credential in credentials { try directory.execute("INSERT OR IGNORE INTO passkey_place (hash, customer) VALUES (?, ?)", Digest.sha256(credential), customer) }
    }
}
