// Searching over the wire: a page of one call that a link can name, and the API's answers.
import Engine
import Procedures
import Testing
import Wire

@testable import WebTier

@Suite struct SearchWebTests {
    let web: TestWeb
    init() throws { web = try TestWeb() }

    private var asked: SearchPortal {
        get throws { try CompactCodec.decode(SearchPortal.self, from: try #require(web.asked.last("search.find")).body) }
    }

    @Test func `a search is a page of one call, its words and marks as text`() async throws {
        let response = try await web.send(.get, "/search?q=%22paper+jam%22+-toner", [TestWeb.cookie])
        #expect(response.status.code == 200 && web.asked.all.map(\.name) == ["search.find"])
        #expect(response.text.contains("<mark>&lt;script&gt;alert(") && !response.text.contains("<script>alert"))
        #expect(response.text.contains("value=\"&quot;paper jam&quot; -toner\""))
        let first = try asked
        #expect(first.query == "\"paper jam\" -toner" && first.overview == true && first.page.limit == 5 && first.page.after == nil)
        _ = try await web.send(.get, "/search?q=jam&kind=ticket&after=ticket.1.70.0&customer=clinic", [TestWeb.cookie])
        let second = try asked
        #expect(second.kind == .ticket && second.overview == nil && second.page.after == "ticket.1.70.0" && second.customer == "clinic")
    }

    @Test func `a kind nobody knows searches everything, and nobody searches without a session`() async throws {
        #expect(try await web.send(.get, "/search?q=x&kind=password", [TestWeb.cookie]).status.code == 200)
        #expect(try asked.kind == nil)
        let away = try await web.send(.get, "/search?q=x")
        #expect(away.status.code == 303 && away.fields["location"]?.hasPrefix("/sign-in") == true)
        #expect(try await web.send(.get, "/api/v1/search?q=x").status.code == 401)
    }

    @Test func `the API answers a page of hits and where to go on`() async throws {
        let response = try await web.send(.get, "/api/v1/search?q=jam&kind=change&limit=3&after=change.2.9.0", [TestWeb.bearer])
        #expect(response.status.code == 200 && response.problem?["next"] == "ticket.1.70.0" && response.text.contains("\"marked\":true"))
        let sent = try asked
        #expect(sent.kind == .change && sent.page.limit == 3 && sent.page.after == "change.2.9.0" && sent.overview == nil)
        #expect(try await web.send(.get, "/api/v1/search?q=jam&kind=password", [TestWeb.bearer]).status.code == 400)
        #expect(try await web.send(.get, "/api/v1/search?words=jam", [TestWeb.bearer]).status.code == 400)
    }
}
