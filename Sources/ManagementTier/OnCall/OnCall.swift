// Who is on duty: the technician whose local time is nearest 13:00, so that every minute has exactly one.
import Foundation

/// Somebody who receives the texts.
package struct Technician: Equatable, Sendable {
    /// Small and lasting: it travels inside signed links.
    package var id: Int
    /// Unique in the fleet, as written in the file or the command.
    package var name: String
    /// E.164: `+` and at most 15 digits.
    package var number: String
    /// IANA name, such as `Australia/Sydney`.
    package var zone: String
    /// Where incident mails go and which staff person it is, if any.
    package var email: String?
    /// Not on duty until then; nil when present.
    package var awayUntil: Milliseconds?

    package init(id: Int, name: String, number: String, zone: String, email: String? = nil, awayUntil: Milliseconds? = nil) {
        self.id = id
        self.name = name
        self.number = number
        self.zone = zone
        self.email = email
        self.awayUntil = awayUntil
    }

    /// Whether this person may be paged first at that time.
    package func isPresent(at now: Milliseconds) -> Bool { awayUntil.map { now >= $0 } ?? true }
}

/// The rota as a pure function of the list and the time. Daylight saving is right because every question goes to the
/// time zone database with the instant itself: nothing is ever added to a local time.
package enum OnCall {
    /// The middle of the waking day.
    package static let noon = 13 * 60

    /// Everybody, most suitable first: present before away, then by distance of local time from 13:00 around the clock,
    /// then by order in the list. The first one is on duty.
    package static func order(_ technicians: [Technician], at now: Milliseconds) -> [Technician] {
        let date = Date(timeIntervalSince1970: Double(now) / 1000)
        return technicians.enumerated()
            .map { (away: $1.isPresent(at: now) ? 0 : 1, distance: distance(zone: $1.zone, at: date), place: $0, technician: $1) }
            .sorted { ($0.away, $0.distance, $0.place) < ($1.away, $1.distance, $1.place) }
            .map(\.technician)
    }

    /// The one on duty, nil only when there is nobody at all.
    package static func onDuty(_ technicians: [Technician], at now: Milliseconds) -> Technician? {
        let date = Date(timeIntervalSince1970: Double(now) / 1000)
        var best: Technician?, away = 2, nearest = Int.max
        for technician in technicians {
            let absent = technician.isPresent(at: now) ? 0 : 1, distance = distance(zone: technician.zone, at: date)
            // Only strictly better replaces: a tie stays with the earlier in the list.
            if (absent, distance) < (away, nearest) { (best, away, nearest) = (technician, absent, distance) }
        }
        return best
    }

    /// Seconds between the local time of the zone and 13:00, the shorter way round the clock: 0 to 43,200.
    /// A zone the system does not know counts as UTC; names are checked where they come in.
    static func distance(zone: String, at date: Date) -> Int {
        let offset = TimeZone(identifier: zone)?.secondsFromGMT(for: date) ?? 0
        let day = 86_400
        let local = (Int(date.timeIntervalSince1970.rounded(.down)) + offset) % day
        let ahead = ((local - noon * 60) % day + day) % day
        return min(ahead, day - ahead)
    }

    /// When duty changes next after `now` (to the minute), looked for over one day; nil when one person has it throughout.
    package static func nextChange(_ technicians: [Technician], after now: Milliseconds) -> Milliseconds? {
        let current = onDuty(technicians, at: now)?.id
        let start = now - now % 60_000
        return (1...1440).lazy.map { start + Milliseconds($0) * 60_000 }.first { onDuty(technicians, at: $0)?.id != current }
    }

    /// The local time of a zone as `14:05`.
    package static func localTime(zone: String, at now: Milliseconds) -> String {
        let date = Date(timeIntervalSince1970: Double(now) / 1000)
        let offset = TimeZone(identifier: zone)?.secondsFromGMT(for: date) ?? 0
        let minutes = ((Int((Double(now) / 1000).rounded(.down)) + offset) / 60 % 1440 + 1440) % 1440
        let text = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return text(minutes / 60) + ":" + text(minutes % 60)
    }

    /// Whether the zone database knows the name.
    package static func isKnown(zone: String) -> Bool {
        // `TimeZone(identifier:)` also takes "GMT+5" and abbreviations; a rota wants places.
        TimeZone.knownTimeZoneIdentifiers.contains(zone) || zone == "UTC"
    }
}
