// The supervisor with nodes that are shell scripts and private listeners that the test serves.
import Control
import Engine
import Foundation
import Logging
import Synchronization
import Testing
import Wire

@testable import Supervision

/// A fleet whose processes do `script` and whose private sockets answer from within the test.
final class ScriptedFleet: Sendable {
    let scratch = Mutex(ScratchDirectory())
    let loop: EventLoop
    let supervisor: Supervisor
    let state: StateDirectory
    let told = Mutex<[String: FleetState]>([:])
    private let servers = Mutex<[HTTPServer]>([])

    init(_ nodes: [NodeSpec], script: String = "exec sleep 600") throws {
        let directory = scratch.withLock { $0.path }
        let program = directory + "/node.sh"
        try "#!/bin/sh\n\(script)\n".write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        var configuration = Configuration()
        configuration.nodes = nodes
        configuration.path = "/fleet.yaml"
        state = try StateGround.prepare(directory + "/s", locking: false).state
        loop = try EventLoop.start(name: "test")
        supervisor = Supervisor(
            loop: loop, configuration: configuration, state: state, file: FleetFile.start(configuration, state, saved: nil, release: "1"), program: program, release: "1",
            children: try ChildProcesses { _ in }, listeners: [], publicURL: "https://localhost:1", log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Serves the private listener of a node (or of the one that is to take it over): ready, takes the fleet, has admitted every
    /// ready web node.
    func serve(_ name: String, successor: Bool = false) throws {
        let server = HTTPServer(loops: [loop], log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { [self] _ in
            let router = HTTPRouter()
            router.on(.get, "/readyz") { await $0.respond(.text("ready\n")) }
            router.answer(.put, "/fleet") { exchange throws(Failure) in
                let body = try await exchange.body(limit: 1 << 20)
                guard let json = try? JSON.parse(body) else { throw .invalid("no JSON", hint: "") }
                let fleet = try FleetState(json: json)
                self.told.withLock { $0[name] = fleet }
                return .json(["admitted": .array(fleet.nodes(of: .web).filter { $0.state == .ready }.map { .string($0.name) })])
            }
            router.answer(.get, "/balancer/nodes") { _ throws(Failure) in
                .json(["nodes": [["name": "web-1", "sessions": 2, "in_flight": 0, "requests": 7, "health": "up"]]])
            }
            return router
        }
        let path = successor ? state.successorSocket(of: name) : state.socket(of: name)
        server.listen(try Listener.open(.unix(path)))
        servers.withLock { $0.append(server) }
    }

    func ask(_ method: HTTPMethod, _ target: String, _ body: JSON? = nil) async throws -> (Int, JSON) {
        let endpoint = Endpoint(address: .unix(state.controlSocket))
        let response: HTTPResponse = try await loop.run { loop in
            try await HTTPClient(loop: loop).send(method: method, target: target, body: body?.bytes ?? [], to: endpoint, timeout: .seconds(20))
        }
        let lines = response.body.split(separator: 0x0A)
        return (response.status.code, (try? JSON.parse(Array(lines.last ?? []))) ?? .null)
    }

    func listen() throws {
        let supervisor = supervisor
        let server = HTTPServer(loops: [loop], log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { _ in ControlHandler(supervisor) }
        server.listen(try Listener.open(.unix(state.controlSocket)))
        servers.withLock { $0.append(server) }
    }

    func end() async {
        await supervisor.stop()
        for server in servers.withLock({ $0 }) { await server.stop(within: .milliseconds(50)) }
    }

    func eventually(_ condition: () async -> Bool) async -> Bool {
        for _ in 0..<1000 {
            if await condition() { return true }
            await loop.sleep(.milliseconds(10))
        }
        return false
    }

    func pid(_ name: String) async -> Int32? { await supervisor.fleet.node(name)?.pid }
}

@Suite(.timeLimit(.minutes(2))) struct SupervisorTests {
    static let nodes = [NodeSpec(name: "balancer-1", tier: .balancer), NodeSpec(name: "web-1", tier: .web), NodeSpec(name: "web-2", tier: .web)]

    @Test func `every node becomes a process with a pid file, and all of them end`() async throws {
        let fleet = try ScriptedFleet(Self.nodes)
        await fleet.supervisor.launchAll()
        for node in Self.nodes {
            let pid = try #require(await fleet.pid(node.name))
            #expect(kill(pid, 0) == 0)
            #expect(try DurableFile.read(fleet.state.processFile(of: node.name)) == Array("\(pid)\n".utf8))
        }
        await fleet.end()
        for node in Self.nodes {
            #expect(await fleet.pid(node.name) == nil)
            #expect(!FileManager.default.fileExists(atPath: fleet.state.processFile(of: node.name)))
        }
    }

    @Test func `what dies is started again, what is held down is not`() async throws {
        let fleet = try ScriptedFleet(Self.nodes)
        try fleet.listen()
        await fleet.supervisor.launchAll()
        let first = try #require(await fleet.pid("web-1"))
        kill(first, SIGKILL)
        #expect(await fleet.eventually { let pid = await fleet.pid("web-1"); return pid != nil && pid != first })
        let (status, answer) = try await fleet.ask(.post, "/control/stop", ["node": "web-1", "kill": true])
        #expect(status == 200)
        #expect(answer["state"]?.string == "stopped")
        await fleet.loop.sleep(.milliseconds(300))
        #expect(await fleet.pid("web-1") == nil)
        #expect(await fleet.supervisor.fleet.node("web-1")?.state == .stopped)
        await fleet.end()
    }

    @Test func `a node that dies again and again counts as failed and is still tried`() async throws {
        let fleet = try ScriptedFleet([NodeSpec(name: "web-1", tier: .web)], script: "exit 3")
        await fleet.supervisor.launchAll()
        #expect(await fleet.eventually { await fleet.supervisor.fleet.node("web-1")?.state == .failed })
        await fleet.end()
    }

    @Test func `a fleet change is told to every node that is ready`() async throws {
        let fleet = try ScriptedFleet(Self.nodes)
        try fleet.listen()
        for node in Self.nodes { try fleet.serve(node.name) }
        await fleet.supervisor.launchAll()
        Task { await fleet.supervisor.watch() }
        #expect(await fleet.supervisor.untilReady(within: .seconds(10)))
        let (status, answer) = try await fleet.ask(.post, "/control/drain", ["node": "web-1", "deadline": "5m"])
        #expect(status == 200)
        #expect(answer["state"]?.string == "draining")
        #expect(await fleet.eventually { fleet.told.withLock { told in Self.nodes.allSatisfy { told[$0.name]?.node("web-1")?.state == .draining } } })
        #expect(try FleetFile.read(fleet.state)?.fleet.node("web-1")?.state == .draining, "saved before it is answered")
        await fleet.end()
    }

    @Test func `status adds up what the balancers say, and is answered when they do not`() async throws {
        let fleet = try ScriptedFleet(Self.nodes)
        try fleet.listen()
        let before = try await fleet.ask(.get, "/control/status")
        #expect(before.0 == 200)
        #expect(before.1["nodes"]?.array?.map { $0["state"]?.string } == ["starting", "starting", "starting"])
        for node in Self.nodes { try fleet.serve(node.name) }
        await fleet.supervisor.launchAll()
        Task { await fleet.supervisor.watch() }
        #expect(await fleet.supervisor.untilReady(within: .seconds(10)))
        let nodes = try await fleet.ask(.get, "/control/status").1["nodes"]?.array ?? []
        #expect(nodes.map { $0["requests"]?.integer } == [7, 7, 0])
        #expect(nodes.map { $0["sessions"]?.integer } == [0, 2, 0])
        for name in ["name", "tier", "role", "state", "pid", "address", "release", "weight", "sessions", "in_flight", "requests"] {
            #expect(nodes.allSatisfy { $0[name] != nil }, "\(name)")
        }
        await fleet.end()
    }

    @Test func `an upgrade gives the node's name to a new process, and the one before is told to finish`() async throws {
        // Says in a file that it was told so; the successor is served by the test.
        let fleet = try ScriptedFleet(Self.nodes, script: "trap 'echo told > $0.$$; exit 0' USR1\nwhile true; do sleep 0.05; done")
        try fleet.listen()
        for node in Self.nodes { try fleet.serve(node.name) }
        await fleet.supervisor.launchAll()
        Task { await fleet.supervisor.watch() }
        #expect(await fleet.supervisor.untilReady(within: .seconds(10)))
        let old = try #require(await fleet.pid("web-1"))
        let program = fleet.scratch.withLock { $0.path } + "/node.sh"
        let other = fleet.scratch.withLock { $0.path } + "/other.sh"
        try FileManager.default.copyItem(atPath: program, toPath: other)
        let upgrade = Task { try await fleet.ask(.post, "/control/upgrade", ["node": "web-1", "program": .string(other)]) }
        #expect(await fleet.eventually { await fleet.supervisor.successors["web-1"] != nil })
        #expect(await fleet.pid("web-1") == old, "nothing changes before the new one is ready")
        try fleet.serve("web-1", successor: true)
        let (status, answer) = try await upgrade.value
        #expect(status == 200, "\(answer)")
        let new = try #require(await fleet.pid("web-1"))
        #expect(new != old && answer["result"]?["pid"]?.integer == Int64(new))
        #expect(!FileManager.default.fileExists(atPath: fleet.state.successorSocket(of: "web-1")))
        #expect(await fleet.eventually { kill(old, 0) != 0 })
        #expect(FileManager.default.fileExists(atPath: "\(program).\(old)"))
        #expect(await fleet.eventually { (try? DurableFile.read(fleet.state.processFile(of: "web-1"))) == Array("\(new)\n".utf8) })
        #expect(try FleetFile.read(fleet.state)?.programs == ["web-1": other], "it is started with that program from now on")
        await fleet.end()
        #expect(kill(new, 0) != 0)
    }

    @Test func `a successor that does not get ready leaves the node as it was`() async throws {
        let fleet = try ScriptedFleet(Self.nodes, script: "for word; do [ $word = --successor ] && exit 3; done\nexec sleep 600")
        try fleet.listen()
        for node in Self.nodes { try fleet.serve(node.name) }
        await fleet.supervisor.launchAll()
        Task { await fleet.supervisor.watch() }
        #expect(await fleet.supervisor.untilReady(within: .seconds(10)))
        let old = await fleet.pid("balancer-1")
        let (_, answer) = try await fleet.ask(.post, "/control/upgrade", ["node": "balancer-1"])
        #expect(answer["failure"]?["code"]?.string == "upgrade-not-ready", "\(answer)")
        #expect(await fleet.pid("balancer-1") == old)
        #expect(await fleet.supervisor.retiring.isEmpty)
        await fleet.end()
    }

    @Test(arguments: [
        ("/control/upgrade", "{\"node\": \"web-1\", \"program\": \"fitech\"}", 400, "wrong-path"), ("/control/upgrade", "{\"node\": \"web-1\", \"program\": \"/etc/passwd\"}", 400, "wrong-program"),
        ("/control/drain", "{\"node\": \"web-9\"}", 404, "not-found"), ("/control/drain", "{}", 400, "missing-argument"), ("/control/drain", "[]", 400, "not-an-object"),
        ("/control/drain", "{\"node\": \"web-1\", \"deadline\": \"soon\"}", 400, "wrong-argument"), ("/control/drain", "{\"node\": 7}", 400, "wrong-argument"),
        ("/control/drain", "{\"node\": \"web-1\", \"colour\": 1}", 400, "unknown-argument"), ("/control/drain", "{", 400, ""), ("/control/explode", "{}", 404, "not-found"),
        ("/control/status/x", "{}", 404, "not-found"), ("/control/remove-node", "{\"node\": \"balancer-1\"}", 409, "last-node"),
        ("/control/clone-node", "{\"node\": \"web-1\", \"name\": \"a/b\"}", 400, "wrong-name"), ("/control/clone-node", "{\"node\": \"web-1\", \"name\": \"web-2\"}", 409, "name-taken"),
        ("/control/promote", "{\"node\": \"web-1\"}", 400, "not-a-data-node"), ("/control/customer/add", "{\"name\": \"x\"}", 409, "no-data-tier"),
        ("/control/restore", "{\"at\": \"yesterday\", \"in_place\": true}", 400, "wrong-time"), ("/control/technician/list", "{}", 409, "no-management"),
        ("/control/user/add", "{\"email\": \"a@b\", \"staff\": true, \"role\": \"administrator\"}", 400, "wrong-role"),
    ])
    func `a wrong request is refused with a code and a remedy`(target: String, body: String, status: Int, code: String) async throws {
        let fleet = try ScriptedFleet(Self.nodes)
        try fleet.listen()
        let endpoint = Endpoint(address: .unix(fleet.state.controlSocket))
        let response: HTTPResponse = try await fleet.loop.run { loop in
            try await HTTPClient(loop: loop).send(method: .post, target: target, body: Array(body.utf8), to: endpoint)
        }
        #expect(response.status.code == status)
        let problem = try JSON.parse(response.body)
        if !code.isEmpty { #expect(problem["code"]?.string == code) }
        #expect(problem["hint"]?.string?.isEmpty == false)
        #expect(await fleet.supervisor.fleet.nodes.map(\.state) == [.starting, .starting, .starting], "nothing was changed")
        await fleet.end()
    }

    @Test func `every action is audited with who did it, secrets hidden`() async throws {
        let fleet = try ScriptedFleet(Self.nodes)
        try fleet.listen()
        _ = try await fleet.ask(.post, "/control/stop", ["node": "web-2"])
        _ = try await fleet.ask(.post, "/control/user/add", ["email": "a@b", "staff": true, "role": "support", "password": "hunter2"])
        let lines = String(decoding: try #require(try DurableFile.read(fleet.state.auditLog)), as: UTF8.self).split(separator: "\n")
        let entries = try lines.map { try JSON.parse(String($0)) }
        #expect(entries.map { $0["action"]?.string } == ["stop", "stop", "user/add", "user/add"])
        #expect(entries.map { $0["outcome"]?.string } == ["begun", "done", "begun", "failed: no-data-tier"])
        #expect(entries.allSatisfy { $0["by"]?["uid"]?.integer == Int64(getuid()) && $0["by"]?["pid"]?.integer == Int64(getpid()) })
        #expect(!lines.joined().contains("hunter2"))
        await fleet.end()
    }

    @Test func `the demo is made on an empty directory only, and again where it was cut off`() throws {
        let scratch = ScratchDirectory()
        let state = try StateGround.prepare(scratch.path, locking: false).state
        #expect(try DemoPlan(state).begin(isNew: false) == false)
        #expect(try DemoPlan(state).begin(isNew: true))
        // Cut off here: what was half-made is cleared away.
        try FileManager.default.createDirectory(atPath: state.files(of: "data-1") + "/customers", withIntermediateDirectories: true)
        try "half".write(toFile: state.files(of: "data-1") + "/customers/clinic.db", atomically: true, encoding: .utf8)
        #expect(try DemoPlan(state).begin(isNew: false))
        #expect(try StateGround.entries(state.nodes) == [])
        DemoPlan(state).finish()
        #expect(try DemoPlan(state).begin(isNew: false) == false)
    }
}
