// Opening a ticket, and one ticket as the conversation it is.
import Control
import Procedures
import Wire

package enum TicketPages {
    package static func new(_ frame: Frame, entered: Entered = .nothing) -> HTML {
        Layout.page(frame, """
            \(Component.crumbs([("Tickets", "/tickets")], here: "New"))\(Component.header("Open a ticket", lead: "Support reads it and answers here and by mail."))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="/tickets/new">\(frame.token)
            \(FormField("title", "Title", hint: "What it is about, in a few words.", longest: 200).filled(entered))
            \(FormField("body", "Description", .area, hint: "What did you do, what happened, what had you expected?", longest: 20_000).filled(entered))
            \(FormField("priority", "Priority", .choice(TicketPriority.allCases.map { ($0.rawValue, $0.word) }), value: "normal").filled(entered))
            <div class="actions">\(Component.button("Send"))\(Component.link("Cancel", to: "/tickets"))</div></form>
            """ as HTML))
            """)
    }

    package static func show(_ frame: Frame, _ thread: TicketThread, entered: Entered = .nothing) -> HTML {
        let ticket = thread.ticket, staff = thread.person.role.isStaff
        let messages = thread.replies.map { reply -> HTML in
            "<li class=\"message\(" staff", if: reply.byStaff)\" id=\"r-\(reply.id)\"><header><b>\(reply.author)</b>\(reply.byStaff ? "<span>Support</span>" : HTML.empty)\(.time(reply.written))</header><div class=\"prose\">\(reply.body)</div></li>"
        }
        let whose: [(String, HTML)] = staff ? [("Customer", "<a href=\"/tickets?customer=\(segment: ticket.customer)\">\(ticket.customerDisplayName)</a>")] : []
        let facts = Component.facts(whose + [
            ("State", TicketMarks.state(ticket.state, staff: staff)), ("Priority", TicketMarks.priority(ticket.priority)),
            ("Opened", "\(.time(ticket.opened)) by \(ticket.openedBy)"), ("Last change", .time(ticket.updated)),
        ])
        return Layout.page(frame, """
            \(Component.crumbs([("Tickets", "/tickets")], here: "#\(ticket.number)"))\(Component.header(ticket.title, lead: "Ticket #\(ticket.number)"))
            <div class="split"><div class="stack"><ol class="thread"><li class="message"><header><b>\(ticket.openedBy)</b>\(.time(ticket.opened))</header><div class="prose">\(ticket.body)</div></li>\(messages)</ol>
            \(entered.summary)\(answerForm(frame, ticket, staff: staff, entered: entered))</div>
            <div class="stack">\(Component.card("Ticket", facts))\(stateForm(frame, ticket))</div></div>
            """)
    }

    private static func answerForm(_ frame: Frame, _ ticket: Ticket, staff: Bool, entered: Entered) -> HTML {
        let hint: HTML = ticket.state == .closed ? "Writing again reopens the ticket." : .empty
        return Component.card(staff ? "Answer" : "Reply", """
            <form class="form" method="post" action="/tickets/\(ticket.number)/replies">\(frame.token)
            \(FormField("body", "Your message", .area, hint: hint, longest: 20_000).filled(entered))
            <div class="actions">\(Component.button("Send"))\(ticket.state == .closed ? .empty : "<button class=\"button\" name=\"close\" value=\"yes\">Send and close</button>")</div></form>
            """)
    }

    private static func stateForm(_ frame: Frame, _ ticket: Ticket) -> HTML {
        let closed = ticket.state == .closed
        return """
            <form class="stack tight" method="post" action="/tickets/\(ticket.number)/state"\(" data-confirm=\"Close this ticket? It can be reopened at any time.\"", if: !closed)>\(frame.token)<input type="hidden" name="state" value="\(raw: closed ? "open" : "closed")"><button class="button wide">\(raw: closed ? "Reopen ticket" : "Close ticket")</button></form>
            """
    }
}
