// Announcements over the wire: pages of one call, the strip's form and where it leads back to, forms that keep what was typed, the API.
import Control
import Engine
import Procedures
import SupportCentre
import Testing
import Wire

@testable import WebTier

@Suite struct AnnouncementWebTests {
    let web: TestWeb
    init() throws { web = try TestWeb() }

    private func post(_ path: String, _ body: String, token: Bool = true) async throws -> HTTPResponse {
        try await web.send(.post, path, [TestWeb.cookie, TestWeb.form, TestWeb.origin], body + (token ? "&\(TestWeb.token)" : ""))
    }

    @Test func `a page with its announcements is one procedure call, and titles stay text`() async throws {
        let response = try await web.send(.get, "/announcements?kind=upgrade", [TestWeb.cookie])
        #expect(response.status.code == 200 && web.asked.all.map(\.name) == ["announcements.list"])
        #expect(response.text.contains("/announcements/a2/acknowledge") && !response.text.contains("<script>alert"))
        #expect(response.text.contains("name=\"next\" value=\"/announcements?kind=upgrade\""))
        let one = try await web.send(.get, "/announcements/a1?customer=clinic", [TestWeb.cookie])
        #expect(one.status.code == 200 && !one.text.contains("<script>alert"))
        let sent = try CompactCodec.decode(ShowAnnouncement.self, from: try #require(web.asked.last("announcements.show")).body)
        #expect(sent.id == "a1" && sent.customer == "clinic")
    }

    @Test func `who says that they have read it is led back to where they were, and nowhere else`() async throws {
        #expect(try await post("/announcements/a1/acknowledge", "next=/tickets").fields["location"] == "/tickets")
        for evil in ["https://evil.example/", "//evil.example", "/%5Cevil.example", ""] {
            #expect(try await post("/announcements/a1/acknowledge", "next=\(evil)").fields["location"] == "/")
        }
        #expect(try await post("/announcements/a1/acknowledge", "next=/tickets", token: false).status.code == 403)
    }

    @Test func `a draft is sent with everything in the form, and refused it is shown with what was typed`() async throws {
        let made = try await post("/announcements/new", "kind=upgrade&title=Release+5&body=text&customer=clinic&role=administrator&starts=2026-12-22T02:00&ends=2026-12-22T04:00&publish=yes")
        #expect(made.status.code == 303 && made.fields["location"] == "/announcements/a1")
        let sent = try CompactCodec.decode(DraftAnnouncement.self, from: try #require(web.asked.last("announcements.draft")).body)
        #expect(sent.kind == .upgrade && sent.customer == "clinic" && sent.role == .administrator && sent.starts == "2026-12-22T02:00" && sent.publish == true && sent.origin == "https://portal.example")
        let refused = try await post("/announcements/new", "kind=upgrade&title=refused&body=%3Ctyped%3E")
        #expect(refused.status.code == 422 && refused.text.contains("&lt;typed&gt;") && refused.text.contains("Too soon."))
        // Whoever the fake says is signed in is no person of staff.
        #expect(try await web.send(.get, "/announcements/new", [TestWeb.cookie]).status.code == 403)
    }

    @Test func `a refused step is shown with what was typed`() async throws {
        let refused = try await post("/announcements/a1/steps", "step=cancel&note=%3Ctyped%3E&version=3")
        #expect(refused.status.code == 409 && refused.text.contains("&lt;typed&gt;"))
        let moved = try await post("/announcements/a1/steps", "step=reschedule&starts=2026-12-23T02:00&ends=2026-12-23T04:00&note=why&version=3")
        #expect(moved.status.code == 303)
        let sent = try CompactCodec.decode(MoveAnnouncement.self, from: try #require(web.asked.last("announcements.move")).body)
        #expect(sent.step == .reschedule && sent.version == 3 && sent.starts == "2026-12-23T02:00" && sent.note == "why")
        #expect(try await post("/announcements/a1/steps", "step=fly").status.code == 400)
    }

    @Test func `the API lists, writes with its place, moves by a step and acknowledges`() async throws {
        #expect(try await web.send(.get, "/api/v1/announcements?kind=upgrade", [TestWeb.bearer]).problem?["next"] == "1")
        let made = try await web.send(.post, "/api/v1/announcements", [TestWeb.bearer, TestWeb.json], #"{"title":"t","body":"b","kind":"news"}"#)
        #expect(made.status.code == 201 && made.fields["location"] == "/api/v1/announcements/a1")
        #expect(try await web.send(.post, "/api/v1/announcements/a1/steps", [TestWeb.bearer, TestWeb.json], #"{"step":"publish"}"#).status.code == 200)
        #expect(try await web.send(.post, "/api/v1/announcements/a1/steps", [TestWeb.bearer, TestWeb.json], #"{"step":"fly"}"#).status.code == 422)
        #expect(try await web.send(.post, "/api/v1/announcements/a1/steps", [TestWeb.bearer, TestWeb.json], #"{"step":"publish","origin":"https://evil.example"}"#).status.code == 422)
        #expect(try await web.send(.post, "/api/v1/announcements/a1/acknowledge", [TestWeb.bearer]).status.code == 200)
        #expect(try await web.send(.get, "/api/v1/announcements/a1/recipients", [TestWeb.bearer]).status.code == 422)
        #expect(try await web.send(.get, "/api/v1/announcements/a1/reach", [TestWeb.bearer]).status.code == 200)
    }
}
