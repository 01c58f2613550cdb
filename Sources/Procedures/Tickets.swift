// Support tickets: what one is, lists of them, opening and replying.

import Control
import SupportCentre
import Wire

/// A clock of a ticket as people see it. Times of work are in seconds.
package struct ClockFacts: Record, Equatable {
    package enum Phase: String, Sendable, CaseIterable { case running, paused, met, ended }
    package var phase = Phase.ended
    /// When the promised time is, or was, used up; nil while it waits with some left, and when nothing is promised.
    package var due: Timestamp?
    /// When the promise was met or broken.
    package var met: Timestamp?
    /// Working time left, of a clock that is paused; below zero when overdue.
    package var left: Int?
    /// Whether the promise is broken.
    package var late = false
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("phase", &phase)
        try visit.field("due", &due)
        try visit.field("met", &met)
        try visit.field("left", &left)
        try visit.field("late", &late)
    }
}

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
    /// A word of the house's choice, such as `imports`; empty without one.
    package var category = ""
    /// E-mail of the support person whose ticket it is; staff see it, others the name only.
    package var assignee: String?
    package var assigneeName = ""
    /// For staff; empty for others.
    package var tags: [String] = []
    /// Of a pending ticket: when it becomes open by itself.
    package var until: Timestamp?
    /// What a ticket on hold waits for.
    package var reason = ""
    package var stateSince = Timestamp()
    /// Grows with every change of the ticket.
    package var version = 0
    /// The ticket its conversation went on in.
    package var mergedInto: Int?
    package var response = ClockFacts()
    package var resolution = ClockFacts()
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
        try visit.field("category", &category)
        try visit.field("assignee", &assignee)
        try visit.field("assignee_name", &assigneeName)
        try visit.field("tags", &tags)
        try visit.field("until", &until)
        try visit.field("reason", &reason)
        try visit.field("state_since", &stateSince)
        try visit.field("version", &version)
        try visit.field("merged_into", &mergedInto)
        try visit.field("response", &response)
        try visit.field("resolution", &resolution)
    }
}

package struct Reply: Record {
    package var id = ""
    package var author = ""
    /// Whether support wrote it.
    package var byStaff = false
    package var body = ""
    package var written = Timestamp()
    /// A note among staff: nobody of the customer ever sees it.
    package var `internal` = false
    /// The ticket it was written in, when that was merged into the one shown.
    package var ticket: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("author", &author)
        try visit.field("by_staff", &byStaff)
        try visit.field("body", &body)
        try visit.field("written", &written)
        try visit.field("internal", &`internal`)
        try visit.field("ticket", &ticket)
    }
}

/// The order of a list.
package enum TicketOrder: String, Sendable, CaseIterable {
    /// The newest ticket first.
    case newest
    /// What support has to do next first: those somebody still has to act on, by the moment a promise comes due.
    case due
}

/// The bodies in a list are cut to 200 characters.
package struct ListTickets: Procedure {
    package struct Answer: Record {
        package var items: [Ticket] = []
        package var next: String?
        /// Of the caller's tickets in all states, counted up to 1000.
        package var open = 0
        package var answered = 0
        package var closed = 0
        package var person = Person()
        /// Pending and on hold.
        package var waiting = 0
        package var resolved = 0
        /// For staff: active tickets that are the caller's, and that are nobody's.
        package var mine = 0
        package var unassigned = 0
        /// The order of the items.
        package var order = TicketOrder.newest
        /// For staff: the views there are for the caller, by name.
        package var views: [TicketView] = []
        /// For staff: whom tickets can be assigned to.
        package var staff: [Assignee] = []
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("open", &open)
            try visit.field("answered", &answered)
            try visit.field("closed", &closed)
            try visit.field("person", &person)
            try visit.field("waiting", &waiting)
            try visit.field("resolved", &resolved)
            try visit.field("mine", &mine)
            try visit.field("unassigned", &unassigned)
            try visit.field("order", &order)
            try visit.field("views", &views)
            try visit.field("staff", &staff)
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
    /// Nil: for staff who look at everybody's tickets by what is due, else the newest first.
    package var order: TicketOrder?
    package var priority: TicketPriority?
    /// For staff: an e-mail, `me`, or `none` for those that are nobody's.
    package var assignee: String?
    package var category: String?
    /// For staff.
    package var tag: String?
    /// For staff: the id of a view whose filter stands where nothing else is asked.
    package var view: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("state", &state)
        try visit.field("search", &search)
        try visit.field("customer", &customer)
        try visit.field("page", &page)
        try visit.field("order", &order)
        try visit.field("priority", &priority)
        try visit.field("assignee", &assignee)
        try visit.field("category", &category)
        try visit.field("tag", &tag)
        try visit.field("view", &view)
    }
}

package struct TicketThread: Record {
    package var ticket = Ticket()
    package var replies: [Reply] = []
    package var person = Person()
    /// What happened, oldest first; of that only what the reader may know.
    package var events: [TicketEventEntry] = []
    /// For staff: whom it can be assigned to.
    package var staff: [Assignee] = []
    /// What the reader may make of it next.
    package var choices: [String] = []
    /// Tickets beside it, those merged into it first.
    package var links: [TicketLink] = []
    /// What the reader has begun to write.
    package var draft = ""
    /// For staff: who else of staff was writing within the last ten minutes.
    package var writing: [String] = []
    package var attachments: [Attachment] = []
    /// What the customer said of it, the latest first.
    package var ratings: [TicketRating] = []
    /// For staff: the canned replies an answer can begin with.
    package var canned: [CannedChoice] = []
    /// For staff: who watches it.
    package var watchers: [Assignee] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("ticket", &ticket)
        try visit.field("replies", &replies)
        try visit.field("person", &person)
        try visit.field("events", &events)
        try visit.field("staff", &staff)
        try visit.field("choices", &choices)
        try visit.field("links", &links)
        try visit.field("draft", &draft)
        try visit.field("writing", &writing)
        try visit.field("attachments", &attachments)
        try visit.field("ratings", &ratings)
        try visit.field("canned", &canned)
        try visit.field("watchers", &watchers)
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
    package var category: String?
    /// The number of an earlier ticket that this one follows.
    package var follows: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("title", &title)
        try visit.field("body", &body)
        try visit.field("priority", &priority)
        try visit.field("category", &category)
        try visit.field("follows", &follows)
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
    /// For staff: a note among staff, which leaves state and clocks alone.
    package var `internal`: Bool?
    /// The id of the last reply the writer has seen, empty for none: when somebody else has written since, the reply is refused
    /// (409 `written-meanwhile`) and kept as a draft. Without it nothing is compared.
    package var seen: String?
    /// `https://host` of the portal, for the link in the mail that asks how it was.
    package var origin: String?
    /// For staff: the state the ticket shall have afterwards instead of `answered`: `open`, `resolved`, `closed`.
    package var state: TicketState?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("body", &body)
        try visit.field("close", &close)
        try visit.field("internal", &`internal`)
        try visit.field("state", &state)
        try visit.field("seen", &seen)
        try visit.field("origin", &origin)
    }
}
