// Passkeys over the wire of the web tier: what the script is told, what comes of what it sends, and where they are not offered.
import Control
import Engine
import Passkeys
import Procedures
import Testing
import Wire

@testable import WebTier

#if PASSKEYS
@Suite struct PasskeyWebTests {
    let web: TestWeb
    init() throws { web = try TestWeb() }

    private static let answer = "credential=AQ&client_data=Ag&authenticator_data=Aw&handle=BA&signature="

    private func post(_ path: String, _ body: String, _ fields: [(String, String)] = []) async throws -> HTTPResponse {
        try await web.send(.post, path, [TestWeb.cookie, TestWeb.origin, TestWeb.form] + fields, TestWeb.token + "&" + body)
    }

    @Test func `the script is told the question as JSON, for what it is wanted`() async throws {
        let json = ("Accept", "application/json")
        let signIn = try await post("/passkeys/question", "for=sign-in", [json])
        #expect(signIn.status.code == 200 && signIn.problem?["challenge"] == "AQID" && signIn.problem?["site"] == "portal.example" && signIn.problem?["credentials"] == [])
        #expect(signIn.fields["cache-control"] == "no-store" && signIn.problem?["handle"] == nil)
        #expect(try await post("/passkeys/question", "for=confirm", [json]).problem?["credentials"] == ["AQ"])
        let add = try await post("/passkeys/question", "for=add", [json])
        #expect(add.problem?["handle"] == "CQ" && add.problem?["algorithms"] == [-7, -8, -257] && add.problem?["name"]?.string == FakeData.nasty)
        #expect(try CompactCodec.decode(BeginPasskey.self, from: try #require(web.asked.last(BeginPasskey.name)).body).origin == "https://portal.example")
        #expect(try await post("/passkeys/question", "for=nothing", [json]).problem?["code"] == "invalid")
    }

    @Test func `a passkey signs in with a new cookie and leads on; a wrong one is told on the page, and nothing else is`() async throws {
        let right = try await post("/sign-in/passkey", Self.answer + "Bw&next=/tickets", [("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko Firefox/130.0")])
        #expect(right.status.code == 303 && right.fields["location"] == "/tickets" && right.fields.values("set-cookie").contains { $0.hasPrefix("__Host-fitech-session=") && $0.contains("HttpOnly") })
        let asked = try CompactCodec.decode(SignInByPasskey.self, from: try #require(web.asked.last(SignInByPasskey.name)).body)
        #expect(asked.proof.credential == [1] && asked.proof.clientData == [2] && asked.proof.authenticatorData == [3] && asked.proof.handle == [4] && asked.proof.signature == [7])
        #expect(asked.proof.origin == "https://portal.example" && asked.address == "192.0.2.1" && asked.device == "Firefox on Linux")
        let wrong = try await post("/sign-in/passkey", Self.answer + "CA&next=//evil.example")
        #expect(wrong.status.code == 401 && wrong.text.contains("This passkey opens no account here") && wrong.text.contains("name=\"password\"") && !wrong.text.contains("evil"))
    }

    @Test func `what is too long or no base64url is refused before anybody is asked`() async throws {
        for body in ["signature=!!", "credential=\(String(repeating: "A", count: 2000))", "client_data=\(String(repeating: "A", count: 6000))"] {
            #expect(try await post("/sign-in/passkey", body).status.code == 422)
        }
        #expect(web.asked.last(SignInByPasskey.name) == nil)
    }

    @Test func `it stands in for the code and for the password that is asked again`() async throws {
        #expect(try await post("/sign-in/code/passkey", Self.answer + "Bw&next=/tickets").fields["location"] == "/tickets")
        let half = try await post("/sign-in/code/passkey", Self.answer + "CA")
        #expect(half.status.code == 401 && half.text.contains("opens no account here") && half.text.contains("One more step"))
        let confirmed = try await post("/account/confirm/passkey", Self.answer + "Bw&next=/people")
        #expect(confirmed.fields["location"] == "/people" && confirmed.fields.values("set-cookie").contains { $0.hasPrefix("__Host-fitech-session=") })
        #expect(try await post("/account/confirm/passkey", Self.answer + "CA").text.contains("Is it you?"))
    }

    @Test func `forms of passkeys are hidden until the script shows them, and the rest of their pages stands alone`() async throws {
        for (path, use) in [("/sign-in", "sign-in"), ("/sign-in/code", "code"), ("/account/confirm", "confirm")] {
            let page = try await web.send(.get, path, [TestWeb.cookie]).text
            #expect(page.contains("data-passkey=\"\(use)\" hidden>") && page.contains("<button class=\"button primary"), "\(path)")
        }
    }

    @Test func `where the portal is reached by an address they are not offered, and the account says why`() async throws {
        let host = ("X-Forwarded-Host", "192.0.2.7:8443")
        for path in ["/sign-in", "/sign-in/code", "/account/confirm"] { #expect(!(try await web.send(.get, path, [TestWeb.cookie, host]).text.contains("data-passkey=")), "\(path)") }
        let account = try await web.send(.get, "/account", [TestWeb.cookie, host]).text
        #expect(account.contains("Browsers allow no passkeys at an address like 192.0.2.7.") && !account.contains("/account/passkeys/new"))
        #expect(try await web.send(.get, "/account", [TestWeb.cookie]).text.contains("/account/passkeys/new"))
    }

    @Test func `one's own are added after being asked again, renamed and removed`() async throws {
        #expect(try await web.send(.get, "/account/passkeys/new", [TestWeb.cookie]).fields["location"] == "/account/confirm?next=%2Faccount%2Fpasskeys%2Fnew")
        #expect(try await post("/account/passkeys/new", "name=Phone&client_data=AQ&authenticator_data=Ag").fields["location"] == "/account")
        let asked = try CompactCodec.decode(AddPasskey.self, from: try #require(web.asked.last(AddPasskey.name)).body)
        #expect(asked.name == "Phone" && asked.clientData == [1] && asked.authenticatorData == [2] && asked.origin == "https://portal.example")
        #expect(try await post("/account/passkeys/new", "name=&client_data=AQ&authenticator_data=Ag").status.code == 422)
        let page = try await web.send(.get, "/account/passkeys/k1", [TestWeb.cookie])
        #expect(page.status.code == 200 && page.text.contains("&lt;script&gt;") && !page.text.contains("<script>alert"))
        #expect(try await web.send(.get, "/account/passkeys/other", [TestWeb.cookie]).status.code == 404)
        #expect(try await post("/account/passkeys/k1/rename", "name=Old").fields["location"] == "/account")
        #expect(try await post("/account/passkeys/k1/rename", "name=").text.contains("The name is missing"))
        for id in ["k1", "gone"] { #expect(try await post("/account/passkeys/\(id)/remove", "").fields["location"] == "/account") }
    }

    @Test func `the API lists them without their keys, and removes one`() async throws {
        let list = try await web.send(.get, "/api/v1/me/passkeys", [TestWeb.bearer])
        let item = list.problem?["items"]?.array?.first
        #expect(list.status.code == 200 && item?["id"] == "k1" && Set(item?.object?.map(\.0) ?? []) == ["id", "name", "site", "made", "used"])
        #expect(try await web.send(.delete, "/api/v1/me/passkeys/k1", [TestWeb.bearer]).status.code == 204)
        #expect(try await web.send(.delete, "/api/v1/me/passkeys/k2", [TestWeb.bearer]).status.code == 404)
    }
}
#endif
