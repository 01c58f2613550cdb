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
        guard state == "held" else {
            try directory.execute("DELETE FROM bin_item WHERE id = ? AND customer = ?", item.id, customer)
            if state == "gone" { try directory.execute("DELETE FROM ticket_watcher WHERE ticket = ? AND NOT EXISTS (SELECT 1 FROM ticket WHERE number = ?1)", number) }
            return
        }
        try directory.execute("DELETE FROM ticket WHERE number = ? AND customer = ?", number, customer)
        try directory.execute("""
            INSERT INTO bin_item (id, kind, key, title, reason, person, by_name, deleted, expires, state, customer) VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, 'held', ?)
            ON CONFLICT (id) DO NOTHING
            """, item.id, item.kind.rawValue, item.key, item.title, item.reason, item.by, item.deleted.milliseconds, item.expires.milliseconds, customer)
    }
}

extension DataRoom {
    /// Removes for good what has lain in the bin as long as it may, at most 100 things at a time.
    func emptyBin(now: Timestamp) async throws {
        let due = try await read(store.directory) { database in
            try database.query("SELECT id, customer FROM bin_item WHERE state = 'held' AND expires <= ? LIMIT 100", now.milliseconds) { ($0.text(0), $0.optionalText(1)) }
        }
        let audit = Audit(actor: .nobody, request: nil, now: now)
        for (name, items) in Dictionary(grouping: due, by: \.1) {
            let customer = name.flatMap { store.customer($0) }
            if name != nil, customer == nil { continue }
            let ids = items.map(\.0), isCustomers = customer != nil
            do {
                try await store.write(customer?.file ?? store.directory) { database in
                    for id in ids {
                        guard let (row, _, item) = try RecycleBin.find(id, in: database) else { continue }
                        try BinRules.forget(row, item, inCustomer: isCustomers, audit, in: database)
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
