// A person's own account: where they are signed in, and the API tokens they made.
import Control
import Digests
import Procedures
import Storage
import Wire

enum AccountFamily {
    static func add(to table: inout ProcedureTable) {
        table.add(ShowAccount.self) { try await show($0, $1, $2) }
        table.add(EndSession.self) { try await end($0, $1, $2) }
        table.add(MakeToken.self) { try await makeToken($0, $1, $2) }
        table.add(RevokeToken.self) { try await revoke($0, $1, $2) }
    }

    private static func show(_ asked: ShowAccount, _ call: Call, _ room: DataRoom) async throws -> ShowAccount.Answer {
        let caller = try call.signedIn()
        let (now, options) = (call.now, room.store.options)
        var answer = ShowAccount.Answer()
        answer.person = caller.person
        answer.mustConfirm = !caller.isFresh(options.confirmLife, now)
        (answer.sessions, answer.tokens, answer.twoStep, answer.passkeys) = try await room.read(caller.file(in: room.store)) { database in
            (
                try SessionRows.sessions(of: caller.id, here: caller.hash, idle: options.sessionIdle, now, in: database),
                try SessionRows.tokens(of: caller.id, now, in: database), try TwoStepRows.state(of: caller.id, in: database),
                try PasskeyRows.list(of: caller.id, in: database)
            )
        }
        return answer
    }

    private static func end(_ asked: EndSession, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn()
        let audit = call.audit
        return try await room.write(call, caller.file(in: room.store)) { database in
            let ended: Int
            if let id = asked.id {
                ended = try database.execute("DELETE FROM session WHERE id = ? AND person = ? AND kind = 'session'", id, caller.id)
                guard ended == 1 else { throw Failure.notFound("session") }
            } else {
                ended = try database.execute("DELETE FROM session WHERE person = ? AND kind = 'session' AND hash <> ?", caller.id, caller.hash)
            }
            if ended > 0 { try audit.note("ended sessions", .person(caller.id), detail: "\(ended)", in: database) }
            return Done()
        }
    }

    // MARK: Tokens

    private static func makeToken(_ asked: MakeToken, _ call: Call, _ room: DataRoom) async throws -> MakeToken.Answer {
        let caller = try call.signedIn()
        let options = room.store.options
        var check = FieldCheck()
        let name = check.text("name", asked.name, "The name", limit: 60)
        let (word, scope) = (FieldCheck.trimmed(asked.scope), TokenScope(asked.scope))
        if word != "all", word != "read", scope == nil {
            check.refuse("scope", word.isEmpty ? "It is not said what the token is for." : "\"\(word.prefix(100))\" is no scope.", TokenScope.hint)
        }
        let most = Int(options.tokenLife.components.seconds / 86_400)
        if !(1...most).contains(asked.days) { check.refuse("days", "A token lasts 1 to \(most) days.", "Choose a number of days; make a new token before it ends.") }
        try check.finish()
        let (text, hash) = Token.make(in: caller.place)
        let (now, audit, replay, life, limit) = (call.now, call.audit, Replay(call), options.answersLife, options.tokensPerPerson)
        var item = TokenItem()
        (item.id, item.name, item.scope, item.made) = (Identifier.make(), name, scope?.text ?? word, now)
        item.expires = now.adding(.seconds(asked.days * 86_400))
        let made = item
        var answer = MakeToken.Answer()
        answer.token = text
        answer.item = try await room.writeSecret(caller.file(in: room.store)) { database -> TokenItem in
            if let bytes = try replay?.found(in: database) {
                // The token itself is a secret and was not kept: a repeat gets a new one, which takes the place of the first.
                let kept: TokenItem = try CompactCodec.decode(from: bytes)
                guard try database.execute("UPDATE session SET hash = ? WHERE id = ? AND person = ?", hash, kept.id, caller.id) == 1 else { throw Failure.notFound("token") }
                return kept
            }
            try database.execute("DELETE FROM session WHERE expires < ?", now.milliseconds)
            guard try database.int("SELECT count(*) FROM session WHERE person = ? AND kind = 'token'", caller.id) ?? 0 < limit else {
                throw Failure.conflict("You have \(limit) tokens already.", hint: "Revoke one that is not used any more.", code: "too-many-tokens")
            }
            try database.execute("""
                INSERT INTO session (hash, person, kind, scope, created, expires, used, id, name, areas) VALUES (?, ?, 'token', ?, ?, ?, ?, ?, ?, ?)
                """, hash, caller.id, scope == nil ? made.scope : "all", now.milliseconds, made.expires.milliseconds, now.milliseconds, made.id, name, scope?.text)
            try audit.note("made a token", .token(made.id), detail: "\(name): \(made.scope)", in: database)
            try replay?.keep(CompactCodec.encode(made), in: database, life: life)
            return made
        }
        return answer
    }

    private static func revoke(_ asked: RevokeToken, _ call: Call, _ room: DataRoom) async throws -> Done {
        let caller = try call.signedIn()
        let audit = call.audit
        return try await room.write(call, caller.file(in: room.store)) { database in
            let name = try database.first("SELECT name FROM session WHERE id = ? AND person = ? AND kind = 'token'", asked.id, caller.id) { $0.text(0) }
            guard let name else { throw Failure.notFound("token") }
            try database.execute("DELETE FROM session WHERE id = ?", asked.id)
            try audit.note("revoked a token", .token(asked.id), detail: name, in: database)
            return Done()
        }
    }
}
