// Merging and undoing it, splitting, linking, drafts, and two who answer at once.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct TicketTogetherTests {
    private func show(_ number: Int, _ house: House, as token: String) async throws -> TicketThread {
        var asked = ShowTicket()
        asked.number = number
        return try await house.call(asked, as: token)
    }

    private func reply(_ number: Int, _ body: String, _ house: House, as token: String, _ set: (inout ReplyToTicket) -> Void = { _ in }) async throws -> Reply {
        house.now = house.now.adding(.seconds(1))
        var asked = ReplyToTicket()
        (asked.number, asked.body) = (number, body)
        set(&asked)
        return try await house.call(asked, as: token)
    }

    private func merge(_ number: Int, into other: Int, _ house: House, as token: String) async throws -> Ticket {
        house.now = house.now.adding(.seconds(1))
        var asked = MergeTicket()
        (asked.number, asked.into) = (number, other)
        return try await house.call(asked, as: token)
    }

    private func undo(_ number: Int, _ house: House, as token: String) async throws -> Ticket {
        house.now = house.now.adding(.seconds(1))
        var asked = UndoMerge()
        asked.number = number
        return try await house.call(asked, as: token)
    }

    @Test func `a merge shows both conversations in one, both numbers resolve, and undoing it is exact`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let first = try await house.ticket("Printer", as: admin).number
        _ = try await reply(first, "It is the left one.", house, as: admin)
        let second = try await house.ticket("Printer again", as: admin).number
        _ = try await reply(second, "Look at the plug.", house, as: support)
        _ = try await reply(first, "Secret.", house, as: support) { $0.internal = true }
        let before = (try await show(first, house, as: admin), try await show(second, house, as: admin))
        let merged = try await merge(first, into: second, house, as: support)
        #expect(merged.number == second && merged.replies == 3)
        let thread = try await show(second, house, as: admin)
        #expect(thread.replies.map(\.body) == ["It does not work.", "It is the left one.", "Look at the plug."])
        #expect(thread.replies.map(\.ticket) == [first, first, nil] && thread.links.map(\.kind) == [.merged])
        #expect(try await show(second, house, as: support).replies.map(\.body).contains("Secret."))
        let source = try await show(first, house, as: admin)
        #expect(source.ticket.state == .merged && source.ticket.mergedInto == second && source.choices.isEmpty)
        #expect(source.ticket.resolution.phase == .ended)
        #expect(await failure { _ = try await reply(first, "More.", house, as: admin) }?.status == 409)
        #expect(try await house.call(ListTickets(), as: support).items.map(\.number) == [second])
        // What is said meanwhile belongs to the ticket it was said in.
        _ = try await reply(second, "It was the plug.", house, as: admin)
        #expect(try await undo(first, house, as: support).state == .open)
        let after = (try await show(first, house, as: admin), try await show(second, house, as: admin))
        #expect(after.0.replies.map(\.id) == before.0.replies.map(\.id) && after.0.ticket.replies == before.0.ticket.replies)
        #expect(after.1.replies.map(\.id).dropLast() == before.1.replies.map(\.id)[...] && after.1.ticket.replies == 2)
        #expect(after.0.ticket.mergedInto == nil && after.0.ticket.resolution.phase == .running && after.1.links.isEmpty)
        #expect(await failure { _ = try await undo(first, house, as: support) }?.status == 409)
        await house.close()
    }

    @Test func `merges of merges end in one ticket, and each is undone on its own`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        var numbers: [Int] = []
        for name in ["a", "b", "c"] { numbers.append(try await house.ticket(name, as: admin).number) }
        _ = try await merge(numbers[0], into: numbers[1], house, as: support)
        #expect(await failure { _ = try await merge(numbers[2], into: numbers[0], house, as: support) }?.status == 409)
        #expect(await failure { _ = try await merge(numbers[0], into: numbers[2], house, as: support) }?.status == 409)
        _ = try await merge(numbers[1], into: numbers[2], house, as: support)
        #expect(try await show(numbers[2], house, as: admin).replies.compactMap(\.ticket) == [numbers[0], numbers[1]])
        _ = try await undo(numbers[0], house, as: support)
        #expect(try await show(numbers[2], house, as: admin).replies.compactMap(\.ticket) == [numbers[1]])
        #expect(await failure { _ = try await merge(numbers[2], into: numbers[2], house, as: support) }?.status == 422)
        await house.close()
    }

    @Test func `nothing is merged or linked across customers, and no subject comes to read another's ticket by it`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        let mine = try await house.ticket("Mine", as: tokens["clinic/subject"]!).number
        let theirs = try await house.ticket("Theirs", as: tokens["club/operator"]!).number
        let colleague = try await house.ticket("A colleague's", as: tokens["clinic/operator"]!).number
        #expect(await failure { _ = try await merge(mine, into: theirs, house, as: support) }?.status == 422)
        #expect(await failure { _ = try await merge(mine, into: colleague, house, as: support) }?.status == 409)
        #expect(await failure { _ = try await merge(colleague, into: mine, house, as: support) }?.status == 409)
        var link = LinkTicket()
        (link.number, link.other) = (mine, theirs)
        #expect(await failure { _ = try await house.call(link, as: support) }?.status == 422)
        link.other = colleague
        _ = try await house.call(link, as: support)
        #expect(try await show(colleague, house, as: tokens["clinic/operator"]!).links.map(\.number) == [mine])
        // A link tells a subject nothing about a ticket that is not theirs.
        let seen = try await show(mine, house, as: tokens["clinic/subject"]!)
        #expect(seen.links.isEmpty && !seen.events.contains { $0.kind == .linked })
        link.remove = true
        _ = try await house.call(link, as: support)
        #expect(try await show(colleague, house, as: support).links.isEmpty)
        #expect(await failure { _ = try await house.call(link, as: support) }?.status == 404)
        var follow = OpenTicket()
        (follow.title, follow.body, follow.follows) = ("Next", "x", colleague)
        #expect(await failure { _ = try await house.call(follow, as: tokens["clinic/subject"]!) }?.fields.first?.field == "follows")
        follow.follows = mine
        let next = try await house.call(follow, as: tokens["clinic/subject"]!).number
        #expect(try await show(next, house, as: tokens["clinic/subject"]!).links.map(\.kind) == [.follows])
        #expect(try await show(mine, house, as: tokens["clinic/subject"]!).links.map(\.kind) == [.followedBy])
        await house.close()
    }

    @Test func `a split makes a ticket of the chosen messages, the first of them its text, and leaves the old one whole`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let number = try await house.ticket("Two things", as: tokens["clinic/operator"]!).number
        let other = try await reply(number, "By the way, the scale is broken.", house, as: admin)
        let note = try await reply(number, "A known fault.", house, as: support) { $0.internal = true }
        let answer = try await reply(number, "Which scale?", house, as: support)
        var asked = SplitTicket()
        (asked.number, asked.title, asked.replies) = (number, "Broken scale", [answer.id, other.id, note.id])
        let ticket = try await house.call(asked, as: support)
        #expect(ticket.body == "By the way, the scale is broken." && ticket.openedBy == "administrator" && ticket.state == .open && ticket.replies == 1)
        let thread = try await show(ticket.number, house, as: admin)
        #expect(thread.replies.map(\.body) == ["Which scale?"] && thread.links.map(\.kind) == [.splitFrom])
        #expect(try await show(ticket.number, house, as: support).replies.map(\.internal) == [true, false])
        #expect(try await show(number, house, as: admin).replies.count == 2)
        #expect(try await house.call(ListTickets(), as: support).items.contains { $0.number == ticket.number })
        asked.replies = ["nonsense"]
        #expect(await failure { _ = try await house.call(asked, as: support) }?.fields.first?.field == "replies")
        asked.replies = [note.id]
        #expect(await failure { _ = try await house.call(asked, as: support) }?.fields.first?.field == "replies")
        await house.close()
    }

    @Test func `who answers while somebody else does is told so, and nothing is lost`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, ben, ada) = (tokens["clinic/administrator"]!, tokens["staff/support"]!, tokens["staff/operations"]!)
        let number = try await house.ticket("Hot", as: admin).number
        let first = try await reply(number, "From Ben.", house, as: ben) { $0.seen = "" }
        // Ada had the page open from before.
        let refused = await failure { _ = try await reply(number, "From Ada.", house, as: ada) { $0.seen = "" } }
        #expect(refused?.status == 409 && refused?.code == "written-meanwhile" && refused?.reason.contains("support") == true)
        #expect(try await show(number, house, as: ada).draft == "From Ada.")
        #expect(try await show(number, house, as: ada).replies.count == 1)
        _ = try await reply(number, "From Ada, after reading.", house, as: ada) { $0.seen = first.id }
        let thread = try await show(number, house, as: ada)
        #expect(thread.replies.map(\.body) == ["From Ben.", "From Ada, after reading."] && thread.draft.isEmpty)
        // What one wrote oneself is no surprise; a note among staff is none to the customer.
        _ = try await reply(number, "And more.", house, as: ada) { $0.seen = first.id }
        let last = try await show(number, house, as: admin).replies.last?.id ?? ""
        _ = try await reply(number, "A note.", house, as: ben) { $0.internal = true }
        _ = try await reply(number, "Thanks.", house, as: admin) { $0.seen = last }
        #expect(await failure { _ = try await reply(number, "x", house, as: admin) { $0.seen = "unknown" } }?.fields.first?.field == "seen")
        await house.close()
    }

    @Test func `drafts are their writer's own, and staff see who else is writing`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, ben, ada) = (tokens["clinic/administrator"]!, tokens["staff/support"]!, tokens["staff/operations"]!)
        let number = try await house.ticket("Calm", as: admin).number
        var draft = SaveDraft()
        (draft.number, draft.body) = (number, "Half a sen")
        _ = try await house.call(draft, as: ben)
        #expect(try await show(number, house, as: ben).draft == "Half a sen")
        let seen = try await show(number, house, as: ada)
        #expect(seen.draft.isEmpty && seen.writing == ["support"])
        let customers = try await show(number, house, as: admin)
        #expect(customers.draft.isEmpty && customers.writing.isEmpty)
        house.now = house.now.adding(.seconds(700))
        #expect(try await show(number, house, as: ada).writing.isEmpty)
        draft.body = ""
        _ = try await house.call(draft, as: ben)
        #expect(try await show(number, house, as: ben).draft.isEmpty)
        #expect(await failure { _ = try await house.call(draft, as: tokens["club/administrator"]!) }?.status == 404)
        #expect(await failure { _ = try await house.call(draft, as: tokens["clinic/subject"]!) }?.status == 404)
        await house.close()
    }
}
