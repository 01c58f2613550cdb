// The community: posts, comments, their moderation, and the feed.
import Documents
import Engine
import Pages
import ProcedureClient
import Procedures
import SupportCentre
import Wire

extension WebHandler {
    func addCommunity() {
        page("/community") { request throws(Failure) in
            let query = try request.query()
            var call = ListPosts()
            (call.tag, call.state) = (query.text("tag"), query.text("state").flatMap(Post.State.init))
            call.page = Page(after: query.text("after"), limit: 20)
            let answer = try await request.ask(call)
            return request.html(PostListPage.html(request.frame("Community", .community, request.viewer(answer.person)), answer, call, leads: Self.leads(answer.items)))
        }
        page("/community/new") { request throws(Failure) in
            let viewer = try await request.viewer()
            return request.html(PostFormPage.html(request.frame("Write a post", .community, viewer), nil, markdown: MarkdownText.isOffered, zone: viewer.person.zone))
        }
        form("/community/new") { request, form throws(Failure) in try await Self.savePost(request, form, nil) }
        page("/community/moderation") { request throws(Failure) in
            var call = ListModeration()
            call.page = Page(after: try request.query().text("after"), limit: 20)
            let answer = try await request.ask(call)
            return request.html(ModerationPage.html(request.frame("Comments to check", .community, request.viewer(answer.person)), answer))
        }
        page("/community/{number}") { request throws(Failure) in try await Self.showPost(request, try Self.post(request), .nothing, status: 200) }
        page("/community/{number}/edit") { request throws(Failure) in
            let view = try await request.ask(Self.show(try Self.post(request)))
            return request.html(PostFormPage.html(request.frame("Edit a post", .community, request.viewer(view.person)), view.post, markdown: MarkdownText.isOffered, zone: view.person.zone))
        }
        form("/community/{number}/edit") { request, form throws(Failure) in try await Self.savePost(request, form, try Self.post(request)) }
        form("/community/{number}/comments") { request, form throws(Failure) in
            var call = CommentOnPost()
            (call.number, call.body, call.alias) = (try Self.post(request), form["body"] ?? "", form.text("alias"))
            do throws(Failure) {
                let comment = try await request.ask(call)
                return request.redirect("/community/\(call.number)", notice: comment.state == .waiting ? .commentWaits : .commentShown)
            } catch {
                guard error.belongsToForm else { throw error }
                return try await Self.showPost(request, call.number, Entered(form, error), status: error.status)
            }
        }
        form("/community/comments/{id}") { request, form throws(Failure) in
            var call = EditComment()
            (call.id, call.body, call.withdraw) = (request.parameter("id"), form["body"] ?? "", form["withdraw"] == nil ? nil : true)
            return try await Self.answer(request, form, call, call.withdraw == true ? .commentWithdrawn : .commentSaved)
        }
        form("/community/comments/{id}/flag") { request, form throws(Failure) in
            var call = FlagComment()
            (call.id, call.reason) = (request.parameter("id"), form["reason"] ?? "")
            return try await Self.answer(request, form, call, .commentFlagged)
        }
        form("/community/comments/{id}/decision") { request, form throws(Failure) in
            var call = ModerateComment()
            guard let decision = form["decision"].flatMap(ModerateComment.Decision.init) else { throw .invalid("It was not said what shall become of the comment.", hint: "Let it through or hide it.") }
            (call.id, call.decision) = (request.parameter("id"), decision)
            return try await Self.answer(request, form, call, .commentDecided, else: "/community/moderation")
        }
        router.on(.get, "/community/feed.atom") { [unowned self] exchange in
            let request = WebRequest(exchange, self)
            do throws(Failure) {
                let feed = try await Self.feed(request)
                await exchange.respond(request.secured(.bytes(feed, type: AtomFeed.mediaType), html: false))
            } catch { await exchange.respond(request.secured(.problem(error, requestID: request.requestID), html: false)) }
        }
    }

    // MARK: Reading

    /// The beginning of each post's words. A list holds the first characters of each text, so what the cut left of a sign is left out with the last word.
    private static func leads(_ posts: [Post]) -> [Int: String] {
        var leads: [Int: String] = [:]
        for post in posts {
            let words = MarkdownText.read(post.body).words
            let cut = words.count > 240 || post.body.count >= 400
            leads[post.number] = cut ? String(words.prefix(240).reversed().drop { !$0.isWhitespace }.reversed()) + "…" : words
        }
        return leads
    }

    private static func post(_ request: WebRequest) throws(Failure) -> Int {
        guard let number = Int(request.parameter("number")) else { throw .notFound("post") }
        return number
    }

    private static func show(_ number: Int) -> ShowPost {
        var call = ShowPost()
        call.number = number
        return call
    }

    private static func showPost(_ request: WebRequest, _ number: Int, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let view = try await request.ask(show(number))
        return request.html(PostPage.html(request.frame(view.post.title, .community, request.viewer(view.person)), view, MarkdownText.read(view.post.body), entered: entered), status: status)
    }

    /// The newest 20, whole. Feed readers have no session: they send a token of the API.
    private static func feed(_ request: WebRequest) async throws(Failure) -> [UInt8] {
        var token = request.session
        if let sent = request.exchange.head.fields["authorization"], sent.lowercased().hasPrefix("bearer ") { token = String(sent.dropFirst(7)) }
        guard let token else { throw .signedOut("The feed is for people of this portal.") }
        var list = ListPosts()
        list.page.limit = 20
        let answer = try await request.handler.procedures.call(list, session: token, requestID: request.requestID, replay: nil)
        var posts: [(post: Post, text: RichText)] = []
        for item in answer.items {
            let view = try await request.handler.procedures.call(show(item.number), session: token, requestID: request.requestID, replay: nil)
            posts.append((view.post, MarkdownText.read(view.post.body)))
        }
        return AtomFeed.xml(origin: request.origin, title: "Fitech community", posts: posts, now: .now)
    }

    // MARK: Writing

    private static func savePost(_ request: WebRequest, _ form: Form, _ number: Int?) async throws(Failure) -> HTTPResponse {
        var call = SavePost()
        (call.number, call.title, call.body, call.tags) = (number, form.text("title") ?? "", form["body"] ?? "", form["tags"] ?? "")
        (call.audience, call.open, call.version) = (form.text("audience"), form["open"] != nil, form["version"].flatMap { Int($0) })
        let publish = form["publish"] ?? "draft"
        call.publish = publish == "at" ? form["at"] ?? "" : publish == "keep" ? "now" : publish
        do throws(Failure) {
            if publish == "at", call.publish.isEmpty { throw .unacceptable([.init(field: "at", reason: "The time is missing.", hint: "Choose a time, or publish it now.")]) }
            let post = try await request.ask(call)
            return request.redirect("/community/\(post.number)", notice: .postSaved)
        } catch {
            guard error.belongsToForm else { throw error }
            let viewer = try await request.viewer()
            var post: Post?
            if let number { post = try await request.ask(show(number)).post }
            return request.html(
                PostFormPage.html(request.frame("Write a post", .community, viewer), post, markdown: MarkdownText.isOffered, zone: viewer.person.zone, entered: Entered(form, error)), status: error.status)
        }
    }

    /// One step on a comment; then back to where it was taken.
    private static func answer<P: Procedure>(_ request: WebRequest, _ form: Form, _ call: P, _ notice: NoticeCode, else place: String = "/community") async throws(Failure) -> HTTPResponse {
        let post = form["post"].flatMap { Int($0) }
        do throws(Failure) {
            _ = try await request.ask(call)
            return request.redirect(post.map { "/community/\($0)" } ?? place, notice: notice)
        } catch {
            guard error.belongsToForm, let post else { throw error }
            return try await showPost(request, post, Entered(Form(fields: []), error), status: error.status)
        }
    }
}
