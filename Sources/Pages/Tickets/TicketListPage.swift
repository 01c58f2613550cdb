// Tickets: a customer's own, or for staff the queue over all customers.
import Control
import Procedures
import SupportCentre
import Wire

package enum TicketListPage {
    package static func html(_ frame: Frame, _ answer: ListTickets.Answer, _ query: ListTickets, desk: SupportDesk, now: Timestamp) -> HTML {
        let staff = answer.person.role.isStaff
        let actions = [ExportMenu.html(.init("tickets", query: "&amp;\(kept(answer, query))"))]
            + (staff ? [Component.link("Customers", to: "/customers"), Component.link("Canned replies", to: "/canned-replies"), Component.link("Recycle bin", to: "/bin")] : [Component.link("Open a ticket", to: "/tickets/new", icon: .plus, style: "primary")])
        return Layout.page(frame, """
            \(Component.header("Tickets", lead: staff ? lead(answer, query) : "Questions, faults and wishes; support answers each.", actions: actions))
            \(filters(answer, query, staff: staff))
            \(Component.card(nil, flush: true, answer.items.isEmpty ? nothing(answer, query, staff: staff) : table(frame, answer, query, staff: staff, now: now)))
            \(staff ? .empty : SupportDeskCard.html(desk, zone: answer.person.zone, now: now))
            """)
    }

    /// What staff look at.
    private static func lead(_ answer: ListTickets.Answer, _ query: ListTickets) -> HTML {
        if let view = answer.views.first(where: { $0.id == query.view }) { return HTML(TicketFilters.words(view.filter).sentence) }
        return answer.order == .due ? "What has to be done next comes first, over all customers." : "Every customer's, newest first."
    }

    private static func filters(_ answer: ListTickets.Answer, _ query: ListTickets, staff: Bool) -> HTML {
        let tabs = staff ? staffTabs(answer, query) : [
            tab("All", "/tickets", nil, query.state == nil), tab("Waiting", "/tickets?state=open", answer.open, query.state == .open),
            tab("Answered", "/tickets?state=answered", answer.answered, query.state == .answered), tab("Resolved", "/tickets?state=resolved", answer.resolved, query.state == .resolved),
            tab("Closed", "/tickets?state=closed", answer.closed, query.state == .closed),
        ]
        // Searching keeps every other filter.
        let state = HTML(given(answer, query).filter { $0.name != "search" && (staff || $0.name != "order") }.map { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" })
        let whose: HTML = query.customer.map { "<p class=\"note\">Only customer <b>\($0)</b>. \(staff ? "<a href=\"/customers/\(segment: $0)\">About this customer</a> " : .empty)<a href=\"/tickets\">Show all customers</a></p>" } ?? .empty
        let views: HTML = staff ? "\(TicketFilters.views(answer.views, current: query.view))\(TicketFilters.form(query, through(answer, query), staff: answer.staff))" : .empty
        return """
            <nav aria-label="Filter"><ul class="tabs">\(tabs)</ul></nav>\(views)
            <form class="form inline keep" role="search" method="get" action="/tickets">\(state)<div class="field"><label for="f-search">Words of the title</label><input type="search" id="f-search" name="search" value="\(query.search)" data-filter="#tickets" autocomplete="off"></div><button class="button">\(Icon.search.html)Search</button></form>\(whose)
            """
    }

    private static func tab(_ name: String, _ path: HTML, _ count: Int?, _ current: Bool) -> HTML {
        "<li><a href=\"\(path)\"\(" aria-current=\"page\"", if: current)>\(name)\(count.map { " <span class=\"figures\">\($0)</span>" as HTML })</a></li>"
    }

    private static func staffTabs(_ answer: ListTickets.Answer, _ query: ListTickets) -> [HTML] {
        let whole = query.state == nil && query.assignee == nil && query.view == nil
        return [
            tab("Queue", "/tickets", nil, whole && answer.order == .due), tab("Mine", "/tickets?assignee=me", answer.mine, query.assignee == "me"),
            tab("Unassigned", "/tickets?assignee=none", answer.unassigned, query.assignee == "none"), tab("Waiting for us", "/tickets?state=open", answer.open, query.state == .open),
            tab("Waiting for customer", "/tickets?state=answered", answer.answered, query.state == .answered),
            tab("Pending", "/tickets?state=pending", nil, query.state == .pending), tab("On hold", "/tickets?state=on-hold", nil, query.state == .onHold),
            tab("Resolved", "/tickets?state=resolved&amp;order=newest", answer.resolved, query.state == .resolved),
            tab("Closed", "/tickets?state=closed&amp;order=newest", answer.closed, query.state == .closed), tab("All", "/tickets?order=newest", nil, whole && answer.order == .newest),
        ]
    }

    private static func nothing(_ answer: ListTickets.Answer, _ query: ListTickets, staff: Bool) -> HTML {
        if staff, answer.order == .due, through(answer, query).filter.narrowsNothing {
            return Component.empty(.check, "Nothing to do here", "No ticket waits for anybody.", actions: [Component.link("Show all tickets", to: "/tickets?order=newest")])
        }
        if through(answer, query).filter.narrowsNothing {
            return staff ? Component.empty(.tickets, "No tickets", "No customer has asked anything yet.")
                : Component.empty(.tickets, "No tickets yet", "Something unclear or broken? Support reads every ticket and answers here and by mail.", actions: [Component.link("Open a ticket", to: "/tickets/new", style: "primary")])
        }
        return Component.empty(.search, "Nothing here", "No ticket fits this filter.", actions: [Component.link("Show all tickets", to: "/tickets")])
    }

    private static func table(_ frame: Frame, _ answer: ListTickets.Answer, _ query: ListTickets, staff: Bool, now: Timestamp) -> HTML {
        let rows = answer.items.map { ticket -> [HTML] in
            let customer: HTML = staff ? " · <a href=\"/customers/\(segment: ticket.customer)\">\(ticket.customerDisplayName.isEmpty ? ticket.customer : ticket.customerDisplayName)</a>" : .empty
            let with: HTML = ticket.assigneeName.isEmpty ? .empty : " · with \(ticket.assigneeName)"
            let title: HTML = "<span><a href=\"/tickets/\(ticket.number)\">\(ticket.title)</a><br><span class=\"note\">#\(ticket.number)\(customer) · \(ticket.openedBy) · \(ticket.replies) \(raw: ticket.replies == 1 ? "reply" : "replies")\(with)</span></span>"
            return [staff ? "<span class=\"picked\">\(TicketBulkPages.pick(ticket))\(title)</span>" : title, TicketMarks.state(ticket.state, staff: staff), TicketMarks.glance(ticket, now: now), TicketMarks.priority(ticket.priority)] + (staff ? [] : ["<span class=\"note\">\(.time(ticket.updated))</span>"])
        }
        let columns: [Component.Column] = [.init("Ticket"), .init("State"), .init("Clock"), .init("Priority")] + (staff ? [] : [.init("Last change")])
        return """
            <div id="tickets" data-part data-events="/tickets/events">\(Component.table(caption: "Tickets", columns: columns, rows: rows))</div>\(staff ? TicketBulkPages.underTheQueue(frame, answer.staff, choices: answer.items.count) : .empty)
            \(Component.pager(shown: "\(answer.items.count) on this page", first: query.page.after == nil ? nil : "/tickets?\(kept(answer, query))", next: answer.next.map { "/tickets?\(kept(answer, query))&amp;after=\(segment: $0)" }))
            """
    }

    /// The filters as the query of a link.
    private static func kept(_ answer: ListTickets.Answer, _ query: ListTickets) -> HTML {
        given(answer, query).map { "\($0.name)=\(segment: $0.value)" }.joined("&amp;")
    }

    /// What was asked, as it is asked again. The order is always said: a view, or what is usual, may change meanwhile.
    private static func given(_ answer: ListTickets.Answer, _ query: ListTickets) -> [(name: String, value: String)] {
        let given: [(String, String?)] = [
            ("view", query.view), ("state", query.state?.rawValue), ("search", query.search), ("customer", query.customer), ("order", answer.order.rawValue), ("priority", query.priority?.rawValue),
            ("assignee", query.assignee), ("category", query.category), ("tag", query.tag),
        ]
        return given.compactMap { name, value in value.flatMap { $0.isEmpty ? nil : (name, $0) } }
    }

    /// What is shown, a view's filter included.
    private static func through(_ answer: ListTickets.Answer, _ query: ListTickets) -> ListTickets {
        answer.views.first { $0.id == query.view }.map { query.through($0.filter) } ?? query
    }
}

extension TicketFilter {
    /// Whether every ticket fits.
    var narrowsNothing: Bool {
        var filter = self
        filter.order = nil
        return filter == TicketFilter()
    }
}
