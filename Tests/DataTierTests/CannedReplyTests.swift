// Canned replies through the directory: who keeps them, what is refused, what becomes of them in a ticket, and what the audit says.
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
    func canned(_ title: String, _ body: String, as token: String, _ more: (inout SaveCannedReply) -> Void = { _ in }) async throws -> CannedReply {
        var asked = SaveCannedReply()
        (asked.title, asked.body) = (title, body)
        more(&asked)
        return try await call(asked, as: token)
    }

    /// What the log of a database holds, newest first: `what object`.
    func audited(_ file: DatabaseFile) async throws -> [String] {
        try await loop.run { _ in
            try await self.room.read(file) { try $0.query("SELECT what, object FROM audit ORDER BY row DESC LIMIT 50") { "\($0.text(0)) \($0.text(1))" } }
        }
    }
}

struct CannedReplyTests {
    @Test func `a canned reply is shared by support, changed by version, and removed; each is audited with its object`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, operations) = (tokens["staff/support"]!, tokens["staff/operations"]!)
        let first = try await house.canned("Greeting", "Hello {{name}},", as: support) { $0.category = "General" }
        #expect(first.version == 1 && first.by == "support" && first.category == "General")
        let second = try await house.canned("greeting again", "Hi", as: operations) { ($0.id, $0.version) = (first.id, 1) }
        #expect(second.id == first.id && second.version == 2 && second.by == "operations" && second.category == "")
        #expect(await failure { _ = try await house.canned("x", "y", as: support) { ($0.id, $0.version) = (first.id, 1) } }?.code == "changed-meanwhile")
        var show = ShowCannedReply(), remove = RemoveCannedReply()
        show.id = first.id
        #expect(try await house.call(show, as: support).reply.title == "greeting again")
        (remove.id, remove.version) = (first.id, 1)
        #expect(await failure { _ = try await house.call(remove, as: support) }?.code == "changed-meanwhile")
        remove.version = 2
        _ = try await house.call(remove, as: support)
        #expect(await failure { _ = try await house.call(show, as: support) }?.status == 404)
        #expect(await failure { _ = try await house.call(remove, as: support) }?.status == 404)
        #expect(await failure { _ = try await house.canned("x", "y", as: support) { $0.id = first.id } }?.status == 404)
        #expect(try await house.audited(house.store.directory).prefix(3) == ["removed", "changed", "wrote"].map { "\($0) a canned reply canned-reply/\(first.id)" }[...])
        await house.close()
    }

    @Test func `an unknown placeholder is refused with those there are, and so are an empty text and a title that is taken`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        let problem = await failure { try await house.canned("A", "Dear {{who}}", as: support) }
        #expect(problem?.status == 422 && problem?.fields.first?.reason.contains("{{who}}") == true)
        for placeholder in ReplyPlaceholder.allCases { #expect(problem?.fields.first?.hint.contains(placeholder.text) == true) }
        #expect(await failure { try await house.canned(" ", "", as: support) }?.fields.map(\.field) == ["title", "body"])
        try await house.canned("Straße", "x", as: support)
        #expect(await failure { try await house.canned("STRASSE", "x", as: support) } == nil)
        #expect(await failure { try await house.canned("straße", "x", as: support) }?.fields.map(\.field) == ["title"])
        await house.close()
    }

    @Test func `they come by category and title, page by page, each once; and no more are kept than the limit`() async throws {
        let house = try await House { $0.cannedReplies = 7 }
        let tokens = try await house.everybody()
        let support = tokens["staff/support"]!
        for (title, category) in [("b", "Two"), ("A", "two"), ("c", ""), ("d", "one"), ("e", "One"), ("f", ""), ("g", "Three")] {
            try await house.canned(title, String(repeating: "x", count: 300), as: support) { $0.category = category }
        }
        #expect(await failure { try await house.canned("h", "x", as: support) }?.code == "too-many-canned-replies")
        var asked = ListCannedReplies(), titles: [String] = []
        asked.page.limit = 2
        repeat {
            let part = try await house.call(asked, as: support)
            titles += part.items.map(\.title)
            #expect(part.items.allSatisfy { $0.body.count == 200 })
            asked.page.after = part.next
        } while asked.page.after != nil
        #expect(titles == ["c", "f", "d", "e", "g", "A", "b"])
        asked.page.after = "!"
        #expect(await failure { _ = try await house.call(asked, as: support) }?.status == 422)
        await house.close()
    }

    @Test func `a ticket offers them to staff alone, and fills them with its own facts`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, admin) = (tokens["staff/support"]!, tokens["clinic/administrator"]!)
        let ticket = try await house.ticket("Scales {{me}}", as: admin)
        let reply = try await house.canned("All", "{{customer}}/{{name}}/{{number}}/{{title}}/{{me}}", as: support) { $0.category = "c" }
        var show = ShowTicket(), fill = FillCannedReply()
        show.number = ticket.number
        let offered = try await house.call(show, as: support).canned
        #expect(offered.map(\.id) == [reply.id] && offered.map(\.category) == ["c"])
        #expect(try await house.call(show, as: admin).canned.isEmpty)
        (fill.id, fill.number) = (reply.id, ticket.number)
        #expect(try await house.call(fill, as: support).text == "Clinic/administrator/\(ticket.number)/Scales {{me}}/support")
        fill.number = 1
        #expect(await failure { _ = try await house.call(fill, as: support) }?.status == 404)
        await house.close()
    }
}
