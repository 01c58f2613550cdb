// The directory's index of changes follows the customers' databases by revision, as that of tickets does; Fitech's own changes are
// in the directory themselves and enter it in their own transaction.
import Procedures
import Storage
import SupportCentre
import Wire

enum ChangeIndex {
    /// Brings a change of Fitech's own into the index, drafts too: its writers are its readers.
    static func followOwn(_ number: Int, in directory: Database) throws {
        try directory.execute("""
            INSERT INTO change_index (number, customer, title, title_key, kind, state, phase, reason, impact, likelihood, parts, starts, ends, quote, currency, quote_state,
                raised_by, by_staff, raised, updated, revision)
            SELECT number, NULL, title, title_key, kind, state, phase, substr(reason, 1, 200), impact, likelihood, parts, starts, ends, quote, currency, quote_state,
                raised_by, by_staff, raised, updated, revision
            FROM change WHERE number = ?
            ON CONFLICT (number) DO UPDATE SET title = excluded.title, title_key = excluded.title_key, kind = excluded.kind, state = excluded.state, phase = excluded.phase,
                reason = excluded.reason, impact = excluded.impact, likelihood = excluded.likelihood, parts = excluded.parts, starts = excluded.starts, ends = excluded.ends,
                quote = excluded.quote, currency = excluded.currency, quote_state = excluded.quote_state, updated = excluded.updated, revision = excluded.revision
            """, number)
        guard let texts = try directory.first("""
            SELECT title, reason || char(10) || plan || char(10) || back_out || char(10) || evidence, raised_by FROM change WHERE number = ?
            """, number, row: { ($0.text(0), $0.text(1), $0.text(2)) }) else { return }
        try StaffWords.put(change: number, title: texts.0, body: texts.1, about: texts.2, of: "", in: directory)
    }

    /// A changed row of a customer's database on its way into the index.
    struct Changed: Sendable {
        var change: Change
        /// Never-submitted drafts are between a customer's people.
        var isSubmitted: Bool
        /// Everything that is written in it, for the search of staff.
        var text: String
    }

    static func put(_ changed: Changed, of customer: CustomerEntry, in directory: Database) throws {
        let change = changed.change
        try directory.execute("""
            INSERT INTO change_index (number, customer, title, title_key, kind, state, phase, reason, impact, likelihood, parts, starts, ends, quote, currency, quote_state,
                raised_by, by_staff, raised, updated, revision)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (number) DO UPDATE SET title = excluded.title, title_key = excluded.title_key, kind = excluded.kind, state = excluded.state, phase = excluded.phase,
                reason = excluded.reason, impact = excluded.impact, likelihood = excluded.likelihood, parts = excluded.parts, starts = excluded.starts, ends = excluded.ends,
                quote = excluded.quote, currency = excluded.currency, quote_state = excluded.quote_state, updated = excluded.updated, revision = excluded.revision
            WHERE customer = excluded.customer
            """, change.number, customer.name, change.title, change.title.lowercased(), change.kind.rawValue, change.state.rawValue, ChangePhase(change.state).rawValue,
            change.reason, change.impact?.rawValue, change.likelihood?.rawValue, change.parts.joined(separator: " "), change.starts?.milliseconds,
            change.ends?.milliseconds, change.quote?.amount, change.quote?.currency.rawValue, change.quote?.state.rawValue, change.raisedBy, change.byStaff,
            change.raised.milliseconds, change.updated.milliseconds, change.version)
        try StaffWords.put(change: change.number, title: change.title, body: changed.text, about: "\(change.raisedBy) · \(customer.displayName)", of: customer.name, in: directory)
    }
}

extension DataRoom {
    /// Brings the index up to the changes of a home, and lets management know of effects. What cannot be done now is done by the
    /// next change or start: the change itself is safe already, so its writer is not refused.
    func followChanges(of home: ChangeHome) async {
        do {
            if let customer = home.customer { while try await followChangesOnce(customer) {} }
            let file = home.file(in: store)
            if try await read(file, { try EffectFamily.isPending(in: $0, ofCustomer: home.customer != nil) }) { store.effects.note(home.place) }
        } catch {
            store.log.warning("the index of changes is behind", ("place", home.place), ("error", "\(error)"))
        }
    }

    /// Takes over some changed rows; true when there may be more.
    private func followChangesOnce(_ customer: CustomerEntry) async throws -> Bool {
        let name = customer.name
        guard let reached = try await read(store.directory, { try $0.int("SELECT change_revision FROM customer WHERE name = ?", name) }) else { return false }
        let changed = try await read(customer.file) { database in
            try database.query("""
                SELECT number, title, kind, state, substr(reason, 1, 200), impact, likelihood, parts, starts, ends, quote, currency, quote_state, raised_by, by_staff,
                    raised, updated, revision, submitted, reason || char(10) || plan || char(10) || back_out || char(10) || evidence
                FROM change WHERE revision > ? ORDER BY revision LIMIT 200
                """, reached) { ChangeIndex.Changed(change: ChangeRow.listed($0), isSubmitted: !$0.isNull(18), text: $0.text(19)) }
        }
        guard let last = changed.last else { return false }
        try await store.write(store.directory) { database in
            // Somebody else may have come further meanwhile with newer rows: then this look is stale, and the loop looks again.
            guard try database.execute("UPDATE customer SET change_revision = ? WHERE name = ? AND change_revision = ?", last.change.version, name, reached) == 1 else { return }
            for one in changed where one.isSubmitted {
                try ChangeIndex.put(one, of: customer, in: database)
                var change = one.change
                change.customer = name
                try ChangeWindows.draft(change, in: database)
            }
        }
        return true
    }
}
