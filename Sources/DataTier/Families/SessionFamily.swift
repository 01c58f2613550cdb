// Signing in and out, who is asking, passwords and preferences.
import Control
import Digests
import Procedures
import Storage
import Wire

enum SessionFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(SignIn.self) { try await signIn($0, $1, $2) }
        table.add(SignOut.self) { try await signOut($0, $1, $2) }
        table.add(WhoAmI.self) { _, call, _ in try call.signedIn().person }
        table.add(MayOperate.self) { _, call, _ in try call.signedIn().person }
        table.add(ChangePassword.self) { try await changePassword($0, $1, $2) }
        table.add(SetPreferences.self) { try await setPreferences($0, $1, $2) }
    }

    static let wrongCredentials = Failure(
        whose: .client, retry: .never, status: 401, code: "wrong-credentials", reason: "The e-mail or the password is wrong.",
        hint: "Check both, or ask for a mail to set a new password.")

    private static func signIn(_ asked: SignIn, _ call: Call, _ room: DataRoom) async throws -> SignedIn {
        let (store, now) = (room.store, call.now)
        let email = FieldCheck.trimmed(String(asked.email.prefix(300))).lowercased()
        // Nobody's password is that long, and hashing it would only keep others waiting.
        let password = asked.password.utf8.count > 1024 ? "" : asked.password
        // Counted before anything is hashed: guesses sent at once are all counted.
        let keys = [("sign-in e " + email, store.options.failuresPerEmail), ("sign-in a " + asked.address.prefix(64), store.options.failuresPerAddress)]
        for (key, limit) in keys {
            if let seconds = store.limits.count(key, limit: limit, now: now) {
                throw Failure.tooMany("There were too many failed sign-ins.", after: seconds)
            }
        }
        let known = try await find(email, room)
        guard try await store.verify(password, against: known?.password), let known else { throw wrongCredentials }
        let (text, hash) = Token.make(in: known.place)
        let (whole, short) = (now.adding(store.options.sessionLife), now.adding(store.options.signInStepLife))
        let (id, stored, place) = (known.id, known.password, SessionRows.Place(asked))
        let audit = Audit(actor: .person(id, email, in: known.place), request: call.requestID, now: now)
        let found = try await room.writeSecret(known.file) { database -> (PersonRow, SignInStep?)? in
            // The password may have been changed while the old one was being checked.
            guard let row = try PersonRow.find(id, in: database), row.password == stored else { return nil }
            guard row.suspended == nil else { return (row, nil) }
            try database.execute("DELETE FROM session WHERE expires < ?", now.milliseconds)
            let step = try TwoStepRows.step(of: id, in: database)
            try SessionRows.begin(hash, id, place, step, expires: step == nil ? whole : short, now, in: database)
            guard step == nil else { return (row, step) }
            try seen(id, now, audit, in: database)
            return (row, nil)
        }
        guard let (row, step) = found else { throw wrongCredentials }
        for (key, _) in keys { store.limits.forgive(key) }
        guard row.suspended == nil else { throw suspended }
        var answer = SignedIn()
        (answer.token, answer.expires, answer.step) = (text, step == nil ? whole : short, step)
        answer.person = row.person(of: store.customer(known.place))
        answer.person.lastSeen = now
        return answer
    }

    /// Told only to who knows the password.
    static let suspended = Failure(
        whose: .client, retry: .never, status: 403, code: "suspended", reason: "Your access is suspended.", hint: "Ask an administrator of your organisation.")

    /// Somebody has finished signing in.
    static func seen(_ person: String, _ now: Timestamp, _ audit: Audit, detail: String = "", in database: Database) throws {
        try database.execute("UPDATE person SET last_seen = ? WHERE id = ?", now.milliseconds, person)
        try audit.note("signed in", .person(person), detail: detail, in: database)
    }

    /// Where the person with an e-mail lives, nil when nobody has it.
    static func find(_ email: String, _ room: DataRoom) async throws -> (id: String, place: String, file: DatabaseFile, password: String?)? {
        guard !email.isEmpty, email.utf8.count <= 254 else { return nil }
        let store = room.store
        guard let address = try await room.read(store.directory, { database in
            try database.first("SELECT customer, person FROM address WHERE email = ?", email) { ($0.optionalText(0), $0.text(1)) }
        }) else { return nil }
        let file: DatabaseFile
        if let name = address.0 {
            guard let entry = store.customer(name) else { return nil }
            file = entry.file
        } else {
            file = store.directory
        }
        let id = address.1
        guard let row = try await room.read(file, { try PersonRow.find(id, in: $0) }) else { return nil }
        return (id, address.0 ?? "staff", file, row.password)
    }

    private static func signOut(_ asked: SignOut, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn()
        let audit = call.audit
        return try await room.write(call, caller.file(in: room.store)) { database in
            if asked.everywhere {
                try database.execute("DELETE FROM session WHERE person = ? AND kind = 'session'", caller.id)
            }
            try database.execute("DELETE FROM session WHERE hash = ?", caller.hash)
            try audit.note(asked.everywhere ? "signed out everywhere" : "signed out", .person(caller.id), in: database)
            return Done()
        }
    }

    private static func changePassword(_ asked: ChangePassword, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn()
        let (store, now) = (room.store, call.now)
        let key = "password " + caller.place + "/" + caller.id
        if let seconds = store.limits.count(key, limit: store.options.failuresPerEmail, now: now) {
            throw Failure.tooMany("The current password was wrong too often.", after: seconds)
        }
        if let problem = store.problem(ofNew: asked.new, field: "new") { throw Failure.unacceptable([problem]) }
        let file = caller.file(in: store)
        let stored = try await room.read(file) { try PersonRow.find(caller.id, in: $0)?.password }
        guard try await store.verify(asked.current, against: stored) else {
            throw Failure.unacceptable([.init(field: "current", reason: "The current password is wrong.", hint: "Type the password you signed in with.")])
        }
        let hash = try await store.hash(asked.new)
        let audit = call.audit
        let done = try await room.write(call, file) { database in
            guard try PersonRow.find(caller.id, in: database)?.password == stored else {
                throw Failure.conflict("The password was changed at the same time.", hint: "Sign in with the new one.")
            }
            try database.execute("UPDATE person SET password = ? WHERE id = ?", hash, caller.id)
            try database.execute("DELETE FROM session WHERE person = ? AND kind = 'session' AND hash <> ?", caller.id, caller.hash)
            try database.execute("DELETE FROM link WHERE person = ?", caller.id)
            try audit.note("changed the password", .person(caller.id), in: database)
            return Done()
        }
        store.limits.forgive(key)
        return done
    }

    private static func setPreferences(_ asked: SetPreferences, _ call: Call, _ room: DataRoom) async throws -> Person {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let zone = check.text("zone", asked.zone, "The time zone", limit: 64)
        if !zone.isEmpty, !zone.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || $0 == 0x2F || $0 == 0x5F || $0 == 0x2B || $0 == 0x2D }) {
            check.refuse("zone", "\"\(zone)\" is no time zone.", "Choose one like Europe/London or Australia/Sydney.")
        }
        try check.finish()
        let (customer, audit) = (caller.customer, call.audit)
        return try await room.write(call, caller.file(in: room.store)) { database in
            try database.execute("UPDATE person SET units = ?, zone = ? WHERE id = ?", asked.units.rawValue, zone, caller.id)
            var changes = AuditChanges()
            changes.add("units", caller.units.rawValue, asked.units.rawValue)
            changes.add("zone", caller.zone, zone)
            if !changes.isEmpty { try audit.note("changed preferences", .person(caller.id), changes, in: database) }
            guard let row = try PersonRow.find(caller.id, in: database) else { throw Failure.signedOut() }
            return row.person(of: customer)
        }
    }
}
