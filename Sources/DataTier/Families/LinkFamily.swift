// Mailed single-use links: resetting a forgotten password, accepting an invitation.
import Control
import Digests
import Procedures
import Storage
import Wire

enum LinkFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(RequestPasswordReset.self) { try await request($0, $1, $2) }
        table.add(InspectLink.self) { try await inspect($0, $1, $2) }
        table.add(SetPassword.self) { try await setPassword($0, $1, $2) }
    }

    private static let noSuchLink = Failure(
        whose: .client, retry: .never, status: 404, code: "link-used", reason: "This link was used already, is too old, or never was one.",
        hint: "Ask for a new mail on the sign-in page.")

    /// The same answer for every address; whether there was a mail is between us and its reader.
    private static func request(_ asked: RequestPasswordReset, _ call: Call, _ room: DataRoom) async throws -> Done {
        let (store, now) = (room.store, call.now)
        let email = FieldCheck.trimmed(String(asked.email.prefix(300))).lowercased()
        if let seconds = store.limits.count("reset a " + asked.address.prefix(64), limit: store.options.resetsPerAddress, now: now) {
            throw Failure.tooMany("Too many mails were asked for.", after: seconds)
        }
        let tooOften = store.limits.count("reset e " + email, limit: store.options.resetsPerEmail, now: now) != nil
        let origin = asked.origin
        let request = call.requestID
        guard !tooOften, let known = try await SessionFamily.find(email, room) else {
            // A write like the other way's, so that both take as long.
            return try await room.write(call, store.directory) { database in
                try Audit(actor: .nobody, request: request, now: now).note("asked for a password mail", detail: "unknown or too often", in: database)
                return Done()
            }
        }
        let (text, hash) = Token.make(in: known.place)
        let (id, place, life) = (known.id, known.place, store.options.resetLife)
        let done = try await room.write(call, known.file) { database in
            guard let row = try PersonRow.find(id, in: database) else { return Done() }
            try Audit(actor: .person(id, email, in: place), request: request, now: now).note("asked for a password mail", .person(id), in: database)
            // Who is suspended gets none, and nobody can tell.
            guard row.suspended == nil else { return Done() }
            try make(.reset, hash, person: id, life: life, now, in: database)
            try Mail.write(to: row.email, subject: "Set a new password", body: """
                Hello \(row.name),

                somebody, probably you, asked for a new password. This link sets it; it works once, for an hour:

                \(origin)/reset-password?token=\(text)

                If it was not you, leave this mail alone: nothing changes.
                """, place: place, now: now, in: database)
            return Done()
        }
        store.effects.note(place)
        return done
    }

    /// The mail that carries an invitation.
    static func invite(_ row: PersonRow, to customer: CustomerEntry?, origin: String, token: String, _ now: Timestamp, in database: Database) throws {
        let house = customer?.displayName ?? "Fitech"
        try Mail.write(to: row.email, subject: "Your invitation to the portal of \(house)", body: """
            Hello \(row.name),

            you are invited to the portal of \(house). This link sets your password; it works once, for a week:

            \(origin)/invitation?token=\(token)
            """, place: customer?.name ?? "staff", now: now, in: database)
    }

    /// Makes a link; the newest of its purpose is the only one that works.
    static func make(_ purpose: InspectLink.Purpose, _ hash: [UInt8], person: String, life: Duration, _ now: Timestamp, in database: Database) throws {
        try database.execute("DELETE FROM link WHERE expires < ? OR (person = ? AND purpose = ?)", now.milliseconds, person, purpose.rawValue)
        try database.execute(
            "INSERT INTO link (hash, person, purpose, created, expires) VALUES (?, ?, ?, ?, ?)",
            hash, person, purpose.rawValue, now.milliseconds, now.adding(life).milliseconds)
    }

    private static func file(of token: String, _ store: DataStore) throws(Failure) -> (DatabaseFile, String) {
        guard let place = Token.place(of: token) else { throw noSuchLink }
        if place == "staff" { return (store.directory, place) }
        guard let entry = store.customer(place) else { throw noSuchLink }
        return (entry.file, place)
    }

    private static func inspect(_ asked: InspectLink, _ call: Call, _ room: DataRoom) async throws -> InspectLink.Answer {
        let (file, _) = try file(of: asked.token, room.store)
        let hash = Digest.sha256(asked.token)
        let found = try await room.read(file) { database in
            try database.first("""
                SELECT l.purpose, p.email, p.name FROM link l JOIN person p ON p.id = l.person WHERE l.hash = ? AND l.expires > ?
                """, hash, call.now.milliseconds) { row in
                var answer = InspectLink.Answer()
                answer.purpose = InspectLink.Purpose(rawValue: row.text(0)) ?? .reset
                answer.email = row.text(1)
                answer.name = row.text(2)
                return answer
            }
        }
        guard let found else { throw noSuchLink }
        return found
    }

    private static func setPassword(_ asked: SetPassword, _ call: Call, _ room: DataRoom) async throws -> Done {
        let (store, now) = (room.store, call.now)
        let (file, place) = try file(of: asked.token, store)
        let hash = Digest.sha256(asked.token)
        if let problem = store.problem(ofNew: asked.password) { throw Failure.unacceptable([problem]) }
        let replay = Replay(call)
        let known = try await room.read(file) { database in
            // A repeat finds its link used up by the first: it must get as far as the kept answer.
            try replay?.found(in: database) != nil || database.int("SELECT 1 FROM link WHERE hash = ? AND expires > ?", hash, now.milliseconds) != nil
        }
        guard known else { throw noSuchLink }
        let password = try await store.hash(asked.password)
        let request = call.requestID
        return try await room.write(call, file) { database in
            guard let person = try database.first("SELECT person FROM link WHERE hash = ? AND expires > ?", hash, now.milliseconds, row: { $0.text(0) }),
                let row = try PersonRow.find(person, in: database), row.suspended == nil
            else { throw noSuchLink }
            try database.execute("UPDATE person SET password = ? WHERE id = ?", password, person)
            try database.execute("DELETE FROM link WHERE person = ?", person)
            try database.execute("DELETE FROM session WHERE person = ?", person)
            try Audit(actor: .person(person, row.email, in: place), request: request, now: now).note("set the password by a mailed link", .person(person), in: database)
            return Done()
        }
    }
}
