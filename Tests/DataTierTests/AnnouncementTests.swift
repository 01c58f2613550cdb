// Announcements through both databases: who may write and see them, who is told how often, what is kept of reading and of mails.
import Control
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

extension House {
    func inDays(_ days: Int, hours: Int = 0) -> String { now.adding(.seconds(days * 86_400 + hours * 3600)).iso8601 }

    /// A draft of work so many days ahead.
    func draft(_ title: String, _ kind: AnnouncementKind = .maintenance, in days: Int? = 20, as token: String, _ more: (inout DraftAnnouncement) -> Void = { _ in }) async throws -> Announcement {
        var asked = DraftAnnouncement()
        (asked.title, asked.kind, asked.body, asked.origin) = (title, kind, "What and why.", "https://portal.example")
        if let days { (asked.starts, asked.ends) = (inDays(days), inDays(days, hours: 2)) }
        more(&asked)
        return try await call(asked, as: token)
    }

    /// Published, its mails written.
    @discardableResult
    func publish(_ title: String, _ kind: AnnouncementKind = .maintenance, in days: Int? = 20, as token: String, _ more: (inout DraftAnnouncement) -> Void = { _ in }) async throws -> Announcement {
        let one = try await draft(title, kind, in: days, as: token) { asked in
            asked.publish = true
            more(&asked)
        }
        await told()
        return one
    }

    @discardableResult
    func step(_ id: String, _ step: AnnouncementStep, as token: String, _ more: (inout MoveAnnouncement) -> Void = { _ in }) async throws -> Announcement {
        var asked = MoveAnnouncement(id: id, step)
        (asked.note, asked.origin) = ("because", "https://portal.example")
        more(&asked)
        let moved = try await call(asked, as: token)
        await told()
        return moved
    }

    /// Waits until every mail is written: a run of another task makes this one look on.
    func told() async {
        while !store.announcing.begin() { await Task.yield() }
        while store.announcing.end() {}
        await AnnouncementMails.run(store, at: now)
    }

    func shown(_ token: String) async throws -> [String] { try await call(WhoAmI(), as: token).announcements.map(\.title) }

    func announcement(_ id: String, as token: String, customer: String? = nil, after: String? = nil) async throws -> AnnouncementView {
        var asked = ShowAnnouncement(id: id)
        (asked.customer, asked.after) = (customer, after)
        return try await call(asked, as: token)
    }

    /// Everything waiting to be mailed; taken over as management does.
    func mails() async throws -> [MailEffect] {
        var pull = PullEffects()
        pull.limit = 500
        let mails = try await call(pull, by: .management).mails
        var finish = FinishEffects()
        finish.ids = mails.map(\.id)
        _ = try await call(finish, by: .management)
        return mails
    }
}

struct AnnouncementTests {
    @Test func `a published announcement is on every page of its audience until it is acknowledged or over`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, admin, subject, technician) = (tokens["staff/support"]!, tokens["clinic/administrator"]!, tokens["club/subject"]!, tokens["staff/technician"]!)
        let draft = try await house.draft("Release 5", .upgrade, as: support)
        #expect(draft.state == .draft && draft.round == 0 && draft.published == nil)
        #expect(try await house.shown(admin).isEmpty)
        try await house.step(draft.id, .publish, as: support)
        for token in [admin, subject, technician, support] { #expect(try await house.shown(token) == ["Release 5"]) }
        // On every page, not only where it was asked for: it comes with the person of any answer.
        #expect(try await house.call(ListTickets(), as: admin).person.announcements.map(\.title) == ["Release 5"])

        let acknowledged = try await house.call(AcknowledgeAnnouncement(id: draft.id), as: admin)
        #expect(acknowledged.acknowledged == house.now && acknowledged.read == house.now)
        #expect(try await house.shown(admin).isEmpty)
        #expect(try await house.shown(subject) == ["Release 5"])
        house.now = house.now.adding(.seconds(20 * 86_400 + 3 * 3600))
        let late = try await house.signIn("subject@club.example")
        #expect(try await house.shown(late).isEmpty)
        await house.close()
    }

    @Test func `one customer, one role: nobody else sees it, finds it, reads it or is mailed`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        let audiences: [(String, (inout DraftAnnouncement) -> Void, (String) -> Bool)] = [
            ("clinic's", { $0.customer = "clinic" }, { $0.hasPrefix("clinic/") }),
            ("administrators'", { $0.role = .administrator }, { $0.hasSuffix("/administrator") }),
            ("clinic's subjects'", { ($0.customer, $0.role) = ("clinic", .subject) }, { $0 == "clinic/subject" }),
            ("technicians'", { $0.role = .technician }, { $0 == "staff/technician" }),
        ]
        for (title, change, isFor) in audiences {
            let one = try await house.publish(title, as: support, change)
            let mailed = Set(try await house.mails().map(\.to))
            for (person, token) in tokens {
                let parts = person.split(separator: "/"), email = "\(parts[1])@\(parts[0] == "staff" ? "fitech" : parts[0]).example"
                let (mine, writes) = (isFor(person), person == "staff/support" || person == "staff/operations")
                #expect(try await house.shown(token).contains(title) == mine, "\(title) shown to \(person)")
                #expect(mailed.contains(email) == mine, "\(title) mailed to \(person)")
                let listed = try await house.call(ListAnnouncements(), as: token).items.map(\.title)
                #expect(listed.contains(title) == (mine || writes), "\(title) listed for \(person)")
                #expect(await failure { _ = try await house.announcement(one.id, as: token) }?.status == (mine || writes ? nil : 404), "\(title) opened by \(person)")
                if !mine {
                    #expect(await failure { _ = try await house.call(AcknowledgeAnnouncement(id: one.id), as: token) }?.status == (writes ? 409 : 404), "\(title) acknowledged by \(person)")
                }
            }
        }
        #expect(await failure { _ = try await house.draft("x", as: support) { ($0.customer, $0.role) = ("clinic", .support) } }?.fields.map(\.field) == ["role"])
        #expect(await failure { _ = try await house.draft("x", as: support) { $0.customer = "nobody" } }?.fields.map(\.field) == ["customer"])
        await house.close()
    }

    @Test func `who is suspended is neither mailed nor waited for; who was told before stays in the proof`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, admin) = (tokens["staff/support"]!, tokens["clinic/administrator"]!)
        let first = try await house.publish("First", as: support) { $0.customer = "clinic" }
        #expect(try await house.mails().map(\.to).contains("operator@clinic.example"))
        let people = try await house.announcement(first.id, as: support, customer: "clinic").recipients
        let operator_ = try #require(people.first { $0.email == "operator@clinic.example" })
        var suspend = SuspendPerson()
        suspend.id = operator_.person
        _ = try await house.call(suspend, as: admin)
        let second = try await house.publish("Second", as: support) { $0.customer = "clinic" }
        #expect(try await house.mails().filter { $0.subject.contains("Second") }.count == people.count - 1)
        let (told, missed) = (try await house.announcement(first.id, as: support, customer: "clinic"), try await house.announcement(second.id, as: support, customer: "clinic"))
        #expect(told.recipients.count == people.count && told.reach.first { $0.customer == "clinic" }?.people == people.count)
        #expect(missed.recipients.count == people.count - 1 && missed.reach.first { $0.customer == "clinic" }?.people == people.count - 1)
        await house.close()
    }

    @Test func `a draft is seen by support alone, and what was published is not written anew`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, admin) = (tokens["staff/support"]!, tokens["clinic/administrator"]!)
        let draft = try await house.draft("Not yet", as: support)
        #expect(await failure { _ = try await house.announcement(draft.id, as: admin) }?.status == 404)
        #expect(try await house.call(ListAnnouncements(), as: admin).items.isEmpty)
        #expect(try await house.call(ListAnnouncements(), as: support).items.map(\.title) == ["Not yet"])
        var edit = EditAnnouncement()
        (edit.id, edit.version, edit.content.title, edit.content.body, edit.content.kind) = (draft.id, draft.version, "Better", "Now with a text.", .news)
        let written = try await house.call(edit, as: support)
        #expect(written.title == "Better" && written.starts == nil && written.version == draft.version + 1)
        #expect(await failure { _ = try await house.call(edit, as: support) }?.code == "changed-meanwhile")
        try await house.step(draft.id, .publish, as: support)
        edit.version = nil
        #expect(await failure { _ = try await house.call(edit, as: support) }?.code == "announcement-state")
        await house.close()
    }

    @Test func `an upgrade on short notice is refused; an emergency says why and stands in the audit by its own words`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, operations) = (tokens["staff/support"]!, tokens["staff/operations"]!)
        let early = try await house.draft("Too soon", .upgrade, in: 3, as: support)
        let refused = await failure { try await house.step(early.id, .publish, as: support) }
        #expect(refused?.status == 422 && refused?.fields.first?.field == "starts" && refused?.fields.first?.reason.contains("14 days") == true)
        let published = try await house.step(early.id, .publish, as: support) { $0.emergency = "A hole is being used." }
        #expect(published.emergency == "A hole is being used." && published.state == .published)
        var audit = ListAudit()
        audit.what = "announced an emergency upgrade"
        let entry = try #require(try await house.call(audit, as: operations).items.first)
        #expect(entry.object == "announcement/\(early.id)" && entry.who == "support@fitech.example")
        #expect(entry.changes.contains { $0.field == "emergency" && $0.after == "A hole is being used." })
        #expect(try await house.mails().allSatisfy { $0.body.contains("short notice: A hole is being used.") })
        await house.close()
    }

    @Test func `everybody is mailed once, once more when it moves, and who heard of it when it is off`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        let one = try await house.publish("Release 5", .upgrade, as: support) { $0.customer = "clinic" }
        let first = try await house.mails()
        #expect(first.count == 4 && first.allSatisfy { $0.subject == "[Upgrade] Release 5" && $0.body.contains("https://portal.example/announcements/\(one.id)") })
        #expect(first.allSatisfy { $0.body.contains("acknowledge") && $0.body.contains("Upgrades are part of the service") })
        await house.told()
        #expect(try await house.mails().isEmpty)

        _ = try await house.call(AcknowledgeAnnouncement(id: one.id), as: tokens["clinic/administrator"]!)
        let moved = try await house.step(one.id, .reschedule, as: support) { ($0.starts, $0.ends) = (house.inDays(30), house.inDays(30, hours: 1)) }
        #expect(moved.state == .rescheduled && moved.round == 2)
        // A new date is read and acknowledged anew, also by who had.
        #expect(try await house.shown(tokens["clinic/administrator"]!) == ["Release 5"])
        #expect(try await house.mails().map(\.subject) == Array(repeating: "[Upgrade moved] Release 5", count: 4))

        try await house.person("late@clinic.example", .operator, of: "clinic")
        try await house.step(one.id, .cancel, as: support)
        let last = try await house.mails()
        #expect(last.count == 4 && last.allSatisfy { $0.subject == "[Upgrade cancelled] Release 5" && $0.body.contains("will not take place. because") })
        #expect(!last.contains { $0.to == "late@clinic.example" })
        let view = try await house.announcement(one.id, as: support)
        #expect(view.notices.map(\.what) == [.publish, .reschedule, .cancel] && view.steps.isEmpty)
        await house.close()
    }

    @Test func `mails that a crash left unwritten are written at the next start, the others not again`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        try await house.publish("Release 5", as: tokens["staff/support"]!)
        #expect(try await house.mails().count == 11)
        // As if the directory had lost how far it was, and one person's receipt had never been written.
        _ = try await house.store.write(house.store.directory) { try $0.execute("DELETE FROM announcement_told") }
        _ = try await house.store.write(house.store.customer("club")!.file) { database in
            try database.execute("DELETE FROM announcement_receipt WHERE person = (SELECT id FROM person WHERE email = 'operator@club.example')")
        }
        await house.told()
        #expect(try await house.mails().map(\.to) == ["operator@club.example"])
        await house.close()
    }

    @Test func `staff see who has read and acknowledged it and what became of each mail, customer by customer`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, admin, operator_) = (tokens["staff/support"]!, tokens["clinic/administrator"]!, tokens["clinic/operator"]!)
        let one = try await house.publish("Release 5", .upgrade, as: support)
        #expect(try await house.announcement(one.id, as: operator_).announcement.read == house.now)
        _ = try await house.call(AcknowledgeAnnouncement(id: one.id), as: admin)
        func reach(_ name: String?) async throws -> AnnouncementReach { try #require(try await house.announcement(one.id, as: support).reach.first { $0.customer == name }) }
        var clinic = try await reach("clinic")
        #expect(clinic.people == 4 && clinic.read == 2 && clinic.acknowledged == 1 && clinic.mails == 4 && clinic.delivered == 0)
        #expect(try await reach("club").read == 0)
        #expect(try await reach(nil).people == 3)
        // Support looked at it just now, as part of the audience: that counts as read.
        #expect(try await reach(nil).read == 1)

        let mails = try await house.mails()
        func recipients() async throws -> [String: AnnouncementRecipient] {
            let all = try await house.announcement(one.id, as: support, customer: "clinic").recipients
            return Dictionary(uniqueKeysWithValues: all.map { ($0.email, $0) })
        }
        #expect(try await recipients().values.allSatisfy { $0.mail == .waiting })
        var report = ReportMails()
        for (email, state, reason) in [("administrator@clinic.example", MailState.delivered, ""), ("operator@clinic.example", .failed, "550 no such user"), ("subject@clinic.example", .waiting, "451 try later")] {
            var outcome = MailOutcome()
            (outcome.id, outcome.state, outcome.reason, outcome.at) = (try #require(mails.first { $0.to == email }).id, state, reason, house.now)
            report.items.append(outcome)
        }
        var unknown = MailOutcome()
        unknown.id = "clinic.nothing"
        report.items.append(unknown)
        _ = try await house.call(report, by: .management)
        // A report that was held up changes nothing any more.
        var old = ReportMails()
        old.items = [report.items[0]]
        old.items[0].state = .waiting
        _ = try await house.call(old, by: .management)
        let people = try await recipients()
        #expect(people["administrator@clinic.example"]?.mail == .delivered && people["administrator@clinic.example"]?.acknowledged == house.now)
        #expect(people["operator@clinic.example"]?.mailReason == "550 no such user" && people["subject@clinic.example"]?.mailReason == "451 try later")
        clinic = try await reach("clinic")
        #expect(clinic.delivered == 1 && clinic.failed == 1)

        // Nobody else learns any of it.
        for token in [admin, tokens["staff/technician"]!] {
            let seen = try await house.announcement(one.id, as: token, customer: "clinic")
            #expect(seen.reach.isEmpty && seen.recipients.isEmpty && seen.steps.isEmpty)
        }
        #expect(await failure { _ = try await house.announcement(one.id, as: support, customer: "nobody") }?.status == 404)
        await house.close()
    }

    @Test func `many customers are shown twenty at a time`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        for number in 10..<33 { try await house.customer("c\(number)") }
        let one = try await house.publish("News", .news, in: nil, as: tokens["staff/support"]!)
        let first = try await house.announcement(one.id, as: tokens["staff/support"]!)
        #expect(first.reach.count == 21 && first.reach[0].customer == nil && first.next == first.reach.last?.customer)
        let rest = try await house.announcement(one.id, as: tokens["staff/support"]!, after: first.next)
        #expect(rest.reach.count == 5 && rest.next == nil)
        #expect(Set(first.reach.map(\.customer) + rest.reach.map(\.customer)).count == 26)
        await house.close()
    }

    @Test func `acknowledging twice is once, is in the person's own audit, and survives a new start`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let one = try await house.publish("Release 5", .upgrade, as: tokens["staff/support"]!)
        let first = try await house.call(AcknowledgeAnnouncement(id: one.id), as: admin)
        house.now = house.now.adding(.seconds(60))
        #expect(try await house.call(AcknowledgeAnnouncement(id: one.id), as: admin).acknowledged == first.acknowledged)
        var audit = ListAudit()
        audit.what = "acknowledged an announcement"
        #expect(try await house.call(audit, as: admin).items.map(\.object) == ["announcement/\(one.id)"])
        let now = house.now
        await house.close(keep: true)
        let again = try await House(path: house.path)
        again.now = now
        try await again.store.reloadAnnouncements(at: now)
        #expect(try await again.shown(admin).isEmpty)
        #expect(try await again.shown(tokens["clinic/operator"]!) == ["Release 5"])
        await again.close()
    }

    @Test func `what is kept beside a person stays short: marks of what is over are dropped`() {
        let shown = ShownAnnouncements(), now = Timestamp(milliseconds: 1_795_000_000_000)
        func one(_ id: String, until: Int) -> ShownAnnouncements.One {
            .init(banner: AnnouncementBanner(), audience: .init(), shown: now..<now.adding(.seconds(until)), mark: ShownAnnouncements.mark(id, 1))
        }
        shown.set([one("a", until: 10), one("b", until: 100)])
        let first = shown.marks("", adding: "a/1", at: now)
        #expect(ShownAnnouncements.has("a/1", in: first) && !ShownAnnouncements.has("a", in: first))
        #expect(shown.marks(first, adding: "b/1", at: now.adding(.seconds(50))) == " b/1 ")
    }
}
