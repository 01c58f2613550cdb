// The first page after signing in: how things stand and what to do next.
import Control
import Procedures
import Wire

package enum HomePage {
    package static func html(_ frame: Frame, _ home: ShowHome.Answer) -> HTML {
        let first = home.person.name.split(separator: " ").first.map(String.init)
        let greeting = first.map { "Hello, \($0)" } ?? "Hello"
        let content: HTML = switch (home.person.role.isStaff, home.person.role) {
        case (true, _): staff(home)
        case (_, .subject): subject(home)
        default: customer(home)
        }
        return Layout.page(frame, "\(Component.header(greeting, lead: HTML(lead(home))))\(content)")
    }

    private static func lead(_ home: ShowHome.Answer) -> String {
        home.openTickets == 0 ? "No ticket is waiting." : "\(Show.count(home.openTickets, "ticket is", "tickets are")) waiting for an answer."
    }

    private static func customer(_ home: ShowHome.Answer) -> HTML {
        let stats = Component.stats([
            ("Subjects", Show.count(home.subjects), "<a href=\"/subjects\">See them all</a>"),
            ("Assessments", Show.count(home.assessments), "<a href=\"/reports\">Corporate report</a>"),
            ("Open tickets", Show.count(home.openTickets), "<a href=\"/tickets\">To the tickets</a>"),
        ])
        let next: [HTML] = home.subjects == 0
            ? [Component.tile(.upload, "Import subjects", "From a CSV file, with a report line by line", to: "/imports/new"), Component.tile(.plus, "Add a subject", "One person at a time", to: "/subjects/new")]
            : [Component.tile(.search, "Find a subject", "By name or reference, then assess", to: "/subjects"), Component.tile(.plus, "Add a subject", "One person at a time", to: "/subjects/new"),
               Component.tile(.upload, "Import subjects", "From a CSV file, line by line", to: "/imports/new"), Component.tile(.tickets, "Ask support", "Open a ticket; a person answers", to: "/tickets/new"), Component.tile(.report, "Request a change", "From the wish to a date, with a way back", to: "/changes")]
            + (home.person.role == .administrator ? [Component.tile(.download, "Export everything", "All of it in one file that is yours", to: "/exports")] : [])
        return """
            \(stats)<div class="split"><div class="stack">\(assessments(home))\(tickets(home))</div>
            <section class="stack tight"><h2>What next?</h2>\(next)</section></div>
            """
    }

    private static func assessments(_ home: ShowHome.Answer) -> HTML {
        guard !home.recentAssessments.isEmpty else {
            return Component.card("Recent assessments", flush: true, Component.empty(.pulse, "No assessments yet", "They appear here as soon as somebody is assessed."))
        }
        let rows = home.recentAssessments.map { recent -> HTML in
            let named = recent.name.isEmpty ? recent.reference : recent.name
            return """
                <li><span class="grow"><a href="/subjects/\(segment: recent.subject)">\(named)</a><br><span class="note">\(recent.name.isEmpty ? "" : "\(recent.reference) · ")\(Show.count(recent.measures, "measure", "measures"))</span></span><span class="note">\(.date(recent.taken))</span></li>
                """
        }
        return Component.card("Recent assessments", link: "<a href=\"/subjects\">All subjects</a>", flush: true, "<ul class=\"list\">\(rows)</ul>")
    }

    private static func tickets(_ home: ShowHome.Answer) -> HTML {
        let staff = home.person.role.isStaff
        guard !home.recentTickets.isEmpty else {
            return Component.card("Tickets", flush: true, staff
                ? Component.empty(.tickets, "No tickets", "Every question is answered.")
                : Component.empty(.tickets, "No tickets yet", "Something unclear or broken? Support reads every ticket.", actions: [Component.link("Open a ticket", to: "/tickets/new", style: "primary")]))
        }
        let rows = home.recentTickets.map { ticket -> HTML in
            let whose: HTML = staff ? "\(ticket.customerDisplayName) · " : .empty
            return """
                <li><span class="grow"><a href="/tickets/\(ticket.number)">\(ticket.title)</a><br><span class="note">\(whose)#\(ticket.number) · \(.time(ticket.updated))</span></span>\(TicketMarks.state(ticket.state, staff: staff))</li>
                """
        }
        return Component.card(staff ? "Latest in the queue" : "Latest tickets", link: "<a href=\"/tickets\">All tickets</a>", flush: true, "<ul class=\"list\">\(rows)</ul>")
    }

    private static func staff(_ home: ShowHome.Answer) -> HTML {
        """
        <div class="split">\(tickets(home))<section class="stack tight"><h2>What next?</h2>
        \(Component.tile(.tickets, "Work the queue", "Everything that waits for an answer", to: "/tickets?state=open"))
        \(Component.tile(.report, "Changes", "What is to be decided, and the calendar", to: "/changes"))
        \(Component.tile(.phone, "Texts sent", "What the technicians' phones received", to: "/outbox"))
        \(Component.tile(.pulse, "Balancing", "What every node does right now", to: "/balancing"))
        \(Component.tile(.status, "Service status", "Incidents and uptime", to: "/status"))</section></div>
        """
    }

    private static func subject(_ home: ShowHome.Answer) -> HTML {
        "<div class=\"split\">\(tickets(home))<section class=\"stack tight\"><h2>What next?</h2>\(Component.tile(.tickets, "Ask a question", "Open a ticket; a person answers", to: "/tickets/new"))</section></div>"
    }
}
