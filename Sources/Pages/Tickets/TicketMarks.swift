// How a ticket's state and priority are shown: by word, colour and shape.
import Procedures

enum TicketMarks {
    /// The same state asks different people to act.
    static func state(_ state: TicketState, staff: Bool) -> HTML {
        switch (state, staff) {
        case (.open, false): Component.badge("Waiting for support", .info)
        case (.open, true): Component.badge("Waiting for us", .fair)
        case (.answered, false): Component.badge("Answered", .good)
        case (.answered, true): Component.badge("Waiting for customer", .info)
        case (.closed, _): Component.badge("Closed", .plain)
        }
    }

    /// Normal priority needs no mark.
    static func priority(_ priority: TicketPriority) -> HTML {
        switch priority {
        case .urgent: Component.badge("Urgent", .poor)
        case .high: Component.badge("High", .fair)
        case .normal: "<span class=\"note\">Normal</span>"
        case .low: "<span class=\"note\">Low</span>"
        }
    }
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
