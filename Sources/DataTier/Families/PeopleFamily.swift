// Customers, their people, staff and tokens: made by operations, and by a customer's administrator within that customer.
import Control
import Digests
import Procedures
import Storage
import Wire

enum PeopleFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListCustomers.self) { try await listCustomers($0, $1, $2) }
        table.add(AddCustomer.self) { try await addCustomer($0, $1, $2) }
        table.add(AddPerson.self) { try await addPerson($0, $1, $2) }
        table.add(InvitePerson.self) { try await invite($0, $1, $2) }
        table.add(CreateToken.self) { try await createToken($0, $1, $2) }
    }

    // MARK: Customers

    private static func listCustomers(_ asked: ListCustomers, _ call: Call, _ room: DataRoom) async throws -> ListCustomers.Answer {
        var answer = ListCustomers.Answer()
        let created = try await room.read(room.store.directory) { database in
            Dictionary(uniqueKeysWithValues: try database.query("SELECT name, created FROM customer") { ($0.text(0), $0.int64(1)) })
        }
        for entry in room.store.allCustomers {
            var customer = Customer()
            customer.name = entry.name
            customer.displayName = entry.displayName
            customer.created = Timestamp(milliseconds: created[entry.name] ?? 0)
            do {
                (customer.people, customer.subjects) = try await room.read(entry.file) { database in
                    (try database.int("SELECT count(*) FROM person") ?? 0, try database.int("SELECT count(*) FROM subject") ?? 0)
                }
            } catch let error as StorageError {
                // The list is how operations find out which customer needs a restore: it must not fail with it.
                customer.displayName += " (damaged: fitech-ctl restore --customer \(entry.name) --at latest --in-place)"
                room.store.log.error("a customer's database cannot be read", ("customer", entry.name), ("error", "\(error)"))
            }
            answer.items.append(customer)
        }
        return answer
    }

    private static func addCustomer(_ asked: AddCustomer, _ call: Call, _ room: DataRoom) async throws -> Customer {
        let (store, now, name) = (room.store, call.now, asked.customer)
        var check = FieldCheck()
        if let problem = CustomerName.problem(name) { check.refuse("customer", problem, "Use a short name like clinic.") }
        let given = check.text("display_name", asked.displayName ?? name, "The display name", limit: 100)
        try check.finish()
        if let kept: Customer = try await room.kept(call, store.directory) { return kept }
        guard store.customer(name) == nil else { throw Failure.conflict("There is a customer named \(name) already.", hint: "Choose another name.") }
        try store.role.checkMayWrite()
        let entry = store.enter(name, displayName: given)
        do {
            try await store.makeFile(entry)
            let audit = call.audit
            return try await room.write(call, store.directory) { database in
                try database.execute("INSERT INTO customer (name, display_name, created) VALUES (?, ?, ?)", name, given, now.milliseconds)
                try audit.note("added a customer", .customer(name), in: database)
                var customer = Customer()
                customer.name = name
                customer.displayName = given
                customer.created = now
                return customer
            }
        } catch {
            store.forget(name)
            throw error
        }
    }

    // MARK: People

    /// A new person before it is stored.
    private struct Draft: Sendable {
        var id = Identifier.make()
        var email: String
        var name: String
        var role: PersonRole
        var password: String?
    }

    private static func addPerson(_ asked: AddPerson, _ call: Call, _ room: DataRoom) async throws -> AddPerson.Answer {
        let store = room.store
        var check = FieldCheck()
        let email = check.email("email", asked.email)
        let name = check.text("name", asked.name.isEmpty ? String(email.prefix { $0 != "@" }) : asked.name, "The name", limit: 100)
        if let password = asked.password, let problem = store.problem(ofNew: password) { check.problems.append(problem) }
        if asked.role.isStaff != (asked.customer == nil) {
            let staff = asked.customer == nil
            check.refuse("role", staff ? "\(asked.role.rawValue) is a role of a customer's people." : "\(asked.role.rawValue) is a role of staff.",
                         staff ? "Name the customer, or use support, operations or technician." : "Use administrator, super-operator, operator or subject.")
        }
        var entry: CustomerEntry?
        if let customer = asked.customer {
            entry = store.customer(customer)
            if entry == nil { check.refuse("customer", "There is no customer named \(customer).", "Add it first, or look at fitech-ctl customer list.") }
        }
        try check.finish()
        let place = entry?.name ?? "staff"
        var answer = AddPerson.Answer()
        let link = asked.password == nil ? Token.make(in: place) : nil
        answer.invitation = link.map { "/invitation?token=" + $0.text }
        if let kept: Person = try await room.kept(call, entry?.file ?? store.directory) {
            // The link is a secret and was not kept: a repeat gets a new one, which replaces the first.
            if let hash = link?.hash {
                let (now, life) = (call.now, store.options.invitationLife)
                try await room.writeSecret(entry?.file ?? store.directory) { try LinkFamily.make(.invitation, hash, person: kept.id, life: life, now, in: $0) }
            }
            answer.person = kept
            return answer
        }
        var draft = Draft(email: email, name: name, role: asked.role)
        if let password = asked.password { draft.password = try await store.hash(password) }
        answer.person = try await keep(draft, in: entry, link: link, origin: asked.origin, call, room)
        return answer
    }

    private static func invite(_ asked: InvitePerson, _ call: Call, _ room: DataRoom) async throws -> Person {
        let (_, customer) = try call.customer()
        var check = FieldCheck()
        let email = check.email("email", asked.email)
        let name = check.text("name", asked.name, "The name", limit: 100)
        if asked.role.isStaff { check.refuse("role", "\(asked.role.rawValue) is a role of Fitech's own staff.", "Use administrator, super-operator, operator or subject.") }
        try check.finish()
        if let kept: Person = try await room.kept(call, customer.file) { return kept }
        try MemberFamily.limit(customer, room.store, call.now)
        let draft = Draft(email: email, name: name, role: asked.role)
        return try await keep(draft, in: customer, link: Token.make(in: customer.name), origin: asked.origin, call, room)
    }

    /// Reserves the e-mail in the directory, then stores the person where it lives.
    private static func keep(_ draft: Draft, in entry: CustomerEntry?, link: (text: String, hash: [UInt8])?, origin: String?, _ call: Call, _ room: DataRoom) async throws -> Person {
        let store = room.store
        try await reserve(draft, in: entry, room)
        let (now, audit, life) = (call.now, call.audit, store.options.invitationLife)
        let (text, hash) = (link?.text, link?.hash)
        do {
            let person = try await room.write(call, entry?.file ?? store.directory) { database in
                try database.execute(
                    "INSERT INTO person (id, email, name, role, password, created) VALUES (?, ?, ?, ?, ?, ?)",
                    draft.id, draft.email, draft.name, draft.role.rawValue, draft.password, now.milliseconds)
                if let text, let hash {
                    try LinkFamily.make(.invitation, hash, person: draft.id, life: life, now, in: database)
                    if let origin, !origin.isEmpty, let row = try PersonRow.find(draft.id, in: database) {
                        try LinkFamily.invite(row, to: entry, origin: origin, token: text, now, in: database)
                    }
                }
                var changes = AuditChanges()
                changes.add("email", nil, draft.email)
                changes.add("role", nil, draft.role.rawValue)
                try audit.note("added a person", .person(draft.id), changes, in: database)
                return try PersonRow.find(draft.id, in: database)?.person(of: entry) ?? Person()
            }
            if origin != nil { store.effects.note(entry?.name ?? "staff") }
            return person
        } catch {
            // The person was not stored, so the e-mail is free again; if this fails too, `reserve` takes it over later.
            _ = try? await store.write(store.directory) { try $0.execute("DELETE FROM address WHERE email = ? AND person = ?", draft.email, draft.id) }
            throw error
        }
    }

    private static func reserve(_ draft: Draft, in entry: CustomerEntry?, _ room: DataRoom) async throws {
        let store = room.store
        let taken = Failure.conflict("There is a person with the e-mail \(draft.email) already.", hint: "Every e-mail belongs to one person; use another.", code: "email-taken")
        if try await SessionFamily.find(draft.email, room) != nil { throw taken }
        let customer = entry?.name
        try await store.write(store.directory) { database in
            let before = try database.first("SELECT customer, person FROM address WHERE email = ?", draft.email) { ($0.optionalText(0), $0.text(1)) }
            if let before {
                // Left over from a person that was never stored. In staff's case the person would be right here.
                guard before.0 == customer, try before.0 != nil || PersonRow.find(before.1, in: database) == nil else { throw taken }
            }
            try database.execute("INSERT OR REPLACE INTO address (email, customer, person) VALUES (?, ?, ?)", draft.email, customer, draft.id)
        }
    }

    private static func createToken(_ asked: CreateToken, _ call: Call, _ room: DataRoom) async throws -> CreateToken.Answer {
        let areas = TokenScope(asked.scope)?.text
        guard asked.scope == "all" || asked.scope == "read" || areas != nil else {
            throw Failure.unacceptable([.init(field: "scope", reason: "\"\(asked.scope)\" is no scope.", hint: TokenScope.hint)])
        }
        guard let known = try await SessionFamily.find(FieldCheck.trimmed(asked.email).lowercased(), room) else {
            throw Failure.unacceptable([.init(field: "email", reason: "There is no person with the e-mail \(asked.email).", hint: "Add the person first with fitech-ctl user add.")])
        }
        let (text, hash) = Token.make(in: known.place)
        let (now, audit, id) = (call.now, call.audit, known.id)
        let expires = now.adding(room.store.options.tokenLife)
        try await room.writeSecret(known.file) { database in
            try database.execute(
                "INSERT INTO session (hash, person, kind, scope, created, expires, used, id, name, areas) VALUES (?, ?, 'token', ?, ?, ?, ?, ?, 'by operations', ?)",
                hash, id, areas == nil ? asked.scope : "all", now.milliseconds, expires.milliseconds, now.milliseconds, Identifier.make(), areas)
            try audit.note("made a token", .person(id), detail: "scope \(asked.scope)", in: database)
        }
        var answer = CreateToken.Answer()
        answer.token = text
        answer.scope = areas ?? asked.scope
        answer.expires = expires
        return answer
    }
}
