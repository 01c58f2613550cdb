// The words of requests for change: kinds, states, steps, and who may have a hand in them.

/// How a change is allowed to come about (ITIL's three).
package enum ChangeKind: String, Sendable, CaseIterable {
    /// Known and repeated, agreed once and for all: no assessment and no vote. Only staff call a change standard.
    case standard
    /// Assessed and voted on before it is scheduled.
    case normal
    /// Cannot wait for an assessment; it is voted on all the same.
    case emergency
}

package enum ChangeState: String, Sendable, CaseIterable {
    case draft, submitted, assessed, approved, rejected, scheduled, implemented
    case backedOut = "backed-out"
    case reviewed, closed, cancelled

    /// Nothing leads out of it.
    package var isFinal: Bool { self == .closed || self == .cancelled }
}

package enum ChangeStep: String, Sendable, CaseIterable {
    case submit, assess
    /// By the board's votes only, never by one person's word.
    case approve, reject
    /// A vote that ended without a result goes on.
    case extend
    case schedule, reschedule, implement
    case backOut = "back-out"
    case review, close, cancel
    /// Back to a draft, to be put right and submitted again.
    case revise
}

/// What somebody is to a change; one person may be several.
package enum ChangeParty: String, Sendable, CaseIterable {
    /// Who raised it, or an administrator of the customer it belongs to.
    case owner
    /// Support and operations.
    case staff
    /// The advisory board: what its votes come to.
    case board
}

/// What a change is made of, beyond its title.
package enum ChangeContent: String, Sendable, CaseIterable {
    case reason, risk, plan
    case backOut = "back-out"
    case evidence

    /// The field of the form and of the API, and what it is called in a sentence.
    var field: String {
        switch self {
        case .reason: "reason"
        case .risk: "impact"
        case .plan: "plan"
        case .backOut: "back_out"
        case .evidence: "evidence"
        }
    }
    var name: String {
        switch self {
        case .reason: "Why it is wanted"
        case .risk: "Its impact and likelihood of trouble"
        case .plan: "The plan"
        case .backOut: "The way back"
        case .evidence: "The evidence of its test"
        }
    }
}

/// What a customer says to what a change will cost.
package enum QuoteState: String, Sendable, CaseIterable { case offered, accepted, declined }
