// Saved views of the queue: filters of the list of tickets that a person of support keeps under a name, alone or for everybody of support.

import Control
import SupportCentre
import Wire

/// What a list of tickets is narrowed to, as in `ListTickets`; what is nil or empty narrows nothing.
package struct TicketFilter: Record, Equatable {
    package var state: TicketState?
    package var priority: TicketPriority?
    package var category: String?
    package var tag: String?
    package var customer: String?
    /// An e-mail, `none`, or `me`: whoever looks at the view.
    package var assignee: String?
    package var search: String?
    package var order: TicketOrder?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("state", &state)
        try visit.field("priority", &priority)
        try visit.field("category", &category)
        try visit.field("tag", &tag)
        try visit.field("customer", &customer)
        try visit.field("assignee", &assignee)
        try visit.field("search", &search)
        try visit.field("order", &order)
    }
}

package struct TicketView: Record {
    package var id = ""
    package var name = ""
    /// Everybody of support has it, else whoever made it alone.
    package var shared = false
    /// The reader made it.
    package var own = false
    /// Who made it.
    package var by = ""
    package var filter = TicketFilter()
    /// Grows with every change.
    package var version = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("name", &name)
        try visit.field("shared", &shared)
        try visit.field("own", &own)
        try visit.field("by", &by)
        try visit.field("filter", &filter)
        try visit.field("version", &version)
    }
}

/// The caller's own and the shared ones, by name. There are never so many that they need pages.
package struct ListTicketViews: Procedure {
    package struct Answer: Record {
        package var items: [TicketView] = []
        /// Whom tickets can be assigned to.
        package var staff: [Assignee] = []
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("staff", &staff)
            try visit.field("person", &person)
        }
    }
    package static let name = "ticket-views.list", access = Access.support, kind = ProcedureKind.read
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}

/// Keeps a view, a new one without an id. A shared one may be changed by everybody of support; only who made it makes it theirs alone again.
package struct SaveTicketView: Procedure {
    package typealias Answer = TicketView
    package static let name = "ticket-views.save", access = Access.support, kind = ProcedureKind.write
    package var id: String?
    package var name = ""
    package var shared: Bool?
    package var filter = TicketFilter()
    /// The version that was looked at; when it is another by now, nothing is changed (409 `changed-meanwhile`).
    package var version: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("name", &name)
        try visit.field("shared", &shared)
        try visit.field("filter", &filter)
        try visit.field("version", &version)
    }
}

package struct RemoveTicketView: Procedure {
    package typealias Answer = Done
    package static let name = "ticket-views.remove", access = Access.support, kind = ProcedureKind.write
    package var id = ""
    package var version: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("version", &version)
    }
}

extension ListTickets {
    /// The same question through a view: what is asked besides takes the place of what the view says.
    package func through(_ filter: TicketFilter) -> ListTickets {
        var asked = self
        asked.state = state ?? filter.state
        asked.priority = priority ?? filter.priority
        asked.category = category ?? filter.category
        asked.tag = tag ?? filter.tag
        asked.customer = customer ?? filter.customer
        asked.assignee = assignee ?? filter.assignee
        asked.search = search.isEmpty ? filter.search ?? "" : search
        asked.order = order ?? filter.order
        return asked
    }

    /// What it is narrowed to.
    package var filter: TicketFilter {
        var filter = TicketFilter()
        (filter.state, filter.priority, filter.category, filter.tag) = (state, priority, category, tag)
        (filter.customer, filter.assignee, filter.search, filter.order) = (customer, assignee, search.isEmpty ? nil : search, order)
        return filter
    }
}
