// The community over the wire: forms with their token, words kept when refused, the feed by session or bearer token.
import Engine
import Procedures
import Testing
import Wire

@testable import WebTier

@Suite struct CommunityWebTests {
    let web: TestWeb
    init() throws { web = try TestWeb() }

    @Test func `a post is one call, its comments as text`() async throws {
        let response = try await web.send(.get, "/community/3", [TestWeb.cookie])
        #expect(response.status.code == 200 && web.asked.all.map(\.name) == ["posts.show"])
        #expect(!response.text.contains("<script>alert") && response.text.contains("/community/3/comments"))
    }

    @Test func `a comment needs its form's token and keeps what was typed when it is refused`() async throws {
        #expect(try await web.send(.post, "/community/3/comments", [TestWeb.cookie, TestWeb.form], "body=x&alias=Ana").status.code == 403)
        let sent = try await web.send(.post, "/community/3/comments", [TestWeb.cookie, TestWeb.form, TestWeb.origin], "body=Hello&alias=Ana&\(TestWeb.token)")
        #expect(sent.status.code == 303 && sent.fields["location"] == "/community/3")
        let refused = try await web.send(.post, "/community/3/comments", [TestWeb.cookie, TestWeb.form, TestWeb.origin], "body=<typed>&\(TestWeb.token)")
        #expect(refused.status.code == 422 && refused.text.contains("&lt;typed&gt;"))
    }

    @Test func `the feed is for people with a session or a bearer token`() async throws {
        #expect(try await web.send(.get, "/community/feed.atom").status.code == 401)
        for field in [TestWeb.cookie, TestWeb.bearer] {
            let feed = try await web.send(.get, "/community/feed.atom", [field])
            #expect(feed.status.code == 200 && feed.fields["content-type"] == "application/atom+xml; charset=utf-8" && feed.text.contains("<id>https://portal.example/community/posts/3</id>"))
        }
    }

    @Test func `the API writes a post with its place, and a part left out is as it says`() async throws {
        let made = try await web.send(.post, "/api/v1/posts", [TestWeb.bearer, TestWeb.json], #"{"title":"t","body":"b"}"#)
        #expect(made.status.code == 201 && made.fields["location"] == "/api/v1/posts/3")
        let sent = try CompactCodec.decode(SavePost.self, from: try #require(web.asked.last("posts.save")).body)
        #expect(sent.publish == "draft" && sent.number == nil)
        #expect(try await web.send(.get, "/api/v1/posts?state=secret", [TestWeb.bearer]).status.code == 400)
    }
}
