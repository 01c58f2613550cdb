// Who may call what: every procedure with every role and every kind of node, against a table written down here by hand.
import Control
import Engine
import Procedures
import Testing
import Wire
@testable import DataTier

struct PermissionTests {
    /// The roles that may call a procedure from the portal, written independently of the procedures' own rules.
    private static let customers: Set<String> = ["administrator", "super-operator", "operator", "subject"]
    private static let assessors: Set<String> = ["administrator", "super-operator", "operator"]
    private static let exporters: Set<String> = ["administrator", "operations"]
    private static let supporters: Set<String> = ["support", "operations"]
    private static let everybody = customers.union(supporters).union(["technician"])

    private static let fromThePortal: [String: Set<String>] = [
        "sessions.sign-out": everybody, "sessions.whoami": everybody, "sessions.may-operate": ["operations"], "sessions.change-password": everybody,
        "sessions.set-preferences": everybody, "home.show": everybody, "search.find": everybody,
        "tickets.list": customers.union(supporters), "tickets.show": customers.union(supporters), "tickets.reply": customers.union(supporters),
        "tickets.look": customers.union(supporters), "tickets.change": customers.union(supporters), "support.set-plan": ["operations"],
        "canned-replies.list": supporters, "canned-replies.show": supporters, "canned-replies.save": supporters, "canned-replies.remove": supporters, "canned-replies.fill": supporters,
        "tickets.delete": supporters, "posts.delete": supporters, "bin.list": supporters, "bin.restore": supporters, "bin.remove": ["operations"],
        "ticket-views.list": supporters, "ticket-views.save": supporters, "ticket-views.remove": supporters,
        "desk.customers": supporters, "desk.customer": supporters, "desk.work": supporters.union(["technician"]), "tickets.change-many": supporters, "tickets.watch": supporters,
        "tickets.merge": supporters, "tickets.undo-merge": supporters, "tickets.split": supporters, "tickets.link": supporters, "tickets.save-draft": customers.union(supporters),
        "attachments.begin": customers.union(supporters), "attachments.append": customers.union(supporters), "attachments.finish": customers.union(supporters),
        "attachments.read": customers.union(supporters), "attachments.remove": customers.union(supporters), "tickets.open": customers,
        "changes.list": assessors.union(supporters), "changes.show": assessors.union(supporters), "changes.calendar": assessors.union(supporters),
        "changes.raise": assessors.union(supporters), "changes.edit": assessors.union(supporters), "changes.move": assessors.union(supporters),
        "changes.vote": supporters, "changes.quote": supporters, "changes.answer-quote": ["administrator"],
        "announcements.list": everybody, "announcements.show": everybody, "announcements.acknowledge": everybody,
        "announcements.draft": supporters, "announcements.edit": supporters, "announcements.move": supporters,
        "subjects.list": assessors, "subjects.show": assessors, "subjects.add": assessors, "subjects.update": assessors,
        "subjects.take-out": ["administrator"], "subjects.erase": ["administrator"],
        "assessments.list": assessors, "assessments.list-every": assessors, "assessments.add": assessors,
        "imports.run": assessors, "imports.show": assessors, "imports.list": assessors,
        "people.list": ["administrator"], "people.invite": ["administrator"], "people.show": ["administrator"], "people.change": ["administrator"],
        "people.suspend": ["administrator"], "people.resend-invitation": ["administrator"], "people.withdraw-invitation": ["administrator"],
        "people.reset-two-step": ["administrator"], "people.require-two-step": ["administrator"],
        "account.show": everybody, "account.end-session": everybody, "account.make-token": everybody, "account.revoke-token": everybody,
        "sessions.finish": everybody, "sessions.confirm": everybody, "two-step.begin": everybody, "two-step.confirm": everybody, "two-step.end": everybody, "two-step.renew-codes": everybody,
        "passkeys.ask": everybody, "passkeys.finish": everybody, "passkeys.confirm": everybody, "passkeys.begin": everybody, "passkeys.add": everybody, "passkeys.rename": everybody, "passkeys.remove": everybody,
        "exports.list": exporters, "exports.ask": exporters, "exports.show": exporters, "exports.expire": exporters, "exports.link": exporters, "exports.open": exporters,
        "exports.schedule": exporters, "exports.show-schedule": exporters, "exports.unschedule": exporters,
        "posts.list": everybody, "posts.show": everybody, "posts.comment": everybody, "comments.edit": everybody, "comments.flag": everybody,
        "posts.save": supporters, "comments.queue": supporters, "comments.moderate": supporters,
        "branding.mine": ["administrator"], "branding.set": ["administrator"], "branding.set-logo": ["administrator"], "branding.logo": customers,
        "webhooks.list": ["administrator"], "webhooks.show": ["administrator"], "webhooks.make": ["administrator"], "webhooks.change": ["administrator"], "webhooks.renew-secret": ["administrator"],
        "webhooks.remove": ["administrator"], "webhooks.try": ["administrator"], "webhooks.repeat": ["administrator"],
        "audit.list": ["administrator", "super-operator", "support", "operations"],
    ]
    private static let withoutSession: Set<String> = [
        "sessions.sign-in", "sessions.sign-in-question", "sessions.sign-in-by-passkey", "sessions.request-reset", "sessions.inspect-link", "sessions.set-password", "ratings.inspect", "ratings.rate", "exports.open-by-link",
    ]
    private static let byNodesAlone: [String: Set<Access.Certificate>] = [
        "customers.list": [.operations], "customers.add": [.operations], "customers.import": [.operations], "customers.export": [.operations], "exports.work": [.data, .operations], "exports.report": [.data, .operations], "people.add": [.operations], "customers.reset-two-step": [.operations],
        "tokens.create": [.operations], "audit.verify": [.operations], "effects.pull": [.management, .operations], "effects.done": [.management, .operations], "effects.report": [.management, .operations],
        "effects.report-webhooks": [.management, .operations], "effects.report-uploads": [.management, .operations], "effects.confirm-upload": [.management, .operations],
    ]

    @Test func `every procedure there is stands in the table of permissions`() {
        let known = Set(Self.fromThePortal.keys).union(Self.withoutSession).union(Self.byNodesAlone.keys)
        #expect(known == Set(ProcedureTable.all.entries.keys))
    }

    @Test func `each procedure is refused to each role that may not call it, and let through to the others`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        for (name, roles) in Self.fromThePortal {
            for (person, token) in tokens {
                let role = String(person.split(separator: "/")[1])
                let admitted = await admitted(house, name, token, .web)
                #expect(admitted == roles.contains(role), "\(name) by \(person)")
            }
            #expect(await admitted(house, name, nil, .web) == false, "\(name) without a session")
        }
        for name in Self.withoutSession { #expect(await admitted(house, name, nil, .web), "\(name)") }
        await house.close()
    }

    @Test func `each procedure of the nodes is refused to every other kind of node, whoever is signed in`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        for (name, certificates) in Self.byNodesAlone {
            for certificate in Access.Certificate.allCases {
                #expect(await admitted(house, name, tokens["staff/operations"], certificate) == certificates.contains(certificate), "\(name) by a \(certificate) node")
            }
        }
        for name in Self.fromThePortal.keys {
            #expect(await admitted(house, name, tokens["clinic/administrator"], .data) == false, "\(name) by a data node")
        }
        await house.close()
    }

    /// Whether the gate lets a call through; what the procedure itself says to an empty request does not matter.
    private func admitted(_ house: House, _ name: String, _ token: String?, _ certificate: Access.Certificate) async -> Bool {
        let entry = ProcedureTable.all.entries[name]!
        let now = house.now
        return await house.loop.run { _ in
            do {
                _ = try await house.room.admit(entry, certificate: certificate, token: token, now: now)
                return true
            } catch { return false }
        }
    }

    @Test func `nothing of one customer is found, changed or counted by another's people`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (mine, theirs) = (tokens["clinic/administrator"]!, tokens["club/administrator"]!)
        var add = AddSubject()
        add.reference = "S-1"
        add.name = "Secret Person"
        let subject = try await house.call(add, as: mine)
        let ticket = try await house.ticket("Secret ticket", as: mine)
        var run = RunImport()
        run.bytes = Array("reference,weight_kg\nX-1,80\n".utf8)
        let report = try await house.call(run, as: mine)

        var show = ShowSubject()
        show.id = subject.id
        #expect(await failure { _ = try await house.call(show, as: theirs) }?.status == 404)
        var out = TakeOutSubject(), erase = EraseSubject()
        (out.id, erase.id, erase.reference) = (subject.id, subject.id, "S-1")
        #expect(await failure { _ = try await house.call(out, as: theirs) }?.status == 404)
        #expect(await failure { _ = try await house.call(erase, as: theirs) }?.status == 404)
        var update = UpdateSubject()
        update.id = subject.id
        update.reference = "mine now"
        #expect(await failure { _ = try await house.call(update, as: theirs) }?.status == 404)
        var assess = AddAssessment()
        assess.subject = subject.id
        var weight = MeasureEntry()
        weight.code = "weight"
        weight.value = 80
        assess.measures = [weight]
        #expect(await failure { _ = try await house.call(assess, as: theirs) }?.status == 404)
        var assessments = ListAssessments()
        assessments.subject = subject.id
        #expect(await failure { _ = try await house.call(assessments, as: theirs) }?.status == 404)
        #expect(try await house.call(ListSubjects(), as: theirs).count == 0)
        var number = ShowTicket()
        number.number = ticket.number
        #expect(await failure { _ = try await house.call(number, as: theirs) }?.status == 404)
        var reply = ReplyToTicket()
        reply.number = ticket.number
        reply.body = "x"
        #expect(await failure { _ = try await house.call(reply, as: theirs) }?.status == 404)
        var state = ChangeTicket()
        state.number = ticket.number
        #expect(await failure { _ = try await house.call(state, as: theirs) }?.status == 404)
        let list = try await house.call(ListTickets(), as: theirs)
        #expect(list.items.isEmpty && list.open == 0)
        var imported = ShowImport()
        imported.id = report.id
        #expect(await failure { _ = try await house.call(imported, as: theirs) }?.status == 404)
        let mate = try await house.call(ListPeople(), as: mine).items.first { $0.person.role == .operator }!.person.id
        var person = ShowMember()
        person.id = mate
        #expect(await failure { _ = try await house.call(person, as: theirs) }?.status == 404)
        var lower = ChangePerson()
        (lower.id, lower.role) = (mate, .subject)
        #expect(await failure { _ = try await house.call(lower, as: theirs) }?.status == 404)
        var suspend = SuspendPerson()
        suspend.id = mate
        #expect(await failure { _ = try await house.call(suspend, as: theirs) }?.status == 404)
        var withdraw = WithdrawInvitation()
        withdraw.id = mate
        #expect(await failure { _ = try await house.call(withdraw, as: theirs) }?.status == 404)
        var resend = ResendInvitation()
        resend.id = mate
        #expect(await failure { _ = try await house.call(resend, as: theirs) }?.status == 404)
        var reset = ResetTwoStep()
        reset.id = mate
        #expect(await failure { _ = try await house.call(reset, as: theirs) }?.status == 404)
        var end = EndSession()
        end.id = try await house.call(ShowAccount(), as: mine).sessions.first!.id
        #expect(await failure { _ = try await house.call(end, as: theirs) }?.status == 404)
        #expect(try await house.call(ListPeople(), as: theirs).items.allSatisfy { $0.person.customer == "club" })
        let home = try await house.call(ShowHome(), as: theirs)
        #expect(home.subjects == 0 && home.recentAssessments.isEmpty && home.recentTickets.isEmpty)
        await house.close()
    }

    @Test func `a token moved to another customer's name is nobody's`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let secret = tokens["clinic/administrator"]!.dropFirst("clinic.".count)
        for place in ["club", "staff", "CLINIC", "clinic "] {
            #expect(await failure { _ = try await house.call(WhoAmI(), as: "\(place).\(secret)") }?.status == 401)
        }
        await house.close()
    }
}
