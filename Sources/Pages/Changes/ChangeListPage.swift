// Requests for change: a customer's own, or for staff everybody's, by where they stand.
import Control
import Procedures
import SupportCentre
import Wire

package enum ChangeListPage {
    package static func html(_ frame: Frame, _ answer: ListChanges.Answer, _ query: ListChanges) -> HTML {
        let staff = answer.person.role.isStaff
        let actions = [Component.link("Calendar", to: "/changes/calendar", icon: .report), Component.link("Raise a change", to: "/changes/new", icon: .plus, style: "primary")]
        return Layout.page(frame, """
            \(Component.header("Changes", lead: staff ? "Everybody's requests for change and our own, newest first." : "What you want to have changed, from the wish to its review.", actions: actions))
            \(filters(answer, query, staff: staff))
            \(Component.card(nil, flush: true, answer.items.isEmpty ? nothing(query) : table(answer, query, staff: staff)))
            """)
    }

    private static func filters(_ answer: ListChanges.Answer, _ query: ListChanges, staff: Bool) -> HTML {
        func tab(_ name: String, _ phase: ChangePhase?, _ count: Int?) -> HTML {
            let path: HTML = phase.map { "/changes?phase=\($0.rawValue)" } ?? "/changes"
            return "<li><a href=\"\(path)\"\(" aria-current=\"page\"", if: query.phase == phase)>\(name)\(count.map { " <span class=\"figures\">\($0)</span>" as HTML })</a></li>"
        }
        let tabs = [
            tab("All", nil, nil), tab("Being decided", .decide, answer.deciding), tab("Planned", .plan, answer.planned), tab("In review", .review, answer.reviewing), tab("Over", .over, nil),
        ]
        let phase: HTML = query.phase.map { "<input type=\"hidden\" name=\"phase\" value=\"\($0.rawValue)\">" } ?? .empty
        let whose: HTML = query.customer.map { "<p class=\"note\">Only customer <b>\($0)</b>. <a href=\"/changes\">Show everybody's</a></p>" } ?? .empty
        return """
            <nav aria-label="Filter"><ul class="tabs">\(tabs)</ul></nav>
            <form class="form inline keep" role="search" method="get" action="/changes">\(phase)<div class="field"><label for="f-search">Words of the title</label><input type="search" id="f-search" name="search" value="\(query.search)" data-filter="#changes" autocomplete="off"></div><button class="button">\(Icon.search.html)Search</button></form>\(whose)
            """
    }

    private static func nothing(_ query: ListChanges) -> HTML {
        guard query.phase == nil, query.search.isEmpty, query.state == nil else {
            return Component.empty(.search, "Nothing here", "No change fits this filter.", actions: [Component.link("Show all changes", to: "/changes")])
        }
        return Component.empty(.report, "No changes yet", "A change goes from your wish over a decision to a date, and nothing is done without a way back.", actions: [Component.link("Raise a change", to: "/changes/new", style: "primary")])
    }

    private static func table(_ answer: ListChanges.Answer, _ query: ListChanges, staff: Bool) -> HTML {
        let rows = answer.items.map { change -> [HTML] in
            let whose: [HTML] = staff ? [change.customer.map { "<a href=\"/changes?customer=\(segment: $0)\">\(change.customerDisplayName)</a>" } ?? "<span class=\"note\">Everybody</span>"] : []
            let title: HTML = "<span><a href=\"/changes/\(change.number)\">\(change.title)</a><br><span class=\"note\">\(change.number) by \(change.raisedBy) · \(change.kind.word)</span></span>"
            let date: HTML = change.starts.map { "<span class=\"note\">\(.time($0))</span>" } ?? "<span class=\"note\">None yet</span>"
            return [title] + whose + [ChangeMarks.state(change.state), ChangeMarks.risk(change.risk), date]
        }
        let columns: [Component.Column] = [.init("Change")] + (staff ? [.init("For")] : []) + [.init("State"), .init("Risk"), .init("Date")]
        let kept: HTML = "phase=\(query.phase?.rawValue ?? "")&amp;search=\(segment: query.search)&amp;customer=\(segment: query.customer ?? "")"
        return """
            <div id="changes">\(Component.table(caption: "Changes", columns: columns, rows: rows))</div>
            \(Component.pager(shown: "\(answer.items.count) on this page", first: query.page.after == nil ? nil : "/changes?\(kept)", next: answer.next.map { "/changes?\(kept)&amp;after=\(segment: $0)" }))
            """
    }
}
