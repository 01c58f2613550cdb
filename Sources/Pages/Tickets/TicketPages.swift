// Opening a ticket, and one ticket as the conversation it is.
import Control
import Procedures
import SupportCentre
import Wire

package enum TicketPages {
    package static func new(_ frame: Frame, desk: SupportDesk, now: Timestamp, follows: Int? = nil, entered: Entered = .nothing) -> HTML {
        Layout.page(frame, """
            \(Component.crumbs([("Tickets", "/tickets")], here: "New"))\(Component.header("Open a ticket", lead: "Support reads it and answers here and by mail."))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="/tickets/new" enctype="multipart/form-data">\(frame.token)
            \(FormField("title", "Title", hint: "What it is about, in a few words.", longest: 200).filled(entered))
            \(FormField("body", "Description", .area, hint: "What did you do, what happened, what had you expected?", longest: 20_000).filled(entered))
            \(FormField("priority", "Priority", .choice(TicketPriority.allCases.map { ($0.rawValue, $0.word) }), value: "normal").filled(entered))
            \(TicketFiles.field)
            \(FormField("follows", "Follows ticket", value: follows.map(String.init) ?? "", hint: "The number of an earlier ticket about the same, if there is one.", required: false, longest: 12).filled(entered))
            <div class="actions">\(Component.button("Send"))\(Component.link("Cancel", to: "/tickets"))</div></form>
            """ as HTML))
            \(SupportDeskCard.html(desk, zone: frame.viewer?.person.zone ?? desk.zone, now: now))
            """)
    }

    package static func show(_ frame: Frame, _ thread: TicketThread, now: Timestamp, entered: Entered = .nothing) -> HTML {
        let ticket = thread.ticket, staff = thread.person.role.isStaff
        let side: HTML = staff ? TicketDesk.form(frame, thread, entered: entered) : stateForm(frame, thread)
        return Layout.page(frame, """
            \(Component.crumbs([("Tickets", "/tickets")], here: "#\(ticket.number)"))\(Component.header(ticket.title, lead: "Ticket #\(ticket.number)"))
            <div class="split"><div class="stack"><ol class="thread" id="thread" data-part data-events="/tickets/\(ticket.number)/events"><li class="message"><header><b>\(ticket.openedBy)</b>\(.time(ticket.opened))</header><div class="prose">\(ticket.body)</div>\(TicketFiles.list(thread.attachments.filter { $0.reply == nil && $0.ticket == ticket.number }, frame, thread))</li>\(thread.replies.map { message($0, frame, thread) })</ol>
            \(writing(thread))\(entered.summary)\(answerForm(frame, thread, staff: staff, entered: entered))</div>
            <div class="stack"><div id="facts" data-part>\(Component.card("Ticket", facts(ticket, thread.ratings.first, staff: staff, now: now)))</div>\(side)\(staff ? TicketWatching.card(frame, thread) : .empty)\(TicketTogether.card(frame, thread))\(TicketHistory.card(thread.events, staff: staff))\(staff ? BinPage.deleteTicket(frame, thread, entered: entered) : .empty)</div></div>
            """)
    }

    private static func writing(_ thread: TicketThread) -> HTML {
        guard thread.person.role.isStaff else { return .empty }
        let who: HTML = thread.writing.isEmpty ? .empty : "<p>\(thread.writing.joined(separator: ", ")) \(raw: thread.writing.count == 1 ? "is" : "are") writing on this ticket too.</p>"
        return "<div id=\"presence\" role=\"status\"\(" class=\"banner info\"", if: !who.isEmpty)>\(who)</div>"
    }

    private static func message(_ reply: Reply, _ frame: Frame, _ thread: TicketThread) -> HTML {
        // A merged ticket's own text stands among the replies by its number.
        let files = TicketFiles.list(thread.attachments.filter { $0.reply == reply.id || ($0.reply == nil && reply.id == "t-\($0.ticket)") }, frame, thread)
        let from: HTML = reply.ticket.map { "<span>from #\($0)</span>" } ?? .empty
        if reply.internal {
            return "<li class=\"message internal\" id=\"r-\(reply.id)\"><header><b>\(reply.author)</b><span>Internal note: only staff see it</span>\(from)\(.time(reply.written))</header><div class=\"prose\">\(reply.body)</div>\(files)</li>"
        }
        return "<li class=\"message\(" staff", if: reply.byStaff)\" id=\"r-\(reply.id)\"><header><b>\(reply.author)</b>\(reply.byStaff ? "<span>Support</span>" : HTML.empty)\(from)\(.time(reply.written))</header><div class=\"prose\">\(reply.body)</div>\(files)</li>"
    }

    private static func facts(_ ticket: Ticket, _ rating: TicketRating?, staff: Bool, now: Timestamp) -> HTML {
        var facts: [(String, HTML)] = staff ? [("Customer", "<a href=\"/customers/\(segment: ticket.customer)\">\(ticket.customerDisplayName)</a>")] : []
        facts.append(("State", TicketMarks.state(ticket.state, staff: staff)))
        if let until = ticket.until { facts.append(("Until", .time(until))) }
        if !ticket.reason.isEmpty { facts.append(("Waits for", HTML(ticket.reason))) }
        for (name, clock) in [("Response", ticket.response), ("Resolution", ticket.resolution) ] {
            let when: HTML = switch clock.phase {
            case .running: clock.due.map { "<br><span class=\"note\">\(.time($0))</span>" } ?? .empty
            case .met: clock.met.map { "<br><span class=\"note\">\(.time($0))</span>" } ?? .empty
            case .paused, .ended: .empty
            }
            facts.append((name, "\(TicketMarks.clock(nil, clock, now: now))\(when)"))
        }
        facts.append(("Priority", TicketMarks.priority(ticket.priority)))
        if !ticket.assigneeName.isEmpty { facts.append(("With", HTML(ticket.assigneeName))) }
        if !ticket.category.isEmpty { facts.append(("Category", HTML(ticket.category))) }
        if !ticket.tags.isEmpty { facts.append(("Tags", HTML(ticket.tags.joined(separator: ", ")))) }
        if let rating { facts.append(("Rated", RatingPage.mark(rating))) }
        facts.append(("Opened", "\(.time(ticket.opened)) by \(ticket.openedBy)"))
        facts.append(("Last change", .time(ticket.updated)))
        return Component.facts(facts)
    }

    private static func answerForm(_ frame: Frame, _ thread: TicketThread, staff: Bool, entered: Entered) -> HTML {
        let ticket = thread.ticket
        if let other = ticket.mergedInto {
            return Component.card("Merged", """
                <p>The conversation goes on in <a href="/tickets/\(other)">ticket #\(other)</a>.</p>
                """ as HTML)
        }
        if !staff, ticket.state == .closed, thread.choices.isEmpty {
            return Component.card("Reply", """
                <p>This ticket was closed long ago. A follow-up carries a link to it.</p>
                <div class="actions">\(Component.link("Open a follow-up", to: "/tickets/new?follows=\(ticket.number)", icon: .plus, style: "primary"))</div>
                """ as HTML)
        }
        let hint: HTML = switch (ticket.state, staff) {
        case (.closed, false), (.resolved, false): "Writing again reopens the ticket."
        case (.closed, true), (.resolved, true): "An answer reopens the ticket; a note does not."
        default: .empty
        }
        let more: HTML = staff
            ? "\("<button class=\"button\" name=\"as\" value=\"resolved\">Send and resolve</button>", if: ticket.state.rule.isActive)<button class=\"button\" name=\"as\" value=\"note\">Keep as internal note</button>" : .empty
        var field = FormField("body", "Your message", .area, value: thread.draft, hint: hint, longest: 20_000)
        field.draft = "/tickets/\(ticket.number)/draft"
        return Component.card(staff ? "Answer" : "Reply", """
            <form class="form" method="post" action="/tickets/\(ticket.number)/replies" enctype="multipart/form-data"\(" data-answer", if: staff)>\(frame.token)<input type="hidden" name="seen" value="\(thread.replies.last { $0.ticket == nil }?.id ?? "")">
            \(staff ? CannedReplyPages.choice(thread, entered: entered) : .empty)\(field.filled(entered))
            \(TicketFiles.field)
            <div class="actions">\(Component.button("Send"))\(ticket.state == .closed ? .empty : "<button class=\"button\" name=\"close\" value=\"yes\">Send and close</button>")\(more)<button class="button" name="as" value="draft" formnovalidate>Save draft</button></div></form>
            """)
    }

    private static func stateForm(_ frame: Frame, _ thread: TicketThread) -> HTML {
        let number = thread.ticket.number
        let reopens = !thread.ticket.state.rule.isActive
        guard thread.choices.contains(reopens ? "open" : "closed") else { return .empty }
        return """
            <form class="stack tight" method="post" action="/tickets/\(number)/state"\(" data-confirm=\"Close this ticket? It can be reopened later.\"", if: !reopens)>\(frame.token)<input type="hidden" name="state" value="\(raw: reopens ? "open" : "closed")"><button class="button wide">\(raw: reopens ? "Reopen ticket" : "Close ticket")</button></form>
            """
    }
}
