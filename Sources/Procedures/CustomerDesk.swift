// Customers as support sees them: who there is, and everything of one that helps to answer it. Nothing is changed from here.

import Control
import SupportCentre
import Wire

package struct DeskCustomer: Record {
    /// The short name, such as `clinic`.
    package var name = ""
    package var displayName = ""
    package var created = Timestamp()
    /// Tickets somebody still has to act on, counted up to 100, and those of them whose promise is broken.
    package var active = 0
    package var late = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("name", &name)
        try visit.field("display_name", &displayName)
        try visit.field("created", &created)
        try visit.field("active", &active)
        try visit.field("late", &late)
    }
}

/// By short name.
package struct ListDeskCustomers: Procedure {
    package struct Answer: Record {
        package var items: [DeskCustomer] = []
        package var next: String?
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("person", &person)
        }
    }
    package static let name = "desk.customers", access = Access.support, kind = ProcedureKind.read
    /// Part of the short name or of the name; empty for all.
    package var search = ""
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("search", &search)
        try visit.field("page", &page)
    }
}

extension ListDeskCustomers: ListProcedure {}
extension ListDeskCustomers.Answer: ListAnswer {}

/// How many people of a customer have a role, counted up to 1000.
package struct RoleCount: Record {
    package var role = PersonRole.operator
    package var count = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("role", &role)
        try visit.field("count", &count)
    }
}

/// An export as staff see it beside others; the file is the exporters' alone.
package struct DeskExport: Record {
    package var state = ExportState.waiting
    package var asked = Timestamp()
    package var askedBy = ""
    package var finished: Timestamp?
    package var bytes: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("state", &state)
        try visit.field("asked", &asked)
        try visit.field("asked_by", &askedBy)
        try visit.field("finished", &finished)
        try visit.field("bytes", &bytes)
    }
}

package struct ShowDeskCustomer: Procedure {
    package struct Answer: Record {
        package var customer = DeskCustomer()
        package var people: [RoleCount] = []
        package var suspended = 0
        /// What its tickets are promised.
        package var plan = SupportPlanFacts()
        /// The hours of that plan, now.
        package var hours = SupportDesk()
        /// What is due first, at most 10; and whether there are more.
        package var tickets: [Ticket] = []
        package var moreTickets = false
        /// The newest, at most 5.
        package var changes: [Change] = []
        package var exports: [DeskExport] = []
        /// The newest restore point that holds this customer, as far as the data nodes have told the primary.
        package var restorePoint: Timestamp?
        /// Of the customer's database, without what is still to be checkpointed.
        package var bytes = 0
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("customer", &customer)
            try visit.field("people", &people)
            try visit.field("suspended", &suspended)
            try visit.field("plan", &plan)
            try visit.field("hours", &hours)
            try visit.field("tickets", &tickets)
            try visit.field("more_tickets", &moreTickets)
            try visit.field("changes", &changes)
            try visit.field("exports", &exports)
            try visit.field("restore_point", &restorePoint)
            try visit.field("bytes", &bytes)
            try visit.field("person", &person)
        }
    }
    package static let name = "desk.customer", access = Access.support, kind = ProcedureKind.read
    package var customer = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("customer", &customer) }
}
