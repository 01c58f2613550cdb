// What happened to a ticket, appended in the transaction that made it happen, and the clocks that follow from it.
import Procedures
import Storage
import SupportCentre
import Synchronization
import Wire

/// Who did something to a ticket.
struct TicketHand: Sendable {
    var person: String
    var name: String
    var byStaff: Bool

    init(_ caller: Caller) { (person, name, byStaff) = (caller.id, caller.name, caller.isStaff) }
    private init(person: String, name: String, byStaff: Bool) { (self.person, self.name, self.byStaff) = (person, name, byStaff) }
    /// The house itself, when a date has come.
    static let time = TicketHand(person: "", name: "", byStaff: true)
}

enum TicketEvents {
    static func append(
        _ kind: TicketEventEntry.Kind, _ value: String = "", _ detail: String = "", to ticket: Int, by hand: TicketHand, internal: Bool = false, at: Timestamp, in database: Database
    ) throws {
        try database.execute(
            "INSERT INTO ticket_event (ticket, at, kind, value, detail, person, who, by_staff, internal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ticket, at.milliseconds, kind.rawValue, value, detail, hand.person, hand.name, hand.byStaff, `internal`)
        // What is among staff is told to nobody.
        if !`internal`, let event = kind.told {
            try WebhookRows.tell(event, [
                ("ticket", .integer(Int64(ticket))), ("what", .string(kind.rawValue)), ("value", .string(value)), ("by", .string(hand.byStaff ? "support" : "customer")),
                ("address", .string("/api/v1/tickets/\(ticket)")),
            ], at: at, in: database)
        }
    }

    /// The last 300 for the page, oldest first. The plan's own text is for the clocks, not for people.
    static func history(of ticket: Int, forStaff: Bool, in database: Database) throws -> [TicketEventEntry] {
        try database.query("""
            SELECT at, kind, value, detail, who, by_staff FROM ticket_event WHERE ticket = ? AND (internal = 0 OR ?) AND kind <> 'replied' AND kind <> 'note'
            ORDER BY row DESC LIMIT 300
            """, ticket, forStaff) { row in
            var entry = TicketEventEntry()
            entry.at = Timestamp(milliseconds: row.int64(0))
            entry.kind = TicketEventEntry.Kind(rawValue: row.text(1)) ?? .opened
            entry.value = row.text(2)
            entry.detail = entry.kind == .opened || entry.kind == .plan ? "" : row.text(3)
            entry.who = row.text(4)
            entry.byStaff = row.bool(5)
            return entry
        }.reversed()
    }

    /// Works both clocks out from the first event on and writes what follows into the ticket's row, with a new revision.
    ///
    /// - Parameter standard: the plan of tickets that were opened before there were plans.
    static func settle(_ ticket: Int, standard: SupportPlan, policy: TicketPolicy, in database: Database) throws {
        let events = try database.query("SELECT at, kind, value, detail, by_staff FROM ticket_event WHERE ticket = ? ORDER BY row", ticket) { row -> TicketEvent? in
            let kind: TicketEvent.Kind? = switch row.text(1) {
            case "opened": .opened(TicketPriority(rawValue: row.text(2)) ?? .normal, plan(row.text(3)) ?? standard)
            case "replied": .replied(byStaff: row.bool(4))
            case "state": TicketState(rawValue: row.text(2)).map { .state($0) }
            case "priority": TicketPriority(rawValue: row.text(2)).map { .priority($0) }
            case "plan": plan(row.text(3)).map { .plan($0) }
            default: nil
            }
            return kind.map { TicketEvent(Timestamp(milliseconds: row.int64(0)), $0) }
        }
        guard let clocks = TicketClocks(events.compactMap { $0 }) else {
            // Nothing is promised of a ticket whose opening is not on record; that it changed is told to the directory's index all the same.
            _ = try database.execute("UPDATE ticket SET clocked = 1, revision = ? WHERE number = ?", try TicketRows.nextRevision(in: database), ticket)
            return
        }
        guard let (state, since, until) = try database.first("SELECT state, state_since, until FROM ticket WHERE number = ?", ticket, row: { row in
            (TicketState(rawValue: row.text(0)) ?? .open, Timestamp(milliseconds: row.int64(1)), row.optionalInt64(2).map(Timestamp.init(milliseconds:)))
        }) else { return }
        let due = [clocks.response, clocks.resolution].compactMap { $0.phase == .running ? $0.due?.milliseconds : nil }.min()
        let wake = TicketLifecycle.wake(state, since: since, until: until, policy: policy)
        try database.execute("""
            UPDATE ticket SET active = ?, due = ?, wake = ?, response_phase = ?, response_due = ?, response_met = ?, response_left = ?,
                resolution_phase = ?, resolution_due = ?, resolution_met = ?, resolution_left = ?, clocked = 1, revision = ? WHERE number = ?
            """, state.rule.isActive, due ?? TicketRows.neverDue, wake?.at.milliseconds,
            clocks.response.word, clocks.response.due?.milliseconds, clocks.response.met?.milliseconds, clocks.response.pausedSeconds,
            clocks.resolution.word, clocks.resolution.due?.milliseconds, clocks.resolution.met?.milliseconds, clocks.resolution.pausedSeconds,
            try TicketRows.nextRevision(in: database), ticket)
    }

    // A house has few plans and many events that carry one.
    private static let plans = Mutex<[String: SupportPlan]>([:])

    /// The plan a text says; nil for none.
    static func plan(_ text: String) -> SupportPlan? {
        if text.isEmpty { return nil }
        if let known = plans.withLock({ $0[text] }) { return known }
        guard let plan = try? SupportPlan(text: text) else { return nil }
        plans.withLock { plans in
            if plans.count > 200 { plans = [:] }
            plans[text] = plan
        }
        return plan
    }
}

extension TicketClock {
    /// The phase as stored.
    fileprivate var word: String {
        switch phase {
        case .running: ClockFacts.Phase.running.rawValue
        case .paused: ClockFacts.Phase.paused.rawValue
        case .met: ClockFacts.Phase.met.rawValue
        case .ended: ClockFacts.Phase.ended.rawValue
        }
    }

    fileprivate var met: Timestamp? { if case .met(let moment) = phase { moment } else { nil } }
    fileprivate var pausedSeconds: Int? { phase == .paused ? left.map { Int($0 / 1000) } : nil }
}

extension TicketEventEntry.Kind {
    /// As what programs are told of it; nil for what they are not.
    fileprivate var told: WebhookEvent? {
        switch self {
        case .opened: .ticketOpened
        case .replied: .ticketReplied
        case .state, .priority, .category, .merged, .unmerged, .absorbed: .ticketChanged
        default: nil
        }
    }
}
