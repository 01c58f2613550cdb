// Changes over the wire: pages of one call, forms that keep what was typed, prices, and the API's answers.
import Engine
import Procedures
import SupportCentre
import Testing
import Wire

@testable import WebTier

@Suite struct ChangeWebTests {
    let web: TestWeb
    init() throws { web = try TestWeb() }

    @Test func `a change's page is one procedure call`() async throws {
        let response = try await web.send(.get, "/changes/101", [TestWeb.cookie])
        #expect(response.status.code == 200 && web.asked.all.map(\.name) == ["changes.show"])
        #expect(!response.text.contains("<script>alert") && response.text.contains("/changes/101/steps"))
    }

    @Test func `a step is sent with its time and note; a refused one is shown with what was typed`() async throws {
        let body = "step=schedule&note=At+night&starts=2026-11-22T02:00&ends=2026-11-22T03:00&version=7&\(TestWeb.token)"
        let response = try await web.send(.post, "/changes/101/steps", [TestWeb.cookie, TestWeb.form, TestWeb.origin], body)
        #expect(response.status.code == 303 && response.fields["location"] == "/changes/101")
        let sent = try CompactCodec.decode(MoveChange.self, from: try #require(web.asked.last("changes.move")).body)
        #expect(sent.step == .schedule && sent.starts == "2026-11-22T02:00" && sent.note == "At night" && sent.version == 7)
        let refused = try await web.send(.post, "/changes/101/steps", [TestWeb.cookie, TestWeb.form, TestWeb.origin], "step=cancel&note=<typed>&\(TestWeb.token)")
        #expect(refused.status.code == 409 && refused.text.contains("&lt;typed&gt;"))
        #expect(try await web.send(.post, "/changes/101/steps", [TestWeb.cookie, TestWeb.form], "step=cancel").status.code == 403)
    }

    @Test(arguments: [("1250", 125_000), ("1250.5", 125_050), ("0.05", 5), ("1250.00", 125_000)]) func `a price is read in pence`(text: String, pence: Int) {
        #expect(WebHandler.minorUnits(text) == pence)
    }

    @Test(arguments: ["", ".5", "1,250", "12.345", "-1", "1e3", "1.", "123456789", "\u{0661}"]) func `what is no price is refused`(text: String) { #expect(WebHandler.minorUnits(text) == nil) }

    @Test func `the API raises a change with its place, and moves it by a step`() async throws {
        let raised = try await web.send(.post, "/api/v1/changes", [TestWeb.bearer, TestWeb.json, ("Idempotency-Key", "k")], #"{"title":"t","reason":"r","kind":"emergency","submit":true}"#)
        #expect(raised.status.code == 201 && raised.fields["location"] == "/api/v1/changes/101" && raised.fields["idempotency-replayed"] == "true")
        let moved = try await web.send(.post, "/api/v1/changes/101/steps", [TestWeb.bearer, TestWeb.json], #"{"step":"submit"}"#)
        #expect(moved.status.code == 200 && moved.problem?["number"] == 101)
        #expect(try await web.send(.post, "/api/v1/changes/101/steps", [TestWeb.bearer, TestWeb.json], #"{"step":"fly"}"#).status.code == 422)
        // Votes are for staff; the fake's person is a customer's.
        #expect(try await web.send(.get, "/api/v1/changes/101/votes", [TestWeb.bearer]).status.code == 403)
    }
}
