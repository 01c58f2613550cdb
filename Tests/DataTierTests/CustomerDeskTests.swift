// Customers as support looks at them: the list with what waits, and one with all that helps to answer it.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

struct CustomerDeskTests {
    private func show(_ name: String, _ house: House, as token: String) async throws -> ShowDeskCustomer.Answer {
        var asked = ShowDeskCustomer()
        asked.customer = name
        return try await house.call(asked, as: token)
    }

    @Test func `the list has every customer with what waits, page by page, and finds parts of both names`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        _ = try await house.ticket("One", as: tokens["club/operator"]!)
        let closed = try await house.ticket("Two", as: tokens["club/operator"]!).number
        var change = ChangeTicket()
        (change.number, change.state) = (closed, .closed)
        _ = try await house.call(change, as: support)
        var asked = ListDeskCustomers(), seen: [DeskCustomer] = []
        asked.page.limit = 1
        repeat {
            let part = try await house.call(asked, as: support)
            seen += part.items
            asked.page.after = part.next
        } while asked.page.after != nil
        #expect(seen.map(\.name) == ["clinic", "club"] && seen.map(\.active) == [0, 1] && seen.map(\.late) == [0, 0] && seen.map(\.displayName) == ["Clinic", "Club"])
        asked.search = "LUB"
        #expect(try await house.call(asked, as: support).items.map(\.name) == ["club"])
        house.now = house.now.adding(.seconds(60 * 86_400))
        let later = try await house.signIn("support@fitech.example")
        #expect(try await house.call(asked, as: later).items.map(\.late) == [1])
        asked.page.after = "No Name"
        #expect(await failure { _ = try await house.call(asked, as: later) }?.status == 422)
        await house.close()
    }

    @Test func `one customer's page counts its people by role, shows what is due first, its plan and the size of its database`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        var numbers: [Int] = []
        for index in 0..<12 { numbers.append(try await house.ticket("Ticket \(index)", as: tokens["clinic/operator"]!).number) }
        _ = try await house.ticket("Theirs", as: tokens["club/operator"]!)
        let change = try await house.change("New server", as: tokens["clinic/administrator"]!)
        _ = try await house.call(AskExport(), as: tokens["clinic/administrator"]!)
        let found = try await show("clinic", house, as: support)
        #expect(found.tickets.map(\.number) == Array(numbers.prefix(10)) && found.moreTickets && found.customer.active == 12)
        #expect(found.tickets.allSatisfy { $0.response.phase == .running })
        #expect(Dictionary(uniqueKeysWithValues: found.people.map { ($0.role, $0.count) }) == [.administrator: 1, .superOperator: 1, .operator: 1, .subject: 1])
        #expect(found.changes.map(\.number) == [change.number] && found.exports.map(\.state) == [.waiting])
        #expect(found.plan.plan == "standard" && !found.plan.hours.isEmpty && found.bytes >= 4096 && found.suspended == 0)
        #expect(await failure { _ = try await show("nobody", house, as: support) }?.status == 404)
        await house.close()
    }

    @Test func `the last restore point is known once the node that keeps them has told, for customers that are in it`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        #expect(try await show("clinic", house, as: support).restorePoint == nil)
        var told = FindExportWork()
        (told.restorePoint, told.holds) = (house.now.adding(.seconds(60)), ["directory", "club"])
        _ = try await house.call(told, by: .data)
        #expect(try await show("clinic", house, as: support).restorePoint == nil)
        #expect(try await show("club", house, as: support).restorePoint == told.restorePoint)
        (told.restorePoint, told.holds) = (house.now.adding(.seconds(120)), [])
        _ = try await house.call(told, by: .data)
        // An older word that comes late changes nothing.
        told.restorePoint = house.now
        _ = try await house.call(told, by: .data)
        #expect(try await show("clinic", house, as: support).restorePoint == house.now.adding(.seconds(120)))
        house.now = house.now.adding(.seconds(600))
        try await house.customer("young")
        #expect(try await show("young", house, as: support).restorePoint == nil)
        await house.close()
    }
}
