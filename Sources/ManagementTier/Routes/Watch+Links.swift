// What stands behind the signed links of texts.
import Pages
import Storage
import SupportCentre
import Wire

/// What a link shows.
struct LinkedIncidents: Sendable {
    var incidents: [IncidentView]
    var technician: String
    /// Whether the link is to all that is open, not to one incident.
    var everything: Bool
}

extension Watch {
    /// The text a token reports a receipt for; nil when it is no such token.
    nonisolated func receiptText(_ token: String) -> Int? {
        IncidentLink(token: token, .receipt, key: linkKey, at: Timestamp.now.milliseconds)?.number
    }

    private func checked(_ token: String) throws(Failure) -> (link: IncidentLink, technician: Technician) {
        guard let link = IncidentLink(token: token, key: linkKey, at: Timestamp.now.milliseconds),
            let technician = technicians.first(where: { $0.id == link.technician })
        else {
            throw .notFound("incident link", hint: "Links in texts work for a week; open the newest one, or see /status.")
        }
        return (link, technician)
    }

    func behind(_ token: String) async throws(Failure) -> LinkedIncidents {
        let (link, technician) = try checked(token)
        let now = Timestamp.now.milliseconds
        let everything = link.number == 0
        // An open incident is known here even while the disk gives nothing.
        let known = everything ? machine.open : machine.open.filter { $0.id == link.number }
        let (stored, notes): ([Incident], [Int: [(at: Timestamp, text: String)]])
        do throws(Failure) { (stored, notes) = try await self.stored(link) } catch {
            guard !known.isEmpty else { throw error }
            (stored, notes) = ([], [:])
        }
        let incidents = known.isEmpty ? stored : known
        guard everything || !incidents.isEmpty else { throw .notFound("incident") }
        let views = incidents.map { incident in
            IncidentView(
                number: incident.id, subject: incident.subject.description, reason: incident.reason, service: incident.service.title,
                began: Timestamp(milliseconds: incident.firstBad), ended: incident.closed.map { Timestamp(milliseconds: $0) },
                duration: PageText.duration((incident.closed ?? now) - incident.firstBad),
                localTime: OnCall.localTime(zone: technician.zone, at: incident.firstBad), acknowledgedBy: incident.acknowledgedBy,
                acknowledged: incident.acknowledged.map { Timestamp(milliseconds: $0) }, notes: notes[incident.id] ?? [])
        }
        return LinkedIncidents(incidents: views, technician: technician.name, everything: everything)
    }

    /// The incidents of a link with their history, as stored.
    private func stored(_ link: IncidentLink) async throws(Failure) -> ([Incident], [Int: [(at: Timestamp, text: String)]]) {
        let everything = link.number == 0
        return try await read { database in
            let incidents = try everything
                ? Incident.rows(database, "WHERE closed IS NULL ORDER BY id") : Incident.rows(database, "WHERE id = ?", link.number)
            var notes: [Int: [(at: Timestamp, text: String)]] = [:]
            for incident in incidents {
                notes[incident.id] = try database.query("SELECT at, text FROM notes WHERE incident = ? ORDER BY id LIMIT 100", incident.id) {
                    (at: Timestamp(milliseconds: $0.int64(0)), text: $0.text(1))
                }
            }
            return (incidents, notes)
        }
    }

    /// Acknowledges what the link is about. Once more, or too late, is no error: the page says how it stands.
    func acknowledge(link token: String) throws(Failure) {
        let (link, technician) = try checked(token)
        let wanted = link.number == 0 ? machine.open.map(\.id) : [link.number]
        for id in wanted where machine.open.contains(where: { $0.id == id && $0.acknowledged == nil }) {
            _ = try acknowledge(id, by: technician.name, technician: technician.id)
        }
    }
}
