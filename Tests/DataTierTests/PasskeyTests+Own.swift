// Keeping one's passkeys: adding, renaming, removing, how many, whose they are, and what becomes of them when the phone or the person is gone.
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
extension PasskeyTests {
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
