// A data node without sockets: the store in a temporary directory, one room, a clock that can be moved.
import Control
import Digests
import Engine
import Glibc
import Procedures
import Storage
import Wire
@testable import DataTier

/// Made per test, removed with it. Passwords cost little here.
/// @unchecked Sendable: `room` is touched on `loop` only, the clock by the one test that owns the house.
final class House: @unchecked Sendable {
    let path: String
    let store: DataStore
    let loop: EventLoop
    let room: DataRoom
    var now = Timestamp(milliseconds: 1_795_000_000_000)
    static let password = "four plain words here"

    init(path: String? = nil, _ change: (inout DataOptions) -> Void = { _ in }) async throws {
        var template = Array("/tmp/fitech-data-XXXXXX".utf8CString)
        self.path = path ?? String(cString: mkdtemp(&template)!)
        var options = DataOptions()
        options.passwordCost = PasswordHash.Cost(logN: 4)
        change(&options)
        store = DataStore(path: self.path, options: options, log: .silent)
        loop = try EventLoop.start(name: "house")
        room = DataRoom(store: store)
        if !DurableFiles.exists(store.directory.path) { try await store.makeDirectory() }
        try await store.load()
        store.role.set(.primary(epoch: 1))
    }

    func close(keep: Bool = false) async {
        await loop.run { _ in self.room.reads.closeAll() }
        await store.stop()
        loop.stop()
        if !keep { try? DurableFiles.remove(path) }
    }

    /// Calls a procedure through the whole dispatch, compact codec and all.
    func call<P: Procedure>(_ asked: P, as token: String? = nil, by certificate: Access.Certificate = .web, replay: String? = nil) async throws -> P.Answer {
        try await reply(asked, as: token, by: certificate, replay: replay).answer
    }

    func reply<P: Procedure>(_ asked: P, as token: String? = nil, by certificate: Access.Certificate = .web, replay: String? = nil) async throws -> (answer: P.Answer, replayed: Bool) {
        var request = CallRequest(procedure: P.name, certificate: certificate, body: CompactCodec.encode(asked))
        request.token = token
        request.replay = replay
        let (asking, time) = (request, now)
        let (bytes, replayed, _) = try await loop.run { _ in try await self.room.answer(asking, now: time) }
        return (try CompactCodec.decode(from: bytes), replayed)
    }

    // MARK: Inhabitants

    func customer(_ name: String) async throws {
        var asked = AddCustomer()
        asked.customer = name
        asked.displayName = name.prefix(1).uppercased() + name.dropFirst()
        _ = try await call(asked, by: .operations)
    }

    @discardableResult
    func person(_ email: String, _ role: PersonRole, of customer: String?) async throws -> Person {
        var asked = AddPerson()
        asked.email = email
        asked.name = String(email.prefix { $0 != "@" })
        asked.role = role
        asked.customer = customer
        asked.password = Self.password
        return try await call(asked, by: .operations).person
    }

    func signIn(_ email: String, _ password: String = House.password, address: String = "198.51.100.1") async throws -> String {
        var asked = SignIn()
        asked.email = email
        asked.password = password
        asked.address = address
        return try await call(asked).token
    }

    /// A signed-in token for every role, in two customers and on the staff: `clinic/administrator`, `staff/support`.
    func everybody() async throws -> [String: String] {
        var tokens: [String: String] = [:]
        for name in ["clinic", "club"] {
            try await customer(name)
            for role in [PersonRole.administrator, .superOperator, .operator, .subject] {
                try await person("\(role.rawValue)@\(name).example", role, of: name)
                tokens["\(name)/\(role.rawValue)"] = try await signIn("\(role.rawValue)@\(name).example")
            }
        }
        for role in [PersonRole.support, .operations, .technician] {
            try await person("\(role.rawValue)@fitech.example", role, of: nil)
            tokens["staff/\(role.rawValue)"] = try await signIn("\(role.rawValue)@fitech.example")
        }
        return tokens
    }

    func ticket(_ title: String, as token: String, replay: String? = nil) async throws -> Ticket {
        var asked = OpenTicket()
        asked.title = title
        asked.body = "It does not work."
        return try await call(asked, as: token, replay: replay)
    }
}

/// The failure a body ends with, nil when it succeeds.
func failure(_ body: () async throws -> Void) async -> Failure? {
    do {
        try await body()
        return nil
    } catch {
        return error as? Failure ?? .fault("not a Failure: \(error)")
    }
}
