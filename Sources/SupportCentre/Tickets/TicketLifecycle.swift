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

/// Who moves a ticket. `time` is the house itself, when a date comes.
package enum TicketActor: String, Sendable, CaseIterable { case customer, support, time }

/// One row of the table of transitions.
package struct TicketTransition: Sendable {
    /// What has to be said with it.
    package enum Needs: Sendable { case nothing, date, reason }

    package var from: Set<TicketState>
    package var to: TicketState
    package var by: Set<TicketActor>
    package var needs = Needs.nothing
}

package enum TicketLifecycle {
    /// Every step there is. Merging and its undoing are not steps of a person's choice: they go with `merge` and `undo` alone.
    package static let table: [TicketTransition] = [
        // Work goes on: by anybody's word, or when the date comes.
        TicketTransition(from: [.answered, .onHold, .resolved, .closed], to: .open, by: [.customer, .support]),
        TicketTransition(from: [.pending], to: .open, by: [.customer, .support, .time]),
        // Support has said something and waits; a ticket that had ended is taken up again by it.
        TicketTransition(from: [.open, .pending, .onHold, .resolved, .closed], to: .answered, by: [.support]),
        // Others have to act first. The same again gives another date or reason.
        TicketTransition(from: [.open, .answered, .onHold, .pending], to: .pending, by: [.support], needs: .date),
        TicketTransition(from: [.open, .answered, .pending, .onHold], to: .onHold, by: [.support], needs: .reason),
        // The end.
        TicketTransition(from: [.open, .answered, .pending, .onHold], to: .resolved, by: [.support]),
        TicketTransition(from: [.open, .answered, .pending, .onHold], to: .closed, by: [.customer, .support]),
        TicketTransition(from: [.resolved], to: .closed, by: [.customer, .support, .time]),
    ]

    package static func transition(from: TicketState, to: TicketState, by actor: TicketActor) -> TicketTransition? {
        table.first { $0.to == to && $0.from.contains(from) && $0.by.contains(actor) }
    }

    /// What somebody may choose next, in the order of the states.
    package static func choices(from state: TicketState, by actor: TicketActor) -> [TicketState] {
        TicketState.allCases.filter { transition(from: state, to: $0, by: actor) != nil }
    }

    /// The state a message leaves behind: support's is an answer, the customer's asks for one.
    package static func afterReply(byStaff: Bool) -> TicketState { byStaff ? .answered : .open }

    /// Refuses a step that the table does not have, or that lacks what it needs.
    ///
    /// - Parameters:
    ///   - since: when the ticket came into the state it is in.
    ///   - until: the date given, for `pending`.
    package static func check(
        from: TicketState, to: TicketState, by actor: TicketActor, since: Timestamp, until: Timestamp?, reason: String, now: Timestamp, policy: TicketPolicy
    ) throws(Failure) {
        guard from != .merged else {
            throw .conflict("This ticket was merged into another.", hint: "Go on in the other ticket, or undo the merge first.")
        }
        guard let step = transition(from: from, to: to, by: actor) else {
            let may = choices(from: from, by: actor).map(\.rawValue).joined(separator: ", ")
            throw .conflict("A ticket that is \(from.rawValue) cannot become \(to.rawValue)\(actor == .customer ? " by you" : "").", hint: may.isEmpty ? "Open a new ticket." : "It can become: \(may).")
        }
        if from == .closed, actor == .customer, !policy.mayReopen(closed: since, now: now) { throw tooLate(policy) }
        switch step.needs {
        case .nothing: break
        case .date:
            guard let until, until > now, until.milliseconds - now.milliseconds <= 366 * 86_400_000 else {
                throw .unacceptable([.init(field: "until", reason: "A ticket waits until a date to come, within a year.", hint: "Give the day on which it shall be taken up again.")])
            }
        case .reason:
            guard !reason.isEmpty else {
                throw .unacceptable([.init(field: "reason", reason: "What the ticket waits for is missing.", hint: "Say it in a few words: the customer reads them.")])
            }
        }
    }

    package static func tooLate(_ policy: TicketPolicy) -> Failure {
        .conflict("This ticket was closed more than \(policy.reopenDays) days ago.", hint: "Open a new ticket and name the number of this one.")
    }

    /// When time itself moves the ticket, and to what: the date of a pending one, the silence after a solution.
    package static func wake(_ state: TicketState, since: Timestamp, until: Timestamp?, policy: TicketPolicy) -> (at: Timestamp, to: TicketState)? {
        switch state {
        case .pending: until.map { ($0, .open) }
        case .resolved: (Timestamp(milliseconds: since.milliseconds + Int64(policy.closeResolvedDays) * 86_400_000), .closed)
        case .open, .answered, .onHold, .closed, .merged: nil
        }
    }
}

/// The days of the house's own choice.
package struct TicketPolicy: Sendable, Equatable {
    /// How long the customer may reopen what was closed; after that a follow-up is opened.
    package var reopenDays = 30
    /// After how much silence a solution counts as accepted.
    package var closeResolvedDays = 7
    package init() {}

    package func mayReopen(closed: Timestamp, now: Timestamp) -> Bool {
        now.milliseconds - closed.milliseconds <= Int64(reopenDays) * 86_400_000
    }
}
