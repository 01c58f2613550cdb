// A data node for these tests: restore points of a made-up customer, served as a backup serves them, with faults to order.
import Control
import Digests
import Engine
import Logging
import Nodes
import Procedures
import Storage
import Synchronization
import Wire
@testable import ReportingTier

/// A state directory with a reporting node in it and data nodes that are ours.
final class ReportingFleet {
    let state: StateDirectory
    let node: Node
    let backup = FakeDataNode()
    private var servers: [HTTPServer] = []
    private let loop: EventLoop
    private var program: Task<Void, any Error>?

    init(withBackup: Bool = true) throws {
        state = StateDirectory("/tmp/fitech-reporting-\(Identifier.make())")
        try DurableFiles.makeDirectory(state.path)
        try DurableFiles.makeDirectory(state.run)
        var configuration = Configuration()
        configuration.nodes = [
            NodeSpec(name: "data-1", tier: .data, role: .primary), NodeSpec(name: "reporting-1", tier: .reporting),
        ] + (withBackup ? [NodeSpec(name: "data-2", tier: .data, role: .backup)] : [])
        node = try Node.start(configuration: configuration, state: state, name: "reporting-1", tier: .reporting)
        loop = try EventLoop.start(name: "fake")
        try serve("data-1", restorePoints: !withBackup)
        if withBackup { try serve("data-2", restorePoints: true) }
        program = Task { [node] in try await ReportingProgram.run(node) }
    }

    private func serve(_ name: String, restorePoints: Bool) throws {
        let backup = backup
        let server = HTTPServer(loops: [loop], log: Logger(label: "fake")) { _ in
            let router = HTTPRouter()
            router.answer(.post, "/procedures/sessions.whoami") { exchange throws(Failure) in
                var person = Person()
                switch exchange.head.fields[ProcedureField.session] {
                case "clinic.admin": (person.customer, person.customerDisplayName, person.role) = ("clinic", "Riverside Clinic", .administrator)
                case "clinic.subject": (person.customer, person.role) = ("clinic", .subject)
                case "staff.sam": person.role = .support
                default: throw .signedOut()
                }
                return HTTPResponse(status: .ok, fields: ["Content-Type": CompactCodec.mediaType], body: CompactCodec.encode(person))
            }
            if restorePoints { backup.route(router) }
            return router
        }
        server.listen(try Listener.open(.unix(state.socket(of: name))))
        servers.append(server)
    }

    /// Asks the reporting node over its private socket.
    func ask(_ question: MakeCorporateReport = MakeCorporateReport(), session: String?, accept: String = CompactCodec.mediaType) async throws -> HTTPResponse {
        var fields: HTTPFields = ["Content-Type": CompactCodec.mediaType, "Accept": accept]
        if let session { fields.add(ProcedureField.session, session) }
        let path = state.socket(of: "reporting-1")
        // The program starts beside the test.
        while node.notReadyReason != nil { try await Task.sleep(for: .milliseconds(5)) }
        return try await loop.run { [fields] loop in
            let client = HTTPClient(loop: loop)
            return try await client.send(
                method: .post, target: "/procedures/reports.corporate", fields: fields, body: CompactCodec.encode(question),
                to: Endpoint(address: .unix(path), tls: nil), timeout: .seconds(20))
        }
    }

    func stop() async {
        node.stop()
        _ = await program?.result
        for server in servers { await server.stop(within: .milliseconds(100)) }
        loop.stop()
        try? DurableFiles.remove(state.path)
    }
}

/// What the fake keeps, behind a lock: tests change it while it serves.
final class FakeDataNode: Sendable {
    struct Point {
        var id: String
        var taken: Timestamp
        var bytes: [UInt8]
        var digest: [UInt8]
    }

    struct Shared {
        var points: [Point] = []
        var made = 0
        var fetched = 0
        var refuses = false
        /// What a `POST /restore-points` makes.
        var next: Point?
    }
    let shared = Mutex(Shared())

    /// Adds a restore point of a database with these values of one measure.
    func add(_ id: String, taken: String, weights: [Double], group: String = "") throws {
        let point = try Self.point(id, taken: taken, weights: weights, group: group)
        shared.withLock { $0.points.append(point) }
    }

    static func point(_ id: String, taken: String, weights: [Double], group: String = "") throws -> Point {
        let bytes = try CustomerFile.bytes(weights: weights, group: group)
        return Point(id: id, taken: Timestamp(iso8601: taken) ?? Timestamp(), bytes: bytes, digest: Digest.sha256(bytes))
    }

    func route(_ router: HTTPRouter) {
        router.answer(.get, "/restore-points") { [self] _ throws(Failure) in
            let points = try shared.withLock { shared throws(Failure) in
                if shared.refuses { throw Failure.unavailable("the disk is away") }
                return shared.points
            }
            return .json(["items": .array(points.map { point in
                ["id": .string(point.id), "taken": .string(point.taken.iso8601), "databases": .array([
                    ["name": "directory", "bytes": 1, "sha256": "00"],
                    ["name": "clinic", "bytes": .integer(Int64(point.bytes.count)), "sha256": .string(Hex.encode(point.digest))],
                ])]
            })])
        }
        router.answer(.post, "/restore-points") { [self] _ throws(Failure) in
            shared.withLock { shared in
                shared.made += 1
                if let next = shared.next { shared.points.append(next) }
            }
            return .json([:])
        }
        router.answer(.get, "/restore-points/{id}/{database}") { [self] exchange throws(Failure) in
            let id = exchange.parameters["id"]
            let point = shared.withLock { shared in
                shared.fetched += 1
                return shared.points.first { $0.id == id }
            }
            guard let point, exchange.parameters["database"] == "clinic" else { throw .notFound("restore point") }
            return HTTPResponse(status: .ok, body: point.bytes)
        }
    }
}

/// A customer's database with the tables a report reads, as the data tier makes them.
enum CustomerFile {
    static func bytes(weights: [Double], group: String) throws -> [UInt8] {
        let path = "/tmp/fitech-customer-\(Identifier.make()).db"
        defer { try? DurableFiles.remove(path) }
        do {
            var options = DatabaseOptions()
            options.exclusive = false
            let database = try Database(path: path, mode: .write(create: true), options: options)
            try database.script("""
                PRAGMA journal_mode = DELETE;
                CREATE TABLE subject (row INTEGER PRIMARY KEY, team TEXT);
                CREATE TABLE assessment (row INTEGER PRIMARY KEY, subject INTEGER NOT NULL, taken INTEGER NOT NULL);
                CREATE TABLE measure (assessment INTEGER NOT NULL, code TEXT NOT NULL, value REAL NOT NULL, category_code TEXT,
                    PRIMARY KEY (assessment, code)) WITHOUT ROWID;
                """)
            let taken = CalendarDate(iso8601: "2026-11-05")!.midnight.milliseconds
            for (place, weight) in weights.enumerated() {
                try database.execute("INSERT INTO subject VALUES (?, ?)", place, group.isEmpty ? nil : group)
                // An older value first: only the newest counts.
                try database.execute("INSERT INTO assessment VALUES (?, ?, ?)", place * 2, place, taken - 86_400_000 * 40)
                try database.execute("INSERT INTO assessment VALUES (?, ?, ?)", place * 2 + 1, place, taken)
                try database.execute("INSERT INTO measure VALUES (?, 'weight', ?, NULL)", place * 2, weight + 100)
                try database.execute("INSERT INTO measure VALUES (?, 'weight', ?, NULL)", place * 2 + 1, weight)
            }
        }
        return try DurableFiles.read(path)
    }
}
