// Tickets: a customer's own, or for staff the queue over all customers.
import Control
import Procedures
import Wire

package enum TicketListPage {
    package static func html(_ frame: Frame, _ answer: ListTickets.Answer, _ query: ListTickets) -> HTML {
        let staff = answer.person.role.isStaff
        let actions = staff ? [] : [Component.link("Open a ticket", to: "/tickets/new", icon: .plus, style: "primary")]
        return Layout.page(frame, """
            \(Component.header("Tickets", lead: staff ? "Every customer's, newest first." : "Questions, faults and wishes; support answers each.", actions: actions))
            \(filters(answer, query, staff: staff))
            \(Component.card(nil, flush: true, answer.items.isEmpty ? nothing(query, staff: staff) : table(answer, query, staff: staff)))
            """)
    }

    private static func filters(_ answer: ListTickets.Answer, _ query: ListTickets, staff: Bool) -> HTML {
        func tab(_ name: String, _ state: TicketState?, _ count: Int?) -> HTML {
            let path: HTML = state.map { "/tickets?state=\($0.rawValue)" } ?? "/tickets"
            return "<li><a href=\"\(path)\"\(" aria-current=\"page\"", if: query.state == state)>\(name)\(count.map { " <span class=\"figures\">\($0)</span>" as HTML })</a></li>"
        }
        let tabs = [
            tab("All", nil, nil), tab(staff ? "Waiting for us" : "Waiting", .open, answer.open), tab(staff ? "Waiting for customer" : "Answered", .answered, answer.answered), tab("Closed", .closed, answer.closed),
        ]
        let state: HTML = query.state.map { "<input type=\"hidden\" name=\"state\" value=\"\($0.rawValue)\">" } ?? .empty
        let whose: HTML = query.customer.map { "<p class=\"note\">Only customer <b>\($0)</b>. <a href=\"/tickets\">Show all customers</a></p>" } ?? .empty
        return """
            <nav aria-label="Filter"><ul class="tabs">\(tabs)</ul></nav>
            <form class="form inline keep" role="search" method="get" action="/tickets">\(state)<div class="field"><label for="f-search">Words of the title</label><input type="search" id="f-search" name="search" value="\(query.search)" data-filter="#tickets" autocomplete="off"></div><button class="button">\(Icon.search.html)Search</button></form>\(whose)
            """
    }

    private static func nothing(_ query: ListTickets, staff: Bool) -> HTML {
        if query.state == nil, query.search.isEmpty {
            return staff ? Component.empty(.tickets, "No tickets", "No customer has asked anything yet.")
                : Component.empty(.tickets, "No tickets yet", "Something unclear or broken? Support reads every ticket and answers here and by mail.", actions: [Component.link("Open a ticket", to: "/tickets/new", style: "primary")])
        }
        return Component.empty(.search, "Nothing here", "No ticket fits this filter.", actions: [Component.link("Show all tickets", to: "/tickets")])
    }

    private static func table(_ answer: ListTickets.Answer, _ query: ListTickets, staff: Bool) -> HTML {
        let rows = answer.items.map { ticket -> [HTML] in
            let whose: [HTML] = staff ? ["<a href=\"/tickets?customer=\(segment: ticket.customer)\">\(ticket.customerDisplayName.isEmpty ? ticket.customer : ticket.customerDisplayName)</a>"] : []
            let title: HTML = "<span><a href=\"/tickets/\(ticket.number)\">\(ticket.title)</a><br><span class=\"note\">#\(ticket.number) by \(ticket.openedBy) · \(ticket.replies) \(raw: ticket.replies == 1 ? "reply" : "replies")</span></span>"
            return [title] + whose + [TicketMarks.state(ticket.state, staff: staff), TicketMarks.priority(ticket.priority), "<span class=\"note\">\(.time(ticket.updated))</span>"]
        }
        let columns: [Component.Column] = [.init("Ticket")] + (staff ? [.init("Customer")] : []) + [.init("State"), .init("Priority"), .init("Last change")]
        let kept: HTML = "state=\(query.state?.rawValue ?? "")&amp;search=\(segment: query.search)&amp;customer=\(segment: query.customer ?? "")"
        return """
            <div id="tickets">\(Component.table(caption: "Tickets", columns: columns, rows: rows))</div>
            \(Component.pager(shown: "\(answer.items.count) on this page", first: query.page.after == nil ? nil : "/tickets?\(kept)", next: answer.next.map { "/tickets?\(kept)&amp;after=\(segment: $0)" }))
            """
    }
}
