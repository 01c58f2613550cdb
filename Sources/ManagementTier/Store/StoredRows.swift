// How the values of the watch are written into rows and read back.
import Storage
import SupportCentre

extension Technician {
    static let columns: StaticString = "SELECT id, name, number, zone, email, away_until FROM technicians WHERE removed IS NULL ORDER BY id"

    init(_ row: Row) {
        self.init(
            id: row.int(0), name: row.text(1), number: row.text(2), zone: row.text(3), email: row.optionalText(4),
            awayUntil: row.optionalInt64(5))
    }

    func save(_ database: Database) throws {
        try database.execute(
            """
            INSERT INTO technicians(id, name, number, zone, email, away_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT(id) DO UPDATE SET name = ?2, number = ?3, zone = ?4, email = ?5, away_until = ?6, removed = NULL
            """, id, name, number, zone, email, awayUntil)
    }
}

extension Incident {
    init?(_ row: Row) {
        guard let subject = Subject(key: row.text(1)), let service = ServicePart(rawValue: row.text(2)) else { return nil }
        self.init(
            id: row.int(0), subject: subject, service: service, reason: row.text(3), lastGood: row.int64(4), firstBad: row.int64(5),
            opened: row.int64(6))
        closed = row.optionalInt64(7)
        ending = row.optionalText(8).flatMap(Ending.init)
        parent = row.optionalInt(9)
        acknowledged = row.optionalInt64(10)
        acknowledgedBy = row.optionalText(11)
        episodes = row.int(12)
        stableSince = row.optionalInt64(13)
        escalation.paged = row.text(14).split(separator: ",").compactMap { Int($0) }
        escalation.due = row.optionalInt64(15)
        escalation.isEveryone = row.bool(16)
        plannedUntil = row.optionalInt64(17)
    }

    func save(_ database: Database) throws {
        try database.execute(
            """
            INSERT INTO incidents(id, subject, service, reason, last_good, first_bad, opened, closed, ending, parent, acknowledged,
                acknowledged_by, episodes, stable_since, paged, due, everyone, planned_until)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
            ON CONFLICT(id) DO UPDATE SET reason = ?4, closed = ?8, ending = ?9, parent = ?10, acknowledged = ?11,
                acknowledged_by = ?12, episodes = ?13, stable_since = ?14, paged = ?15, due = ?16, everyone = ?17, planned_until = ?18
            """,
            id, subject.key, service.rawValue, reason, lastGood, firstBad, opened, closed, ending?.rawValue, parent, acknowledged,
            acknowledgedBy, episodes, stableSince, escalation.paged.map(String.init).joined(separator: ","), escalation.due,
            escalation.isEveryone, plannedUntil)
    }

    /// The incidents a literal clause (`WHERE ... ORDER BY ...`) selects.
    static func rows(_ database: Database, _ clause: StaticString, _ values: any Bindable...) throws -> [Incident] {
        let columns = """
            SELECT id, subject, service, reason, last_good, first_bad, opened, closed, ending, parent, acknowledged, acknowledged_by,
                episodes, stable_since, paged, due, everyone, planned_until FROM incidents
            """
        return try database.queryBuilt(columns + " " + clause.description, values) { Incident($0) }.compactMap { $0 }
    }
}

/// One text with its delivery.
struct OutgoingText: Sendable {
    var id: Int
    /// 0 for a bundle or a test.
    var incident: Int
    var technician: Int
    var name: String
    var number: String
    var kind: String
    var body: String
    var delivery: TextDelivery

    func save(_ database: Database) throws {
        try database.execute(
            """
            INSERT INTO texts(id, incident, technician, name, number, kind, body, created, state, rounds, provider, filed)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            ON CONFLICT(id) DO UPDATE SET state = ?9, rounds = ?10, provider = ?11, filed = ?12
            """,
            id, incident, technician, name, number, kind, body, delivery.created, delivery.state.rawValue, delivery.rounds,
            delivery.provider, delivery.isFiled)
    }

    static let columns: StaticString =
        "SELECT id, incident, technician, name, number, kind, body, created, state, rounds, provider, filed FROM texts ORDER BY id DESC LIMIT ?"

    init(_ row: Row, at now: Milliseconds) {
        id = row.int(0)
        incident = row.int(1)
        technician = row.int(2)
        name = row.text(3)
        number = row.text(4)
        kind = row.text(5)
        body = row.text(6)
        delivery = TextDelivery(
            resuming: TextDelivery.State(rawValue: row.text(8)) ?? .failed, created: row.int64(7), rounds: row.int(9),
            provider: row.optionalText(10), filed: row.bool(11), at: now)
    }

    init(id: Int, incident: Int, technician: Technician, kind: String, body: String, at now: Milliseconds) {
        self.id = id
        self.incident = incident
        self.technician = technician.id
        name = technician.name
        number = technician.number
        self.kind = kind
        self.body = body
        delivery = TextDelivery(at: now)
    }
}

/// One mail with its delivery.
struct OutgoingMail: Sendable {
    enum State: String, Sendable { case waiting, sent, failed }
    var id: Int
    /// What makes it the same mail, however often it is asked for.
    var key: String
    var recipient: String
    var subject: String
    var body: String
    var isAutomatic: Bool
    var created: Milliseconds
    var state = State.waiting
    var tries = 0
    var due: Milliseconds?
    var reason = ""

    func save(_ database: Database) throws {
        try database.execute(
            """
            INSERT INTO mails(id, key, recipient, subject, body, automatic, created, state, tries, due, reason)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            ON CONFLICT(id) DO UPDATE SET state = ?8, tries = ?9, due = ?10, reason = ?11
            """,
            id, key, recipient, subject, body, isAutomatic, created, state.rawValue, tries, due, reason)
    }

    static let columns: StaticString =
        "SELECT id, key, recipient, subject, body, automatic, created, state, tries, due, reason FROM mails WHERE state = 'waiting' ORDER BY id"

    init(_ row: Row) {
        id = row.int(0)
        key = row.text(1)
        recipient = row.text(2)
        subject = row.text(3)
        body = row.text(4)
        isAutomatic = row.bool(5)
        created = row.int64(6)
        state = State(rawValue: row.text(7)) ?? .failed
        tries = row.int(8)
        due = row.optionalInt64(9)
        reason = row.text(10)
    }

    init(id: Int, key: String, recipient: String, subject: String, body: String, isAutomatic: Bool, at now: Milliseconds) {
        self.id = id
        self.key = key
        self.recipient = recipient
        self.subject = subject
        self.body = body
        self.isAutomatic = isAutomatic
        created = now
        due = now
    }
}
