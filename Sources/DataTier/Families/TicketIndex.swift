// The directory's index of tickets follows the customers' databases: every change carries a revision, the index remembers
// how far it has come, so a crash between the two commits is made good by the next look.
import Engine
import Procedures
import Storage
import Wire

extension DataRoom {
    /// Tickets taken over in one transaction: others who write to the directory wait behind so many at most.
    private static let together = 50
    /// Looks at so many that a change of a ticket waits for. More is a backlog, for `watchBacklogs`.
    private static let promptLooks = 4
    /// Looks at one customer's backlog before the next one's.
    private static let looksInTurn = 20

    /// What a look came to.
    private enum Look { case upToDate, more, overtaken }

    /// Brings the index up to the customer's tickets after a change. What cannot be done now is done a little later:
    /// the ticket itself is safe already, so its writer is not refused, nor kept waiting behind thousands of others.
    func followTickets(of customer: CustomerEntry) async {
        // Mails and calls may have been written with the change.
        store.effects.note(customer.name)
        // Who works the backlog off looks once more at its end. Open lists look again meanwhile.
        guard !store.behind.contains(customer.name) else { return store.happenings.tell(["tickets/\(customer.name)", "tickets"]) }
        do {
            var looks = 0
            while looks < Self.promptLooks {
                switch try await followOnce(customer) {
                case .upToDate: return
                case .more: looks += 1
                // By others, who changed tickets too: that is no backlog.
                case .overtaken: continue
                }
            }
        } catch {
            store.log.warning("the ticket index is behind", ("customer", customer.name), ("error", "\(error)"))
        }
        store.behind.note(customer.name)
    }

    /// Brings the index up to the customer's tickets, however many there are. It is a backlog until then: nobody who writes a ticket waits
    /// for it, and `watchBacklogs` does not do the same beside.
    func followAllTickets(of customer: CustomerEntry) async {
        store.effects.note(customer.name)
        store.behind.note(customer.name)
        store.following.note(customer.name)
        defer { store.following.clear(customer.name) }
        do {
            while store.behind.contains(customer.name) { try await workOff(customer.name) }
        } catch {
            store.log.warning("the ticket index is behind", ("customer", customer.name), ("error", "\(error)"))
        }
    }

    /// Works off backlogs while this node is the primary, some of each customer's in turn. What fails is tried again in half a minute.
    func watchBacklogs(_ loop: isolated EventLoop, until stopping: () -> Bool) async {
        var resting: [String: ContinuousClock.Instant] = [:]
        while !stopping() {
            let names = store.role.mayWrite ? store.behind.all.filter { resting[$0].map { $0 <= .now } ?? true } : []
            var isIdle = true
            for name in names where !store.following.contains(name) {
                isIdle = false
                resting[name] = nil
                do {
                    try await workOff(name)
                } catch {
                    store.behind.note(name)
                    resting[name] = .now + .seconds(30)
                    store.log.warning("the ticket index is behind", ("customer", name), ("error", "\(error)"))
                }
            }
            if isIdle { await loop.sleep(.seconds(1)) }
        }
    }

    /// Some of a customer's backlog; what is left stays noted.
    private func workOff(_ name: String) async throws {
        guard let customer = store.customer(name) else { return store.behind.clear(name) }
        for _ in 0..<Self.looksInTurn {
            guard try await followOnce(customer) == .upToDate else { continue }
            store.behind.clear(name)
            // What was committed after the last look, by somebody who still saw the backlog.
            if try await followOnce(customer) != .upToDate { store.behind.note(name) }
            return
        }
    }

    /// One changed ticket, as the values the index takes over in the order of its statement.
    private struct Changed: Sendable {
        var number: Int
        var texts: [String]
        var assignee: String?
        var numbers: [Int64]
        var optionals: [Int64?]
        var revision: Int

        init(_ row: Row) {
            number = row.int(0)
            texts = (1...11).map { row.text($0) }
            assignee = row.optionalText(12)
            numbers = (13...18).map { row.int64($0) }
            optionals = (19...26).map { row.optionalInt64($0) }
            revision = row.int(27)
        }
    }

    /// Takes over some changed tickets.
    private func followOnce(_ customer: CustomerEntry) async throws -> Look {
        let (name, displayName) = (customer.name, customer.displayName)
        guard let reached = try await read(store.directory, { try $0.int("SELECT ticket_revision FROM customer WHERE name = ?", name) }) else { return .upToDate }
        // Of one moment: a commit between the two would be passed over for ever.
        let (changed, binned) = try await read(customer.file) { database in
            try database.snapshot {
                (try database.query("""
                    SELECT number, title, title_key, substr(body, 1, 200), state, priority, opened_by, category, assignee_name, tags, response_phase, resolution_phase,
                        assignee, opened, updated, replies, state_since, active, due,
                        until, wake, merged_into, response_due, response_met, response_left, resolution_due, resolution_met, revision, reason, resolution_left
                    FROM ticket WHERE revision > ? ORDER BY revision LIMIT ?
                    """, reached, Self.together) { row in (Changed(row), row.text(28), row.optionalInt64(29)) }, try BinnedTicket.changed(after: reached, limit: Self.together, in: database))
            }
        }
        guard !changed.isEmpty || !binned.isEmpty else { return .upToDate }
        let (messages, taken) = try await newMessages(of: changed.map(\.0.number), anew: Set(binned.compactMap { Int($0.item.key) }), customer)
        // As far as both lists are whole: what lies behind is taken with the next look.
        let cut = [taken < changed.count || changed.count == Self.together ? changed[taken - 1].0.revision : nil, binned.count == Self.together ? binned[Self.together - 1].revision : nil].compactMap(\.self).min()
        let reaches = cut ?? max(changed.last?.0.revision ?? 0, binned.last?.revision ?? 0)
        let tickets = changed.prefix(taken).filter { $0.0.revision <= reaches }
        let moved = binned.filter { $0.revision <= reaches }
        let isFirst = try await store.write(store.directory) { database in
            // Somebody else may have come further meanwhile with newer rows: then this look is stale, and another is due.
            guard try database.execute("UPDATE customer SET ticket_revision = ? WHERE name = ? AND ticket_revision = ?", reaches, name, reached) == 1 else { return false }
            for one in moved { try one.follow(name, in: database) }
            for (one, reason, resolutionLeft) in tickets {
                let (texts, numbers, times) = (one.texts, one.numbers, one.optionals)
                try database.execute("""
                    INSERT INTO ticket (number, customer, title, title_key, body, state, priority, opened_by, category, assignee_name, tags, response_phase, resolution_phase,
                        assignee, opened, updated, replies, state_since, active, due,
                        until, wake, merged_into, response_due, response_met, response_left, resolution_due, resolution_met, revision, reason, resolution_left)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (number) DO UPDATE SET title = excluded.title, title_key = excluded.title_key, state = excluded.state, priority = excluded.priority,
                        category = excluded.category, assignee_name = excluded.assignee_name, tags = excluded.tags, response_phase = excluded.response_phase,
                        resolution_phase = excluded.resolution_phase, assignee = excluded.assignee, updated = excluded.updated, replies = excluded.replies,
                        state_since = excluded.state_since, active = excluded.active, due = excluded.due, until = excluded.until, wake = excluded.wake,
                        merged_into = excluded.merged_into, response_due = excluded.response_due, response_met = excluded.response_met, response_left = excluded.response_left,
                        resolution_due = excluded.resolution_due, resolution_met = excluded.resolution_met, revision = excluded.revision, reason = excluded.reason,
                        resolution_left = excluded.resolution_left
                    WHERE customer = excluded.customer
                    """, one.number, name, texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], texts[6], texts[7], texts[8], texts[9], texts[10],
                    one.assignee, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5],
                    times[0], times[1], times[2], times[3], times[4], times[5], times[6], times[7], one.revision, reason, resolutionLeft)
                try StaffWords.append(messages[one.number] ?? [], to: one.number, title: texts[0], about: "\(texts[5]) · \(displayName)", of: name, in: database)
            }
            return true
        }
        // What was told twice, because two looked at once, is only looked at once more.
        store.happenings.tell(tickets.map { "ticket/\($0.0.number)" } + moved.map { "ticket/\($0.item.key)" } + ["tickets/\(name)", "tickets"])
        return !isFirst ? .overtaken : cut != nil ? .more : .upToDate
    }

    /// What was written in some tickets since the directory last looked, and of how many of them: what is taken at once is bounded by its
    /// bytes too, but at least one.
    /// - Parameter anew: tickets that were in the bin: the directory forgets what it had of them.
    private func newMessages(of tickets: [Int], anew: Set<Int>, _ customer: CustomerEntry) async throws -> (messages: [Int: [StaffWords.Message]], taken: Int) {
        let reached = try await read(store.directory) { database in try tickets.map { anew.contains($0) ? nil : try StaffWords.reached($0, in: database) } }
        return try await read(customer.file) { database in
            var found: [Int: [StaffWords.Message]] = [:], bytes = 0, taken = 0
            for (ticket, row) in zip(tickets, reached) where bytes < 1 << 20 {
                let messages = try StaffWords.messages(of: ticket, after: row, in: database)
                bytes += messages.reduce(0) { $0 + $1.body.utf8.count }
                (found[ticket], taken) = (messages, taken + 1)
            }
            return (found, taken)
        }
    }

    /// Looks through every customer once, after a start or a restore: tickets the index lacks, effects nobody pulled.
    func sweep() async {
        for customer in store.allCustomers {
            guard store.role.mayWrite else { return }
            do {
                if try await read(customer.file, ErasureTraces.areLeft) { store.traces.note(customer.name) }
                try await SupportPlans.follow(customer, now: .now, in: store)
                await buildSearch(of: customer)
                await followAllTickets(of: customer)
                await followChanges(of: .customer(customer))
                store.exports.note(customer.name)
                await followSchedule(of: customer)
            } catch {
                store.log.warning("a customer's database cannot be read", ("customer", customer.name), ("error", "\(error)"))
            }
        }
        await followChanges(of: .directory)
        await AnnouncementMails.run(store, at: .now)
        do {
            guard try await read(store.directory, { try $0.int("SELECT built FROM search_state") }) == 0 else { return }
            try await store.write(store.directory) { database in
                try SearchBuilding.ownChanges(in: database)
                try database.execute("UPDATE search_state SET built = 1")
            }
        } catch {
            store.log.warning("the search index of staff is not complete", ("error", "\(error)"))
        }
    }
}
