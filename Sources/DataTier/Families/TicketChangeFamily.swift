// Changing a ticket: a step of its lifecycle, its priority, category, tags and whose it is.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

enum TicketChangeFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ChangeTicket.self) { try await change($0, $1, $2) }
    }

    /// The changes asked for, checked as far as that goes without the ticket.
    struct Wanted: Sendable {
        var state: TicketState?
        var until: Timestamp?
        var reason: String
        var priority: TicketPriority?
        var category: String?
        /// Nil: unchanged; an empty one: nobody.
        var assignee: Assignee?
        var tags: [String]?
        /// Beside whatever tags it has.
        var addTags: [String] = [], removeTags: [String] = []
        /// The version it must still have.
        var version: Int?
    }

    private static func change(_ asked: ChangeTicket, _ call: Call, _ room: DataRoom) async throws -> Ticket {
        let caller = try call.signedIn()
        var problems = FieldCheck()
        let wanted = try await check(asked, caller, room, &problems)
        let customer = try await TicketFamily.customer(of: asked.number, caller, room)
        let ticket = try await carryOut(wanted, on: asked.number, of: customer, origin: asked.origin, call, room) { ticket, _ in ticket }
        await room.followTickets(of: customer)
        return ticket
    }

    /// The changes of one ticket in one transaction; the index of the directory is the caller's to bring up.
    /// - Parameter answer: what is made of the ticket afterwards and what was done, and kept for repeats.
    static func carryOut<A: Record>(
        _ wanted: Wanted, on number: Int, of customer: CustomerEntry, origin: String?, _ call: Call, _ room: DataRoom, _ answer: @escaping @Sendable (Ticket, [String]) -> A
    ) async throws -> A {
        let caller = try call.signedIn()
        let (now, audit, owner, hand) = (call.now, call.audit, TicketFamily.owner(caller), TicketHand(caller))
        let support = room.store.options.support, reader = TicketRows.Reader(isStaff: caller.isStaff, now: call.now)
        let followers = try await (wanted.assignee?.email ?? "").isEmpty ? nil : TicketFollowers.of(number, room)
        return try await room.write(call, customer.file) { database in
            guard let before = try TicketRows.find(number, of: customer, ownedBy: owner, reader, in: database) else { throw Failure.notFound("ticket") }
            if let version = wanted.version, version != before.version { throw Failure.changedMeanwhile("ticket") }
            let done = try apply(wanted, to: before, by: hand, now, support.policy, in: database)
            guard !done.isEmpty else { return answer(before, []) }
            try database.execute("UPDATE ticket SET updated = ? WHERE number = ?", now.milliseconds, number)
            try TicketEvents.settle(number, standard: support.standard, policy: support.policy, in: database)
            try audit.note("changed a ticket", .ticket(number), detail: done.joined(separator: ", "), in: database)
            let after = try TicketRows.find(number, of: customer, ownedBy: nil, reader, in: database) ?? before
            if hand.byStaff, after.state != before.state { try TicketMails.moved(after, customer, days: support.policy.closeResolvedDays, origin: origin, now, in: database) }
            if let followers, after.assignee != before.assignee { try TicketMails.assigned(after, followers, customer, by: caller.name, caller.email, origin: origin, now, in: database) }
            return answer(after, done)
        }
    }

    /// Tags as they are kept, from texts with blanks between them.
    static func tags(_ texts: [String], _ field: String, _ check: inout FieldCheck) -> [String] {
        let tags = texts.flatMap { $0.lowercased().split(separator: " ").map(String.init) }
        if tags.count > mostTags { check.refuse(field, "There are \(tags.count) tags.", "Use at most \(mostTags).") }
        if tags.contains(where: { $0.count > 30 || !$0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } }) {
            check.refuse(field, "A tag is one word of letters, digits and hyphens.", "Write tags of at most 30 characters, with blanks between them.")
        }
        return Set(tags).sorted()
    }

    private static let mostTags = 20

    /// - Parameter check: what is wrong already; all of it is refused together.
    static func check(_ asked: ChangeTicket, _ caller: Caller, _ room: DataRoom, _ check: inout FieldCheck) async throws -> Wanted {
        let setsTags = asked.setTags ?? !asked.tags.isEmpty
        if !caller.isStaff {
            for (field, given) in [("priority", asked.priority != nil), ("category", asked.category != nil), ("assignee", asked.assignee != nil), ("tags", setsTags), ("until", asked.until != nil), ("reason", asked.reason != nil)] where given {
                check.refuse(field, "Only support changes this.", "Say it in a reply; close and reopen are yours.")
            }
            if let state = asked.state, state != .open, state != .closed {
                check.refuse("state", "Only support marks a ticket as \(state.rawValue).", "Use open or closed.")
            }
        }
        if asked.state == .merged { check.refuse("state", "A ticket is merged by merging it into another.", "Use another state.") }
        var wanted = Wanted(reason: check.text("reason", asked.reason ?? "", "The reason", limit: 500, required: false))
        wanted.version = asked.version
        (wanted.state, wanted.until, wanted.priority) = (asked.state, asked.until, asked.priority)
        if let category = asked.category { wanted.category = check.text("category", category, "The category", limit: 40, required: false) }
        if setsTags { wanted.tags = tags(asked.tags, "tags", &check) }
        if let email = asked.assignee == "me" && caller.isStaff ? caller.email : asked.assignee {
            var assignee = Assignee()
            if !email.isEmpty {
                let found = try await room.read(room.store.directory) { database in
                    try database.first("SELECT email, name FROM person WHERE email = ? AND role IN ('support', 'operations')", email.lowercased()) { ($0.text(0), $0.text(1)) }
                }
                if let found { (assignee.email, assignee.name) = found } else if caller.isStaff {
                    check.refuse("assignee", "\(email.prefix(80)) is nobody of support.", "Choose a person with the role support or operations.")
                }
            }
            wanted.assignee = assignee
        }
        try check.finish()
        return wanted
    }

    /// Makes the changes that change anything; answers them in words for the audit.
    private static func apply(_ wanted: Wanted, to ticket: Ticket, by hand: TicketHand, _ now: Timestamp, _ policy: TicketPolicy, in database: Database) throws -> [String] {
        var done: [String] = []
        func record(_ kind: TicketEventEntry.Kind, _ value: String, _ detail: String = "", internal: Bool = false) throws {
            try TicketEvents.append(kind, value, detail, to: ticket.number, by: hand, internal: `internal`, at: now, in: database)
            // The audit is the customer's to read as well: what is among staff is not spelt out in it.
            done.append(`internal` ? kind.rawValue : "\(kind.rawValue) \(value)")
        }
        let says = wanted.until.map(\.iso8601) ?? wanted.reason
        if let state = wanted.state, state != ticket.state || (state == .pending && wanted.until != ticket.until) || (state == .onHold && wanted.reason != ticket.reason) {
            try TicketLifecycle.check(
                from: ticket.state, to: state, by: hand.byStaff ? .support : .customer, since: ticket.stateSince, until: wanted.until, reason: wanted.reason, now: now, policy: policy)
            try record(.state, state.rawValue, state == .pending || state == .onHold ? says : "")
            try database.execute(
                "UPDATE ticket SET state = ?, state_since = ?, until = ?, reason = ? WHERE number = ?", state.rawValue, now.milliseconds,
                state == .pending ? wanted.until?.milliseconds : nil, state == .onHold ? wanted.reason : "", ticket.number)
        }
        if let priority = wanted.priority, priority != ticket.priority {
            try record(.priority, priority.rawValue)
            try database.execute("UPDATE ticket SET priority = ? WHERE number = ?", priority.rawValue, ticket.number)
        }
        if let category = wanted.category, category != ticket.category {
            try record(.category, category)
            try database.execute("UPDATE ticket SET category = ? WHERE number = ?", category, ticket.number)
        }
        if let assignee = wanted.assignee, assignee.email != ticket.assignee ?? "" {
            try record(.assigned, assignee.name, internal: false)
            try database.execute("UPDATE ticket SET assignee = ?, assignee_name = ? WHERE number = ?", assignee.email.isEmpty ? nil : assignee.email, assignee.name, ticket.number)
        }
        let beside = wanted.addTags.isEmpty && wanted.removeTags.isEmpty ? nil : Set(ticket.tags).union(wanted.addTags).subtracting(wanted.removeTags).sorted()
        if let tags = wanted.tags ?? beside, tags != ticket.tags {
            guard tags.count <= mostTags else { throw Failure.conflict("This ticket would have \(tags.count) tags.", hint: "Take some away first; \(mostTags) are the most.") }
            try record(.tags, tags.joined(separator: " "), internal: true)
            try database.execute("UPDATE ticket SET tags = ? WHERE number = ?", tags.isEmpty ? "" : " " + tags.joined(separator: " ") + " ", ticket.number)
        }
        return done
    }
}
