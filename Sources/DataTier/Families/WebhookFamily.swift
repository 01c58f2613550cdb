// A customer's administrators and their webhooks: making, changing, trying, sending again; and what management reports of its calls.
import Digests
import Procedures
import Storage
import SupportCentre
import Wire

enum WebhookFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ListWebhooks.self) { try await list($0, $1, $2) }
        table.add(ShowWebhook.self) { try await show($0, $1, $2) }
        table.add(MakeWebhook.self) { try await make($0, $1, $2) }
        table.add(ChangeWebhook.self) { try await change($0, $1, $2) }
        table.add(RenewWebhookSecret.self) { try await renew($0, $1, $2) }
        table.add(RemoveWebhook.self) { try await remove($0, $1, $2) }
        table.add(TryWebhook.self) { try await attempt($0, $1, $2) }
        table.add(RepeatDeliveries.self) { try await again($0, $1, $2) }
        table.add(ReportWebhooks.self) { try await report($0, $1, $2) }
    }

    private static let nothing = Failure.notFound("webhook")

    // MARK: Reading

    private static func list(_ asked: ListWebhooks, _ call: Call, _ room: DataRoom) async throws -> ListWebhooks.Answer {
        let (caller, customer) = try call.customer()
        var answer = ListWebhooks.Answer()
        answer.items = try await room.read(customer.file) { try WebhookRows.list(in: $0) }
        answer.person = caller.person
        return answer
    }

    private static func show(_ asked: ShowWebhook, _ call: Call, _ room: DataRoom) async throws -> ShowWebhook.Answer {
        let (caller, customer) = try call.customer()
        let cut = try PageCut(asked.page)
        let before = try cut.number(or: .max), now = call.now
        return try await room.read(customer.file) { database in
            guard let hook = try WebhookRows.find(asked.id, in: database) else { throw nothing }
            var answer = ShowWebhook.Answer()
            (answer.webhook, answer.person, answer.asOf) = (hook, caller.person, now)
            let found = try WebhookRows.deliveries(of: hook.id, before: before, limit: cut.limit + 1, in: database)
            answer.deliveries = found.prefix(cut.limit).map(\.delivery)
            if found.count > cut.limit { answer.next = "\(found[cut.limit - 1].row)" }
            return answer
        }
    }

    // MARK: Making and changing

    private static func check(url: String?, events: [String]?, note: String?, inside: Bool) throws(Failure) -> (url: String?, events: String?, note: String?) {
        var check = FieldCheck()
        let url = url.map(FieldCheck.trimmed)
        if let url, let problem = WebhookAddress.problem(url, inside: inside) { check.refuse("url", problem.reason, problem.hint) }
        let offered = WebhookEvent.offered.map(\.rawValue)
        if let events {
            for event in events where !offered.contains(event) { check.refuse("events", "There is no event \"\(event.prefix(40))\".", "There are \(offered.joined(separator: ", ")).") }
            if events.isEmpty { check.refuse("events", "It is not said what the webhook is told of.", "Choose at least one of \(offered.joined(separator: ", ")).") }
        }
        let note = note.map { check.text("note", $0, "The note", limit: 200, required: false) }
        try check.finish()
        // In one order, so that the same choice is the same text.
        return (url, events.map { chosen in offered.filter(chosen.contains).joined(separator: " ") }, note)
    }

    private static func secret() -> String { "whsec_" + Base64.encode(RandomBytes.make(24)) }

    private static func make(_ asked: MakeWebhook, _ call: Call, _ room: DataRoom) async throws -> FreshWebhook {
        let (caller, customer) = try call.customer()
        let given = try check(url: asked.url, events: asked.events, note: asked.note ?? "", inside: room.store.options.webhooksInside)
        let (now, audit, limit, id, secret) = (call.now, call.audit, room.store.options.webhooksPerCustomer, Identifier.make(), secret())
        return try await room.write(call, customer.file) { database in
            guard try database.int("SELECT count(*) FROM webhook") ?? 0 < limit else {
                throw Failure.conflict("There are \(limit) webhooks already.", hint: "Remove one that is not used any more.", code: "too-many-webhooks")
            }
            try database.execute(
                "INSERT INTO webhook (id, url, events, note, state, secret, person, by_name, created) VALUES (?, ?, ?, ?, 'on', ?, ?, ?, ?)", id, given.url, given.events, given.note,
                secret, caller.id, caller.name, now.milliseconds)
            try audit.note("made a webhook", .webhook(id), detail: host(given.url ?? ""), in: database)
            var fresh = FreshWebhook()
            (fresh.webhook, fresh.secret) = (try WebhookRows.find(id, in: database) ?? Webhook(), secret)
            return fresh
        }
    }

    /// An address without what may be a secret in its path or query.
    private static func host(_ url: String) -> String { url.split(separator: "/").prefix(2).joined(separator: "//") }

    private static func change(_ asked: ChangeWebhook, _ call: Call, _ room: DataRoom) async throws -> Webhook {
        let (_, customer) = try call.customer()
        let given = try check(url: asked.url, events: asked.setEvents ?? !asked.events.isEmpty ? asked.events : nil, note: asked.note, inside: room.store.options.webhooksInside)
        let audit = call.audit
        return try await room.write(call, customer.file) { database in
            guard let hook = try WebhookRows.find(asked.id, in: database) else { throw nothing }
            if let version = asked.version, version != hook.version { throw Failure.changedMeanwhile("webhook") }
            var changes = AuditChanges()
            changes.add("url", host(hook.url), host(given.url ?? hook.url))
            changes.add("events", hook.events.joined(separator: " "), given.events ?? hook.events.joined(separator: " "))
            changes.add("note", hook.note, given.note ?? hook.note)
            let state = asked.on.map { $0 ? WebhookState.on : hook.state == .on ? .off : hook.state } ?? hook.state
            changes.add("state", hook.state.rawValue, state.rawValue)
            // A new path or query changes the address, though not what the audit may show of it.
            guard !changes.isEmpty || (given.url ?? hook.url) != hook.url else { return hook }
            try database.execute(
                "UPDATE webhook SET url = ?, events = ?, note = ?, version = version + 1 WHERE id = ?", given.url ?? hook.url, given.events ?? hook.events.joined(separator: " "), given.note ?? hook.note, hook.id)
            if state != .on, hook.state == .on { try WebhookRows.turnOff(hook.id, state, in: database) }
            if state == .on, hook.state != .on { try database.execute("UPDATE webhook SET state = 'on', failing = NULL WHERE id = ?", hook.id) }
            try audit.note("changed a webhook", .webhook(hook.id), changes, in: database)
            return try WebhookRows.find(hook.id, in: database) ?? hook
        }
    }

    private static func renew(_ asked: RenewWebhookSecret, _ call: Call, _ room: DataRoom) async throws -> FreshWebhook {
        let (_, customer) = try call.customer()
        let (now, audit, secret) = (call.now, call.audit, secret())
        return try await room.write(call, customer.file) { database in
            let done = try database.execute(
                "UPDATE webhook SET former = secret, former_until = ?, secret = ?, version = version + 1 WHERE id = ?", now.adding(WebhookRows.overlap).milliseconds, secret, asked.id)
            guard done == 1, let hook = try WebhookRows.find(asked.id, in: database) else { throw nothing }
            try audit.note("renewed the secret of a webhook", .webhook(hook.id), in: database)
            var fresh = FreshWebhook()
            (fresh.webhook, fresh.secret) = (hook, secret)
            return fresh
        }
    }

    private static func remove(_ asked: RemoveWebhook, _ call: Call, _ room: DataRoom) async throws -> Done {
        let (_, customer) = try call.customer()
        let audit = call.audit
        return try await room.write(call, customer.file) { database in
            guard let hook = try WebhookRows.find(asked.id, in: database) else { throw nothing }
            try database.execute("DELETE FROM webhook WHERE id = ?", hook.id)
            try audit.note("removed a webhook", .webhook(hook.id), detail: host(hook.url), in: database)
            return Done()
        }
    }

    // MARK: Sending by hand

    private static let isOff = Failure.conflict("The webhook is off.", hint: "Turn it on first.", code: "webhook-off")

    private static func attempt(_ asked: TryWebhook, _ call: Call, _ room: DataRoom) async throws -> WebhookDelivery {
        let (_, customer) = try call.customer()
        let (now, audit) = (call.now, call.audit)
        let sent = try await room.write(call, customer.file) { database in
            guard let hook = try WebhookRows.find(asked.id, in: database) else { throw nothing }
            guard hook.state == .on else { throw isOff }
            let id = try WebhookRows.write(.ping, [], to: hook.id, at: now, in: database)
            try audit.note("tried a webhook", .webhook(hook.id), in: database)
            return try WebhookRows.delivery(id, in: database) ?? WebhookDelivery()
        }
        room.store.effects.note(customer.name)
        return sent
    }

    private static func again(_ asked: RepeatDeliveries, _ call: Call, _ room: DataRoom) async throws -> RepeatDeliveries.Answer {
        let (_, customer) = try call.customer()
        let (now, audit) = (call.now, call.audit)
        let answer = try await room.write(call, customer.file) { database in
            guard let hook = try WebhookRows.find(asked.id, in: database) else { throw nothing }
            guard hook.state == .on else { throw isOff }
            var answer = RepeatDeliveries.Answer()
            if let one = asked.delivery {
                answer.count = try database.execute("UPDATE webhook_delivery SET state = 'waiting', tries = 0, due = ? WHERE id = ? AND webhook = ?", now.milliseconds, one, hook.id)
                guard answer.count == 1 else { throw Failure.notFound("delivery") }
            } else {
                answer.count = try database.execute("UPDATE webhook_delivery SET state = 'waiting', tries = 0, due = ? WHERE webhook = ? AND state = 'failed'", now.milliseconds, hook.id)
            }
            if answer.count > 0 { try audit.note("sent deliveries of a webhook again", .webhook(hook.id), detail: "\(answer.count)", in: database) }
            return answer
        }
        if answer.count > 0 { room.store.effects.note(customer.name) }
        return answer
    }

    // MARK: What calls came to

    private static func report(_ asked: ReportWebhooks, _ call: Call, _ room: DataRoom) async throws -> Done {
        let (now, audit) = (call.now, call.audit)
        for (name, outcomes) in Dictionary(grouping: asked.items, by: \.customer) {
            guard let customer = room.store.customer(name) else { continue }
            do {
                try await room.store.write(customer.file) { database in
                    for outcome in outcomes {
                        guard let (hook, person) = try WebhookRows.settle(outcome, at: now, in: database) else { continue }
                        try audit.note("turned a webhook off", .webhook(hook.id), detail: hook.state == .gone ? "it answered 410" : "nothing was taken for too long", in: database)
                        guard let person = try PersonRow.find(person, in: database), person.suspended == nil, person.password != nil else { continue }
                        try Mail.write(to: person.email, subject: "A webhook was turned off", body: """
                            Hello \(person.name),

                            the webhook of \(customer.displayName) that leads to \(host(hook.url)) was turned off: \(hook.state == .gone ? "it answered that it is gone" : "nothing was taken since \(hook.failingSince?.iso8601 ?? "long"), the last answer was: \(outcome.reason)").

                            When it works again, turn it on in the portal under Webhooks; what could not be delivered can be sent again there.
                            """, place: customer.name, now: now, in: database)
                    }
                }
            } catch let error as StorageError {
                // One damaged database must not keep the others' from being heard.
                room.store.log.warning("what became of calls cannot be kept", ("customer", name), ("error", "\(error)"))
            }
            room.store.effects.note(name)
        }
        return Done()
    }
}
