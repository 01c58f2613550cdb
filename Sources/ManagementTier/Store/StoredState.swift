// What the watch takes up again when it starts.
import Control
import Procedures
import Storage
import SupportCentre

/// Everything live in management.db, read once at the start.
struct StoredState: Sendable {
    var technicians: [Technician] = []
    var open: [Incident] = []
    /// Closed within the last day: relapses are known by them.
    var recent: [Incident] = []
    var nextIncident = 1
    /// Not yet over, oldest first.
    var texts: [OutgoingText] = []
    var nextText = 1
    var mails: [OutgoingMail] = []
    var nextMail = 1
    /// How mails fare that the data tier asked for, as far as it has not been told.
    var outcomes: [Int: MailOutcome] = [:]
    var plan = MaintenancePlan()
    /// Providers that have ever given a receipt.
    var receipts: Set<String> = []
    /// Open incidents and the technicians a text about it has reached.
    var told: [Int: Set<Int>] = [:]
    /// The lowest threshold somebody was told of, by certificate (`CertificateAlarm`).
    var certificatesTold: [String: Int] = [:]
    var members: [(id: Int, node: String, service: ServicePart)] = []
    var nextMember = 1
    var watch = 1

    private static let prunedByCreation: [StaticString] = ["DELETE FROM texts WHERE created < ?", "DELETE FROM mails WHERE created < ?"]

    /// Reads it, taking the technicians of the file over at the first start of all.
    static func load(_ database: Database, seed: [TechnicianSpec], at now: Milliseconds) throws -> StoredState {
        if try database.int("SELECT 1 FROM facts WHERE name = 'seeded'") == nil {
            for (index, spec) in seed.enumerated() {
                try Technician(id: index + 1, name: spec.name, number: spec.number, zone: spec.zone, email: spec.email).save(database)
            }
            try database.execute("INSERT INTO facts(name, value) VALUES ('seeded', 'yes')")
        }
        // What is older than a year and a month is of use to nobody, and texts hold numbers of people.
        let old = now - 400 * 86_400_000
        for table in Self.prunedByCreation { try database.execute(table, old) }
        try database.execute("DELETE FROM attempts WHERE at < ?", old)
        var state = StoredState()
        state.technicians = try database.query(Technician.columns) { Technician($0) }
        let incidents = try Incident.rows(database, "WHERE closed IS NULL OR closed > ? ORDER BY id", now - 86_400_000)
        state.open = incidents.filter(\.isOpen)
        state.recent = incidents.filter { !$0.isOpen && $0.ending == .recovered }
        state.nextIncident = (try database.int("SELECT max(id) FROM incidents") ?? 0) + 1
        state.texts = try database.query(OutgoingText.columns, 1000) { OutgoingText($0, at: now) }
            .filter { !$0.delivery.isOver }.reversed()
        state.nextText = (try database.int("SELECT max(id) FROM texts") ?? 0) + 1
        state.mails = try database.query(OutgoingMail.columns) { OutgoingMail($0) }
        state.nextMail = (try database.int("SELECT max(id) FROM mails") ?? 0) + 1
        for (id, outcome) in try database.query(MailOutcome.untold, row: { MailOutcome.of($0) }) { state.outcomes[id] = outcome }
        state.plan = MaintenancePlan(try database.query(MaintenanceWindow.rows) { MaintenanceWindow($0) })
        state.receipts = Set(try database.query("SELECT value FROM facts WHERE name LIKE 'receipts-%'") { $0.text(0) })
        // `.` follows `-`: every name that begins with `certificate-`.
        let certificates = try database.query("SELECT name, value FROM facts WHERE name > 'certificate-' AND name < 'certificate.'") { ($0.text(0), $0.text(1)) }
        for (name, value) in certificates {
            state.certificatesTold[String(name.dropFirst(12))] = Int(value)
        }
        let told = try database.query(
            "SELECT DISTINCT incident, technician FROM texts WHERE state IN ('accepted', 'delivered', 'filed') AND incident IN (SELECT id FROM incidents WHERE closed IS NULL)"
        ) { ($0.int(0), $0.int(1)) }
        for (incident, technician) in told { state.told[incident, default: []].insert(technician) }
        state.members = try database.query("SELECT id, node, service FROM members WHERE until IS NULL") {
            (id: $0.int(0), node: $0.text(1), service: ServicePart(rawValue: $0.text(2)))
        }.compactMap { member in member.service.map { (id: member.id, node: member.node, service: $0) } }
        state.nextMember = (try database.int("SELECT max(id) FROM members") ?? 0) + 1
        try database.execute("INSERT INTO watched(begun, ended) VALUES (?, ?)", now, now)
        state.watch = Int(database.lastInsertedRow)
        return state
    }
}

/// The ledger of the last ninety days and the incidents in it, for the status page.
struct StatusHistory: Sendable {
    var ledger: ServiceLedger
    var incidents: [Incident]

    static func load(_ database: Database, since: Milliseconds, until now: Milliseconds) throws -> StatusHistory {
        let members = try database.query("SELECT node, service, since, until FROM members WHERE until IS NULL OR until > ?", since) { row in
            ServicePart(rawValue: row.text(1)).map {
                ServiceLedger.Member(node: row.text(0), service: $0, during: Interval(row.int64(2), row.optionalInt64(3) ?? now))
            }
        }
        let outages = try database.query("SELECT subject, begun, ended FROM outages WHERE ended IS NULL OR ended > ?", since) { row in
            (subject: Subject(key: row.text(0)), during: Interval(row.int64(1), row.optionalInt64(2) ?? now))
        }
        let watched = try database.query("SELECT begun, ended FROM watched WHERE ended > ?", since) { Interval($0.int64(0), $0.int64(1)) }
        let incidents = try Incident.rows(database, "WHERE closed IS NULL OR closed > ? ORDER BY id DESC LIMIT 200", since)
        var ledgerOutages: [ServiceLedger.Outage] = []
        for outage in outages {
            if case .node(let node) = outage.subject { ledgerOutages.append(.init(node: node, during: outage.during)) }
        }
        return StatusHistory(
            ledger: ServiceLedger(members: members.compactMap { $0 }, outages: ledgerOutages, watched: watched),
            incidents: incidents)
    }
}
