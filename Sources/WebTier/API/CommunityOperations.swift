// Operations of the API: posts, comments and their moderation.
import Engine
import Procedures
import SupportCentre
import Wire

extension APIRoute {
    static func community() -> [APIRoute] {
        let filters = [
            Parameter(name: "tag", what: "Posts with this tag only."),
            Parameter(name: "state", what: "For staff: drafts or what is scheduled; without it what is published.", schema: ["type": "string", "enum": .array(Post.State.allCases.map { .string($0.rawValue) })]),
        ]
        return [
            APIRoute(.get, "/posts", tag: "Community", "The posts this person may read, newest first, each with the beginning of its text (Markdown).", query: paging + filters, answer: RecordSchema.of(Listing<Post>.self), whole: .posts) { api throws(Failure) in
                var call = ListPosts()
                (call.page, call.tag, call.state) = (try api.page(), api.query.text("tag"), try api.word("state"))
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(.post, "/posts", tag: "Community", "Writes a post.", body: .json(schema(SavePost.self, without: ["number", "version"], optional: ["tags", "publish"])), status: 201, answer: RecordSchema.of(Post.self)) { api throws(Failure) in
                let post = try await api.call(try await api.read(SavePost.self, complete: complete))
                return APIAnswer(post, location: "/posts/\(post.number)")
            },
            APIRoute(.get, "/posts/{number}", tag: "Community", "One post, whole.", answer: RecordSchema.of(Post.self)) { api throws(Failure) in APIAnswer(try await view(api).post) },
            APIRoute(.put, "/posts/{number}", tag: "Community", "Writes a post anew.", body: .json(schema(SavePost.self, without: ["number"], optional: ["tags", "publish"])), answer: RecordSchema.of(Post.self)) { api throws(Failure) in
                APIAnswer(try await api.call(try await api.read(SavePost.self, path: [("number", .integer(Int64(try number(api))))], complete: complete)))
            },
            APIRoute(.get, "/posts/{number}/comments", tag: "Community", "The comments this person sees, oldest first.", answer: RecordSchema.of(Listing<PostComment>.self)) { api throws(Failure) in
                APIAnswer(Listing(try await view(api).comments))
            },
            APIRoute(
                .post, "/posts/{number}/comments", tag: "Community", "Comments on a post, shown by the `alias` this person chose; the first comment needs one.",
                body: .json(schema(CommentOnPost.self, without: ["number"])), status: 201, answer: RecordSchema.of(PostComment.self)
            ) { api throws(Failure) in
                let number = try number(api)
                let comment = try await api.call(try await api.read(CommentOnPost.self, path: [("number", .integer(Int64(number)))]))
                return APIAnswer(comment, location: "/posts/\(number)/comments")
            },
            APIRoute(.patch, "/comments/{id}", tag: "Community", "Changes one's own comment within its time, or takes it back with `withdraw`.", body: .json(schema(EditComment.self, without: ["id"], optional: ["body"])), answer: RecordSchema.of(PostComment.self)) { api throws(Failure) in
                APIAnswer(try await api.call(try await api.read(EditComment.self, path: [("id", .string(api.parameter("id")))]) { members in if !members.contains(where: { $0.0 == "body" }) { members.append(("body", "")) } }))
            },
            APIRoute(.post, "/comments/{id}/flags", tag: "Community", "Tells staff of a comment.", body: .json(schema(FlagComment.self, without: ["id"])), answer: RecordSchema.of(Done.self)) { api throws(Failure) in
                APIAnswer(try await api.call(try await api.read(FlagComment.self, path: [("id", .string(api.parameter("id")))])))
            },
            APIRoute(.get, "/moderation", tag: "Community", "For staff: comments that wait, oldest first.", query: paging, answer: RecordSchema.of(Listing<ModeratedComment>.self), whole: .moderation) { api throws(Failure) in
                var call = ListModeration()
                call.page = try api.page()
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.items, next: answer.next))
            },
            APIRoute(.post, "/comments/{id}/decision", tag: "Community", "For staff: lets a comment through or hides it.", body: .json(schema(ModerateComment.self, without: ["id"])), answer: RecordSchema.of(Done.self)) { api throws(Failure) in
                APIAnswer(try await api.call(try await api.read(ModerateComment.self, path: [("id", .string(api.parameter("id")))])))
            },
        ]
    }

    /// What may be left out of a post.
    private static func complete(_ members: inout [(String, JSON)]) {
        for (name, value) in [("tags", ""), ("publish", "draft")] where !members.contains(where: { $0.0 == name }) { members.append((name, .string(value))) }
    }

    private static func number(_ api: APIRequest) throws(Failure) -> Int {
        try api.number("number", of: "post")
    }

    private static func view(_ api: APIRequest) async throws(Failure) -> PostView {
        var call = ShowPost()
        call.number = try number(api)
        return try await api.call(call)
    }
}
