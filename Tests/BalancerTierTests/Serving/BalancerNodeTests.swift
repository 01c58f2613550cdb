// A whole balancer node: TLS outside, the private listener inside, told of its fleet by PUT.
import Control
import Digests
import Engine
import Glibc
import Logging
import Nodes
import Testing
import Wire

@testable import BalancerTier

@Suite(.serialized, .timeLimit(.minutes(1))) struct BalancerNodeTests {
    /// A running node with one web node behind it, and the ways to ask it.
    private struct Running {
        let node: Node
        let https: Int
        let http: Int
        let trust: TLSClientContext
        let client: EventLoop
        let web: FakeNode
        let nodeLoop: EventLoop

        func get(_ target: String, _ fields: [(String, String)] = [], port: Int? = nil, tls: Bool = true) async throws -> HTTPResponse {
            let endpoint = Endpoint(address: .tcp(host: "127.0.0.1", port: port ?? https), tls: tls ? trust : nil)
            let fields = HTTPFields([("Host", "portal.example:\(https)")] + fields)
            return try await client.run { loop in try await HTTPClient(loop: loop).send(method: .get, target: target, fields: fields, to: endpoint) }
        }

        func privately(_ method: HTTPMethod, _ target: String, body: [UInt8] = []) async throws -> HTTPResponse {
            let endpoint = Endpoint(address: .unix(node.state.socket(of: node.name)))
            return try await client.run { loop in try await HTTPClient(loop: loop).send(method: method, target: target, body: body, to: endpoint) }
        }
    }

    private static func freePort() throws -> Int {
        let listener = try Listener.open(.tcp(host: "127.0.0.1", port: 0))
        defer { listener.close() }
        return try #require(listener.port)
    }

    private func withNode(_ body: (Running) async throws -> Void) async throws {
        var template = Array("/tmp/fitech-balancer-node-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
        let state = StateDirectory(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        for directory in [state.run, state.keys] { mkdir(directory, 0o700) }
        try SelfSigned.write(name: "portal.example", certificate: state.publicCertificate, key: state.publicKey)
        var configuration = Configuration()
        configuration.name = "portal.example"
        let ports = (try Self.freePort(), try Self.freePort())
        configuration.listen = .init(https: HostPort(host: "127.0.0.1", port: ports.0), http: HostPort(host: "127.0.0.1", port: ports.1))
        configuration.nodes = [NodeSpec(name: "balancer-1", tier: .balancer), NodeSpec(name: "web-1", tier: .web)]
        let nodeLoop = try EventLoop.start(name: "web"), client = try EventLoop.start(name: "client")
        let web = try FakeNode("web-1", in: state.run, loop: nodeLoop)
        let node = try Node.start(configuration: configuration, state: state, name: "balancer-1", tier: .balancer)
        let run = Task { try await BalancerNode.run(node: node, options: Fixture.quick()) }
        while node.notReadyReason != nil { await client.sleep(.milliseconds(5)) }
        let trust = try TLSClientContext(authority: state.publicCertificate, name: "portal.example")
        let running = Running(node: node, https: ports.0, http: ports.1, trust: trust, client: client, web: web, nodeLoop: nodeLoop)
        do { try await body(running) } catch {
            node.stop()
            throw error
        }
        node.stop()
        try await run.value
        await web.stop()
        for loop in [nodeLoop, client] + node.loops { loop.stop() }
        #expect(access(state.socket(of: "balancer-1"), F_OK) != 0)
        try? Command.removeTree(state.path)
    }

    @Test func `https is served with HSTS and the __Host- cookie, http is sent there`() async throws {
        try await withNode { running in
            let answer = try await running.get("/")
            #expect(answer.text == "web-1")
            #expect(answer.fields["strict-transport-security"] == "max-age=31536000")
            let cookie = try #require(answer.fields["set-cookie"])
            #expect(cookie.hasPrefix("__Host-fitech-node=") && cookie.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Lax"))
            #expect(running.web.lastHead?.fields["x-forwarded-proto"] == "https")
            let clear = try await running.get("/x?y=1", port: running.http, tls: false)
            #expect(clear.status == .permanentRedirect)
            #expect(clear.fields["location"] == "https://portal.example:\(running.https)/x?y=1")
        }
    }

    @Test func `the fleet is told by PUT: a ready node is admitted before the answer, a drained one gets nobody`() async throws {
        try await withNode { running in
            _ = try await running.get("/")
            let second = try FakeNode("web-2", in: running.node.state.run, loop: running.nodeLoop)
            var fleet = running.node.fleet
            try fleet.apply(.add(FleetNode(name: "web-2", tier: .web, state: .ready, address: "unix:\(second.path)")))
            let answer = try await running.privately(.put, "/fleet", body: fleet.json.bytes)
            #expect(answer.status == .ok)
            #expect(try JSON.parse(answer.body)["admitted"]?.array?.contains(.string("web-2")) == true)
            for _ in 0..<6 { _ = try await running.get("/") }
            #expect(second.requests > 0)

            try fleet.apply(.ready("web-1"))
            try fleet.apply(.drain("web-1", deadline: Balancer.wallMilliseconds() + 60_000))
            #expect(try await running.privately(.put, "/fleet", body: fleet.json.bytes).status == .ok)
            let before = running.web.requests
            for _ in 0..<6 { #expect(try await running.get("/").text == "web-2") }
            #expect(running.web.requests == before)

            let report = try JSON.parse(try await running.privately(.get, "/balancer/nodes").body)
            let rows = try #require(report["nodes"]?.array)
            #expect(rows.map { $0["name"]?.string } == ["web-1", "web-2"])
            #expect(rows[0]["draining"] == .bool(true))
            #expect(rows[1]["health"]?.string == "up")
            #expect((rows[1]["requests"]?.integer ?? 0) >= 6)
            #expect(rows[1]["in_flight"]?.integer == 0)
            await second.stop()
        }
    }

    @Test func `a balancer says what it sees of a node, and serves the metrics`() async throws {
        try await withNode { running in
            _ = try await running.get("/")
            #expect(try JSON.parse(try await running.privately(.get, "/balancer/probe/web-1").body)["ready"] == .bool(true))
            running.web.set(ready: false)
            let probe = try JSON.parse(try await running.privately(.get, "/balancer/probe/web-1").body)
            #expect(probe["ready"] == .bool(false))
            #expect(probe["seen"]?.string == "not ready")
            #expect(try await running.privately(.get, "/balancer/probe/nobody").status == .notFound)
            #expect(try await running.privately(.post, "/balancer/nodes").status.code == 405)
            #expect(try await running.privately(.get, "/readyz").status == .ok)
            #expect(try await running.privately(.get, "/metrics").text.contains("fitech_balancer_in_flight{node=\"web-1\"}"))
        }
    }

    @Test func `the sticky key is made once and shared`() throws {
        let path = "/tmp/fitech-sticky-\(getpid())-\(UInt64.random(in: 0...(.max))).key"
        defer { unlink(path) }
        let one = try StickyKey.load(path, options: .init()), two = try StickyKey.load(path, options: .init())
        #expect(two.open(one.sealer().seal(node: "web-1", issued: 0, renewed: 0), now: 1) != nil)
        var info = stat()
        stat(path, &info)
        #expect(info.st_mode & 0o777 == 0o600)
        #expect(info.st_size == 32)
        truncate(path, 31)
        #expect(throws: Failure.self) { try StickyKey.load(path, options: .init()) }
    }

    @Test func `counters go on where the process that retires stopped, sent once`() async throws {
        try await withNode { running in
            _ = try await running.get("/")
            let before = try JSON.parse(try await running.privately(.get, "/balancer/nodes").body)["nodes"]?.array?.first?["requests"]?.integer
            let counts: JSON = ["served": 40, "retries": 2, "refusals": ["queue-full": 1], "nodes": ["web-1": ["requests": 39, "failures": 1], "gone": ["requests": 5, "failures": 0]]]
            #expect(try await running.privately(.post, "/balancer/counts", body: counts.bytes).status == .noContent)
            let row = try JSON.parse(try await running.privately(.get, "/balancer/nodes").body)["nodes"]?.array?.first
            #expect(row?["requests"]?.integer == (before ?? 0) + 39 && row?["failures"]?.integer == 1)
        }
    }

    @Test func `what was told already is not told again`() {
        var first = Counts(served: 10, retries: 1)
        first.nodes["web-1"] = .init(requests: 9, failures: 1)
        first.classes[2] = 10
        var now = Counts(served: 13, retries: 1)
        now.refusals = ["queue-full": 1]
        now.classes[2] = 13
        now.nodes = ["web-1": .init(requests: 11, failures: 1), "web-2": .init(requests: 1, failures: 0)]
        var rest = Counts(served: 3)
        rest.refusals = ["queue-full": 1]
        rest.classes[2] = 3
        rest.nodes = ["web-1": .init(requests: 2, failures: 0), "web-2": .init(requests: 1, failures: 0)]
        #expect(now.since(first) == rest)
        #expect(Counts(json: rest.json) == rest)
    }
}

/// Removing what a test made.
private enum Command {
    static func removeTree(_ path: String) throws {
        guard let directory = opendir(path) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard name != ".", name != ".." else { continue }
            let inner = "\(path)/\(name)"
            if entry.pointee.d_type == UInt8(DT_DIR) { try removeTree(inner) } else { unlink(inner) }
        }
        rmdir(path)
    }
}
