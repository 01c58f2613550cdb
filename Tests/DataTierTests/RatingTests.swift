// Satisfaction by the link in the mail of the closing: the latest counts, the history stays, a link is good for one ticket only.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct RatingTests {
    /// The token in the last mail that asks.
    private func token(_ house: House) async throws -> String? {
        let mail = try await house.call(PullEffects(), by: .management).mails.last { $0.body.contains("/rate/") }
        return mail?.body.split(separator: "/rate/").dropFirst().first?.split(separator: "?").first.map(String.init)
    }

    @Test func `the mail of the end carries a link, and what is said by it stands with the ticket`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let number = try await house.ticket("Done well?", as: admin).number
        var reply = ReplyToTicket()
        (reply.number, reply.body, reply.origin) = (number, "Like this.", "https://portal.example")
        _ = try await house.call(reply, as: support)
        #expect(try await token(house) == nil, "nothing is asked before the end")
        reply.state = .resolved
        _ = try await house.call(reply, as: support)
        let link = try #require(try await token(house))
        var inspect = InspectRating(), rate = RateTicket()
        inspect.token = link
        #expect(try await house.call(inspect).title == "Done well?")
        var show = ShowTicket()
        show.number = number
        #expect(try await house.call(show, as: support).ratings.isEmpty, "looking changes nothing")
        (rate.token, rate.score, rate.comment) = (link, .poor, "Slow.")
        _ = try await house.call(rate)
        (rate.score, rate.comment) = (.good, "")
        _ = try await house.call(rate)
        #expect(try await house.call(show, as: support).ratings.map(\.score) == [.good, .poor])
        #expect(try await house.call(inspect).latest?.score == .good)
        // The link of another ticket's end, a broken one and an old one say nothing.
        for bad in ["", "clinic.x", "club." + link.drop { $0 != "." }.dropFirst(), "nobody.x", String(link.dropLast())] {
            rate.token = bad
            #expect(await failure { _ = try await house.call(rate) }?.status == 404, "\(bad)")
        }
        rate.token = link
        for _ in 0..<18 { _ = try await house.call(rate) }
        #expect(await failure { _ = try await house.call(rate) }?.status == 409)
        house.now = house.now.adding(.seconds(61 * 86_400))
        #expect(await failure { _ = try await house.call(inspect) }?.status == 404)
        await house.close()
    }

    @Test func `a later end ends the link before, and closing by support asks too`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let number = try await house.ticket("Twice", as: admin).number
        var change = ChangeTicket()
        (change.number, change.state, change.origin) = (number, .resolved, "https://portal.example")
        _ = try await house.call(change, as: support)
        var inspect = InspectRating()
        inspect.token = try #require(try await token(house))
        change.state = .open
        _ = try await house.call(change, as: support)
        change.state = .closed
        _ = try await house.call(change, as: support)
        #expect(await failure { _ = try await house.call(inspect) }?.status == 404)
        inspect.token = try #require(try await token(house))
        #expect(try await house.call(inspect).number == number)
        await house.close()
    }
}
