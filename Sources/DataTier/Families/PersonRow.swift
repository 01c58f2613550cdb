// A row of the table `person`, alike in the directory and in every customer's database, and mail to people.
import Control
import Digests
import Procedures
import Storage
import Wire

struct PersonRow: Sendable {
    var id: String
    var email: String
    var name: String
    var role: PersonRole
    var password: String?
    var units: UnitPreference
    var zone: String
    var lastSeen: Timestamp?
    /// Since when the person may not sign in; nil for who may.
    var suspended: Timestamp?

    init(_ row: Row) {
        id = row.text(0)
        email = row.text(1)
        name = row.text(2)
        // An unknown role, of a newer release, may do the least.
        role = PersonRole(rawValue: row.text(3)) ?? .subject
        password = row.optionalText(4)
        units = UnitPreference(rawValue: row.text(5)) ?? .metric
        zone = row.text(6)
        lastSeen = row.optionalInt64(7).map(Timestamp.init(milliseconds:))
        suspended = row.optionalInt64(8).map(Timestamp.init(milliseconds:))
    }

    static func find(_ id: String, in database: Database) throws -> PersonRow? {
        try database.first("SELECT id, email, name, role, password, units, zone, last_seen, suspended FROM person WHERE id = ?", id, row: PersonRow.init)
    }

    /// As others of the same customer see it.
    func person(of customer: CustomerEntry?) -> Person {
        var person = Person()
        person.id = id
        person.email = email
        person.name = name
        person.role = role
        person.customer = customer?.name
        person.customerDisplayName = customer?.displayName
        person.units = units
        person.zone = zone
        person.lastSeen = lastSeen
        return person
    }
}

extension Caller {
    /// The one database this person's own rows are in.
    func file(in store: DataStore) -> DatabaseFile {
        switch home {
        case .staff: store.directory
        case .customer(let entry): entry.file
        }
    }
}

enum Mail {
    /// Writes a mail to be sent, in the transaction of its cause.
    /// Answers the id of its effect, by which management tells what became of it.
    @discardableResult
    static func write(to receiver: String, subject: String, body: String, place: String, now: Timestamp, in database: Database) throws -> String {
        let id = place + "." + Identifier.make()
        try database.execute(
            "INSERT INTO effect (id, kind, receiver, subject, body, created) VALUES (?, 'mail', ?, ?, ?, ?)", id, receiver, subject, body, now.milliseconds)
        return id
    }
}
