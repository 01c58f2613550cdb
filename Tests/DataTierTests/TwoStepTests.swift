// Two-step sign-in: nothing works between the steps, codes work once, recovery, enforcement, asking again before what is sensitive.
import Control
import Digests
import Engine
import Procedures
import Storage
import Testing
import Wire
@testable import DataTier

struct TwoStepTests {
    private func clinic(_ change: (inout DataOptions) -> Void = { _ in }) async throws -> (house: House, ann: String) {
        let house = try await House(change)
        try await house.customer("clinic")
        try await house.person("ann@clinic.example", .administrator, of: "clinic")
        return (house, try await house.signIn("ann@clinic.example"))
    }

    private func code(_ secret: String, _ house: House, ahead: Int64 = 0) -> String {
        TimeCode.code(secret: Base32.decode(secret)!, step: TimeCode.step(ofMilliseconds: house.now.milliseconds) + ahead)
    }

    /// Turns it on; answers the secret, the recovery codes and the session that took the place of the one before.
    private func enrol(_ house: House, as token: String) async throws -> (secret: String, codes: [String], session: String) {
        let secret = try await house.call(BeginTwoStep(), as: token).secret
        var asked = ConfirmTwoStep()
        asked.code = code(secret, house)
        let answer = try await house.call(asked, as: token)
        house.now = house.now.adding(.seconds(60))
        return (secret, answer.codes, try #require(answer.signedIn).token)
    }

    private func signIn(_ house: House, _ email: String = "ann@clinic.example") async throws -> SignedIn {
        var asked = SignIn()
        (asked.email, asked.password, asked.address, asked.device) = (email, House.password, "198.51.100.1", "Firefox on Linux")
        return try await house.call(asked)
    }

    private func finish(_ house: House, _ code: String, as token: String, replay: String? = nil) async throws -> SignedIn {
        var asked = FinishSignIn()
        asked.code = code
        return try await house.call(asked, as: token, replay: replay)
    }

    private func confirm(_ house: House, _ proof: String, as token: String) async throws -> SignedIn {
        var asked = ConfirmIdentity()
        asked.proof = proof
        return try await house.call(asked, as: token)
    }

    @Test func `it is on only when a code has proved the app; the session gets another id and the others end`() async throws {
        let (house, ann) = try await clinic()
        let other = try await house.signIn("ann@clinic.example")
        let begun = try await house.call(BeginTwoStep(), as: ann)
        #expect(begun.link == "otpauth://totp/Fitech%20Clinic:ann%40clinic.example?secret=\(begun.secret)&issuer=Fitech%20Clinic")
        #expect(Base32.decode(begun.secret)?.count == 20)
        #expect(try await house.call(BeginTwoStep(), as: ann).secret == begun.secret)
        // Begun and left alone changes nothing.
        #expect(try await signIn(house).step == nil)
        var wrong = ConfirmTwoStep()
        wrong.code = "000000"
        #expect(await failure { _ = try await house.call(wrong, as: ann) }?.fields.first?.field == "code")
        let (_, codes, session) = try await enrol(house, as: ann)
        #expect(codes.count == 10 && Set(codes).count == 10)
        for gone in [ann, other] { #expect(await failure { _ = try await house.call(WhoAmI(), as: gone) }?.status == 401) }
        let state = try await house.call(ShowAccount(), as: session).twoStep
        #expect(state.on && state.recoveryCodes == 10 && !state.required)
        #expect(await failure { _ = try await house.call(BeginTwoStep(), as: session) }?.code == "two-step-on")
        await house.close()
    }

    @Test func `between password and code nothing works but giving the code and leaving`() async throws {
        let (house, ann) = try await clinic()
        let (secret, _, _) = try await enrol(house, as: ann)
        let half = try await signIn(house)
        #expect(half.step == .code)
        let now = house.now
        for (name, entry) in ProcedureTable.all.entries where entry.access.who != .anyone && entry.access.certificates.contains(.web) {
            let admitted = await house.loop.run { _ in (try? await house.room.admit(entry, certificate: .web, token: half.token, now: now)) != nil }
            #expect(admitted == ["sessions.finish", "sessions.sign-out", "passkeys.ask", "passkeys.finish"].contains(name), "\(name)")
        }
        let whole = try await finish(house, code(secret, house), as: half.token)
        #expect(whole.token != half.token && whole.step == nil)
        #expect(try await house.call(WhoAmI(), as: whole.token).email == "ann@clinic.example")
        #expect(await failure { _ = try await house.call(WhoAmI(), as: half.token) }?.code == "give-code")
        let sessions = try await house.call(ShowAccount(), as: whole.token).sessions
        #expect(sessions.filter(\.here).map(\.device) == ["Firefox on Linux"])
        // Half a session is no place somebody is signed in.
        #expect(sessions.count == 2)
        await house.close()
    }

    @Test func `a code is taken once, by whichever session, and none from before it`() async throws {
        let (house, ann) = try await clinic()
        let (secret, _, session) = try await enrol(house, as: ann)
        let (one, two) = (try await signIn(house), try await signIn(house))
        let next = code(secret, house, ahead: 1)
        _ = try await finish(house, next, as: one.token)
        for used in [next, code(secret, house), code(secret, house, ahead: -1)] {
            #expect(await failure { _ = try await finish(house, used, as: two.token) }?.status == 422)
            #expect(await failure { _ = try await confirm(house, used, as: session) }?.fields.first?.field == "confirm")
        }
        house.now = house.now.adding(.seconds(60))
        _ = try await finish(house, code(secret, house), as: two.token)
        await house.close()
    }

    @Test func `the same code sent twice at once lets one in`() async throws {
        let (house, ann) = try await clinic()
        let (secret, _, _) = try await enrol(house, as: ann)
        let (one, two) = (try await signIn(house), try await signIn(house))
        let code = code(secret, house)
        async let first = failure { _ = try await finish(house, code, as: one.token) }
        async let second = failure { _ = try await finish(house, code, as: two.token) }
        #expect(await [first, second].filter { $0 == nil }.count == 1)
        await house.close()
    }

    @Test func `a repeat of the same request, whose node died, is not refused as a used code`() async throws {
        let (house, ann) = try await clinic()
        let (secret, _, _) = try await enrol(house, as: ann)
        let half = try await signIn(house)
        let code = code(secret, house)
        _ = try await finish(house, code, as: half.token, replay: "r1")
        _ = try await house.call(WhoAmI(), as: try await finish(house, code, as: half.token, replay: "r1").token)
        #expect(await failure { _ = try await finish(house, code, as: half.token, replay: "r2") }?.status == 422)
        await house.close()
    }

    @Test func `wrong codes are counted per person over all their sessions`() async throws {
        let (house, ann) = try await clinic { $0.failuresPerEmail = 4 }
        let (secret, _, _) = try await enrol(house, as: ann)
        for _ in 0..<4 {
            let half = try await signIn(house)
            #expect(await failure { _ = try await finish(house, "000000", as: half.token) }?.status == 422)
        }
        let half = try await signIn(house)
        #expect(await failure { _ = try await finish(house, code(secret, house), as: half.token) }?.status == 429)
        house.now = house.now.adding(.seconds(901))
        let later = try await signIn(house)
        _ = try await finish(house, code(secret, house), as: later.token)
        await house.close()
    }

    @Test func `half a session ends soon`() async throws {
        let (house, ann) = try await clinic()
        let (secret, _, _) = try await enrol(house, as: ann)
        let half = try await signIn(house)
        house.now = house.now.adding(.seconds(900))
        #expect(await failure { _ = try await finish(house, code(secret, house), as: half.token) }?.code == "session-expired")
        await house.close()
    }

    @Test func `a recovery code opens once, in any spelling, is kept as a hash, and its use is told by mail`() async throws {
        let (house, ann) = try await clinic()
        let (secret, codes, _) = try await enrol(house, as: ann)
        let stored = try await house.store.customer("clinic")!.file.alone { database in
            try ["recovery_code", "audit", "effect", "answer"].map { table in try database.queryBuilt("SELECT * FROM \(table)") { row in (0..<10).map { row.text($0) }.joined(separator: " ") }.joined() }.joined()
        }
        #expect(!stored.contains(secret) && !codes.contains { stored.contains($0) })
        for spelled in [codes[0], codes[1].uppercased().replacing("-", with: " ")] {
            let half = try await signIn(house)
            _ = try await finish(house, spelled, as: half.token)
        }
        let half = try await signIn(house)
        #expect(await failure { _ = try await finish(house, codes[0], as: half.token) }?.status == 422)
        let mails = try await house.call(PullEffects(), by: .management).mails
        #expect(mails.filter { $0.subject == "A recovery code was used" }.count == 2)
        let whole = try await finish(house, codes[2], as: half.token)
        #expect(try await house.call(ShowAccount(), as: whole.token).twoStep.recoveryCodes == 7)
        let new = try await house.call(RenewRecoveryCodes(), as: whole.token).codes
        let last = try await signIn(house)
        #expect(await failure { _ = try await finish(house, codes[3], as: last.token) }?.status == 422)
        _ = try await finish(house, new[0], as: last.token)
        await house.close()
    }

    @Test func `one person's recovery code is nobody else's`() async throws {
        let (house, ann) = try await clinic()
        try await house.person("otto@clinic.example", .operator, of: "clinic")
        let (_, codes, _) = try await enrol(house, as: ann)
        _ = try await enrol(house, as: house.signIn("otto@clinic.example"))
        let half = try await signIn(house, "otto@clinic.example")
        #expect(await failure { _ = try await finish(house, codes[0], as: half.token) }?.status == 422)
        await house.close()
    }

    @Test func `where it is wanted of everybody, who has none is out, sets it up at signing in and does nothing else first`() async throws {
        let (house, ann) = try await clinic()
        try await house.person("otto@clinic.example", .operator, of: "clinic")
        let his = try await house.signIn("otto@clinic.example")
        var demand = RequireTwoStep()
        #expect(await failure { _ = try await house.call(demand, as: ann) }?.code == "two-step-off")
        let (_, _, session) = try await enrol(house, as: ann)
        _ = try await house.call(demand, as: session)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: his) }?.status == 401)
        let half = try await signIn(house, "otto@clinic.example")
        #expect(half.step == .enrolment)
        let now = house.now
        for (name, entry) in ProcedureTable.all.entries where entry.access.who != .anyone && entry.access.certificates.contains(.web) {
            let admitted = await house.loop.run { _ in (try? await house.room.admit(entry, certificate: .web, token: half.token, now: now)) != nil }
            #expect(admitted == ["two-step.begin", "two-step.confirm", "sessions.sign-out"].contains(name), "\(name)")
        }
        let (_, _, whole) = try await enrol(house, as: half.token)
        #expect(try await house.call(WhoAmI(), as: whole).role == .operator)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: half.token) }?.status == 401)
        #expect(await failure { _ = try await house.call(EndTwoStep(), as: whole) }?.code == "two-step-required")
        demand.required = false
        _ = try await house.call(demand, as: session)
        _ = try await house.call(EndTwoStep(), as: whole)
        #expect(try await signIn(house, "otto@clinic.example").step == nil)
        await house.close()
    }

    @Test func `an administrator resets somebody's, who is out, told by mail, and signs in by the password`() async throws {
        let (house, ann) = try await clinic()
        let otto = try await house.person("otto@clinic.example", .operator, of: "clinic")
        let (_, _, his) = try await enrol(house, as: house.signIn("otto@clinic.example"))
        var reset = ResetTwoStep()
        reset.id = otto.id
        #expect(await failure { _ = try await house.call(reset, as: his) }?.status == 403)
        let fresh = try await house.signIn("ann@clinic.example")
        #expect(try await house.call(reset, as: fresh).twoStep == false)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: his) }?.status == 401)
        #expect(try await signIn(house, "otto@clinic.example").step == nil)
        #expect(try await house.call(PullEffects(), by: .management).mails.contains { $0.to == "otto@clinic.example" && $0.subject.contains("was reset") })
        var asked = ListAudit()
        asked.what = "reset two-step sign-in"
        #expect(try await house.call(asked, as: fresh).items.first?.object == "person/" + otto.id)
        reset.id = try await house.call(WhoAmI(), as: ann).id
        #expect(await failure { _ = try await house.call(reset, as: fresh) }?.code == "own-access")
        await house.close()
    }

    @Test func `operations reset anybody's by e-mail: the only administrator's, and staff's`() async throws {
        let (house, ann) = try await clinic()
        try await house.person("sue@fitech.example", .support, of: nil)
        _ = try await enrol(house, as: ann)
        _ = try await enrol(house, as: house.signIn("sue@fitech.example"))
        for email in ["ann@clinic.example", "sue@fitech.example"] {
            #expect(try await signIn(house, email).step == .code)
            var reset = ResetTwoStepOf()
            reset.email = email
            _ = try await house.call(reset, by: .operations)
            #expect(try await signIn(house, email).step == nil)
        }
        await house.close()
    }

    @Test func `what is sensitive is asked for again after a while, by password or code, and the session gets another id`() async throws {
        let (house, ann) = try await clinic()
        var make = MakeToken()
        (make.name, make.scope) = ("x", "all")
        _ = try await house.call(make, as: ann)
        house.now = house.now.adding(.seconds(901))
        let stale: [() async throws -> Void] = [
            { _ = try await house.call(make, as: ann) }, { _ = try await house.call(BeginTwoStep(), as: ann) }, { _ = try await house.call(EndTwoStep(), as: ann) },
            { _ = try await house.call(RenewRecoveryCodes(), as: ann) }, { _ = try await house.call(RequireTwoStep(), as: ann) }, { _ = try await house.call(ResetTwoStep(), as: ann) },
            { _ = try await house.call(AskExport(), as: ann) }, { _ = try await house.call(LinkExport(), as: ann) },
        ]
        for act in stale { #expect(await failure(act)?.code == "confirm-identity") }
        #expect(try await house.call(ShowAccount(), as: ann).mustConfirm)
        #expect(await failure { _ = try await confirm(house, "not the password", as: ann) }?.fields.first?.field == "confirm")
        let raised = try await confirm(house, House.password, as: ann)
        #expect(raised.token != ann)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: ann) }?.status == 401)
        _ = try await house.call(make, as: raised.token)
        let (secret, _, session) = try await enrol(house, as: raised.token)
        house.now = house.now.adding(.seconds(901))
        // With two-step sign-in the password alone proves no more.
        #expect(await failure { _ = try await confirm(house, House.password, as: session) }?.status == 422)
        let again = try await confirm(house, code(secret, house), as: session)
        _ = try await house.call(EndTwoStep(), as: again.token)
        await house.close()
    }

    @Test func `sign-in tells strangers nothing of two-step sign-in`() async throws {
        let (house, ann) = try await clinic()
        _ = try await enrol(house, as: ann)
        let wrong = await failure { _ = try await house.signIn("ann@clinic.example", "not the password at all") }
        let unknown = await failure { _ = try await house.signIn("bob@clinic.example", "not the password at all") }
        #expect(wrong == unknown && wrong?.code == "wrong-credentials")
        await house.close()
    }
}
