// The community: the posts, one post with its comments, writing a post, and what waits for staff.
import Control
import Procedures
import SupportCentre
import Wire

package enum PostListPage {
    /// - Parameter leads: the beginning of each post's words, by number.
    package static func html(_ frame: Frame, _ answer: ListPosts.Answer, _ query: ListPosts, leads: [Int: String]) -> HTML {
        let writes = SavePost.access.admits(answer.person.role)
        let exported: HTML = "\(query.tag.map { "&amp;tag=\(segment: $0)" as HTML })\(query.state.map { "&amp;state=\($0.rawValue)" as HTML })"
        var actions = (answer.items.isEmpty ? [] : [ExportMenu.html(.init("posts", query: exported))]) + [Component.link("Feed", to: "/community/feed.atom", icon: .report)]
        if writes { actions.append(Component.link("Write a post", to: "/community/new", icon: .plus, style: "primary")) }
        let lead: HTML = writes ? "What everybody may read, and what they say to it." : "News, advice and answers, and what others make of them."
        let posts = answer.items.map { item($0, leads[$0.number] ?? "", staff: writes) }
        let nothing = query.tag == nil && query.state == nil
            ? Component.empty(.inbox, "Nothing here yet", "Posts about the service, new measures and good practice will be here.")
            : Component.empty(.search, "Nothing here", "No post fits this filter.", actions: [Component.link("Show all posts", to: "/community")])
        let kept: HTML = "\(query.tag.map { "tag=\(segment: $0)&amp;" as HTML })\(query.state.map { "state=\($0.rawValue)&amp;" as HTML })"
        return Layout.page(frame, """
            \(Component.header("Community", lead: lead, actions: actions))
            \(writes ? tabs(answer, query) : .empty)
            \(answer.tags.isEmpty ? .empty : tags(answer.tags, query))
            \(posts.isEmpty ? nothing : "<div class=\"stack\">\(posts)</div>")
            \(Component.pager(shown: "\(answer.items.count) on this page", first: query.page.after == nil ? nil : "/community", next: answer.next.map { "/community?\(kept)after=\(segment: $0)" }))
            """)
    }

    private static func tabs(_ answer: ListPosts.Answer, _ query: ListPosts) -> HTML {
        func tab(_ name: HTML, _ path: HTML, _ current: Bool) -> HTML { "<li><a href=\"\(path)\"\(" aria-current=\"page\"", if: current)>\(name)</a></li>" }
        let waiting: HTML = answer.waiting > 0 ? "Comments to check <span class=\"figures\">\(answer.waiting)</span>" : "Comments to check"
        return """
            <nav aria-label="Filter"><ul class="tabs">\(tab("Published", "/community", query.state == nil))\(tab("Scheduled", "/community?state=scheduled", query.state == .scheduled))\(tab("Drafts", "/community?state=draft", query.state == .draft))\(tab(waiting, "/community/moderation", false))</ul></nav>
            """
    }

    private static func tags(_ tags: [String], _ query: ListPosts) -> HTML {
        let links = tags.map { tag -> HTML in
            "<li><a class=\"tag\" href=\"/community\(query.tag == tag ? HTML.empty : "?tag=\(segment: tag)")\"\(" aria-current=\"true\"", if: query.tag == tag)>\(tag)</a></li>"
        }
        return "<nav aria-label=\"Tags\"><ul class=\"tags\">\(links)</ul></nav>"
    }

    private static func item(_ post: Post, _ lead: String, staff: Bool) -> HTML {
        "<article class=\"card\"><div class=\"body post\"><h2><a href=\"/community/\(post.number)\">\(post.title)</a></h2>\(PostPage.facts(post, staff: staff))<p>\(lead)</p></div></article>"
    }
}

package enum PostPage {
    package static func html(_ frame: Frame, _ view: PostView, _ text: RichText, entered: Entered = .nothing) -> HTML {
        let post = view.post, staff = SavePost.access.admits(view.person.role)
        let actions = staff ? [Component.link("Edit", to: "/community/\(post.number)/edit")] : []
        let comments = HTML(view.comments.map { comment($0, frame, view) })
        let none: HTML = post.open ? "<p class=\"note\">Nobody has said anything yet.</p>" : .empty
        return Layout.page(frame, """
            \(Component.crumbs([("Community", "/community")], here: post.title))\(Component.header(post.title, lead: facts(post, staff: staff), actions: actions))\(entered.summary)
            \(post.state == .published ? .empty : Component.banner(.info, post.state == .draft ? "<p>This is a draft; only staff see it.</p>" : "<p>Only staff see it until its time comes.</p>"))
            \(Component.card(nil, HTML.rich(text)))
            <section aria-labelledby="comments-title" class="stack"><h2 id="comments-title">Comments</h2>\(view.comments.isEmpty ? none : "<ol class=\"thread\">\(comments)</ol>")
            \(form(frame, view, entered))</section>
            """)
    }

    static func facts(_ post: Post, staff: Bool) -> HTML {
        var parts: [HTML] = [HTML(post.author)]
        if let published = post.published { parts.append(.time(published)) } else { parts.append("Draft") }
        if post.state == .scheduled { parts.append("Scheduled") }
        if staff { parts.append(post.audience.map { "For \($0)" } ?? "For everybody") }
        if post.comments > 0 { parts.append(post.comments == 1 ? "1 comment" : "\(post.comments) comments") }
        let tags = post.tags.map { "<a class=\"tag\" href=\"/community?tag=\(segment: $0)\">\($0)</a>" as HTML }
        return "<span class=\"note\">\(parts.joined(" · "))\(tags.isEmpty ? .empty : " ")\(tags.joined(" "))</span>"
    }

    private static func comment(_ comment: PostComment, _ frame: Frame, _ view: PostView) -> HTML {
        let mark: HTML = comment.byStaff ? "<span>Fitech</span>" : .empty
        let waits: HTML = comment.state == .waiting ? "<span class=\"badge fair\">Waits for support to look at it</span>" : .empty
        let edited: HTML = comment.edited ? " · changed" : .empty
        var means = HTML.empty
        if comment.editable {
            means += """
                <details><summary>Change</summary><form class="form" method="post" action="/community/comments/\(comment.id)">\(frame.token)<input type="hidden" name="post" value="\(view.post.number)">
                <div class="field"><label for="c-\(comment.id)">Your comment</label><textarea id="c-\(comment.id)" name="body" required maxlength="5000">\n\(comment.body)</textarea></div><div class="actions">\(Component.button("Save"))</div></form></details>
                """
        }
        if comment.own {
            means += """
                <form method="post" action="/community/comments/\(comment.id)" data-confirm="Take this comment back? Its words are gone then.">\(frame.token)<input type="hidden" name="post" value="\(view.post.number)"><button class="linklike" name="withdraw" value="yes">Take it back</button></form>
                """
        } else if !view.person.role.isStaff, !comment.byStaff {
            means += """
                <details><summary>Flag</summary><form class="form" method="post" action="/community/comments/\(comment.id)/flag">\(frame.token)<input type="hidden" name="post" value="\(view.post.number)">
                <div class="field"><label for="g-\(comment.id)">What is wrong with it?</label><input type="text" id="g-\(comment.id)" name="reason" required maxlength="300"></div><div class="actions">\(Component.button("Tell support", style: ""))</div></form></details>
                """
        } else if SavePost.access.admits(view.person.role), !comment.byStaff {
            means += """
                <form method="post" action="/community/comments/\(comment.id)/decision">\(frame.token)<input type="hidden" name="post" value="\(view.post.number)"><button class="linklike" name="decision" value="hide">Hide</button></form>
                """
        }
        return """
            <li class="message\(" staff", if: comment.byStaff)" id="c-\(comment.id)-shown"><header><b>\(comment.name)</b>\(mark)<span>\(.time(comment.written))\(edited)</span>\(waits)</header><div class="prose">\(comment.body)</div>\(means.isEmpty ? .empty : "<div class=\"means\">\(means)</div>")</li>
            """
    }

    private static func form(_ frame: Frame, _ view: PostView, _ entered: Entered) -> HTML {
        guard view.post.state == .published else { return .empty }
        guard view.post.open else { return "<p class=\"note\">Comments on this post are closed.</p>" }
        let staff = view.person.role.isStaff
        let name: HTML = staff ? .empty : FormField(
            "alias", "Your name here", value: view.alias, hint: "How others see you. Your address, your own name and your organisation are never shown.", longest: CommunityName.longest).filled(entered)
        let rule: HTML = staff ? "Shown at once, with your name and Fitech." : view.moderated
            ? "Support looks at every comment before others see it. You can change it for \(view.editMinutes) minutes."
            : "You can change it for \(view.editMinutes) minutes. Support looks at a first comment, and at those with several links, before others see them."
        return Component.card("Write a comment", """
            <form class="form" method="post" action="/community/\(view.post.number)/comments">\(frame.token)\(name)
            \(FormField("body", "Comment", .area, hint: rule, longest: 5000).filled(entered))<div class="actions">\(Component.button("Send"))</div></form>
            """ as HTML)
    }
}

package enum PostFormPage {
    package static func html(_ frame: Frame, _ post: Post?, markdown: Bool, zone: String, entered: Entered = .nothing) -> HTML {
        let at = post?.published.map { LocalTime.text($0, in: zone) } ?? ""
        let when = post.map { $0.state == .published ? "keep" : $0.state == .scheduled ? "at" : "draft" } ?? "draft"
        let chosen = entered.form["publish"] ?? when
        let choices = (post?.state == .published ? [RadioChoice(value: "keep", name: "Published", text: "It stays as it is.")] : [RadioChoice(value: "now", name: "Now", text: "Everybody it is for can read it at once.")])
            + [RadioChoice(value: "at", name: "At a time", text: "On your own clock, below."), RadioChoice(value: "draft", name: "Draft", text: "Only staff see it.")]
        let path: HTML = post.map { "/community/\($0.number)/edit" } ?? "/community/new"
        let hint: HTML = markdown ? "Markdown: # heading, **bold**, - list, [link](https://example.org). Pictures and HTML are left out." : "Paragraphs with empty lines between them; this Fitech was built without Markdown."
        let version: HTML = post.map { "<input type=\"hidden\" name=\"version\" value=\"\($0.version)\">" } ?? .empty
        return Layout.page(frame, """
            \(Component.crumbs([("Community", "/community")], here: post == nil ? "New" : "Edit"))\(Component.header(post?.title ?? "Write a post"))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="\(path)">\(frame.token)\(version)
            \(FormField("title", "Title", value: post?.title ?? "", longest: 200).filled(entered))
            \(FormField("body", "Text", .area, value: post?.body ?? "", hint: hint, longest: 100_000).filled(entered))
            \(FormField("tags", "Tags", value: post?.tags.joined(separator: " ") ?? "", hint: "Up to 8, with blanks between them.", required: false, longest: 300).filled(entered))
            \(FormField("audience", "Only for", value: post?.audience ?? "", hint: "A customer's short name, such as clinic; leave it empty for everybody signed in.", required: false, longest: 40).filled(entered))
            \(RadioChoice.group("publish", legend: "When", choices, chosen: chosen))
            \(FormField("at", "Time", .moment, value: at, required: false).filled(entered))
            <label class="choice"><input type="checkbox" name="open" value="yes"\(" checked", if: entered.form.fields.isEmpty ? post?.open ?? true : entered.form["open"] != nil)><span><b>Comments</b>People may answer.</span></label>
            <div class="actions">\(Component.button("Save"))\(Component.link("Cancel", to: post.map { "/community/\($0.number)" } ?? "/community"))</div></form>
            """ as HTML))
            \(post.map { BinPage.deletePost(frame, $0) })
            """)
    }
}

package enum ModerationPage {
    package static func html(_ frame: Frame, _ answer: ListModeration.Answer) -> HTML {
        let items = HTML(answer.items.map { item($0, frame) })
        return Layout.page(frame, """
            \(Component.crumbs([("Community", "/community")], here: "Comments to check"))\(Component.header("Comments to check", lead: "Oldest first. Nobody but their writers sees them until you say so."))
            \(answer.items.isEmpty ? Component.empty(.check, "Nothing waits", "Every comment has been looked at.", actions: [Component.link("To the posts", to: "/community")]) : "<ol class=\"thread\">\(items)</ol>")
            \(Component.pager(shown: "\(answer.items.count) on this page", first: nil, next: answer.next.map { "/community/moderation?after=\(segment: $0)" }))
            """)
    }

    private static func item(_ item: ModeratedComment, _ frame: Frame) -> HTML {
        let comment = item.comment
        let reasons: HTML = item.reasons.isEmpty ? .empty : "<ul class=\"reasons\">\(item.reasons.map { "<li>Flagged: \($0)</li>" as HTML })</ul>"
        return """
            <li class="message" id="c-\(comment.id)"><header><b>\(comment.name)</b><span>\(item.email)\(item.customer.map { " · \($0)" as HTML })</span><span>\(.time(comment.written))</span></header>
            <p class="note">On <a href="/community/\(item.post)">\(item.title)</a></p><div class="prose">\(comment.body)</div>\(reasons)
            <form class="actions" method="post" action="/community/comments/\(comment.id)/decision">\(frame.token)<button class="button primary small" name="decision" value="show">Let it through</button><button class="button danger small" name="decision" value="hide">Hide it</button></form></li>
            """
    }
}
