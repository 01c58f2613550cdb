// A customer's administrators and its people: who may change whom, invitations, suspension, long lists.
import Control
import Procedures
import Storage
import Testing
import Wire
@testable import DataTier

struct MemberTests {
    /// A house with the clinic, its administrator Ann (signed in) and its operator Otto.
    private func clinic(_ change: (inout DataOptions) -> Void = { _ in }) async throws -> (house: House, ann: String, otto: String) {
        let house = try await House(change)
        try await house.customer("clinic")
        try await house.person("ann@clinic.example", .administrator, of: "clinic")
        let otto = try await house.person("otto@clinic.example", .operator, of: "clinic").id
        return (house, try await house.signIn("ann@clinic.example"), otto)
    }

    private func change(_ house: House, _ id: String, to role: PersonRole, as token: String) async -> Failure? {
        var asked = ChangePerson()
        (asked.id, asked.role) = (id, role)
        let call = asked
        return await failure { _ = try await house.call(call, as: token) }
    }

    private func suspend(_ house: House, _ id: String, _ suspended: Bool = true, as token: String) async -> Failure? {
        var asked = SuspendPerson()
        (asked.id, asked.suspended) = (id, suspended)
        let call = asked
        return await failure { _ = try await house.call(call, as: token) }
    }

    private func invite(_ house: House, _ email: String, _ role: PersonRole = .operator, as token: String) async throws -> Person {
        var asked = InvitePerson()
        (asked.email, asked.name, asked.role, asked.origin) = (email, "New", role, "https://portal.example")
        return try await house.call(asked, as: token)
    }

    /// The secrets of the invitations that were mailed, oldest first.
    private func mailed(_ house: House) async throws -> [String] {
        try await house.call(PullEffects(), by: .management).mails.compactMap { mail in
            mail.body.split(separator: "\n").first { $0.hasPrefix("https://portal.example/invitation?token=") }.map { String($0.dropFirst("https://portal.example/invitation?token=".count)) }
        }
    }

    private func accept(_ house: House, _ secret: String) async -> Failure? {
        var asked = SetPassword()
        (asked.token, asked.password) = (secret, House.password)
        let call = asked
        return await failure { _ = try await house.call(call) }
    }

    @Test func `a role is changed at once, with a trace of what it was`() async throws {
        let (house, ann, otto) = try await clinic()
        let his = try await house.signIn("otto@clinic.example")
        #expect(await failure { _ = try await house.call(ListPeople(), as: his) }?.status == 403)
        #expect(await change(house, otto, to: .administrator, as: ann) == nil)
        #expect(try await house.call(ListPeople(), as: his).items.count == 2)
        var asked = ListAudit()
        asked.what = "changed a person"
        let entry = try await house.call(asked, as: ann).items.first
        #expect(entry?.object == "person/" + otto && entry?.changes.first.map { [$0.field, $0.before, $0.after] } == ["role", "operator", "administrator"])
        await house.close()
    }

    @Test func `nobody becomes staff, and nobody but an administrator raises anybody, themselves least`() async throws {
        let (house, ann, otto) = try await clinic()
        let his = try await house.signIn("otto@clinic.example")
        #expect(await change(house, otto, to: .administrator, as: his)?.status == 403)
        for role in [PersonRole.support, .operations, .technician] { #expect(await change(house, otto, to: role, as: ann)?.fields.first?.field == "role") }
        #expect(await failure { _ = try await invite(house, "x@clinic.example", .operations, as: ann) }?.fields.first?.field == "role")
        await house.close()
    }

    @Test func `the last administrator who can sign in is neither lowered nor suspended`() async throws {
        let (house, ann, otto) = try await clinic()
        let me = try await house.call(WhoAmI(), as: ann).id
        #expect(await change(house, me, to: .operator, as: ann)?.code == "last-administrator")
        #expect(await suspend(house, me, as: ann)?.code == "own-access")
        // One who was invited and never came, and one who is suspended, do not count.
        _ = try await invite(house, "bea@clinic.example", .administrator, as: ann)
        #expect(await change(house, otto, to: .administrator, as: ann) == nil)
        #expect(await suspend(house, otto, as: ann) == nil)
        #expect(await change(house, me, to: .operator, as: ann)?.code == "last-administrator")
        #expect(await suspend(house, otto, false, as: ann) == nil)
        #expect(await change(house, me, to: .operator, as: ann) == nil)
        #expect(await failure { _ = try await house.call(ListPeople(), as: ann) }?.status == 403)
        await house.close()
    }

    @Test func `two administrators who lower or suspend one another at once leave one`() async throws {
        for round in 0..<12 {
            let (house, ann, otto) = try await clinic()
            #expect(await change(house, otto, to: .administrator, as: ann) == nil)
            let (his, me) = (try await house.signIn("otto@clinic.example"), try await house.call(WhoAmI(), as: ann).id)
            async let one = round % 2 == 0 ? change(house, otto, to: .operator, as: ann) : suspend(house, otto, as: ann)
            async let other = round % 3 == 0 ? change(house, me, to: .subject, as: his) : suspend(house, me, as: his)
            let failures = await [one, other]
            #expect(failures.filter { $0 == nil }.count == 1, "\(failures.map { $0?.code ?? "done" })")
            let left = try await house.store.customer("clinic")!.file.alone { try $0.int("SELECT count(*) FROM person WHERE role = 'administrator' AND suspended IS NULL") }
            #expect(left == 1)
            await house.close()
        }
    }

    @Test func `who is suspended is out at once, cannot come in by any way, and comes back as they were`() async throws {
        let (house, ann, otto) = try await clinic()
        let his = try await house.signIn("otto@clinic.example")
        var make = CreateToken()
        make.email = "otto@clinic.example"
        let token = try await house.call(make, by: .operations).token
        #expect(await suspend(house, otto, as: ann) == nil)
        for gone in [his, token] { #expect(await failure { _ = try await house.call(WhoAmI(), as: gone) }?.status == 401) }
        #expect(await failure { _ = try await house.signIn("otto@clinic.example") }?.code == "suspended")
        // Without the password nobody learns of it.
        #expect(await failure { _ = try await house.signIn("otto@clinic.example", "not the password at all") }?.code == "wrong-credentials")
        var reset = RequestPasswordReset()
        (reset.email, reset.origin) = ("otto@clinic.example", "https://portal.example")
        _ = try await house.call(reset)
        #expect(try await house.call(PullEffects(), by: .management).mails.isEmpty)
        // A token made while suspended opens nothing either.
        let made = try await house.call(make, by: .operations).token
        #expect(await failure { _ = try await house.call(WhoAmI(), as: made) }?.status == 401)
        #expect(await suspend(house, otto, false, as: ann) == nil)
        _ = try await house.signIn("otto@clinic.example")
        await house.close()
    }

    @Test func `an invitation is mailed, stored as a hash only, sent again with a new link, and accepted once`() async throws {
        let (house, ann, _) = try await clinic()
        let bea = try await invite(house, "bea@clinic.example", as: ann)
        let first = try #require(try await mailed(house).last)
        let file = house.store.customer("clinic")!.file
        for table in ["link", "audit", "person"] {
            let text = try await file.alone { try $0.queryBuilt("SELECT * FROM \(table)") { row in (0..<8).map { row.text($0) }.joined(separator: " ") }.joined() }
            #expect(!text.contains(first.split(separator: ".")[1]), "\(table)")
        }
        var list = ListPeople()
        list.state = .invited
        #expect(try await house.call(list, as: ann).items.map(\.person.email) == ["bea@clinic.example"])
        var again = ResendInvitation()
        (again.id, again.origin) = (bea.id, "https://portal.example")
        #expect(try await house.call(again, as: ann).invitedUntil == house.now.adding(.seconds(7 * 86_400)))
        let second = try #require(try await mailed(house).last)
        #expect(first != second)
        #expect(await accept(house, first)?.code == "link-used")
        #expect(await accept(house, second) == nil)
        #expect(await accept(house, second)?.code == "link-used")
        _ = try await house.signIn("bea@clinic.example")
        #expect(await failure { _ = try await house.call(again, as: ann) }?.code == "invitation-accepted")
        var withdraw = WithdrawInvitation()
        withdraw.id = bea.id
        #expect(await failure { _ = try await house.call(withdraw, as: ann) }?.code == "invitation-accepted")
        await house.close()
    }

    @Test func `a withdrawn invitation opens nothing, and its address may be invited by anybody`() async throws {
        let (house, ann, _) = try await clinic()
        try await house.customer("club")
        try await house.person("cy@club.example", .administrator, of: "club")
        let bea = try await invite(house, "bea@x.example", as: ann)
        let secret = try #require(try await mailed(house).last)
        let cy = try await house.signIn("cy@club.example")
        #expect(await failure { _ = try await invite(house, "bea@x.example", as: cy) }?.code == "email-taken")
        var withdraw = WithdrawInvitation()
        withdraw.id = bea.id
        _ = try await house.call(withdraw, as: ann, replay: "w1")
        #expect(try await house.reply(withdraw, as: ann, replay: "w1").replayed)
        #expect(await accept(house, secret)?.code == "link-used")
        #expect(try await invite(house, "bea@x.example", as: cy).customer == "club")
        await house.close()
    }

    @Test func `invitations are limited, so that a stolen session is no sender of mail`() async throws {
        let (house, ann, _) = try await clinic { ($0.invitationsPerCustomer, $0.invitationsPerPerson) = (5, 2) }
        let bea = try await invite(house, "bea@clinic.example", as: ann)
        var again = ResendInvitation()
        (again.id, again.origin) = (bea.id, "https://portal.example")
        for _ in 0..<2 { _ = try await house.call(again, as: ann) }
        #expect(await failure { _ = try await house.call(again, as: ann) }?.status == 429)
        _ = try await invite(house, "c@clinic.example", as: ann)
        #expect(await failure { _ = try await invite(house, "d@clinic.example", as: ann) }?.status == 429)
        house.now = house.now.adding(.seconds(901))
        _ = try await invite(house, "d@clinic.example", as: house.signIn("ann@clinic.example"))
        await house.close()
    }

    @Test func `a list of thousands comes page by page, each once, whoever comes and goes meanwhile, and is found in by role, state and words`() async throws {
        let (house, ann, _) = try await clinic()
        _ = try await house.store.write(house.store.customer("clinic")!.file) { database in
            for number in 0..<2500 {
                try database.execute(
                    "INSERT INTO person (id, email, name, role, password, created, suspended) VALUES (?, ?, ?, ?, 'x', 0, ?)", "id\(number)", "p\(10_000 + number)@clinic.example",
                    number % 2 == 0 ? "Zoë Even" : "Odd \(number)", number % 5 == 0 ? "subject" : "operator", number % 7 == 0 ? 1 : nil as Int?)
            }
        }
        var asked = ListPeople(), all: [String] = [], pages = 0
        asked.page.limit = 200
        while true {
            let answer = try await house.call(asked, as: ann)
            all += answer.items.map(\.person.email)
            pages += 1
            guard let next = answer.next else { break }
            #expect(next.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || "_~.-".utf8.contains($0) })
            asked.page.after = next
            if pages == 3 {
                // The last of the page goes, and the place in the list stays.
                let gone = all.last!
                _ = try await house.store.write(house.store.customer("clinic")!.file) { try $0.execute("DELETE FROM person WHERE email = ?", gone) }
            }
        }
        #expect(all.count == 2502 && Set(all).count == 2502 && all == all.sorted() && pages == 13)
        asked.page = Page(limit: 200)
        (asked.search, asked.role, asked.state) = ("EVEN", .subject, .suspended)
        #expect(try await house.call(asked, as: ann).items.count == (0..<2500).filter { $0 % 70 == 0 }.count)
        asked.page.after = "not base64url!"
        #expect(await failure { _ = try await house.call(asked, as: ann) }?.fields.first?.field == "after")
        await house.close()
    }
}
