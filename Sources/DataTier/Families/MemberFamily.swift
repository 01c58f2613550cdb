// A customer's administrators and the customer's people: seeing them, changing what they may do, taking access away and giving it back.
import Control
import Digests
import Procedures
import Storage
import Wire

enum MemberFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListPeople.self) { try await list($0, $1, $2) }
        table.add(ShowMember.self) { try await show($0, $1, $2) }
        table.add(ChangePerson.self) { try await change($0, $1, $2) }
        table.add(SuspendPerson.self) { try await suspend($0, $1, $2) }
        table.add(ResendInvitation.self) { try await resend($0, $1, $2) }
        table.add(WithdrawInvitation.self) { try await withdraw($0, $1, $2) }
    }

    static let nobody = Failure.notFound("person")

    private static func list(_ asked: ListPeople, _ call: Call, _ room: DataRoom) async throws -> ListPeople.Answer {
        let (caller, customer) = try call.customer()
        let cut = try PageCut(asked.page)
        // The cursor is the last e-mail of the page before: it stays a place in the list when that person is gone.
        guard let after = Base64URL.decode(cut.after ?? "").flatMap({ String(validating: $0, as: UTF8.self) }) else { throw PageCut.wrongCursor }
        var answer = ListPeople.Answer()
        (answer.items, answer.twoStepRequired) = try await room.read(customer.file) { database in
            (try MemberRow.list(asked, after: after, limit: cut.limit + 1, of: customer, in: database), try TwoStepRows.isRequired(in: database))
        }
        if answer.items.count > cut.limit {
            answer.items.removeLast()
            answer.next = answer.items.last.map { Base64URL.encode(Array($0.person.email.utf8)) }
        }
        answer.person = caller.person
        return answer
    }

    private static func show(_ asked: ShowMember, _ call: Call, _ room: DataRoom) async throws -> ShowMember.Answer {
        let (caller, customer) = try call.customer()
        let (now, idle) = (call.now, room.store.options.sessionIdle)
        return try await room.read(customer.file) { database in
            guard let member = try MemberRow.find(asked.id, of: customer, in: database) else { throw nobody }
            var answer = ShowMember.Answer()
            (answer.member, answer.viewer) = (member, caller.person)
            answer.sessions = try SessionRows.sessions(of: asked.id, here: caller.hash, idle: idle, now, in: database).count
            answer.tokens = try SessionRows.tokens(of: asked.id, now, in: database).count
            return answer
        }
    }

    /// Administrators besides one person who can sign in.
    private static func administrators(but id: String, in database: Database) throws -> Int {
        try database.int("SELECT count(*) FROM person WHERE role = 'administrator' AND suspended IS NULL AND password IS NOT NULL AND id <> ?", id) ?? 0
    }

    private static func change(_ asked: ChangePerson, _ call: Call, _ room: DataRoom) async throws -> Member {
        let (caller, customer) = try call.customer()
        var check = FieldCheck()
        let name = asked.name.map { check.text("name", $0, "The name", limit: 100) }
        try check.finish()
        let (audit, me) = (call.audit, caller.id)
        return try await room.write(call, customer.file) { database in
            guard let row = try PersonRow.find(asked.id, in: database) else { throw nobody }
            try PeopleRules.check(caller: try PersonRow.find(me, in: database), target: row, role: asked.role, others: try administrators(but: row.id, in: database))
            var changes = AuditChanges()
            changes.add("name", row.name, name ?? row.name)
            changes.add("role", row.role.rawValue, (asked.role ?? row.role).rawValue)
            if !changes.isEmpty {
                try database.execute("UPDATE person SET name = ?, role = ? WHERE id = ?", name ?? row.name, (asked.role ?? row.role).rawValue, row.id)
                try audit.note("changed a person", .person(row.id), changes, in: database)
            }
            return try MemberRow.find(row.id, of: customer, in: database) ?? Member()
        }
    }

    private static func suspend(_ asked: SuspendPerson, _ call: Call, _ room: DataRoom) async throws -> Member {
        let (caller, customer) = try call.customer()
        let (audit, me, now) = (call.audit, caller.id, call.now)
        return try await room.write(call, customer.file) { database in
            guard let row = try PersonRow.find(asked.id, in: database) else { throw nobody }
            try PeopleRules.check(caller: try PersonRow.find(me, in: database), target: row, suspended: asked.suspended, others: try administrators(but: row.id, in: database))
            if asked.suspended, row.suspended == nil {
                try database.execute("UPDATE person SET suspended = ? WHERE id = ?", now.milliseconds, row.id)
                try database.execute("DELETE FROM session WHERE person = ?", row.id)
                try database.execute("DELETE FROM link WHERE person = ?", row.id)
                try audit.note("suspended a person", .person(row.id), detail: row.email, in: database)
            } else if !asked.suspended, row.suspended != nil {
                try database.execute("UPDATE person SET suspended = NULL WHERE id = ?", row.id)
                try audit.note("gave a person access again", .person(row.id), detail: row.email, in: database)
            }
            return try MemberRow.find(row.id, of: customer, in: database) ?? Member()
        }
    }

    // MARK: Invitations

    private static let accepted = Failure.conflict("This person has accepted the invitation already.", hint: "Suspend them to take their access away.", code: "invitation-accepted")

    private static func resend(_ asked: ResendInvitation, _ call: Call, _ room: DataRoom) async throws -> Member {
        let (caller, customer) = try call.customer()
        let store = room.store
        try limit(customer, store, call.now)
        if let seconds = store.limits.count("invite p " + customer.name + "/" + asked.id.prefix(32), limit: store.options.invitationsPerPerson, now: call.now) {
            throw Failure.tooMany("This person was mailed several times in the last minutes.", after: seconds)
        }
        let (text, hash) = Token.make(in: customer.name)
        let (audit, me, now, life, request) = (call.audit, caller.id, call.now, store.options.invitationLife, asked)
        let member = try await room.write(call, customer.file) { database in
            guard let row = try PersonRow.find(request.id, in: database) else { throw nobody }
            try PeopleRules.check(caller: try PersonRow.find(me, in: database), target: row, others: 1)
            guard row.password == nil else { throw accepted }
            guard row.suspended == nil else { throw Failure.conflict("This person is suspended.", hint: "Give access again first.", code: "suspended") }
            try LinkFamily.make(.invitation, hash, person: row.id, life: life, now, in: database)
            try LinkFamily.invite(row, to: customer, origin: request.origin, token: text, now, in: database)
            try audit.note("sent an invitation again", .person(row.id), detail: row.email, in: database)
            return try MemberRow.find(row.id, of: customer, in: database) ?? Member()
        }
        store.effects.note(customer.name)
        return member
    }

    /// How many invitations leave one customer: a stolen session must not turn the portal into a sender of unwanted mail.
    static func limit(_ customer: CustomerEntry, _ store: DataStore, _ now: Timestamp) throws(Failure) {
        if let seconds = store.limits.count("invite c " + customer.name, limit: store.options.invitationsPerCustomer, now: now) {
            throw Failure.tooMany("Your organisation has sent many invitations in the last minutes.", after: seconds)
        }
    }

    private static func withdraw(_ asked: WithdrawInvitation, _ call: Call, _ room: DataRoom) async throws -> Done {
        let (caller, customer) = try call.customer()
        let (audit, me) = (call.audit, caller.id)
        let email = try await room.read(customer.file) { try PersonRow.find(asked.id, in: $0)?.email }
        let done = try await room.write(call, customer.file) { database in
            guard let row = try PersonRow.find(asked.id, in: database) else { throw nobody }
            try PeopleRules.check(caller: try PersonRow.find(me, in: database), target: row, others: 1)
            // Who has been here left traces under this id; they are suspended, not forgotten.
            guard row.password == nil, row.lastSeen == nil, try database.int("SELECT 1 FROM session WHERE person = ?", row.id) == nil else { throw accepted }
            var changes = AuditChanges()
            changes.add("email", row.email, nil)
            try database.execute("DELETE FROM person WHERE id = ?", row.id)
            try audit.note("withdrew an invitation", .person(row.id), changes, in: database)
            return Done()
        }
        // If this fails the next invitation to that address takes it over (`PeopleFamily.reserve`).
        if let email { _ = try? await room.store.write(room.store.directory) { try $0.execute("DELETE FROM address WHERE email = ? AND person = ?", email, asked.id) } }
        return done
    }
}
