// Passkeys: signing in by one without a name, using one as the second step or to prove who one is, adding, renaming and removing them.
import Control
import Digests
import Passkeys
import Procedures
import Storage
import Wire

enum PasskeyFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(BeginPasskeySignIn.self) { asked, call, room in try await question(.signIn, "", [], asked.origin, call, room) }
        table.add(SignInByPasskey.self) { try await signIn($0, $1, $2) }
        table.add(AskPasskey.self) { try await ask($0, $1, $2) }
        table.add(FinishSignInByPasskey.self) { try await finish($0, $1, $2) }
        table.add(ConfirmByPasskey.self) { try await confirm($0, $1, $2) }
        table.add(BeginPasskey.self) { try await begin($0, $1, $2) }
        table.add(AddPasskey.self) { try await addOne($0, $1, $2) }
        table.add(RenamePasskey.self) { try await rename($0, $1, $2) }
        table.add(RemovePasskey.self) { try await remove($0, $1, $2) }
    }

    private static let wrong = Failure(
        whose: .client, retry: .never, status: 401, code: "wrong-passkey", reason: "This passkey opens no account here.",
        hint: "It may have been removed on the page Your account. Sign in by your password.")

    /// A passkey that was copied answers with a counter its original has passed already, or the other way round.
    private static let wentBack = Failure(
        whose: .client, retry: .never, status: 403, code: "passkey-counter",
        reason: "This passkey counted backwards, as a copy of it would.", hint: "Sign in another way, remove this passkey on the page Your account and make a new one.")

    // MARK: Questions

    private static let setting = "passkey-key"

    /// The key of the MAC in questions; made once. It is in the directory, which is in no export.
    private static func key(_ room: DataRoom) async throws -> [UInt8] {
        @Sendable func find(_ database: Database) throws -> [UInt8]? {
            try database.first("SELECT value FROM setting WHERE name = ?", setting) { Hex.decode($0.text(0)) } ?? nil
        }
        let store = room.store
        if let kept = try await room.read(store.directory, find) { return kept }
        return try await store.write(store.directory) { database in
            if let kept = try find(database) { return kept }
            let key = RandomBytes.make(32)
            try database.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", setting, Hex.encode(key))
            return key
        }
    }

    /// The host name passkeys of an origin are bound to.
    private static func site(_ origin: String, _ store: DataStore) throws(Failure) -> String {
        switch store.options.passkeyOrigins.site(of: origin) {
        case .offered(let site): return site
        case .notBuilt: throw PasskeyRefusal.notBuilt.failure
        case .numbers(let host): throw .conflict("Browsers allow no passkeys at an address like \(host).", hint: "Open the portal by its name.", code: "passkeys-need-name")
        case .foreign(let origin): throw .conflict("\(origin) is no address of this portal's configuration.", hint: "Open the portal by its name; operations set it as name or aliases.", code: "passkeys-need-name")
        }
    }

    private static func question(_ use: PasskeyChallenge.Use, _ whom: String, _ credentials: [[UInt8]], _ origin: String, _ call: Call, _ room: DataRoom) async throws -> PasskeyQuestion {
        var question = PasskeyQuestion()
        question.site = try site(origin, room.store)
        question.challenge = PasskeyChallenge.make(for: use, whom: whom, until: call.now.adding(room.store.options.passkeyQuestionLife), key: try await key(room))
        question.credentials = credentials.map(Base64URL.encode)
        return question
    }

    private static func whom(_ caller: Caller) -> String { caller.place + "/" + caller.id }

    /// What a device remembers a person by: it says nothing, and is the same for all their passkeys, so that a new one on the same device takes
    /// the place of the old.
    private static func handle(_ place: String, _ person: String) -> [UInt8] { Digest.sha256("passkey handle \(place)/\(person)") }

    private static func ask(_ asked: AskPasskey, _ call: Call, _ room: DataRoom) async throws -> PasskeyQuestion {
        let caller = try call.signedIn()
        let site = try site(asked.origin, room.store)
        let credentials = try await room.read(caller.file(in: room.store)) { try PasskeyRows.credentials(of: caller.id, site: site, in: $0) }
        return try await question(caller.step == .code ? .code : .confirm, whom(caller), credentials, asked.origin, call, room)
    }

    // MARK: Answers

    /// An answer that is right as far as it can be told without writing.
    private struct Checked: Sendable {
        var row: PasskeyRow
        var challenge: [UInt8]
        var end: Timestamp
        var counter: UInt32

        /// Takes it, in the transaction of what it allows.
        func take(_ now: Timestamp, _ audit: Audit, in database: Database) throws -> Taken {
            guard let row = try PasskeyRow.find(row.key.credential, in: database), row.key == self.row.key, row.person == self.row.person else { return .gone }
            guard try PasskeyRows.take(challenge, until: end, now, in: database) else { return .used }
            guard try PasskeyRows.count(counter, of: row, now, in: database) else {
                try audit.note("refused a passkey that counted backwards", .passkey(row.id), detail: "\(row.name): \(counter) after \(row.counter)", in: database)
                return .wentBack
            }
            return .right
        }
    }

    private enum Taken: Sendable {
        case right, gone, used, wentBack

        func check() throws(Failure) {
            switch self {
            case .right: return
            case .gone: throw PasskeyFamily.wrong
            case .used: throw PasskeyRefusal.challengeUsed.failure
            case .wentBack: throw PasskeyFamily.wentBack
            }
        }
    }

    /// Checks all of an answer but what only a transaction can tell.
    private static func check(_ proof: PasskeyProof, _ use: PasskeyChallenge.Use, whom: String, in file: DatabaseFile, _ call: Call, _ room: DataRoom) async throws -> Checked {
        let site = try site(proof.origin, room.store)
        do {
            guard PasskeyLimits.credential.upperBound >= proof.credential.count, proof.handle.count <= PasskeyLimits.handle else { throw PasskeyRefusal.tooLarge }
            let client = try ClientData(proof.clientData, .get, origin: proof.origin)
            let end = try PasskeyChallenge.check(client.challenge, for: use, whom: whom, now: call.now, key: try await key(room))
            guard let row = try await room.read(file, { try PasskeyRow.find(proof.credential, in: $0) }), row.site == site else { throw wrong }
            let counter = try Passkeys.verify(client, authenticatorData: proof.authenticatorData, signature: proof.signature, by: row.key, site: site)
            return Checked(row: row, challenge: client.challenge, end: end, counter: counter)
        } catch let refusal as PasskeyRefusal {
            throw refusal == .wrongSignature ? wrong : refusal.failure
        }
    }

    /// Counts an attempt, before anything is checked: attempts sent at once are all counted.
    private static func count(_ keys: [(String, Int)], _ store: DataStore, _ now: Timestamp) throws(Failure) {
        for (key, limit) in keys {
            if let seconds = store.limits.count(key, limit: limit, now: now) { throw .tooMany("There were too many failed sign-ins.", after: seconds) }
        }
    }

    private static func signIn(_ asked: SignInByPasskey, _ call: Call, _ room: DataRoom) async throws -> SignedIn {
        let (store, now, proof) = (room.store, call.now, asked.proof)
        guard PasskeyLimits.credential.contains(proof.credential.count) else { throw PasskeyRefusal.unreadable.failure }
        let keys = [
            ("sign-in k " + Hex.encode(Digest.sha256(proof.credential)), store.options.failuresPerEmail), ("sign-in a " + asked.address.prefix(64), store.options.failuresPerAddress),
        ]
        try count(keys, store, now)
        guard let (place, file) = try await PasskeyPlaces.find(proof.credential, room) else { throw wrong }
        let checked = try await check(proof, .signIn, whom: "", in: file, call, room)
        // A passkey that signs in without a name says itself whose it is.
        let id = checked.row.person
        guard Digest.constantTimeEqual(proof.handle, handle(place, id)) else { throw wrong }
        let (text, hash) = Token.make(in: place)
        let expires = now.adding(store.options.sessionLife)
        let (replay, life, request, begun) = (Replay(call), store.options.answersLife, call.requestID, SessionRows.Place(device: asked.device, address: asked.address))
        let (taken, found) = try await room.writeSecret(file) { database -> (Taken, PersonRow?) in
            guard let row = try PersonRow.find(id, in: database) else { return (.gone, nil) }
            guard row.suspended == nil else { return (.right, row) }
            let audit = Audit(actor: .person(id, row.email, in: place), request: request, now: now)
            // A repeat, whose answer is used up by the first, gets a session of its own, because the first one's answer never came.
            if try replay?.found(in: database) == nil {
                let taken = try checked.take(now, audit, in: database)
                guard case .right = taken else { return (taken, nil) }
                try replay?.keep(CompactCodec.encode(Done()), in: database, life: life)
            } else if try !PasskeyRows.isThere(checked.row.id, in: database) {
                return (.gone, nil)
            }
            try database.execute("DELETE FROM session WHERE expires < ?", now.milliseconds)
            // It is something one has and something one is or knows: no step has to follow.
            try SessionRows.begin(hash, id, begun, nil, expires: expires, now, in: database)
            try SessionFamily.seen(id, now, audit, detail: "by the passkey \(checked.row.name)", in: database)
            return (.right, row)
        }
        try taken.check()
        guard let row = found else { throw wrong }
        for (key, _) in keys { store.limits.forgive(key) }
        guard row.suspended == nil else { throw SessionFamily.suspended }
        var answer = SignedIn()
        (answer.token, answer.expires) = (text, expires)
        answer.person = row.person(of: store.customer(place))
        answer.person.lastSeen = now
        return answer
    }

    private static func finish(_ asked: FinishSignInByPasskey, _ call: Call, _ room: DataRoom) async throws -> SignedIn {
        let caller = try call.signedIn()
        guard caller.step == .code else { throw Failure.conflict("You are signed in already.", hint: "Go on.", code: "signed-in") }
        let (store, now) = (room.store, call.now)
        let counted = try TwoStepFamily.count(caller, store, now)
        let file = caller.file(in: store)
        let checked = try await check(asked.proof, .code, whom: whom(caller), in: file, call, room)
        guard checked.row.person == caller.id else { throw wrong }
        let (text, hash) = Token.make(in: caller.place)
        let expires = now.adding(store.options.sessionLife)
        let (audit, replay, life) = (call.audit, Replay(call), store.options.answersLife)
        let (taken, row) = try await room.writeSecret(file) { database -> (Taken, PersonRow?) in
            if try replay?.found(in: database) == nil {
                let taken = try checked.take(now, audit, in: database)
                guard case .right = taken else { return (taken, nil) }
                try replay?.keep(CompactCodec.encode(Done()), in: database, life: life)
            }
            try SessionRows.complete(caller.hash, by: hash, expires: expires, now, in: database)
            guard let row = try PersonRow.find(caller.id, in: database) else { throw Failure.signedOut() }
            try SessionFamily.seen(caller.id, now, audit, detail: "by the passkey \(checked.row.name) as the second step", in: database)
            return (.right, row)
        }
        try taken.check()
        guard let row else { throw wrong }
        store.limits.forgive(counted)
        return TwoStepFamily.signedIn(row, text, expires, caller)
    }

    private static func confirm(_ asked: ConfirmByPasskey, _ call: Call, _ room: DataRoom) async throws -> SignedIn {
        let caller = try call.signedIn()
        guard !caller.byToken else { throw TwoStepFamily.tokensProveNothing }
        let (store, now) = (room.store, call.now)
        let counted = try TwoStepFamily.count(caller, store, now)
        let file = caller.file(in: store)
        let checked = try await check(asked.proof, .confirm, whom: whom(caller), in: file, call, room)
        guard checked.row.person == caller.id else { throw wrong }
        let (text, hash) = Token.make(in: caller.place)
        let audit = call.audit
        let (taken, found) = try await room.writeSecret(file) { database -> (Taken, (PersonRow, Timestamp)?) in
            let taken = try checked.take(now, audit, in: database)
            guard case .right = taken else { return (taken, nil) }
            guard let row = try PersonRow.find(caller.id, in: database), let expires = try SessionRows.raise(caller.hash, to: hash, expires: nil, now, in: database) else {
                throw Failure.signedOut()
            }
            return (.right, (row, expires))
        }
        try taken.check()
        guard let (row, expires) = found else { throw wrong }
        store.limits.forgive(counted)
        return TwoStepFamily.signedIn(row, text, expires, caller)
    }

    // MARK: One's own

    private static func begin(_ asked: BeginPasskey, _ call: Call, _ room: DataRoom) async throws -> BeginPasskey.Answer {
        let caller = try call.signedIn()
        let store = room.store
        let site = try site(asked.origin, store)
        let (count, credentials) = try await room.read(caller.file(in: store)) { database in
            (try PasskeyRows.count(of: caller.id, in: database), try PasskeyRows.credentials(of: caller.id, site: site, in: database))
        }
        guard count < store.options.passkeysPerPerson else { throw tooMany(store.options.passkeysPerPerson) }
        var answer = BeginPasskey.Answer()
        answer.question = try await question(.add, whom(caller), credentials, asked.origin, call, room)
        (answer.handle, answer.email, answer.name) = (handle(caller.place, caller.id), caller.email, caller.name)
        return answer
    }

    private static func tooMany(_ limit: Int) -> Failure {
        .conflict("You have \(limit) passkeys already.", hint: "Remove one that you do not use any more.", code: "too-many-passkeys")
    }

    private static func addOne(_ asked: AddPasskey, _ call: Call, _ room: DataRoom) async throws -> PasskeyItem {
        let caller = try call.signedIn()
        let (store, now, file) = (room.store, call.now, caller.file(in: room.store))
        if let kept: PasskeyItem = try await room.kept(call, file) { return kept }
        var check = FieldCheck()
        let name = check.text("name", asked.name, "The name", limit: PasskeyFamily.longestName)
        try check.finish()
        let site = try site(asked.origin, store)
        let found: (key: PasskeyKey, counter: UInt32), challenge: [UInt8], end: Timestamp
        do {
            let client = try ClientData(asked.clientData, .create, origin: asked.origin)
            end = try PasskeyChallenge.check(client.challenge, for: .add, whom: whom(caller), now: now, key: try await key(room))
            found = try Passkeys.read(authenticatorData: asked.authenticatorData, site: site)
            challenge = client.challenge
        } catch let refusal as PasskeyRefusal { throw refusal.failure }
        try await PasskeyPlaces.reserve(found.key.credential, for: caller.customer?.name, room)
        let (audit, place, limit, id, key, counter) = (call.audit, caller.place, store.options.passkeysPerPerson, Identifier.make(), found.key, found.counter)
        do {
            let item = try await room.write(call, file) { database in
                guard let row = try PersonRow.find(caller.id, in: database) else { throw Failure.signedOut() }
                guard try PasskeyRows.take(challenge, until: end, now, in: database) else { throw PasskeyRefusal.challengeUsed.failure }
                guard try PasskeyRows.count(of: caller.id, in: database) < limit else { throw tooMany(limit) }
                guard try PasskeyRow.find(key.credential, in: database) == nil else { throw PasskeyPlaces.known }
                try database.execute("""
                    INSERT INTO passkey (id, person, credential, site, algorithm, public_key, counter, name, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """, id, caller.id, key.credential, site, key.algorithm, key.bytes, Int64(counter), name, now.milliseconds)
                try audit.note("added a passkey", .passkey(id), detail: name, in: database)
                try TwoStepFamily.tell(row, "A passkey was added", "From now on the passkey “\(name)” opens your account, without password or code.", place, now, in: database)
                return try PasskeyRows.find(id, of: caller.id, in: database) ?? PasskeyItem()
            }
            store.effects.note(place)
            return item
        } catch {
            // Unless it is there, by another request of the same moment, its place is free again.
            if try await room.read(file, { try PasskeyRow.find(key.credential, in: $0) }) == nil { await PasskeyPlaces.forget([key.credential], room) }
            throw error
        }
    }

    static let longestName = 60

    private static func rename(_ asked: RenamePasskey, _ call: Call, _ room: DataRoom) async throws -> PasskeyItem {
        let caller = try call.signedIn()
        var check = FieldCheck()
        let name = check.text("name", asked.name, "The name", limit: longestName)
        try check.finish()
        let audit = call.audit
        return try await room.write(call, caller.file(in: room.store)) { database in
            guard var item = try PasskeyRows.find(asked.id, of: caller.id, in: database) else { throw Failure.notFound("passkey") }
            var changes = AuditChanges()
            changes.add("name", item.name, name)
            if !changes.isEmpty {
                try database.execute("UPDATE passkey SET name = ? WHERE id = ?", name, item.id)
                try audit.note("renamed a passkey", .passkey(item.id), changes, in: database)
            }
            item.name = name
            return item
        }
    }

    private static func remove(_ asked: RemovePasskey, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn()
        let (audit, now, place, file) = (call.audit, call.now, caller.place, caller.file(in: room.store))
        let credential = try await room.read(file) { database in
            try database.first("SELECT credential FROM passkey WHERE id = ? AND person = ?", asked.id, caller.id) { $0.bytes(0) }
        }
        let done = try await room.write(call, file) { database in
            guard let item = try PasskeyRows.find(asked.id, of: caller.id, in: database), let row = try PersonRow.find(caller.id, in: database) else { throw Failure.notFound("passkey") }
            try database.execute("DELETE FROM passkey WHERE id = ?", item.id)
            try audit.note("removed a passkey", .passkey(item.id), detail: item.name, in: database)
            try TwoStepFamily.tell(row, "A passkey was removed", "The passkey “\(item.name)” opens your account no more.", place, now, in: database)
            return Done()
        }
        if let credential { await PasskeyPlaces.forget([credential], room) }
        room.store.effects.note(place)
        return done
    }
}
