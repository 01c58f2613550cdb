// Lists of changes: from a customer's own database, and from the directory's index for staff; and what stands in the calendar.
import Procedures
import Storage
import SupportCentre
import Wire

enum ChangeLists {
    /// Newest changes of a customer before a number.
    static func own(_ customer: CustomerEntry, phase: ChangePhase?, state: ChangeState?, search: String, before: Int, limit: Int, in database: Database) throws -> [Change] {
        let pattern = search.lowercased()
        let row: (Row) -> Change = { row in
            var change = ChangeRow.listed(row)
            (change.customer, change.customerDisplayName) = (customer.name, customer.displayName)
            return change
        }
        guard let phase = phase ?? state.map(ChangePhase.init) else {
            return try database.query("""
                SELECT number, title, kind, state, substr(reason, 1, 200), impact, likelihood, parts, starts, ends, quote, currency, quote_state, raised_by, by_staff,
                    raised, updated, revision
                FROM change WHERE number < ? AND instr(title_key, ?) > 0 ORDER BY number DESC LIMIT ?
                """, before, pattern, limit, row: row)
        }
        return try database.query("""
            SELECT number, title, kind, state, substr(reason, 1, 200), impact, likelihood, parts, starts, ends, quote, currency, quote_state, raised_by, by_staff,
                raised, updated, revision
            FROM change WHERE phase = ? AND number < ? AND (? IS NULL OR state = ?) AND instr(title_key, ?) > 0 ORDER BY number DESC LIMIT ?
            """, phase.rawValue, before, state?.rawValue, state?.rawValue, pattern, limit, row: row)
    }

    /// The same over everybody's, or one customer's.
    static func index(
        customer: String?, phase: ChangePhase?, state: ChangeState?, search: String, before: Int, limit: Int, in database: Database
    ) throws -> [Change] {
        let pattern = search.lowercased()
        let phase = phase ?? state.map(ChangePhase.init)
        switch (customer, phase) {
        case (nil, nil):
            return try database.query("""
                SELECT i.number, i.title, i.kind, i.state, i.reason, i.impact, i.likelihood, i.parts, i.starts, i.ends, i.quote, i.currency, i.quote_state, i.raised_by,
                    i.by_staff, i.raised, i.updated, i.revision, i.customer, c.display_name
                FROM change_index i LEFT JOIN customer c ON c.name = i.customer
                WHERE i.number < ? AND instr(i.title_key, ?) > 0 ORDER BY i.number DESC LIMIT ?
                """, before, pattern, limit, row: indexed)
        case (nil, let phase?):
            return try database.query("""
                SELECT i.number, i.title, i.kind, i.state, i.reason, i.impact, i.likelihood, i.parts, i.starts, i.ends, i.quote, i.currency, i.quote_state, i.raised_by,
                    i.by_staff, i.raised, i.updated, i.revision, i.customer, c.display_name
                FROM change_index i LEFT JOIN customer c ON c.name = i.customer
                WHERE i.phase = ? AND i.number < ? AND (? IS NULL OR i.state = ?) AND instr(i.title_key, ?) > 0 ORDER BY i.number DESC LIMIT ?
                """, phase.rawValue, before, state?.rawValue, state?.rawValue, pattern, limit, row: indexed)
        case (let customer?, let phase):
            return try database.query("""
                SELECT i.number, i.title, i.kind, i.state, i.reason, i.impact, i.likelihood, i.parts, i.starts, i.ends, i.quote, i.currency, i.quote_state, i.raised_by,
                    i.by_staff, i.raised, i.updated, i.revision, i.customer, c.display_name
                FROM change_index i LEFT JOIN customer c ON c.name = i.customer
                WHERE i.customer = ? AND i.number < ? AND (? IS NULL OR i.phase = ?) AND (? IS NULL OR i.state = ?) AND instr(i.title_key, ?) > 0
                ORDER BY i.number DESC LIMIT ?
                """, customer, before, phase?.rawValue, phase?.rawValue, state?.rawValue, state?.rawValue, pattern, limit, row: indexed)
        }
    }

    private static func indexed(_ row: Row) -> Change {
        var change = ChangeRow.listed(row)
        change.customer = row.optionalText(18)
        change.customerDisplayName = row.text(19)
        return change
    }

    /// How many are in each phase that is not over, each counted up to 1000.
    static func counts(own: Bool, customer: String?, in database: Database) throws -> (deciding: Int, planned: Int, reviewing: Int) {
        let row: (Row) -> (Int, Int, Int) = { ($0.int(0), $0.int(1), $0.int(2)) }
        let found: (Int, Int, Int)?
        if own {
            found = try database.first("""
                SELECT (SELECT count(*) FROM (SELECT 1 FROM change WHERE phase = 'decide' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM change WHERE phase = 'plan' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM change WHERE phase = 'review' LIMIT 1000))
                """, row: row)
        } else if let customer {
            found = try database.first("""
                SELECT (SELECT count(*) FROM (SELECT 1 FROM change_index WHERE customer = ?1 AND phase = 'decide' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM change_index WHERE customer = ?1 AND phase = 'plan' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM change_index WHERE customer = ?1 AND phase = 'review' LIMIT 1000))
                """, customer, row: row)
        } else {
            found = try database.first("""
                SELECT (SELECT count(*) FROM (SELECT 1 FROM change_index WHERE phase = 'decide' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM change_index WHERE phase = 'plan' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM change_index WHERE phase = 'review' LIMIT 1000))
                """, row: row)
        }
        return found.map { ($0.0, $0.1, $0.2) } ?? (0, 0, 0)
    }

    // MARK: The calendar

    /// What may be planned in a stretch of time is at most so much; more is cut.
    static let most = 500

    /// A customer's own planned work that touches a stretch of time.
    static func planned(_ customer: CustomerEntry, in stretch: ChangeWindow, in database: Database) throws -> [PlannedWork] {
        try database.query("""
            SELECT number, title, kind, state, parts, starts, ends, NULL, NULL FROM change
            WHERE starts < ? AND starts > ? AND ends > ? AND state NOT IN ('draft', 'cancelled') ORDER BY starts, number LIMIT 500
            """, stretch.ends.milliseconds, stretch.starts.milliseconds - ChangeWindow.longest, stretch.starts.milliseconds) { row in
            var work = planned(row)
            (work.customer, work.customerDisplayName) = (customer.name, customer.displayName)
            return work
        }
    }

    /// The same from the index: everybody's, or what Fitech itself does for everybody.
    static func plannedIndex(onlyOwn: Bool, in stretch: ChangeWindow, in database: Database) throws -> [PlannedWork] {
        try database.query("""
            SELECT i.number, i.title, i.kind, i.state, i.parts, i.starts, i.ends, i.customer, c.display_name
            FROM change_index i LEFT JOIN customer c ON c.name = i.customer
            WHERE i.starts < ? AND i.starts > ? AND i.ends > ? AND i.state NOT IN ('draft', 'cancelled') AND (? = 0 OR i.customer IS NULL)
            ORDER BY i.starts, i.number LIMIT 500
            """, stretch.ends.milliseconds, stretch.starts.milliseconds - ChangeWindow.longest, stretch.starts.milliseconds, onlyOwn, row: planned)
    }

    private static func planned(_ row: Row) -> PlannedWork {
        var work = PlannedWork()
        work.number = row.int(0)
        work.title = row.text(1)
        work.kind = ChangeKind(rawValue: row.text(2)) ?? .normal
        work.state = ChangeState(rawValue: row.text(3)) ?? .scheduled
        work.parts = ChangeRow.words(row.text(4))
        work.starts = Timestamp(milliseconds: row.int64(5))
        work.ends = Timestamp(milliseconds: row.int64(6))
        work.customer = row.optionalText(7)
        work.customerDisplayName = row.text(8)
        return work
    }
}

extension PlannedWork {
    /// As the calendar's rules see it; the number must be there.
    var planned: PlannedChange {
        PlannedChange(number: number ?? 0, customer: customer, parts: Set(parts.compactMap(ServicePart.init(rawValue:))), window: ChangeWindow(starts: starts, ends: ends))
    }
}
