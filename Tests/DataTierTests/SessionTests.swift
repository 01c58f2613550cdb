// Signing in, staying in, and being refused.
import Control
import Engine
import Procedures
import Testing
import Wire
@testable import DataTier

struct SessionTests {
    /// A house with one customer, the clinic, and its administrator Ann.
    func clinic(_ change: (inout DataOptions) -> Void = { _ in }) async throws -> House {
        let house = try await House(change)
        try await house.customer("clinic")
        try await house.person("ann@clinic.example", .administrator, of: "clinic")
        return house
    }

    @Test func `a person signs in, is known by the token, and not after signing out`() async throws {
        let house = try await clinic()
        let token = try await house.signIn(" Ann@Clinic.Example ")
        #expect(token.hasPrefix("clinic."))
        let person = try await house.call(WhoAmI(), as: token)
        #expect(person.email == "ann@clinic.example" && person.customer == "clinic" && person.customerDisplayName == "Clinic" && person.role == .administrator)
        _ = try await house.call(SignOut(), as: token)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: token) }?.code == "session-expired")
        await house.close()
    }

    @Test func `a wrong password and an unknown e-mail are one and the same answer`() async throws {
        let house = try await clinic()
        let wrong = await failure { _ = try await house.signIn("ann@clinic.example", "not the password at all") }
        let unknown = await failure { _ = try await house.signIn("bob@clinic.example", "not the password at all") }
        #expect(wrong == unknown && wrong?.status == 401 && wrong?.code == "wrong-credentials")
        await house.close()
    }

    @Test func `too many failures stop an e-mail until the window is over, successes do not count`() async throws {
        let house = try await clinic { $0.failuresPerEmail = 3 }
        for _ in 0..<6 { _ = try await house.signIn("ann@clinic.example") }
        for _ in 0..<3 { #expect(await failure { _ = try await house.signIn("ann@clinic.example", "wrong wrong wrong") }?.status == 401) }
        let refused = await failure { _ = try await house.signIn("ann@clinic.example") }
        #expect(refused?.status == 429 && (refused?.retryAfter ?? 0) > 0)
        house.now = house.now.adding(.seconds(901))
        _ = try await house.signIn("ann@clinic.example")
        await house.close()
    }

    @Test func `failures from one address are counted over all e-mails`() async throws {
        let house = try await House { $0.failuresPerAddress = 2 }
        for i in 0..<2 { #expect(await failure { _ = try await house.signIn("p\(i)@x.example", "wrong", address: "203.0.113.9") }?.status == 401) }
        #expect(await failure { _ = try await house.signIn("p9@x.example", "wrong", address: "203.0.113.9") }?.status == 429)
        #expect(await failure { _ = try await house.signIn("p9@x.example", "wrong", address: "203.0.113.10") }?.status == 401)
        await house.close()
    }

    @Test func `a session ends when idle too long, and in any case after its life`() async throws {
        let house = try await clinic { $0.sessionIdle = .seconds(3600); $0.sessionLife = .seconds(7200) }
        let idle = try await house.signIn("ann@clinic.example")
        house.now = house.now.adding(.seconds(3601))
        #expect(await failure { _ = try await house.call(WhoAmI(), as: idle) }?.status == 401)
        let used = try await house.signIn("ann@clinic.example")
        for _ in 0..<4 {
            house.now = house.now.adding(.seconds(1500))
            _ = try await house.call(WhoAmI(), as: used)
            // The idle limit moves on beside the request.
            try await Task.sleep(for: .milliseconds(30))
            await house.store.passWriters()
        }
        house.now = house.now.adding(.seconds(1500))
        #expect(await failure { _ = try await house.call(WhoAmI(), as: used) }?.status == 401)
        await house.close()
    }

    @Test func `no token and made-up tokens are refused, whatever they name`() async throws {
        let house = try await clinic()
        #expect(await failure { _ = try await house.call(WhoAmI()) }?.code == "signed-out")
        for token in ["clinic.AAAA", "staff.AAAA", "nobody.AAAA", "no-dot", ".x", "../clinic.AAAA", String(repeating: "a", count: 5000)] {
            #expect(await failure { _ = try await house.call(WhoAmI(), as: token) }?.status == 401)
        }
        await house.close()
    }

    @Test func `a password reset answers the same for every address and ends every session`() async throws {
        let house = try await clinic()
        let token = try await house.signIn("ann@clinic.example")
        var asked = RequestPasswordReset()
        asked.origin = "https://portal.example"
        for email in ["ann@clinic.example", "nobody@clinic.example"] {
            asked.email = email
            _ = try await house.call(asked)
        }
        let mails = try await house.call(PullEffects(), by: .management).mails
        #expect(mails.count == 1 && mails.first?.to == "ann@clinic.example")
        let start = "https://portal.example/reset-password?token="
        let link = try #require(mails.first?.body.split(separator: "\n").first { $0.hasPrefix(start) })
        let secret = String(link.dropFirst(start.count))
        var inspect = InspectLink()
        inspect.token = secret
        #expect(try await house.call(inspect).email == "ann@clinic.example")
        var set = SetPassword()
        set.token = secret
        set.password = "short"
        #expect(await failure { _ = try await house.call(set) }?.status == 422)
        set.password = "five other plain words now"
        _ = try await house.call(set, replay: "r1")
        #expect(try await house.reply(set, replay: "r1").replayed)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: token) }?.status == 401)
        #expect(await failure { _ = try await house.call(set) }?.code == "link-used")
        _ = try await house.signIn("ann@clinic.example", "five other plain words now")
        var done = FinishEffects()
        done.ids = mails.map(\.id)
        _ = try await house.call(done, by: .management)
        #expect(try await house.call(PullEffects(), by: .management).mails.isEmpty)
        await house.close()
    }

    @Test func `an invitation sets the first password and is too old after a week`() async throws {
        let house = try await clinic()
        var asked = AddPerson()
        asked.email = "new@clinic.example"
        asked.customer = "clinic"
        asked.role = .operator
        let invitation = try #require(try await house.call(asked, by: .operations).invitation)
        var inspect = InspectLink()
        inspect.token = String(invitation.dropFirst("/invitation?token=".count))
        #expect(try await house.call(inspect).purpose == .invitation)
        #expect(await failure { _ = try await house.signIn("new@clinic.example") }?.status == 401)
        house.now = house.now.adding(.seconds(8 * 86_400))
        #expect(await failure { _ = try await house.call(inspect) }?.status == 404)
        await house.close()
    }

    @Test func `changing the password needs the current one and ends the other sessions`() async throws {
        let house = try await House()
        try await house.person("sue@fitech.example", .support, of: nil)
        let (here, there) = (try await house.signIn("sue@fitech.example"), try await house.signIn("sue@fitech.example"))
        var asked = ChangePassword()
        asked.current = "wrong"
        asked.new = "five other plain words now"
        #expect(await failure { _ = try await house.call(asked, as: here) }?.fields.first?.field == "current")
        asked.current = House.password
        _ = try await house.call(asked, as: here)
        _ = try await house.call(WhoAmI(), as: here)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: there) }?.status == 401)
        await house.close()
    }

    @Test func `an e-mail belongs to one person, staff or customer's`() async throws {
        let house = try await clinic()
        try await house.customer("club")
        for (customer, role) in [("clinic", PersonRole.operator), ("club", .operator), (nil, .support)] {
            #expect(await failure { try await house.person("ANN@clinic.example", role, of: customer) }?.code == "email-taken")
        }
        await house.close()
    }

    @Test func `a token that may only read changes nothing`() async throws {
        let house = try await clinic()
        var asked = CreateToken()
        asked.email = "ann@clinic.example"
        asked.scope = "read"
        let token = try await house.call(asked, by: .operations).token
        _ = try await house.call(ListTickets(), as: token)
        #expect(await failure { _ = try await house.ticket("x", as: token) }?.status == 403)
        await house.close()
    }
}

struct RequestCountTests {
    private func ask(_ house: House, _ token: String, counts: Bool = true) async throws -> Allowance? {
        var request = CallRequest(procedure: WhoAmI.name, certificate: .web, body: CompactCodec.encode(WhoAmI()))
        (request.token, request.counts) = (token, counts)
        let (asking, time) = (request, house.now)
        return try await house.loop.run { _ in try await house.room.answer(asking, now: time).allowance }
    }

    @Test func `a person makes so many requests a minute, by all sessions together; others and pages are not concerned`() async throws {
        let house = try await House { $0.apiRequestsPerMinute = 3 }
        let tokens = try await house.everybody()
        let mine = tokens["clinic/administrator"]!, second = try await house.signIn("administrator@clinic.example")
        #expect(try await ask(house, mine) == Allowance(limit: 3, left: 2, seconds: 60))
        house.now = house.now.adding(.seconds(20))
        #expect(try await ask(house, second) == Allowance(limit: 3, left: 1, seconds: 40))
        #expect(try await ask(house, mine, counts: false) == nil)
        #expect(try await ask(house, mine)?.left == 0)
        let refused = await failure { _ = try await ask(house, second) }
        #expect(refused?.status == 429 && refused?.code == "rate-limited" && refused?.retryAfter == 40)
        #expect(try await ask(house, tokens["club/administrator"]!)?.left == 2)
        #expect(try await ask(house, mine, counts: false) == nil)
        house.now = house.now.adding(.seconds(40))
        #expect(try await ask(house, mine)?.left == 2)
        await house.close()
    }

    @Test func `nobody is counted until a limit is configured`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        for _ in 0..<100 { #expect(try await ask(house, tokens["clinic/administrator"]!) == nil) }
        await house.close()
    }
}
