// Several tickets changed in one go: each judged as alone, each told of, each once.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct TicketBulkTests {
    private func change(_ numbers: [Int], _ house: House, as token: String, replay: String? = nil, _ set: (inout ChangeTickets) -> Void) async throws -> [TicketOutcome] {
        var asked = ChangeTickets()
        asked.tickets = numbers.map { TicketPick($0) }
        set(&asked)
        return try await house.call(asked, as: token, replay: replay).items
    }

    private func ticket(_ number: Int, _ house: House, as token: String) async throws -> Ticket {
        var asked = ShowTicket()
        asked.number = number
        return try await house.call(asked, as: token).ticket
    }

    @Test func `each ticket is judged by the lifecycle as alone, and each has its word, over customers`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        let open = try await house.ticket("Open", as: tokens["clinic/administrator"]!).number, closed = try await house.ticket("Closed", as: tokens["club/operator"]!).number
        let resolved = try await house.ticket("Resolved", as: tokens["club/operator"]!).number, merged = try await house.ticket("Merged", as: tokens["clinic/administrator"]!).number
        for (number, state) in [(closed, TicketState.closed), (resolved, .resolved)] { _ = try await change([number], house, as: support) { $0.state = state } }
        var merge = MergeTicket()
        (merge.number, merge.into) = (merged, open)
        _ = try await house.call(merge, as: support)
        let told = try await change([open, closed, 1, resolved, merged, open], house, as: support) { $0.state = .resolved }
        #expect(told.map(\.number) == [open, closed, 1, resolved, merged])
        #expect(told.map(\.kind) == [.changed, .refused, .refused, .unchanged, .refused])
        #expect(told[0].changes == ["state resolved"] && told[0].title == "Open" && told[1].title == "Closed" && told[2].title == "")
        // The words are those of the same step taken alone.
        for number in [closed, 1, merged] {
            var alone = ChangeTicket()
            (alone.number, alone.state) = (number, .resolved)
            let failure = await failure { _ = try await house.call(alone, as: support) }
            let outcome = told.first { $0.number == number }
            #expect(outcome?.reason == failure?.reason && outcome?.hint == failure?.hint && failure != nil)
        }
        #expect(try await ticket(open, house, as: support).state == .resolved)
        #expect(try await ticket(closed, house, as: support).state == .closed)
        // The queue knows at once.
        var list = ListTickets()
        (list.state, list.order) = (.resolved, .newest)
        #expect(try await house.call(list, as: support).items.map(\.number) == [resolved, open])
        await house.close()
    }

    @Test func `people, priority and tags go together; tags are added to and taken from what each has`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        let first = try await house.ticket("One", as: tokens["clinic/administrator"]!).number, second = try await house.ticket("Two", as: tokens["club/operator"]!).number
        _ = try await change([first], house, as: support) { $0.addTags = ["old vip"] }
        let told = try await change([first, second], house, as: support) { ($0.assignee, $0.priority, $0.addTags, $0.removeTags) = ("me", .urgent, ["VIP", "late"], ["old"]) }
        #expect(told.allSatisfy { $0.kind == .changed && $0.changes == ["priority urgent", "assigned support", "tags"] })
        for number in [first, second] {
            let now = try await ticket(number, house, as: support)
            #expect(now.tags == ["late", "vip"] && now.assignee == "support@fitech.example" && now.priority == .urgent)
        }
        let full = (1...20).map { "t\($0)" }
        _ = try await change([first], house, as: support) { ($0.removeTags, $0.addTags) = (["late", "vip"], full) }
        let refused = try await change([first, second], house, as: support) { ($0.addTags, $0.priority) = (["more"], .low) }
        #expect(refused.map(\.kind) == [.refused, .changed])
        // Nothing of a refused one is done by half.
        #expect(try await ticket(first, house, as: support).priority == .urgent)
        await house.close()
    }

    @Test func `what is wrong with the question is refused before any ticket is touched`() async throws {
        let house = try await House { $0.ticketsAtOnce = 2 }
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        let number = try await house.ticket("One", as: tokens["clinic/administrator"]!).number
        let version = try await ticket(number, house, as: support).version
        #expect(await failure { _ = try await change([number, 2, 3], house, as: support) { $0.priority = .low } }?.fields.map(\.field) == ["tickets"])
        #expect(await failure { _ = try await change([], house, as: support) { $0.priority = .low } }?.fields.map(\.field) == ["tickets"])
        #expect(await failure { _ = try await change([number], house, as: support) { _ in } }?.fields.map(\.field) == ["state"])
        #expect(await failure {
            _ = try await change([number], house, as: support) { ($0.state, $0.assignee, $0.addTags, $0.removeTags) = (.pending, "nobody@fitech.example", ["a"], ["A"]) }
        }?.fields.map(\.field) == ["until", "remove_tags", "assignee"])
        #expect(await failure { _ = try await change([number], house, as: support) { $0.state = .onHold } }?.fields.map(\.field) == ["reason"])
        #expect(await failure { _ = try await change([number], house, as: support) { $0.state = .merged } }?.fields.map(\.field) == ["state"])
        #expect(try await ticket(number, house, as: support).version == version)
        await house.close()
    }

    @Test func `a repeat under one replay id changes each ticket once and tells the same`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        let numbers = [try await house.ticket("One", as: tokens["clinic/administrator"]!).number, try await house.ticket("Two", as: tokens["clinic/administrator"]!).number]
        let first = try await change(numbers, house, as: support, replay: "r1") { $0.state = .resolved }
        // Somebody reopens one of them; the repeat must not close it again.
        var reopen = ChangeTicket()
        (reopen.number, reopen.state) = (numbers[0], .open)
        _ = try await house.call(reopen, as: support)
        let again = try await change(numbers, house, as: support, replay: "r1") { $0.state = .resolved }
        #expect(again.map(\.kind) == first.map(\.kind) && again.map(\.changes) == first.map(\.changes))
        #expect(try await ticket(numbers[0], house, as: support).state == .open)
        #expect(try await house.audited(house.store.customer("clinic")!.file).count { $0.hasPrefix("changed a ticket") } == 3)
        await house.close()
    }
}
