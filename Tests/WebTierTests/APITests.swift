// The JSON API over the wire: who may, what is refused and how, and a description that cannot drift.
import Digests
import Engine
import Procedures
import Testing
import Wire

@testable import WebTier

@Suite struct APITests {
    let web: TestWeb
    init() throws { web = try TestWeb() }

    @Test func `a list answers items and next`() async throws {
        let response = try await web.send(.get, "/api/v1/tickets?limit=500", [TestWeb.bearer])
        let json = try JSON.parse(response.body)
        #expect(response.status.code == 200 && json["items"]?.array?.count == 20 && json["next"] == "20~x")
        #expect(json.object?.map(\.0) == ["items", "next"])
        #expect(try CompactCodec.decode(ListTickets.self, from: try #require(web.asked.last("tickets.list")).body).page.limit == 200)
    }

    @Test func `a list is compressed for a bearer token, never for a session that a browser sends by itself (BREACH)`() async throws {
        let gzip = ("Accept-Encoding", "gzip")
        let packed = try await web.send(.get, "/api/v1/tickets", [TestWeb.bearer, gzip])
        #expect(packed.fields["content-encoding"] == "gzip" && packed.fields["vary"] == "Accept-Encoding")
        let json = try JSON.parse(try #require(Gzip.decompress(packed.body, limit: 1 << 20)))
        #expect(json["items"]?.array?.count == 20)
        #expect(try await web.send(.get, "/api/v1/tickets", [TestWeb.cookie, gzip]).fields["content-encoding"] == nil)
        #expect(try await web.send(.get, "/api/v1/tickets", [TestWeb.bearer]).fields["content-encoding"] == nil)
    }

    @Test func `the description may be kept, and asked for again only when it changed (RFC 9110 13.1.2)`() async throws {
        let first = try await web.send(.get, "/api/v1/openapi.json")
        let tag = try #require(first.fields["etag"])
        #expect(first.fields["cache-control"] == "no-cache")
        #expect(try await web.send(.get, "/api/v1/openapi.json", [("If-None-Match", tag)]).status == .notModified)
    }

    @Test func `creating answers 201, the thing and its place; a key makes a repeat the same`() async throws {
        let response = try await web.send(.post, "/api/v1/tickets", [TestWeb.bearer, TestWeb.json, ("Idempotency-Key", "k1")], #"{"title":"t","body":"b"}"#)
        #expect(response.status.code == 201 && response.fields["location"] == "/api/v1/tickets/77" && response.problem?["number"] == 77)
        #expect(response.fields["idempotency-replayed"] == "true")
        let replay = web.asked.last("tickets.open")?.replay
        #expect(replay?.hasPrefix("key-") == true)
        _ = try await web.send(.post, "/api/v1/tickets", [TestWeb.bearer, TestWeb.json, ("Idempotency-Key", "k2")], #"{"title":"t","body":"b"}"#)
        #expect(web.asked.last("tickets.open")?.replay != replay)
    }

    @Test func `a change by cookie must show where it comes from, one by bearer token need not`() async throws {
        func status(_ fields: [(String, String)]) async throws -> Int {
            try await web.send(.post, "/api/v1/tickets", [TestWeb.json] + fields, #"{"title":"t","body":"b"}"#).status.code
        }
        #expect(try await status([TestWeb.cookie]) == 403)
        #expect(try await status([TestWeb.cookie, ("Origin", "https://evil.example")]) == 403)
        #expect(try await status([TestWeb.cookie, ("Sec-Fetch-Site", "same-site")]) == 403)
        #expect(try await status([TestWeb.cookie, ("X-Form-Token", "wrong")]) == 403)
        #expect(try await status([TestWeb.cookie, TestWeb.origin]) == 201)
        #expect(try await status([TestWeb.cookie, ("X-Form-Token", WebRequest.formToken(of: FakeData.session))]) == 201)
        #expect(try await status([TestWeb.bearer]) == 201)
    }

    @Test func `signing in sets the cookie and answers who`() async throws {
        let response = try await web.send(.post, "/api/v1/sign-in", [TestWeb.json], #"{"email":"a","password":"right"}"#)
        #expect(response.status.code == 200 && response.problem?["email"] == "ana@example.org" && response.problem?["role"] == "administrator")
        #expect(response.fields.values("set-cookie").contains { $0.hasPrefix("__Host-fitech-session=clinic.") && $0.contains("HttpOnly") })
        #expect(!response.text.contains(FakeData.session))
        #expect(try await web.send(.post, "/api/v1/sign-in", [TestWeb.json], #"{"email":"a","password":"no"}"#).status.code == 401)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var method: String, target: String, fields: [(String, String)], body: String, status: Int, code: String
        init(_ method: String, _ target: String, _ fields: [(String, String)], _ body: String, _ status: Int, _ code: String) {
            (self.method, self.target, self.fields, self.body, self.status, self.code) = (method, target, fields, body, status, code)
        }
        var testDescription: String { "\(method) \(target) \(body): \(status) \(code)" }
    }

    static let refusals: [Refusal] = [
        .init("GET", "/api/v1/tickets", [], "", 401, "signed-out"),
        .init("GET", "/api/v1/tickets", [("Authorization", "Basic abc")], "", 401, "signed-out"),
        .init("GET", "/api/v1/tickets", [("Authorization", "Bearer nobody")], "", 401, "session-expired"),
        .init("GET", "/api/v1/nothing", [TestWeb.bearer], "", 404, "not-found"),
        .init("GET", "/api/v1/tickets/9", [TestWeb.bearer], "", 404, "not-found"),
        .init("GET", "/api/v1/tickets/x", [TestWeb.bearer], "", 404, "not-found"),
        .init("DELETE", "/api/v1/tickets", [TestWeb.bearer], "", 405, "method-not-allowed"),
        .init("GET", "/api/v1/tickets", [TestWeb.bearer, ("Accept", "text/html")], "", 406, "not-acceptable"),
        .init("GET", "/api/v1/tickets?limit=0", [TestWeb.bearer], "", 400, "malformed-parameter"),
        .init("GET", "/api/v1/tickets?state=lost", [TestWeb.bearer], "", 400, "malformed-parameter"),
        .init("GET", "/api/v1/tickets?colour=red", [TestWeb.bearer], "", 400, "unknown-parameter"),
        .init("POST", "/api/v1/tickets", [TestWeb.bearer, ("Content-Type", "text/xml")], "<a/>", 415, "unsupported-media-type"),
        .init("POST", "/api/v1/tickets", [TestWeb.bearer], "{}", 415, "unsupported-media-type"),
        .init("POST", "/api/v1/tickets", [TestWeb.bearer, TestWeb.json], "[1]", 400, "malformed-body"),
        .init("POST", "/api/v1/tickets", [TestWeb.bearer, TestWeb.json], #"{"title":"t","body":"b","colour":"red"}"#, 422, "unacceptable"),
        .init("POST", "/api/v1/tickets", [TestWeb.bearer, TestWeb.json], #"{"title":7}"#, 422, "unacceptable"),
        .init("POST", "/api/v1/tickets", [TestWeb.bearer, TestWeb.json, ("Idempotency-Key", "a b")], "{}", 400, "malformed-key"),
        .init("GET", "/api/v1/subjects", [TestWeb.bearer], "", 507, "full"),
    ]

    @Test(arguments: refusals) func `every refusal is a problem document with status, code and hint`(refusal: Refusal) async throws {
        let response = try await web.send(HTTPMethod(refusal.method), refusal.target, refusal.fields, refusal.body)
        #expect(response.status.code == refusal.status && response.fields["content-type"] == "application/problem+json")
        let problem = try #require(response.problem)
        #expect(problem["code"]?.string == refusal.code && problem["status"]?.integer == Int64(refusal.status))
        #expect(problem["hint"]?.string?.isEmpty == false && problem["request_id"] == "req-1", "\(response.text)")
        if refusal.status == 405 { #expect(response.fields["allow"] == "GET, HEAD, OPTIONS, POST") }
        if refusal.status == 401 { #expect(response.fields["www-authenticate"]?.hasPrefix("Bearer") == true) }
    }

    @Test func `bad JSON is told with its place, an unknown member by its name`() async throws {
        let broken = try await web.send(.post, "/api/v1/tickets", [TestWeb.bearer, TestWeb.json], "{\"title\": \"x\",\n \"body\" 1}")
        #expect(broken.status.code == 400 && broken.text.contains("line 2"))
        let unknown = try await web.send(.post, "/api/v1/tickets", [TestWeb.bearer, TestWeb.json], #"{"title":"t","body":"b","colour":"red"}"#)
        #expect(unknown.problem?["fields"]?.array?.first?["field"] == "colour")
        let large = #"{"title":""# + String(repeating: "x", count: 1 << 20) + #""}"#
        #expect(try await web.send(.post, "/api/v1/tickets", [TestWeb.bearer, TestWeb.json], large).status.code == 413)
    }

    @Test func `every operation is described, and nothing else`() async throws {
        let document = try JSON.parse(try await web.send(.get, "/api/v1/openapi.json").body)
        #expect(document["openapi"] == "3.1.0")
        let paths = try #require(document["paths"]?.object)
        var described: Set<String> = []
        for (path, operations) in paths {
            for (method, operation) in try #require(operations.object) {
                described.insert("\(method.uppercased()) \(path)")
                #expect(operation["summary"]?.string?.isEmpty == false && operation["responses"]?["503"] != nil)
                // Whoever signs in may be wrong; another site's form is refused everywhere.
                #expect(method == "get" || (operation["responses"]?["401"] != nil && operation["responses"]?["403"] != nil), "\(method) \(path)")
                let named = (operation["parameters"]?.array ?? []).filter { $0["in"] == "path" }.compactMap { $0["name"]?.string }
                #expect(named == path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) })
            }
        }
        #expect(described == Set(APIRoute.all().map { "\($0.method) \($0.path)" }))
        let ids = APIRoute.all().map(OpenAPI.identifier)
        #expect(Set(ids).count == ids.count)
        #expect(described.isSuperset(of: [
            "POST /sign-in", "GET /subjects", "POST /subjects", "GET /subjects/{id}/assessments", "POST /subjects/{id}/assessments",
            "GET /tickets", "POST /tickets", "POST /tickets/{number}/replies", "POST /imports", "GET /openapi.json",
        ]))
    }
}
