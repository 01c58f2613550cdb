// How a ticket's state and priority are shown: by word, colour and shape.
import Procedures

enum TicketMarks {
    /// The same state asks different people to act.
    static func state(_ state: TicketState, staff: Bool) -> HTML {
        switch (state, staff) {
        case (.open, false): waiting
        case (.open, true): ours
        case (.answered, false): answered
        case (.answered, true): theirs
        case (.closed, _): closed
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

    // Made once: every list shows them by the dozen.
    private static let waiting = Component.badge("Waiting for support", .info)
    private static let ours = Component.badge("Waiting for us", .fair)
    private static let answered = Component.badge("Answered", .good)
    private static let theirs = Component.badge("Waiting for customer", .info)
    private static let closed = Component.badge("Closed", .plain)
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
