// One announcement: what it says, when, what its reader is asked for; for support how far it has come and what may be done.
import Control
import Procedures
import SupportCentre
import Wire

package enum AnnouncementPage {
    /// - Parameter chosen: the customer whose people are listed; `staff` for staff.
    package static func html(_ frame: Frame, _ view: AnnouncementView, chosen: String? = nil, after: String? = nil, now: Timestamp, entered: Entered = .nothing) -> HTML {
        let one = view.announcement, writes = view.person.writesAnnouncements
        var frame = frame
        // Its own page asks for it in the right place.
        frame.viewer?.person.announcements.removeAll { $0.id == one.id }
        let lead: HTML = one.published.map { "Published \(.time($0))\(writes ? " by \(one.by), for \(AnnouncementMarks.audience(one))" : "")" } ?? "A draft by \(one.by), for \(AnnouncementMarks.audience(one))"
        let actions = writes && one.state == .draft ? [Component.link("Write", to: "/announcements/\(segment: one.id)/edit")] : []
        return Layout.page(frame, """
            \(Component.crumbs([("Announcements", "/announcements")], here: one.kind.word))\(Component.header(one.title, lead: lead, actions: actions))
            \(entered.summary)\(called(view))
            <div class="split"><div class="stack">\(Component.card(nil, "<div class=\"text\">\(Paragraphs.html(one.body))</div>"))\(history(view))\(reach(view, chosen: chosen, after: after))\(people(view, chosen: chosen))</div>
            <div class="stack">\(acknowledgement(frame, view))\(facts(view, now: now))\(next(frame, view, entered))</div></div>
            """)
    }

    /// What has become of it since it was published, above everything else.
    private static func called(_ view: AnnouncementView) -> HTML {
        guard let last = view.notices.last, last.what != .publish else { return .empty }
        let title = last.what == .reschedule ? "This was moved to another time" : view.announcement.kind.isWork ? "This was cancelled" : "This was withdrawn"
        return Component.banner(.fair, "<h2>\(title)</h2><p>\(last.note)</p>")
    }

    private static func acknowledgement(_ frame: Frame, _ view: AnnouncementView) -> HTML {
        let one = view.announcement
        let terms: HTML = one.kind == .upgrade && one.state != .cancelled
            ? "<p>Upgrades are part of the service: they are carried out as announced, and using the portal means accepting them. Acknowledging keeps the record that you have read about this one.</p>" : .empty
        if let at = one.acknowledged { return Component.card("You have read this", "\(Component.badge("Acknowledged", .good)) <span class=\"note\">\(.time(at))</span>\(terms)") }
        guard view.mayAcknowledge else { return .empty }
        return Component.card("Have you read this?", """
            \(terms)<form class="form" method="post" action="/announcements/\(segment: one.id)/acknowledge">\(frame.token)<input type="hidden" name="next" value="/announcements/\(segment: one.id)">
            <button class="button primary wide">\(Icon.check.html)I have read this</button></form><p class="note">Until then it stays at the top of your pages.</p>
            """)
    }

    private static func facts(_ view: AnnouncementView, now: Timestamp) -> HTML {
        let one = view.announcement
        var facts: [(String, HTML)] = [("Kind", AnnouncementMarks.kind(one.kind)), ("State", AnnouncementMarks.state(one, at: now))]
        if let starts = one.starts { facts.append(("Begins", .time(starts))) }
        if let ends = one.ends { facts.append(("Ends", .time(ends))) }
        if !one.emergency.isEmpty { facts.append(("Short notice", HTML(one.emergency))) }
        if view.person.writesAnnouncements {
            if let change = one.change { facts.append(("Change", "<a href=\"/changes/\(change)\">\(change)</a>")) }
            facts.append(("Banner", "\(one.bannerStarts.map { .time($0) } ?? "From its publication" as HTML) to \(one.bannerEnds.map { .time($0) } ?? (one.ends == nil ? "some days later" : "the end of the work") as HTML)"))
        }
        return Component.card("At a glance", Component.facts(facts))
    }

    private static func history(_ view: AnnouncementView) -> HTML {
        guard view.notices.count > 1 else { return .empty }
        let items = view.notices.reversed().map { notice -> HTML in
            let what = switch notice.what {
            case .publish: "Published"
            case .reschedule: "Moved"
            case .cancel: view.announcement.kind.isWork ? "Cancelled" : "Withdrawn"
            }
            let time: HTML = notice.what == .cancel ? .empty : AnnouncementMarks.when(notice.starts, notice.ends)
            return "<li class=\"message\"><header><b>\(what)</b>\(.time(notice.at))</header>\(time.isEmpty ? .empty : "<p class=\"note\">For \(time)</p>")\(notice.note.isEmpty ? .empty : "<div class=\"prose\">\(notice.note)</div>")</li>"
        }
        return "<section class=\"stack tight\"><h2>What was told</h2><ol class=\"thread history\">\(items)</ol></section>"
    }

    // MARK: For support

    private static func reach(_ view: AnnouncementView, chosen: String?, after: String?) -> HTML {
        let one = view.announcement
        guard view.person.writesAnnouncements, one.published != nil else { return .empty }
        let rows = view.reach.map { reach -> [HTML] in
            let name = reach.customer ?? "staff"
            let whose: HTML = name == chosen ? "<b>\(reach.customerDisplayName)</b>" : "<a href=\"/announcements/\(segment: one.id)?customer=\(segment: name)#people\">\(reach.customerDisplayName)</a>"
            return [
                whose, AnnouncementMarks.bar(reach.delivered, of: reach.people, failed: reach.failed, .info, "Mails taken by the relay"),
                AnnouncementMarks.bar(reach.read, of: reach.people, .fair, "Read"), AnnouncementMarks.bar(reach.acknowledged, of: reach.people, .good, "Acknowledged"),
            ]
        }
        let columns: [Component.Column] = [.init("Customer"), .init("Mail delivered"), .init("Read"), .init("Acknowledged")]
        let pager = Component.pager(
            shown: "\(view.reach.count) shown", first: after == nil ? nil : "/announcements/\(segment: one.id)", next: view.next.map { "/announcements/\(segment: one.id)?after=\(segment: $0)" })
        let whole = after == nil && view.next == nil ? summary(view.reach) : HTML.empty
        return Component.card("How far it has come", flush: true, "\(whole)\(rows.isEmpty ? "<div class=\"body\"><p class=\"note\">Nobody is in this audience.</p></div>" : Component.table(caption: "How far it has come with each customer", columns: columns, rows: rows))\(pager)")
    }

    private static func summary(_ reach: [AnnouncementReach]) -> HTML {
        let people = reach.reduce(0) { $0 + $1.people }, read = reach.reduce(0) { $0 + $1.read }, acknowledged = reach.reduce(0) { $0 + $1.acknowledged }
        guard people > 0 else { return .empty }
        let bar = ShareChart.bar(
            [Share(name: "Acknowledged", tone: .good, count: acknowledged), Share(name: "Read", tone: .fair, count: read - acknowledged), Share(name: "Not yet read", tone: .plain, count: people - read)],
            of: people, title: "Of \(Show.count(people, "person", "people"))")
        return "<div class=\"body\">\(bar)</div>"
    }

    private static func people(_ view: AnnouncementView, chosen: String?) -> HTML {
        guard let chosen else { return .empty }
        let name = view.reach.first { ($0.customer ?? "staff") == chosen }?.customerDisplayName ?? chosen
        let rows = view.recipients.map { one -> [HTML] in
            func at(_ moment: Timestamp?) -> HTML { moment.map { "<br><span class=\"note\">\(.time($0))</span>" } ?? .empty }
            let seen: HTML = one.acknowledged != nil ? Component.badge("Acknowledged", .good) + at(one.acknowledged) : one.read != nil ? Component.badge("Read", .fair) + at(one.read) : "<span class=\"note\">Not yet</span>"
            return ["<span><b>\(one.name)</b><br><span class=\"note\">\(one.email)<br>\(one.role.word)</span></span>", AnnouncementMarks.mail(one), "<span>\(seen)</span>"]
        }
        let table = rows.isEmpty ? "<div class=\"body\"><p class=\"note\">Nobody here is in its audience.</p></div>"
            : Component.table(caption: "People of \(name)", columns: [.init("Person"), .init("Mail"), .init("Seen")], rows: rows, small: true)
        return "<div id=\"people\">\(Component.card(name, flush: true, table))</div>"
    }

    private static func next(_ frame: Frame, _ view: AnnouncementView, _ entered: Entered) -> HTML {
        let steps = view.steps.compactMap(AnnouncementStep.init), one = view.announcement, zone = view.person.zone
        guard !steps.isEmpty else { return .empty }
        func moment(_ name: String, _ label: String, _ value: Timestamp?, hint: HTML = .empty) -> HTML {
            FormField(name, label, .moment, value: value.map { LocalTime.text($0, in: zone) } ?? "", hint: hint, required: false).filled(entered)
        }
        var fields = HTML.empty
        if steps.contains(.reschedule) { fields += moment("starts", "New beginning", one.starts, hint: "On your clock, \(zone).") + moment("ends", "New end", one.ends) }
        if one.kind == .upgrade, steps.contains(.publish) || steps.contains(.reschedule) {
            fields += FormField("emergency", "Emergency", .area, value: one.state == .draft ? one.emergency : "", hint: "Only where it cannot wait the \(view.upgradeNoticeDays) days customers were promised: why. It is kept in the audit log.", required: false, longest: 2000).filled(entered)
        }
        if one.state != .draft { fields += FormField("note", "Why", .area, hint: "Everybody it was announced to reads it.", longest: 5000).filled(entered) }
        let buttons = steps.map { step -> HTML in
            let style: StaticString = step == .cancel ? "button danger" : "button primary"
            return "<button class=\"\(raw: style)\" name=\"step\" value=\"\(step.rawValue)\">\(word(step, one))</button>"
        }
        return Component.card("What next?", """
            <form class="form" method="post" action="/announcements/\(segment: one.id)/steps">\(frame.token)<input type="hidden" name="version" value="\(one.version)">
            \(fields)<div class="actions">\(buttons)</div><p class="note">\(one.state == .draft ? "Publishing shows it on every page of its audience and mails them." : "Its audience is told again, on their pages and by mail.")</p></form>
            """)
    }

    private static func word(_ step: AnnouncementStep, _ one: Announcement) -> String {
        switch step {
        case .publish: "Publish"
        case .reschedule: "Move to this time"
        case .cancel: one.state == .draft ? "Discard the draft" : one.kind.isWork ? "Cancel the work" : "Withdraw it"
        }
    }
}
