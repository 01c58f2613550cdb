// Canned replies: support's own texts in the directory, and one of them with a ticket's facts in it.
import Control
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum CannedReplyFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListCannedReplies.self) { try await list($0, $1, $2) }
        table.add(ShowCannedReply.self) { try await show($0, $1, $2) }
        table.add(SaveCannedReply.self) { try await save($0, $1, $2) }
        table.add(RemoveCannedReply.self) { try await remove($0, $1, $2) }
        table.add(FillCannedReply.self) { try await fill($0, $1, $2) }
    }

    private static let missing = Failure.notFound("canned reply")

    private static func reply(_ row: Row) -> CannedReply {
        var reply = CannedReply()
        (reply.id, reply.title, reply.category, reply.body) = (row.text(0), row.text(1), row.text(2), row.text(3))
        (reply.by, reply.updated, reply.version) = (row.text(4), Timestamp(milliseconds: row.int64(5)), row.int(6))
        return reply
    }

    private static func find(_ id: String, in directory: Database) throws -> CannedReply? {
        try directory.first("SELECT id, title, category, body, by_name, updated, version FROM canned_reply WHERE id = ?", id, row: reply)
    }

    /// What the form of an answer offers.
    static func choices(_ limit: Int, in directory: Database) throws -> [CannedChoice] {
        try directory.query("SELECT id, title, category FROM canned_reply ORDER BY category_key, title_key LIMIT ?", limit) { row in
            var choice = CannedChoice()
            (choice.id, choice.title, choice.category) = (row.text(0), row.text(1), row.text(2))
            return choice
        }
    }

    private static func list(_ asked: ListCannedReplies, _ call: Call, _ room: DataRoom) async throws -> ListCannedReplies.Answer {
        let caller = try call.signedIn(), cut = try PageCut(asked.page)
        // The cursor is category and title of the last one, a zero byte between them: a place in the list also when that one is gone.
        let place = try cut.after.map { after throws(Failure) in
            guard let text = Base64URL.decode(after).flatMap({ String(validating: $0, as: UTF8.self) }) else { throw PageCut.wrongCursor }
            let parts = text.split(separator: "\u{0}", omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw PageCut.wrongCursor }
            return (String(parts[0]), String(parts[1]))
        } ?? ("", "")
        var answer = ListCannedReplies.Answer()
        answer.items = try await room.read(room.store.directory) { database in
            try database.query("""
                SELECT id, title, category, substr(body, 1, 200), by_name, updated, version FROM canned_reply
                WHERE (category_key, title_key) > (?, ?) ORDER BY category_key, title_key LIMIT ?
                """, place.0, place.1, cut.limit + 1, row: reply)
        }
        if answer.items.count > cut.limit {
            answer.items.removeLast()
            answer.next = answer.items.last.map { Base64URL.encode(Array("\($0.category.lowercased())\u{0}\($0.title.lowercased())".utf8)) }
        }
        answer.person = caller.person
        return answer
    }

    private static func show(_ asked: ShowCannedReply, _ call: Call, _ room: DataRoom) async throws -> ShowCannedReply.Answer {
        var answer = ShowCannedReply.Answer()
        answer.person = try call.signedIn().person
        guard let reply = try await room.read(room.store.directory, { try find(asked.id, in: $0) }) else { throw missing }
        answer.reply = reply
        return answer
    }

    private static func save(_ asked: SaveCannedReply, _ call: Call, _ room: DataRoom) async throws -> CannedReply {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let title = check.text("title", asked.title, "The title", limit: 100)
        let category = check.text("category", asked.category ?? "", "The category", limit: 40, required: false)
        let body = check.text("body", asked.body, "The text", limit: 10_000)
        let unknown = CannedText.unknown(in: body)
        if !unknown.isEmpty {
            let known = ReplyPlaceholder.allCases.map(\.text).joined(separator: ", ")
            check.refuse("body", "Nothing is known for \(unknown.prefix(5).map { String($0.prefix(40)) }.joined(separator: ", ")).", "Use one of: \(known).")
        }
        try check.finish()
        let (now, audit, name, most) = (call.now, call.audit, caller.name, room.store.options.cannedReplies)
        return try await room.write(call, room.store.directory) { database in
            var before = CannedReply(), id = Identifier.make()
            if let wanted = asked.id {
                guard let found = try find(wanted, in: database) else { throw missing }
                if let seen = asked.version, seen != found.version { throw Failure.changedMeanwhile("canned reply") }
                (before, id) = (found, wanted)
            } else if try database.int("SELECT count(*) FROM canned_reply") ?? 0 >= most {
                throw Failure.conflict("There are \(most) canned replies already.", hint: "Remove one that nobody uses, or change it.", code: "too-many-canned-replies")
            }
            guard try database.int("SELECT 1 FROM canned_reply WHERE title_key = ? AND id <> ?", title.lowercased(), id) == nil else {
                throw Failure.unacceptable([.init(field: "title", reason: "There is a canned reply \"\(title)\" already.", hint: "Change that one, or choose another title.")])
            }
            try database.execute("""
                INSERT INTO canned_reply (id, title, title_key, category, category_key, body, by_name, updated, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
                ON CONFLICT (id) DO UPDATE SET title = excluded.title, title_key = excluded.title_key, category = excluded.category, category_key = excluded.category_key,
                    body = excluded.body, by_name = excluded.by_name, updated = excluded.updated, version = version + 1
                """, id, title, title.lowercased(), category, category.lowercased(), body, name, now.milliseconds)
            guard let after = try find(id, in: database) else { throw missing }
            var changes = AuditChanges()
            changes.add("title", before.title, after.title)
            changes.add("category", before.category, after.category)
            changes.add("body", before.body, after.body)
            try audit.note(asked.id == nil ? "wrote a canned reply" : "changed a canned reply", .cannedReply(id), changes, in: database)
            return after
        }
    }

    private static func remove(_ asked: RemoveCannedReply, _ call: Call, _ room: DataRoom) async throws -> Done {
        let (audit, now, by, life) = (call.audit, call.now, try call.signedIn().name, room.store.options.binLife)
        return try await room.write(call, room.store.directory) { database in
            guard let found = try find(asked.id, in: database) else { throw missing }
            if let seen = asked.version, seen != found.version { throw Failure.changedMeanwhile("canned reply") }
            _ = try RecycleBin.hold(.cannedReply, asked.id, .init(title: found.title, by: by, life: life), now: now, in: database)
            var changes = AuditChanges()
            changes.add("title", found.title, nil)
            changes.add("body", found.body, nil)
            try audit.note("removed a canned reply", .cannedReply(asked.id), changes, in: database)
            return Done()
        }
    }

    private static func fill(_ asked: FillCannedReply, _ call: Call, _ room: DataRoom) async throws -> FillCannedReply.Answer {
        let caller = try call.signedIn(), store = room.store
        return try await room.read(store.directory) { database in
            guard let reply = try find(asked.id, in: database) else { throw missing }
            let ticket = try database.first("SELECT title, opened_by, customer FROM ticket WHERE number = ?", asked.number) { ($0.text(0), $0.text(1), $0.text(2)) }
            guard let (title, opener, customer) = ticket else { throw Failure.notFound("ticket") }
            var answer = FillCannedReply.Answer()
            answer.text = CannedText.fill(reply.body) { placeholder in
                switch placeholder {
                case .customer: store.customer(customer)?.displayName ?? customer
                case .name: opener
                case .number: String(asked.number)
                case .title: title
                case .me: caller.name
                }
            }
            return answer
        }
    }
}
