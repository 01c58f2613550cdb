// Tickets that belong together: merged, split, linked. Always of one customer, always by support.
import Control
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum TicketLinks {
    static func add(to table: inout ProcedureTable) {
        table.add(MergeTicket.self) { try await merge($0, $1, $2) }
        table.add(UndoMerge.self) { try await undo($0, $1, $2) }
        table.add(SplitTicket.self) { try await split($0, $1, $2) }
        table.add(LinkTicket.self) { try await link($0, $1, $2) }
        table.add(SaveDraft.self) { try await TicketDrafts.save($0, $1, $2) }
    }

    /// Those merged into a ticket, then those linked to it; for a subject only own ones.
    static func beside(_ ticket: Int, ownedBy person: String?, in database: Database) throws -> [TicketLink] {
        try database.query("""
            SELECT number, title, state, 'merged', 0 AS place FROM ticket WHERE merged_into = ?1 AND (?2 IS NULL OR person = ?2)
            UNION ALL SELECT t.number, t.title, t.state, l.kind, 1 FROM ticket_link l JOIN ticket t ON t.number = l.other WHERE l.ticket = ?1 AND (?2 IS NULL OR t.person = ?2)
            ORDER BY place, number LIMIT 100
            """, ticket, person) { row in
            var link = TicketLink()
            (link.number, link.title) = (row.int(0), row.text(1))
            link.state = TicketState(rawValue: row.text(2)) ?? .open
            link.kind = TicketLink.Kind(rawValue: row.text(3)) ?? .related
            return link
        }
    }

    static func link(_ ticket: Int, to other: Int, _ kind: TicketLink.Kind, back: TicketLink.Kind, by hand: TicketHand, _ now: Timestamp, in database: Database) throws {
        for (one, two, kind) in [(ticket, other, kind), (other, ticket, back)] {
            try database.execute("INSERT INTO ticket_link (ticket, other, kind) VALUES (?, ?, ?) ON CONFLICT (ticket, other) DO NOTHING", one, two, kind.rawValue)
            try TicketEvents.append(.linked, "\(two)", kind.rawValue, to: one, by: hand, internal: true, at: now, in: database)
        }
    }

    /// The two tickets' customer. Another customer's ticket is as good as none.
    private static func customer(of number: Int, and other: Int, _ field: String, _ caller: Caller, _ room: DataRoom) async throws -> CustomerEntry {
        let customer = try await TicketFamily.customer(of: number, caller, room)
        let there = try await room.read(customer.file) { try $0.int("SELECT 1 FROM ticket WHERE number = ?", other) != nil }
        guard there, number != other else {
            throw Failure.unacceptable([.init(
                field: field, reason: number == other ? "A ticket cannot be put together with itself." : "This customer has no ticket \(other).",
                hint: "Give the number of another ticket of the same customer.")])
        }
        return customer
    }

    // MARK: Merging

    private static func merge(_ asked: MergeTicket, _ call: Call, _ room: DataRoom) async throws -> Ticket {
        let caller = try call.signedIn()
        let customer = try await customer(of: asked.number, and: asked.into, "into", caller, room)
        let (now, audit, hand) = (call.now, call.audit, TicketHand(caller))
        let support = room.store.options.support, reader = TicketRows.Reader(isStaff: true, now: call.now)
        let ticket = try await room.write(call, customer.file) { database in
            guard let source = try TicketRows.find(asked.number, of: customer, ownedBy: nil, reader, in: database),
                let target = try TicketRows.find(asked.into, of: customer, ownedBy: nil, reader, in: database)
            else { throw Failure.notFound("ticket") }
            guard source.state != .merged else { throw Failure.conflict("Ticket \(source.number) is merged already.", hint: "Undo that merge first.") }
            guard target.state != .merged else {
                throw Failure.conflict("Ticket \(target.number) was itself merged.", hint: "Merge into \(target.mergedInto ?? 0), where its conversation goes on.")
            }
            // Every person whose words would be read by another: those of both tickets and of all that were merged into them.
            let people = try database.query("""
                WITH RECURSIVE family (number) AS (SELECT ?1 UNION SELECT ?2 UNION SELECT t.number FROM ticket t JOIN family f ON t.merged_into = f.number)
                SELECT DISTINCT t.person, coalesce(p.role, 'subject') FROM ticket t LEFT JOIN person p ON p.id = t.person WHERE t.number IN family
                """, source.number, target.number) { ($0.text(0), $0.text(1)) }
            guard people.count == 1 || !people.contains(where: { $0.1 == "subject" }) else {
                throw Failure.conflict("These tickets belong to different people, one of them a subject, who must not read another's.", hint: "Link the tickets instead.")
            }
            try database.execute("INSERT INTO ticket_merge (source, target, state, at) VALUES (?, ?, ?, ?)", source.number, target.number, source.state.rawValue, now.milliseconds)
            try database.execute(
                "UPDATE ticket SET state = 'merged', merged_into = ?, state_since = ?, updated = ? WHERE number = ?", target.number, now.milliseconds, now.milliseconds, source.number)
            try database.execute("UPDATE ticket SET updated = ?, replies = replies + ? WHERE number = ?", now.milliseconds, source.replies + 1, target.number)
            try TicketEvents.append(.merged, "\(target.number)", to: source.number, by: hand, at: now, in: database)
            try TicketEvents.append(.state, TicketState.merged.rawValue, to: source.number, by: hand, at: now, in: database)
            try TicketEvents.append(.absorbed, "\(source.number)", to: target.number, by: hand, at: now, in: database)
            for number in [source.number, target.number] { try TicketEvents.settle(number, standard: support.standard, policy: support.policy, in: database) }
            try audit.note("merged a ticket", .ticket(source.number), detail: "into \(target.number)", in: database)
            return try TicketRows.find(target.number, of: customer, ownedBy: nil, reader, in: database) ?? target
        }
        await room.followTickets(of: customer)
        return ticket
    }

    private static func undo(_ asked: UndoMerge, _ call: Call, _ room: DataRoom) async throws -> Ticket {
        let caller = try call.signedIn()
        let customer = try await TicketFamily.customer(of: asked.number, caller, room)
        let (now, audit, hand) = (call.now, call.audit, TicketHand(caller))
        let support = room.store.options.support, reader = TicketRows.Reader(isStaff: true, now: call.now)
        let ticket = try await room.write(call, customer.file) { database in
            guard let source = try TicketRows.find(asked.number, of: customer, ownedBy: nil, reader, in: database) else { throw Failure.notFound("ticket") }
            guard source.state == .merged, let merge = try database.first(
                "SELECT row, target, state FROM ticket_merge WHERE source = ? AND undone IS NULL ORDER BY row DESC", source.number, row: { ($0.int(0), $0.int(1), $0.text(2)) })
            else { throw Failure.conflict("Ticket \(source.number) is not merged.", hint: "There is nothing to undo.") }
            try database.execute("UPDATE ticket_merge SET undone = ? WHERE row = ?", now.milliseconds, merge.0)
            try database.execute(
                "UPDATE ticket SET state = ?, merged_into = NULL, state_since = ?, updated = ? WHERE number = ?", merge.2, now.milliseconds, now.milliseconds, source.number)
            try database.execute("UPDATE ticket SET updated = ?, replies = replies - ? WHERE number = ?", now.milliseconds, source.replies + 1, merge.1)
            try TicketEvents.append(.unmerged, "\(merge.1)", to: source.number, by: hand, at: now, in: database)
            try TicketEvents.append(.state, merge.2, to: source.number, by: hand, at: now, in: database)
            try TicketEvents.append(.unmerged, "\(source.number)", to: merge.1, by: hand, at: now, in: database)
            for number in [source.number, merge.1] { try TicketEvents.settle(number, standard: support.standard, policy: support.policy, in: database) }
            try audit.note("undid a merge", .ticket(source.number), detail: "out of \(merge.1)", in: database)
            return try TicketRows.find(source.number, of: customer, ownedBy: nil, reader, in: database) ?? source
        }
        await room.followTickets(of: customer)
        return ticket
    }

    // MARK: Splitting and linking

    private static func split(_ asked: SplitTicket, _ call: Call, _ room: DataRoom) async throws -> Ticket {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let title = check.text("title", asked.title, "The title", limit: 200)
        if asked.replies.isEmpty || asked.replies.count > 200 { check.refuse("replies", "No message was chosen, or more than 200.", "Choose the messages that belong into the new ticket.") }
        try check.finish()
        let customer = try await TicketFamily.customer(of: asked.number, caller, room)
        let number = try await room.store.numbers.next(in: room.store)
        let (now, audit, hand) = (call.now, call.audit, TicketHand(caller))
        let support = room.store.options.support, reader = TicketRows.Reader(isStaff: true, now: call.now)
        let ticket = try await room.write(call, customer.file) { database in
            guard let source = try TicketRows.find(asked.number, of: customer, ownedBy: nil, reader, in: database),
                let opener = try database.first("SELECT person, opened_by FROM ticket WHERE number = ?", asked.number, row: { ($0.text(0), $0.text(1)) })
            else { throw Failure.notFound("ticket") }
            let chosen = Set(asked.replies)
            let messages = try database.query("SELECT id, person, author, by_staff, body, written, internal FROM reply WHERE ticket = ? ORDER BY row", asked.number) { row in
                (id: row.text(0), person: row.text(1), author: row.text(2), byStaff: row.bool(3), body: row.text(4), written: row.int64(5), internal: row.bool(6))
            }.filter { chosen.contains($0.id) }
            guard messages.count == chosen.count, let first = messages.first(where: { !$0.internal }) else {
                throw Failure.unacceptable([.init(field: "replies", reason: "Not all of these are messages of ticket \(asked.number), or all are notes.", hint: "Choose messages of this ticket, one of them no note.")])
            }
            let owner = first.byStaff ? opener : (first.person, first.author)
            let rest = messages.filter { $0.id != first.id }
            try database.execute("""
                INSERT INTO ticket (number, title, title_key, body, state, priority, person, opened_by, opened, updated, revision, category, state_since, replies)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, number, title, title.lowercased(), first.body, TicketState.initial.rawValue, source.priority.rawValue, owner.0, owner.1,
                now.milliseconds, now.milliseconds, try TicketRows.nextRevision(in: database), source.category, now.milliseconds, rest.count { !$0.internal })
            for message in rest {
                try database.execute(
                    "INSERT INTO reply (id, ticket, person, author, by_staff, body, written, internal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    Identifier.make(), number, message.person, message.author, message.byStaff, message.body, message.written, message.internal)
            }
            try TicketWords.add(number, in: database)
            try TicketEvents.append(.opened, source.priority.rawValue, try SupportPlans.current(support, in: database), to: number, by: hand, at: now, in: database)
            try TicketEvents.append(.split, "\(number)", to: source.number, by: hand, internal: true, at: now, in: database)
            try link(number, to: source.number, .splitFrom, back: .splitInto, by: hand, now, in: database)
            for one in [number, source.number] { try TicketEvents.settle(one, standard: support.standard, policy: support.policy, in: database) }
            try audit.note("split a ticket", .ticket(number), detail: "out of \(source.number)", in: database)
            return try TicketRows.find(number, of: customer, ownedBy: nil, reader, in: database) ?? Ticket()
        }
        await room.followTickets(of: customer)
        return ticket
    }

    private static func link(_ asked: LinkTicket, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn()
        let customer = try await customer(of: asked.number, and: asked.other, "other", caller, room)
        let (now, audit, hand) = (call.now, call.audit, TicketHand(caller))
        return try await room.write(call, customer.file) { database in
            if asked.remove == true {
                let gone = try database.execute("DELETE FROM ticket_link WHERE (ticket = ?1 AND other = ?2) OR (ticket = ?2 AND other = ?1)", asked.number, asked.other)
                guard gone > 0 else { throw Failure.notFound("link") }
                for (one, two) in [(asked.number, asked.other), (asked.other, asked.number)] { try TicketEvents.append(.unlinked, "\(two)", to: one, by: hand, internal: true, at: now, in: database) }
            } else {
                guard try database.int("SELECT 1 FROM ticket_link WHERE ticket = ? AND other = ?", asked.number, asked.other) == nil else { return Done() }
                try link(asked.number, to: asked.other, .related, back: .related, by: hand, now, in: database)
            }
            try audit.note(asked.remove == true ? "unlinked tickets" : "linked tickets", .ticket(asked.number), detail: "and \(asked.other)", in: database)
            return Done()
        }
    }
}
