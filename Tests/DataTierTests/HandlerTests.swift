// The private listener of a data node as curl sees it.
import Control
import Engine
import Procedures
import Testing
import Wire
@testable import DataTier

@Suite(.serialized)
struct HandlerTests {
    @Test func `procedures answer JSON when asked for it, and what is wrong is named`() async throws {
        let two = try await TwoNodes(names: ["data-1"])
        try await two.start("data-1")
        let token = try #require(try await two.clinic(on: "data-1")["clinic"])
        let opened = try await two.ask("data-1", .post, "/procedures/tickets.open", ["title": "By hand", "body": "x"], session: token)
        #expect(opened["title"]?.string == "By hand" && opened["number"]?.integer != nil)
        let list = try await two.ask("data-1", .post, "/procedures/tickets.list", ["search": "", "page": ["limit": 5]], session: token)
        #expect(list["items"]?.array?.count == 1)
        let missing = await failure { try await two.ask("data-1", .post, "/procedures/tickets.open", ["title": "x", "colour": "red"], session: token) }
        #expect(missing?.status == 422 && Set(missing?.fields.map(\.field) ?? []) == ["body", "colour"])
        let unknown = await failure { try await two.ask("data-1", .post, "/procedures/drop.tables", [:]) }
        #expect(unknown?.status == 404 && unknown?.hint.contains("tickets.list") == true)
        #expect(await failure { try await two.ask("data-1", .get, "/procedures/tickets.list") }?.status == 405)
        #expect(await failure { try await two.ask("data-1", .get, "/nothing") }?.status == 404)
        #expect(await failure { try await two.ask("data-1", .get, "/restore-points/../clinic") }?.status == 404)
        #expect(await failure { try await two.ask("data-1", .get, "/copies/nobody") }?.status == 404)
        try await two.close()
    }

    @Test func `long work shows its progress to who wants lines`() async throws {
        let two = try await TwoNodes(names: ["data-1"])
        try await two.start("data-1")
        _ = try await two.clinic(on: "data-1")
        let lines = try await two.lines("data-1", .post, "/restore-points", [:])
        #expect(lines.count >= 3 && lines.dropLast().allSatisfy { $0["progress"]?.number != nil })
        #expect(lines.last?["result"]?["id"]?.string != nil)
        let refused = try await two.lines("data-1", .post, "/restore", ["customer": "nobody", "in_place": true])
        #expect(refused.last?["error"]?["code"]?.string == "no-restore-point")
        try await two.close()
    }
}
