// Pages of announcements: what each kind of person finds on them, the strip on every page, and text that stays text.
import Control
import Procedures
import SupportCentre
import Testing
import Wire

@testable import Pages

extension Nasty {
    static let noon = Timestamp(iso8601: "2026-11-30T12:00:00Z")!

    static var announcement: Announcement {
        var one = Announcement()
        (one.id, one.title, one.body, one.emergency, one.customer, one.customerDisplayName, one.by) = (text, text, "\(text)\n\nhttps://example.org/?a=\(text)", text, text, text, text)
        (one.kind, one.state, one.role, one.published, one.round) = (.upgrade, .published, .administrator, noon, 1)
        (one.starts, one.ends) = (Timestamp(iso8601: "2026-12-22T02:00:00Z"), Timestamp(iso8601: "2026-12-22T04:00:00Z"))
        return one
    }
    static var banner: AnnouncementBanner {
        var banner = AnnouncementBanner()
        (banner.id, banner.kind, banner.title, banner.starts, banner.ends) = (text, .upgrade, text, announcement.starts, announcement.ends)
        return banner
    }
    static func view(of one: Announcement, _ person: Person) -> AnnouncementView {
        var view = AnnouncementView(), notice = AnnouncementNotice(), moved = AnnouncementNotice(), reach = AnnouncementReach(), recipient = AnnouncementRecipient()
        (notice.note, moved.note, moved.what) = (text, text, .reschedule)
        (reach.customer, reach.customerDisplayName, reach.people, reach.read, reach.acknowledged, reach.mails, reach.delivered, reach.failed) = (text, text, 4, 3, 1, 4, 2, 1)
        (recipient.name, recipient.email, recipient.mail, recipient.mailReason) = (text, text, .failed, text)
        (view.announcement, view.person, view.mayAcknowledge, view.upgradeNoticeDays, view.notices) = (one, person, true, 14, [notice, moved])
        if person.role.isStaff { (view.steps, view.reach, view.next, view.recipients) = (["reschedule", "cancel"], [reach], text, [recipient]) }
        return view
    }
    static var announcementPages: [(String, HTML)] {
        var list = ListAnnouncements.Answer(), query = ListAnnouncements(), draft = announcement, told = person
        (list.items, list.next, list.person, query.page.after) = ([announcement], text, staff, text)
        (draft.state, draft.published) = (.draft, nil)
        told.announcements = [banner, banner, banner]
        return [
            ("announcements", AnnouncementListPage.html(frame(staff), list, query, now: noon)),
            ("announcement for staff", AnnouncementPage.html(frame(staff), view(of: announcement, staff), chosen: text, after: text, now: noon, entered: entered)),
            ("announcement", AnnouncementPage.html(frame(), view(of: announcement, person), now: noon)),
            ("draft", AnnouncementPage.html(frame(staff), view(of: draft, staff), now: noon)),
            ("new announcement", AnnouncementFormPage.new(frame(staff), entered: entered)), ("write announcement", AnnouncementFormPage.edit(frame(staff), view(of: draft, staff), entered: entered)),
            ("told", AnnouncementListPage.html(frame(told), ListAnnouncements.Answer(), ListAnnouncements(), now: noon)),
        ]
    }
}

@Suite struct AnnouncementPageTests {
    private var frame: Frame {
        var person = Nasty.person, banner = Nasty.banner
        banner.id = "a1"
        person.announcements = [banner]
        return Frame(title: "T", viewer: Viewer(person, formToken: "t"))
    }

    @Test func `every page shows what is to be read, with a way to say so that needs no script`() {
        var frame = frame
        frame.here = "/tickets?state=open"
        let text = ErrorPage.html(frame, .notFound("page")).text
        #expect(text.contains("<aside class=\"tellings\"") && text.contains("action=\"/announcements/a1/acknowledge\""))
        #expect(text.contains("name=\"next\" value=\"/tickets?state=open\"") && text.contains("2026-12-22T02:00:00Z"))
        #expect(!Layout.page(Frame(title: "T"), "").text.contains("tellings"))
    }

    @Test func `of many announcements two are shown and the others counted`() {
        var frame = frame
        frame.viewer?.person.announcements = Array(repeating: Nasty.banner, count: 5)
        let text = Layout.page(frame, "").text
        #expect(text.split(separator: "<div class=\"told ").count == 3 && text.contains("3 more announcements"))
    }

    @Test func `the page of an announcement asks for it once, and an upgrade says what it means to use the portal`() {
        var one = Nasty.announcement
        one.id = "a1"
        let text = AnnouncementPage.html(frame, Nasty.view(of: one, Nasty.person), now: Nasty.noon).text
        #expect(!text.contains("tellings") && text.split(separator: "/announcements/a1/acknowledge").count == 2)
        #expect(text.contains("Upgrades are part of the service"))
        one.kind = .news
        #expect(!AnnouncementPage.html(frame, Nasty.view(of: one, Nasty.person), now: Nasty.noon).text.contains("Upgrades are part"))
    }

    @Test func `support sees bars and people, nobody else does`() {
        let staff = AnnouncementPage.html(Nasty.frame(Nasty.staff), Nasty.view(of: Nasty.announcement, Nasty.staff), chosen: Nasty.text, now: Nasty.noon).text
        #expect(staff.contains("How far it has come") && staff.contains("Mails taken by the relay: 2 of 4, 1 failed") && staff.contains("Read: 3 of 4") && staff.contains("Acknowledged: 1 of 4"))
        #expect(staff.contains("Move to this time") && staff.contains("Cancel the work"))
        let own = AnnouncementPage.html(Nasty.frame(), Nasty.view(of: Nasty.announcement, Nasty.person), now: Nasty.noon).text
        #expect(!own.contains("How far it has come") && !own.contains("What next?"))
    }

    @Test func `blank lines part paragraphs, and only web addresses become links`() {
        #expect(Paragraphs.html("One\ntwo\r\n\r\n\n three").text == "<p>One<br>two</p><p> three</p>")
        #expect(Paragraphs.html("See https://example.org/a?b=1&c=2, please.").text
            == "<p>See <a href=\"https://example.org/a?b=1&amp;c=2\" rel=\"noopener noreferrer nofollow\">https://example.org/a?b=1&amp;c=2</a>, please.</p>")
        for text in ["javascript:alert(1)", "https://", "http:// x", "ftp://example.org", "data:text/html,x", "HTTPS//x"] { #expect(!Paragraphs.html(text).text.contains("<a"), "\(text)") }
        #expect(Paragraphs.html("https://a.b/\"onclick=x <b>").text.contains("https://a.b/</a>&quot;onclick=x &lt;b&gt;"))
        #expect(Paragraphs.html("").text.isEmpty && Paragraphs.html(" \n \n").text.isEmpty)
    }
}
