// Announcements, newest first: for their readers what was published for them, for support all of them.
import Control
import Procedures
import SupportCentre
import Wire

package enum AnnouncementListPage {
    package static func html(_ frame: Frame, _ answer: ListAnnouncements.Answer, _ query: ListAnnouncements, now: Timestamp) -> HTML {
        let writes = answer.person.writesAnnouncements
        let kept: HTML = "kind=\(query.kind?.rawValue ?? "")&amp;state=\(query.state?.rawValue ?? "")"
        var actions = answer.items.isEmpty ? [] : [ExportMenu.html(.init("announcements", query: "&amp;\(kept)"))]
        if writes { actions.append(Component.link("Write one", to: "/announcements/new", icon: .plus, style: "primary")) }
        return Layout.page(frame, """
            \(Component.header("Announcements", lead: writes ? "What customers and staff are told, and whether it reached them." : "Upgrades, maintenance and news about your portal.", actions: actions))
            \(filters(query, writes: writes))
            \(answer.items.isEmpty ? Component.card(nil, flush: true, nothing(query, writes: writes)) : "<ul class=\"announcements\">\(answer.items.map { item($0, writes: writes, now: now) })</ul>")
            \(Component.pager(shown: "\(answer.items.count) on this page", first: query.page.after == nil ? nil : "/announcements?\(kept)", next: answer.next.map { "/announcements?\(kept)&amp;after=\(segment: $0)" }))
            """)
    }

    private static func filters(_ query: ListAnnouncements, writes: Bool) -> HTML {
        func tab(_ name: String, _ path: HTML, _ current: Bool) -> HTML { "<li><a href=\"\(path)\"\(" aria-current=\"page\"", if: current)>\(name)</a></li>" }
        var tabs = [tab("All", "/announcements", query.kind == nil && query.state == nil)]
        tabs += AnnouncementKind.allCases.map { tab($0 == .news ? "News" : "\($0.word)\($0 == .maintenance ? "" : "s")", "/announcements?kind=\($0.rawValue)", query.kind == $0) }
        if writes { tabs.append(tab("Drafts", "/announcements?state=draft", query.state == .draft)) }
        return "<nav aria-label=\"Filter\"><ul class=\"tabs\">\(tabs)</ul></nav>"
    }

    private static func nothing(_ query: ListAnnouncements, writes: Bool) -> HTML {
        guard query.kind == nil, query.state == nil else {
            return Component.empty(.search, "Nothing here", "No announcement fits this filter.", actions: [Component.link("Show all", to: "/announcements")])
        }
        return Component.empty(.announce, "Nothing announced yet", "Before anything changes you find it here, on every page and in your mail.", actions: writes ? [Component.link("Write one", to: "/announcements/new", style: "primary")] : [])
    }

    private static func item(_ one: Announcement, writes: Bool, now: Timestamp) -> HTML {
        let when = AnnouncementMarks.when(one.starts, one.ends)
        let whom: HTML = writes ? "<span>For \(AnnouncementMarks.audience(one))</span>" : .empty
        let seen: HTML = one.published == nil ? .empty : one.acknowledged != nil ? Component.badge("Acknowledged", .good) : one.read != nil ? .empty : writes ? .empty : Component.badge("New", .info)
        let told: HTML = one.published.map { "<span>Published \(.time($0))</span>" } ?? "<span>Written by \(one.by)</span>"
        return """
            <li class="card"><div class="body"><div class="marks">\(AnnouncementMarks.kind(one.kind))\(AnnouncementMarks.state(one, at: now))\(seen)</div>
            <h2><a href="/announcements/\(segment: one.id)">\(one.title)</a></h2>
            \(when.isEmpty ? .empty : "<p class=\"when\">\(Icon.status.html)<span>\(when)</span></p>")
            <p class="gist">\(Self.gist(one.body))</p><p class="note meta">\(told)\(whom)</p></div></li>
            """
    }

    /// The first words of the text.
    static func gist(_ body: String) -> String {
        let line = body.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.count > 180 ? line.prefix(180) + "\u{2026}" : line
    }
}

extension Person {
    /// Writes announcements and sees how far they have come.
    package var writesAnnouncements: Bool { DraftAnnouncement.access.admits(role) }
}
