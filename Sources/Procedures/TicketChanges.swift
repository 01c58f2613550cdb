// Changing a ticket: its state, priority, category, whose it is; what happened to it; and the plan a customer's tickets live by.

import Control
import SupportCentre
import Wire

/// Something that happened to a ticket.
package struct TicketEventEntry: Record {
    package enum Kind: String, Sendable, CaseIterable { case opened, replied, note, state, priority, plan, assigned, category, tags, merged, absorbed, unmerged, linked, unlinked, split }
    package var at = Timestamp()
    package var kind = Kind.opened
    /// The new value: a state, a priority, a name; empty where the kind says it all.
    package var value = ""
    /// More of it: the reason of a hold, the date of a pending ticket (ISO 8601).
    package var detail = ""
    package var who = ""
    package var byStaff = false
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("at", &at)
        try visit.field("kind", &kind)
        try visit.field("value", &value)
        try visit.field("detail", &detail)
        try visit.field("who", &who)
        try visit.field("by_staff", &byStaff)
    }
}

/// A person of staff whom tickets can be assigned to.
package struct Assignee: Record {
    package var email = ""
    package var name = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("email", &email)
        try visit.field("name", &name)
    }
}

/// Changes what is given and leaves the rest. A customer's people may close a ticket and reopen it; all else is staff's.
package struct ChangeTicket: Procedure {
    package typealias Answer = Ticket
    package static let name = "tickets.change", access = Access.ticketPeople, kind = ProcedureKind.write
    package var number = 0
    package var state: TicketState?
    /// With `pending`: when it becomes open by itself.
    package var until: Timestamp?
    /// With `on-hold`: what it waits for.
    package var reason: String?
    package var priority: TicketPriority?
    package var category: String?
    /// E-mail of a support person, or `me`; empty for nobody.
    package var assignee: String?
    package var tags: [String] = []
    /// Whether `tags` are given; an empty list then takes all away.
    package var setTags: Bool?
    /// `https://host` of the portal, for the link in the mail that asks how it was.
    package var origin: String?
    /// The version it was read in; another one's change is not overwritten.
    package var version: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("version", &version)
        try visit.field("state", &state)
        try visit.field("until", &until)
        try visit.field("reason", &reason)
        try visit.field("priority", &priority)
        try visit.field("category", &category)
        try visit.field("assignee", &assignee)
        try visit.field("tags", &tags)
        try visit.field("set_tags", &setTags)
        try visit.field("origin", &origin)
    }
}

/// Watches a ticket, or no longer. Who watches is told by mail, like whoever has it, of what the customer writes and of who gets it.
package struct WatchTicket: Procedure {
    package struct Answer: Record {
        package var watching = false
        /// The longest first.
        package var watchers: [Assignee] = []
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("watching", &watching)
            try visit.field("watchers", &watchers)
        }
    }
    package static let name = "tickets.watch", access = Access.support, kind = ProcedureKind.write
    package var number = 0
    package var watch = true
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("watch", &watch)
    }
}

/// Puts a customer on a support plan of the configuration; the clocks of the tickets still active go on by it.
package struct SetSupportPlan: Procedure {
    package typealias Answer = SupportPlanFacts
    package static let name = "support.set-plan", access = Access([.web, .operations], .roles([.operations])), kind = ProcedureKind.write
    package var customer = ""
    /// `standard` or the name of one of `support.plans`.
    package var plan = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("plan", &plan)
    }
}

package struct SupportPlanFacts: Record {
    package var plan = ""
    /// As configured: `Europe/London; england-and-wales; Mon-Fri 09:00-17:30`.
    package var hours = ""
    package var targets = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("plan", &plan)
        try visit.field("hours", &hours)
        try visit.field("targets", &targets)
    }
}
