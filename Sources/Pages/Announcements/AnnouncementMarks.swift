// How announcements are shown: their kind and state, when the work is, whom they are for, the strip on every page, the bars for staff.
import Control
import Procedures
import SupportCentre
import Wire

enum AnnouncementMarks {
    static func kind(_ kind: AnnouncementKind) -> HTML { Component.badge(kind.word, kind.tone) }

    /// Where it stands, for whoever looks at a list.
    static func state(_ one: Announcement, at now: Timestamp) -> HTML {
        switch one.state {
        case .draft: return Component.badge("Draft", .plain)
        case .cancelled: return Component.badge(one.published == nil ? "Discarded" : one.kind.isWork ? "Cancelled" : "Withdrawn", .plain)
        case .published, .rescheduled: break
        }
        let moved: HTML = one.state == .rescheduled ? " \(Component.badge("Moved", .fair))" : .empty
        guard one.starts != nil else { return Component.badge("Published", .good) + moved }
        switch one.times.phase(at: now) {
        case .coming: return Component.badge("Coming", .info) + moved
        case .running: return Component.badge("Under way", .fair) + moved
        case .over: return Component.badge("Over", .plain)
        }
    }

    static func when(_ starts: Timestamp?, _ ends: Timestamp?) -> HTML {
        guard let starts else { return .empty }
        guard let ends else { return .time(starts) }
        guard starts.date == ends.date else { return "\(.time(starts)) to \(.time(ends))" }
        // The day once; the script does the same where it is still one day on the reader's clock.
        return "\(.time(starts)) to <time datetime=\"\(ends.iso8601)\" data-since=\"\(starts.iso8601)\">\(String(ends.iso8601.dropFirst(11).prefix(5))) UTC</time>"
    }

    static func audience(_ one: Announcement) -> String {
        switch (one.customer, one.role) {
        case (nil, nil): "everybody"
        case (_?, nil): "\(one.customerDisplayName), everybody"
        case (nil, let role?): "every \(role.word.lowercased())"
        case (_?, let role?): "\(one.customerDisplayName), every \(role.word.lowercased())"
        }
    }

    /// Above the content of every page: two at most, the rest a link away.
    static func strip(_ frame: Frame, _ viewer: Viewer) -> HTML {
        let all = viewer.person.announcements
        guard !all.isEmpty else { return .empty }
        let items = all.prefix(2).map { one -> HTML in
            let off: HTML = one.state == .cancelled ? " <b>\(one.kind.isWork ? "Cancelled" : "Withdrawn")</b>" : one.state == .rescheduled ? " <b>Moved</b>" : .empty
            let time: HTML = one.starts == nil || one.state == .cancelled ? .empty : " <span>\(when(one.starts, one.ends))</span>"
            return """
                <div class="told \(raw: one.state == .cancelled ? "plain" : one.kind.tone.name)">\(one.kind.icon.html)<p><b>\(one.kind.word)</b>\(off) <a href="/announcements/\(segment: one.id)">\(one.title)</a>\(time)</p>
                <form method="post" action="/announcements/\(segment: one.id)/acknowledge">\(frame.token)<input type="hidden" name="next" value="\(frame.here)"><button class="button small">I have read this<span class="visually-hidden">: \(one.title)</span></button></form></div>
                """
        }
        let rest: HTML = all.count > 2 ? "<p class=\"told-more\"><a href=\"/announcements\">\(Show.count(all.count - 2, "more announcement", "more announcements"))</a></p>" : .empty
        return "<aside class=\"tellings\" aria-label=\"Announcements\">\(items)\(rest)</aside>"
    }

    /// So many of so many, as a bar with its figures.
    static func bar(_ count: Int, of whole: Int, failed: Int = 0, _ tone: Tone, _ what: String) -> HTML {
        guard whole > 0 else { return "<span class=\"note\">Nobody</span>" }
        func width(_ count: Int) -> String { Show.number(100 * Double(min(count, whole)) / Double(whole), decimals: 1) }
        let bad: HTML = failed > 0 ? "<rect class=\"fill poor\" x=\"\(width(count))\" width=\"\(width(min(failed, whole - count)))\" height=\"8\"/>" : .empty
        let words = "\(what): \(count) of \(whole)\(failed > 0 ? ", \(failed) failed" : "")"
        return """
            <span class="reach"><svg class="chart" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="\(words)"><rect class="track" width="100" height="8"/><rect class="fill \(raw: tone.name)" width="\(width(count))" height="8"/>\(bad)</svg><span class="figures" aria-hidden="true">\(count)<span class="note">/\(whole)</span>\(failed > 0 ? " <b class=\"lost\">\(failed) failed</b>" : HTML.empty)</span></span>
            """
    }

    static func mail(_ one: AnnouncementRecipient) -> HTML {
        let badge: HTML = switch one.mail {
        case nil: "<span class=\"note\">None: joined later</span>"
        case .written: Component.badge("Written", .plain)
        case .waiting: Component.badge("On its way", .info)
        case .delivered: Component.badge("Taken by the relay", .good)
        case .failed: Component.badge("Failed", .poor)
        }
        let at: HTML = one.mailAt.map { "<br><span class=\"note\">\(.time($0))</span>" } ?? .empty
        return "<span>\(badge)\(one.mailReason.isEmpty ? .empty : "<br><span class=\"note\">\(one.mailReason)</span>")\(at)</span>"
    }
}

extension AnnouncementKind {
    var explained: String {
        switch self {
        case .upgrade: "Upgrade: a new release, announced ahead"
        case .maintenance: "Maintenance: work on the service"
        case .incident: "Incident: something does not work"
        case .news: "News: good to know"
        }
    }
    var tone: Tone {
        switch self {
        case .upgrade: .info
        case .maintenance: .fair
        case .incident: .poor
        case .news: .good
        }
    }
    var icon: Icon {
        switch self {
        case .upgrade: .upload
        case .maintenance: .warning
        case .incident: .pulse
        case .news: .announce
        }
    }
}
