// Pages of the community, rich texts as HTML, and the feed.
import Control
import Procedures
import SupportCentre
import Testing
import Wire

@testable import Pages

extension Nasty {
    static var post: Post {
        var post = Post()
        (post.number, post.title, post.body, post.author, post.audience, post.tags) = (3, text, text, text, text, [text, "news"])
        (post.state, post.published, post.comments) = (.published, Timestamp(iso8601: "2026-11-22T02:00:00Z"), 2)
        return post
    }
    static var rich: RichText {
        RichText([
            .heading(1, [.text(text)]), .paragraph([.strong([.text(text)]), .code(text), .lineBreak, .link("https://example.org/\"onmouseover=\"x", [.text(text)]), .link("javascript:alert(1)", [.text(text)])]),
            .quote([.list(first: 2, items: [[.paragraph([.text(text)])], [.code(text), .rule]])]), .table(head: [[.text(text)]], rows: [[[.emphasis([.struck([.text(text)])])]]]),
        ])
    }
    static func view(of person: Person) -> PostView {
        var view = PostView(), own = PostComment(), other = PostComment()
        (own.id, own.name, own.body, own.own, own.editable, own.state) = ("c1", text, text, true, true, .waiting)
        (other.id, other.name, other.body, other.edited) = ("c2", text, text, true)
        (view.post, view.comments, view.alias, view.person, view.editMinutes) = (post, [own, other], text, person, 15)
        return view
    }
    static var communityPages: [(String, HTML)] {
        var list = ListPosts.Answer(), query = ListPosts(), queue = ListModeration.Answer(), item = ModeratedComment()
        (list.items, list.next, list.tags, list.waiting, list.person) = ([post], text, [text], 3, staff)
        (query.tag, query.page.after) = (text, text)
        (item.comment, item.title, item.email, item.customer, item.reasons) = (view(of: staff).comments[1], text, text, text, [text])
        item.comment.id = "c3"
        (queue.items, queue.next, queue.person) = ([item], text, staff)
        return [
            ("posts", PostListPage.html(frame(staff), list, query, leads: [3: text])), ("post", PostPage.html(frame(), view(of: person), rich, entered: entered)),
            ("post of staff", PostPage.html(frame(staff), view(of: staff), rich)), ("write a post", PostFormPage.html(frame(staff), post, markdown: true, zone: "Europe/London", entered: entered)),
            ("moderation", ModerationPage.html(frame(staff), queue)),
        ]
    }
}

struct CommunityPageTests {
    @Test func `a link tells nobody where people came from, and one that is not safe is its words`() {
        let text = HTML.rich(Nasty.rich).text
        #expect(text.contains("<a href=\"https://example.org/&quot;onmouseover=&quot;x\" rel=\"nofollow noopener noreferrer\">") && !text.contains("javascript:"))
        #expect(text.contains("<ol start=\"2\">") && text.contains("<h2>") && !text.contains("<h1>") && !text.contains("<img"))
    }

    @Test func `people can change or take back their own comments, flag others', and only staff hide`() {
        let mine = PostPage.html(Nasty.frame(), Nasty.view(of: Nasty.person), Nasty.rich).text
        #expect(mine.contains("action=\"/community/comments/c1\"") && mine.contains("/community/comments/c2/flag") && !mine.contains("/decision"))
        let staff = PostPage.html(Nasty.frame(Nasty.staff), Nasty.view(of: Nasty.staff), Nasty.rich).text
        #expect(staff.contains("/community/comments/c2/decision") && !staff.contains("c2/flag") && !staff.contains("name=\"alias\""))
    }

    @Test func `a feed has what RFC 4287 asks for, and every text in it is text`() {
        let feed = String(decoding: AtomFeed.xml(
            origin: "https://portal.example", title: "T & \u{1}", posts: [(Nasty.post, Nasty.rich)], now: Timestamp(iso8601: "2026-11-23T00:00:00Z")!), as: UTF8.self)
        for part in ["<feed xmlns=\"http://www.w3.org/2005/Atom\"", "<id>https://portal.example/community/</id>", "<updated>2026-11-22T02:00:00", "rel=\"self\"", "<author><name>", "<content type=\"html\">&lt;div class=", "<category term="] {
            #expect(feed.contains(part), "\(part)")
        }
        #expect(!feed.contains("<img") && !feed.contains("\u{1}") && feed.contains("T &amp; \u{FFFD}"))
        let empty = String(decoding: AtomFeed.xml(origin: "https://p", title: "T", posts: [], now: Timestamp(iso8601: "2026-11-23T00:00:00Z")!), as: UTF8.self)
        #expect(empty.contains("<updated>2026-11-23T00:00:00"))
    }
}
