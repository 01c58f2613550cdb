// The directory's index of tickets follows the customers' databases: every change carries a revision, the index remembers
// how far it has come, so a crash between the two commits is made good by the next look.
import Storage
import Wire

extension DataRoom {
    /// Brings the index up to the customer's tickets. What cannot be done now is done by the next change or start:
    /// the ticket itself is safe already, so its writer is not refused.
    func followTickets(of customer: CustomerEntry) async {
        do {
            while try await followOnce(customer) {}
        } catch {
            store.log.warning("the ticket index is behind", ("customer", customer.name), ("error", "\(error)"))
        }
    }

    private struct Changed: Sendable {
        var number: Int
        var title: String
        var key: String
        var body: String
        var state: String
        var priority: String
        var openedBy: String
        var opened: Int64
        var updated: Int64
        var replies: Int
        var revision: Int
    }

    /// Takes over some changed tickets; true when there may be more.
    private func followOnce(_ customer: CustomerEntry) async throws -> Bool {
        let name = customer.name
        guard let reached = try await read(store.directory, { try $0.int("SELECT ticket_revision FROM customer WHERE name = ?", name) }) else { return false }
        let changed = try await read(customer.file) { database in
            try database.query("""
                SELECT number, title, title_key, substr(body, 1, 200), state, priority, opened_by, opened, updated, replies, revision
                FROM ticket WHERE revision > ? ORDER BY revision LIMIT 200
                """, reached) { row in
                Changed(number: row.int(0), title: row.text(1), key: row.text(2), body: row.text(3), state: row.text(4), priority: row.text(5),
                        openedBy: row.text(6), opened: row.int64(7), updated: row.int64(8), replies: row.int(9), revision: row.int(10))
            }
        }
        guard let last = changed.last else { return false }
        try await store.write(store.directory) { database in
            // Somebody else may have come further meanwhile with newer rows: then this look is stale, and the loop looks again.
            guard try database.execute("UPDATE customer SET ticket_revision = ? WHERE name = ? AND ticket_revision = ?", last.revision, name, reached) == 1 else { return }
            for one in changed {
                try database.execute("""
                    INSERT INTO ticket (number, customer, title, title_key, body, state, priority, opened_by, opened, updated, replies)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (number) DO UPDATE SET title = excluded.title, title_key = excluded.title_key, state = excluded.state,
                        priority = excluded.priority, updated = excluded.updated, replies = excluded.replies
                    WHERE customer = excluded.customer
                    """, one.number, name, one.title, one.key, one.body, one.state, one.priority, one.openedBy, one.opened, one.updated, one.replies)
            }
        }
        return true
    }

    /// Looks through every customer once, after a start or a restore: tickets the index lacks, effects nobody pulled.
    func sweep() async {
        for customer in store.allCustomers {
            guard store.role.mayWrite else { return }
            await followTickets(of: customer)
            do {
                if try await read(customer.file, { try $0.int("SELECT 1 FROM effect LIMIT 1") }) != nil { store.effects.note(customer.name) }
            } catch {
                store.log.warning("a customer's database cannot be read", ("customer", customer.name), ("error", "\(error)"))
            }
        }
        // The directory's own effects; a directory that cannot be read has been reported by every call already.
        if let found = try? await read(store.directory, { try $0.int("SELECT 1 FROM effect LIMIT 1") }), found == 1 { store.effects.note("staff") }
    }
}
