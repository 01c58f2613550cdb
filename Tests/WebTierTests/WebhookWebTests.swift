// Webhooks over the wire: the secret once, forms with their token, answers of strangers as text.
import Engine
import Procedures
import Testing
import Wire

@testable import WebTier

@Suite struct WebhookWebTests {
    let web: TestWeb
    init() throws { web = try TestWeb() }

    private func post(_ path: String, _ body: String) async throws -> HTTPResponse {
        try await web.send(.post, path, [TestWeb.cookie, TestWeb.form, TestWeb.origin], "\(body)&\(TestWeb.token)")
    }

    @Test(arguments: ["/webhooks", "/webhooks/new", "/webhooks/w1", "/webhooks/w1/edit"])
    func `what a customer or a stranger wrote is text on every page, and no page tells the secret`(_ path: String) async throws {
        let response = try await web.send(.get, path, [TestWeb.cookie])
        #expect(response.status.code == 200 && !response.text.contains("<script>alert") && !response.text.contains("whsec_"))
    }

    @Test func `the secret is shown when it is made and is kept by nobody on the way`() async throws {
        let made = try await post("/webhooks/new", "url=https%3A%2F%2Fhooks.example&events=ticket.opened&events=ticket.replied")
        #expect(made.status.code == 201 && made.text.contains("whsec_c2VjcmV0") && made.fields["cache-control"] == "no-store")
        #expect(try CompactCodec.decode(MakeWebhook.self, from: try #require(web.asked.last(MakeWebhook.name)).body).events == ["ticket.opened", "ticket.replied"])
        #expect(try await post("/webhooks/w1/secret", "").text.contains("whsec_c2VjcmV0"))
    }

    @Test func `a refused form keeps what was typed and chosen`() async throws {
        let refused = try await post("/webhooks/new", "url=ftp%3A%2F%2F%3Cb%3E&note=Scales&events=export.ready")
        #expect(refused.status.code == 422 && refused.text.contains("ftp://&lt;b&gt;") && refused.text.contains("Scales") && refused.text.contains("value=\"export.ready\" checked"))
        let late = try await post("/webhooks/w1/edit", "url=https%3A%2F%2Fhooks.example&note=Mine&events=ticket.opened&version=1")
        #expect(late.status.code == 409 && late.text.contains("Mine"))
    }

    @Test func `what cannot be done now is said on the webhook's page; what is gone already is gone`() async throws {
        let refused = try await post("/webhooks/w1/try", "x=y")
        #expect(refused.status.code == 409 && refused.text.contains("The webhook is off."))
        #expect(try await post("/webhooks/w1/repeat", "delivery=evt_1").fields["location"] == "/webhooks/w1")
        #expect(try await post("/webhooks/w1/remove", "x=y").fields["location"] == "/webhooks")
    }

    @Test(arguments: ["/webhooks/new", "/webhooks/w1/edit", "/webhooks/w1/secret", "/webhooks/w1/state", "/webhooks/w1/try", "/webhooks/w1/repeat", "/webhooks/w1/remove"])
    func `no form is taken without its token or from another site`(_ path: String) async throws {
        #expect(try await web.send(.post, path, [TestWeb.cookie, TestWeb.origin, TestWeb.form], "id=x").status.code == 403)
        #expect(try await web.send(.post, path, [TestWeb.cookie, ("Origin", "https://evil.example"), TestWeb.form], TestWeb.token).status.code == 403)
    }

    @Test func `the API makes a webhook with its place and its secret, and lists deliveries by pages`() async throws {
        let made = try await web.send(.post, "/api/v1/webhooks", [TestWeb.bearer, TestWeb.json], #"{"url":"https://hooks.example","events":["ticket.opened"]}"#)
        #expect(made.status.code == 201 && made.fields["location"] == "/api/v1/webhooks/w1" && made.problem?["secret"] == "whsec_c2VjcmV0")
        let listed = try await web.send(.get, "/api/v1/webhooks/w1/deliveries?limit=1", [TestWeb.bearer])
        #expect(listed.status.code == 200 && listed.problem?["next"] == "7" && listed.problem?["items"]?.array?.first?["state"] == "failed")
        #expect(try await web.send(.get, "/api/v1/webhooks", [TestWeb.bearer]).problem?["items"]?.array?.first?["secret"] == nil)
    }
}
