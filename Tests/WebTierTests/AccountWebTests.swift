// Signing in by two steps, being asked again, tokens and people, over the wire of the web tier.
import Control
import Engine
import Procedures
import Testing
import Wire

@testable import WebTier

@Suite struct AccountWebTests {
    let web: TestWeb
    init() throws { web = try TestWeb() }

    private func post(_ path: String, _ body: String, _ fields: [(String, String)] = []) async throws -> HTTPResponse {
        try await web.send(.post, path, [TestWeb.cookie, TestWeb.origin, TestWeb.form] + fields, TestWeb.token + "&" + body)
    }

    @Test(arguments: [("step-code", "/sign-in/code"), ("step-enrolment", "/sign-in/two-step")])
    func `the password leads to the step that has to follow, and keeps where the person wanted to go`(_ email: String, _ path: String) async throws {
        let page = try await web.send(.get, "/sign-in")
        let key = try #require(page.fields.values("set-cookie").first { $0.hasPrefix("__Host-fitech-form=") }?.split(separator: "=")[1].split(separator: ";")[0])
        let response = try await web.send(
            .post, "/sign-in", [("Cookie", "__Host-fitech-form=\(key)"), TestWeb.origin, TestWeb.form, ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko Firefox/130.0")],
            "form_token=\(WebRequest.formToken(of: String(key)))&email=\(email)&password=right&next=/tickets")
        #expect(response.fields["location"] == path + "?next=%2Ftickets")
        #expect(try CompactCodec.decode(SignIn.self, from: try #require(web.asked.last(SignIn.name)).body).device == "Firefox on Linux")
    }

    @Test func `a code finishes signing in with a new cookie; a wrong one is told and not repeated`() async throws {
        let right = try await post("/sign-in/code", "code=123456&next=/tickets")
        #expect(right.fields["location"] == "/tickets" && right.fields.values("set-cookie").contains { $0.hasPrefix("__Host-fitech-session=") })
        let wrong = try await post("/sign-in/code", "code=654321&next=//evil.example")
        #expect(wrong.status.code == 422 && wrong.text.contains("This code is wrong") && !wrong.text.contains("654321") && !wrong.text.contains("evil"))
    }

    @Test func `who has not finished signing in is led to the step from wherever they go`() async throws {
        let response = try await post("/account/two-step/codes", "", [("Referer", "https://portal.example/account")])
        #expect(response.fields["location"] == "/sign-in/code?next=%2Faccount")
    }

    @Test func `what is sensitive leads to being asked again and back to its page; another site's page is no way back`() async throws {
        let response = try await post("/people/policy", "two_step=required", [("Referer", "https://portal.example/people")])
        #expect(response.status.code == 303 && response.fields["location"] == "/account/confirm?next=%2Fpeople")
        #expect(try await post("/people/policy", "two_step=required", [("Referer", "https://evil.example/x")]).fields["location"] == "/account/confirm")
        let confirmed = try await post("/account/confirm", "confirm=123456&next=/people")
        #expect(confirmed.fields["location"] == "/people" && confirmed.fields.values("set-cookie").contains { $0.hasPrefix("__Host-fitech-session=") && $0.contains("HttpOnly") && $0.contains("Secure") })
    }

    @Test func `a token's form that is asked for proof keeps what was typed and asks for the proof`() async throws {
        let response = try await post("/account/tokens/new", "name=Scales&days=365&scope=all")
        #expect(response.status.code == 403 && response.text.contains("Scales") && response.text.contains("name=\"confirm\""))
    }

    @Test func `a token is shown once, in no address, with the areas that were chosen`() async throws {
        let response = try await post("/account/tokens/new", "name=Scales&days=90&scope=areas&area-tickets=write&area-subjects=read&area-audit=&confirm=123456")
        #expect(response.status.code == 201 && response.text.contains("clinic.secret") && response.fields["location"] == nil && response.fields["cache-control"] == "no-store")
        #expect(try CompactCodec.decode(MakeToken.self, from: try #require(web.asked.last(MakeToken.name)).body).scope == "subjects:read tickets:write")
        #expect(web.asked.last(ConfirmIdentity.name) != nil)
    }

    @Test func `setting up shows the secret as text and as a picture without a style, and its codes once`() async throws {
        let page = try await post("/account/two-step", "")
        #expect(page.text.contains("GEZD GNBV GY3T QOJQ") && page.text.contains("class=\"qr\"") && !page.text.contains("otpauth:"))
        let done = try await post("/account/two-step/confirm", "code=123456")
        #expect(done.text.contains("abcd-efgh-jklm-npqr") && done.fields.values("set-cookie").contains { $0.hasPrefix("__Host-fitech-session=") })
        // Opening the page makes nothing yet.
        let before = web.asked.all.count { $0.name == BeginTwoStep.name }
        _ = try await web.send(.get, "/account/two-step", [TestWeb.cookie])
        #expect(web.asked.all.count { $0.name == BeginTwoStep.name } == before)
    }

    @Test(arguments: ["/people/policy", "/people/p1/suspend", "/people/p1/withdraw", "/people/p1/two-step", "/people/p1/change", "/account/sessions/end", "/account/tokens/new", "/account/tokens/revoke", "/account/two-step", "/account/two-step/confirm", "/account/two-step/end", "/account/two-step/codes", "/account/confirm", "/sign-in/code", "/passkeys/question", "/sign-in/passkey", "/sign-in/code/passkey", "/account/confirm/passkey", "/account/passkeys/new", "/account/passkeys/k1/rename", "/account/passkeys/k1/remove"])
    func `no form is taken without its token or from another site`(_ path: String) async throws {
        #expect(try await web.send(.post, path, [TestWeb.cookie, TestWeb.origin, TestWeb.form], "id=x").status.code == 403)
        #expect(try await web.send(.post, path, [TestWeb.cookie, ("Origin", "https://evil.example"), TestWeb.form], TestWeb.token).status.code == 403)
    }

    @Test func `people are listed with filters and where to go on`() async throws {
        let response = try await web.send(.get, "/api/v1/people?state=suspended&role=operator&search=bo&limit=5", [TestWeb.bearer])
        #expect(response.status.code == 200 && response.problem?["next"] == "bmV4dA" && response.problem?["items"]?.array?.first?["state"] == "suspended")
        let call = try CompactCodec.decode(ListPeople.self, from: try #require(web.asked.last(ListPeople.name)).body)
        #expect(call.role == .operator && call.search == "bo" && call.page.limit == 5)
        #expect(try await web.send(.get, "/api/v1/people?role=king", [TestWeb.bearer]).status.code == 400)
        #expect(try await web.send(.get, "/people?with=operator&state=nonsense", [TestWeb.cookie]).status.code == 200)
    }

    @Test func `the API signs in by two steps, too, and says which comes next`() async throws {
        let half = try await web.send(.post, "/api/v1/sign-in", [TestWeb.json], #"{"email":"step-code","password":"right"}"#)
        #expect(half.status.code == 200 && half.problem?["step"] == "code")
        #expect(try await web.send(.post, "/api/v1/sign-in", [TestWeb.json], #"{"email":"a","password":"right","device":"x"}"#).status.code == 422)
        let whole = try await web.send(.post, "/api/v1/sign-in/code", [TestWeb.cookie, TestWeb.origin, TestWeb.json], #"{"code":"123456"}"#)
        #expect(whole.status.code == 200 && whole.problem?["step"] == JSON.null && whole.fields.values("set-cookie").contains { $0.hasPrefix("__Host-fitech-session=") })
        let made = try await web.send(.post, "/api/v1/me/tokens", [TestWeb.bearer, TestWeb.json], #"{"name":"Scales","scope":"tickets:read"}"#)
        #expect(made.status.code == 201 && made.problem?["token"] == "clinic.secret" && made.problem?["scope"] == "tickets:read")
        #expect(try await web.send(.put, "/api/v1/organisation/two-step", [TestWeb.bearer, TestWeb.json], #"{"required":true}"#).problem?["code"] == "confirm-identity")
    }
}
