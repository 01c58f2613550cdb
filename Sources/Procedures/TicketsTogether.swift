// Changing several tickets in one go: each is judged as when it is changed alone, and each has an answer of its own.

import Control
import SupportCentre
import Wire

/// One of the tickets that are chosen.
package struct TicketPick: Record {
    package var number = 0
    package init() {}
    package init(_ number: Int) { self.number = number }
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("number", &number) }
}

/// What became of one of them.
package struct TicketOutcome: Record {
    package enum Kind: String, Sendable, CaseIterable {
        case changed
        /// It was so already.
        case unchanged
        /// It stays as it was: `reason` says why, `hint` what to do.
        case refused
    }
    package var number = 0
    package var kind = Kind.refused
    /// Empty for a ticket that is not there.
    package var title = ""
    /// What was changed, such as `priority high`.
    package var changes: [String] = []
    package var reason = ""
    package var hint = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("kind", &kind)
        try visit.field("title", &title)
        try visit.field("changes", &changes)
        try visit.field("reason", &reason)
        try visit.field("hint", &hint)
    }
}

/// Changes tickets of any customers one after the other, as `ChangeTicket` changes one. What is refused of one keeps none of the others
/// from being changed; a repeat under the same replay id changes each once.
package struct ChangeTickets: Procedure {
    package struct Answer: Record {
        /// In the order they were named, each once.
        package var items: [TicketOutcome] = []
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("person", &person)
        }
    }
    package static let name = "tickets.change-many", access = Access.support, kind = ProcedureKind.write
    package var tickets: [TicketPick] = []
    package var state: TicketState?
    /// With `pending`: when they become open by themselves.
    package var until: Timestamp?
    /// With `on-hold`: what they wait for.
    package var reason: String?
    package var priority: TicketPriority?
    /// E-mail of a support person, or `me`; empty for nobody.
    package var assignee: String?
    package var addTags: [String] = []
    package var removeTags: [String] = []
    /// `https://host` of the portal, for links in mails.
    package var origin: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("tickets", &tickets)
        try visit.field("state", &state)
        try visit.field("until", &until)
        try visit.field("reason", &reason)
        try visit.field("priority", &priority)
        try visit.field("assignee", &assignee)
        try visit.field("add_tags", &addTags)
        try visit.field("remove_tags", &removeTags)
        try visit.field("origin", &origin)
    }
}
