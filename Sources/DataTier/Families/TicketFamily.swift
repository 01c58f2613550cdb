// Support tickets: a customer's people open, reply and close; support sees every customer's through the directory's index.
import Control
import Digests
import Procedures
import Storage
import Wire

enum TicketFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListTickets.self) { try await list($0, $1, $2) }
        table.add(ShowTicket.self) { try await show($0, $1, $2) }
        table.add(OpenTicket.self) { try await open($0, $1, $2) }
        table.add(ReplyToTicket.self) { try await reply($0, $1, $2) }
        table.add(SetTicketState.self) { try await setState($0, $1, $2) }
    }

    /// Subjects see their own tickets only; the others of a customer see all of it.
    private static func owner(_ caller: Caller) -> String? { caller.role == .subject ? caller.id : nil }

    private static func list(_ asked: ListTickets, _ call: Call, _ room: DataRoom) async throws -> ListTickets.Answer {
        let caller = try call.signedIn()
        let page = try PageCut(asked.page)
        let before = try page.number(or: .max)
        let search = FieldCheck.trimmed(String(asked.search.prefix(100)))
        var answer = ListTickets.Answer()
        let counts: (open: Int, answered: Int, closed: Int)
        if let customer = caller.customer {
            let owner = owner(caller)
            (answer.items, counts) = try await room.read(customer.file) { database in
                (try TicketRows.list(customer, state: asked.state, owner: owner, search: search, before: before, limit: page.limit + 1, in: database),
                 try TicketRows.counts(owner: owner, customer: nil, in: database))
            }
        } else {
            (answer.items, counts) = try await room.read(room.store.directory) { database in
                (try TicketRows.listIndex(customer: asked.customer, state: asked.state, search: search, before: before, limit: page.limit + 1, in: database),
                 try TicketRows.counts(owner: nil, customer: asked.customer, in: database))
            }
        }
        (answer.open, answer.answered, answer.closed) = counts
        if answer.items.count > page.limit {
            answer.items.removeLast()
            answer.next = answer.items.last.map { String($0.number) }
        }
        answer.person = caller.person
        return answer
    }

    /// Which customer's database a ticket is in: the caller's own, or for staff the one the index names.
    private static func customer(of number: Int, _ caller: Caller, _ room: DataRoom) async throws -> CustomerEntry {
        if let customer = caller.customer { return customer }
        let name = try await room.read(room.store.directory) { try $0.first("SELECT customer FROM ticket WHERE number = ?", number) { $0.text(0) } }
        guard let name, let entry = room.store.customer(name) else { throw Failure.notFound("ticket") }
        return entry
    }

    private static func show(_ asked: ShowTicket, _ call: Call, _ room: DataRoom) async throws -> TicketThread {
        let caller = try call.signedIn()
        let customer = try await customer(of: asked.number, caller, room)
        var answer = TicketThread()
        let found = try await room.read(customer.file) { database in
            try TicketRows.find(asked.number, of: customer, ownedBy: owner(caller), in: database).map { ($0, try TicketRows.replies(to: asked.number, in: database)) }
        }
        guard let found else { throw Failure.notFound("ticket") }
        (answer.ticket, answer.replies) = found
        answer.person = caller.person
        return answer
    }

    private static func open(_ asked: OpenTicket, _ call: Call, _ room: DataRoom) async throws -> Ticket {
        let (caller, customer) = try call.customer()
        var check = FieldCheck()
        let title = check.text("title", asked.title, "The title", limit: 200)
        let body = check.text("body", asked.body, "The text", limit: 50_000)
        try check.finish()
        let number = try await room.store.numbers.next(in: room.store)
        let (now, who, request) = (call.now, call.who, call.requestID)
        let ticket = try await room.write(call, customer.file) { database in
            try database.execute("""
                INSERT INTO ticket (number, title, title_key, body, state, priority, person, opened_by, opened, updated, revision)
                VALUES (?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?)
                """, number, title, title.lowercased(), body, (asked.priority ?? .normal).rawValue, caller.id, caller.name,
                now.milliseconds, now.milliseconds, try TicketRows.nextRevision(in: database))
            try Audit.note(who, "opened a ticket", "\(number)", request, now, in: database)
            return try TicketRows.find(number, of: customer, ownedBy: nil, in: database) ?? Ticket()
        }
        await room.followTickets(of: customer)
        return ticket
    }

    private static func reply(_ asked: ReplyToTicket, _ call: Call, _ room: DataRoom) async throws -> Reply {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let body = check.text("body", asked.body, "The reply", limit: 50_000)
        try check.finish()
        let customer = try await customer(of: asked.number, caller, room)
        let (now, who, request, owner) = (call.now, call.who, call.requestID, owner(caller))
        let reply = try await room.write(call, customer.file) { database in
            guard let ticket = try TicketRows.find(asked.number, of: customer, ownedBy: owner, in: database) else { throw Failure.notFound("ticket") }
            var reply = Reply()
            reply.id = Identifier.make()
            reply.author = caller.name
            reply.byStaff = caller.isStaff
            reply.body = body
            reply.written = now
            try database.execute(
                "INSERT INTO reply (id, ticket, person, author, by_staff, body, written) VALUES (?, ?, ?, ?, ?, ?, ?)",
                reply.id, asked.number, caller.id, caller.name, caller.isStaff, body, now.milliseconds)
            let state: TicketState = asked.close == true ? .closed : caller.isStaff ? .answered : .open
            try change(asked.number, to: state, addingReply: true, now, in: database)
            if caller.isStaff { try tell(ticket, reply, state, customer, now, in: database) }
            try Audit.note(who, "replied to a ticket", "\(asked.number)", request, now, in: database)
            return reply
        }
        if caller.isStaff { room.store.effects.note(customer.name) }
        await room.followTickets(of: customer)
        return reply
    }

    private static func change(_ number: Int, to state: TicketState, addingReply: Bool, _ now: Timestamp, in database: Database) throws {
        try database.execute(
            "UPDATE ticket SET state = ?, updated = ?, replies = replies + ?, revision = ? WHERE number = ?",
            state.rawValue, now.milliseconds, addingReply ? 1 : 0, try TicketRows.nextRevision(in: database), number)
    }

    /// Mails the person who opened the ticket that support has answered.
    private static func tell(_ ticket: Ticket, _ reply: Reply, _ state: TicketState, _ customer: CustomerEntry, _ now: Timestamp, in database: Database) throws {
        guard let person = try database.first("SELECT person FROM ticket WHERE number = ?", ticket.number, row: { $0.text(0) }),
            let opener = try PersonRow.find(person, in: database)
        else { return }
        try Mail.write(to: opener.email, subject: "[#\(ticket.number)] \(ticket.title)", body: """
            Hello \(opener.name),

            \(reply.author) answered your ticket #\(ticket.number) "\(ticket.title)"\(state == .closed ? " and closed it" : ""):

            \(reply.body)

            Sign in to the portal to read it all and to reply.
            """, place: customer.name, now: now, in: database)
    }

    private static func setState(_ asked: SetTicketState, _ call: Call, _ room: DataRoom) async throws -> Ticket {
        let caller = try call.signedIn()
        guard asked.state != .answered || caller.isStaff else {
            throw Failure.unacceptable([.init(field: "state", reason: "Only support marks a ticket as answered.", hint: "Use open or closed.")])
        }
        let customer = try await customer(of: asked.number, caller, room)
        let (now, who, request, owner) = (call.now, call.who, call.requestID, owner(caller))
        let ticket = try await room.write(call, customer.file) { database in
            guard let before = try TicketRows.find(asked.number, of: customer, ownedBy: owner, in: database) else { throw Failure.notFound("ticket") }
            if before.state != asked.state {
                try change(asked.number, to: asked.state, addingReply: false, now, in: database)
                try Audit.note(who, "set a ticket \(asked.state.rawValue)", "\(asked.number)", request, now, in: database)
            }
            return try TicketRows.find(asked.number, of: customer, ownedBy: nil, in: database) ?? before
        }
        await room.followTickets(of: customer)
        return ticket
    }
}
