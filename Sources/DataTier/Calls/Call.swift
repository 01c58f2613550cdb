// One call of a procedure while it is served: who asks, by which node, and whether it is a repeat.
import Digests
import Procedures
import Storage
import Wire

/// Lives on one loop for the time of one call.
final class Call {
    let certificate: Access.Certificate
    let caller: Caller?
    let procedure: String
    let now: Timestamp
    let requestID: String?
    /// The balancer's id of an unsafe request, or the client's Idempotency-Key; nil when the caller sent none.
    let replay: String?
    let body: [UInt8]
    /// Set when the answer is one that was given before.
    var replayed = false

    init(certificate: Access.Certificate, caller: Caller?, procedure: String, now: Timestamp, requestID: String?, replay: String?, body: [UInt8]) {
        self.certificate = certificate
        self.caller = caller
        self.procedure = procedure
        self.now = now
        self.requestID = requestID
        self.replay = replay
        self.body = body
    }

    /// The signed-in person; procedures whose access names a person always have one.
    func signedIn() throws(Failure) -> Caller {
        guard let caller else { throw .signedOut() }
        return caller
    }

    /// The signed-in person's customer; staff have none.
    func customer() throws(Failure) -> (Caller, CustomerEntry) {
        let caller = try signedIn()
        guard let customer = caller.customer else {
            throw .forbidden("This belongs to a customer's people.", hint: "Sign in as a person of that customer.")
        }
        return (caller, customer)
    }
}

/// The answer of a write that was given before is given again, from the same transaction that looked for it.
struct Replay: Sendable {
    static let largest = 1 << 20

    let key: [UInt8]
    let request: [UInt8]
    let now: Timestamp

    /// Nil when the call carries no replay id.
    init?(_ call: Call) {
        guard let id = call.replay, !id.isEmpty else { return nil }
        let person = call.caller.map { $0.place + "/" + $0.id } ?? "nobody"
        key = Digest.sha256(person + "\u{0}" + call.procedure + "\u{0}" + id)
        request = Digest.sha256(call.body)
        now = call.now
    }

    /// The bytes of the first answer, if there was one.
    func found(in database: Database) throws -> [UInt8]? {
        guard let first = try database.first("SELECT request, bytes FROM answer WHERE key = ?", key, row: { ($0.bytes(0), $0.bytes(1)) }) else { return nil }
        guard first.0 == request else {
            throw Failure(whose: .client, retry: .never, status: 422, code: "replay-mismatch",
                          reason: "The same Idempotency-Key came with another request before.", hint: "Use a new key for a new request.")
        }
        return first.1
    }

    func keep(_ bytes: [UInt8], in database: Database, life: Duration) throws {
        try database.execute("DELETE FROM answer WHERE key IN (SELECT key FROM answer WHERE created < ? LIMIT 20)", now.milliseconds - life.milliseconds)
        guard bytes.count <= Self.largest else { return }
        try database.execute("INSERT INTO answer (key, request, created, bytes) VALUES (?, ?, ?, ?)", key, request, now.milliseconds, bytes)
    }
}

extension Call {
    /// Runs a body in one durable transaction, once per replay id: a repeat gets the answer of the first, also when
    /// the first is still running, because both pass through the one writer of the database.
    func write<A: Record>(_ file: DatabaseFile, in store: DataStore, _ body: @escaping @Sendable (Database) throws -> A) async throws -> A {
        guard let replay = Replay(self) else { return try await store.write(file, body) }
        let life = store.options.answersLife
        let (answer, again) = try await store.write(file) { database -> (A, Bool) in
            if let bytes = try replay.found(in: database) { return (try CompactCodec.decode(from: bytes), true) }
            let answer = try body(database)
            try replay.keep(CompactCodec.encode(answer), in: database, life: life)
            return (answer, false)
        }
        replayed = again
        return answer
    }
}
