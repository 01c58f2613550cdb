// How a ticket's state, priority and clocks are shown: by word, colour and shape.
import Procedures
import SupportCentre
import Wire

enum TicketMarks {
    /// The same state asks different people to act.
    static func state(_ state: TicketState, staff: Bool) -> HTML {
        switch (state, staff) {
        case (.open, false): waiting
        case (.open, true): ours
        case (.answered, false): answered
        case (.answered, true): theirs
        case (.pending, _): pending
        case (.onHold, _): onHold
        case (.resolved, _): resolved
        case (.closed, _): closed
        case (.merged, _): merged
        }
    }

    /// Normal priority needs no mark.
    static func priority(_ priority: TicketPriority) -> HTML {
        switch priority {
        case .urgent: urgent
        case .high: high
        case .normal: normal
        case .low: low
        }
    }

    /// The clock that matters next, at a glance: the response while that is owed, else the resolution.
    static func glance(_ ticket: Ticket, now: Timestamp) -> HTML {
        if ticket.response.phase == .running { return clock("Response", ticket.response, now: now) }
        return clock("Resolution", ticket.resolution, now: now)
    }

    /// One clock in words: due in, overdue by, paused with what is left, met in time or late. Without a name where the label beside it says it.
    static func clock(_ name: String?, _ clock: ClockFacts, now: Timestamp) -> HTML {
        func told(_ words: String) -> String { name.map { "\($0) \(words)" } ?? words.prefix(1).uppercased() + words.dropFirst() }
        switch clock.phase {
        case .ended: return "<span class=\"note\">\u{2013}</span>"
        case .met: return clock.late ? Component.badge(told("late"), .poor) : Component.badge(told("in time"), .good)
        case .paused:
            if clock.late { return Component.badge("Overdue, paused", .poor) }
            guard let left = clock.left else { return Component.badge("Paused", .plain) }
            return Component.badge("Paused, \(span(left)) left", .plain)
        case .running:
            guard let due = clock.due else { return "<span class=\"note\">No promise</span>" }
            let seconds = Int((due.milliseconds - now.milliseconds) / 1000)
            if clock.late || seconds < 0 { return Component.badge(told("overdue \(span(-seconds))"), .poor) }
            return Component.badge(told("in \(span(seconds))"), seconds < 3600 ? .fair : .info)
        }
    }

    /// A length of time in its two largest units: `2 d 3 h`, `45 min`.
    static func span(_ seconds: Int) -> String {
        let minutes = max(0, seconds) / 60
        switch minutes {
        case 0: return "under a minute"
        case ..<60: return "\(minutes) min"
        case ..<1440: return minutes % 60 == 0 || minutes >= 600 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
        default: return minutes % 1440 < 60 || minutes >= 14_400 ? "\(minutes / 1440) d" : "\(minutes / 1440) d \(minutes % 1440 / 60) h"
        }
    }

    // Made once: every list shows them by the dozen.
    private static let waiting = Component.badge("Waiting for support", .info)
    private static let ours = Component.badge("Waiting for us", .fair)
    private static let answered = Component.badge("Answered", .good)
    private static let theirs = Component.badge("Waiting for customer", .info)
    private static let pending = Component.badge("Pending", .plain)
    private static let onHold = Component.badge("On hold", .plain)
    private static let resolved = Component.badge("Resolved", .good)
    private static let closed = Component.badge("Closed", .plain)
    private static let merged = Component.badge("Merged", .plain)
    private static let urgent = Component.badge("Urgent", .poor)
    private static let high = Component.badge("High", .fair)
    private static let normal: HTML = "<span class=\"note\">Normal</span>"
    private static let low: HTML = "<span class=\"note\">Low</span>"
}

extension TicketPriority {
    var word: String {
        switch self {
        case .low: "Low: when there is time"
        case .normal: "Normal"
        case .high: "High: work is held up"
        case .urgent: "Urgent: nobody can work"
        }
    }
}

extension TicketState {
    /// As one chooses it.
    var word: String {
        switch self {
        case .open: "Open: support acts"
        case .answered: "Answered: the customer acts"
        case .pending: "Pending: until a date"
        case .onHold: "On hold: others act"
        case .resolved: "Resolved"
        case .closed: "Closed"
        case .merged: "Merged"
        }
    }
}
