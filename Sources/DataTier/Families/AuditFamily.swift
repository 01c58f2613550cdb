// Reading audit logs, and verifying them. What was verified is noted in the directory's log: a log cut back later is noticed.
import Control
import Digests
import Procedures
import Storage
import Wire

enum AuditFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListAudit.self) { try await list($0, $1, $2) }
        table.add(VerifyAudit.self) { try await verify($0, $1, $2) }
    }

    // MARK: Reading

    private static func list(_ asked: ListAudit, _ call: Call, _ room: DataRoom) async throws -> ListAudit.Answer {
        let caller = try call.signedIn()
        let page = try PageCut(asked.page)
        let before = try page.number(or: .max)
        let (file, customer) = try log(asked, caller, room)
        var filter = AuditFilter()
        filter.what = asked.what.map { String($0.prefix(100)) }
        filter.object = asked.object.map { String($0.prefix(100)) }
        filter.words = Search.words(String((asked.search ?? "").prefix(200)))
        filter.from = asked.from.map { Timestamp(milliseconds: Int64($0.daysSince1970) * 86_400_000) }
        filter.until = asked.to.map { Timestamp(milliseconds: Int64($0.daysSince1970 + 1) * 86_400_000) }
        var answer = ListAudit.Answer()
        answer.person = caller.person
        answer.customerDisplayName = customer?.displayName ?? ""
        if let who = asked.who {
            filter.actor = try await actor(FieldCheck.trimmed(String(who.prefix(254))), customer, caller, room)
        }
        (answer.items, answer.next, answer.kinds) = try await room.read(file) { database in
            let (items, next) = try AuditRows.list(filter, before: before, limit: page.limit, in: database)
            return (items, next.map(String.init), try AuditRows.kinds(in: database))
        }
        // Customers see that it was staff, never by which address.
        if caller.isStaff { answer.items = try await named(answer.items, room) }
        return answer
    }

    /// The e-mails of staff stand in the directory alone.
    private static func named(_ items: [AuditEntry], _ room: DataRoom) async throws -> [AuditEntry] {
        guard items.contains(where: { $0.actor.hasPrefix("staff/") }) else { return items }
        return try await room.read(room.store.directory) { database in
            var items = items, emails: [String: String] = [:]
            for index in items.indices where items[index].actor.hasPrefix("staff/") {
                let id = String(items[index].actor.dropFirst("staff/".count))
                if emails[id] == nil { emails[id] = try database.first("SELECT email FROM person WHERE id = ?", id) { $0.text(0) } ?? "" }
                items[index].who = emails[id] ?? ""
            }
            return items
        }
    }

    /// Customers' people have one log, their own; another's name is nobody's.
    private static func log(_ asked: ListAudit, _ caller: Caller, _ room: DataRoom) throws -> (DatabaseFile, CustomerEntry?) {
        if let own = caller.customer {
            guard asked.customer == nil || asked.customer == own.name else { throw Failure.notFound("customer") }
            return (own.file, own)
        }
        guard let name = asked.customer else { return (room.store.directory, nil) }
        guard let entry = room.store.customer(name) else { throw Failure.notFound("customer") }
        return (entry.file, entry)
    }

    /// The actor an e-mail means in a log; people of other customers are as unknown as nobody.
    private static func actor(_ who: String, _ customer: CustomerEntry?, _ caller: Caller, _ room: DataRoom) async throws -> String {
        guard who.contains("@") else { return who }
        let email = who.lowercased()
        let address = try await room.read(room.store.directory) { database in
            try database.first("SELECT customer, person FROM address WHERE email = ?", email) { ($0.optionalText(0), $0.text(1)) }
        }
        guard let address, address.0 == nil ? caller.isStaff : address.0 == customer?.name else { return "person/unknown" }
        return (address.0 == nil ? "staff/" : "person/") + address.1
    }

    // MARK: Verifying

    private static func verify(_ asked: VerifyAudit, _ call: Call, _ room: DataRoom) async throws -> VerifyAudit.Answer {
        let store = room.store
        let names = store.allCustomers.map(\.name)
        guard asked.log == nil || asked.log == "directory" || names.contains(asked.log!) else {
            throw Failure.unacceptable([.init(field: "log", reason: "There is no customer named \(asked.log ?? "").", hint: "Use directory, or a name of fitech-ctl customer list.")])
        }
        var answer = VerifyAudit.Answer()
        for name in asked.log.map({ [$0] }) ?? ["directory"] + names {
            answer.items.append(try await verify(name, call, room))
        }
        return answer
    }

    private static func verify(_ name: String, _ call: Call, _ room: DataRoom) async throws -> VerifyAudit.Log {
        let store = room.store
        let file = name == "directory" ? store.directory : store.customer(name)?.file
        var log = VerifyAudit.Log()
        log.name = name
        guard let file else { return log }
        let object = AuditObject.customer(name)
        let anchor = try await room.read(store.directory) { try lastSeen(object, in: $0) }
        let outcome: AuditVerification.Outcome
        do {
            try await file.prepare()
            outcome = try await store.work.run {
                try AuditVerification.run(try Database(path: file.path, mode: .read, options: file.options), anchor: anchor)
            }
        } catch let error as StorageError {
            // One damaged database must not keep the others from being verified.
            (log.broken, log.reason) = (1, "The database cannot be read: \(error.kind.rawValue).")
            return log
        }
        log.entries = Int(outcome.entries)
        log.head = Hex.encode(outcome.head)
        if let broken = outcome.broken {
            (log.broken, log.reason) = (Int(broken.row), broken.reason)
            store.log.error("an audit log is broken", ("log", name), ("row", "\(broken.row)"))
        }
        let (audit, found) = (call.audit, log)
        _ = try await store.write(store.directory) { database in
            if let row = found.broken {
                try audit.note("found an audit log broken", object, detail: "row \(row)", in: database)
            } else {
                try audit.note("verified an audit log", object, detail: "\(found.entries) \(found.head)", in: database)
            }
        }
        return log
    }

    /// What the directory knows of a log: its last verification, unless it was restored since.
    private static func lastSeen(_ object: AuditObject, in database: Database) throws -> AuditAnchor? {
        var anchor: AuditAnchor?
        try database.each("SELECT what, detail FROM audit WHERE object = ? AND object <> '' ORDER BY row DESC", [object.text]) { row in
            switch row.text(0) {
            case "restored a customer", "was restored", "brought a customer in": return false
            case "verified an audit log":
                let words = (try? JSON.parse(Array(row.text(1).utf8)))?["text"]?.string?.split(separator: " ") ?? []
                if words.count == 2, let entries = Int64(words[0]), entries > 0, let hash = Hex.decode(String(words[1])) { anchor = AuditAnchor(row: entries, hash: hash) }
                return false
            default: return true
            }
        }
        return anchor
    }
}
