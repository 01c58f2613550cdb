// Saved views of the queue: whose they are, what they show, and what is refused.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

extension House {
    @discardableResult
    func view(_ name: String, as token: String, _ more: (inout SaveTicketView) -> Void = { _ in }) async throws -> TicketView {
        var asked = SaveTicketView()
        asked.name = name
        more(&asked)
        return try await call(asked, as: token)
    }

    func views(of token: String) async throws -> [String] { try await call(ListTicketViews(), as: token).items.map(\.name) }

    func numbers(through view: String, as token: String, _ more: (inout ListTickets) -> Void = { _ in }) async throws -> [Int] {
        var asked = ListTickets()
        asked.view = view
        more(&asked)
        return try await call(asked, as: token).items.map(\.number)
    }
}

struct TicketViewTests {
    @Test func `a view of one's own is seen by nobody else, a shared one by all of support`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, operations) = (tokens["staff/support"]!, tokens["staff/operations"]!)
        let own = try await house.view("Mine", as: support), shared = try await house.view("Ours", as: support) { $0.shared = true }
        #expect(try await house.views(of: support) == ["Mine", "Ours"])
        #expect(try await house.views(of: operations) == ["Ours"])
        #expect(await failure { _ = try await house.numbers(through: own.id, as: operations) }?.status == 404)
        #expect(await failure { try await house.view("x", as: operations) { $0.id = own.id } }?.status == 404)
        var remove = RemoveTicketView()
        remove.id = own.id
        #expect(await failure { _ = try await house.call(remove, as: operations) }?.status == 404)
        // Everybody of support keeps what is shared; only who made it takes it back.
        let changed = try await house.view("All of us", as: operations) { ($0.id, $0.version) = (shared.id, 1) }
        #expect(changed.shared && !changed.own && changed.by == "support" && changed.version == 2)
        #expect(await failure { try await house.view("All of us", as: operations) { ($0.id, $0.shared) = (shared.id, false) } }?.status == 409)
        #expect(await failure { try await house.view("All of us", as: support) { ($0.id, $0.shared, $0.version) = (shared.id, false, 1) } }?.code == "changed-meanwhile")
        #expect(try await house.view("Mine too", as: support) { ($0.id, $0.shared, $0.version) = (shared.id, false, 2) }.own)
        #expect(try await house.views(of: operations) == [])
        remove.id = shared.id
        _ = try await house.call(remove, as: support)
        #expect(try await house.views(of: support) == ["Mine"])
        #expect(try await house.audited(house.store.directory).first == "removed a view ticket-view/\(shared.id)")
        await house.close()
    }

    @Test func `the queue through a view is what its filter says, by who looks, and what is asked besides comes first`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, operations) = (tokens["staff/support"]!, tokens["staff/operations"]!)
        var numbers: [Int] = []
        for (index, place) in ["clinic", "clinic", "club", "club"].enumerated() {
            numbers.append(try await house.ticket("Ticket \(index)", as: tokens["\(place)/administrator"]!).number)
        }
        for (number, assignee, tags) in [(numbers[0], "support@fitech.example", ["vip"]), (numbers[2], "operations@fitech.example", ["vip", "late"])] {
            var change = ChangeTicket()
            (change.number, change.assignee, change.tags, change.category, change.priority) = (number, assignee, tags, "scales", .high)
            _ = try await house.call(change, as: support)
        }
        func through(_ name: String, _ fill: (inout TicketFilter) -> Void, as token: String? = nil) async throws -> [Int] {
            let view = try await house.view(name, as: support) { $0.shared = true; fill(&$0.filter) }
            return try await house.numbers(through: view.id, as: token ?? support).sorted()
        }
        #expect(try await through("a") { $0.assignee = "me" } == [numbers[0]])
        #expect(try await through("b", { $0.assignee = "me" }, as: operations) == [numbers[2]])
        #expect(try await through("c") { $0.assignee = "none" } == [numbers[1], numbers[3]])
        #expect(try await through("d") { ($0.tag, $0.customer) = ("vip", "club") } == [numbers[2]])
        #expect(try await through("e") { ($0.category, $0.priority, $0.state) = ("scales", .high, .open) } == [numbers[0], numbers[2]])
        #expect(try await through("f") { ($0.search, $0.order) = ("ticket 3", .newest) } == [numbers[3]])
        let view = try await house.view("newest", as: support) { ($0.filter.order, $0.filter.customer) = (.newest, "clinic") }
        #expect(try await house.numbers(through: view.id, as: support) == [numbers[1], numbers[0]])
        #expect(try await house.numbers(through: view.id, as: support) { $0.customer = "club" } == [numbers[3], numbers[2]])
        // Page by page as without a view.
        var seen: [Int] = [], after: String?
        repeat {
            var asked = ListTickets()
            (asked.view, asked.page) = (view.id, Page(after: after, limit: 1))
            let part = try await house.call(asked, as: support)
            seen += part.items.map(\.number)
            after = part.next
        } while after != nil
        #expect(seen == [numbers[1], numbers[0]])
        // Customers have no views: what they ask for is theirs as ever.
        #expect(try await house.numbers(through: view.id, as: tokens["club/operator"]!).sorted() == [numbers[2], numbers[3]])
        #expect(try await house.call(ListTickets(), as: tokens["club/operator"]!).views.isEmpty)
        await house.close()
    }

    @Test func `a filter that could find nothing, a name that is taken and one view too many are refused`() async throws {
        let house = try await House { ($0.viewsPerPerson, $0.viewsShared) = (2, 1) }
        let tokens = try await house.everybody()
        let (support, operations) = (tokens["staff/support"]!, tokens["staff/operations"]!)
        let problem = await failure {
            try await house.view("", as: support) {
                ($0.filter.customer, $0.filter.assignee, $0.filter.tag, $0.filter.state, $0.filter.order) = ("nobody", "administrator@clinic.example", "two words", .closed, .due)
            }
        }
        #expect(problem?.fields.map(\.field) == ["name", "tag", "customer", "assignee", "order"])
        try await house.view("One", as: support)
        #expect(await failure { try await house.view("ONE", as: support) }?.fields.map(\.field) == ["name"])
        try await house.view("one", as: operations)
        try await house.view("One", as: support) { $0.shared = true }
        #expect(await failure { try await house.view("Another", as: support) { $0.shared = true } }?.code == "too-many-views")
        let two = try await house.view("Two", as: support)
        #expect(await failure { try await house.view("Three", as: support) }?.code == "too-many-views")
        #expect(try await house.view("Two and more", as: support) { $0.id = two.id }.name == "Two and more")
        await house.close()
    }
}
