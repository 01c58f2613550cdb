// The recycle bin of support: what was deleted, by whom and why, and the way back; and the forms that put things into it.
import Control
import Procedures
import SupportCentre
import Wire

package enum BinPage {
    package static func html(_ frame: Frame, _ answer: ListBin.Answer, only: BinKind?, after: String?, now: Timestamp) -> HTML {
        let removes = RemoveFromBin.access.admits(answer.person.role)
        let rows = answer.items.map { item -> [HTML] in
            let what: HTML = item.kind == .ticket || item.kind == .post ? "\(word(item.kind)) #\(item.key)" : word(item.kind)
            let whose: HTML = item.customer.map { " · <a href=\"/customers/\(segment: $0)\">\(item.customerDisplayName ?? $0)</a>" } ?? .empty
            let remove: HTML = removes ? """
                <form method="post" action="/bin/\(segment: item.id)/remove" data-confirm="Remove this for good? Nothing brings it back.">\(frame.token)<button class="button small danger" aria-label="Remove \(item.title) for good">Remove for good</button></form>
                """ : .empty
            return [
                "<span><b>\(item.title)</b><br><span class=\"note\">\(what)\(whose)</span></span>",
                "<span>\(item.by), \(.time(item.deleted))\(item.reason.isEmpty ? .empty : "<br><span class=\"note\">\(item.reason)</span>" as HTML)</span>",
                left(item, now),
                "<span class=\"actions\"><form method=\"post\" action=\"/bin/\(segment: item.id)/restore\">\(frame.token)<button class=\"button small\" aria-label=\"Bring \(item.title) back\">Bring back</button></form>\(remove)</span>",
            ]
        }
        let tabs = ([nil] + BinKind.allCases.map(Optional.some)).map { kind -> HTML in
            "<li><a href=\"/bin\(kind.map { "?only=\($0.rawValue)" as HTML } ?? .empty)\"\(" aria-current=\"page\"", if: kind == only)>\(kind.map { plural($0) } ?? "All")</a></li>"
        }
        let nothing = Component.empty(.check, "Nothing here", "What support deletes is kept here for \(answer.days) days and can be brought back as it was.")
        let kept: HTML = only.map { "only=\($0.rawValue)&amp;" } ?? .empty
        return Layout.page(frame, """
            \(Component.crumbs([("Tickets", "/tickets")], here: "Recycle bin"))\(Component.header("Recycle bin", lead: "What was deleted is kept for \(answer.days) days, with all that belonged to it.", actions: answer.items.isEmpty ? [] : [ExportMenu.html(.init("bin", query: only.map { "&amp;only=\($0.rawValue)" } ?? .empty))]))
            <nav aria-label="Filter"><ul class="tabs">\(tabs)</ul></nav>
            \(Component.card(nil, flush: true, rows.isEmpty ? nothing : Component.table(caption: "Recycle bin", columns: [.init("What"), .init("Deleted by"), .init("Kept for"), .init("Actions")], rows: rows)))
            \(Component.pager(shown: "\(answer.items.count) on this page", first: after == nil ? nil : "/bin\(only.map { "?only=\($0.rawValue)" as HTML } ?? .empty)", next: answer.next.map { "/bin?\(kept)after=\(segment: $0)" }))
            """)
    }

    /// The days that are left, marked when they are few.
    private static func left(_ item: BinItem, _ now: Timestamp) -> HTML {
        let days = max(0, (item.expires.milliseconds - now.milliseconds) / 86_400_000)
        let words = days == 0 ? "Less than a day" : days == 1 ? "1 more day" : "\(days) more days"
        return days < 3 ? Component.badge(words, .fair) : "<span class=\"note\">\(words)</span>"
    }

    private static func word(_ kind: BinKind) -> HTML {
        switch kind {
        case .ticket: "Ticket"
        case .post: "Post"
        case .cannedReply: "Canned reply"
        case .ticketView: "View of the queue"
        }
    }

    private static func plural(_ kind: BinKind) -> HTML {
        switch kind {
        case .ticket: "Tickets"
        case .post: "Posts"
        case .cannedReply: "Canned replies"
        case .ticketView: "Views"
        }
    }

    /// On a ticket, for staff.
    static func deleteTicket(_ frame: Frame, _ thread: TicketThread, entered: Entered) -> HTML {
        let ticket = thread.ticket
        guard ticket.state != .merged else { return .empty }
        let open = entered.problem("delete_reason") != nil
        return Component.card(nil, """
            <details\(" open", if: open)><summary>Delete this ticket</summary>
            <form class="form" method="post" action="/tickets/\(ticket.number)/delete">\(frame.token)<input type="hidden" name="version" value="\(ticket.version)">
            <p class="note">For what is no ticket at all, like spam. What is solved is closed instead. It can be brought back from the <a href="/bin">recycle bin</a>.</p>
            \(FormField("delete_reason", "Why", hint: "The customer reads it.", longest: 300).filled(entered))
            <div class="actions"><button class="button danger">Delete ticket</button></div></form></details>
            """ as HTML)
    }

    /// Below the form of a post.
    static func deletePost(_ frame: Frame, _ post: Post) -> HTML {
        Component.card("Delete", """
            <p class="note">The post and its comments go to the <a href="/bin">recycle bin</a> and can be brought back from there.</p>
            <form class="actions" method="post" action="/community/\(post.number)/delete" data-confirm="Delete this post with its comments?">\(frame.token)<input type="hidden" name="version" value="\(post.version)"><button class="button danger">Delete post</button></form>
            """ as HTML)
    }
}
