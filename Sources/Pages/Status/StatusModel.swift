// What the public status page shows: the service as customers know it, never how it is built.
import Wire

/// How a part of the service is, or was on one day.
package enum ServiceHealth: String, Sendable {
    case operational
    /// Some of what carries it was missing; it worked.
    case reduced
    case down
    /// Not measured.
    case unknown
    /// Work was planned: measured by nobody's promise.
    case planned

    var tone: Tone {
        switch self {
        case .operational: .good
        case .reduced: .fair
        case .down: .poor
        case .unknown: .plain
        case .planned: .info
        }
    }
}

/// Planned work, coming or running.
package struct StatusWork: Sendable {
    package var title: String
    /// In the customer's words.
    package var services: [String]
    package var starts: Timestamp
    package var ends: Timestamp
    package var isRunning: Bool
    package init(title: String, services: [String], starts: Timestamp, ends: Timestamp, isRunning: Bool) {
        (self.title, self.services, self.starts, self.ends, self.isRunning) = (title, services, starts, ends, isRunning)
    }
}

/// One day of one part.
package struct StatusDay: Sendable {
    package var date: CalendarDate
    package var health: ServiceHealth
    /// In words: `99.98 %, 12 s down`.
    package var text: String
    package init(date: CalendarDate, health: ServiceHealth, text: String) { (self.date, self.health, self.text) = (date, health, text) }
}

/// One part of the service.
package struct StatusService: Sendable {
    package var title: String
    package var explanation: String
    package var health: ServiceHealth
    /// Oldest first, the last one is today.
    package var days: [StatusDay]
    /// Over those days: `99.99 %`.
    package var uptime: String
    /// Of the current month.
    package var month: String

    package init(title: String, explanation: String, health: ServiceHealth, days: [StatusDay], uptime: String, month: String) {
        (self.title, self.explanation, self.health, self.days, self.uptime, self.month) = (title, explanation, health, days, uptime, month)
    }

    var healthText: String {
        switch health {
        case .operational: "Works"
        case .reduced: "Works with less in reserve"
        case .down: "Does not work"
        case .unknown: "Not known"
        case .planned: "Planned work"
        }
    }
}

/// One incident, open or past.
package struct StatusIncident: Sendable {
    package var number: Int
    package var title: String
    package var text: String
    /// What it meant for customers.
    package var health: ServiceHealth
    package var began: Timestamp
    package var ended: Timestamp?
    /// `3 min 10 s`
    package var duration: String
    package var acknowledgedBy: String?

    package init(number: Int, title: String, text: String, health: ServiceHealth, began: Timestamp, ended: Timestamp?, duration: String, acknowledgedBy: String?) {
        (self.number, self.title, self.text, self.health) = (number, title, text, health)
        (self.began, self.ended, self.duration, self.acknowledgedBy) = (began, ended, duration, acknowledgedBy)
    }
}

package struct StatusModel: Sendable {
    package var services: [StatusService]
    package var planned: [StatusWork]
    package var open: [StatusIncident]
    package var past: [StatusIncident]
    package var made: Timestamp

    package init(services: [StatusService], planned: [StatusWork] = [], open: [StatusIncident], past: [StatusIncident], made: Timestamp) {
        (self.services, self.planned, self.open, self.past, self.made) = (services, planned, open, past, made)
    }

    /// The worst that matters: a part customers can work without counts as less in reserve.
    package var health: ServiceHealth {
        if services.contains(where: { $0.health == .down }) { return .down }
        if services.contains(where: { $0.health == .reduced }) { return .reduced }
        return services.contains { $0.health == .planned } ? .planned : .operational
    }
}
