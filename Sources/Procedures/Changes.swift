// Requests for change: raised by a customer's people or by staff, assessed, voted on, scheduled, carried out and reviewed.

import Control
import SupportCentre
import Wire

extension Access {
    /// Who may raise and read changes: a customer's people but its subjects, and support staff.
    package static let changePeople = Access([.web, .operations], .roles([.administrator, .superOperator, .operator, .support, .operations]))
}

/// Where a change stands in the eyes of whoever waits for it. Lists are filtered by it.
package enum ChangePhase: String, Sendable, CaseIterable {
    /// Being written and decided on.
    case decide
    /// Approved, or with a date.
    case plan
    /// Carried out; being looked back on.
    case review
    /// Rejected, closed or cancelled.
    case over

    package init(_ state: ChangeState) {
        self = switch state {
        case .draft, .submitted, .assessed: .decide
        case .approved, .scheduled: .plan
        case .implemented, .backedOut, .reviewed: .review
        case .rejected, .closed, .cancelled: .over
        }
    }
}

package enum Currency: String, Sendable, CaseIterable {
    case gbp = "GBP"
    case aud = "AUD"
}

/// What a change will cost its customer.
package struct ChangeQuote: Record {
    /// In pence or cents.
    package var amount = 0
    package var currency = Currency.gbp
    package var state = QuoteState.offered
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("amount", &amount)
        try visit.field("currency", &currency)
        try visit.field("state", &state)
    }
}

package struct Change: Record {
    /// Unique over all customers and staff.
    package var number = 0
    package var title = ""
    package var kind = ChangeKind.normal
    package var state = ChangeState.draft
    /// Why it is wanted, and what it is to bring.
    package var reason = ""
    package var impact: ChangeImpact?
    package var likelihood: ChangeLikelihood?
    /// What impact and likelihood come to; nil until both are known.
    package var risk: ChangeRisk?
    package var plan = ""
    package var backOut = ""
    package var evidence = ""
    /// Parts of the service it touches; none named may be any.
    package var parts: [String] = []
    package var starts: Timestamp?
    package var ends: Timestamp?
    package var quote: ChangeQuote?
    /// Nil for a change of Fitech's own, for everybody.
    package var customer: String?
    package var customerDisplayName = ""
    package var raisedBy = ""
    package var byStaff = false
    package var raised = Timestamp()
    package var updated = Timestamp()
    /// Changes with every change; send it back to be told when somebody else was faster.
    package var version = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("title", &title)
        try visit.field("kind", &kind)
        try visit.field("state", &state)
        try visit.field("reason", &reason)
        try visit.field("impact", &impact)
        try visit.field("likelihood", &likelihood)
        try visit.field("risk", &risk)
        try visit.field("plan", &plan)
        try visit.field("back_out", &backOut)
        try visit.field("evidence", &evidence)
        try visit.field("parts", &parts)
        try visit.field("starts", &starts)
        try visit.field("ends", &ends)
        try visit.field("quote", &quote)
        try visit.field("customer", &customer)
        try visit.field("customer_display_name", &customerDisplayName)
        try visit.field("raised_by", &raisedBy)
        try visit.field("by_staff", &byStaff)
        try visit.field("raised", &raised)
        try visit.field("updated", &updated)
        try visit.field("version", &version)
    }
}

/// One line of a change's history, as everybody who may see the change reads it.
package struct ChangeEvent: Record {
    package var at = Timestamp()
    package var who = ""
    package var byStaff = false
    /// A step, or `raise`, `edit`, `quote`, `accept-quote`, `decline-quote`, `withdraw-quote`.
    package var what = ""
    package var state = ChangeState.draft
    package var note = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("at", &at)
        try visit.field("who", &who)
        try visit.field("by_staff", &byStaff)
        try visit.field("what", &what)
        try visit.field("state", &state)
        try visit.field("note", &note)
    }
}

package struct ChangeVote: Record {
    package var who = ""
    package var choice = VoteChoice.approve
    package var comment = ""
    package var at = Timestamp()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("who", &who)
        try visit.field("choice", &choice)
        try visit.field("comment", &comment)
        try visit.field("at", &at)
    }
}

/// The vote as staff see it; a customer's people never do.
package struct ChangeBoard: Record {
    package enum Outcome: String, Sendable, CaseIterable { case open, approved, rejected, lapsed }
    package var quorum = 1
    package var rule = BoardRule.majority
    package var ends = Timestamp()
    package var outcome = Outcome.open
    /// Votes that are missing for the quorum.
    package var missing = 0
    /// Every vote of this round, in the order they were given; of one person the last counts.
    package var votes: [ChangeVote] = []
    /// Whether the caller may vote now.
    package var mayVote = false
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("quorum", &quorum)
        try visit.field("rule", &rule)
        try visit.field("ends", &ends)
        try visit.field("outcome", &outcome)
        try visit.field("missing", &missing)
        try visit.field("votes", &votes)
        try visit.field("may_vote", &mayVote)
    }
}

/// A planned change in the calendar.
package struct PlannedWork: Record {
    /// Nil where the reader may not open it: work of Fitech's own, in a customer's calendar.
    package var number: Int?
    package var title = ""
    package var kind = ChangeKind.normal
    package var state = ChangeState.scheduled
    package var customer: String?
    package var customerDisplayName = ""
    package var parts: [String] = []
    package var starts = Timestamp()
    package var ends = Timestamp()
    /// It gets in the way of another one in this list.
    package var clashes = false
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("title", &title)
        try visit.field("kind", &kind)
        try visit.field("state", &state)
        try visit.field("customer", &customer)
        try visit.field("customer_display_name", &customerDisplayName)
        try visit.field("parts", &parts)
        try visit.field("starts", &starts)
        try visit.field("ends", &ends)
        try visit.field("clashes", &clashes)
    }
}

/// Newest first. Of the texts only the beginning of the reason is in a list.
package struct ListChanges: Procedure {
    package struct Answer: Record {
        package var items: [Change] = []
        package var next: String?
        /// Of the caller's changes in each phase, counted up to 1000.
        package var deciding = 0
        package var planned = 0
        package var reviewing = 0
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("deciding", &deciding)
            try visit.field("planned", &planned)
            try visit.field("reviewing", &reviewing)
            try visit.field("person", &person)
        }
    }
    package static let name = "changes.list", access = Access.changePeople, kind = ProcedureKind.read
    package var phase: ChangePhase?
    package var state: ChangeState?
    /// Words of the title; empty for all.
    package var search = ""
    /// For staff: one customer only.
    package var customer: String?
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("phase", &phase)
        try visit.field("state", &state)
        try visit.field("search", &search)
        try visit.field("customer", &customer)
        try visit.field("page", &page)
    }
}

/// A change with all there is to it.
package struct ChangeView: Record {
    package var change = Change()
    package var events: [ChangeEvent] = []
    /// For staff, once there is a vote.
    package var board: ChangeBoard?
    /// The steps the caller may ask for now (`ChangeStep`).
    package var steps: [String] = []
    /// What the caller may still write (`ChangeContent`).
    package var editable: [String] = []
    /// Planned work in its way, itself left out.
    package var clashes: [PlannedWork] = []
    /// Whether the caller may answer the quote.
    package var mayAnswerQuote = false
    package var person = Person()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("change", &change)
        try visit.field("events", &events)
        try visit.field("board", &board)
        try visit.field("steps", &steps)
        try visit.field("editable", &editable)
        try visit.field("clashes", &clashes)
        try visit.field("may_answer_quote", &mayAnswerQuote)
        try visit.field("person", &person)
    }
}

package struct ShowChange: Procedure {
    package typealias Answer = ChangeView
    package static let name = "changes.show", access = Access.changePeople, kind = ProcedureKind.read
    package var number = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("number", &number) }
}

/// A month of planned changes. Staff see everybody's; a customer's people their own and when Fitech itself is at work.
package struct ShowChangeCalendar: Procedure {
    package struct Answer: Record {
        /// `2026-11`
        package var month = ""
        package var items: [PlannedWork] = []
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("month", &month)
            try visit.field("items", &items)
            try visit.field("person", &person)
        }
    }
    package static let name = "changes.calendar", access = Access.changePeople, kind = ProcedureKind.read
    /// `2026-11`; nil for the current month on the caller's clock.
    package var month: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("month", &month) }
}
