// Two real data nodes in this process, with their private listeners in a temporary state directory.
import Control
import Digests
import Engine
import Glibc
import Nodes
import Procedures
import Storage
import Wire
@testable import DataTier

/// What the supervisor would do is done by the test: it starts, stops and tells the fleet.
/// @unchecked Sendable: owned by one test; the client is touched on `loop` only.
final class TwoNodes: @unchecked Sendable {
    let state: StateDirectory
    let loop: EventLoop
    var configuration = Configuration()
    var fleet = FleetState()
    private var client: HTTPClient?
    private var running: [String: (node: Node, task: Task<Void, any Error>)] = [:]

    init(names: [String] = ["data-1", "data-2"], offsite: Bool = false) async throws {
        var template = Array("/tmp/fitech-two-XXXXXX".utf8CString)
        state = StateDirectory(String(cString: mkdtemp(&template)!))
        configuration.edition = .portal
        configuration.nodes = names.map { NodeSpec(name: $0, tier: .data, role: $0 == "data-1" ? .primary : .backup) }
        if offsite { configuration.offsite = .init(url: "file:offsite", every: .seconds(0)) }
        loop = try EventLoop.start(name: "test")
        fleet = Node.initialFleet(configuration, state)
        client = await loop.run { loop in Kept(HTTPClient(loop: loop)) }.value
    }

    /// Carries the loop's client to where it is kept; see the type's note.
    private struct Kept: @unchecked Sendable {
        let value: HTTPClient
        init(_ value: HTTPClient) { self.value = value }
    }

    func start(_ name: String) async throws {
        try saveFleet()
        let node = try Node.start(configuration: configuration, state: state, name: name, tier: .data)
        var options = DataOptions()
        options.passwordCost = .init(logN: 4)
        let chosen = options
        let task = Task { try await DataProgram.run(node, options: chosen) }
        running[name] = (node, task)
        for _ in 0..<500 where node.notReadyReason != nil { try await Task.sleep(for: .milliseconds(10)) }
        guard node.notReadyReason == nil else { throw Failure.fault("\(name) did not become ready") }
    }

    func stop(_ name: String) async throws {
        guard let (node, task) = running.removeValue(forKey: name) else { return }
        node.stop()
        try await task.value
        for loop in node.loops { loop.stop() }
    }

    func close() async throws {
        for name in Array(running.keys) { try await stop(name) }
        await loop.run { _ in self.client?.closeIdle() }
        loop.stop()
        try DurableFiles.remove(state.path)
    }

    private func saveFleet() throws { try DurableFiles.replace(state.fleet, with: fleet.json.bytes) }

    /// Changes the roles as the supervisor does after a promotion, and tells every running node.
    func makePrimary(_ name: String) async throws {
        for node in fleet.nodes { try fleet.apply(.role(node.name, node.name == name ? .primary : .backup)) }
        try saveFleet()
        for node in running.keys { _ = try await ask(node, .put, "/fleet", fleet.json) }
    }

    @discardableResult
    func ask(_ name: String, _ method: HTTPMethod, _ target: String, _ body: JSON? = nil, session: String? = nil) async throws -> JSON {
        let response = try await send(name, method, target, body, accept: "application/json", session: session)
        let json = try JSON.parse(response.body)
        guard (200..<300).contains(response.status.code) else { throw Failure(json: json) ?? .fault("\(response.status.code)") }
        return json
    }

    /// The bytes of an answer.
    func bytes(_ name: String, _ target: String) async throws -> [UInt8] {
        let response = try await send(name, .get, target, nil, accept: "*/*", session: nil)
        guard response.status == .ok else { throw try Failure(json: JSON.parse(response.body)) ?? .fault("\(response.status.code)") }
        return response.body
    }

    /// The lines of an answer that is streamed.
    func lines(_ name: String, _ method: HTTPMethod, _ target: String, _ body: JSON) async throws -> [JSON] {
        try await send(name, method, target, body, accept: "application/x-ndjson", session: nil).body.split(separator: 10).map { try JSON.parse(Array($0)) }
    }

    private func send(_ name: String, _ method: HTTPMethod, _ target: String, _ body: JSON?, accept: String, session: String?) async throws -> HTTPResponse {
        var fields: HTTPFields = ["Accept": accept]
        if let session { fields.add(ProcedureField.session, session) }
        let (sent, endpoint) = (fields, Endpoint(address: .unix(state.socket(of: name))))
        return try await loop.run { _ in
            try await self.client!.send(method: method, target: target, fields: sent, body: body?.bytes ?? [], to: endpoint, timeout: .seconds(30))
        }
    }

    func call<P: Procedure>(_ name: String, _ asked: P, as token: String? = nil) async throws -> P.Answer {
        var fields: HTTPFields = ["Content-Type": CompactCodec.mediaType]
        if let token { fields.add(ProcedureField.session, token) }
        let endpoint = Endpoint(address: .unix(state.socket(of: name)))
        let (sent, body) = (fields, CompactCodec.encode(asked))
        let response = try await loop.run { _ in
            try await self.client!.send(method: .post, target: "/procedures/\(P.name)", fields: sent, body: body, to: endpoint)
        }
        guard response.status == .ok else { throw try Failure(json: JSON.parse(response.body)) ?? .fault("\(response.status.code)") }
        return try CompactCodec.decode(from: response.body)
    }

    // MARK: Inhabitants

    func clinic(on name: String, _ customers: [String] = ["clinic", "club"]) async throws -> [String: String] {
        var tokens: [String: String] = [:]
        for customer in customers {
            var add = AddCustomer()
            add.customer = customer
            _ = try await call(name, add)
            var person = AddPerson()
            person.email = "ann@\(customer).example"
            person.customer = customer
            person.role = .administrator
            person.password = House.password
            _ = try await call(name, person)
            tokens[customer] = try await signIn(name, person.email)
        }
        return tokens
    }

    func signIn(_ name: String, _ email: String) async throws -> String {
        var asked = SignIn()
        asked.email = email
        asked.password = House.password
        return try await call(name, asked).token
    }

    func ticket(_ name: String, _ title: String, as token: String) async throws -> Int {
        var asked = OpenTicket()
        asked.title = title
        asked.body = "text"
        return try await call(name, asked, as: token).number
    }

    func titles(_ name: String, as token: String) async throws -> [String] {
        try await call(name, ListTickets(), as: token).items.map(\.title).reversed()
    }

    func file(_ node: String, _ customer: String) -> String { "\(state.files(of: node))/customers/\(customer).db" }
}
