// What keeps the recycle bin in order: the directory's index of the customers' bins, and the end of what lay in it long enough.
import Procedures
import Storage
import Wire

/// An item of a customer's bin as the directory's index follows it.
struct BinnedTicket: Sendable {
    var item: BinItem
    var state: String
    var revision: Int

    /// Those whose state changed after a revision of the tickets, the earliest first.
    static func changed(after revision: Int, limit: Int, in database: Database) throws -> [BinnedTicket] {
        try database.query("""
            SELECT id, kind, key, title, reason, by_name, deleted, expires, state, revision FROM bin_item WHERE revision > ? ORDER BY revision LIMIT ?
            """, revision, limit) { BinnedTicket(item: RecycleBin.item($0), state: $0.text(8), revision: $0.int(9)) }
    }

    /// The ticket leaves the index of tickets and the search of staff, and is shown in the bin; or no longer.
    func follow(_ customer: String, in directory: Database) throws {
        let number = Int(item.key) ?? 0
        try StaffWords.remove(ticket: number, in: directory)
        // One that was brought back has a later revision than this: it is taken in again by that.
        try directory.execute("DELETE FROM ticket WHERE number = ? AND customer = ?", number, customer)
        if state == "gone" { try directory.execute("DELETE FROM ticket_watcher WHERE ticket = ?", number) }
        // Where it lies stays known when it does not any more: the repeat of a call must find its answer there.
        let isHeld = state == "held"
        try directory.execute("""
            INSERT INTO bin_item (id, kind, key, title, reason, person, by_name, deleted, expires, state, customer) VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, title = excluded.title, reason = excluded.reason
            """, item.id, item.kind.rawValue, item.key, isHeld ? item.title : "", isHeld ? item.reason : "", item.by, item.deleted.milliseconds, item.expires.milliseconds, state, customer)
    }
}

extension DataRoom {
    /// Removes for good what has lain in the bin as long as it may: of up to 200 databases, a hundred things of each, one at a time, so that
    /// nobody else's commit waits behind more.
    func emptyBin(now: Timestamp) async throws {
        let places = try await read(store.directory) { database in
            try database.query("SELECT DISTINCT customer FROM bin_item WHERE state = 'held' AND expires <= ? LIMIT 200", now.milliseconds) { $0.optionalText(0) }
        }
        let audit = Audit(actor: .nobody, request: nil, now: now)
        for name in places {
            let customer = name.flatMap { store.customer($0) }
            if name != nil, customer == nil { continue }
            do {
                let due = try await read(store.directory) { database in
                    try database.query("SELECT id FROM bin_item WHERE state = 'held' AND expires <= ? AND customer IS ? LIMIT 100", now.milliseconds, name) { $0.text(0) }
                }
                for id in due {
                    try await store.write(customer?.file ?? store.directory) { database in
                        guard let (row, _, item) = try RecycleBin.find(id, in: database) else { return }
                        try BinRules.forget(row, item, inCustomer: name != nil, audit, in: database)
                    }
                }
                if let customer { await followTickets(of: customer) }
            } catch let error as StorageError {
                // One damaged database must not keep everybody's bin from being emptied.
                store.log.warning("the recycle bin cannot be emptied", ("customer", name ?? "directory"), ("error", "\(error)"))
            }
        }
    }
}
