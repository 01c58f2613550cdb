// Support tickets: a customer's people open, reply and close; staff see every customer's.

import Control
import Wire

package enum TicketState: String, Sendable, CaseIterable {
    /// Waits for support.
    case open
    /// Support has answered; waits for the customer.
    case answered
    case closed
}

package enum TicketPriority: String, Sendable, CaseIterable { case low, normal, high, urgent }

package struct Ticket: Record {
    /// Unique over all customers.
    package var number = 0
    package var title = ""
    package var body = ""
    package var state = TicketState.open
    package var priority = TicketPriority.normal
    package var customer = ""
    package var customerDisplayName = ""
    /// Name of the person who opened it.
    package var openedBy = ""
    package var opened = Timestamp()
    package var updated = Timestamp()
    package var replies = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("title", &title)
        try visit.field("body", &body)
        try visit.field("state", &state)
        try visit.field("priority", &priority)
        try visit.field("customer", &customer)
        try visit.field("customer_display_name", &customerDisplayName)
        try visit.field("opened_by", &openedBy)
        try visit.field("opened", &opened)
        try visit.field("updated", &updated)
        try visit.field("replies", &replies)
    }
}

package struct Reply: Record {
    package var id = ""
    package var author = ""
    /// Whether support wrote it.
    package var byStaff = false
    package var body = ""
    package var written = Timestamp()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("author", &author)
        try visit.field("by_staff", &byStaff)
        try visit.field("body", &body)
        try visit.field("written", &written)
    }
}

/// Newest first. The bodies in a list are cut to 200 characters.
package struct ListTickets: Procedure {
    package struct Answer: Record {
        package var items: [Ticket] = []
        package var next: String?
        /// Of the caller's tickets in all states, counted up to 1000.
        package var open = 0
        package var answered = 0
        package var closed = 0
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("open", &open)
            try visit.field("answered", &answered)
            try visit.field("closed", &closed)
            try visit.field("person", &person)
        }
    }
    package static let name = "tickets.list", access = Access.ticketPeople, kind = ProcedureKind.read
    /// Nil for every state.
    package var state: TicketState?
    /// Words of the title; empty for all.
    package var search = ""
    /// For staff: one customer only.
    package var customer: String?
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("state", &state)
        try visit.field("search", &search)
        try visit.field("customer", &customer)
        try visit.field("page", &page)
    }
}

package struct TicketThread: Record {
    package var ticket = Ticket()
    package var replies: [Reply] = []
    package var person = Person()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("ticket", &ticket)
        try visit.field("replies", &replies)
        try visit.field("person", &person)
    }
}

package struct ShowTicket: Procedure {
    package typealias Answer = TicketThread
    package static let name = "tickets.show", access = Access.ticketPeople, kind = ProcedureKind.read
    package var number = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("number", &number) }
}

/// By a customer's person; staff answer tickets, they do not open them.
package struct OpenTicket: Procedure {
    package typealias Answer = Ticket
    package static let name = "tickets.open", kind = ProcedureKind.write
    package static let access = Access([.web, .operations], .roles([.administrator, .superOperator, .operator, .subject]))
    package var title = ""
    package var body = ""
    package var priority: TicketPriority?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("title", &title)
        try visit.field("body", &body)
        try visit.field("priority", &priority)
    }
}

/// A reply by support makes the ticket `answered` and mails who opened it; one by the customer makes it `open` again.
package struct ReplyToTicket: Procedure {
    package typealias Answer = Reply
    package static let name = "tickets.reply", access = Access.ticketPeople, kind = ProcedureKind.write
    package var number = 0
    package var body = ""
    /// Close it in the same step.
    package var close: Bool?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("body", &body)
        try visit.field("close", &close)
    }
}

/// Closes or reopens (`open`) a ticket.
package struct SetTicketState: Procedure {
    package typealias Answer = Ticket
    package static let name = "tickets.set-state", access = Access.ticketPeople, kind = ProcedureKind.write
    package var number = 0
    package var state = TicketState.closed
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("state", &state)
    }
}
