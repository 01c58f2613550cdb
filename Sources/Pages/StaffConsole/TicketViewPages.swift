// Saved views of the queue: those there are, and the form of one.
import Control
import Procedures
import SupportCentre
import Wire

package enum TicketViewPages {
    package static func list(_ frame: Frame, _ answer: ListTicketViews.Answer) -> HTML {
        let rows = answer.items.map { view -> [HTML] in
            [
                "<span><a href=\"/tickets?view=\(segment: view.id)\">\(view.name)</a><br><span class=\"note\">\(TicketFilters.words(view.filter))</span></span>",
                view.shared ? "<span>\(Component.badge("Shared", .info)) <span class=\"note\">\(view.own ? "by you" : "by \(view.by)")</span></span>" : Component.badge("Yours alone", .plain),
                """
                <span class="actions"><a class="button small" href="/ticket-views/\(segment: view.id)" aria-label="Change \(view.name)">Change</a><form method="post" action="/ticket-views/\(segment: view.id)/remove" data-confirm="\(raw: view.shared ? "Remove this view for everybody of support?" : "Remove this view?")">\(frame.token)<input type="hidden" name="version" value="\(view.version)"><button class="button small danger" aria-label="Remove \(view.name)">Remove</button></form></span>
                """,
            ]
        }
        let new = Component.link("Make a view", to: "/ticket-views/new", icon: .plus, style: "primary")
        let nothing = Component.empty(.tickets, "No views yet", "A view is a filter of the queue under a name, one press away from then on.", actions: [new])
        return Layout.page(frame, """
            \(Component.crumbs([("Tickets", "/tickets")], here: "Views"))\(Component.header("Views", lead: "Filters of the queue that you keep, alone or for everybody of support.", actions: answer.items.isEmpty ? [] : [new]))
            \(Component.card(nil, flush: true, answer.items.isEmpty ? nothing : Component.table(caption: "Views", columns: [.init("View"), .init("Whose"), .init("Actions")], rows: rows)))
            """)
    }

    /// - Parameters:
    ///   - view: nil for a new one.
    ///   - filter: what a new one begins with.
    package static func form(_ frame: Frame, _ view: TicketView?, _ filter: TicketFilter, staff: [Assignee], entered: Entered = .nothing) -> HTML {
        let path: HTML = view.map { "/ticket-views/\(segment: $0.id)" } ?? "/ticket-views/new"
        let version: HTML = view.map { "<input type=\"hidden\" name=\"version\" value=\"\($0.version)\">" } ?? .empty
        let isShared = entered.form.fields.isEmpty ? view?.shared ?? false : entered.form["shared"] != nil
        return Layout.page(frame, """
            \(Component.crumbs([("Tickets", "/tickets"), ("Views", "/ticket-views")], here: view == nil ? "New" : "Change"))\(Component.header(view?.name ?? "Make a view"))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="\(path)">\(frame.token)\(version)
            \(FormField("name", "Name", value: view?.name ?? "", longest: 60).filled(entered))
            \(FormField("search", "Words of the title", value: filter.search ?? "", required: false, longest: 100).filled(entered))
            \(TicketFilters.fields(filter, staff: staff, entered: entered))
            <label class="choice"><input type="checkbox" name="shared" value="yes"\(" checked", if: isShared)><span><b>Shared</b>Everybody of support has it, and may change it.</span></label>
            <div class="actions">\(Component.button("Save"))\(Component.link("Cancel", to: "/ticket-views"))</div></form>
            """ as HTML))
            """)
    }
}
