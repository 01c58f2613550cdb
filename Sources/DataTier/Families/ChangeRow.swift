// A change as its database holds it: what everybody reads, and what only the rules look at.
import Control
import Procedures
import Storage
import SupportCentre
import Wire

/// Read whole, changed in memory, saved whole, inside one transaction.
struct ChangeRow: Sendable {
    var change: Change
    /// Who raised it, by id.
    var person: String
    var submitted: Int64?
    /// Votes of earlier rounds were about something else.
    var round: Int
    var board: AdvisoryBoard?
    /// Whether this transaction gave it a time, another one, or took it away.
    var isMoved = false

    /// One change; nil when this database has none of that number.
    static func find(_ number: Int, of customer: CustomerEntry?, in database: Database) throws -> ChangeRow? {
        try database.first("""
            SELECT number, title, kind, state, reason, impact, likelihood, parts, starts, ends, quote, currency, quote_state, raised_by, by_staff, raised, updated,
                revision, plan, back_out, evidence, person, submitted, round, quorum, rule, vote_ends
            FROM change WHERE number = ?
            """, number) { row in
            var change = listed(row)
            change.plan = row.text(18)
            change.backOut = row.text(19)
            change.evidence = row.text(20)
            change.customer = customer?.name
            change.customerDisplayName = customer?.displayName ?? ""
            var board: AdvisoryBoard?
            if let quorum = row.optionalInt(24), let ends = row.optionalInt64(26) {
                board = AdvisoryBoard(quorum: quorum, rule: BoardRule(rawValue: row.text(25)) ?? .all, ends: Timestamp(milliseconds: ends))
            }
            return ChangeRow(change: change, person: row.text(21), submitted: row.optionalInt64(22), round: row.int(23), board: board)
        }
    }

    /// The first 18 columns that lists of both databases have alike.
    static func listed(_ row: Row) -> Change {
        var change = Change()
        change.number = row.int(0)
        change.title = row.text(1)
        change.kind = ChangeKind(rawValue: row.text(2)) ?? .normal
        change.state = ChangeState(rawValue: row.text(3)) ?? .draft
        change.reason = row.text(4)
        change.impact = ChangeImpact(rawValue: row.text(5))
        change.likelihood = ChangeLikelihood(rawValue: row.text(6))
        if let impact = change.impact, let likelihood = change.likelihood { change.risk = ChangeRisk(impact, likelihood) }
        change.parts = words(row.text(7))
        change.starts = row.optionalInt64(8).map(Timestamp.init(milliseconds:))
        change.ends = row.optionalInt64(9).map(Timestamp.init(milliseconds:))
        if let amount = row.optionalInt(10) {
            var quote = ChangeQuote()
            quote.amount = amount
            quote.currency = Currency(rawValue: row.text(11)) ?? .gbp
            quote.state = QuoteState(rawValue: row.text(12)) ?? .offered
            change.quote = quote
        }
        change.raisedBy = row.text(13)
        change.byStaff = row.bool(14)
        change.raised = Timestamp(milliseconds: row.int64(15))
        change.updated = Timestamp(milliseconds: row.int64(16))
        change.version = row.int(17)
        return change
    }

    static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    // MARK: Saving

    /// The number the next change carries; the index of the directory follows by it.
    private static func nextRevision(in database: Database) throws -> Int { (try database.int("SELECT max(revision) FROM change") ?? 0) + 1 }

    func insert(at now: Timestamp, in database: Database) throws {
        try database.execute("""
            INSERT INTO change (number, title, title_key, kind, state, phase, reason, plan, back_out, evidence, parts, person, raised_by, by_staff, raised, updated, revision)
            VALUES (?, '', '', 'normal', 'draft', 'decide', '', '', '', '', '', ?, ?, ?, ?, ?, 0)
            """, change.number, person, change.raisedBy, change.byStaff, now.milliseconds, now.milliseconds)
    }

    mutating func save(at now: Timestamp, in database: Database) throws {
        change.version = try Self.nextRevision(in: database)
        change.updated = now
        // Of Fitech's own the directory's index for staff has the words.
        let hasWords = change.customer != nil
        if hasWords { try ChangeWords.remove(change.number, in: database) }
        try database.execute("""
            UPDATE change SET title = ?, title_key = ?, kind = ?, state = ?, phase = ?, reason = ?, impact = ?, likelihood = ?, plan = ?, back_out = ?, evidence = ?,
                parts = ?, starts = ?, ends = ?, quote = ?, currency = ?, quote_state = ?, updated = ?, submitted = ?, round = ?, quorum = ?, rule = ?, vote_ends = ?,
                revision = ?
            WHERE number = ?
            """, change.title, change.title.lowercased(), change.kind.rawValue, change.state.rawValue, ChangePhase(change.state).rawValue, change.reason,
            change.impact?.rawValue, change.likelihood?.rawValue, change.plan, change.backOut, change.evidence, change.parts.joined(separator: " "),
            change.starts?.milliseconds, change.ends?.milliseconds, change.quote?.amount, change.quote?.currency.rawValue, change.quote?.state.rawValue,
            now.milliseconds, submitted, round, board?.quorum, board?.rule.rawValue, board?.ends.milliseconds, change.version, change.number)
        if hasWords { try ChangeWords.add(change.number, in: database) }
    }

    func note(_ what: String, by who: String, staff: Bool, _ note: String, at now: Timestamp, in database: Database) throws {
        try database.execute(
            "INSERT INTO change_event (change, at, who, by_staff, what, state, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
            change.number, now.milliseconds, who, staff, what, change.state.rawValue, note)
    }

    // MARK: What the rules look at

    /// What stands of it, for the judge.
    func facts(votes: [BoardVote], at now: Timestamp) -> ChangeFacts {
        var filled: Set<ChangeContent> = []
        if !change.reason.isEmpty { filled.insert(.reason) }
        if change.risk != nil { filled.insert(.risk) }
        if !change.plan.isEmpty { filled.insert(.plan) }
        if !change.backOut.isEmpty { filled.insert(.backOut) }
        if !change.evidence.isEmpty { filled.insert(.evidence) }
        var window: ChangeWindow?
        if let starts = change.starts, let ends = change.ends { window = ChangeWindow(starts: starts, ends: ends) }
        return ChangeFacts(
            kind: change.kind, state: change.state, filled: filled, window: window, quote: change.quote?.state,
            board: board?.outcome(of: votes, at: now))
    }

    /// What the caller is to it.
    func parties(of caller: Caller) -> Set<ChangeParty> {
        var parties: Set<ChangeParty> = []
        if caller.isStaff { parties.insert(.staff) }
        if person == caller.id || !caller.isStaff && caller.role == .administrator { parties.insert(.owner) }
        return parties
    }

    /// The votes of this round, with the names of those who gave them.
    func votes(in database: Database) throws -> [(vote: BoardVote, shown: ChangeVote)] {
        try database.query("SELECT person, who, choice, comment, at FROM change_vote WHERE change = ? AND round = ? ORDER BY row LIMIT 500", change.number, round) { row in
            var shown = ChangeVote()
            shown.who = row.text(1)
            shown.choice = VoteChoice(rawValue: row.text(2)) ?? .abstain
            shown.comment = row.text(3)
            shown.at = Timestamp(milliseconds: row.int64(4))
            return (BoardVote(person: row.text(0), choice: shown.choice, at: shown.at), shown)
        }
    }

    func check(version: Int?) throws(Failure) {
        if let version, version != change.version {
            throw .changedMeanwhile("change")
        }
    }
}
