// The recycle bin of support: deleting tickets and posts, what is in the bin, bringing back and removing for good.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

enum BinFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(DeleteTicket.self) { try await deleteTicket($0, $1, $2) }
        table.add(DeletePost.self) { try await deletePost($0, $1, $2) }
        table.add(ListBin.self) { try await list($0, $1, $2) }
        table.add(RestoreFromBin.self) { try await restore($0, $1, $2) }
        table.add(RemoveFromBin.self) { try await remove($0, $1, $2) }
    }

    private static let missing = Failure.notFound("thing in the recycle bin", hint: "It was brought back, or its time is over. The recycle bin shows what there is.")

    // MARK: Deleting

    private static func deleteTicket(_ asked: DeleteTicket, _ call: Call, _ room: DataRoom) async throws -> BinItem {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let reason = check.text("reason", asked.reason, "The reason", limit: 300)
        try check.finish()
        let customer = try await home(of: asked.number, caller, room), most = room.store.options.binBytes
        let (now, audit, life, reader) = (call.now, call.audit, room.store.options.binLife, TicketRows.Reader(isStaff: true, now: call.now))
        var item = try await room.write(call, customer.file) { database in
            guard let ticket = try TicketRows.find(asked.number, of: customer, ownedBy: nil, reader, in: database) else {
                if let (item, _) = try RecycleBin.held(.ticket, String(asked.number), in: database) { throw Failure.deleted(item, what: "ticket", in: caller.zone, forStaff: true) }
                throw Failure.notFound("ticket")
            }
            if let version = asked.version, version != ticket.version { throw Failure.changedMeanwhile("ticket") }
            guard ticket.mergedInto == nil, try database.int("SELECT 1 FROM ticket WHERE merged_into = ?", asked.number) == nil else {
                throw Failure.conflict("Ticket \(asked.number) is merged with another.", hint: "Undo the merge first; then either can be deleted.", code: "merged")
            }
            let bytes = try database.int("SELECT coalesce(sum(bytes), 0) FROM attachment WHERE ticket = ?", asked.number) ?? 0
            guard bytes <= most else {
                throw Failure.conflict("Ticket \(asked.number) has \(bytes >> 20) MB of files.", hint: "Remove the large ones first; the bin takes up to \(most >> 20) MB at once.", code: "too-large")
            }
            let opener = try database.first("SELECT person FROM ticket WHERE number = ?", asked.number) { $0.text(0) } ?? ""
            let revision = try TicketRows.nextRevision(in: database)
            try TicketWords.remove(asked.number, in: database)
            let item = try RecycleBin.hold(
                .ticket, asked.number, .init(title: ticket.title, reason: reason, person: opener, by: caller.name, life: life), revision: revision, now: now, in: database)
            // Not its title: what is gone for good one day must not stand in the log.
            try audit.note("deleted a ticket", .ticket(asked.number), detail: reason, in: database)
            return item
        }
        (item.customer, item.customerDisplayName) = (customer.name, customer.displayName)
        await room.followTickets(of: customer)
        return item
    }

    /// Whose database a ticket is in, or was: a repeat finds its answer there.
    private static func home(of number: Int, _ caller: Caller, _ room: DataRoom) async throws -> CustomerEntry {
        do { return try await TicketFamily.customer(of: number, caller, room) } catch let failure as Failure where failure.status == 404 {
            let name = try await room.read(room.store.directory) { database in
                try database.first("SELECT customer FROM bin_item WHERE kind = 'ticket' AND key = ? AND customer IS NOT NULL ORDER BY row DESC LIMIT 1", String(number)) { $0.text(0) }
            }
            guard let entry = name.flatMap({ room.store.customer($0) }) else { throw failure }
            return entry
        }
    }

    private static func deletePost(_ asked: DeletePost, _ call: Call, _ room: DataRoom) async throws -> BinItem {
        let caller = try call.signedIn()
        let (now, audit, life, reader) = (call.now, call.audit, room.store.options.binLife, CommunityRows.Reader(caller, call.now))
        return try await room.write(call, room.store.directory) { database in
            guard let post = try CommunityRows.find(asked.number, reader, in: database) else { throw Failure.notFound("post") }
            if let version = asked.version, version != post.version { throw Failure.changedMeanwhile("post") }
            try PostWords.remove(asked.number, in: database)
            let item = try RecycleBin.hold(.post, asked.number, .init(title: post.title, by: caller.name, life: life), now: now, in: database)
            try audit.note("deleted a post", .post(asked.number), in: database)
            return item
        }
    }

    // MARK: What is in it

    private static func list(_ asked: ListBin, _ call: Call, _ room: DataRoom) async throws -> ListBin.Answer {
        let caller = try call.signedIn(), cut = try PageCut(asked.page), before = try cut.number(or: .max)
        let (store, kind, me) = (room.store, asked.only?.rawValue, caller.id)
        var answer = ListBin.Answer()
        let rows = try await room.read(store.directory) { database in
            try database.query("""
                SELECT id, kind, key, title, reason, by_name, deleted, expires, row, customer FROM bin_item
                WHERE state = 'held' AND row < ?1 AND (?2 IS NULL OR kind = ?2) AND (customer IS NOT NULL OR person IN ('', ?3)) ORDER BY row DESC LIMIT ?4
                """, before, kind, me, cut.limit + 1) { ($0.int(8), $0.optionalText(9), RecycleBin.item($0)) }
        }
        answer.items = rows.prefix(cut.limit).map { _, customer, item in
            var item = item
            (item.customer, item.customerDisplayName) = (customer, customer.map { store.customer($0)?.displayName ?? $0 })
            return item
        }
        if rows.count > cut.limit { answer.next = "\(rows[cut.limit - 1].0)" }
        (answer.days, answer.person) = (Int(store.options.binLife.milliseconds / 86_400_000), caller.person)
        return answer
    }

    /// Where a thing lies: the customer whose database it is in, nil for the directory's own.
    private static func place(_ id: String, _ caller: Caller, _ room: DataRoom) async throws -> CustomerEntry? {
        let store = room.store
        let found = try await room.read(store.directory) { database in
            try database.first("SELECT customer, person FROM bin_item WHERE id = ?", id) { ($0.optionalText(0), $0.text(1)) }
        }
        guard let (customer, person) = found else { throw missing }
        guard let customer else {
            guard person.isEmpty || person == caller.id else { throw missing }
            return nil
        }
        guard let entry = store.customer(customer) else { throw missing }
        return entry
    }

    // MARK: Back, or gone

    private static func restore(_ asked: RestoreFromBin, _ call: Call, _ room: DataRoom) async throws -> BinItem {
        let caller = try call.signedIn(), audit = call.audit, limits = room.store.options
        guard let customer = try await place(asked.id, caller, room) else {
            return try await room.write(call, room.store.directory) { database in
                guard let (row, _, item) = try RecycleBin.find(asked.id, in: database) else { throw missing }
                try BinRules.checkPlace(of: item, row, limits, in: database)
                try RecycleBin.bringBack(row, .of(item.kind), in: database)
                try database.execute("UPDATE bin_item SET state = 'restored', title = '', reason = '', person = '' WHERE row = ?", row)
                if item.kind == .post { try PostWords.add(Int(item.key) ?? 0, in: database) }
                try audit.note("brought back from the recycle bin", BinRules.object(item), in: database)
                return item
            }
        }
        var item = try await room.write(call, customer.file) { database in
            guard let (row, _, item) = try RecycleBin.find(asked.id, in: database), let number = Int(item.key) else { throw missing }
            let revision = try TicketRows.nextRevision(in: database)
            try RecycleBin.bringBack(row, .ticket, in: database)
            try database.execute("UPDATE bin_item SET state = 'restored', title = '', reason = '', person = '', revision = ? WHERE row = ?", revision, row)
            // One further: the index forgets the item and takes the ticket in, in this order.
            try database.execute("UPDATE ticket SET revision = ? WHERE number = ?", revision + 1, number)
            try TicketEvents.settle(number, standard: limits.support.standard, policy: limits.support.policy, in: database)
            try TicketWords.add(number, in: database)
            try audit.note("brought back from the recycle bin", .ticket(number), in: database)
            return item
        }
        (item.customer, item.customerDisplayName) = (customer.name, customer.displayName)
        await room.followTickets(of: customer)
        return item
    }

    private static func remove(_ asked: RemoveFromBin, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn(), audit = call.audit
        let customer = try await place(asked.id, caller, room)
        let done = try await room.write(call, customer?.file ?? room.store.directory) { database in
            guard let (row, _, item) = try RecycleBin.find(asked.id, in: database) else { throw missing }
            try BinRules.forget(row, item, inCustomer: customer != nil, audit, in: database)
            return Done()
        }
        if let customer { await room.followTickets(of: customer) }
        return done
    }
}

/// What bringing back and removing have to look at, by kind.
enum BinRules {
    static func object(_ item: BinItem) -> AuditObject {
        switch item.kind {
        case .ticket: .ticket(Int(item.key) ?? 0)
        case .post: .post(Int(item.key) ?? 0)
        case .cannedReply: .cannedReply(item.key)
        case .ticketView: .ticketView(item.key)
        }
    }

    static func forget(_ row: Int64, _ item: BinItem, inCustomer: Bool, _ audit: Audit, in database: Database) throws {
        try RecycleBin.forget(row, revision: inCustomer ? try TicketRows.nextRevision(in: database) : 0, in: database)
        try audit.note("removed for good", object(item), in: database)
    }

    /// A name may have been given to another meanwhile, and a limit reached.
    static func checkPlace(of item: BinItem, _ row: Int64, _ limits: DataOptions, in directory: Database) throws {
        func value(_ field: String) throws -> StoredValue {
            try directory.first("SELECT value FROM bin_value WHERE item = ? AND field = ?", row, field) { $0.value(0) } ?? .null
        }
        let taken: Bool, full: Bool
        switch item.kind {
        case .cannedReply:
            taken = try directory.int("SELECT 1 FROM canned_reply WHERE title_key = ?", value("title_key")) != nil
            full = try directory.int("SELECT count(*) FROM canned_reply") ?? 0 >= limits.cannedReplies
        case .ticketView:
            let (key, shared, person) = (try value("name_key"), try value("shared"), try value("person"))
            taken = try directory.int("SELECT 1 FROM ticket_view WHERE name_key = ?1 AND shared = ?2 AND (?2 OR person = ?3)", key, shared, person) != nil
            full = try directory.int("SELECT count(*) FROM ticket_view WHERE shared = ?1 AND (?1 OR person = ?2)", shared, person) ?? 0
                >= (shared == .integer(1) ? limits.viewsShared : limits.viewsPerPerson)
        case .ticket, .post:
            (taken, full) = (false, false)
        }
        if taken { throw Failure.conflict("There is another called \"\(item.title)\" by now.", hint: "Give that one another name, then bring this one back.", code: "name-taken") }
        if full { throw Failure.conflict("There are as many of these as there may be.", hint: "Remove one that nobody uses, then bring this one back.", code: "too-many") }
    }
}
