// Two-step sign-in: the second step, setting it up, turning it off, and proving once more who one is.
import Control
import Digests
import Procedures
import Storage
import Wire

enum TwoStepFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(FinishSignIn.self) { try await finish($0, $1, $2) }
        table.add(ConfirmIdentity.self) { try await confirm($0, $1, $2) }
        table.add(BeginTwoStep.self) { try await begin($0, $1, $2) }
        table.add(ConfirmTwoStep.self) { try await turnOn($0, $1, $2) }
        table.add(EndTwoStep.self) { try await end($0, $1, $2) }
        table.add(RenewRecoveryCodes.self) { try await renew($0, $1, $2) }
        table.add(ResetTwoStep.self) { try await reset($0, $1, $2) }
        table.add(ResetTwoStepOf.self) { try await resetByOperations($0, $1, $2) }
        table.add(RequireTwoStep.self) { try await require($0, $1, $2) }
    }

    private static func wrongCode(_ field: String) -> Failure {
        .unacceptable([.init(
            field: field, reason: "This code is wrong, too old or was used already.",
            hint: "Wait for the next code of your app; if it never fits, set the phone's clock by the network. Or use a recovery code.")])
    }

    /// Counts an attempt at somebody's code or password once more; gives the key to forgive it by.
    static func count(_ caller: Caller, _ store: DataStore, _ now: Timestamp) throws(Failure) -> String {
        let key = "proof " + caller.place + "/" + caller.id
        if let seconds = store.limits.count(key, limit: store.options.failuresPerEmail, now: now) {
            throw Failure.tooMany("There were too many wrong codes.", after: seconds)
        }
        return key
    }

    // MARK: Signing in

    private static func finish(_ asked: FinishSignIn, _ call: Call, _ room: DataRoom) async throws -> SignedIn {
        let caller = try call.signedIn()
        guard caller.step == .code else { throw Failure.conflict("You are signed in already.", hint: "Go on.", code: "signed-in") }
        let (store, now) = (room.store, call.now)
        let key = try count(caller, store, now)
        let (text, hash) = Token.make(in: caller.place)
        let expires = now.adding(store.options.sessionLife)
        let (audit, replay, life, code, place) = (call.audit, Replay(call), store.options.answersLife, asked.code, caller.place)
        let row = try await room.writeSecret(caller.file(in: store)) { database -> PersonRow? in
            if let replay, try replay.found(in: database) != nil {
                // A repeat, whose code is used up by the first: it gets a session of its own, because the first answer never came.
            } else {
                guard let taken = try TwoStepRows.take(code, of: caller.id, now, in: database) else { return nil }
                if taken == .recovery { try tellRecovery(caller, place, now, audit, in: database) }
                try replay?.keep(CompactCodec.encode(Done()), in: database, life: life)
            }
            try SessionRows.complete(caller.hash, by: hash, expires: expires, now, in: database)
            guard let row = try PersonRow.find(caller.id, in: database) else { throw Failure.signedOut() }
            try SessionFamily.seen(caller.id, now, audit, in: database)
            return row
        }
        guard let row else { throw wrongCode("code") }
        store.limits.forgive(key)
        store.effects.note(caller.place)
        return signedIn(row, text, expires, caller)
    }

    static func signedIn(_ row: PersonRow, _ token: String, _ expires: Timestamp, _ caller: Caller) -> SignedIn {
        var answer = SignedIn()
        (answer.token, answer.expires, answer.person) = (token, expires, row.person(of: caller.customer))
        return answer
    }

    /// A code where there is two-step sign-in, else the password. The session gets another id.
    private static func confirm(_ asked: ConfirmIdentity, _ call: Call, _ room: DataRoom) async throws -> SignedIn {
        let caller = try call.signedIn()
        guard !caller.byToken else { throw tokensProveNothing }
        let (store, now) = (room.store, call.now)
        let file = caller.file(in: store)
        let key = try count(caller, store, now)
        let (stored, twoStep) = try await room.read(file) { (try PersonRow.find(caller.id, in: $0)?.password, try TwoStepRows.isOn(caller.id, in: $0)) }
        if !twoStep {
            guard asked.proof.utf8.count <= 1024, try await store.verify(asked.proof, against: stored) else {
                throw Failure.unacceptable([.init(field: "confirm", reason: "The password is wrong.", hint: "Type the password you sign in with.")])
            }
        }
        let (text, hash) = Token.make(in: caller.place)
        let (audit, code, place) = (call.audit, asked.proof, caller.place)
        let found = try await room.writeSecret(file) { database -> (PersonRow, Timestamp)? in
            guard let row = try PersonRow.find(caller.id, in: database), row.password == stored else { throw Failure.signedOut() }
            if try TwoStepRows.isOn(caller.id, in: database) {
                guard let taken = try TwoStepRows.take(code, of: caller.id, now, in: database) else { return nil }
                if taken == .recovery { try tellRecovery(caller, place, now, audit, in: database) }
            }
            guard let expires = try SessionRows.raise(caller.hash, to: hash, expires: nil, now, in: database) else { throw Failure.signedOut() }
            return (row, expires)
        }
        guard let (row, expires) = found else { throw wrongCode("confirm") }
        store.limits.forgive(key)
        store.effects.note(caller.place)
        return signedIn(row, text, expires, caller)
    }

    static let tokensProveNothing = Failure.forbidden("An API token proves nothing about who holds it.", hint: "Sign in to the portal.")

    // MARK: One's own

    private static func begin(_ asked: BeginTwoStep, _ call: Call, _ room: DataRoom) async throws -> BeginTwoStep.Answer {
        let caller = try call.signedIn()
        let (now, life) = (call.now, room.store.options.enrolmentLife)
        let secret = try await room.writeSecret(caller.file(in: room.store)) { database -> [UInt8] in
            guard try !TwoStepRows.isOn(caller.id, in: database) else { throw on }
            // Opened again, the page shows the same secret: the app may have it already.
            if let kept = try database.first("SELECT secret FROM two_step WHERE person = ? AND begun > ?", caller.id, now.milliseconds - life.milliseconds, row: { $0.bytes(0) }) { return kept }
            let secret = RandomBytes.make(TimeCode.secretBytes)
            try database.execute("INSERT OR REPLACE INTO two_step (person, secret, begun) VALUES (?, ?, ?)", caller.id, secret, now.milliseconds)
            return secret
        }
        var answer = BeginTwoStep.Answer()
        answer.person = caller.person
        answer.secret = Base32.encode(secret)
        // A colon parts the issuer from the name.
        let issuer = PercentCoding.encode("Fitech \(caller.customer?.displayName ?? "staff")".replacing(":", with: " "))
        answer.link = "otpauth://totp/\(issuer):\(PercentCoding.encode(caller.email))?secret=\(answer.secret)&issuer=\(issuer)"
        return answer
    }

    private static let on = Failure.conflict("Two-step sign-in is on already.", hint: "Turn it off first to set up another app.", code: "two-step-on")

    private static func turnOn(_ asked: ConfirmTwoStep, _ call: Call, _ room: DataRoom) async throws -> RecoveryCodes {
        let caller = try call.signedIn()
        let (store, now) = (room.store, call.now)
        let key = try count(caller, store, now)
        let (text, hash) = Token.make(in: caller.place)
        let (audit, place, typed, life) = (call.audit, caller.place, asked.code.filter { $0 != " " }, store.options.enrolmentLife)
        let whole: Timestamp? = caller.step == nil ? nil : now.adding(store.options.sessionLife)
        let made = try await room.writeSecret(caller.file(in: store)) { database -> (RecoveryCodes, PersonRow, Timestamp)? in
            guard try !TwoStepRows.isOn(caller.id, in: database) else { throw on }
            guard let secret = try database.first("SELECT secret FROM two_step WHERE person = ? AND begun > ?", caller.id, now.milliseconds - life.milliseconds, row: { $0.bytes(0) }) else {
                throw Failure.conflict("There is no secret to confirm any more.", hint: "Open the page again and scan the new code.", code: "begin-again")
            }
            guard let step = TimeCode.accept(typed, secret: secret, now: TimeCode.step(ofMilliseconds: now.milliseconds), last: 0) else { return nil }
            try database.execute("UPDATE two_step SET confirmed = ?, last = ? WHERE person = ?", now.milliseconds, step, caller.id)
            // Those were begun without a code.
            try database.execute("DELETE FROM session WHERE person = ? AND kind = 'session' AND hash <> ?", caller.id, caller.hash)
            guard let expires = try SessionRows.raise(caller.hash, to: hash, expires: whole, now, in: database), let row = try PersonRow.find(caller.id, in: database) else {
                throw Failure.signedOut()
            }
            try audit.note("turned two-step sign-in on", .person(caller.id), in: database)
            if whole != nil { try SessionFamily.seen(caller.id, now, audit, in: database) }
            try tell(row, "Two-step sign-in is on", "From now on signing in takes a code of your authenticator app besides the password.", place, now, in: database)
            var codes = RecoveryCodes()
            codes.codes = try TwoStepRows.renewCodes(of: caller.id, in: database)
            return (codes, row, expires)
        }
        guard let (codes, row, expires) = made else { throw wrongCode("code") }
        store.limits.forgive(key)
        store.effects.note(place)
        var answer = codes
        answer.signedIn = signedIn(row, text, expires, caller)
        return answer
    }

    private static func end(_ asked: EndTwoStep, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn()
        let (audit, now, place) = (call.audit, call.now, caller.place)
        let done = try await room.write(call, caller.file(in: room.store)) { database in
            guard try !TwoStepRows.isRequired(in: database) else {
                throw Failure.conflict("Your organisation wants two-step sign-in of everybody.", hint: "An administrator can reset yours, so that you set up another app.", code: "two-step-required")
            }
            guard try TwoStepRows.isOn(caller.id, in: database), let row = try PersonRow.find(caller.id, in: database) else { return Done() }
            try TwoStepRows.remove(of: caller.id, in: database)
            try audit.note("turned two-step sign-in off", .person(caller.id), in: database)
            try tell(row, "Two-step sign-in is off", "Your password alone opens your account again.", place, now, in: database)
            return Done()
        }
        room.store.effects.note(place)
        return done
    }

    private static func renew(_ asked: RenewRecoveryCodes, _ call: Call, _ room: DataRoom) async throws -> RecoveryCodes {
        let caller = try call.signedIn()
        let audit = call.audit
        var answer = RecoveryCodes()
        answer.codes = try await room.writeSecret(caller.file(in: room.store)) { database in
            guard try TwoStepRows.isOn(caller.id, in: database) else {
                throw Failure.conflict("Two-step sign-in is off.", hint: "Turn it on first; the codes come with it.", code: "two-step-off")
            }
            try audit.note("made new recovery codes", .person(caller.id), in: database)
            return try TwoStepRows.renewCodes(of: caller.id, in: database)
        }
        return answer
    }

    // MARK: Other people's

    private static func reset(_ asked: ResetTwoStep, _ call: Call, _ room: DataRoom) async throws -> Member {
        let (caller, customer) = try call.customer()
        guard asked.id != caller.id else { throw Failure.conflict("This is your own.", hint: "Turn it off on the page Your account.", code: "own-access") }
        let (audit, me, now) = (call.audit, caller.id, call.now)
        let passkeys = try await room.read(customer.file) { try PasskeyRows.credentials(of: asked.id, in: $0) }
        let member = try await room.write(call, customer.file) { database in
            guard let row = try PersonRow.find(asked.id, in: database) else { throw MemberFamily.nobody }
            try PeopleRules.check(caller: try PersonRow.find(me, in: database), target: row, others: 1)
            try reset(row, customer.name, audit, now, in: database)
            return try MemberRow.find(row.id, of: customer, in: database) ?? Member()
        }
        await PasskeyPlaces.forget(passkeys, room)
        room.store.effects.note(customer.name)
        return member
    }

    private static func resetByOperations(_ asked: ResetTwoStepOf, _ call: Call, _ room: DataRoom) async throws -> Person {
        let store = room.store
        guard let known = try await SessionFamily.find(FieldCheck.trimmed(asked.email).lowercased(), room) else {
            throw Failure.unacceptable([.init(field: "email", reason: "There is no person with the e-mail \(asked.email).", hint: "Look at the address; people are added with fitech-ctl user add.")])
        }
        let (audit, now, id, place, customer) = (call.audit, call.now, known.id, known.place, store.customer(known.place))
        let passkeys = try await room.read(known.file) { try PasskeyRows.credentials(of: id, in: $0) }
        let person = try await room.write(call, known.file) { database in
            guard let row = try PersonRow.find(id, in: database) else { throw MemberFamily.nobody }
            try reset(row, place, audit, now, in: database)
            return row.person(of: customer)
        }
        await PasskeyPlaces.forget(passkeys, room)
        store.effects.note(place)
        return person
    }

    /// Nothing happens where there is none; so a repeat is no second reset.
    private static func reset(_ row: PersonRow, _ place: String, _ audit: Audit, _ now: Timestamp, in database: Database) throws {
        let passkeys = try PasskeyRows.count(of: row.id, in: database)
        guard try TwoStepRows.isOn(row.id, in: database) || passkeys > 0 else { return }
        try TwoStepRows.remove(of: row.id, in: database)
        // Whoever has the lost device has its passkeys.
        try PasskeyRows.remove(of: row.id, in: database)
        try database.execute("DELETE FROM session WHERE person = ? AND kind = 'session'", row.id)
        try audit.note("reset two-step sign-in", .person(row.id), detail: passkeys == 0 ? row.email : "\(row.email); passkeys removed: \(passkeys)", in: database)
        try tell(row, "Your two-step sign-in was reset", "An administrator took it away\(passkeys == 0 ? "" : " and removed your passkeys"), so that you can set up another app. You are signed out everywhere.", place, now, in: database)
    }

    private static func require(_ asked: RequireTwoStep, _ call: Call, _ room: DataRoom) async throws -> Done {
        let (caller, customer) = try call.customer()
        let audit = call.audit
        return try await room.write(call, customer.file) { database in
            guard try TwoStepRows.isRequired(in: database) != asked.required else { return Done() }
            guard asked.required else {
                try database.execute("DELETE FROM setting WHERE name = ?", TwoStepRows.setting)
                try audit.note("left two-step sign-in to everybody", in: database)
                return Done()
            }
            guard try TwoStepRows.isOn(caller.id, in: database) else {
                throw Failure.conflict("Your own two-step sign-in is off.", hint: "Turn it on for yourself first, on the page Your account.", code: "two-step-off")
            }
            try database.execute("INSERT INTO setting (name, value) VALUES (?, 'required') ON CONFLICT (name) DO UPDATE SET value = excluded.value", TwoStepRows.setting)
            // They sign in again and are led to it.
            let ended = try database.execute("""
                DELETE FROM session WHERE kind = 'session' AND person NOT IN (SELECT person FROM two_step WHERE confirmed IS NOT NULL)
                """)
            try audit.note("required two-step sign-in of everybody", detail: "\(ended) sessions ended", in: database)
            return Done()
        }
    }

    // MARK: Telling people

    static func tell(_ row: PersonRow, _ subject: String, _ text: String, _ place: String, _ now: Timestamp, in database: Database) throws {
        try Mail.write(to: row.email, subject: subject, body: """
            Hello \(row.name),

            \(text)

            If you did not expect this, change your password and tell your administrator.
            """, place: place, now: now, in: database)
    }

    private static func tellRecovery(_ caller: Caller, _ place: String, _ now: Timestamp, _ audit: Audit, in database: Database) throws {
        try audit.note("used a recovery code", .person(caller.id), in: database)
        guard let row = try PersonRow.find(caller.id, in: database) else { return }
        let left = try TwoStepRows.state(of: caller.id, in: database).recoveryCodes
        try tell(row, "A recovery code was used", "Somebody, probably you, proved to be you with a recovery code. \(left) are left; new ones are made on the page Your account.", place, now, in: database)
    }
}
