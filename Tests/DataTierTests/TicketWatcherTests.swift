// Watching a ticket: who is told of what by mail, and who is not.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct TicketWatcherTests {
    /// Mails that wait in a customer's database, `to: first line that says something`; they are taken away.
    private func mails(_ house: House, _ place: String = "clinic") async throws -> [String] {
        try await house.store.write(house.store.customer(place)!.file) { database in
            let found = try database.query("SELECT receiver, subject, body FROM effect WHERE receiver LIKE '%@fitech.example' ORDER BY row") { ($0.text(0), $0.text(1), $0.text(2)) }
            try database.execute("DELETE FROM effect")
            return found.map { "\($0.0): \($0.2.split(separator: "\n").dropFirst().first ?? "")" }
        }
    }

    private func watch(_ number: Int, _ house: House, as token: String, _ watch: Bool = true) async throws -> [String] {
        var asked = WatchTicket()
        (asked.number, asked.watch) = (number, watch)
        return try await house.call(asked, as: token).watchers.map(\.email)
    }

    private func reply(_ number: Int, _ house: House, as token: String, _ set: (inout ReplyToTicket) -> Void = { _ in }) async throws {
        var asked = ReplyToTicket()
        (asked.number, asked.body, asked.origin) = (number, "Words.", "https://portal.example")
        set(&asked)
        _ = try await house.call(asked, as: token)
    }

    private func assign(_ number: Int, to email: String, _ house: House, as token: String) async throws {
        var asked = ChangeTicket()
        (asked.number, asked.assignee, asked.origin) = (number, email, "https://portal.example")
        _ = try await house.call(asked, as: token)
    }

    @Test func `a customer's reply is told to whoever has the ticket and whoever watches it, each once`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support, operations) = (tokens["clinic/administrator"]!, tokens["staff/support"]!, tokens["staff/operations"]!)
        let number = try await house.ticket("Slow", as: admin).number
        try await reply(number, house, as: admin)
        #expect(try await mails(house) == [])
        #expect(try await watch(number, house, as: support) == ["support@fitech.example"])
        #expect(try await watch(number, house, as: support) == ["support@fitech.example"])
        try await assign(number, to: "support@fitech.example", house, as: support)
        #expect(try await mails(house) == [])
        try await reply(number, house, as: admin)
        #expect(try await mails(house) == ["support@fitech.example: administrator of Clinic wrote on ticket #\(number) \"Slow\":"])
        house.now = house.now.adding(.seconds(1))
        #expect(try await watch(number, house, as: operations) == ["support@fitech.example", "operations@fitech.example"])
        try await reply(number, house, as: admin)
        #expect(try await mails(house).map { $0.prefix { $0 != "@" } } == ["operations", "support"])
        // Staff's own words and notes are told to nobody of staff.
        try await reply(number, house, as: support)
        try await reply(number, house, as: operations) { $0.internal = true }
        #expect(try await mails(house) == [])
        #expect(try await watch(number, house, as: operations, false) == ["support@fitech.example"])
        try await reply(number, house, as: admin)
        #expect(try await mails(house).count == 1)
        // Customers see nothing of it.
        var show = ShowTicket()
        show.number = number
        #expect(try await house.call(show, as: admin).watchers.isEmpty)
        #expect(try await house.call(show, as: support).watchers.map(\.name) == ["support"])
        #expect(try await house.audited(house.store.directory).first == "no longer watches a ticket ticket/\(number)")
        #expect(await failure { _ = try await watch(1, house, as: support) }?.status == 404)
        await house.close()
    }

    @Test func `being given a ticket is told to who gets it and who watches it, never to who did it`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        try await house.person("third@fitech.example", .support, of: nil)
        let (admin, support, operations, third) = (tokens["clinic/administrator"]!, tokens["staff/support"]!, tokens["staff/operations"]!, try await house.signIn("third@fitech.example"))
        let number = try await house.ticket("Slow", as: admin).number
        try await assign(number, to: "operations@fitech.example", house, as: support)
        #expect(try await mails(house) == ["operations@fitech.example: support gave ticket #\(number) \"Slow\" of Clinic to you."])
        _ = try await watch(number, house, as: third)
        _ = try await watch(number, house, as: operations)
        try await assign(number, to: "me", house, as: support)
        #expect(try await mails(house) == ["operations", "third"].map { "\($0)@fitech.example: support gave ticket #\(number) \"Slow\" of Clinic to support." })
        // The same again, nobody, and anything else of the ticket is no news.
        try await assign(number, to: "support@fitech.example", house, as: operations)
        try await assign(number, to: "", house, as: operations)
        var change = ChangeTicket()
        (change.number, change.priority) = (number, .high)
        _ = try await house.call(change, as: operations)
        #expect(try await mails(house) == [])
        var many = ChangeTickets()
        (many.tickets, many.assignee) = ([TicketPick(number)], "third@fitech.example")
        _ = try await house.call(many, as: operations)
        #expect(try await mails(house) == ["third@fitech.example: operations gave ticket #\(number) \"Slow\" of Clinic to you."])
        await house.close()
    }

    @Test func `who is suspended or of another role now is told nothing, and mails wait to be pulled`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support, operations) = (tokens["clinic/administrator"]!, tokens["staff/support"]!, tokens["staff/operations"]!)
        let number = try await house.ticket("Slow", as: admin).number
        _ = try await watch(number, house, as: support)
        _ = try await watch(number, house, as: operations)
        try await assign(number, to: "support@fitech.example", house, as: operations)
        _ = try await mails(house)
        let now = house.now
        try await house.store.write(house.store.directory) { database in
            try database.execute("UPDATE person SET suspended = ? WHERE email = 'support@fitech.example'", now.milliseconds)
            try database.execute("UPDATE person SET role = 'technician' WHERE email = 'operations@fitech.example'")
        }
        try await reply(number, house, as: admin)
        #expect(try await mails(house) == [])
        _ = try await house.store.write(house.store.directory) { try $0.execute("UPDATE person SET suspended = NULL WHERE email = 'support@fitech.example'") }
        try await reply(number, house, as: admin)
        let pulled = try await house.call(PullEffects(), by: .management).mails.filter { $0.to == "support@fitech.example" }
        #expect(pulled.count == 1 && pulled.first?.body.contains("https://portal.example/tickets/\(number)") == true)
        await house.close()
    }

    @Test func `who watches a ticket that was merged is told of the one it goes on in`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let first = try await house.ticket("First", as: admin).number, second = try await house.ticket("Second", as: admin).number
        _ = try await watch(second, house, as: support)
        var merge = MergeTicket()
        (merge.number, merge.into) = (second, first)
        _ = try await house.call(merge, as: tokens["staff/operations"]!)
        _ = try await mails(house)
        try await reply(first, house, as: admin)
        #expect(try await mails(house).count == 1)
        await house.close()
    }

    @Test func `no more watch a ticket than the limit`() async throws {
        let house = try await House { $0.watchersPerTicket = 1 }
        let tokens = try await house.everybody()
        let number = try await house.ticket("Slow", as: tokens["clinic/administrator"]!).number
        _ = try await watch(number, house, as: tokens["staff/support"]!)
        #expect(await failure { _ = try await watch(number, house, as: tokens["staff/operations"]!) }?.code == "too-many-watchers")
        await house.close()
    }
}
