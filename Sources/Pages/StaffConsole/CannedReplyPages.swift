// Canned replies: the list support keeps, the form of one, and the choice in the form of an answer.
import Control
import Procedures
import SupportCentre
import Wire

package enum CannedReplyPages {
    package static func list(_ frame: Frame, _ answer: ListCannedReplies.Answer, after: String?) -> HTML {
        let rows = answer.items.map { reply -> [HTML] in
            [
                "<span><a href=\"/canned-replies/\(segment: reply.id)\">\(reply.title)</a><br><span class=\"note\">\(reply.body.replacing("\n", with: " "))</span></span>",
                reply.category.isEmpty ? "<span class=\"note\">None</span>" : HTML(reply.category),
                "<span class=\"note\">\(reply.by), \(.time(reply.updated))</span>",
            ]
        }
        let new = Component.link("Write one", to: "/canned-replies/new", icon: .plus, style: "primary")
        let nothing = Component.empty(.tickets, "No canned replies yet", "What support writes again and again is written here once, and put into an answer by choosing it.", actions: [new])
        return Layout.page(frame, """
            \(Component.crumbs([("Tickets", "/tickets")], here: "Canned replies"))\(Component.header("Canned replies", lead: "Texts everybody of support can put into an answer.", actions: answer.items.isEmpty ? [] : [new]))
            \(Component.card(nil, flush: true, answer.items.isEmpty && after == nil ? nothing : Component.table(caption: "Canned replies", columns: [.init("Title"), .init("Category"), .init("Last change")], rows: rows)))
            \(Component.pager(shown: "\(answer.items.count) on this page", first: after == nil ? nil : "/canned-replies", next: answer.next.map { "/canned-replies?after=\(segment: $0)" }))
            """)
    }

    /// - Parameter reply: nil for a new one.
    package static func form(_ frame: Frame, _ reply: CannedReply?, entered: Entered = .nothing) -> HTML {
        let path: HTML = reply.map { "/canned-replies/\(segment: $0.id)" } ?? "/canned-replies/new"
        let version: HTML = reply.map { "<input type=\"hidden\" name=\"version\" value=\"\($0.version)\">" } ?? .empty
        let known = ReplyPlaceholder.allCases.map { "<code>\($0.text)</code> \($0.explained)" as HTML }.joined(", ")
        return Layout.page(frame, """
            \(Component.crumbs([("Tickets", "/tickets"), ("Canned replies", "/canned-replies")], here: reply == nil ? "New" : "Change"))\(Component.header(reply?.title ?? "Write a canned reply"))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="\(path)">\(frame.token)\(version)
            \(FormField("title", "Title", value: reply?.title ?? "", hint: "What it is chosen by.", longest: 100).filled(entered))
            \(FormField("category", "Category", value: reply?.category ?? "", hint: "A word to group it by.", required: false, longest: 40).filled(entered))
            \(FormField("body", "Text", .area, value: reply?.body ?? "", hint: "These are replaced when it is put into an answer: \(known).", longest: 10_000).filled(entered))
            <div class="actions">\(Component.button("Save"))\(Component.link("Cancel", to: "/canned-replies"))</div></form>
            """ as HTML))
            \(reply.map { example($0, frame) })
            """)
    }

    /// How it reads, and the way to be rid of it.
    private static func example(_ reply: CannedReply, _ frame: Frame) -> HTML {
        let text = CannedText.fill(reply.body) { placeholder in
            switch placeholder {
            case .customer: "Example Clinic"
            case .name: "Ruth Example"
            case .number: "1234"
            case .title: "An example"
            case .me: frame.viewer?.name ?? ""
            }
        }
        return Component.card("How it reads", """
            <div class="prose">\(text)</div>
            <form class="actions" method="post" action="/canned-replies/\(segment: reply.id)/remove" data-confirm="Remove this canned reply for everybody?">\(frame.token)<input type="hidden" name="version" value="\(reply.version)"><button class="button danger">Remove</button></form>
            """ as HTML)
    }

    /// In the form of an answer: without the script the page comes back with the text in it, at the field.
    static func choice(_ thread: TicketThread, entered: Entered) -> HTML {
        guard !thread.canned.isEmpty else { return "<p class=\"note\"><a href=\"/canned-replies\">Canned replies</a>: none yet.</p>" }
        let number = thread.ticket.number, chosen = entered.form["canned"] ?? ""
        var options: HTML = "<option value=\"\">Choose one</option>"
        var rest = thread.canned[...]
        while let first = rest.first {
            let group = rest.prefix { $0.category == first.category }
            rest = rest.dropFirst(group.count)
            let items = group.map { "<option value=\"\($0.id)\"\(" selected", if: $0.id == chosen)>\($0.title)</option>" as HTML }
            options += first.category.isEmpty ? HTML(items) : "<optgroup label=\"\(first.category)\">\(items)</optgroup>"
        }
        return """
            <div class="field canned"><label for="f-canned">Canned reply <span class="optional">(optional)</span></label><span class="hint" id="h-canned">It is put behind what you have written. <a href="/canned-replies">All canned replies</a></span>
            <span class="beside"><select id="f-canned" name="canned" aria-describedby="h-canned">\(options)</select><button class="button" name="as" value="insert" formnovalidate formaction="/tickets/\(number)/replies#f-body" data-canned="/tickets/\(number)/canned/">Insert</button></span></div>
            """
    }
}
