// A web node on a Unix socket, before a data node that answers from constants: every layer of the web tier, no database.
import Control
import Digests
import Engine
import Nodes
import ProcedureClient
import Procedures
import SupportCentre
import Synchronization
import Testing
import Wire

@testable import WebTier

/// What the fake data node was asked.
final class Asked: Sendable {
    struct Call: Sendable {
        var name: String
        var session: String?
        var replay: String?
        var body: [UInt8]
    }
    private let calls = Mutex<[Call]>([])
    private let left = Mutex<String?>(nil)
    /// What counted calls are told is left.
    func allow(_ allowance: String?) { left.withLock { $0 = allowance } }
    var allowance: String? { left.withLock { $0 } }
    func add(_ call: Call) { calls.withLock { $0.append(call) } }
    var all: [Call] { calls.withLock { $0 } }
    func last(_ name: String) -> Call? { all.last { $0.name == name } }
}

final class FakeData: HTTPHandler {
    static let session = "clinic.0123456789abcdef0123456789abcdef"
    static let nasty = "<script>alert('x')</script> & \"quotes\""
    let asked: Asked
    init(_ asked: Asked) { self.asked = asked }

    static var person: Person {
        var person = Person()
        (person.id, person.email, person.name, person.role) = ("p1", "ana@example.org", "Ana <b>Admin</b>", .administrator)
        (person.customer, person.customerDisplayName) = ("clinic", "Clinic & Sons")
        return person
    }

    static var support: Person {
        var person = Person()
        (person.id, person.email, person.name, person.role) = ("s1", "kim@fitech.example", "Kim <i>Support</i>", .support)
        return person
    }

    /// A ticket as staff see it.
    static var thread: TicketThread {
        var thread = TicketThread(), choice = CannedChoice()
        (choice.id, choice.title, choice.category) = ("c1", nasty, nasty)
        (thread.ticket.number, thread.ticket.title, thread.ticket.customer, thread.person, thread.canned) = (7, nasty, "clinic", support, [choice])
        return thread
    }

    /// What lies on the data node, and what the primary says of it.
    static let exportBytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    static var exportFile: ExportFile {
        var file = ExportFile()
        (file.node, file.file, file.fileName, file.bytes) = ("data-1", "clinic.secret", "clinic.tar", exportBytes.count)
        (file.sha256, file.finished) = (Hex.encode(Digest.sha256(exportBytes)), Timestamp(milliseconds: 1_795_000_000_000))
        return file
    }

    private static var exports: ListExports.Answer {
        var answer = ListExports.Answer()
        (answer.person, answer.customerDisplayName, answer.days, answer.kept) = (person, "Clinic & Sons", 7, 3)
        for (id, state) in [("e3", ExportState.running), ("e2", .failed), ("e1", .done)] {
            var export = Export()
            (export.id, export.state, export.askedBy, export.progress, export.step) = (id, state, nasty, 0.4, "packing")
            if state == .failed { (export.problem, export.hint) = ("No room <b>", "Make room.") }
            if state == .done { (export.asOf, export.bytes, export.rows, export.sha256) = (Timestamp(), exportBytes.count, 12, exportFile.sha256) }
            answer.items.append(export)
        }
        return answer
    }

    func handle(_ exchange: HTTPExchange) async {
        if exchange.head.path.hasPrefix("/exports/") {
            let query = try? Form(query: exchange.head.query)
            guard exchange.head.path == "/exports/clinic.secret", let from = query?["from"].flatMap({ Int($0) }), let count = query?["count"].flatMap({ Int($0) }) else {
                return await exchange.respond(.problem(.notFound("export")))
            }
            return await exchange.respond(.bytes(Array(Self.exportBytes[from..<from + count]), type: "application/vnd.sqlite3"))
        }
        let name = String(exchange.head.path.dropFirst("/procedures/".count))
        let body = (try? await exchange.body(limit: 32 << 20)) ?? []
        let session = exchange.head.fields[ProcedureField.session]
        asked.add(.init(name: name, session: session, replay: exchange.head.fields[ProcedureField.replay], body: body))
        do throws(Failure) {
            if !name.hasPrefix("sessions.sign-in"), !name.hasPrefix("sessions.request"), name != OpenExportByLink.name, session != Self.session {
                throw Failure(whose: .client, retry: .never, status: 401, code: "session-expired", reason: "The session has ended.", hint: "Sign in again.")
            }
            if exchange.head.fields[ProcedureField.whole] == "list" {
                return await exchange.respond(.bytes(try whole(name, body), type: ItemFrames.mediaType))
            }
            var response = HTTPResponse.bytes(try answer(name, body), type: CompactCodec.mediaType)
            if exchange.head.fields[ProcedureField.replay]?.hasPrefix("key-") == true { response.fields.add(ProcedureField.replayed, "true") }
            if exchange.head.fields[ProcedureField.counts] == "api", let allowance = asked.allowance { response.fields.add(ProcedureField.allowance, allowance) }
            await exchange.respond(response)
        } catch { await exchange.respond(.problem(error)) }
    }

    /// Values that spreadsheets and careless programs stumble over.
    static let awkward = ["=1+1", "+441234", "-5", "@cmd", "\ttab", "a \"quoted\" name, with comma", "two\r\nlines", "👩‍⚕️ emoji", "שלום עולם", " spaces ", "'=apostrophe", "00123", "1e5", ""]

    private func whole(_ name: String, _ body: [UInt8]) throws(Failure) -> [UInt8] {
        guard name == ListSubjects.name else { throw .forbidden("The fake has no whole list of \(name).", hint: "Ask for subjects.") }
        var bytes: [UInt8] = []
        for (index, text) in Self.awkward.enumerated() {
            var subject = Subject()
            (subject.id, subject.reference, subject.name, subject.sex) = ("id\(index)", "R\(index)", text, .female)
            subject.born = index == 0 ? nil : CalendarDate(iso8601: "1984-05-02")
            subject.created = Timestamp(milliseconds: 1_795_000_000_000)
            ItemFrames.append(subject, to: &bytes)
        }
        return bytes
    }

    private func answer(_ name: String, _ body: [UInt8]) throws(Failure) -> [UInt8] {
        if let bytes = try organisation(name, body) { return bytes }
        if let bytes = try bin(name, body) { return bytes }
        switch name {
        case SignIn.name:
            let call = try CompactCodec.decode(SignIn.self, from: body)
            guard call.password == "right" else {
                throw Failure(whose: .client, retry: .never, status: 401, code: "wrong-credentials", reason: "E-mail or password is wrong.", hint: "Check both.")
            }
            var signedIn = SignedIn()
            (signedIn.token, signedIn.person) = (Self.session, Self.person)
            if call.email.hasPrefix("step-") { signedIn.step = SignInStep(rawValue: String(call.email.dropFirst(5))) }
            return CompactCodec.encode(signedIn)
        case FinishSignIn.name, ConfirmIdentity.name:
            let proof = name == FinishSignIn.name ? try CompactCodec.decode(FinishSignIn.self, from: body).code : try CompactCodec.decode(ConfirmIdentity.self, from: body).proof
            guard proof == "123456" else { throw .unacceptable([.init(field: name == FinishSignIn.name ? "code" : "confirm", reason: "This code is wrong.", hint: "Wait for the next.")]) }
            var signedIn = SignedIn()
            (signedIn.token, signedIn.person) = (Self.session, Self.person)
            return CompactCodec.encode(signedIn)
        case BeginPasskeySignIn.name, AskPasskey.name:
            var question = PasskeyQuestion()
            (question.challenge, question.site, question.credentials) = ([1, 2, 3], "portal.example", name == AskPasskey.name ? ["AQ"] : [])
            return CompactCodec.encode(question)
        case SignInByPasskey.name, FinishSignInByPasskey.name, ConfirmByPasskey.name:
            let proof = switch name {
            case SignInByPasskey.name: try CompactCodec.decode(SignInByPasskey.self, from: body).proof
            case ConfirmByPasskey.name: try CompactCodec.decode(ConfirmByPasskey.self, from: body).proof
            default: try CompactCodec.decode(FinishSignInByPasskey.self, from: body).proof
            }
            guard proof.signature == [7] else { throw Failure(whose: .client, retry: .never, status: 401, code: "wrong-passkey", reason: "This passkey opens no account here.", hint: "Sign in by your password.") }
            var signedIn = SignedIn()
            (signedIn.token, signedIn.person) = (Self.session, Self.person)
            return CompactCodec.encode(signedIn)
        case BeginPasskey.name:
            var begun = BeginPasskey.Answer()
            (begun.question.challenge, begun.question.site, begun.handle, begun.email, begun.name) = ([1, 2, 3], "portal.example", [9], "ana@example.org", Self.nasty)
            return CompactCodec.encode(begun)
        case AddPasskey.name, RenamePasskey.name:
            let given = name == AddPasskey.name ? try CompactCodec.decode(AddPasskey.self, from: body).name : try CompactCodec.decode(RenamePasskey.self, from: body).name
            guard !given.isEmpty else { throw .unacceptable([.init(field: "name", reason: "The name is missing.", hint: "Fill it in.")]) }
            return CompactCodec.encode(PasskeyItem())
        case RemovePasskey.name:
            guard try CompactCodec.decode(RemovePasskey.self, from: body).id == "k1" else { throw .notFound("passkey") }
            return CompactCodec.encode(Done())
        case BeginTwoStep.name:
            var begun = BeginTwoStep.Answer()
            (begun.secret, begun.link, begun.person) = ("GEZDGNBVGY3TQOJQ", "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ", Self.person)
            return CompactCodec.encode(begun)
        case ConfirmTwoStep.name:
            var codes = RecoveryCodes(), signedIn = SignedIn()
            (signedIn.token, signedIn.person) = (Self.session, Self.person)
            (codes.codes, codes.signedIn) = (["abcd-efgh-jklm-npqr"], signedIn)
            return CompactCodec.encode(codes)
        case ShowAccount.name:
            var account = ShowAccount.Answer()
            (account.person, account.mustConfirm, account.twoStep.on) = (Self.person, true, true)
            var passkey = PasskeyItem()
            (passkey.id, passkey.name, passkey.site) = ("k1", Self.nasty, "portal.example")
            account.passkeys = [passkey]
            return CompactCodec.encode(account)
        case MakeToken.name:
            let call = try CompactCodec.decode(MakeToken.self, from: body)
            guard call.days != 365 else {
                throw Failure(whose: .client, retry: .never, status: 403, code: "confirm-identity", reason: "Prove once more that it is you.", hint: "Send your password.")
            }
            var made = MakeToken.Answer()
            (made.token, made.item.name, made.item.scope) = ("clinic.secret", call.name, call.scope)
            return CompactCodec.encode(made)
        case RequireTwoStep.name:
            throw Failure(whose: .client, retry: .never, status: 403, code: "confirm-identity", reason: "Prove once more that it is you.", hint: "Send your password.")
        case RenewRecoveryCodes.name:
            throw Failure(whose: .client, retry: .never, status: 403, code: "give-code", reason: "It takes a code too.", hint: "Send it.")
        case ListPeople.name:
            let call = try CompactCodec.decode(ListPeople.self, from: body)
            var answer = ListPeople.Answer(), member = Member()
            (member.person, member.state) = (Self.person, call.state ?? .active)
            (answer.items, answer.next, answer.person) = ([member], "bmV4dA", Self.person)
            return CompactCodec.encode(answer)
        case WhoAmI.name: return CompactCodec.encode(Self.person)
        case SignOut.name: return CompactCodec.encode(Done())
        case ListTickets.name:
            var answer = ListTickets.Answer()
            answer.person = Self.person
            answer.items = (1...20).map { number in
                var ticket = Ticket()
                (ticket.number, ticket.title, ticket.openedBy, ticket.customerDisplayName) = (number, "Ticket \(number) \(Self.nasty)", "Ana", "Clinic")
                return ticket
            }
            answer.next = "20~x"
            return CompactCodec.encode(answer)
        case OpenTicket.name:
            let call = try CompactCodec.decode(OpenTicket.self, from: body)
            guard !call.title.isEmpty else { throw .unacceptable([.init(field: "title", reason: "The title is empty.", hint: "Say what it is about.")]) }
            var ticket = Ticket()
            (ticket.number, ticket.title) = (77, call.title)
            return CompactCodec.encode(ticket)
        case ShowChange.name:
            var view = ChangeView()
            (view.person, view.change.number, view.change.title, view.steps) = (Self.person, 101, Self.nasty, ["cancel"])
            return CompactCodec.encode(view)
        case RaiseChange.name, MoveChange.name:
            if name == MoveChange.name, try CompactCodec.decode(MoveChange.self, from: body).step == .cancel { throw .conflict("It cannot be cancelled.", hint: "Leave it.") }
            var change = Change()
            change.number = 101
            return CompactCodec.encode(change)
        case ShowAnnouncement.name:
            var view = AnnouncementView()
            (view.person, view.announcement.id, view.announcement.title, view.announcement.published, view.mayAcknowledge) = (Self.person, "a1", Self.nasty, Timestamp(), true)
            (view.person.role, view.person.customer, view.steps, view.announcement.state) = (.support, nil, ["reschedule", "cancel"], .published)
            return CompactCodec.encode(view)
        case ListAnnouncements.name:
            var answer = ListAnnouncements.Answer(), one = Announcement(), banner = AnnouncementBanner()
            (one.id, one.title, one.published, banner.id, banner.title) = ("a1", Self.nasty, Timestamp(), "a2", Self.nasty)
            (answer.items, answer.person, answer.next) = ([one], Self.person, "1")
            answer.person.announcements = [banner]
            return CompactCodec.encode(answer)
        case DraftAnnouncement.name:
            let call = try CompactCodec.decode(DraftAnnouncement.self, from: body)
            if call.title == "refused" { throw .unacceptable([.init(field: "starts", reason: "Too soon.", hint: "Later.")]) }
            var one = Announcement()
            (one.id, one.title, one.state) = ("a1", call.title, call.publish == true ? .published : .draft)
            return CompactCodec.encode(one)
        case MoveAnnouncement.name, AcknowledgeAnnouncement.name:
            if name == MoveAnnouncement.name, try CompactCodec.decode(MoveAnnouncement.self, from: body).step == .cancel { throw .conflict("It cannot be cancelled.", hint: "Leave it.") }
            var one = Announcement()
            (one.id, one.published, one.acknowledged) = ("a1", Timestamp(), Timestamp())
            return CompactCodec.encode(one)
        case ListAudit.name:
            let call = try CompactCodec.decode(ListAudit.self, from: body)
            var answer = ListAudit.Answer(), entry = AuditEntry()
            answer.person = Self.person
            (entry.row, entry.who, entry.what, entry.detail) = (call.page.after == nil ? 2 : 1, "=cmd()", "signed in", Self.nasty)
            answer.items = [entry]
            answer.next = call.page.after == nil ? "2" : nil
            return CompactCodec.encode(answer)
        case ShowPost.name:
            var view = PostView(), comment = PostComment()
            (comment.id, comment.name, comment.body) = ("c1", Self.nasty, Self.nasty)
            (view.post.number, view.post.title, view.post.body, view.post.state, view.post.published) = (3, Self.nasty, Self.nasty, .published, Timestamp(milliseconds: 1_795_000_000_000))
            (view.comments, view.person) = ([comment], Self.person)
            return CompactCodec.encode(view)
        case ListPosts.name:
            var answer = ListPosts.Answer(), post = Post()
            (post.number, post.title, answer.person) = (3, Self.nasty, Self.person)
            answer.items = [post]
            return CompactCodec.encode(answer)
        case SavePost.name:
            var post = Post()
            post.number = 3
            return CompactCodec.encode(post)
        case CommentOnPost.name:
            guard try CompactCodec.decode(CommentOnPost.self, from: body).alias != nil else { throw .unacceptable([.init(field: "alias", reason: "There is no name.", hint: "Choose one.")]) }
            return CompactCodec.encode(PostComment())
        case SearchPortal.name:
            var answer = SearchPortal.Answer(), hit = SearchHit()
            (hit.id, hit.title, hit.snippet, hit.state) = ("7", [SearchPart(Self.nasty, marked: true)], [SearchPart(Self.nasty)], "open")
            (answer.items, answer.next, answer.kinds, answer.person, answer.searched) = ([hit], "ticket.1.70.0", ["ticket", "change"], Self.person, true)
            return CompactCodec.encode(answer)
        case ShowTicket.name:
            guard try CompactCodec.decode(ShowTicket.self, from: body).number == 7 else { throw .notFound("ticket") }
            return CompactCodec.encode(Self.thread)
        case FillCannedReply.name:
            guard try CompactCodec.decode(FillCannedReply.self, from: body).id == "c1" else { throw .notFound("canned reply") }
            var answer = FillCannedReply.Answer()
            answer.text = "Hello \(Self.nasty),\nwe look at it."
            return CompactCodec.encode(answer)
        case SaveCannedReply.name:
            let call = try CompactCodec.decode(SaveCannedReply.self, from: body)
            guard !call.body.contains("{{who}}") else { throw .unacceptable([.init(field: "body", reason: "Nothing is known for {{who}}.", hint: "Use one of: {{name}}.")]) }
            var reply = CannedReply()
            (reply.id, reply.title) = ("c1", call.title)
            return CompactCodec.encode(reply)
        case ChangeTickets.name:
            let call = try CompactCodec.decode(ChangeTickets.self, from: body)
            guard !call.tickets.isEmpty else { throw .unacceptable([.init(field: "tickets", reason: "No ticket is chosen.", hint: "Choose one.")]) }
            var answer = ChangeTickets.Answer()
            answer.person = Self.support
            answer.items = call.tickets.map { pick in
                var outcome = TicketOutcome()
                (outcome.number, outcome.title, outcome.kind, outcome.reason) = (pick.number, Self.nasty, pick.number == 7 ? .changed : .refused, "It is closed.")
                return outcome
            }
            return CompactCodec.encode(answer)
        case WatchTicket.name:
            var answer = WatchTicket.Answer()
            answer.watching = try CompactCodec.decode(WatchTicket.self, from: body).watch
            return CompactCodec.encode(answer)
        case ListDeskCustomers.name:
            var answer = ListDeskCustomers.Answer(), one = DeskCustomer()
            (one.name, one.displayName, answer.next, answer.person) = ("clinic", Self.nasty, "clinic", Self.support)
            answer.items = [one]
            return CompactCodec.encode(answer)
        case ShowDeskCustomer.name:
            guard try CompactCodec.decode(ShowDeskCustomer.self, from: body).customer == "clinic" else { throw .notFound("customer") }
            var answer = ShowDeskCustomer.Answer()
            (answer.customer.name, answer.customer.displayName, answer.person) = ("clinic", Self.nasty, Self.support)
            return CompactCodec.encode(answer)
        case ChangeTicket.name:
            var ticket = Ticket()
            ticket.number = try CompactCodec.decode(ChangeTicket.self, from: body).number
            return CompactCodec.encode(ticket)
        case ListTicketViews.name:
            var answer = ListTicketViews.Answer(), view = TicketView()
            (view.id, view.name, view.filter.tag, answer.person) = ("v1", Self.nasty, "vip", Self.support)
            answer.items = [view]
            return CompactCodec.encode(answer)
        case SaveTicketView.name:
            let call = try CompactCodec.decode(SaveTicketView.self, from: body)
            if call.name == "taken" { throw .unacceptable([.init(field: "name", reason: "It is taken.", hint: "Choose another.")]) }
            var view = TicketView()
            (view.id, view.name, view.filter) = ("v1", call.name, call.filter)
            return CompactCodec.encode(view)
        case ListExports.name: return CompactCodec.encode(Self.exports)
        case AskExport.name: return CompactCodec.encode(Export())
        case OpenExport.name: return CompactCodec.encode(Self.exportFile)
        case OpenExportByLink.name:
            guard try CompactCodec.decode(OpenExportByLink.self, from: body).token == "clinic.good" else { throw .notFound("download") }
            return CompactCodec.encode(Self.exportFile)
        case LinkExport.name:
            var link = LinkExport.Answer()
            (link.path, link.expires) = ("/exports/links/clinic.good", Timestamp(milliseconds: 1_795_000_000_000))
            return CompactCodec.encode(link)
        default:
            throw Failure(whose: .ours, retry: .never, status: 507, code: "full", reason: "The fake does not answer \(name).", hint: "Ask for something else.")
        }
    }
}

/// A web node listening, and a client to ask it.
final class TestWeb: Sendable {
    let asked = Asked()
    let web: Node
    private let data: HTTPServer

    init() throws {
        var configuration = Configuration()
        configuration.name = "portal.example"
        configuration.nodes = [NodeSpec(name: "web-1", tier: .web), NodeSpec(name: "data-1", tier: .data, role: .primary)]
        web = try Node.start(
            configuration: configuration, state: StateDirectory("/tmp/fitech-web-\(UInt32.random(in: 0 ... .max))"), name: "web-1", tier: .web)
        let asked = asked
        data = HTTPServer(loops: [try EventLoop.start(name: "data")], log: web.log) { _ in FakeData(asked) }
        data.listen(try Listener.open(.unix(web.state.socket(of: "data-1"))))
        let web = web
        try web.serve { loop in WebHandler(node: web, loop: loop) }
    }

    func send(_ method: HTTPMethod, _ target: String, _ fields: [(String, String)] = [], _ body: String = "") async throws -> HTTPResponse {
        let path = web.state.socket(of: "web-1")
        return try await web.loops[0].run { loop in
            let all = [("Host", "portal.example"), ("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Proto", "https"), ("X-Request-Id", "req-1")] + fields
            return try await HTTPClient(loop: loop).send(method: method, target: target, fields: HTTPFields(all), body: Array(body.utf8), to: Endpoint(address: .unix(path)))
        }
    }

    static let cookie = ("Cookie", "__Host-fitech-session=\(FakeData.session)")
    static let origin = ("Origin", "https://portal.example")
    static let form = ("Content-Type", "application/x-www-form-urlencoded")
    static let json = ("Content-Type", "application/json")
    static let bearer = ("Authorization", "Bearer \(FakeData.session)")
    static let token = "form_token=\(WebRequest.formToken(of: FakeData.session))"
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
    var problem: JSON? { try? JSON.parse(body) }
}
