// What pages that are looked at are told: who may look, what is news, who else is there.
import Control
import Procedures
import Testing
import Wire
@testable import DataTier

struct LiveTests {
    private func look(_ house: House, _ number: Int, as token: String, leaves: Bool? = nil) async throws -> LookAtTicket.Answer {
        var asked = LookAtTicket()
        (asked.number, asked.leaves) = (number, leaves)
        return try await house.call(asked, as: token)
    }

    @Test func `a reply changes what is seen, a note among staff changes nothing for the customer but the version`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (mine, support) = (tokens["clinic/subject"]!, tokens["staff/support"]!)
        let number = try await house.ticket("Locked out", as: mine).number
        let first = try await look(house, number, as: mine)
        #expect(first.lastReply == "" && first.version > 0)
        var reply = ReplyToTicket()
        (reply.number, reply.body) = (number, "Try now.")
        let answered = try await house.call(reply, as: support).id
        let second = try await look(house, number, as: mine)
        #expect(second.lastReply == answered && second.version > first.version)
        (reply.body, reply.internal) = ("odd", true)
        let note = try await house.call(reply, as: support).id
        #expect(try await look(house, number, as: mine).lastReply == answered)
        #expect(try await look(house, number, as: support).lastReply == note)
        #expect(try await look(house, number, as: tokens["clinic/operator"]!).lastReply == answered)
        #expect(await failure { _ = try await look(house, number, as: tokens["club/administrator"]!) }?.status == 404)
        await house.close()
    }

    @Test func `staff see who else of staff is there until they go or fall silent; customers never do`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (mine, support, operations) = (tokens["clinic/operator"]!, tokens["staff/support"]!, tokens["staff/operations"]!)
        let number = try await house.ticket("Locked out", as: mine).number
        #expect(try await look(house, number, as: support).here == [])
        #expect(try await look(house, number, as: operations).here == ["support"])
        #expect(try await look(house, number, as: support).here == ["operations"])
        #expect(try await look(house, number, as: mine).here == [])
        #expect(try await look(house, number, as: support).here == ["operations"])
        _ = try await look(house, number, as: operations, leaves: true)
        #expect(try await look(house, number, as: support).here == [])
        _ = try await look(house, number, as: operations)
        house.now = house.now.adding(TicketPresence.life)
        #expect(try await look(house, number, as: support).here == [])
        var draft = SaveDraft()
        (draft.number, draft.body) = (number, "I think")
        _ = try await house.call(draft, as: operations)
        #expect(try await look(house, number, as: support).writing == ["operations"])
        #expect(try await look(house, number, as: mine).writing == [])
        await house.close()
    }

    @Test func `what happens to a ticket is told by its number and its customer, and a first draft and a first look of staff are`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        var place = try #require(house.store.happenings.since(nil)).next
        func news() throws -> Set<String> {
            guard let batch = house.store.happenings.since(place) else { return [] }
            place = batch.next
            return Set(try #require(batch.topics))
        }
        let number = try await house.ticket("Locked out", as: tokens["clinic/operator"]!).number
        #expect(try news() == ["ticket/\(number)", "tickets/clinic", "tickets"])
        #expect(try news() == [])
        _ = try await look(house, number, as: tokens["clinic/operator"]!)
        #expect(try news() == [])
        for _ in 0..<2 { _ = try await look(house, number, as: tokens["staff/support"]!) }
        #expect(try news() == ["ticket/\(number)"])
        var draft = SaveDraft()
        for body in ["I", "I think", "I think so"] {
            (draft.number, draft.body) = (number, body)
            _ = try await house.call(draft, as: tokens["staff/support"]!)
        }
        #expect(try news() == ["ticket/\(number)"])
        await house.close()
    }

    @Test func `who waits is woken by what happens; who comes from another process, or too late, looks at everything`() async throws {
        let house = try await House()
        let happenings = house.store.happenings
        let start = try #require(happenings.since(nil))
        #expect(start.topics == [])
        async let waiting = happenings.wait(after: start.next, on: house.loop, atMost: .seconds(30))
        while happenings.since(start.next) == nil {
            happenings.tell(["a", "b", "a"])
        }
        let batch = await waiting
        #expect(Set(try #require(batch.topics)) == ["a", "b"])
        #expect(happenings.since("elsewhere.1")?.topics == nil)
        #expect(happenings.since("nonsense")?.topics == nil)
        for number in 0..<2000 { happenings.tell(["\(number)"]) }
        #expect(happenings.since(start.next)?.topics == nil)
        // Nothing happens: the answer comes all the same, and says so.
        let quiet = try #require(happenings.since(nil)).next
        #expect(await happenings.wait(after: quiet, on: house.loop, atMost: .milliseconds(20)) == Happenings.Batch(next: quiet, topics: []))
        await house.close()
    }
}
