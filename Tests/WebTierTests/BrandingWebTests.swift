// An organisation's look over the wire: the page's policy names the style it carries, forms have their token, the logo is a picture and no more.
import Digests
import Engine
import Procedures
import Testing
import Wire

@testable import WebTier

@Suite struct BrandingWebTests {
    let web: TestWeb
    init() throws { web = try TestWeb() }

    @Test func `a page in an organisation's colour carries that style, and its policy allows it and nothing else`() async throws {
        let page = try await web.send(.get, "/organisation/look", [TestWeb.cookie])
        #expect(page.status == .ok)
        let style = try #require(page.text.split(separator: "<style>").dropFirst().first?.split(separator: "</style>").first)
        let policy = try #require(page.fields["content-security-policy"])
        #expect(policy.contains("style-src 'self' 'sha256-\(Base64.encode(Digest.sha256(Array(style.utf8))))';") && !policy.contains("unsafe"))
        #expect(page.text.contains("<img src=\"/organisation/logo/abc\""))
        // Pages of others are as they were.
        let plain = try await web.send(.get, "/webhooks", [TestWeb.cookie])
        #expect(!plain.text.contains("<style>") && plain.fields["content-security-policy"]?.contains("sha256") == false)
    }

    @Test func `the logo is sent as the picture it is, for this browser to keep`() async throws {
        let logo = try await web.send(.get, "/organisation/logo/abc", [TestWeb.cookie])
        #expect(logo.status == .ok && logo.fields["content-type"] == "image/png" && logo.fields["cache-control"] == "private, max-age=31536000, immutable")
        #expect(logo.fields["x-content-type-options"] == "nosniff" && logo.fields["content-security-policy"]?.contains("default-src 'none'") == true)
        #expect(try await web.send(.get, "/organisation/logo/abc").status.code == 401)
    }

    @Test(arguments: ["/organisation/look", "/organisation/logo", "/organisation/logo/remove"])
    func `no form is taken without its token or from another site`(_ path: String) async throws {
        #expect(try await web.send(.post, path, [TestWeb.cookie, TestWeb.origin, TestWeb.form], "colour=x").status.code == 403)
        #expect(try await web.send(.post, path, [TestWeb.cookie, ("Origin", "https://evil.example"), TestWeb.form], TestWeb.token).status.code == 403)
    }

    @Test func `a refused colour is still in its field, and a form without a picture says so`() async throws {
        let refused = try await web.send(.post, "/organisation/look", [TestWeb.cookie, TestWeb.form, TestWeb.origin], "colour=%3Cblue%3E&\(TestWeb.token)")
        #expect(refused.status.code == 422 && refused.text.contains("&lt;blue&gt;"))
        #expect(try await web.send(.post, "/organisation/logo", [TestWeb.cookie, TestWeb.form, TestWeb.origin], "x=y&\(TestWeb.token)").status.code == 422)
    }

    @Test func `the API sets a logo from bytes alone`() async throws {
        let binary = ("Content-Type", "application/octet-stream")
        #expect(try await web.send(.put, "/api/v1/organisation/logo", [TestWeb.bearer, binary], "PNG").status == .ok)
        #expect(try CompactCodec.decode(SetLogo.self, from: try #require(web.asked.last(SetLogo.name)).body).bytes == Array("PNG".utf8))
        #expect(try await web.send(.put, "/api/v1/organisation/logo", [TestWeb.bearer, binary], "").status.code == 422)
        #expect(try await web.send(.put, "/api/v1/organisation/logo", [TestWeb.bearer, TestWeb.json], "{}").status.code == 415)
    }
}
