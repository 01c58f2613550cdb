// Passkeys over the whole data tier: signing in without a name, as the second step, proving who one is, one's own in order, and everything that
// is refused.
import Control
import Digests
import Engine
import Passkeys
import Procedures
import Storage
import TestSupport
import Testing
import Wire
@testable import DataTier

#if PASSKEYS
struct PasskeyTests {
    private static let origin = "https://portal.example"

    private func clinic(_ change: (inout DataOptions) -> Void = { _ in }) async throws -> (house: House, ann: String) {
        let house = try await House {
            $0.passkeyOrigins = PasskeyOrigins(name: "portal.example", publicURL: Self.origin)
            change(&$0)
        }
        try await house.customer("clinic")
        try await house.person("ann@clinic.example", .administrator, of: "clinic")
        return (house, try await house.signIn("ann@clinic.example"))
    }

    private func begin(_ house: House, as token: String, origin: String = PasskeyTests.origin) async throws -> BeginPasskey.Answer {
        var asked = BeginPasskey()
        asked.origin = origin
        return try await house.call(asked, as: token)
    }

    private func addition(_ key: SoftAuthenticator, _ challenge: [UInt8], _ name: String = "Phone") -> AddPasskey {
        var asked = AddPasskey()
        (asked.name, asked.origin) = (name, Self.origin)
        (asked.clientData, asked.authenticatorData) = key.make(challenge)
        return asked
    }

    /// A passkey of somebody's; answers the device that holds it and the handle it remembers them by.
    @discardableResult
    private func add(_ house: House, as token: String, _ kind: SoftAuthenticator.Kind = .es256, name: String = "Phone", counter: UInt32 = 1) async throws -> (key: SoftAuthenticator, handle: [UInt8], item: PasskeyItem) {
        let begun = try await begin(house, as: token), key = SoftAuthenticator(kind)
        key.counter = counter
        return (key, begun.handle, try await house.call(addition(key, begun.question.challenge, name), as: token))
    }

    private func proof(_ key: SoftAuthenticator, _ challenge: [UInt8], handle: [UInt8] = []) -> PasskeyProof {
        var proof = PasskeyProof()
        let (client, data, signature) = key.answer(challenge)
        (proof.credential, proof.clientData, proof.authenticatorData, proof.signature, proof.handle, proof.origin) = (key.credential, client, data, signature, handle, Self.origin)
        return proof
    }

    private func question(_ house: House) async throws -> [UInt8] {
        var asked = BeginPasskeySignIn()
        asked.origin = Self.origin
        let question = try await house.call(asked)
        #expect(question.site == "portal.example" && question.credentials.isEmpty)
        return question.challenge
    }

    private func signIn(_ house: House, _ proof: PasskeyProof, replay: String? = nil, address: String = "203.0.113.9") async throws -> SignedIn {
        var asked = SignInByPasskey()
        (asked.proof, asked.address, asked.device) = (proof, address, "Safari on iPhone")
        return try await house.call(asked, replay: replay)
    }

    private func ask(_ house: House, as token: String) async throws -> PasskeyQuestion {
        var asked = AskPasskey()
        asked.origin = Self.origin
        return try await house.call(asked, as: token)
    }

    private func finish(_ house: House, _ proof: PasskeyProof, as token: String, replay: String? = nil) async throws -> SignedIn {
        var asked = FinishSignInByPasskey()
        asked.proof = proof
        return try await house.call(asked, as: token, replay: replay)
    }

    private func confirm(_ house: House, _ proof: PasskeyProof, as token: String) async throws -> SignedIn {
        var asked = ConfirmByPasskey()
        asked.proof = proof
        return try await house.call(asked, as: token)
    }

    private func turnOnTwoStep(_ house: House, as token: String) async throws -> String {
        let secret = try await house.call(BeginTwoStep(), as: token).secret
        var asked = ConfirmTwoStep()
        asked.code = TimeCode.code(secret: Base32.decode(secret)!, step: TimeCode.step(ofMilliseconds: house.now.milliseconds))
        return try #require(try await house.call(asked, as: token).signedIn).token
    }

    private func audit(_ house: House, as token: String) async throws -> [AuditEntry] { try await house.call(ListAudit(), as: token).items }
    private func mails(_ house: House) async throws -> [String] { try await house.call(PullEffects(), by: .management).mails.map(\.subject) }

    // MARK: Signing in

    @Test(arguments: SoftAuthenticator.Kind.allCases) func `a passkey opens the account without a name, and its list says when it was last used`(_ kind: SoftAuthenticator.Kind) async throws {
        let (house, ann) = try await clinic()
        let (key, handle, item) = try await add(house, as: ann, kind, name: " Phone ")
        #expect(item.name == "Phone" && item.site == "portal.example" && item.used == nil && item.made == house.now)
        house.now = house.now.adding(.seconds(60))
        let signedIn = try await signIn(house, proof(key, try await question(house), handle: handle))
        #expect(signedIn.step == nil && signedIn.person.email == "ann@clinic.example" && signedIn.token.hasPrefix("clinic."))
        let account = try await house.call(ShowAccount(), as: signedIn.token)
        #expect(account.passkeys.map(\.used) == [house.now] && !account.mustConfirm)
        #expect(account.sessions.first { $0.here }?.device == "Safari on iPhone" && account.sessions.first { $0.here }?.address == "203.0.113.9")
        #expect(try await audit(house, as: signedIn.token).contains { $0.what == "signed in" && $0.detail.contains("by the passkey Phone") })
        await house.close()
    }

    @Test func `staff sign in by one like customers' people`() async throws {
        let (house, _) = try await clinic()
        try await house.person("kim@fitech.example", .support, of: nil)
        let (key, handle, _) = try await add(house, as: try await house.signIn("kim@fitech.example"))
        let signedIn = try await signIn(house, proof(key, try await question(house), handle: handle))
        #expect(signedIn.person.role == .support && signedIn.token.hasPrefix("staff."))
        await house.close()
    }

    @Test func `it is both steps where two-step sign-in is on, and where it is required`() async throws {
        let (house, first) = try await clinic()
        let (key, handle, _) = try await add(house, as: first)
        let ann = try await turnOnTwoStep(house, as: first)
        #expect(try await signIn(house, proof(key, try await question(house), handle: handle)).step == nil)
        try await house.person("otto@clinic.example", .operator, of: "clinic")
        let (his, handleOfHis, _) = try await add(house, as: try await house.signIn("otto@clinic.example"))
        _ = try await house.call(RequireTwoStep(), as: ann)
        let signedIn = try await signIn(house, proof(his, try await question(house), handle: handleOfHis))
        #expect(signedIn.step == nil)
        _ = try await house.call(WhoAmI(), as: signedIn.token)
        await house.close()
    }

    @Test func `a question is answered once, within five minutes, and for what it was asked`() async throws {
        let (house, ann) = try await clinic()
        let (key, handle, _) = try await add(house, as: ann)
        let challenge = try await question(house)
        _ = try await signIn(house, proof(key, challenge, handle: handle))
        #expect(await failure { _ = try await signIn(house, proof(key, challenge, handle: handle)) }?.code == "passkey-challenge-used")
        let old = try await question(house)
        house.now = house.now.adding(.seconds(300))
        #expect(await failure { _ = try await signIn(house, proof(key, old, handle: handle)) }?.code == "passkey-challenge-ended")
        // One of ours for something else, one of nobody's.
        for other in [try await ask(house, as: ann).challenge, RandomBytes.make(PasskeyChallenge.bytes)] {
            #expect(await failure { _ = try await signIn(house, proof(key, other, handle: handle)) }?.code == "passkey-wrong-challenge")
        }
        _ = try await signIn(house, proof(key, try await question(house), handle: handle))
        await house.close()
    }

    @Test func `the same answer sent twice at once lets one in`() async throws {
        let (house, ann) = try await clinic()
        let (key, handle, _) = try await add(house, as: ann, counter: 0)
        let answer = proof(key, try await question(house), handle: handle)
        async let first = failure { _ = try await signIn(house, answer) }
        async let second = failure { _ = try await signIn(house, answer) }
        #expect(await [first, second].filter { $0 == nil }.count == 1)
        await house.close()
    }

    @Test func `a repeat of the same request, whose node died, is let in; another request with the same answer is not`() async throws {
        let (house, ann) = try await clinic()
        let (key, handle, item) = try await add(house, as: ann)
        let answer = proof(key, try await question(house), handle: handle)
        let first = try await signIn(house, answer, replay: "r1"), again = try await signIn(house, answer, replay: "r1")
        #expect(first.token != again.token)
        _ = try await house.call(WhoAmI(), as: again.token)
        #expect(await failure { _ = try await signIn(house, answer, replay: "r2") }?.code == "passkey-challenge-used")
        // Nor once the passkey is gone.
        var remove = RemovePasskey()
        remove.id = item.id
        _ = try await house.call(remove, as: ann)
        #expect(await failure { _ = try await signIn(house, answer, replay: "r1") }?.code == "wrong-passkey")
        await house.close()
    }

    @Test func `a page of another address, a page in a frame, a device that knew nobody and a wrong signature are refused`() async throws {
        let (house, ann) = try await clinic { $0.failuresPerEmail = 100 }
        let (key, handle, _) = try await add(house, as: ann)
        func code(_ change: (inout PasskeyProof) -> Void = { _ in }) async throws -> String? {
            var answer = proof(key, try await question(house), handle: handle)
            change(&answer)
            let sent = answer
            return await failure { _ = try await signIn(house, sent) }?.code
        }
        key.origin = "https://evil.example"
        #expect(try await code() == "passkey-wrong-origin")
        #expect(try await code { $0.origin = "https://evil.example" } == "passkeys-need-name")
        #expect(try await code { $0.origin = "https://127.0.0.1:8443" } == "passkeys-need-name")
        key.origin = Self.origin
        key.more = #","crossOrigin":true"#
        #expect(try await code() == "passkey-foreign-frame")
        key.more = ""
        key.flags = SoftAuthenticator.present
        #expect(try await code() == "passkey-not-verified")
        key.flags = SoftAuthenticator.present | SoftAuthenticator.verified
        key.site = "evil.example"
        #expect(try await code() == "passkey-wrong-site")
        key.site = "portal.example"
        #expect(try await code { $0.signature[9] ^= 1 } == "wrong-passkey")
        #expect(try await code { $0.credential[0] ^= 1 } == "wrong-passkey")
        #expect(try await code { $0.handle = [] } == "wrong-passkey")
        #expect(try await code { $0.credential = [] } == "passkey-unreadable")
        #expect(try await code { $0.handle = [UInt8](repeating: 1, count: 65) } == "passkey-too-large")
        #expect(try await code { $0.clientData = Array("{".utf8) } == "passkey-unreadable")
        #expect(try await code { $0.authenticatorData = [] } == "passkey-unreadable")
        #expect(try await code { $0.authenticatorData += [UInt8](repeating: 0, count: 4096) } == "passkey-too-large")
        #expect(try await code() == nil)
        await house.close()
    }

    @Test func `one that counts backwards or stands still is refused and audited; one that never counts is not`() async throws {
        let (house, ann) = try await clinic()
        let (key, handle, item) = try await add(house, as: ann, counter: 5)
        _ = try await signIn(house, proof(key, try await question(house), handle: handle))
        for back in [UInt32(5), 2] {
            key.counter = back
            #expect(await failure { _ = try await signIn(house, proof(key, try await question(house), handle: handle)) }?.code == "passkey-counter")
        }
        // Nor does it begin to keep none.
        key.counter = 0
        #expect(await failure { _ = try await signIn(house, proof(key, try await question(house), handle: handle)) }?.code == "passkey-counter")
        let entries = try await audit(house, as: ann).filter { $0.what == "refused a passkey that counted backwards" }
        #expect(entries.count == 3 && entries.allSatisfy { $0.object == "passkey/" + item.id } && entries.last?.detail == "Phone: 6 after 6")
        key.counter = 100
        _ = try await signIn(house, proof(key, try await question(house), handle: handle))
        let (still, other, _) = try await add(house, as: ann, counter: 0)
        for _ in 0..<3 { _ = try await signIn(house, proof(still, try await question(house), handle: other)) }
        await house.close()
    }

    @Test func `who is suspended is told so by whoever holds the passkey, and nobody is let in`() async throws {
        let (house, ann) = try await clinic()
        try await house.person("otto@clinic.example", .operator, of: "clinic")
        let his = try await house.signIn("otto@clinic.example")
        let (key, handle, _) = try await add(house, as: his)
        var suspend = SuspendPerson()
        suspend.id = try await house.call(WhoAmI(), as: his).id
        _ = try await house.call(suspend, as: ann)
        #expect(await failure { _ = try await signIn(house, proof(key, try await question(house), handle: handle)) }?.code == "suspended")
        #expect(await failure {
            var wrong = proof(key, try await question(house), handle: handle)
            wrong.signature[9] ^= 1
            _ = try await signIn(house, wrong)
        }?.code == "wrong-passkey")
        suspend.suspended = false
        _ = try await house.call(suspend, as: ann)
        _ = try await signIn(house, proof(key, try await question(house), handle: handle))
        await house.close()
    }

    @Test func `failed answers are counted by passkey and by address, and right ones are forgiven`() async throws {
        let (house, ann) = try await clinic { ($0.failuresPerEmail, $0.failuresPerAddress) = (3, 6) }
        let (key, handle, _) = try await add(house, as: ann)
        for _ in 0..<8 { _ = try await signIn(house, proof(key, try await question(house), handle: handle)) }
        func wrong(_ address: String, _ key: SoftAuthenticator) async throws -> Int? {
            var answer = proof(key, try await question(house), handle: handle)
            answer.signature[9] ^= 1
            let sent = answer
            return await failure { _ = try await signIn(house, sent, address: address) }?.status
        }
        for index in 0..<3 { #expect(try await wrong("203.0.113.\(index)", key) == 401) }
        #expect(try await wrong("203.0.113.77", key) == 429)
        #expect(await failure { _ = try await signIn(house, proof(key, try await question(house), handle: handle)) }?.status == 429)
        for _ in 0..<6 { #expect(try await wrong("198.51.100.200", SoftAuthenticator()) == 401) }
        #expect(try await wrong("198.51.100.200", SoftAuthenticator()) == 429)
        // The same address is kept from guessing passwords, too.
        #expect(await failure { _ = try await house.signIn("ann@clinic.example", address: "198.51.100.200") }?.status == 429)
        house.now = house.now.adding(.seconds(901))
        _ = try await signIn(house, proof(key, try await question(house), handle: handle))
        await house.close()
    }

    // MARK: The second step, and being asked again

    @Test func `after the password it stands in for the code, for its own person alone and once`() async throws {
        let (house, first) = try await clinic()
        let (key, _, _) = try await add(house, as: first)
        let ann = try await turnOnTwoStep(house, as: first)
        try await house.person("otto@clinic.example", .operator, of: "clinic")
        let (his, _, _) = try await add(house, as: try await house.signIn("otto@clinic.example"))
        let half = try await house.signIn("ann@clinic.example")
        #expect(await failure { _ = try await house.call(WhoAmI(), as: half) }?.code == "give-code")
        let question = try await ask(house, as: half)
        #expect(question.credentials == [Base64URL.encode(key.credential)])
        #expect(await failure { _ = try await finish(house, proof(his, question.challenge), as: half) }?.code == "wrong-passkey")
        // What proves who one is elsewhere finishes nothing.
        #expect(await failure { _ = try await finish(house, proof(key, try await ask(house, as: ann).challenge), as: half) }?.code == "passkey-wrong-challenge")
        let answer = proof(key, question.challenge)
        let whole = try await finish(house, answer, as: half, replay: "r1")
        #expect(whole.step == nil && whole.token != half)
        _ = try await house.call(WhoAmI(), as: try await finish(house, answer, as: half, replay: "r1").token)
        #expect(await failure { _ = try await finish(house, answer, as: half, replay: "r2") }?.code == "passkey-challenge-used")
        #expect(await failure { _ = try await finish(house, proof(key, try await ask(house, as: half).challenge), as: whole.token) }?.code == "signed-in")
        await house.close()
    }

    @Test func `it proves once more who one is, with another id for the session; another's does not`() async throws {
        let (house, ann) = try await clinic()
        let (key, _, _) = try await add(house, as: ann)
        try await house.person("otto@clinic.example", .operator, of: "clinic")
        let (his, _, _) = try await add(house, as: try await house.signIn("otto@clinic.example"))
        house.now = house.now.adding(.seconds(1000))
        #expect(await failure { _ = try await house.call(RequireTwoStep(), as: ann) }?.code == "confirm-identity")
        let challenge = try await ask(house, as: ann).challenge
        #expect(await failure { _ = try await confirm(house, proof(his, challenge), as: ann) }?.code == "wrong-passkey")
        let fresh = try await confirm(house, proof(key, challenge), as: ann).token
        #expect(await failure { _ = try await house.call(WhoAmI(), as: ann) }?.status == 401)
        #expect(try await house.call(ShowAccount(), as: fresh).mustConfirm == false)
        #expect(await failure { _ = try await confirm(house, proof(key, challenge), as: fresh) }?.code == "passkey-challenge-used")
        var make = MakeToken()
        (make.name, make.scope) = ("Scales", "all")
        let token = try await house.call(make, as: fresh).token
        #expect(await failure { _ = try await confirm(house, proof(key, try await ask(house, as: fresh).challenge), as: token) }?.status == 403)
        await house.close()
    }

    // MARK: One's own

    @Test func `they are added, renamed and removed, audited, and told by mail`() async throws {
        let (house, ann) = try await clinic()
        let (key, handle, item) = try await add(house, as: ann)
        var rename = RenamePasskey(), remove = RemovePasskey()
        (rename.id, rename.name) = (item.id, "Old phone")
        #expect(try await house.call(rename, as: ann).name == "Old phone")
        rename.name = " "
        #expect(await failure { _ = try await house.call(rename, as: ann) }?.fields.first?.field == "name")
        remove.id = item.id
        _ = try await house.call(remove, as: ann)
        #expect(await failure { _ = try await house.call(remove, as: ann) }?.status == 404)
        #expect(try await house.call(ShowAccount(), as: ann).passkeys.isEmpty)
        #expect(await failure { _ = try await signIn(house, proof(key, try await question(house), handle: handle)) }?.code == "wrong-passkey")
        let told = try await mails(house)
        #expect(told.contains("A passkey was added") && told.contains("A passkey was removed"))
        let entries = try await audit(house, as: ann).filter { $0.object == "passkey/" + item.id }
        #expect(entries.map(\.what) == ["removed a passkey", "renamed a passkey", "added a passkey"])
        // The directory forgets it, too.
        #expect(try await house.store.directory.alone { try $0.int("SELECT count(*) FROM passkey_place") } == 0)
        await house.close()
    }

    @Test func `adding and removing take somebody who has just proved who they are, never a token`() async throws {
        let (house, ann) = try await clinic()
        let (_, _, item) = try await add(house, as: ann)
        var make = MakeToken(), remove = RemovePasskey()
        (make.name, make.scope, remove.id) = ("Scales", "all", item.id)
        let token = try await house.call(make, as: ann).token
        #expect(await failure { _ = try await begin(house, as: token) }?.code == "session-needed")
        #expect(await failure { _ = try await house.call(remove, as: token) }?.code == "session-needed")
        let challenge = try await begin(house, as: ann).question.challenge
        house.now = house.now.adding(.seconds(1000))
        #expect(await failure { _ = try await begin(house, as: ann) }?.code == "confirm-identity")
        #expect(await failure { _ = try await house.call(addition(SoftAuthenticator(), challenge), as: ann) }?.code == "confirm-identity")
        #expect(await failure { _ = try await house.call(remove, as: ann) }?.code == "confirm-identity")
        await house.close()
    }

    @Test func `the twenty-first is refused, at the question and when two are added at once`() async throws {
        let (house, ann) = try await clinic()
        #expect(house.store.options.passkeysPerPerson == 20)
        for number in 1...19 { try await add(house, as: ann, name: "Key \(number)") }
        let (one, two) = (try await begin(house, as: ann), try await begin(house, as: ann))
        #expect(one.question.credentials.count == 19 && one.handle == two.handle && one.question.challenge != two.question.challenge)
        _ = try await house.call(addition(SoftAuthenticator(), one.question.challenge), as: ann)
        #expect(await failure { _ = try await house.call(addition(SoftAuthenticator(), two.question.challenge), as: ann) }?.code == "too-many-passkeys")
        #expect(await failure { _ = try await begin(house, as: ann) }?.code == "too-many-passkeys")
        // The one that was refused left no trace.
        #expect(try await house.store.directory.alone { try $0.int("SELECT count(*) FROM passkey_place") } == 20)
        await house.close()
    }

    @Test func `a passkey belongs to one person: nobody else can add it, here or at another customer's`() async throws {
        let (house, ann) = try await clinic()
        let (key, handle, item) = try await add(house, as: ann)
        try await house.person("otto@clinic.example", .operator, of: "clinic")
        try await house.customer("club")
        try await house.person("bo@club.example", .operator, of: "club")
        for email in ["ann@clinic.example", "otto@clinic.example", "bo@club.example"] {
            let theirs = try await house.signIn(email)
            let thief = SoftAuthenticator()
            thief.credential = key.credential
            let challenge = try await begin(house, as: theirs).question.challenge
            #expect(await failure { _ = try await house.call(addition(thief, challenge), as: theirs) }?.code == "passkey-known")
        }
        _ = try await signIn(house, proof(key, try await question(house), handle: handle))
        // Nor seen, renamed or removed.
        let theirs = try await house.signIn("otto@clinic.example")
        #expect(try await house.call(ShowAccount(), as: theirs).passkeys.isEmpty)
        var rename = RenamePasskey(), remove = RemovePasskey()
        (rename.id, rename.name, remove.id) = (item.id, "Mine", item.id)
        #expect(await failure { _ = try await house.call(rename, as: theirs) }?.status == 404)
        #expect(await failure { _ = try await house.call(remove, as: theirs) }?.status == 404)
        await house.close()
    }

    @Test func `the question to make one is for the person who asked, once, and for making alone`() async throws {
        let (house, ann) = try await clinic()
        try await house.person("otto@clinic.example", .operator, of: "clinic")
        let his = try await house.signIn("otto@clinic.example")
        let challenge = try await begin(house, as: ann).question.challenge
        #expect(await failure { _ = try await house.call(addition(SoftAuthenticator(), challenge), as: his) }?.code == "passkey-wrong-challenge")
        #expect(await failure { _ = try await house.call(addition(SoftAuthenticator(), try await question(house)), as: ann) }?.code == "passkey-wrong-challenge")
        let key = SoftAuthenticator()
        var asked = addition(key, challenge)
        asked.clientData = key.clientData("webauthn.get", challenge)
        let wrongAct = asked
        #expect(await failure { _ = try await house.call(wrongAct, as: ann) }?.code == "passkey-wrong-act")
        _ = try await house.call(addition(key, challenge), as: ann, replay: "a1")
        // A repeat answers the same; the question itself is used up.
        #expect(try await house.call(addition(key, challenge), as: ann, replay: "a1").name == "Phone")
        #expect(await failure { _ = try await house.call(addition(SoftAuthenticator(), challenge), as: ann) }?.code == "passkey-challenge-used")
        #expect(try await house.call(ShowAccount(), as: ann).passkeys.count == 1)
        await house.close()
    }

    @Test func `who has lost the phone is helped: an administrator's and operations' reset removes passkeys, too`() async throws {
        let (house, ann) = try await clinic()
        try await house.person("otto@clinic.example", .operator, of: "clinic")
        let his = try await house.signIn("otto@clinic.example"), id = try await house.call(WhoAmI(), as: his).id
        let (key, handle, _) = try await add(house, as: his)
        var show = ShowMember(), reset = ResetTwoStep()
        (show.id, reset.id) = (id, id)
        #expect(try await house.call(show, as: ann).member.passkeys == 1)
        #expect(try await house.call(reset, as: ann).passkeys == 0)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: his) }?.status == 401)
        #expect(await failure { _ = try await signIn(house, proof(key, try await question(house), handle: handle)) }?.code == "wrong-passkey")
        #expect(try await mails(house).contains("Your two-step sign-in was reset"))
        let (hers, _, _) = try await add(house, as: ann)
        var byOperations = ResetTwoStepOf()
        byOperations.email = "ann@clinic.example"
        _ = try await house.call(byOperations, by: .operations)
        #expect(try await house.call(ShowAccount(), as: try await house.signIn("ann@clinic.example")).passkeys.isEmpty)
        #expect(try await house.store.directory.alone { try $0.int("SELECT count(*) FROM passkey_place") } == 0)
        // The same device may be used again.
        let again = try await house.signIn("ann@clinic.example")
        _ = try await house.call(addition(hers, try await begin(house, as: again).question.challenge), as: again)
        await house.close()
    }

    @Test func `where the directory knows a passkey whose customer lost it, it opens nothing and its place is free`() async throws {
        let (house, ann) = try await clinic()
        let (key, handle, _) = try await add(house, as: ann)
        try await house.store.write(house.store.customer("clinic")!.file) { _ = try $0.execute("DELETE FROM passkey") }
        #expect(await failure { _ = try await signIn(house, proof(key, try await question(house), handle: handle)) }?.code == "wrong-passkey")
        _ = try await house.call(addition(key, try await begin(house, as: ann).question.challenge), as: ann)
        _ = try await signIn(house, proof(key, try await question(house), handle: handle))
        await house.close()
    }

    @Test func `with a person their passkeys go`() async throws {
        let (house, _) = try await clinic()
        try await house.person("otto@clinic.example", .operator, of: "clinic")
        let (key, handle, _) = try await add(house, as: try await house.signIn("otto@clinic.example"))
        try await house.store.write(house.store.customer("clinic")!.file) { _ = try $0.execute("DELETE FROM person WHERE email = 'otto@clinic.example'") }
        #expect(try await house.store.customer("clinic")!.file.alone { try $0.int("SELECT count(*) FROM passkey") } == 0)
        #expect(await failure { _ = try await signIn(house, proof(key, try await question(house), handle: handle)) }?.code == "wrong-passkey")
        await house.close()
    }

    @Test func `the directory says whose database a passkey is in and nothing of whose it is, and finds it by an index`() async throws {
        let (house, ann) = try await clinic()
        let (key, handle, _) = try await add(house, as: ann)
        let id = try await house.call(WhoAmI(), as: ann).id
        let rows = try await house.store.directory.alone { try $0.query("SELECT hash, customer FROM passkey_place") { ($0.bytes(0), $0.text(1)) } }
        #expect(rows.count == 1 && rows[0].0 == Digest.sha256(key.credential) && rows[0].1 == "clinic")
        #expect(!String(decoding: handle, as: UTF8.self).contains(id) && handle.count == 32)
        for (file, query) in [(house.store.directory, "SELECT customer FROM passkey_place WHERE hash = x'00'"), (house.store.customer("clinic")!.file, "SELECT id FROM passkey WHERE credential = x'00'")] {
            let plan = try await file.alone { try $0.queryBuilt("EXPLAIN QUERY PLAN " + query) { $0.text(3) } }
            #expect(plan.count == 1 && plan[0].contains("SEARCH"), "\(plan)")
        }
        await house.close()
    }

    @Test func `the key of questions is made once and outlives the node`() async throws {
        let (house, ann) = try await clinic()
        let (key, handle, _) = try await add(house, as: ann)
        let challenge = try await question(house)
        await house.close(keep: true)
        let next = try await House(path: house.path) { $0.passkeyOrigins = PasskeyOrigins(name: "portal.example", publicURL: Self.origin) }
        next.now = house.now
        _ = try await signIn(next, proof(key, challenge, handle: handle))
        await next.close()
    }
}
#endif
