// One's own account: sessions one can tell apart and end, tokens that open what they were made for.
import Control
import Procedures
import Storage
import Testing
import Wire
@testable import DataTier

struct AccountTests {
    private func clinic(_ change: (inout DataOptions) -> Void = { _ in }) async throws -> (house: House, ann: String) {
        let house = try await House(change)
        try await house.customer("clinic")
        try await house.person("ann@clinic.example", .administrator, of: "clinic")
        return (house, try await house.signIn("ann@clinic.example"))
    }

    private func make(_ house: House, _ scope: String, days: Int = 30, name: String = "Scales", as token: String, replay: String? = nil) async throws -> MakeToken.Answer {
        var asked = MakeToken()
        (asked.name, asked.scope, asked.days) = (name, scope, days)
        return try await house.call(asked, as: token, replay: replay)
    }

    @Test func `sessions are listed with device, address and which is this one; one or all others are ended`() async throws {
        let (house, ann) = try await clinic()
        var asked = SignIn()
        (asked.email, asked.password, asked.address, asked.device) = ("ann@clinic.example", House.password, "203.0.113.7", "Firefox on Windows")
        house.now = house.now.adding(.seconds(60))
        let other = try await house.call(asked).token
        let third = try await house.signIn("ann@clinic.example")
        let list = try await house.call(ShowAccount(), as: ann).sessions
        #expect(list.count == 3 && list.filter(\.here).count == 1)
        let found = try #require(list.first { $0.device == "Firefox on Windows" })
        #expect(found.address == "203.0.113.7" && !found.here && found.seen == house.now)
        // What names a session opens nothing.
        #expect(await failure { _ = try await house.call(WhoAmI(), as: "clinic." + found.id) }?.status == 401)
        var end = EndSession()
        end.id = found.id
        _ = try await house.call(end, as: ann)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: other) }?.status == 401)
        #expect(await failure { _ = try await house.call(end, as: ann) }?.status == 404)
        _ = try await house.call(EndSession(), as: ann)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: third) }?.status == 401)
        #expect(try await house.call(ShowAccount(), as: ann).sessions.map(\.here) == [true])
        await house.close()
    }

    @Test func `ending the others leaves tokens and other people's sessions alone`() async throws {
        let (house, ann) = try await clinic()
        try await house.person("otto@clinic.example", .operator, of: "clinic")
        let his = try await house.signIn("otto@clinic.example")
        let token = try await make(house, "all", as: ann).token
        _ = try await house.call(EndSession(), as: ann)
        for kept in [his, token, ann] { _ = try await house.call(WhoAmI(), as: kept) }
        var end = EndSession()
        end.id = try await house.call(ShowAccount(), as: his).sessions.first?.id
        #expect(await failure { _ = try await house.call(end, as: ann) }?.status == 404)
        await house.close()
    }

    @Test func `a token is shown once, listed without its secret, kept as a hash, and gone when it is revoked`() async throws {
        let (house, ann) = try await clinic()
        let made = try await make(house, "tickets:write, subjects:read", as: ann)
        #expect(made.item.scope == "subjects:read tickets:write" && made.item.used == nil)
        let secret = String(made.token.dropFirst("clinic.".count))
        let stored = try await house.store.customer("clinic")!.file.alone { database in
            try ["session", "audit", "answer"].map { table in try database.queryBuilt("SELECT * FROM \(table)") { row in (0..<12).map { row.text($0) }.joined(separator: " ") }.joined() }.joined()
        }
        #expect(!stored.contains(secret))
        house.now = house.now.adding(.seconds(2))
        _ = try await house.call(WhoAmI(), as: made.token)
        for _ in 0..<50 where try await house.call(ShowAccount(), as: ann).tokens.first?.used == nil { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try await house.call(ShowAccount(), as: ann).tokens.first?.used == house.now)
        var revoke = RevokeToken()
        revoke.id = made.item.id
        _ = try await house.call(revoke, as: ann)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: made.token) }?.status == 401)
        #expect(try await house.call(ShowAccount(), as: ann).tokens.isEmpty)
        await house.close()
    }

    @Test func `a token ends on its day`() async throws {
        let (house, ann) = try await clinic()
        let token = try await make(house, "all", days: 1, as: ann).token
        house.now = house.now.adding(.seconds(86_400 - 1))
        _ = try await house.call(WhoAmI(), as: token)
        house.now = house.now.adding(.seconds(1))
        #expect(await failure { _ = try await house.call(WhoAmI(), as: token) }?.status == 401)
        await house.close()
    }

    @Test func `a token opens the areas it names and no other, to read or to write`() async throws {
        let (house, ann) = try await clinic()
        func may(_ scope: String, _ read: Bool, _ write: Bool, subjects: Bool) async throws {
            let token = try await make(house, scope, as: ann).token
            #expect((await failure { _ = try await house.call(ListTickets(), as: token) } == nil) == read, "\(scope)")
            #expect((await failure { _ = try await house.ticket("x", as: token) } == nil) == write, "\(scope)")
            #expect((await failure { _ = try await house.call(ListSubjects(), as: token) } == nil) == subjects, "\(scope)")
            // Any token may ask whose it is.
            #expect(try await house.call(WhoAmI(), as: token).email == "ann@clinic.example")
        }
        try await may("tickets:read", true, false, subjects: false)
        try await may("tickets:write", true, true, subjects: false)
        try await may("subjects:read tickets:read", true, false, subjects: true)
        try await may("audit:read", false, false, subjects: false)
        try await may("read", true, false, subjects: true)
        try await may("all", true, true, subjects: true)
        let narrow = try await make(house, "tickets:write subjects:write people:read", as: ann).token
        #expect(await failure { _ = try await house.call(ListAudit(), as: narrow) }?.code == "token-scope")
        #expect(await failure { _ = try await house.call(ShowAccount(), as: narrow) }?.code == "token-scope")
        #expect(await failure { _ = try await house.call(ShowHome(), as: narrow) }?.code == "token-scope")
        _ = try await house.call(ListPeople(), as: narrow)
        await house.close()
    }

    @Test func `a reporting node tells by the token whether reports may be read`() async throws {
        let (house, ann) = try await clinic()
        let (tickets, reports) = (try await make(house, "tickets:read", as: ann).token, try await make(house, "reports:read", as: ann).token)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: tickets, by: .reporting) }?.code == "token-scope")
        _ = try await house.call(WhoAmI(), as: reports, by: .reporting)
        await house.close()
    }

    @Test func `the role decides first: a token gives nobody more than they have`() async throws {
        let (house, _) = try await clinic()
        try await house.person("sam@clinic.example", .subject, of: "clinic")
        let sam = try await house.signIn("sam@clinic.example")
        let token = try await make(house, "subjects:write people:write audit:read tickets:write", as: sam).token
        #expect(await failure { _ = try await house.call(ListSubjects(), as: token) }?.status == 403)
        #expect(await failure { _ = try await house.call(ListPeople(), as: token) }?.status == 403)
        await house.close()
    }

    @Test func `tokens do not make, see or end what lets people in`() async throws {
        let (house, ann) = try await clinic()
        let token = try await make(house, "all", as: ann).token
        #expect(await failure { _ = try await make(house, "all", as: token) }?.code == "session-needed")
        for code in [await failure { _ = try await house.call(BeginTwoStep(), as: token) }?.code, await failure { _ = try await house.call(EndTwoStep(), as: token) }?.code, await failure { _ = try await house.call(RenewRecoveryCodes(), as: token) }?.code] { #expect(code == "session-needed") }
        #expect(await failure { _ = try await house.call(ConfirmIdentity(), as: token) }?.status == 403)
        await house.close()
    }

    @Test func `tokens of before keep working, all and read`() async throws {
        let (house, _) = try await clinic()
        for (scope, writes) in [("all", true), ("read", false)] {
            var asked = CreateToken()
            (asked.email, asked.scope) = ("ann@clinic.example", scope)
            let token = try await house.call(asked, by: .operations).token
            _ = try await house.call(ListTickets(), as: token)
            _ = try await house.call(ListPeople(), as: token)
            #expect((await failure { _ = try await house.ticket("x", as: token) } == nil) == writes)
            #expect((await failure { _ = try await house.call(AskExport(), as: token) } == nil) == writes)
        }
        await house.close()
    }

    @Test func `what is no scope, no name or no number of days is refused by name`() async throws {
        let (house, ann) = try await clinic()
        for scope in ["", "everything", "tickets", "tickets:", "tickets:delete", "tickets:read admin:write", "all tickets:read", ":read"] {
            #expect(await failure { _ = try await make(house, scope, as: ann) }?.fields.map(\.field) == ["scope"], "\(scope)")
        }
        #expect(await failure { _ = try await make(house, "all", days: 0, as: ann) }?.fields.map(\.field) == ["days"])
        #expect(await failure { _ = try await make(house, "all", days: 366, as: ann) }?.fields.map(\.field) == ["days"])
        #expect(await failure { _ = try await make(house, "all", name: " ", as: ann) }?.fields.map(\.field) == ["name"])
        await house.close()
    }

    @Test func `a repeat makes no second token but replaces the first, and nobody has more than their number`() async throws {
        let (house, ann) = try await clinic { $0.tokensPerPerson = 2 }
        let (first, second) = (try await make(house, "all", as: ann, replay: "r1"), try await make(house, "all", as: ann, replay: "r1"))
        #expect(first.item.id == second.item.id && first.token != second.token)
        #expect(await failure { _ = try await house.call(WhoAmI(), as: first.token) }?.status == 401)
        _ = try await house.call(WhoAmI(), as: second.token)
        _ = try await make(house, "all", as: ann)
        #expect(await failure { _ = try await make(house, "all", as: ann) }?.code == "too-many-tokens")
        await house.close()
    }

    @Test func `every family of procedures has an area for tokens or is known to have none`() {
        let none: Set<String> = ["sessions", "account", "passkeys", "two-step", "home", "customers", "tokens", "effects", "ratings", "search", "desk"]
        for name in ProcedureTable.all.entries.keys where TokenArea.of(procedure: name) == nil {
            #expect(none.contains(String(name.prefix { $0 != "." })), "\(name): give its family an area in TokenArea, or name it here: only tokens without areas may then call it")
        }
    }
}
