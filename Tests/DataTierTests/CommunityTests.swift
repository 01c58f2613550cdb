// The community through the directory: who reads which post, what becomes of comments, and that nobody is shown as more than they chose.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

extension House {
    @discardableResult
    func post(_ title: String, as token: String, _ more: (inout SavePost) -> Void = { _ in }) async throws -> Post {
        var asked = SavePost()
        (asked.title, asked.body, asked.publish) = (title, "Some **words**.", "now")
        more(&asked)
        return try await call(asked, as: token)
    }

    func comment(_ post: Int, _ body: String, as token: String, alias: String? = nil) async throws -> PostComment {
        var asked = CommentOnPost()
        (asked.number, asked.body, asked.alias) = (post, body, alias)
        return try await call(asked, as: token)
    }

    func view(post: Int, as token: String) async throws -> PostView {
        var asked = ShowPost()
        asked.number = post
        return try await call(asked, as: token)
    }

    func decide(_ id: String, _ decision: ModerateComment.Decision, as token: String) async throws {
        var asked = ModerateComment()
        (asked.id, asked.decision) = (id, decision)
        _ = try await call(asked, as: token)
    }

    func titles(of token: String, _ more: (inout ListPosts) -> Void = { _ in }) async throws -> [String] {
        var asked = ListPosts()
        more(&asked)
        return try await call(asked, as: token).items.map(\.title)
    }
}

struct CommunityTests {
    @Test func `a post is read by those it is for, from its time on`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, mine, theirs) = (tokens["staff/support"]!, tokens["clinic/subject"]!, tokens["club/operator"]!)
        let all = try await house.post("For all", as: support) { $0.tags = "news, Advice" }
        let own = try await house.post("For the clinic", as: support) { $0.audience = "clinic" }
        let draft = try await house.post("A draft", as: support) { $0.publish = "draft" }
        let later = try await house.post("Later", as: support) { $0.publish = house.now.adding(.seconds(3600)).iso8601 }
        #expect(all.state == .published && all.tags == ["advice", "news"] && draft.state == .draft && later.state == .scheduled)
        #expect(try await house.titles(of: mine) == ["For the clinic", "For all"])
        #expect(try await house.titles(of: theirs) == ["For all"])
        #expect(try await house.titles(of: mine) { $0.state = .draft } == ["For the clinic", "For all"])
        #expect(try await house.titles(of: support) { $0.state = .draft } == ["A draft"])
        #expect(try await house.titles(of: support) { $0.state = .scheduled } == ["Later"])
        #expect(try await house.titles(of: mine) { $0.tag = "news" } == ["For all"])
        #expect(await failure { _ = try await house.view(post: own.number, as: theirs) }?.status == 404)
        for number in [draft.number, later.number] {
            #expect(await failure { _ = try await house.view(post: number, as: mine) }?.status == 404)
            #expect(await failure { _ = try await house.comment(number, "Early", as: mine, alias: "Bird") }?.status == 404)
        }
        #expect(await failure { _ = try await house.comment(own.number, "Hello", as: theirs, alias: "Bird") }?.status == 404)
        house.now = house.now.adding(.seconds(3601))
        #expect(try await house.titles(of: try await house.signIn("subject@clinic.example")) == ["Later", "For the clinic", "For all"])
        #expect(await failure { _ = try await house.post("x", as: support) { $0.audience = "nobody" } }?.fields.map(\.field) == ["audience"])
        #expect(await failure { _ = try await house.post("x", as: support) { ($0.tags, $0.publish) = ("<b>", "soon") } }?.fields.map(\.field) == ["tags", "publish"])
        var edit = SavePost()
        (edit.number, edit.title, edit.body, edit.publish, edit.version) = (all.number, "For everybody", "x", "now", all.version)
        let edited = try await house.call(edit, as: support)
        #expect(edited.published == all.published && edited.version == 2)
        #expect(await failure { _ = try await house.call(edit, as: support) }?.code == "changed-meanwhile")
        await house.close()
    }

    @Test func `posts come page by page, each once, also those of one moment`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        for number in 0..<7 { try await house.post("Post \(number)", as: tokens["staff/support"]!) }
        var (titles, after): ([String], String?) = ([], nil)
        repeat {
            var asked = ListPosts()
            asked.page = Page(after: after, limit: 2)
            let page = try await house.call(asked, as: tokens["club/subject"]!)
            titles += page.items.map(\.title)
            after = page.next
        } while after != nil && titles.count < 20
        #expect(titles == (0..<7).reversed().map { "Post \($0)" })
        await house.close()
    }

    @Test func `before: a comment is seen by others once staff let it through, by the name its writer chose and no more`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (support, mine, theirs) = (tokens["staff/support"]!, tokens["clinic/operator"]!, tokens["club/operator"]!)
        let post = try await house.post("News", as: support).number
        #expect(await failure { _ = try await house.comment(post, "Hello", as: mine) }?.fields.map(\.field) == ["alias"])
        #expect(await failure { _ = try await house.comment(post, "Hello", as: mine, alias: "operator@clinic.example") }?.fields.map(\.field) == ["alias"])
        let comment = try await house.comment(post, "Hello", as: mine, alias: "Blue Heron")
        #expect(comment.state == .waiting && comment.own && comment.editable)
        #expect(await failure { _ = try await house.comment(post, "Hello", as: mine) }?.code == "written-already")
        #expect(await failure { _ = try await house.comment(post, "Hi", as: theirs, alias: "BLUE-heron") }?.fields.map(\.field) == ["alias"])
        #expect(try await house.view(post: post, as: mine).comments.map(\.id) == [comment.id])
        #expect(try await house.view(post: post, as: theirs).comments.isEmpty)
        let queue = try await house.call(ListModeration(), as: support).items
        #expect(queue.map(\.comment.id) == [comment.id] && queue[0].email == "operator@clinic.example" && queue[0].customer == "clinic")
        try await house.decide(comment.id, .show, as: support)
        let seen = try await house.view(post: post, as: theirs)
        #expect(seen.comments.map(\.name) == ["Blue Heron"] && !seen.comments[0].own && seen.post.comments == 1)
        let bytes = String(decoding: CompactCodec.encode(seen.comments[0]), as: UTF8.self) + JSONCodec.encode(seen.comments[0]).map { String(UnicodeScalar($0)) }.joined()
        #expect(!bytes.contains("clinic") && !bytes.contains("operator"))
        #expect(try await house.call(ListModeration(), as: support).items.isEmpty)
        // Staff are shown as what they are, at once.
        let answer = try await house.comment(post, "Welcome", as: support)
        #expect(answer.byStaff && answer.name == "support" && answer.state == .shown)
        try await house.decide(comment.id, .hide, as: support)
        #expect(try await house.view(post: post, as: mine).comments.map(\.name) == ["support"])
        await house.close()
    }

    @Test func `a comment is changed in its time and by its writer alone; taken back its words are gone`() async throws {
        let house = try await House { $0.community.moderation = .after }
        let tokens = try await house.everybody()
        let (support, mine, theirs) = (tokens["staff/support"]!, tokens["clinic/operator"]!, tokens["club/operator"]!)
        let post = try await house.post("News", as: support).number
        let first = try await house.comment(post, "First", as: mine, alias: "Heron")
        #expect(first.state == .waiting)
        try await house.decide(first.id, .show, as: support)
        let second = try await house.comment(post, "Second", as: mine)
        #expect(second.state == .shown)
        var edit = EditComment()
        (edit.id, edit.body) = (second.id, "Second, better")
        #expect(await failure { _ = try await house.call(edit, as: theirs) }?.status == 403)
        let changed = try await house.call(edit, as: mine)
        #expect(changed.edited && changed.body == "Second, better" && changed.state == .shown)
        edit.body = "http://a http://b http://c"
        #expect(try await house.call(edit, as: mine).state == .waiting)
        house.now = house.now.adding(.seconds(15 * 60))
        #expect(await failure { _ = try await house.call(edit, as: mine) }?.code == "too-late")
        (edit.body, edit.withdraw) = ("", true)
        #expect(try await house.call(edit, as: mine).body.isEmpty)
        #expect(try await house.view(post: post, as: mine).comments.map(\.id) == [first.id])
        #expect(await failure { try await house.decide(second.id, .show, as: support) }?.status == 404)
        await house.close()
    }

    @Test func `flags of several people hide a comment until staff have looked, who then have the last word`() async throws {
        let house = try await House { ($0.community.moderation, $0.community.flagsToHide) = (.after, 2) }
        let tokens = try await house.everybody()
        let (support, mine) = (tokens["staff/support"]!, tokens["clinic/operator"]!)
        let post = try await house.post("News", as: support).number
        let first = try await house.comment(post, "Hello", as: mine, alias: "Heron")
        try await house.decide(first.id, .show, as: support)
        let second = try await house.comment(post, "Something rude", as: mine)
        var flag = FlagComment()
        (flag.id, flag.reason) = (second.id, "rude")
        #expect(await failure { _ = try await house.call(flag, as: mine) }?.status == 409)
        for _ in 0..<3 { _ = try await house.call(flag, as: tokens["club/operator"]!) }
        #expect(try await house.view(post: post, as: tokens["club/subject"]!).comments.count == 2)
        _ = try await house.call(flag, as: tokens["club/subject"]!)
        #expect(try await house.view(post: post, as: tokens["club/subject"]!).comments.count == 1)
        #expect(try await house.call(ListModeration(), as: support).items.map(\.reasons) == [["rude", "rude"]])
        try await house.decide(second.id, .show, as: support)
        for who in ["club/operator", "club/subject", "club/administrator"] { _ = try await house.call(flag, as: tokens[who]!) }
        #expect(try await house.view(post: post, as: tokens["club/subject"]!).comments.count == 2)
        await house.close()
    }

    @Test func `one person writes so many comments an hour and not one more`() async throws {
        let house = try await House { $0.community.commentsPerHour = 3 }
        let tokens = try await house.everybody()
        let (support, mine) = (tokens["staff/support"]!, tokens["clinic/operator"]!)
        let post = try await house.post("News", as: support).number
        for turn in 0..<3 { _ = try await house.comment(post, "Turn \(turn)", as: mine, alias: "Heron") }
        let refused = await failure { _ = try await house.comment(post, "More", as: mine) }
        #expect(refused?.status == 429 && refused?.retryAfter == 3600)
        _ = try await house.comment(post, "Another's", as: tokens["club/operator"]!, alias: "Egret")
        for turn in 0..<5 { _ = try await house.comment(post, "Ours \(turn)", as: support) }
        house.now = house.now.adding(.seconds(3600))
        _ = try await house.comment(post, "More", as: try await house.signIn("operator@clinic.example"))
        await house.close()
    }
}
