// Writing an announcement: what, for whom, when, and how long every page shows it.
import Control
import Procedures
import SupportCentre
import Wire

package enum AnnouncementFormPage {
    package static func new(_ frame: Frame, entered: Entered = .nothing) -> HTML {
        Layout.page(frame, """
            \(Component.crumbs([("Announcements", "/announcements")], here: "New"))\(Component.header("Write an announcement", lead: "Nobody sees it before it is published."))\(entered.summary)
            \(form(frame, Announcement(), action: "/announcements/new", back: "/announcements", entered: entered))
            """)
    }

    package static func edit(_ frame: Frame, _ view: AnnouncementView, entered: Entered = .nothing) -> HTML {
        let path: HTML = "/announcements/\(segment: view.announcement.id)"
        return Layout.page(frame, """
            \(Component.crumbs([("Announcements", "/announcements"), (view.announcement.title, path)], here: "Write"))\(Component.header("Write the draft"))\(entered.summary)
            \(form(frame, view.announcement, action: "\(path)/edit", back: path, entered: entered))
            """)
    }

    private static func form(_ frame: Frame, _ one: Announcement, action: HTML, back: HTML, entered: Entered) -> HTML {
        let zone = frame.viewer?.person.zone ?? "Europe/London"
        func moment(_ name: String, _ label: String, _ value: Timestamp?, hint: HTML = .empty) -> HTML {
            FormField(name, label, .moment, value: value.map { LocalTime.text($0, in: zone) } ?? "", hint: hint, required: false).filled(entered)
        }
        let roles = [("", "Every role")] + PersonRole.allCases.map { ($0.rawValue, $0.word) }
        return Component.card(nil, """
            <form class="form" method="post" action="\(action)">\(frame.token)<input type="hidden" name="version" value="\(one.version)">
            \(FormField("kind", "Kind", .choice(AnnouncementKind.allCases.map { ($0.rawValue, $0.explained) }), value: one.title.isEmpty ? AnnouncementKind.upgrade.rawValue : one.kind.rawValue).filled(entered))
            \(FormField("title", "Title", value: one.title, hint: "What every page shows, in a few words.", longest: 200).filled(entered))
            \(FormField("body", "Text", .area, value: one.body, hint: "What changes, what it means for its readers, what they have to do. Blank lines part paragraphs; addresses become links.", longest: 20_000).filled(entered))
            <div class="pair">\(FormField("customer", "Customer", value: one.customer ?? "", hint: "Its short name, such as clinic; empty for everybody, staff too.", required: false, longest: 40).filled(entered))\(FormField("role", "Role", .choice(roles), value: one.role?.rawValue ?? "", required: false).filled(entered))</div>
            <div class="pair">\(moment("starts", "Work begins", one.starts, hint: "On your clock, \(zone). Upgrades and maintenance need it."))\(moment("ends", "Work ends", one.ends))</div>
            <div class="pair">\(moment("banner_starts", "Every page shows it from", one.bannerStarts, hint: "Empty for at once."))\(moment("banner_ends", "Every page shows it until", one.bannerEnds, hint: "Empty for the end of the work."))</div>
            \(FormField("emergency", "Emergency", .area, value: one.emergency, hint: "Only for an upgrade that cannot be announced as long ahead as customers were promised: why. Customers read it, and it is kept in the audit log.", required: false, longest: 2000).filled(entered))
            <div class="actions"><button class="button primary">Save as a draft</button><button class="button" name="publish" value="yes">Publish now</button>\(Component.link("Cancel", to: back))</div></form>
            """ as HTML)
    }
}
