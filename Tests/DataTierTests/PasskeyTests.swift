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
}
#endif
