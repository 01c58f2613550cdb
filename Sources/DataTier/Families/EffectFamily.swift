// Effects outside the databases: management pulls the rows and says when it has them safe.
import Procedures
import Storage
import Wire

enum EffectFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(PullEffects.self) { try await pull($0, $1, $2) }
        table.add(FinishEffects.self) { try await finish($0, $1, $2) }
    }

    private static func pull(_ asked: PullEffects, _ call: Call, _ room: DataRoom) async throws -> PullEffects.Answer {
        var answer = PullEffects.Answer()
        let limit = min(max(asked.limit, 1), 500)
        for place in room.store.effects.all where answer.mails.count < limit {
            guard let file = file(of: place, room.store) else { room.store.effects.clear(place); continue }
            let rest = limit - answer.mails.count
            do {
                answer.mails += try await room.read(file) { database in
                    try database.query("SELECT id, receiver, subject, body, created FROM effect ORDER BY row LIMIT ?", rest) { row in
                        var mail = MailEffect()
                        mail.id = row.text(0)
                        mail.to = row.text(1)
                        mail.subject = row.text(2)
                        mail.body = row.text(3)
                        mail.created = Timestamp(milliseconds: row.int64(4))
                        return mail
                    }
                }
            } catch let error as StorageError {
                // One customer's damaged database must not hold up everybody's mail.
                room.store.log.warning("effects cannot be read", ("place", place), ("error", "\(error)"))
            }
        }
        return answer
    }

    private static func finish(_ asked: FinishEffects, _ call: Call, _ room: DataRoom) async throws -> Done {
        var byPlace: [String: [String]] = [:]
        for id in asked.ids {
            if let place = Token.place(of: id) { byPlace[place, default: []].append(id) }
        }
        for (place, ids) in byPlace {
            guard let file = file(of: place, room.store) else { continue }
            let empty = try await room.store.write(file) { database -> Bool in
                for id in ids { try database.execute("DELETE FROM effect WHERE id = ?", id) }
                return try database.int("SELECT 1 FROM effect LIMIT 1") == nil
            }
            if empty {
                room.store.effects.clear(place)
                // A mail may have been written between the look and the clearing.
                if try await room.read(file, { try $0.int("SELECT 1 FROM effect LIMIT 1") }) != nil { room.store.effects.note(place) }
            }
        }
        return Done()
    }

    private static func file(of place: String, _ store: DataStore) -> DatabaseFile? {
        place == "staff" ? store.directory : store.customer(place)?.file
    }
}
