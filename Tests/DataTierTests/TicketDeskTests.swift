// What support does with tickets: states, clocks, the queue, whose they are, notes nobody else sees.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct TicketDeskTests {
    /// Monday 2 November 2026, nine in the morning in London.
    private static let monday = Timestamp(iso8601: "2026-11-02T09:00:00Z")!

    private func show(_ number: Int, _ house: House, as token: String) async throws -> TicketThread {
        var asked = ShowTicket()
        asked.number = number
        return try await house.call(asked, as: token)
    }

    private func change(_ number: Int, _ house: House, as token: String, _ set: (inout ChangeTicket) -> Void) async throws -> Ticket {
        var asked = ChangeTicket()
        asked.number = number
        set(&asked)
        return try await house.call(asked, as: token)
    }

    private func reply(_ number: Int, _ house: House, as token: String, _ set: (inout ReplyToTicket) -> Void = { _ in }) async throws -> Reply {
        var asked = ReplyToTicket()
        (asked.number, asked.body) = (number, "Words.")
        set(&asked)
        return try await house.call(asked, as: token)
    }

    @Test func `both clocks follow what happens, in the customer's list, on the ticket and in the queue`() async throws {
        let house = try await House()
        house.now = Self.monday
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let number = try await house.ticket("Slow", as: admin).number
        var ticket = try await show(number, house, as: admin).ticket
        #expect(ticket.response.phase == .running && ticket.response.due == Self.monday.adding(.seconds(4 * 3600)))
        // Twenty-four hours of work, eight and a half a day: Wednesday, 16:00.
        #expect(ticket.resolution.due == Timestamp(iso8601: "2026-11-04T16:00:00Z"))
        house.now = Self.monday.adding(.seconds(3600))
        _ = try await reply(number, house, as: support)
        ticket = try await show(number, house, as: admin).ticket
        #expect(ticket.state == .answered && ticket.response.phase == .met && !ticket.response.late)
        #expect(ticket.resolution.phase == .paused && ticket.resolution.left == 23 * 3600)
        house.now = Self.monday.adding(.seconds(86_400))
        let (adminTuesday, supportTuesday) = (try await house.signIn("administrator@clinic.example"), try await house.signIn("support@fitech.example"))
        _ = try await reply(number, house, as: adminTuesday)
        ticket = try await change(number, house, as: supportTuesday) { $0.priority = .urgent }
        // One hour used; of four now promised three are left, from nine on Tuesday.
        #expect(ticket.resolution.phase == .running && ticket.resolution.due == Timestamp(iso8601: "2026-11-03T12:00:00Z"))
        let queue = try await house.call(ListTickets(), as: supportTuesday)
        #expect(queue.order == .due && queue.items.first?.resolution == ticket.resolution && queue.items.first?.priority == .urgent)
        house.now = Self.monday.adding(.seconds(86_400 + 4 * 3600))
        #expect(try await house.call(ListTickets(), as: adminTuesday).items.first?.resolution.late == true)
        await house.close()
    }

    @Test func `the queue is in the order of what is due, paged, and leaves out what is done`() async throws {
        let house = try await House()
        house.now = Self.monday
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        var numbers: [TicketPriority: Int] = [:]
        for priority in [TicketPriority.low, .urgent, .normal, .high] {
            var open = OpenTicket()
            (open.title, open.body, open.priority) = ("A \(priority.rawValue) one", "x", priority)
            numbers[priority] = try await house.call(open, as: tokens[priority == .high ? "club/operator" : "clinic/operator"]!).number
        }
        let done = try await house.ticket("Done", as: tokens["club/operator"]!).number
        _ = try await change(done, house, as: support) { $0.state = .closed }
        var asked = ListTickets(), seen: [Int] = []
        asked.page.limit = 3
        repeat {
            let page = try await house.call(asked, as: support)
            seen += page.items.map(\.number)
            asked.page.after = page.next
        } while asked.page.after != nil
        #expect(seen == [.urgent, .high, .normal, .low].map { numbers[$0]! })
        // The one that waits for somebody else sinks to the end.
        _ = try await change(numbers[.urgent]!, house, as: support) { ($0.state, $0.reason) = (.onHold, "A spare part") }
        _ = try await reply(numbers[.urgent]!, house, as: support)
        #expect(try await house.call(ListTickets(), as: support).items.last?.number == numbers[.urgent])
        asked = ListTickets()
        (asked.customer, asked.order) = ("club", .due)
        #expect(try await house.call(asked, as: support).items.map(\.number) == [numbers[.high]!])
        asked = ListTickets()
        asked.order = .due
        #expect(try await house.call(asked, as: tokens["clinic/administrator"]!).items.map(\.number) == [numbers[.normal]!, numbers[.low]!, numbers[.urgent]!])
        asked.page.after = "x.1"
        #expect(await failure { _ = try await house.call(asked, as: support) }?.status == 422)
        await house.close()
    }

    @Test func `tickets are assigned to people of support, tagged, put into categories, and found by all of it`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let first = try await house.ticket("One", as: admin).number, second = try await house.ticket("Two", as: admin).number
        let ticket = try await change(first, house, as: support) { ($0.assignee, $0.category, $0.tags) = ("Support@fitech.example", "imports", ["Billing VIP"]) }
        #expect(ticket.assignee == "support@fitech.example" && ticket.assigneeName == "support" && ticket.tags == ["billing", "vip"] && ticket.category == "imports")
        for (set, expected) in [
            ({ $0.assignee = "me" }, first), ({ $0.assignee = "none" }, second), ({ $0.tag = "vip" }, first), ({ $0.category = "imports" }, first), ({ $0.assignee = "support@fitech.example" }, first),
        ] as [((inout ListTickets) -> Void, Int)] {
            for order in TicketOrder.allCases {
                var asked = ListTickets()
                asked.order = order
                set(&asked)
                #expect(try await house.call(asked, as: support).items.map(\.number) == [expected])
            }
        }
        let list = try await house.call(ListTickets(), as: support)
        #expect(list.mine == 1 && list.unassigned == 1)
        // Customers see whose it is, but neither tags nor addresses of staff.
        let seen = try await show(first, house, as: admin)
        #expect(seen.ticket.assigneeName == "support" && seen.ticket.assignee == nil && seen.ticket.tags.isEmpty && seen.staff.isEmpty)
        #expect(!seen.events.contains { $0.kind == .tags || $0.kind == .plan })
        #expect(try await show(first, house, as: support).staff.map(\.email) == ["operations@fitech.example", "support@fitech.example"])
        let file = try #require(house.store.customer("clinic")).file
        let audit = try await house.loop.run { _ in try await house.room.read(file) { try $0.query("SELECT detail FROM audit") { $0.text(0) } } }
        #expect(!audit.contains { $0.contains("vip") } && audit.contains { $0.contains("tags") })
        #expect(await failure { _ = try await change(first, house, as: support) { $0.assignee = "administrator@clinic.example" } }?.fields.first?.field == "assignee")
        #expect(try await change(first, house, as: support) { ($0.assignee, $0.setTags) = ("", true) }.tags.isEmpty)
        await house.close()
    }

    @Test func `customers close and reopen, and change nothing else`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let number = try await house.ticket("Mine", as: admin).number
        for (field, set) in [
            ("priority", { $0.priority = .urgent }), ("category", { $0.category = "x" }), ("assignee", { $0.assignee = "support@fitech.example" }), ("tags", { $0.tags = ["x"] }),
            ("state", { $0.state = .resolved }), ("state", { $0.state = .answered }), ("until", { $0.until = Timestamp(milliseconds: 1) }), ("reason", { $0.reason = "x" }), ("state", { $0.state = .merged }),
        ] as [(String, (inout ChangeTicket) -> Void)] {
            #expect(await failure { _ = try await change(number, house, as: admin, set) }?.fields.first?.field == field)
        }
        #expect(await failure { _ = try await reply(number, house, as: admin) { $0.internal = true } }?.fields.first?.field == "internal")
        #expect(await failure { _ = try await reply(number, house, as: admin) { $0.state = .resolved } }?.fields.first?.field == "state")
        #expect(try await change(number, house, as: admin) { $0.state = .closed }.state == .closed)
        #expect(try await change(number, house, as: admin) { $0.state = .open }.state == .open)
        _ = try await change(number, house, as: admin) { $0.state = .closed }
        house.now = house.now.adding(.seconds(31 * 86_400))
        let later = try await house.signIn("administrator@clinic.example")
        #expect(await failure { _ = try await change(number, house, as: later) { $0.state = .open } }?.status == 409)
        #expect(await failure { _ = try await reply(number, house, as: later) }?.status == 409)
        #expect(try await show(number, house, as: later).choices.isEmpty)
        await house.close()
    }

    @Test func `a note among staff reaches no customer: not the thread, the history, the figures, the mail or the clocks`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let number = try await house.ticket("Secret?", as: admin).number
        let before = try await show(number, house, as: admin)
        _ = try await reply(number, house, as: support) { ($0.body, $0.internal) = ("The customer is wrong.", true) }
        let after = try await show(number, house, as: admin)
        #expect(after.replies.isEmpty && after.ticket.replies == 0 && after.ticket.state == .open)
        #expect(after.ticket.response == before.ticket.response && after.events.count == before.events.count)
        #expect(try await house.call(PullEffects(), by: .management).mails.isEmpty)
        let staff = try await show(number, house, as: support)
        #expect(staff.replies.map(\.internal) == [true] && staff.replies.first?.body == "The customer is wrong.")
        await house.close()
    }

    @Test func `time takes a pending ticket up again at its very moment and closes a resolved one`() async throws {
        let house = try await House()
        house.now = Self.monday
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let pending = try await house.ticket("Later", as: admin).number, resolved = try await house.ticket("Done", as: admin).number
        let until = Self.monday.adding(.seconds(2 * 86_400 + 3600))
        _ = try await change(pending, house, as: support) { ($0.state, $0.until) = (.pending, until) }
        _ = try await reply(resolved, house, as: support) { $0.state = .resolved }
        #expect(try await house.call(PullEffects(), by: .management).mails.count == 2)
        await house.loop.run { _ in try? await house.room.wakeTickets(now: until.adding(.milliseconds(-1))) }
        #expect(try await show(pending, house, as: admin).ticket.state == .pending)
        // The node comes to it ten minutes late: the clock runs from the date all the same.
        await house.loop.run { _ in try? await house.room.wakeTickets(now: until.adding(.seconds(600))) }
        let ticket = try await show(pending, house, as: admin).ticket
        #expect(ticket.state == .open && ticket.stateSince == until && ticket.until == nil)
        #expect(ticket.resolution.phase == .running && ticket.resolution.due == Timestamp(iso8601: "2026-11-06T17:00:00Z"))
        #expect(try await show(resolved, house, as: admin).ticket.state == .resolved)
        await house.loop.run { _ in try? await house.room.wakeTickets(now: Self.monday.adding(.seconds(8 * 86_400))) }
        #expect(try await show(resolved, house, as: admin).ticket.state == .closed)
        await house.close()
    }

    @Test func `another plan lets the tickets that are open go on by it, also when the configuration changed while the node was down`() async throws {
        let gold = try SupportPlan(text: "Etc/UTC; none; Mon-Sun 00:00-24:00 | normal 2h 6h")
        let house = try await House { $0.support.plans = ["gold": gold] }
        house.now = Self.monday
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let number = try await house.ticket("Slow", as: admin).number
        var set = SetSupportPlan()
        (set.customer, set.plan) = ("clinic", "gold")
        #expect(await failure { _ = try await house.call(set, as: tokens["staff/support"]!) }?.status == 403)
        #expect(try await house.call(set, as: tokens["staff/operations"]!).targets == "normal 2h 6h")
        #expect(try await show(number, house, as: admin).ticket.response.due == Self.monday.adding(.seconds(2 * 3600)))
        set.plan = "platinum"
        #expect(await failure { _ = try await house.call(set, as: tokens["staff/operations"]!) }?.status == 422)
        await house.close(keep: true)

        let quicker = try SupportPlan(text: "Etc/UTC; none; Mon-Sun 00:00-24:00 | normal 1h 3h")
        let again = try await House(path: house.path) { $0.support.plans = ["gold": quicker] }
        again.now = Self.monday
        await again.loop.run { _ in await again.room.sweep() }
        #expect(try await show(number, again, as: admin).ticket.response.due == Self.monday.adding(.seconds(3600)))
        await again.close()
    }

    @Test func `events are only appended, whatever the program tries`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let number = try await house.ticket("Kept", as: tokens["clinic/administrator"]!).number
        let file = try #require(house.store.customer("clinic")).file
        for sql: StaticString in ["UPDATE ticket_event SET value = 'x'", "DELETE FROM ticket_event", "UPDATE ticket_event SET at = 0"] {
            await #expect(throws: (any Error).self) { try await house.store.write(file) { database in _ = try database.execute(sql) } }
        }
        // A name may be taken out, and a ticket may go as a whole.
        try await house.store.write(file) { database in
            _ = try database.execute("UPDATE ticket_event SET who = 'somebody'")
            _ = try database.execute("DELETE FROM ticket WHERE number = ?", number)
        }
        #expect(try await house.loop.run { _ in try await house.room.read(file) { try $0.int("SELECT count(*) FROM ticket_event") } } == 0)
        await house.close()
    }

    @Test func `tickets of a database from before have their clocks after the first look`() async throws {
        let house = try await House()
        house.now = Self.monday
        let tokens = try await house.everybody()
        let number = try await house.ticket("Old", as: tokens["clinic/administrator"]!).number
        let file = try #require(house.store.customer("clinic")).file
        try await house.store.write(file) { database in
            _ = try database.execute("DELETE FROM setting WHERE name LIKE 'support-plan%'")
            _ = try database.execute("UPDATE ticket SET clocked = 0, response_phase = 'ended', response_due = NULL WHERE number = ?", number)
        }
        await house.loop.run { _ in await house.room.sweep() }
        #expect(try await show(number, house, as: tokens["clinic/administrator"]!).ticket.response.due == Self.monday.adding(.seconds(4 * 3600)))
        await house.close()
    }
}
