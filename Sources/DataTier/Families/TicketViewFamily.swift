// Saved views of the queue: whose they are, and what may stand in their filters.
import Control
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum TicketViewFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListTicketViews.self) { try await list($0, $1, $2) }
        table.add(SaveTicketView.self) { try await save($0, $1, $2) }
        table.add(RemoveTicketView.self) { try await remove($0, $1, $2) }
    }

    private static let missing = Failure.notFound("view")

    private static func view(_ row: Row, for person: String) -> TicketView {
        var view = TicketView()
        (view.id, view.own, view.by, view.shared, view.name) = (row.text(0), row.text(1) == person, row.text(2), row.bool(3), row.text(4))
        view.filter.state = row.optionalText(5).flatMap(TicketState.init)
        view.filter.priority = row.optionalText(6).flatMap(TicketPriority.init)
        (view.filter.category, view.filter.tag, view.filter.customer) = (row.optionalText(7), row.optionalText(8), row.optionalText(9))
        (view.filter.assignee, view.filter.search) = (row.optionalText(10), row.optionalText(11))
        view.filter.order = row.optionalText(12).flatMap(TicketOrder.init)
        view.version = row.int(13)
        return view
    }

    /// The person's own and the shared ones.
    static func all(of person: String, in directory: Database) throws -> [TicketView] {
        try directory.query("""
            SELECT id, person, by_name, shared, name, state, priority, category, tag, customer, assignee, search, sequence, version FROM ticket_view
            WHERE shared = 1 OR (shared = 0 AND person = ?) ORDER BY name_key, row LIMIT 500
            """, person) { view($0, for: person) }
    }

    /// One of them; another person's own is not there.
    static func find(_ id: String, of person: String, in directory: Database) throws -> TicketView? {
        try directory.first("""
            SELECT id, person, by_name, shared, name, state, priority, category, tag, customer, assignee, search, sequence, version FROM ticket_view
            WHERE id = ? AND (shared = 1 OR person = ?)
            """, id, person) { view($0, for: person) }
    }

    /// Whom tickets can be assigned to.
    static func staff(in directory: Database) throws -> [Assignee] {
        try directory.query("SELECT email, name FROM person WHERE role IN ('support', 'operations') ORDER BY name, email LIMIT 200") { row in
            var one = Assignee()
            (one.email, one.name) = (row.text(0), row.text(1))
            return one
        }
    }

    private static func list(_ asked: ListTicketViews, _ call: Call, _ room: DataRoom) async throws -> ListTicketViews.Answer {
        let caller = try call.signedIn()
        var answer = ListTicketViews.Answer()
        answer.person = caller.person
        (answer.items, answer.staff) = try await room.read(room.store.directory) { (try all(of: caller.id, in: $0), try staff(in: $0)) }
        return answer
    }

    // MARK: Writing

    /// The filter as it is kept: nothing empty, nothing that could never find anything.
    private static func checked(_ filter: TicketFilter, _ check: inout FieldCheck, _ room: DataRoom) async throws -> TicketFilter {
        var kept = filter
        func text(_ field: String, _ value: String?, _ name: String, limit: Int) -> String? {
            let text = check.text(field, value ?? "", name, limit: limit, required: false)
            return text.isEmpty ? nil : text
        }
        kept.category = text("category", filter.category, "The category", limit: 40)
        kept.search = text("search", filter.search, "The search", limit: 100)
        kept.tag = text("tag", filter.tag, "The tag", limit: 30)?.lowercased()
        if let tag = kept.tag, !tag.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" }) { check.refuse("tag", "A tag is one word of letters, digits and hyphens.", "Give one tag.") }
        kept.customer = text("customer", filter.customer, "The customer", limit: 40)
        if let customer = kept.customer, room.store.customer(customer) == nil {
            check.refuse("customer", "There is no customer named \(customer).", "Use the short name, such as clinic, or leave it out for all.")
        }
        kept.assignee = text("assignee", filter.assignee, "The person", limit: 254)?.lowercased()
        if let assignee = kept.assignee, assignee != "me", assignee != "none" {
            let known = try await room.read(room.store.directory) { try $0.int("SELECT 1 FROM person WHERE email = ? AND role IN ('support', 'operations')", assignee) != nil }
            if !known { check.refuse("assignee", "\(assignee.prefix(80)) is nobody of support.", "Use me, none, or the e-mail of a person with the role support or operations.") }
        }
        if kept.order == .due, let state = kept.state, !state.rule.isActive {
            check.refuse("order", "Nothing is due of tickets that are \(state.rawValue).", "Show the newest first.")
        }
        return kept
    }

    private static func save(_ asked: SaveTicketView, _ call: Call, _ room: DataRoom) async throws -> TicketView {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let name = check.text("name", asked.name, "The name", limit: 60)
        let filter = try await checked(asked.filter, &check, room)
        try check.finish()
        let (me, myName, audit, options) = (caller.id, caller.name, call.audit, room.store.options)
        return try await room.write(call, room.store.directory) { database in
            let before = try asked.id.map { id in
                guard let found = try find(id, of: me, in: database) else { throw missing }
                return found
            }
            if let before, let seen = asked.version, seen != before.version { throw Failure.changedMeanwhile("view") }
            let shared = asked.shared ?? before?.shared ?? false
            if let before, !shared, !before.own {
                throw Failure.conflict("\(before.by) made this view, and everybody of support has it.", hint: "Leave it shared, or keep a new view of your own.")
            }
            if before?.shared != shared {
                let (there, most) = shared
                    ? (try database.int("SELECT count(*) FROM ticket_view WHERE shared = 1") ?? 0, options.viewsShared)
                    : (try database.int("SELECT count(*) FROM ticket_view WHERE shared = 0 AND person = ?", me) ?? 0, options.viewsPerPerson)
                guard there < most else {
                    throw Failure.conflict("There are \(most) \(shared ? "shared views" : "views of yours") already.", hint: "Remove one that nobody needs, or change it.", code: "too-many-views")
                }
            }
            let id = before?.id ?? Identifier.make()
            let taken = shared
                ? try database.int("SELECT 1 FROM ticket_view WHERE shared = 1 AND name_key = ? AND id <> ?", name.lowercased(), id)
                : try database.int("SELECT 1 FROM ticket_view WHERE shared = 0 AND person = ? AND name_key = ? AND id <> ?", me, name.lowercased(), id)
            guard taken == nil else {
                throw Failure.unacceptable([.init(field: "name", reason: "There is a \(shared ? "shared view" : "view of yours") called \(name) already.", hint: "Choose another name.")])
            }
            try database.execute("""
                INSERT INTO ticket_view (id, person, by_name, shared, name, name_key, state, priority, category, tag, customer, assignee, search, sequence, version)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
                ON CONFLICT (id) DO UPDATE SET shared = excluded.shared, name = excluded.name, name_key = excluded.name_key, state = excluded.state, priority = excluded.priority,
                    category = excluded.category, tag = excluded.tag, customer = excluded.customer, assignee = excluded.assignee, search = excluded.search,
                    sequence = excluded.sequence, version = version + 1
                """, id, me, myName, shared, name, name.lowercased(), filter.state?.rawValue, filter.priority?.rawValue, filter.category, filter.tag, filter.customer,
                filter.assignee, filter.search, filter.order?.rawValue)
            guard let after = try find(id, of: me, in: database) else { throw missing }
            var changes = AuditChanges()
            changes.add("name", before?.name, after.name)
            changes.add("shared", before.map { "\($0.shared)" }, "\(after.shared)")
            changes.add("filter", before.map { words($0.filter) }, words(after.filter))
            try audit.note(before == nil ? "kept a view" : "changed a view", .ticketView(id), changes, in: database)
            return after
        }
    }

    private static func remove(_ asked: RemoveTicketView, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn(), (audit, now, life) = (call.audit, call.now, room.store.options.binLife)
        return try await room.write(call, room.store.directory) { database in
            guard let found = try find(asked.id, of: caller.id, in: database) else { throw missing }
            if let seen = asked.version, seen != found.version { throw Failure.changedMeanwhile("view") }
            // A personal one stays its owner's alone.
            _ = try RecycleBin.hold(.ticketView, asked.id, .init(title: found.name, person: found.shared ? "" : caller.id, by: caller.name, life: life), now: now, in: database)
            var changes = AuditChanges()
            changes.add("name", found.name, nil)
            changes.add("filter", words(found.filter), nil)
            try audit.note("removed a view", .ticketView(asked.id), changes, in: database)
            return Done()
        }
    }

    /// A filter for the audit: `state=open assignee=me`.
    private static func words(_ filter: TicketFilter) -> String {
        [
            ("state", filter.state?.rawValue), ("priority", filter.priority?.rawValue), ("category", filter.category), ("tag", filter.tag), ("customer", filter.customer),
            ("assignee", filter.assignee), ("search", filter.search), ("order", filter.order?.rawValue),
        ].compactMap { name, value in value.map { "\(name)=\($0)" } }.joined(separator: " ")
    }
}
