// Effects outside the databases: management pulls the rows and says when it has them safe.
import Procedures
import Storage
import Wire

enum EffectFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(PullEffects.self) { try await pull($0, $1, $2) }
        table.add(FinishEffects.self) { try await finish($0, $1, $2) }
        table.add(ReportMails.self) { try await report($0, $1, $2) }
    }

    private static func pull(_ asked: PullEffects, _ call: Call, _ room: DataRoom) async throws -> PullEffects.Answer {
        var answer = PullEffects.Answer()
        let limit = min(max(asked.limit, 1), 500)
        for place in room.store.effects.all where answer.mails.count < limit {
            // What is written from here on notes its place again.
            room.store.effects.clear(place)
            guard let file = file(of: place, room.store) else { continue }
            let rest = limit - answer.mails.count
            do {
                try await room.read(file) { database in
                    answer.mails += try mails(rest, in: database)
                    answer.windows += try ChangeWindows.pending(rest, in: database)
                    if place != "staff" { answer.calls += try WebhookRows.due(at: call.now, of: place, in: database) }
                    if place != "staff", let upload = try ScheduleRows.upload(at: call.now, of: place, in: database) { answer.uploads.append(upload) }
                    if try isPending(in: database, ofCustomer: place != "staff") { room.store.effects.note(place) }
                }
            } catch {
                room.store.effects.note(place)
                // One customer's damaged database must not hold up everybody's mail.
                guard error is StorageError else { throw error }
                room.store.log.warning("effects cannot be read", ("place", place), ("error", "\(error)"))
            }
        }
        return answer
    }

    private static func mails(_ limit: Int, in database: Database) throws -> [MailEffect] {
        try database.query("SELECT id, receiver, subject, body, created FROM effect ORDER BY row LIMIT ?", limit) { row in
            var mail = MailEffect()
            (mail.id, mail.to, mail.subject, mail.body, mail.created) = (row.text(0), row.text(1), row.text(2), row.text(3), Timestamp(milliseconds: row.int64(4)))
            return mail
        }
    }

    private static func finish(_ asked: FinishEffects, _ call: Call, _ room: DataRoom) async throws -> Done {
        var byPlace: [String: [String]] = [:]
        for id in asked.ids {
            if let place = Token.place(of: id) { byPlace[place, default: []].append(id) }
        }
        for (place, ids) in byPlace {
            guard let file = file(of: place, room.store) else { continue }
            try await room.store.write(file) { database in
                for id in ids {
                    try database.execute("DELETE FROM effect WHERE id = ?", id)
                    try database.execute("DELETE FROM window_effect WHERE id = ?", id)
                    try database.execute("UPDATE announcement_receipt SET mail_state = 'waiting' WHERE mail = ? AND mail_state = 'written'", id)
                }
            }
        }
        return Done()
    }

    /// Of the directory, or of a customer, who alone has webhooks.
    static func isPending(in database: Database, ofCustomer: Bool) throws -> Bool {
        try database.int("SELECT 1 FROM effect LIMIT 1") != nil || database.int("SELECT 1 FROM window_effect LIMIT 1") != nil || ofCustomer && (WebhookRows.isPending(in: database) || ScheduleRows.isUploadPending(in: database))
    }

    /// Kept where somebody has to prove that a person was told; of other mails nobody asks.
    private static func report(_ asked: ReportMails, _ call: Call, _ room: DataRoom) async throws -> Done {
        var byPlace: [String: [MailOutcome]] = [:]
        for item in asked.items {
            if let place = Token.place(of: item.id) { byPlace[place, default: []].append(item) }
        }
        for (place, items) in byPlace {
            guard let file = file(of: place, room.store) else { continue }
            let wanted = try await room.read(file) { database in
                try items.filter { try database.int("SELECT 1 FROM announcement_receipt WHERE mail = ?", $0.id) != nil }
            }
            guard !wanted.isEmpty else { continue }
            try await room.store.write(file) { database in
                for item in wanted {
                    // What was delivered stays so: a report that was held up on its way is older.
                    try database.execute(
                        "UPDATE announcement_receipt SET mail_state = ?, mail_at = ?, mail_reason = ? WHERE mail = ? AND mail_state <> 'delivered'",
                        item.state.rawValue, item.at.milliseconds, String(item.reason.prefix(500)), item.id)
                }
            }
        }
        return Done()
    }

    private static func file(of place: String, _ store: DataStore) -> DatabaseFile? {
        place == "staff" ? store.directory : store.customer(place)?.file
    }
}
