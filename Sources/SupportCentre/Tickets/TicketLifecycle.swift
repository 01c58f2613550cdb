// The lifecycle of a ticket as a table: what a state means for the clocks, who may go from which state to which, and what it takes.
import Wire

/// What a state means.
package struct TicketStateRule: Sendable {
    /// Somebody still has to do something.
    package var isActive: Bool
    /// Support has to act: the resolution clock runs.
    package var runsResolution: Bool
    /// Meets the resolution clock.
    package var settles: Bool
}

extension TicketState {
    package static let initial = TicketState.open
    package static let active: [TicketState] = allCases.filter(\.rule.isActive)
    package static let inactive: [TicketState] = allCases.filter { !$0.rule.isActive }

    package var rule: TicketStateRule {
        switch self {
        case .open: TicketStateRule(isActive: true, runsResolution: true, settles: false)
        case .answered, .pending, .onHold: TicketStateRule(isActive: true, runsResolution: false, settles: false)
        case .resolved, .closed: TicketStateRule(isActive: false, runsResolution: false, settles: true)
        case .merged: TicketStateRule(isActive: false, runsResolution: false, settles: false)
        }
    }
}
