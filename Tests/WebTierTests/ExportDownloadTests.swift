// Downloads of exports: whole, in parts, resumed, and never with bytes of another file.
import Control
import Engine
import Nodes
import Procedures
import Testing
import Wire

@testable import WebTier

@Suite(.serialized) struct ExportDownloadTests {
    private let web: TestWeb
    init() throws { web = try TestWeb() }

    private static let target = "/exports/e1/file"
    private var whole: [UInt8] { FakeData.exportBytes }

    @Test func `the whole comes with its length, its tag and its digest, as an attachment`() async throws {
        let response = try await web.send(.get, Self.target, [TestWeb.cookie])
        #expect(response.status.code == 200 && response.body == whole)
        #expect(response.fields["content-type"] == "application/x-tar" && response.fields["accept-ranges"] == "bytes")
        #expect(response.fields["content-disposition"] == "attachment; filename=\"clinic.tar\"" && response.fields["cache-control"] == "no-store")
        #expect(response.fields["etag"] == "\"\(FakeData.exportFile.sha256)\"" && response.fields["repr-digest"]?.hasPrefix("sha-256=:") == true)
        let head = try await web.send(.head, Self.target, [TestWeb.cookie])
        #expect(head.status.code == 200 && head.body.isEmpty && head.fields["content-length"] == "\(whole.count)")
    }

    @Test func `a broken download goes on where it stopped, by page and by API`() async throws {
        let tag = "\"\(FakeData.exportFile.sha256)\""
        for (target, who) in [(Self.target, TestWeb.cookie), ("/api/v1/exports/e1/file", TestWeb.bearer), ("/exports/links/clinic.good", ("Accept", "*/*"))] {
            let rest = try await web.send(.get, target, [who, ("Range", "bytes=70000-"), ("If-Range", tag)])
            #expect(rest.status.code == 206 && rest.body == Array(whole[70_000...]), "\(target)")
            #expect(rest.fields["content-range"] == "bytes 70000-\(whole.count - 1)/\(whole.count)")
            let asked = try #require(web.asked.all.last { $0.name.hasPrefix("exports.open") })
            #expect(String(decoding: asked.body, as: UTF8.self).contains("bytes=70000-"), "the audit is told which part")
        }
        let last = try await web.send(.get, Self.target, [TestWeb.cookie, ("Range", "bytes=-5")])
        #expect(last.status.code == 206 && last.body == Array(whole.suffix(5)))
    }

    @Test func `of another file than the one begun the whole is sent, and what lies beyond the end is refused`() async throws {
        let other = try await web.send(.get, Self.target, [TestWeb.cookie, ("Range", "bytes=70000-"), ("If-Range", "\"another\"")])
        #expect(other.status.code == 200 && other.body.count == whole.count)
        let beyond = try await web.send(.get, Self.target, [TestWeb.cookie, ("Range", "bytes=\(whole.count)-")])
        #expect(beyond.status.code == 416 && beyond.fields["content-range"] == "bytes */\(whole.count)")
        let several = try await web.send(.get, Self.target, [TestWeb.cookie, ("Range", "bytes=0-1,5-6")])
        #expect(several.status.code == 200 && several.body.count == whole.count)
        let known = try await web.send(.get, Self.target, [TestWeb.cookie, ("If-None-Match", "\"\(FakeData.exportFile.sha256)\"")])
        #expect(known.status.code == 304 && known.body.isEmpty)
    }

    @Test func `a wrong link is not found, and without a session one is sent to sign in`() async throws {
        #expect(try await web.send(.get, "/exports/links/clinic.bad").status.code == 404)
        let out = try await web.send(.get, Self.target)
        #expect(out.status.code == 303 && out.fields["location"]?.hasPrefix("/sign-in") == true)
        #expect(try await web.send(.get, "/api/v1/exports/e1/file").status.code == 401)
    }

    @Test func `the page shows how far each export is and what can be done with it`() async throws {
        let page = try await web.send(.get, "/exports", [TestWeb.cookie]).text
        #expect(page.contains("<progress max=\"100\" value=\"40\"") && page.contains("40 %, packing") && page.contains("data-live=\"1000\""))
        #expect(page.contains("href=\"/exports/e1/file\"") && page.contains("No room &lt;b&gt;") && !page.contains("No room <b>"))
        let made = try await web.send(.post, "/exports/e1/link", [TestWeb.cookie, TestWeb.origin, TestWeb.form], "form_token=\(WebRequest.formToken(of: FakeData.session))")
        #expect(made.status.code == 200 && made.text.contains("https://portal.example/exports/links/clinic.good"))
        let asked = try await web.send(.post, "/exports", [TestWeb.cookie, TestWeb.origin, TestWeb.form], "fresh=yes&form_token=\(WebRequest.formToken(of: FakeData.session))")
        #expect(asked.status.code == 303 && asked.fields["location"] == "/exports")
        let call = try CompactCodec.decode(AskExport.self, from: try #require(web.asked.last(AskExport.name)).body)
        #expect(call.fresh == true && call.origin == "https://portal.example" && call.customer == nil)
        #expect(try await web.send(.post, "/exports", [TestWeb.cookie, TestWeb.form], "fresh=yes").status.code == 403)
    }
}
