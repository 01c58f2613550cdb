// Tickets beside a ticket: those merged into it and those linked to it, and for staff what makes and undoes that.
import Control
import Procedures
import SupportCentre
import Wire

enum TicketTogether {
    static func card(_ frame: Frame, _ thread: TicketThread) -> HTML {
        let staff = thread.person.role.isStaff, number = thread.ticket.number
        let items = thread.links.map { link -> HTML in
            let action: HTML = !staff ? .empty : link.kind == .merged
                ? post("/tickets/\(link.number)/undo-merge", frame, "Undo merge", hidden: .empty)
                : post("/tickets/\(number)/links", frame, "Remove link", hidden: "<input type=\"hidden\" name=\"other\" value=\"\(link.number)\"><input type=\"hidden\" name=\"remove\" value=\"yes\">")
            return "<li><span class=\"note\">\(raw: word(link.kind))</span><a href=\"/tickets/\(link.number)\">#\(link.number) \(link.title)</a>\(TicketMarks.state(link.state, staff: staff))\(action)</li>"
        }
        let list: HTML = items.isEmpty ? .empty : "<ul class=\"together\">\(items)</ul>"
        let undo: HTML = staff && thread.ticket.state == .merged ? post("/tickets/\(number)/undo-merge", frame, "Undo merge", hidden: .empty) : .empty
        guard staff || !items.isEmpty else { return .empty }
        let desk: HTML = staff && thread.ticket.state != .merged ? """
            <details><summary>Merge, link or split</summary>
            <form class="form" method="post" action="/tickets/\(number)/merge" data-confirm="Merge this ticket into the other? It can be undone.">\(frame.token)\(FormField("into", "Merge into ticket", hint: "Both numbers stay; the conversation goes on there.", longest: 12).html)<div class="actions">\(Component.button("Merge", style: ""))</div></form>
            <form class="form" method="post" action="/tickets/\(number)/links">\(frame.token)\(FormField("other", "Link to ticket", longest: 12).html)<div class="actions">\(Component.button("Link", style: ""))</div></form>
            \(thread.replies.contains { $0.ticket == nil && !$0.internal } ? Component.link("Split into a new ticket", to: "/tickets/\(number)/split") : .empty)</details>
            """ : .empty
        return Component.card("Together with", "\(list)\(undo)\(desk)")
    }

    private static func post(_ path: HTML, _ frame: Frame, _ name: String, hidden: HTML) -> HTML {
        "<form method=\"post\" action=\"\(path)\">\(frame.token)\(hidden)<button class=\"button small\">\(name)</button></form>"
    }

    private static func word(_ kind: TicketLink.Kind) -> StaticString {
        switch kind {
        case .related: "Related"
        case .splitFrom: "Split from"
        case .splitInto: "Split into"
        case .follows: "Follows"
        case .followedBy: "Followed by"
        case .merged: "Merged into this"
        }
    }
}

/// Choosing the messages that become a ticket of their own.
package enum TicketSplitPage {
    package static func html(_ frame: Frame, _ thread: TicketThread, entered: Entered = .nothing) -> HTML {
        let number = thread.ticket.number
        let chosen = Set(entered.form.fields.filter { $0.name == "reply" }.map(\.value))
        let messages = thread.replies.filter { $0.ticket == nil }.map { reply -> HTML in
            "<label class=\"choice\"><input type=\"checkbox\" name=\"reply\" value=\"\(reply.id)\"\(" checked", if: chosen.contains(reply.id))><span><b>\(reply.author)\(reply.internal ? ", internal note" as HTML : .empty), \(.time(reply.written))</b>\(String(reply.body.prefix(300)))</span></label>"
        }
        return Layout.page(frame, """
            \(Component.crumbs([("Tickets", "/tickets"), ("#\(number)", "/tickets/\(number)")], here: "Split"))\(Component.header("Split ticket #\(number)", lead: "The chosen messages make a new ticket; they stay here as well, and the two are linked."))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="/tickets/\(number)/split">\(frame.token)
            \(FormField("title", "Title of the new ticket", longest: 200).filled(entered))
            <fieldset class="choices"><legend class="legend">Messages</legend>\(messages)</fieldset>
            <div class="actions">\(Component.button("Split"))\(Component.link("Cancel", to: "/tickets/\(number)"))</div></form>
            """ as HTML))
            """)
    }
}
