// Pages over the wire: sessions, form tokens, origins, fields that keep a page safe, and errors that help.
import Digests
import Engine
import Pages
import Procedures
import Testing
import Wire

@testable import WebTier

@Suite struct PageTests {
    let web: TestWeb
    init() throws { web = try TestWeb() }

    @Test func `who is not signed in is sent to sign in and comes back`() async throws {
        let response = try await web.send(.get, "/tickets?state=open")
        #expect(response.status.code == 303)
        #expect(response.fields["location"] == "/sign-in?next=%2Ftickets%3Fstate%3Dopen")
        #expect(web.asked.all.isEmpty)
    }

    @Test func `a session that has ended is dropped`() async throws {
        let response = try await web.send(.get, "/tickets", [("Cookie", "__Host-fitech-session=clinic.old")])
        #expect(response.status.code == 303)
        #expect(response.fields.values("set-cookie").contains { $0.hasPrefix("__Host-fitech-session=; Path=/; Max-Age=0") })
    }

    @Test func `a page is one procedure call, escaped, and carries every protecting field`() async throws {
        let response = try await web.send(.get, "/tickets", [TestWeb.cookie])
        #expect(response.status.code == 200 && web.asked.all.map(\.name) == ["tickets.list"])
        #expect(!response.text.contains("<script>alert") && response.text.contains("&lt;script&gt;alert(&#39;x&#39;)") && response.text.contains("Ana &lt;b&gt;Admin"))
        let policy = try #require(response.fields["content-security-policy"])
        for part in ["default-src 'none'", "style-src 'self'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            #expect(policy.contains(part))
        }
        #expect(response.fields["x-content-type-options"] == "nosniff" && response.fields["cache-control"] == "no-store")
        for name in ["referrer-policy", "permissions-policy", "cross-origin-opener-policy"] { #expect(response.fields[name] != nil, "\(name)") }
    }

    @Test func `signing in sets a cookie of the host alone and goes nowhere else`() async throws {
        let page = try await web.send(.get, "/sign-in?next=//evil.example")
        let cookie = try #require(page.fields.values("set-cookie").first { $0.hasPrefix("__Host-fitech-form=") })
        #expect(cookie.contains("Secure; HttpOnly; SameSite=Lax"))
        let key = String(cookie.prefix { $0 != ";" }.dropFirst("__Host-fitech-form=".count))
        let body = "email=a&password=right&next=//evil.example&form_token=\(WebRequest.formToken(of: key))"
        let response = try await web.send(.post, "/sign-in", [("Cookie", "__Host-fitech-form=\(key)"), TestWeb.form, TestWeb.origin], body)
        #expect(response.status.code == 303 && response.fields["location"] == "/")
        #expect(response.fields.values("set-cookie").contains("__Host-fitech-session=\(FakeData.session); Path=/; Secure; HttpOnly; SameSite=Lax"))
        let sent = try CompactCodec.decode(SignIn.self, from: try #require(web.asked.last("sessions.sign-in")).body)
        #expect(sent.address == "192.0.2.1")
        let wrong = try await web.send(.post, "/sign-in", [("Cookie", "__Host-fitech-form=\(key)"), TestWeb.form], body.replacing("right", with: "w<rong"))
        #expect(wrong.status.code == 401 && wrong.text.contains("E-mail or password is wrong") && !wrong.text.contains("w<rong") && !wrong.text.contains("w&lt;rong"))
    }

    @Test(arguments: ["/a/b?c=d#e", "/"]) func `a path of ours may follow the sign-in`(path: String) { #expect(LocalPath.safe(path) == path) }

    @Test(arguments: ["//evil", "/\\evil", "https://evil", "javascript:alert(1)", "/a\r\nSet-Cookie: x", "", "evil", "/\u{e9}"])
    func `anything else does not`(path: String) { #expect(LocalPath.safe(path) == "/") }

    @Test func `a form without its token, with another session's or from another site changes nothing`() async throws {
        let other = "form_token=\(WebRequest.formToken(of: "other"))"
        for (fields, body) in [
            ([TestWeb.cookie, TestWeb.form, TestWeb.origin], "title=x&body=y"),
            ([TestWeb.cookie, TestWeb.form, TestWeb.origin], "title=x&body=y&\(other)"),
            ([TestWeb.cookie, TestWeb.form, ("Origin", "https://evil.example")], "title=x&body=y&\(TestWeb.token)"),
            ([TestWeb.cookie, TestWeb.form, ("Origin", "null")], "title=x&body=y&\(TestWeb.token)"),
            ([TestWeb.cookie, TestWeb.form, ("Sec-Fetch-Site", "cross-site")], "title=x&body=y&\(TestWeb.token)"),
            ([TestWeb.form, TestWeb.origin], "title=x&body=y&\(TestWeb.token)"),
        ] {
            let response = try await web.send(.post, "/tickets/new", fields, body)
            #expect(response.status.code == 403, "\(body)")
        }
        #expect(web.asked.last("tickets.open") == nil)
    }

    @Test func `a good form takes effect under the balancer's replay id and answers elsewhere`() async throws {
        let response = try await web.send(.post, "/tickets/new", [TestWeb.cookie, TestWeb.form, TestWeb.origin, ("Fitech-Replay-Id", "r-9")], "title=x&body=y&\(TestWeb.token)")
        #expect(response.status.code == 303 && response.fields["location"] == "/tickets/77")
        #expect(web.asked.last("tickets.open")?.replay == "r-9" && web.asked.last("tickets.open")?.session == FakeData.session)
    }

    @Test func `a refused form comes back with what was typed and what is wrong`() async throws {
        let response = try await web.send(.post, "/tickets/new", [TestWeb.cookie, TestWeb.form, TestWeb.origin], "title=&body=keep+%3Cthis%3E&\(TestWeb.token)")
        #expect(response.status.code == 422)
        for part in ["The title is empty.", "keep &lt;this&gt;", "aria-invalid=\"true\"", "href=\"#f-title\""] { #expect(response.text.contains(part), "\(part)") }
    }

    @Test(arguments: [
        ("GET", "/nothing/here", 404), ("POST", "/subjects", 405), ("GET", "/tickets/5", 404), ("GET", "/subjects", 507), ("GET", "/%ff", 400), ("GET", "/tickets?search=%zz", 400),
        ("GET", "/healthz", 404), ("GET", "/metrics", 404),
    ])
    func `what cannot be done is a page that helps and names the request`(method: String, target: String, status: Int) async throws {
        let response = try await web.send(HTTPMethod(method), target, [TestWeb.cookie, TestWeb.origin])
        #expect(response.status.code == status && response.fields["content-type"]?.hasPrefix("text/html") == true && response.text.contains("req-1"))
        #expect((status == 405) == (response.fields["allow"] != nil))
        #expect(response.fields["content-security-policy"] != nil)
    }

    @Test func `a malformed form says what is wrong with it`() async throws {
        for (type, body, status) in [("text/plain", "x", 415), ("application/x-www-form-urlencoded", "a=%zz", 400), ("multipart/form-data; boundary=B", "--B\r\n", 400)] {
            #expect(try await web.send(.post, "/tickets/new", [TestWeb.cookie, TestWeb.origin, ("Content-Type", type)], body).status.code == status)
        }
        let large = "title=x&\(TestWeb.token)&body=" + String(repeating: "x", count: 300_000)
        #expect(try await web.send(.post, "/tickets/new", [TestWeb.cookie, TestWeb.origin, TestWeb.form], large).status.code == 413)
    }

    @Test func `assets live for ever under names of their content, and pages link to them`() async throws {
        let page = try await web.send(.get, "/sign-in").text
        let path = try #require(page.split(separator: "\"").first { $0.hasPrefix("/assets/app.") && $0.hasSuffix(".css") })
        let asset = try await web.send(.get, String(path))
        #expect(asset.status.code == 200 && asset.fields["cache-control"]?.contains("immutable") == true && asset.fields["content-type"] == "text/css; charset=utf-8")
    }

    @Test func `assets come compressed, in parts, or not at all when the browser has them (RFC 9110 8.4, 13, 14)`() async throws {
        let path = Assets.stylesheet.path
        let packed = try await web.send(.get, path, [("Accept-Encoding", "gzip, br")])
        #expect(packed.fields["content-encoding"] == "gzip" && packed.fields["vary"] == "Accept-Encoding")
        #expect(Gzip.decompress(packed.body, limit: 1 << 20) == Assets.stylesheet.bytes)
        let tag = try #require(packed.fields["etag"])
        #expect(try await web.send(.get, path, [("Accept-Encoding", "gzip"), ("If-None-Match", tag)]).status == .notModified)
        let part = try await web.send(.get, path, [("Range", "bytes=0-9")])
        #expect(part.status == .partialContent && part.body == Array(Assets.stylesheet.bytes.prefix(10)))
        #expect(try await web.send(.head, path).body.isEmpty)
    }

    @Test func `a page is never compressed: it holds a form token beside what others may have put into the address (BREACH)`() async throws {
        for fields: [(String, String)] in [[], [TestWeb.cookie]] {
            let page = try await web.send(.get, "/sign-in", fields + [("Accept-Encoding", "gzip")])
            #expect(!page.fields.contains("content-encoding"))
        }
    }

    @Test func `the choice of colours needs neither a session nor a script`() async throws {
        let key = "0123456789012345678901234567890123456789"
        let response = try await web.send(.post, "/preferences", [("Cookie", "__Host-fitech-form=\(key)"), TestWeb.form], "theme=dark&next=/sign-in&form_token=\(WebRequest.formToken(of: key))")
        #expect(response.fields["location"] == "/sign-in" && response.fields.values("set-cookie").contains { $0.hasPrefix("__Host-fitech-theme=dark;") })
        #expect(try await web.send(.get, "/sign-in", [("Cookie", "__Host-fitech-theme=dark")]).text.contains("data-theme=\"dark\""))
    }

    @Test func `signing out ends the session and forgets the cookie`() async throws {
        let response = try await web.send(.post, "/sign-out", [TestWeb.cookie, TestWeb.form, TestWeb.origin], TestWeb.token)
        #expect(response.fields["location"] == "/signed-out" && web.asked.last("sessions.sign-out")?.session == FakeData.session)
        #expect(response.fields.values("set-cookie").contains { $0.hasPrefix("__Host-fitech-session=; Path=/; Max-Age=0") })
    }

    @Test func `the audit log is a page, and a file of all its pages that no spreadsheet runs`() async throws {
        let page = try await web.send(.get, "/audit?who=a%40b.example&from=2026-11-01", [TestWeb.cookie])
        #expect(page.status.code == 200 && page.text.contains("Audit log") && !page.text.contains("<script>alert"))
        let asked = try CompactCodec.decode(ListAudit.self, from: try #require(web.asked.last(ListAudit.name)).body)
        #expect(asked.who == "a@b.example" && asked.from == CalendarDate(iso8601: "2026-11-01"))
        let file = try await web.send(.get, "/audit.csv?what=signed%20in", [TestWeb.cookie])
        #expect(file.status.code == 200 && file.fields["content-type"] == "text/csv; charset=utf-8")
        #expect(file.fields["content-disposition"] == "attachment; filename=\"audit-clinic.csv\"")
        let lines = file.text.split(separator: "\r\n")
        #expect(lines.count == 3 && lines[1].hasPrefix("2,") && lines[2].hasPrefix("1,") && lines[1].contains("'=cmd()"))
        #expect(try await web.send(.get, "/audit.csv").status.code == 303)
        #expect(try await web.send(.get, "/audit?from=yesterday", [TestWeb.cookie]).status.code == 422)
        let api = try await web.send(.get, "/api/v1/audit?limit=5", [TestWeb.bearer])
        #expect(api.status.code == 200 && api.problem?["next"] == "2" && api.problem?["items"]?.array?.first?["row"] == 2)
    }
}
