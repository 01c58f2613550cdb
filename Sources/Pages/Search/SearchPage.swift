// What a search found: the best of each kind, or one kind page by page.
import Control
import Procedures
import SupportCentre
import Wire

package enum SearchPage {
    package static func html(_ frame: Frame, _ answer: SearchPortal.Answer, _ asked: SearchPortal) -> HTML {
        let kinds = answer.kinds.compactMap(SearchKind.init)
        let lead: HTML = answer.searched ? "What you may see of “\(asked.query)”." : "Type into the box above, or press <kbd>/</kbd> on any page."
        let body: HTML = !answer.searched ? nothingAsked(asked, kinds) : answer.items.isEmpty ? nothingFound(asked, answer) : found(answer, asked, kinds)
        return Layout.page(frame, """
            \(Component.header("Search", lead: lead))
            \(answer.searched && kinds.count > 1 ? tabs(asked, kinds) : .empty)
            \(answer.complete ? .empty : Component.banner(.info, "<p>Older texts are still being brought into the index. What you look for may be found in a few minutes.</p>"))
            \(asked.customer.map { "<p class=\"note\">Only customer <b>\($0)</b>. <a href=\"/search?q=\(segment: asked.query)\">Search all customers</a></p>" as HTML })
            \(body)
            """)
    }

    private static func tabs(_ asked: SearchPortal, _ kinds: [SearchKind]) -> HTML {
        let all: HTML = "<li><a href=\"\(path(asked, nil))\"\(" aria-current=\"page\"", if: asked.kind == nil)>All</a></li>"
        let each = kinds.map { "<li><a href=\"\(path(asked, $0))\"\(" aria-current=\"page\"", if: asked.kind == $0)>\($0.plural)</a></li>" as HTML }
        return "<nav aria-label=\"Kinds\"><ul class=\"tabs\">\(all)\(each)</ul></nav>"
    }

    private static func path(_ asked: SearchPortal, _ kind: SearchKind?) -> HTML {
        let whose: HTML = asked.customer.map { "&amp;customer=\(segment: $0)" } ?? .empty
        return "/search?q=\(segment: asked.query)\(kind.map { "&amp;kind=\($0.rawValue)" as HTML })\(whose)"
    }

    private static func found(_ answer: SearchPortal.Answer, _ asked: SearchPortal, _ kinds: [SearchKind]) -> HTML {
        let staff = answer.person.role.isStaff
        guard let kind = asked.kind else {
            return HTML(kinds.compactMap { kind -> HTML? in
                let hits = answer.items.filter { $0.kind == kind }
                guard !hits.isEmpty else { return nil }
                let more: HTML = answer.further.contains(kind.rawValue) ? "<a href=\"\(path(asked, kind))\">More \(kind.plural.lowercased())</a>" : .empty
                return Component.card(kind.plural, link: more, flush: true, list(hits, staff: staff))
            })
        }
        let pager = Component.pager(
            shown: "\(answer.items.count) on this page", first: asked.page.after == nil ? nil : path(asked, kind), next: answer.next.map { "\(path(asked, kind))&amp;after=\(segment: $0)" })
        return Component.card(nil, flush: true, list(answer.items, staff: staff) + pager)
    }

    private static func list(_ hits: [SearchHit], staff: Bool) -> HTML {
        "<ol class=\"hits\">\(hits.map { item($0, staff: staff) })</ol>"
    }

    private static func item(_ hit: SearchHit, staff: Bool) -> HTML {
        let number: HTML = switch hit.kind {
        case .ticket: "#\(hit.id) · "
        case .change: "Change \(hit.id) · "
        case .subject, .post, .announcement: .empty
        }
        let state: HTML = switch hit.kind {
        case .ticket: TicketState(rawValue: hit.state).map { TicketMarks.state($0, staff: staff) } ?? .empty
        case .change: ChangeState(rawValue: hit.state).map(ChangeMarks.state) ?? .empty
        case .announcement: AnnouncementKind(rawValue: hit.state).map(AnnouncementMarks.kind) ?? .empty
        case .subject, .post: .empty
        }
        let about: HTML = hit.about.isEmpty ? .empty : "\(marked(hit.about)) · "
        let snippet: HTML = hit.snippet.isEmpty ? .empty : "<p>\(marked(hit.snippet))</p>"
        return """
            <li><div class="hit"><a href="\(hit.kind.path)\(segment: hit.id)">\(marked(hit.title))</a>\(state)</div>\(snippet)<p class="note">\(number)\(about)\(.time(hit.updated))</p></li>
            """
    }

    /// What was found stands out by a mark; all of it is escaped.
    private static func marked(_ parts: [SearchPart]) -> HTML { HTML(parts.map { part -> HTML in part.marked ? "<mark>\(part.text)</mark>" : HTML(part.text) }) }

    private static func nothingAsked(_ asked: SearchPortal, _ kinds: [SearchKind]) -> HTML {
        if !asked.query.allSatisfy(\.isWhitespace) {
            return Component.empty(.search, "Nothing to look for", "A search needs at least one word that is wanted: -word only leaves things out, and signs alone are no words.")
        }
        return Component.card("How to search", """
            <dl class="facts"><dt>printer toner</dt><dd>both words, in any order; the last may be the beginning of one</dd><dt>"paper jam"</dt><dd>exactly these words, side by side</dd>\
            <dt>printer -toner</dt><dd>without the second word</dd><dt>#1042</dt><dd>the ticket or change of that number</dd></dl>
            """)
    }

    private static func nothingFound(_ asked: SearchPortal, _ answer: SearchPortal.Answer) -> HTML {
        let rest: [HTML] = asked.kind == nil ? [] : [Component.link("Search everything", to: path(asked, nil))]
        return Component.empty(.search, "Nothing found", "Try fewer words, another spelling, or only the beginning of a word. Words between quotes must stand side by side.", actions: rest)
    }
}

/// The box above every page; who can search nothing has none.
enum SearchBox {
    static func html(_ viewer: Viewer, searched: String?) -> HTML {
        let kinds = SearchKind.allCases.filter { $0.access.admits(viewer.person.role) && !(viewer.isStaff && $0 == .subject) }
        guard let first = kinds.first else { return .empty }
        let names = kinds.count == 1 ? HTML(first.plural.lowercased()) : "\(kinds.dropLast().map { HTML($0.plural.lowercased()) }.joined(", ")) and \(kinds.last!.plural.lowercased())"
        return """
            <form class="seek" role="search" method="get" action="/search"><label class="visually-hidden" for="seek">Search \(names)</label>\(Icon.search.html)\
            <input type="search" id="seek" name="q" value="\(searched)" placeholder="Search everything" maxlength="200" autocomplete="off" aria-keyshortcuts="/" enterkeyhint="search"><button class="visually-hidden">Search</button></form>
            """
    }
}

extension SearchKind {
    var plural: String {
        switch self {
        case .ticket: "Tickets"
        case .change: "Changes"
        case .subject: "Subjects"
        case .post: "Posts"
        case .announcement: "Announcements"
        }
    }

    /// What stands before the id in its address.
    var path: HTML {
        switch self {
        case .ticket: "/tickets/"
        case .change: "/changes/"
        case .subject: "/subjects/"
        case .post: "/community/"
        case .announcement: "/announcements/"
        }
    }
}
