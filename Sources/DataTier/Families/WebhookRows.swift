// The rows of webhooks and their deliveries: written in the transaction of what they tell of, handed out when they are due, and what an answer does to them.
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum WebhookRows {
    /// Deliveries are kept so long.
    static let kept = Duration.seconds(30 * 86_400)
    /// How long a former secret signs too.
    static let overlap = Duration.seconds(86_400)
    /// Calls to one webhook at once: a slow one holds up nobody else.
    static let atOnce = 4

    // MARK: Telling

    /// Writes a delivery for every webhook of this customer that is told of such an event; nothing when there is none.
    ///
    /// - Parameter data: numbers, ids and words of ours. Names, texts and measures are not sent: whoever is told asks the API for them.
    static func tell(_ event: WebhookEvent, _ data: [(String, JSON)], at now: Timestamp, in database: Database) throws {
        for (id, events) in try database.query("SELECT id, events FROM webhook WHERE state = 'on'", row: { ($0.text(0), $0.text(1)) })
        where events.split(separator: " ").contains(where: { $0 == event.rawValue }) {
            try write(event, data, to: id, at: now, in: database)
        }
    }

    @discardableResult
    static func write(_ event: WebhookEvent, _ data: [(String, JSON)], to webhook: String, at now: Timestamp, in database: Database) throws -> String {
        // A few at a time, so that no transaction has to clear up after a busy month.
        try database.execute("DELETE FROM webhook_delivery WHERE row IN (SELECT row FROM webhook_delivery WHERE webhook = ? AND created < ? AND state <> 'waiting' ORDER BY row LIMIT 20)", webhook, now.adding(.zero - kept).milliseconds)
        let body = JSON.object([("type", .string(event.rawValue)), ("timestamp", .string(now.iso8601)), ("data", .object(data))])
        let id = "evt_" + Identifier.make()
        try database.execute("INSERT INTO webhook_delivery (id, webhook, event, body, created, due) VALUES (?, ?, ?, ?, ?, ?)", id, webhook, event.rawValue, body.text, now.milliseconds, now.milliseconds)
        return id
    }

    // MARK: Reading

    private static let columns: StaticString = "SELECT id, url, events, note, state, created, by_name, failing, delivered, former_until, version FROM webhook ORDER BY created, id"
    private static let one: StaticString = "SELECT id, url, events, note, state, created, by_name, failing, delivered, former_until, version FROM webhook WHERE id = ?"

    static func list(in database: Database) throws -> [Webhook] { try database.query(columns, row: read) }
    static func find(_ id: String, in database: Database) throws -> Webhook? { try database.first(one, id, row: read) }

    private static func read(_ row: Row) -> Webhook {
        var hook = Webhook()
        (hook.id, hook.url, hook.events, hook.note) = (row.text(0), row.text(1), row.text(2).split(separator: " ").map(String.init), row.text(3))
        hook.state = WebhookState(rawValue: row.text(4)) ?? .off
        (hook.created, hook.by) = (Timestamp(milliseconds: row.int64(5)), row.text(6))
        hook.failingSince = row.optionalInt64(7).map(Timestamp.init(milliseconds:))
        hook.lastDelivered = row.optionalInt64(8).map(Timestamp.init(milliseconds:))
        hook.formerSecretUntil = row.optionalInt64(9).map(Timestamp.init(milliseconds:))
        hook.version = row.int(10)
        return hook
    }

    static func deliveries(of webhook: String, before row: Int, limit: Int, in database: Database) throws -> [(row: Int, delivery: WebhookDelivery)] {
        try database.query("""
            SELECT row, id, event, state, created, tries, at, status, reason, due, body FROM webhook_delivery WHERE webhook = ? AND row < ? ORDER BY row DESC LIMIT ?
            """, webhook, row, limit) { ($0.int(0), delivery($0)) }
    }

    static func delivery(_ id: String, in database: Database) throws -> WebhookDelivery? {
        try database.first("SELECT row, id, event, state, created, tries, at, status, reason, due, body FROM webhook_delivery WHERE id = ?", id, row: delivery)
    }

    private static func delivery(_ row: Row) -> WebhookDelivery {
        var one = WebhookDelivery()
        (one.id, one.event) = (row.text(1), WebhookEvent(rawValue: row.text(2)) ?? .ping)
        (one.state, one.created, one.tries) = (DeliveryState(rawValue: row.text(3)) ?? .failed, Timestamp(milliseconds: row.int64(4)), row.int(5))
        one.at = row.optionalInt64(6).map(Timestamp.init(milliseconds:))
        (one.status, one.reason) = (row.optionalInt(7), row.text(8))
        one.due = one.state == .waiting ? row.optionalInt64(9).map(Timestamp.init(milliseconds:)) : nil
        one.body = row.text(10)
        return one
    }

    // MARK: Carrying out

    /// Whether any delivery of this database waits, now or for later.
    static func isPending(in database: Database) throws -> Bool { try database.int("SELECT 1 FROM webhook_delivery WHERE state = 'waiting' LIMIT 1") != nil }

    /// What is due, the oldest of each webhook first.
    static func due(at now: Timestamp, of customer: String, in database: Database) throws -> [WebhookCall] {
        let hooks = try database.query("SELECT id, url, secret, former, former_until FROM webhook WHERE state = 'on'") { row in
            let isShared = row.optionalInt64(4).map { $0 > now.milliseconds } == true
            return (row.text(0), row.text(1), [row.text(2)] + (isShared ? [row.text(3)] : []))
        }
        return try hooks.flatMap { hook, url, secrets in
            try database.query("SELECT id, body FROM webhook_delivery WHERE webhook = ? AND state = 'waiting' AND due <= ? ORDER BY due, row LIMIT ?", hook, now.milliseconds, atOnce) { row in
                var call = WebhookCall()
                (call.customer, call.id, call.body, call.url, call.secrets) = (customer, row.text(0), row.text(1), url, secrets)
                return call
            }
        }
    }

    /// Keeps what a call came to. Answers the id of the person to be told that their webhook was given up.
    static func settle(_ outcome: WebhookOutcome, at now: Timestamp, in database: Database) throws -> (webhook: Webhook, person: String)? {
        guard let (hook, tries, created) = try database.first("SELECT webhook, tries, created FROM webhook_delivery WHERE id = ? AND state = 'waiting'", outcome.id, row: { ($0.text(0), $0.int(1) + 1, $0.int64(2)) }) else { return nil }
        let verdict = WebhookVerdict(status: outcome.status, tries: tries, delivery: outcome.id, at: now)
        let (state, due): (DeliveryState, Timestamp?) = switch verdict {
        case .delivered: (.delivered, nil)
        case .again(let moment): (.waiting, moment)
        case .failed, .gone: (.failed, nil)
        }
        try database.execute(
            "UPDATE webhook_delivery SET state = ?, tries = ?, due = ?, at = ?, status = ?, reason = ? WHERE id = ?", state.rawValue, tries, due?.milliseconds,
            outcome.at.milliseconds, outcome.status, state == .delivered ? "" : String(outcome.reason.prefix(300)), outcome.id)
        if verdict == .delivered {
            try database.execute("UPDATE webhook SET failing = NULL, delivered = ? WHERE id = ?", outcome.at.milliseconds, hook)
            return nil
        }
        try database.execute("UPDATE webhook SET failing = coalesce(failing, ?) WHERE id = ?", outcome.at.milliseconds, hook)
        guard verdict == .gone || verdict == .failed else { return nil }
        let known = try database.first("SELECT delivered, person FROM webhook WHERE id = ? AND state = 'on'", hook) { (delivered: $0.optionalInt64(0) ?? 0, person: $0.text(1)) }
        // One event that is never taken is no reason to stop those that are.
        guard let known, verdict == .gone || known.delivered < created else { return nil }
        try turnOff(hook, verdict == .gone ? .gone : .failing, in: database)
        return try find(hook, in: database).map { ($0, known.person) }
    }

    /// Nothing waits for a webhook that is off: it can be sent again by hand.
    static func turnOff(_ hook: String, _ state: WebhookState, in database: Database) throws {
        try database.execute("UPDATE webhook SET state = ?, version = version + 1 WHERE id = ?", state.rawValue, hook)
        try database.execute("UPDATE webhook_delivery SET state = 'failed', due = NULL, reason = CASE WHEN reason = '' THEN 'the webhook is off' ELSE reason END WHERE webhook = ? AND state = 'waiting'", hook)
    }
}
