// What every node has, asked over its real private socket.
import Control
import Engine
import Glibc
import Nodes
import Testing
import Wire

/// A node in a directory of its own whose tier answers `tier` to everything.
struct TestNode {
    let node: Node
    let loop: EventLoop

    init() throws {
        let path = "/tmp/fitech-nodes-\(UInt32.random(in: 0 ... .max))"
        var configuration = Configuration()
        configuration.nodes = [NodeSpec(name: "web-1", tier: .web), NodeSpec(name: "balancer-1", tier: .balancer)]
        node = try Node.start(configuration: configuration, state: StateDirectory(path), name: "web-1", tier: .web)
        loop = try EventLoop.start(name: "test")
        try node.serve { _ in Tier() }
    }

    final class Tier: HTTPHandler {
        func handle(_ exchange: HTTPExchange) async { await exchange.respond(.text("tier")) }
    }

    func ask(_ method: HTTPMethod, _ target: String, fields: HTTPFields = HTTPFields(), body: [UInt8] = []) async throws -> HTTPResponse {
        let endpoint = Endpoint(address: .unix(node.state.socket(of: "web-1")))
        return try await loop.run { loop in
            try await HTTPClient(loop: loop).send(
                method: method, target: target, fields: fields, body: body, to: endpoint, timeout: .seconds(5), limit: 1 << 20)
        }
    }
}

@Suite struct NodeTests {
    @Test func `a node is alive at once and ready when its tier says so`() async throws {
        let test = try TestNode()
        #expect(try await test.ask(.get, "/healthz").status.code == 200)
        let early = try await test.ask(.get, "/readyz")
        #expect(early.status.code == 503 && String(decoding: early.body, as: UTF8.self).contains("starting"))
        test.node.setReady()
        #expect(try await test.ask(.get, "/readyz").status.code == 200)
        test.node.stop()
        #expect(try await test.ask(.get, "/readyz").status.code == 503)
        await test.node.untilStopped()
        await test.node.close()
    }

    @Test(arguments: ["/healthz", "/readyz", "/metrics"])
    func `the public never sees a private path: a forwarded request goes to the tier`(path: String) async throws {
        let test = try TestNode()
        let answer = try await test.ask(.get, path, fields: ["X-Forwarded-For": "203.0.113.9"])
        #expect(String(decoding: answer.body, as: UTF8.self) == "tier")
        await test.node.close()
    }

    @Test func `the fleet is taken over from the supervisor, and an older one is not`() async throws {
        let test = try TestNode()
        let seen = AdmittedNames()
        test.node.onFleetChange { fleet in await seen.remember(fleet.nodes.map(\.name)); return ["web-2"] }
        var fleet = FleetState(version: 7, nodes: test.node.fleet.nodes)
        fleet = FleetState(version: 7, nodes: fleet.nodes + [FleetNode(name: "web-2", tier: .web, state: .ready, address: "unix:/nowhere")])
        let answer = try await test.ask(.put, "/fleet", body: fleet.json.bytes)
        #expect(try JSON.parse(answer.body)["admitted"] == ["web-2"])
        #expect(test.node.fleet.node("web-2") != nil)
        _ = try await test.ask(.put, "/fleet", body: FleetState(version: 3, nodes: []).json.bytes)
        #expect(test.node.fleet.version == 7)
        let names = await seen.names
        #expect(Set(names) == ["web-1", "balancer-1", "web-2"])
        await test.node.close()
    }

    @Test func `a fleet that is not JSON is refused with its place`() async throws {
        let test = try TestNode()
        let answer = try await test.ask(.put, "/fleet", body: Array("{".utf8))
        #expect(answer.status.code == 400 && String(decoding: answer.body, as: UTF8.self).contains("line 1"))
        await test.node.close()
    }

    @Test func `an unknown node and a wrong tier are refused with what to do`() throws {
        var configuration = Configuration()
        configuration.nodes = [NodeSpec(name: "web-1", tier: .web)]
        let state = StateDirectory("/tmp/fitech-nodes-\(UInt32.random(in: 0 ... .max))")
        #expect { try Node.start(configuration: configuration, state: state, name: "web-9", tier: .web) } throws: {
            ($0 as? Failure)?.hint.contains("web-1") == true
        }
        #expect { try Node.start(configuration: configuration, state: state, name: "web-1", tier: .data) } throws: {
            ($0 as? Failure)?.hint.contains("fitech web") == true
        }
    }
}

actor AdmittedNames {
    var names: [String] = []
    func remember(_ names: [String]) { self.names = names }
}
