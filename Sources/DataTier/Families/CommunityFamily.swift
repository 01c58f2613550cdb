// The community: posts by support, comments by everybody signed in, flags, and what staff do about them. All of it is in the directory.
import Control
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum CommunityFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListPosts.self) { try await list($0, $1, $2) }
        table.add(ShowPost.self) { try await show($0, $1, $2) }
        table.add(SavePost.self) { try await save($0, $1, $2) }
        table.add(CommentOnPost.self) { try await comment($0, $1, $2) }
        table.add(EditComment.self) { try await edit($0, $1, $2) }
        table.add(FlagComment.self) { try await flag($0, $1, $2) }
        table.add(ListModeration.self) { try await queue($0, $1, $2) }
        table.add(ModerateComment.self) { try await moderate($0, $1, $2) }
    }

    private typealias Reader = CommunityRows.Reader

    // MARK: Posts

    private static func list(_ asked: ListPosts, _ call: Call, _ room: DataRoom) async throws -> ListPosts.Answer {
        let caller = try call.signedIn()
        let (page, reader) = (try PageCut(asked.page), Reader(caller, call.now))
        var answer = ListPosts.Answer()
        answer.person = caller.person
        let state = caller.isStaff ? asked.state ?? .published : .published
        var after: CommunityRows.Place?
        if state == .published, let text = page.after {
            let parts = text.split(separator: ".")
            guard parts.count == 2, let time = Int64(parts[0]), let number = Int(parts[1]) else { throw PageCut.wrongCursor }
            after = (time, number)
        }
        let before = state == .published ? .max : try page.number(or: .max)
        return try await room.read(room.store.directory) { database in
            var answer = answer
            answer.items = state == .published
                ? try CommunityRows.published(reader, tag: asked.tag?.lowercased(), after: after, limit: page.limit + 1, in: database)
                : try CommunityRows.unpublished(state, reader, before: before, limit: page.limit + 1, in: database)
            if answer.items.count > page.limit, let last = answer.items.dropLast().last {
                answer.items.removeLast()
                answer.next = state == .published ? "\(last.published?.milliseconds ?? 0).\(last.number)" : "\(last.number)"
            }
            answer.tags = try CommunityRows.tags(reader, in: database)
            if caller.isStaff, ListModeration.access.admits(caller.role) { answer.waiting = try CommunityRows.waiting(in: database) }
            return answer
        }
    }

    private static func show(_ asked: ShowPost, _ call: Call, _ room: DataRoom) async throws -> PostView {
        let caller = try call.signedIn()
        let (reader, policy) = (Reader(caller, call.now), room.store.options.community)
        return try await room.read(room.store.directory) { database in
            guard let post = try CommunityRows.find(asked.number, reader, in: database) else { throw Failure.notFound("post") }
            var view = PostView()
            (view.post, view.comments) = (post, try CommunityRows.comments(on: post.number, reader, policy, in: database))
            view.alias = caller.isStaff ? caller.name : try CommunityRows.alias(reader, in: database)
            (view.moderated, view.editMinutes, view.person) = (policy.moderation == .before, policy.editMinutes, caller.person)
            return view
        }
    }

    private static func save(_ asked: SavePost, _ call: Call, _ room: DataRoom) async throws -> Post {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let title = check.text("title", asked.title, "The title", limit: 200)
        let body = check.text("body", asked.body, "The text", limit: 100_000)
        let tags = tags(asked.tags, &check)
        let audience = asked.audience.flatMap { $0.isEmpty ? nil : $0 }
        if let audience, room.store.customer(audience) == nil { check.refuse("audience", "There is no customer named \(audience.prefix(40)).", "Use the short name, such as clinic, or leave it out for everybody.") }
        let (reader, now, audit) = (Reader(caller, call.now), call.now, call.audit)
        var published: Timestamp?
        switch FieldCheck.trimmed(asked.publish) {
        case "draft", "": published = nil
        case "now": published = now
        case let text:
            published = Timestamp(iso8601: text) ?? LocalTime.moment(text, in: caller.zone)
            if published == nil { check.refuse("publish", "\"\(text.prefix(40))\" is no time.", "Write draft, now, or a time like 2026-11-22T02:00.") }
        }
        try check.finish()
        let (time, wantsNow) = (published, FieldCheck.trimmed(asked.publish) == "now")
        return try await room.write(call, room.store.directory) { database in
            var number = asked.number ?? 0, version = 1, published = time
            var before = Post()
            if let wanted = asked.number {
                guard let found = try CommunityRows.find(wanted, reader, in: database) else { throw Failure.notFound("post") }
                if let seen = asked.version, seen != found.version { throw Failure.changedMeanwhile("post") }
                (before, version) = (found, found.version + 1)
                // What was published keeps its day.
                if wantsNow, found.state == .published { published = found.published }
                try PostWords.remove(wanted, in: database)
                try database.execute(
                    "UPDATE post SET title = ?, body = ?, audience = ?, open = ?, published = ?, updated = ?, version = ? WHERE number = ?",
                    title, body, audience, asked.open ?? found.open, published?.milliseconds, now.milliseconds, version, wanted)
                try database.execute("DELETE FROM post_tag WHERE post = ?", wanted)
            } else {
                number = try database.int("SELECT next FROM counter WHERE name = 'post'") ?? 1
                try database.execute("UPDATE counter SET next = ? WHERE name = 'post'", number + 1)
                try database.execute(
                    "INSERT INTO post (number, title, body, author, audience, open, published, updated, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
                    number, title, body, caller.name, audience, asked.open ?? true, published?.milliseconds, now.milliseconds)
            }
            for tag in tags { try database.execute("INSERT OR IGNORE INTO post_tag (tag, post) VALUES (?, ?)", tag, number) }
            try PostWords.add(number, in: database)
            guard let after = try CommunityRows.find(number, reader, in: database) else { throw Failure.notFound("post") }
            var changes = AuditChanges()
            changes.add("title", before.title, after.title)
            changes.add("body", before.body, after.body)
            changes.add("state", before.state.rawValue, after.state.rawValue)
            changes.add("audience", before.audience, after.audience)
            try audit.note(asked.number == nil ? "wrote a post" : "changed a post", .post(number), changes, in: database)
            return after
        }
    }

    private static func tags(_ text: String, _ check: inout FieldCheck) -> [String] {
        var tags: [String] = []
        for part in text.lowercased().split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            guard part.utf8.count <= 30, part.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }) else {
                check.refuse("tags", "\"\(part.prefix(40))\" is no tag.", "A tag is made of a-z, 0-9 and -, up to 30 of them.")
                continue
            }
            if !tags.contains(String(part)) { tags.append(String(part)) }
        }
        if tags.count > 8 { check.refuse("tags", "These are \(tags.count) tags.", "Use at most 8.") }
        return tags
    }

    // MARK: Comments

    private static func body(_ text: String, _ check: inout FieldCheck) -> String { check.text("body", text, "The comment", limit: 5000) }

    private static func isKnown(_ reader: Reader, in database: Database) throws -> Bool {
        try database.int("SELECT 1 FROM comment WHERE place = ? AND person = ? AND checked = 1 AND state = 'shown' LIMIT 1", reader.place, reader.person) != nil
    }

    private static func comment(_ asked: CommentOnPost, _ call: Call, _ room: DataRoom) async throws -> PostComment {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let body = body(asked.body, &check)
        let wanted = FieldCheck.trimmed(asked.alias ?? "")
        if !caller.isStaff, !wanted.isEmpty, let problem = CommunityName.problem(wanted) { check.refuse("alias", problem, "Choose how others see you; your address is never shown.") }
        try check.finish()
        let (reader, policy, now, audit) = (Reader(caller, call.now), room.store.options.community, call.now, call.audit)
        return try await room.write(call, room.store.directory) { database in
            guard let post = try CommunityRows.find(asked.number, reader, in: database), post.state == .published else { throw Failure.notFound("post") }
            guard post.open else { throw Failure.conflict("Comments on this post are closed.", hint: "Open a ticket instead; support answers every one.", code: "comments-closed") }
            let earlier = try database.query("SELECT written FROM comment WHERE place = ? AND person = ? AND written > ? ORDER BY written DESC LIMIT 1000", reader.place, reader.person, now.milliseconds - 3_600_000) { Timestamp(milliseconds: $0.int64(0)) }
            if !caller.isStaff, let seconds = policy.wait(after: earlier, now: now) {
                throw Failure.tooMany("You have written \(policy.commentsPerHour) comments within an hour.", after: seconds)
            }
            if try database.int("SELECT 1 FROM comment WHERE post = ? AND place = ? AND person = ? AND body = ? AND state <> 'withdrawn'", post.number, reader.place, reader.person, body) != nil {
                throw Failure.conflict("You have written this here already.", hint: "Reload the page: it may be waiting for support to look at it.", code: "written-already")
            }
            let name = caller.isStaff ? caller.name : try name(wanted, reader, in: database)
            let state = policy.state(of: body, byStaff: caller.isStaff, isKnown: try isKnown(reader, in: database))
            let id = Identifier.make()
            try database.execute("""
                INSERT INTO comment (id, post, place, person, email, name, by_staff, body, written, state, checked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, id, post.number, reader.place, reader.person, caller.email, name, caller.isStaff, body, now.milliseconds, state.rawValue, caller.isStaff)
            try audit.note("commented on a post", .comment(id), detail: "post \(post.number)", in: database)
            return try CommunityRows.find(id, reader, policy, in: database)?.comment ?? PostComment()
        }
    }

    /// The name this person is shown by: the wanted one, if nobody else has it, else the one they have.
    private static func name(_ wanted: String, _ reader: Reader, in database: Database) throws -> String {
        let alias = try CommunityRows.alias(reader, in: database)
        if wanted.isEmpty || wanted == alias {
            guard alias.isEmpty else { return alias }
            throw Failure.unacceptable([.init(field: "alias", reason: "Others do not know yet what to call you.", hint: "Choose a name; your address and organisation are never shown.")])
        }
        let key = CommunityName.key(wanted)
        guard try database.int("SELECT 1 FROM community_member WHERE alias_key = ? AND NOT (place = ? AND person = ?)", key, reader.place, reader.person) == nil else {
            throw Failure.unacceptable([.init(field: "alias", reason: "Somebody is called \(wanted) already.", hint: "Choose another name.")])
        }
        try database.execute("""
            INSERT INTO community_member (place, person, alias, alias_key) VALUES (?, ?, ?, ?)
            ON CONFLICT (place, person) DO UPDATE SET alias = excluded.alias, alias_key = excluded.alias_key
            """, reader.place, reader.person, wanted, key)
        return wanted
    }

    /// A comment on a post this person sees, as far as they see it: others' only while it is shown.
    private static func visible(_ id: String, _ reader: Reader, _ policy: CommunityPolicy, in database: Database) throws -> CommunityRows.Found {
        guard let found = try CommunityRows.find(id, reader, policy, in: database), try CommunityRows.find(found.post, reader, in: database) != nil,
            found.comment.state == .shown || found.comment.own && found.comment.state == .waiting || reader.isStaff
        else { throw Failure.notFound("comment") }
        return found
    }

    private static func edit(_ asked: EditComment, _ call: Call, _ room: DataRoom) async throws -> PostComment {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let withdraws = asked.withdraw == true
        let body = withdraws ? "" : body(asked.body, &check)
        try check.finish()
        let (reader, policy, audit) = (Reader(caller, call.now), room.store.options.community, call.audit)
        return try await room.write(call, room.store.directory) { database in
            let found = try visible(asked.id, reader, policy, in: database)
            guard found.comment.own else { throw Failure.forbidden("This comment is somebody else's.", hint: "Flag it if it should not be here.") }
            if withdraws {
                // The words go; that there was a comment stays for the audit.
                try database.execute("UPDATE comment SET state = 'withdrawn', body = '', checked = 0 WHERE row = ?", found.row)
            } else {
                guard found.comment.editable else { throw Failure.conflict("A comment can be changed for \(policy.editMinutes) minutes.", hint: "Write another, or take this one back.", code: "too-late") }
                let state = policy.state(of: body, byStaff: caller.isStaff, isKnown: try isKnown(reader, in: database))
                // One that waits goes on waiting.
                let next = found.comment.state == .waiting ? .waiting : state
                try database.execute("UPDATE comment SET body = ?, edited = 1, state = ?, checked = ? WHERE row = ?", body, next.rawValue, caller.isStaff, found.row)
            }
            try audit.note(withdraws ? "took a comment back" : "changed a comment", .comment(asked.id), in: database)
            return try CommunityRows.find(asked.id, reader, policy, in: database)?.comment ?? PostComment()
        }
    }

    private static func flag(_ asked: FlagComment, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let reason = check.text("reason", asked.reason, "The reason", limit: 300)
        try check.finish()
        let (reader, policy, now, audit) = (Reader(caller, call.now), room.store.options.community, call.now, call.audit)
        return try await room.write(call, room.store.directory) { database in
            let found = try visible(asked.id, reader, policy, in: database)
            guard !found.comment.own else { throw Failure.conflict("This comment is your own.", hint: "Take it back instead.") }
            let isNew = try database.execute("INSERT OR IGNORE INTO comment_flag (comment, place, person, reason, at) VALUES (?, ?, ?, ?, ?)", found.row, reader.place, reader.person, reason, now.milliseconds) == 1
            guard isNew else { return Done() }
            let flags = try database.int("SELECT count(*) FROM comment_flag WHERE comment = ?", found.row) ?? 0
            let state = policy.state(after: flags, now: found.comment.state, wasChecked: found.isChecked)
            if state != found.comment.state { try database.execute("UPDATE comment SET state = ? WHERE row = ?", state.rawValue, found.row) }
            try audit.note("flagged a comment", .comment(asked.id), in: database)
            return Done()
        }
    }

    // MARK: Moderation

    private static func queue(_ asked: ListModeration, _ call: Call, _ room: DataRoom) async throws -> ListModeration.Answer {
        let caller = try call.signedIn()
        let (page, reader) = (try PageCut(asked.page), Reader(caller, call.now))
        let after = try page.number(or: 0)
        let found = try await room.read(room.store.directory) { try CommunityRows.queue(reader, after: Int64(after), limit: page.limit + 1, in: $0) }
        var answer = ListModeration.Answer()
        (answer.items, answer.person) = (found.prefix(page.limit).map(\.item), caller.person)
        if found.count > page.limit { answer.next = "\(found[page.limit - 1].row)" }
        return answer
    }

    private static func moderate(_ asked: ModerateComment, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn()
        let (reader, policy, audit) = (Reader(caller, call.now), room.store.options.community, call.audit)
        return try await room.write(call, room.store.directory) { database in
            guard let found = try CommunityRows.find(asked.id, reader, policy, in: database), found.comment.state != .withdrawn else { throw Failure.notFound("comment") }
            let state: CommentState = asked.decision == .show ? .shown : .hidden
            try database.execute("UPDATE comment SET state = ?, checked = 1 WHERE row = ?", state.rawValue, found.row)
            if state == .shown { try database.execute("DELETE FROM comment_flag WHERE comment = ?", found.row) }
            try audit.note(state == .shown ? "let a comment through" : "hid a comment", .comment(asked.id), in: database)
            return Done()
        }
    }
}
