// The wall between customers: every procedure, asked for what is one customer's by every role of another, and by a subject for what is others'.
import Control
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct CrossCustomerTests {
    /// One call for something of the clinic's, and who of the clinic or the staff may make it.
    private struct Attempt {
        let name: String
        let owner: String
        let body: [UInt8]

        init<P: Procedure>(_ type: P.Type, by owner: String = "clinic/administrator", _ fill: (inout P) -> Void = { _ in }) {
            var asked = P()
            fill(&asked)
            (name, self.owner, body) = (P.name, owner, CompactCodec.encode(asked))
        }
    }

    /// What the clinic has: one of everything that has a name, all of it saying "Zephyrine".
    private struct Belongings {
        var subject = "", ticket = 0, second = 0, reply = "", file = "", unfinished = "", imported = "", change = 0, quoted = 0, export = "", announcement = ""
        var person = "", invited = "", session = "", token = "", post = 0, comment = "", webhook = "", delivery = "", logo = "", canned = "", view = "", binned = "", doomed = "", passkey = "zephyrinespasskey"
    }

    private static let secret = "Zephyrine"
    /// Nothing in them names anything: they are about whoever calls.
    private static let aboutTheCaller: Set<String> = [
        "sessions.sign-out", "sessions.may-operate", "sessions.change-password", "sessions.set-preferences", "sessions.finish", "sessions.confirm",
        "two-step.begin", "two-step.confirm", "two-step.end", "two-step.renew-codes", "passkeys.ask", "passkeys.finish", "passkeys.confirm", "passkeys.begin", "passkeys.add", "account.show", "account.make-token", "people.require-two-step",
    ]
    /// What they name is a secret of its own, and whoever has it may.
    private static let byASecret: Set<String> = [
        "sessions.sign-in", "sessions.sign-in-question", "sessions.sign-in-by-passkey", "sessions.request-reset", "sessions.inspect-link", "sessions.set-password", "ratings.inspect", "ratings.rate", "exports.open-by-link",
    ]

    private func furnish(_ house: House, _ tokens: [String: String]) async throws -> Belongings {
        var all = Belongings()
        let mine = tokens["clinic/administrator"]!, support = tokens["staff/support"]!
        var subject = AddSubject()
        (subject.reference, subject.name, subject.group) = ("Zephyrine-1", "Zephyrine Ames", "Zephyrine group")
        all.subject = try await house.call(subject, as: mine).id
        var assess = AddAssessment(), weight = MeasureEntry()
        (weight.code, weight.value) = ("weight", 80)
        (assess.subject, assess.note, assess.measures) = (all.subject, "Zephyrine felt well.", [weight])
        _ = try await house.call(assess, as: mine)
        all.ticket = try await house.ticket("Zephyrine is locked out", as: mine).number
        all.second = try await house.ticket("Zephyrine again", as: mine).number
        var reply = ReplyToTicket()
        (reply.number, reply.body) = (all.ticket, "Zephyrine may try now.")
        all.reply = try await house.call(reply, as: support).id
        for whole in [true, false] {
            var begin = BeginAttachment()
            (begin.number, begin.fileName) = (all.ticket, "Zephyrine.txt")
            let id = try await house.call(begin, as: mine).id
            var append = AppendAttachment()
            (append.number, append.id, append.bytes) = (all.ticket, id, Array("Zephyrine writes".utf8))
            _ = try await house.call(append, as: mine)
            guard whole else { all.unfinished = id; continue }
            var finish = FinishAttachment()
            (finish.number, finish.id, finish.pieces) = (all.ticket, id, 1)
            all.file = try await house.call(finish, as: mine).id
        }
        var run = RunImport()
        (run.fileName, run.bytes) = ("Zephyrine.csv", Array("reference,weight_kg\nZephyrine-2,80\n".utf8))
        all.imported = try await house.call(run, as: mine).id
        all.change = try await house.change("Zephyrine moves", as: mine).number
        all.quoted = try await house.change("Zephyrine pays", as: mine).number
        var quote = QuoteChange()
        (quote.number, quote.amount, quote.currency) = (all.quoted, 12_300, Currency.allCases[0])
        _ = try await house.call(quote, as: support)
        all.export = try await house.call(AskExport(), as: mine).id
        all.person = try await house.call(WhoAmI(), as: tokens["clinic/operator"]!).id
        var invite = InvitePerson()
        (invite.email, invite.name, invite.origin) = ("z@clinic.example", "Zephyrine Late", "https://portal.example")
        all.invited = try await house.call(invite, as: mine).id
        let other = try await house.signIn("administrator@clinic.example")
        all.session = try #require(try await house.call(ShowAccount(), as: other).sessions.first { $0.here }).id
        var make = MakeToken()
        (make.name, make.scope) = ("Zephyrine's scales", "all")
        all.token = try await house.call(make, as: mine).item.id
        let (passkey, mineID) = (all.passkey, try await house.call(WhoAmI(), as: mine).id)
        try await house.store.write(try #require(house.store.customer("clinic")).file) { database in
            _ = try database.execute("""
                INSERT INTO passkey (id, person, credential, site, algorithm, public_key, counter, name, created) VALUES (?, ?, ?, 'localhost', -7, ?, 0, 'Zephyrine''s phone', 1)
                """, passkey, mineID, [UInt8](repeating: 7, count: 32), [UInt8](repeating: 7, count: 64))
        }
        var draft = DraftAnnouncement()
        (draft.kind, draft.title, draft.body, draft.customer, draft.role, draft.publish) = (.news, "Zephyrine news", "Zephyrine is told.", "clinic", .administrator, true)
        all.announcement = try await house.call(draft, as: support).id
        var post = SavePost(), comment = CommentOnPost()
        (post.title, post.body, post.audience, post.publish) = ("Zephyrine writes", "Zephyrine is pleased.", "clinic", "now")
        all.post = try await house.call(post, as: support).number
        (comment.number, comment.body, comment.alias) = (all.post, "Zephyrine says so.", "Zephyrine")
        all.comment = try await house.call(comment, as: mine).id
        var picture = SetLogo()
        picture.bytes = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array("Zephyrine".utf8)
        all.logo = try await house.call(picture, as: mine).logo ?? ""
        var hook = MakeWebhook(), ping = TryWebhook()
        (hook.url, hook.events, hook.note) = ("https://zephyrine.example/", ["ticket.opened"], "Zephyrine's scales")
        all.webhook = try await house.call(hook, as: mine).webhook.id
        ping.id = all.webhook
        all.delivery = try await house.call(ping, as: mine).id
        var canned = SaveCannedReply(), view = SaveTicketView()
        (canned.title, canned.body) = ("Zephyrine", "Zephyrine greets {{name}}.")
        all.canned = try await house.call(canned, as: support).id
        (view.name, view.shared, view.filter.search) = ("Zephyrine", true, "Zephyrine")
        all.view = try await house.call(view, as: support).id
        var plan = ScheduleExports()
        (plan.every, plan.at, plan.address, plan.hostKey) = (.day, "02:00", "sftp://zephyrine@files.example.com/Zephyrine/", "SHA256:" + String(repeating: "a", count: 43))
        _ = try await house.call(plan, as: mine)
        all.binned = try await house.delete(try await house.ticket("Zephyrine was here", as: mine).number, "Zephyrine said so.", as: support).id
        all.doomed = try await house.delete(try await house.ticket("Zephyrine was here too", as: mine).number, "Zephyrine said so.", as: support).id
        return all
    }

    /// Every procedure that may be asked for something of a customer's. In an order in which the owners' own calls succeed one after the other.
    private func attempts(_ own: Belongings) -> [Attempt] {
        let support = "staff/support"
        return [
            Attempt(WhoAmI.self), Attempt(ShowHome.self),
            Attempt(ListSubjects.self) { $0.search = "Zephyrine" }, Attempt(ShowSubject.self) { $0.id = own.subject },
            Attempt(UpdateSubject.self) { ($0.id, $0.reference, $0.name) = (own.subject, "Zephyrine-9", "Mine now") },
            Attempt(AddSubject.self) { ($0.reference, $0.name) = ("N-1", "Nobody's") },
            Attempt(ListAssessments.self) { $0.subject = own.subject }, Attempt(ListEveryAssessment.self),
            Attempt(AddAssessment.self) { asked in
                var weight = MeasureEntry()
                (weight.code, weight.value) = ("weight", 81)
                (asked.subject, asked.measures) = (own.subject, [weight])
            },
            Attempt(RunImport.self) { ($0.fileName, $0.bytes) = ("a.csv", Array("reference,weight_kg\nN-2,80\n".utf8)) },
            Attempt(ListImports.self), Attempt(ShowImport.self) { $0.id = own.imported },
            Attempt(ListTickets.self) { ($0.search, $0.customer) = ("Zephyrine", nil) },
            Attempt(ListTickets.self, by: support) { $0.customer = "clinic" },
            Attempt(ShowTicket.self) { $0.number = own.ticket }, Attempt(LookAtTicket.self) { $0.number = own.ticket },
            Attempt(OpenTicket.self) { ($0.title, $0.body, $0.follows) = ("It goes on", "As before.", own.ticket) },
            Attempt(ReplyToTicket.self) { ($0.number, $0.body) = (own.ticket, "Let me in.") },
            Attempt(ChangeTicket.self, by: support) { ($0.number, $0.priority) = (own.ticket, .high) },
            Attempt(SaveDraft.self) { ($0.number, $0.body) = (own.ticket, "Let me") },
            Attempt(BeginAttachment.self) { ($0.number, $0.fileName) = (own.ticket, "a.txt") },
            Attempt(AppendAttachment.self) { ($0.number, $0.id, $0.place, $0.bytes) = (own.ticket, own.unfinished, 0, [65]) },
            Attempt(FinishAttachment.self) { ($0.number, $0.id, $0.pieces) = (own.ticket, own.unfinished, 1) },
            Attempt(ReadAttachment.self) { ($0.number, $0.id) = (own.ticket, own.file) },
            Attempt(RemoveAttachment.self) { ($0.number, $0.id) = (own.ticket, own.file) },
            Attempt(LinkTicket.self, by: support) { ($0.number, $0.other) = (own.ticket, own.second) },
            Attempt(MergeTicket.self, by: support) { ($0.number, $0.into) = (own.second, own.ticket) },
            Attempt(UndoMerge.self, by: support) { $0.number = own.second },
            Attempt(SplitTicket.self, by: support) { ($0.number, $0.title, $0.replies) = (own.ticket, "Apart", [own.reply]) },
            Attempt(ChangeTicket.self) { ($0.number, $0.state) = (own.ticket, .closed) },
            Attempt(SetSupportPlan.self, by: "staff/operations") { ($0.customer, $0.plan) = ("clinic", "standard") },
            Attempt(ListChanges.self) { $0.search = "Zephyrine" }, Attempt(ListChanges.self, by: support) { $0.customer = "clinic" },
            Attempt(ShowChange.self) { $0.number = own.change }, Attempt(ShowChangeCalendar.self),
            Attempt(RaiseChange.self, by: support) { ($0.title, $0.reason, $0.customer) = ("Theirs", "To see.", "clinic") },
            Attempt(EditChange.self, by: support) { ($0.number, $0.plan) = (own.change, "To read it.") },
            Attempt(MoveChange.self) { ($0.number, $0.step, $0.note) = (own.change, .cancel, "Not wanted.") },
            Attempt(VoteOnChange.self, by: support) { $0.number = own.change },
            Attempt(QuoteChange.self, by: support) { ($0.number, $0.amount, $0.currency) = (own.quoted, 100, Currency.allCases[0]) },
            Attempt(AnswerQuote.self) { ($0.number, $0.accept) = (own.quoted, true) },
            Attempt(ListPeople.self), Attempt(InvitePerson.self) { ($0.email, $0.name, $0.origin) = ("new@other.example", "New", "https://portal.example") },
            Attempt(ListExports.self), Attempt(ListExports.self, by: "staff/operations") { $0.customer = "clinic" },
            Attempt(AskExport.self, by: "staff/operations") { $0.customer = "clinic" },
            Attempt(ShowExport.self) { $0.id = own.export }, Attempt(ShowExport.self, by: "staff/operations") { ($0.customer, $0.id) = ("clinic", own.export) },
            Attempt(LinkExport.self) { $0.id = own.export }, Attempt(OpenExport.self) { $0.id = own.export },
            Attempt(OpenExport.self, by: "staff/operations") { ($0.customer, $0.id) = ("clinic", own.export) },
            Attempt(ExpireExport.self) { $0.id = own.export },
            Attempt(ShowExportSchedule.self), Attempt(ShowExportSchedule.self, by: "staff/operations") { $0.customer = "clinic" },
            Attempt(ScheduleExports.self) { ($0.every, $0.at) = (.day, "02:00") }, Attempt(UnscheduleExports.self),
            Attempt(ListAudit.self) { $0.search = "Zephyrine" }, Attempt(ListAudit.self, by: support) { $0.customer = "clinic" },
            Attempt(ListAudit.self) { $0.who = "operator@clinic.example" },
            Attempt(ShowMember.self) { $0.id = own.person }, Attempt(ChangePerson.self) { ($0.id, $0.role) = (own.person, .subject) },
            Attempt(ResetTwoStep.self) { $0.id = own.person }, Attempt(SuspendPerson.self) { $0.id = own.person },
            Attempt(ResendInvitation.self) { ($0.id, $0.origin) = (own.invited, "https://portal.example") }, Attempt(WithdrawInvitation.self) { $0.id = own.invited },
            Attempt(EndSession.self) { $0.id = own.session }, Attempt(RevokeToken.self) { $0.id = own.token },
            Attempt(RenamePasskey.self) { ($0.id, $0.name) = (own.passkey, "Mine now") }, Attempt(RemovePasskey.self) { $0.id = own.passkey },
            Attempt(ListPosts.self), Attempt(ShowPost.self) { $0.number = own.post }, Attempt(CommentOnPost.self) { ($0.number, $0.body, $0.alias) = (own.post, "Me too.", "Ruth") },
            Attempt(SavePost.self, by: support) { ($0.number, $0.title, $0.body, $0.audience, $0.publish) = (own.post, "Other", "Other words.", "clinic", "now") },
            Attempt(EditComment.self) { ($0.id, $0.body) = (own.comment, "Other words.") }, Attempt(FlagComment.self) { ($0.id, $0.reason) = (own.comment, "Rude.") },
            Attempt(ListModeration.self, by: support), Attempt(ModerateComment.self, by: support) { $0.id = own.comment },
            Attempt(ChangeTickets.self, by: support) { ($0.tickets, $0.priority) = ([TicketPick(own.ticket), TicketPick(own.second)], .low) },
            Attempt(WatchTicket.self, by: support) { $0.number = own.ticket },
            Attempt(ShowBackgroundWork.self, by: support), Attempt(ListDeskCustomers.self, by: support), Attempt(ShowDeskCustomer.self, by: support) { $0.customer = "clinic" },
            Attempt(ListCannedReplies.self, by: support), Attempt(ShowCannedReply.self, by: support) { $0.id = own.canned },
            Attempt(FillCannedReply.self, by: support) { ($0.id, $0.number) = (own.canned, own.ticket) },
            Attempt(SaveCannedReply.self, by: support) { ($0.id, $0.title, $0.body) = (own.canned, "Other", "Other words.") },
            Attempt(RemoveCannedReply.self, by: support) { $0.id = own.canned },
            Attempt(ListTickets.self, by: support) { $0.view = own.view },
            Attempt(ListTicketViews.self, by: support), Attempt(SaveTicketView.self, by: support) { ($0.id, $0.name) = (own.view, "Other") },
            Attempt(RemoveTicketView.self, by: support) { $0.id = own.view },
            Attempt(ListBin.self, by: support), Attempt(RestoreFromBin.self, by: support) { $0.id = own.binned }, Attempt(RemoveFromBin.self, by: "staff/operations") { $0.id = own.doomed },
            Attempt(DeleteTicket.self, by: support) { ($0.number, $0.reason) = (own.second, "Not wanted.") }, Attempt(DeletePost.self, by: support) { $0.number = own.post },
            Attempt(SearchPortal.self) { $0.query = "Zephyrine" }, Attempt(SearchPortal.self, by: support) { ($0.query, $0.customer) = ("Zephyrine", "clinic") },
            Attempt(ListAnnouncements.self), Attempt(ShowAnnouncement.self) { $0.id = own.announcement },
            Attempt(AcknowledgeAnnouncement.self) { $0.id = own.announcement },
            Attempt(DraftAnnouncement.self, by: support) { ($0.kind, $0.title, $0.body, $0.customer) = (.news, "Theirs", "To see.", "clinic") },
            Attempt(EditAnnouncement.self, by: support) { ($0.id, $0.content.title, $0.content.body) = (own.announcement, "Other", "Other words.") },
            Attempt(MoveAnnouncement.self, by: support) { ($0.id, $0.step, $0.note) = (own.announcement, .cancel, "Not wanted.") },
            Attempt(ShowBranding.self), Attempt(SetBranding.self) { $0.colour = "#7a1f5c" }, Attempt(ReadLogo.self) { $0.logo = own.logo }, Attempt(SetLogo.self),
            Attempt(ListWebhooks.self), Attempt(ShowWebhook.self) { $0.id = own.webhook }, Attempt(MakeWebhook.self) { ($0.url, $0.events) = ("https://other.example", ["ticket.opened"]) },
            Attempt(ChangeWebhook.self) { ($0.id, $0.url) = (own.webhook, "https://other.example") }, Attempt(TryWebhook.self) { $0.id = own.webhook },
            Attempt(RepeatDeliveries.self) { ($0.id, $0.delivery) = (own.webhook, own.delivery) }, Attempt(RenewWebhookSecret.self) { $0.id = own.webhook }, Attempt(RemoveWebhook.self) { $0.id = own.webhook },
            Attempt(TakeOutSubject.self) { $0.id = own.subject }, Attempt(EraseSubject.self) { ($0.id, $0.reference) = (own.subject, "Zephyrine-9") },
        ]
    }

    private func answer(_ house: House, _ attempt: Attempt, as token: String) async -> Result<[UInt8], Failure> {
        var request = CallRequest(procedure: attempt.name, certificate: .web, body: attempt.body)
        request.token = token
        let (asking, time) = (request, house.now)
        do {
            return .success(try await house.loop.run { _ in try await house.room.answer(asking, now: time).bytes })
        } catch { return .failure(error as? Failure ?? .fault("\(error)")) }
    }

    @Test func `no procedure a person may call is missing from the walk`() {
        let walked = Set(attempts(Belongings()).map(\.name))
        let callable = ProcedureTable.all.entries.filter { $0.value.access.certificates.contains(.web) }.keys
        #expect(Set(callable).subtracting(walked).subtracting(Self.aboutTheCaller).subtracting(Self.byASecret) == [])
        #expect(walked.isDisjoint(with: Self.aboutTheCaller.union(Self.byASecret)))
    }

    @Test func `no role of another customer reads, changes or counts anything of a customer's, by any procedure`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let own = try await furnish(house, tokens)
        let attempts = attempts(own), clinic = try #require(house.store.customer("clinic")).file
        try await unchanged(clinic) {
            for attempt in attempts {
                for role in ["administrator", "super-operator", "operator", "subject"] {
                    // What an answer may say is the other customer's own: of its empty lists, its new rows.
                    guard case .success(let bytes) = await answer(house, attempt, as: tokens["club/" + role]!) else { continue }
                    let text = String(decoding: bytes, as: UTF8.self)
                    #expect(!text.contains(Self.secret) && !text.contains("clinic"), "\(attempt.name) by club/\(role)")
                    #expect(!["show", "reply", "change", "read", "finish", "remove", "move", "update"].contains { attempt.name.hasSuffix("." + $0) && attempt.name != "home.show" }, "\(attempt.name) by club/\(role)")
                }
            }
        }
        try await ownersMay(house, attempts, tokens)
        await house.close()
    }

    @Test func `a subject reads, changes or counts nothing of other people of the same customer, by any procedure`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let own = try await furnish(house, tokens)
        let clinic = try #require(house.store.customer("clinic")).file
        // What anybody may do for themselves: a ticket of one's own, what is posted for all of the clinic, and its logo.
        let attempts = attempts(own).filter { $0.name != "tickets.open" && $0.name != ReadLogo.name && $0.name != SearchPortal.name && !$0.name.hasPrefix("posts.") && !$0.name.hasPrefix("comments.") }
        try await unchanged(clinic) {
            for attempt in attempts {
                guard case .success(let bytes) = await answer(house, attempt, as: tokens["clinic/subject"]!) else { continue }
                #expect(!String(decoding: bytes, as: UTF8.self).contains(Self.secret), "\(attempt.name)")
            }
        }
        // A search finds what is posted for all of the clinic, too, and nothing else.
        var search = SearchPortal()
        search.query = Self.secret
        #expect(try await house.call(search, as: tokens["clinic/subject"]!).items.map(\.kind) == [.post])
        await house.close()
    }

    /// Compares how many rows were ever written to a database, by the one connection that writes to it.
    private func unchanged(_ file: DatabaseFile, _ body: () async throws -> Void) async throws {
        let before = try await file.write { try $0.int("SELECT total_changes()") }
        try await body()
        #expect(try await file.write { try $0.int("SELECT total_changes()") } == before, "something was written")
    }

    /// The walk above would prove nothing if its calls failed for everybody: the owners' same calls find what they are about.
    private func ownersMay(_ house: House, _ attempts: [Attempt], _ tokens: [String: String]) async throws {
        for attempt in attempts {
            guard case .failure(let failure) = await answer(house, attempt, as: tokens[attempt.owner]!) else { continue }
            // It may be the wrong moment for it (a vote that is not open), but it was found, and it was theirs to ask.
            #expect(failure.status == 409, "\(attempt.name) by \(attempt.owner): \(failure.status) \(failure.reason)")
        }
    }
}
