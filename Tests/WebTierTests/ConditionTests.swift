// Conditional requests and counted requests of the API: RFC 9110 sections 8.8.3 and 13, draft-ietf-httpapi-ratelimit-headers.
import Engine
import Procedures
import Testing
import Wire

@testable import WebTier

@Suite struct ConditionTests {
    let web: TestWeb
    init() throws { web = try TestWeb() }

    private func patch(_ tag: String?, _ body: String = #"{"note":"x"}"#) async throws -> HTTPResponse {
        try await web.send(.patch, "/api/v1/webhooks/w1", [TestWeb.bearer, TestWeb.json] + (tag.map { [("If-Match", $0)] } ?? []), body)
    }

    private var sent: Int? {
        get throws { try CompactCodec.decode(ChangeWebhook.self, from: try #require(web.asked.last(ChangeWebhook.name)).body).version }
    }

    @Test func `13.1.2: what a reader has is not sent again, and another representation is`() async throws {
        let first = try await web.send(.get, "/api/v1/webhooks/w1", [TestWeb.bearer])
        let tag = try #require(first.fields["etag"])
        #expect(tag.hasPrefix("\"2."))
        let again = try await web.send(.get, "/api/v1/webhooks/w1", [TestWeb.bearer, ("If-None-Match", "\"x\", W/\(tag)")])
        #expect(again.status == .notModified && again.body.isEmpty && again.fields["etag"] == tag && again.fields["cache-control"] == "no-store")
        #expect(try await web.send(.get, "/api/v1/webhooks/w1", [TestWeb.bearer, ("If-None-Match", "\"2.0000\"")]).status == .ok)
        // Lists have tags too.
        let list = try await web.send(.get, "/api/v1/webhooks", [TestWeb.bearer])
        #expect(try await web.send(.get, "/api/v1/webhooks", [TestWeb.bearer, ("If-None-Match", try #require(list.fields["etag"]))]).status == .notModified)
    }

    @Test func `13.1.1: a change is bound to the version that was read`() async throws {
        let tag = try #require(try await web.send(.get, "/api/v1/webhooks/w1", [TestWeb.bearer]).fields["etag"])
        #expect(try await patch(tag).status == .ok)
        #expect(try sent == 2)
        #expect(try await patch("*").status == .ok)
        #expect(try sent == nil)
        #expect(try await patch(nil).status == .ok)
        #expect(try sent == nil)
    }

    @Test func `13.1.1: who read another version is answered 412; without the condition it is a conflict`() async throws {
        let refused = try await patch("\"1.abc\"")
        #expect(refused.status == .preconditionFailed && refused.problem?["code"] == "changed-meanwhile")
        #expect(try await patch(nil, #"{"note":"x","version":1}"#).status.code == 409)
    }

    @Test func `13.1.1: weak tags and foreign ones match nothing; what is no tag is malformed`() async throws {
        for tag in ["W/\"2.abc\"", "\"abc\"", "\"\""] { #expect(try await patch(tag).status == .preconditionFailed, "\(tag)") }
        for tag in ["2", "\"2", "abc, def"] { #expect(try await patch(tag).problem?["code"] == "malformed-condition", "\(tag)") }
        #expect(web.asked.last(ChangeWebhook.name) == nil)
    }

    @Test func `a body and a condition that differ are refused, those that agree are one`() async throws {
        #expect(try await patch("\"3.abc\"", #"{"note":"x","version":2}"#).status.code == 422)
        #expect(try await patch("\"2.abc\"", #"{"note":"x","version":2}"#).status == .ok)
        #expect(try sent == 2)
    }

    @Test func `a condition that cannot be kept is refused, never left aside`() async throws {
        for (method, path) in [(HTTPMethod.delete, "/api/v1/webhooks/w1"), (.post, "/api/v1/webhooks/w1/pings")] {
            #expect(try await web.send(method, path, [TestWeb.bearer, ("If-Match", "\"2.abc\"")]).problem?["code"] == "unsupported-condition")
        }
        #expect(try await web.send(.patch, "/api/v1/webhooks/w1", [TestWeb.bearer, TestWeb.json, ("If-None-Match", "*")], "{}").problem?["code"] == "unsupported-condition")
    }

    @Test func `a counted answer says what is left, an uncounted one nothing`() async throws {
        web.asked.allow("600 599 42")
        let counted = try await web.send(.get, "/api/v1/webhooks", [TestWeb.bearer])
        #expect(counted.fields["ratelimit-policy"] == "\"api\";q=600;w=60" && counted.fields["ratelimit"] == "\"api\";r=599;t=42")
        web.asked.allow(nil)
        #expect(try await web.send(.get, "/api/v1/webhooks", [TestWeb.bearer]).fields["ratelimit"] == nil)
        // Pages are not the API.
        web.asked.allow("600 599 42")
        let page = try await web.send(.get, "/webhooks", [TestWeb.cookie])
        #expect(page.status == .ok && page.fields["ratelimit"] == nil)
    }
}
