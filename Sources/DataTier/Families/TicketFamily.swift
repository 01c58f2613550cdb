// Support tickets: a customer's people open and reply; support sees every customer's through the directory's index.
import Control
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum TicketFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListTickets.self) { try await list($0, $1, $2) }
        table.add(ShowTicket.self) { try await show($0, $1, $2) }
        table.add(OpenTicket.self) { try await open($0, $1, $2) }
        table.add(ReplyToTicket.self) { try await reply($0, $1, $2) }
    }

    /// Subjects see their own tickets only; the others of a customer see all of it.
    static func owner(_ caller: Caller) -> String? { caller.role == .subject ? caller.id : nil }

    private static func list(_ asked: ListTickets, _ call: Call, _ room: DataRoom) async throws -> ListTickets.Answer {
        let caller = try call.signedIn()
        var answer = ListTickets.Answer(), asked = asked
        if caller.isStaff {
            (answer.views, answer.staff) = try await room.read(room.store.directory) { (try TicketViewFamily.all(of: caller.id, in: $0), try TicketViewFamily.staff(in: $0)) }
            if let id = asked.view {
                guard let view = answer.views.first(where: { $0.id == id }) else { throw Failure.notFound("view") }
                asked = asked.through(view.filter)
            }
        }
        let query = try TicketQuery(asked, caller), reader = TicketRows.Reader(isStaff: caller.isStaff, now: call.now)
        let listed: [TicketRows.Listed]
        if let customer = caller.customer {
            let owner = owner(caller)
            listed = try await room.read(customer.file) { database in
                (answer.open, answer.answered, answer.closed) = try TicketRows.counts(owner: owner, customer: nil, in: database)
                (answer.waiting, answer.resolved) = try TicketRows.waiting(owner: owner, customer: nil, isIndex: false, in: database)
                return query.order == .newest ? try TicketRows.newest(query, customer, owner: owner, reader, in: database) : try TicketRows.due(query, customer, owner: owner, reader, in: database)
            }
        } else {
            listed = try await room.read(room.store.directory) { database in
                (answer.open, answer.answered, answer.closed) = try TicketRows.counts(owner: nil, customer: asked.customer, in: database)
                (answer.waiting, answer.resolved) = try TicketRows.waiting(owner: nil, customer: asked.customer, isIndex: true, in: database)
                (answer.mine, answer.unassigned) = try TicketRows.ownership(caller.email, in: database)
                return query.order == .newest
                    ? try TicketRows.newestIndexed(query, customer: asked.customer, reader, in: database) : try TicketRows.dueIndexed(query, customer: asked.customer, reader, in: database)
            }
        }
        let shown = listed.prefix(query.limit - 1)
        answer.items = shown.map(\.ticket)
        if listed.count >= query.limit, let last = shown.last {
            answer.next = query.order == .newest ? String(last.ticket.number) : "\(last.due).\(last.ticket.number)"
        }
        answer.order = query.order
        answer.person = caller.person
        return answer
    }

    /// Which customer's database a ticket is in: the caller's own, or for staff the one the index names.
    static func customer(of number: Int, _ caller: Caller, _ room: DataRoom) async throws -> CustomerEntry {
        if let customer = caller.customer { return customer }
        let name = try await room.read(room.store.directory) { try $0.first("SELECT customer FROM ticket WHERE number = ?", number) { $0.text(0) } }
        guard let name, let entry = room.store.customer(name) else {
            if let item = try await room.read(room.store.directory, { try RecycleBin.held(.ticket, String(number), in: $0)?.item }) {
                throw Failure.deleted(item, what: "ticket", in: caller.zone, forStaff: true)
            }
            if let entry = try await behind(number, room) { return entry }
            throw Failure.notFound("ticket")
        }
        return entry
    }

    /// Whose ticket it is that the index does not know yet.
    private static func behind(_ number: Int, _ room: DataRoom) async throws -> CustomerEntry? {
        for name in room.store.behind.all {
            guard let entry = room.store.customer(name) else { continue }
            if try await room.read(entry.file, { try $0.int("SELECT 1 FROM ticket WHERE number = ?", number) }) != nil { return entry }
        }
        return nil
    }

    private static func show(_ asked: ShowTicket, _ call: Call, _ room: DataRoom) async throws -> TicketThread {
        let caller = try call.signedIn()
        let customer = try await customer(of: asked.number, caller, room)
        let (staff, reader) = (caller.isStaff, TicketRows.Reader(isStaff: caller.isStaff, now: call.now))
        var answer = TicketThread()
        let found = try await room.read(customer.file) { database -> Bool in
            guard let ticket = try TicketRows.find(asked.number, of: customer, ownedBy: owner(caller), reader, in: database) else { return false }
            answer.ticket = ticket
            answer.replies = try TicketRows.replies(to: asked.number, forStaff: staff, in: database)
            answer.events = try TicketEvents.history(of: asked.number, forStaff: staff, in: database)
            answer.links = try TicketLinks.beside(asked.number, ownedBy: owner(caller), in: database)
            answer.ratings = try RatingFamily.list(asked.number, in: database)
            answer.attachments = try AttachmentFamily.list(asked.number, forStaff: staff, in: database)
            answer.draft = try TicketDrafts.body(asked.number, of: caller.id, in: database)
            if staff { answer.writing = try TicketDrafts.writing(asked.number, beside: caller.id, now: call.now, in: database) }
            return true
        }
        guard found else {
            let owner = owner(caller)
            if let (item, person) = try await room.read(customer.file, { try RecycleBin.held(.ticket, String(asked.number), in: $0) }), owner == nil || owner == person {
                throw Failure.deleted(item, what: "ticket", in: caller.zone, forStaff: staff)
            }
            throw Failure.notFound("ticket")
        }
        if staff {
            let most = room.store.options.cannedReplies
            (answer.staff, answer.canned, answer.watchers) = try await room.read(room.store.directory) { database in
                (try TicketViewFamily.staff(in: database), try CannedReplyFamily.choices(most, in: database), try TicketWatchers.list(asked.number, in: database))
            }
        }
        let policy = room.store.options.support.policy
        let tooLate = !staff && answer.ticket.state == .closed && !policy.mayReopen(closed: answer.ticket.stateSince, now: call.now)
        answer.choices = tooLate ? [] : TicketLifecycle.choices(from: answer.ticket.state, by: staff ? .support : .customer).map(\.rawValue)
        answer.person = caller.person
        return answer
    }

    private static func open(_ asked: OpenTicket, _ call: Call, _ room: DataRoom) async throws -> Ticket {
        let (caller, customer) = try call.customer()
        var check = FieldCheck()
        let title = check.text("title", asked.title, "The title", limit: 200)
        let body = check.text("body", asked.body, "The text", limit: 50_000)
        let category = check.text("category", asked.category ?? "", "The category", limit: 40, required: false)
        try check.finish()
        let number = try await room.store.numbers.next(in: room.store)
        let (now, audit, hand, priority, owner) = (call.now, call.audit, TicketHand(caller), asked.priority ?? .normal, owner(caller))
        let support = room.store.options.support, reader = TicketRows.Reader(isStaff: false, now: call.now)
        let ticket = try await room.write(call, customer.file) { database in
            try database.execute("""
                INSERT INTO ticket (number, title, title_key, body, state, priority, person, opened_by, opened, updated, revision, category, state_since)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, number, title, title.lowercased(), body, TicketState.initial.rawValue, priority.rawValue, caller.id, caller.name,
                now.milliseconds, now.milliseconds, try TicketRows.nextRevision(in: database), category, now.milliseconds)
            try TicketWords.add(number, in: database)
            try TicketEvents.append(.opened, priority.rawValue, try SupportPlans.current(support, in: database), to: number, by: hand, at: now, in: database)
            try TicketEvents.settle(number, standard: support.standard, policy: support.policy, in: database)
            if let earlier = asked.follows {
                // One that is not there, or not this person's to see, is not there for the link either.
                guard try TicketRows.find(earlier, of: customer, ownedBy: owner, reader, in: database) != nil else {
                    throw Failure.unacceptable([.init(field: "follows", reason: "There is no ticket \(earlier).", hint: "Give the number of one of your tickets, or leave it out.")])
                }
                try TicketLinks.link(number, to: earlier, .follows, back: .followedBy, by: hand, now, in: database)
            }
            try audit.note("opened a ticket", .ticket(number), in: database)
            return try TicketRows.find(number, of: customer, ownedBy: nil, reader, in: database) ?? Ticket()
        }
        await room.followTickets(of: customer)
        return ticket
    }

    private static func reply(_ asked: ReplyToTicket, _ call: Call, _ room: DataRoom) async throws -> Reply {
        let caller = try call.signedIn()
        let note = asked.internal == true
        var check = FieldCheck()
        let body = check.text("body", asked.body, note ? "The note" : "The reply", limit: 50_000)
        if !caller.isStaff, note { check.refuse("internal", "Notes are among staff.", "Leave it out.") }
        if !caller.isStaff, asked.state != nil { check.refuse("state", "The state that follows is support's to choose.", "Leave it out; close is yours.") }
        if let state = asked.state, ![.open, .answered, .resolved, .closed].contains(state) || note {
            check.refuse("state", "A reply leaves a ticket open, answered, resolved or closed.", "Set another state by changing the ticket.")
        }
        try check.finish()
        let customer = try await customer(of: asked.number, caller, room)
        let (now, audit, owner, hand) = (call.now, call.audit, owner(caller), TicketHand(caller))
        let support = room.store.options.support, reader = TicketRows.Reader(isStaff: caller.isStaff, now: call.now)
        let followers = try await caller.isStaff ? nil : TicketFollowers.of(asked.number, room)
        let write: @Sendable (Database) throws -> Reply = { database in
            guard let ticket = try TicketRows.find(asked.number, of: customer, ownedBy: owner, reader, in: database) else { throw Failure.notFound("ticket") }
            if let seen = asked.seen { try TicketDrafts.checkSeen(asked.number, seen, caller, in: database) }
            var reply = Reply()
            (reply.id, reply.author, reply.byStaff, reply.body, reply.written, reply.internal) = (Identifier.make(), caller.name, caller.isStaff, body, now, note)
            let state = note ? ticket.state : asked.close == true ? .closed : asked.state ?? TicketLifecycle.afterReply(byStaff: caller.isStaff)
            if !note { try checkReply(ticket, to: state, caller, now, support.policy) }
            let insert = {
                _ = try database.execute(
                    "INSERT INTO reply (id, ticket, person, author, by_staff, body, written, internal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    reply.id, asked.number, caller.id, caller.name, caller.isStaff, body, now.milliseconds, note)
            }
            if note { try insert() } else { try TicketWords.reply(to: asked.number, body, in: database, insert: insert) }
            try TicketDrafts.drop(asked.number, of: caller.id, in: database)
            try TicketEvents.append(note ? .note : .replied, to: asked.number, by: hand, internal: note, at: now, in: database)
            if state != ticket.state { try TicketEvents.append(.state, state.rawValue, to: asked.number, by: hand, at: now, in: database) }
            try database.execute("""
                UPDATE ticket SET state = ?2, updated = ?3, replies = replies + ?4, state_since = CASE WHEN state = ?2 THEN state_since ELSE ?3 END,
                    until = CASE WHEN state = ?2 THEN until END, reason = CASE WHEN state = ?2 THEN reason ELSE '' END WHERE number = ?1
                """, asked.number, state.rawValue, now.milliseconds, note ? 0 : 1)
            try TicketEvents.settle(asked.number, standard: support.standard, policy: support.policy, in: database)
            if caller.isStaff, !note { try TicketMails.answered(ticket, reply, state, customer, origin: asked.origin, now, in: database) }
            if let followers { try TicketMails.replied(ticket, reply, followers, customer, by: caller.email, origin: asked.origin, now, in: database) }
            try audit.note(note ? "noted on a ticket" : "replied to a ticket", .ticket(asked.number), in: database)
            return reply
        }
        let reply: Reply
        do {
            reply = try await room.write(call, customer.file, write)
        } catch let failure as Failure where failure.code == TicketDrafts.meanwhile {
            // The transaction is undone; the text must not be lost with it.
            _ = try await room.store.write(customer.file) { try TicketDrafts.keep(body, asked.number, by: hand, now: now, in: $0) }
            throw failure
        }
        await room.followTickets(of: customer)
        return reply
    }

    /// Whether a message may come now: not into a merged ticket, and from the customer not long after the closing.
    private static func checkReply(_ ticket: Ticket, to state: TicketState, _ caller: Caller, _ now: Timestamp, _ policy: TicketPolicy) throws(Failure) {
        let actor = caller.isStaff ? TicketActor.support : .customer
        if ticket.state == .closed, actor == .customer, !policy.mayReopen(closed: ticket.stateSince, now: now) { throw TicketLifecycle.tooLate(policy) }
        // A word more in a ticket that stays as it is needs no step of the lifecycle.
        if ticket.state == state, state != .merged { return }
        try TicketLifecycle.check(from: ticket.state, to: state, by: actor, since: ticket.stateSince, until: nil, reason: "", now: now, policy: policy)
    }
}
