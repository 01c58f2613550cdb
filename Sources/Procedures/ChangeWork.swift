// What is done to a change: raised, written, moved on step by step, voted on, priced.

import Control
import SupportCentre
import Wire

/// Raises a change as a draft. A customer's people raise changes of their customer; staff of everybody, or of a customer they name.
package struct RaiseChange: Procedure {
    package typealias Answer = Change
    package static let name = "changes.raise", access = Access.changePeople, kind = ProcedureKind.write
    package var title = ""
    /// Normal when left out; only staff may say `standard`.
    package var kind: ChangeKind?
    package var reason: String?
    package var impact: ChangeImpact?
    package var likelihood: ChangeLikelihood?
    package var plan: String?
    package var backOut: String?
    package var evidence: String?
    /// Parts of the service (`ServicePart`), separated by spaces or commas.
    package var parts: String?
    /// For staff: whose change it is; nil for everybody's.
    package var customer: String?
    /// Submit it in the same step.
    package var submit: Bool?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("title", &title)
        try visit.field("kind", &kind)
        try visit.field("reason", &reason)
        try visit.field("impact", &impact)
        try visit.field("likelihood", &likelihood)
        try visit.field("plan", &plan)
        try visit.field("back_out", &backOut)
        try visit.field("evidence", &evidence)
        try visit.field("parts", &parts)
        try visit.field("customer", &customer)
        try visit.field("submit", &submit)
    }
}

/// Writes some of a change's content; what is left out stays. What was voted on is not changed any more.
package struct EditChange: Procedure {
    package typealias Answer = Change
    package static let name = "changes.edit", access = Access.changePeople, kind = ProcedureKind.write
    package var number = 0
    package var title: String?
    package var kind: ChangeKind?
    package var reason: String?
    package var impact: ChangeImpact?
    package var likelihood: ChangeLikelihood?
    package var plan: String?
    package var backOut: String?
    package var evidence: String?
    package var parts: String?
    /// The version the caller has seen; another one is refused with 409.
    package var version: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("title", &title)
        try visit.field("kind", &kind)
        try visit.field("reason", &reason)
        try visit.field("impact", &impact)
        try visit.field("likelihood", &likelihood)
        try visit.field("plan", &plan)
        try visit.field("back_out", &backOut)
        try visit.field("evidence", &evidence)
        try visit.field("parts", &parts)
        try visit.field("version", &version)
    }
}

/// Moves a change on by one step of its lifecycle (`ChangeLifecycle`).
package struct MoveChange: Procedure {
    package typealias Answer = Change
    package static let name = "changes.move", access = Access.changePeople, kind = ProcedureKind.write
    package var number = 0
    package var step = ChangeStep.submit
    package var note: String?
    /// For `schedule` and `reschedule`: ISO 8601 with a zone, or `2026-11-22T02:00` on the caller's own clock.
    package var starts: String?
    package var ends: String?
    package var version: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("step", &step)
        try visit.field("note", &note)
        try visit.field("starts", &starts)
        try visit.field("ends", &ends)
        try visit.field("version", &version)
    }
}

/// A vote of the advisory board, which is support staff. It is kept for good; a second one of the same person counts instead of the first.
package struct VoteOnChange: Procedure {
    package typealias Answer = Change
    package static let name = "changes.vote", access = Access.support, kind = ProcedureKind.write
    package var number = 0
    package var choice = VoteChoice.approve
    /// Must be there for a `reject`.
    package var comment: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("choice", &choice)
        try visit.field("comment", &comment)
    }
}

/// Offers the customer what the change will cost; without an amount the offer is withdrawn.
package struct QuoteChange: Procedure {
    package typealias Answer = Change
    package static let name = "changes.quote", access = Access.support, kind = ProcedureKind.write
    package var number = 0
    /// In pence or cents.
    package var amount: Int?
    package var currency: Currency?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("amount", &amount)
        try visit.field("currency", &currency)
    }
}

/// The customer's administrator says yes or no to what a change will cost.
package struct AnswerQuote: Procedure {
    package typealias Answer = Change
    package static let name = "changes.answer-quote", access = Access.administrators, kind = ProcedureKind.write
    package var number = 0
    package var accept = false
    package var note: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("accept", &accept)
        try visit.field("note", &note)
    }
}
