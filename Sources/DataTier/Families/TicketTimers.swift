// What time does to tickets: a pending one whose date has come is open again, a solution nobody spoke against is accepted.
import Control
import Engine
import Procedures
import Storage
import SupportCentre
import Wire

extension DataRoom {
    /// Moves every ticket whose time has come. The index says whose they are; the customer's own database decides.
    func wakeTickets(now: Timestamp) async throws {
        let names = try await read(store.directory) { database in
            try database.query("SELECT DISTINCT customer FROM ticket WHERE wake <= ? LIMIT 200", now.milliseconds) { $0.text(0) }
        }
        let support = store.options.support
        for name in names {
            guard let customer = store.customer(name) else { continue }
            do {
                try await store.write(customer.file) { database in
                    let due = try database.query("SELECT number, state, state_since, until FROM ticket WHERE wake <= ? LIMIT 500", now.milliseconds) { row in
                        (row.int(0), TicketState(rawValue: row.text(1)) ?? .open, Timestamp(milliseconds: row.int64(2)), row.optionalInt64(3).map(Timestamp.init(milliseconds:)))
                    }
                    for (number, state, since, until) in due {
                        guard let wake = TicketLifecycle.wake(state, since: since, until: until, policy: support.policy), wake.at <= now else { continue }
                        // At the moment it was due, not when this node came to it: the clocks must not depend on that.
                        try TicketEvents.append(.state, wake.to.rawValue, to: number, by: .time, at: wake.at, in: database)
                        try database.execute(
                            "UPDATE ticket SET state = ?, state_since = ?, until = NULL, updated = ? WHERE number = ?", wake.to.rawValue, wake.at.milliseconds, now.milliseconds, number)
                        try TicketEvents.settle(number, standard: support.standard, policy: support.policy, in: database)
                    }
                }
                await followTickets(of: customer)
            } catch let error as StorageError {
                // One damaged database must not hold up everybody's tickets.
                store.log.warning("tickets cannot be moved by time", ("customer", name), ("error", "\(error)"))
            }
        }
    }

    /// Looks every half minute while this node is the primary.
    func watchTickets(_ loop: isolated EventLoop, until stopping: () -> Bool) async {
        while !stopping() {
            await loop.sleep(.seconds(30))
            guard store.role.mayWrite else { continue }
            do { try await wakeTickets(now: .now) } catch { store.log.warning("tickets whose time has come cannot be looked up", ("error", "\(error)")) }
            do { try await emptyBin(now: .now) } catch { store.log.warning("the recycle bin cannot be looked through", ("error", "\(error)")) }
        }
    }
}
