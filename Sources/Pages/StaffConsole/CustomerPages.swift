// Customers for staff: the list, and one with everything that helps to answer it, to read and to go on from.
import Control
import Procedures
import SupportCentre
import Wire

package enum CustomerPages {
    package static func list(_ frame: Frame, _ answer: ListDeskCustomers.Answer, _ query: ListDeskCustomers) -> HTML {
        let rows = answer.items.map { customer -> [HTML] in
            [
                "<span><a href=\"/customers/\(segment: customer.name)\">\(name(customer))</a><br><span class=\"note\">\(customer.name)</span></span>",
                customer.active == 0 ? "<span class=\"note\">None</span>" : "<a href=\"/tickets?customer=\(segment: customer.name)&amp;order=due\">\(capped(customer.active)) \(raw: customer.active == 1 ? "ticket" : "tickets")</a>",
                customer.late == 0 ? Component.badge("None", .good) : Component.badge(capped(customer.late), .poor), "<span class=\"note\">\(.time(customer.created))</span>",
            ]
        }
        let kept: HTML = "search=\(segment: query.search)"
        let nothing = query.search.isEmpty ? Component.empty(.people, "No customers yet", "Operations make the first with fitech-ctl customer add NAME.")
            : Component.empty(.search, "Nobody found", "No customer's name has this in it.", actions: [Component.link("Show all customers", to: "/customers")])
        return Layout.page(frame, """
            \(Component.header("Customers", lead: "Every organisation Fitech serves, with the tickets that wait."))
            <form class="form inline keep" role="search" method="get" action="/customers"><div class="field"><label for="f-search">Part of the name</label><input type="search" id="f-search" name="search" value="\(query.search)" data-filter="#customers" autocomplete="off"></div><button class="button">\(Icon.search.html)Search</button></form>
            \(Component.card(nil, flush: true, answer.items.isEmpty ? nothing : """
            <div id="customers">\(Component.table(caption: "Customers", columns: [.init("Customer"), .init("Active tickets"), .init("Overdue"), .init("Since")], rows: rows))</div>
            \(Component.pager(shown: "\(answer.items.count) on this page", first: query.page.after == nil ? nil : "/customers?\(kept)", next: answer.next.map { "/customers?\(kept)&amp;after=\(segment: $0)" }))
            """ as HTML))
            """)
    }

    package static func show(_ frame: Frame, _ answer: ShowDeskCustomer.Answer, now: Timestamp) -> HTML {
        let customer = answer.customer
        let links = [Component.link("All its tickets", to: "/tickets?customer=\(segment: customer.name)&amp;order=newest"), Component.link("Its audit log", to: "/audit?customer=\(segment: customer.name)")]
        return Layout.page(frame, """
            \(Component.crumbs([("Customers", "/customers")], here: customer.name))\(Component.header(name(customer), lead: "Customer \(customer.name), since \(.time(customer.created)).", actions: links))
            <div class="split"><div class="stack">\(tickets(answer, now: now))\(changes(answer))\(exports(answer))</div>
            <div class="stack">\(people(answer))\(plan(answer))\(SupportDeskCard.html(answer.hours, zone: answer.person.zone, now: now))\(data(answer))</div></div>
            """)
    }

    static func name(_ customer: DeskCustomer) -> String { customer.displayName.isEmpty ? customer.name : customer.displayName }

    /// A count that ends at 100.
    private static func capped(_ count: Int) -> String { count >= 100 ? "100 or more" : "\(count)" }

    private static func tickets(_ answer: ShowDeskCustomer.Answer, now: Timestamp) -> HTML {
        guard !answer.tickets.isEmpty else { return Component.card("Active tickets", "<p>None: nobody waits for anything.</p>") }
        let items = answer.tickets.map { ticket -> HTML in
            let with: HTML = ticket.assigneeName.isEmpty ? "with nobody" : "with \(ticket.assigneeName)"
            return """
                <li><div class="grow"><a href="/tickets/\(ticket.number)">\(ticket.title)</a><div class="note">#\(ticket.number) · \(ticket.openedBy) · \(with)</div></div>
                <div class="clocks">\(TicketMarks.state(ticket.state, staff: true))\(TicketMarks.clock("Response", ticket.response, now: now))\(TicketMarks.clock("Resolution", ticket.resolution, now: now))</div></li>
                """
        }
        let more: HTML = answer.moreTickets ? "<a href=\"/tickets?customer=\(segment: answer.customer.name)&amp;order=due\">All \(capped(answer.customer.active)) by what is due</a>" : .empty
        return Component.card("Active tickets", link: more, flush: true, "<ul class=\"list\">\(items)</ul>")
    }

    private static func changes(_ answer: ShowDeskCustomer.Answer) -> HTML {
        guard !answer.changes.isEmpty else { return Component.card("Changes", "<p>None was ever asked for.</p>") }
        let rows = answer.changes.map { change -> [HTML] in
            ["<span><a href=\"/changes/\(change.number)\">\(change.title)</a></span>", ChangeMarks.state(change.state), change.starts.map { "<span class=\"note\">\(.time($0))</span>" } ?? "<span class=\"note\">No date yet</span>"]
        }
        return Component.card(
            "Changes", link: "<a href=\"/changes?customer=\(segment: answer.customer.name)\">All its changes</a>", flush: true,
            Component.table(caption: "Changes", columns: [.init("Change"), .init("State"), .init("Date")], rows: rows, small: true))
    }

    private static func exports(_ answer: ShowDeskCustomer.Answer) -> HTML {
        // Whoever may have the files is led to them.
        let all: HTML = ListExports.access.admits(answer.person.role) ? "<a href=\"/exports?customer=\(segment: answer.customer.name)\">All its exports</a>" : .empty
        guard !answer.exports.isEmpty else { return Component.card("Exports", link: all, "<p>None was ever asked for.</p>") }
        let rows = answer.exports.map { export -> [HTML] in
            let state = switch export.state {
            case .waiting, .running: Component.badge("Under way", .info)
            case .done: Component.badge("Ready", .good)
            case .failed: Component.badge("Failed", .poor)
            case .expired: Component.badge("Ended", .plain)
            }
            return ["<span>\(.time(export.asked))<br><span class=\"note\">by \(export.askedBy)</span></span>", state, export.bytes.map { HTML(Show.bytes($0)) } ?? "<span class=\"note\">\u{2013}</span>"]
        }
        return Component.card("Exports", link: all, flush: true, Component.table(caption: "Exports", columns: [.init("Asked for"), .init("State"), .init("Size")], rows: rows, small: true))
    }

    private static func people(_ answer: ShowDeskCustomer.Answer) -> HTML {
        var facts = answer.people.map { ($0.role.word, HTML($0.count >= 1000 ? "1,000 or more" : Show.count($0.count))) }
        if answer.suspended > 0 { facts.append(("Suspended", HTML(Show.count(answer.suspended)))) }
        return Component.card("People", Component.facts(facts))
    }

    private static func plan(_ answer: ShowDeskCustomer.Answer) -> HTML {
        Component.card("Support plan", Component.facts([("Plan", HTML(answer.plan.plan)), ("Hours", HTML(answer.plan.hours)), ("Promises", HTML(answer.plan.targets))]))
    }

    private static func data(_ answer: ShowDeskCustomer.Answer) -> HTML {
        let point: HTML = answer.restorePoint.map { .time($0) } ?? "Not known here at the moment"
        return Component.card("Data", Component.facts([("Database", HTML(Show.bytes(answer.bytes))), ("Last restore point", point)]))
    }
}
