// A balancer in this process with fake nodes behind it, and somebody who asks it things.
import Digests
import Engine
import Glibc
import Logging
import Synchronization
import Testing
import Wire

@testable import BalancerTier

/// One balancer loop, one loop for all fake nodes, one for the client; a directory for sockets, removed by `stop`.
final class Fixture: Sendable {
    let directory: String
    let nodeLoop: EventLoop
    let clientLoop: EventLoop
    let bound: LoopBound<Balancer>
    let server: HTTPServer
    let address: Address
    private let toStop = Mutex<[@Sendable () async -> Void]>([])

    static func quick(_ change: (inout BalancerOptions) -> Void = { _ in }) -> BalancerOptions {
        var options = BalancerOptions()
        options.waitForNode = .milliseconds(300)
        options.ramp.length = .zero
        options.health.interval = .milliseconds(50)
        options.health.quick = .milliseconds(10)
        options.answerTimeout = .seconds(10)
        change(&options)
        return options
    }

    init(
        options: BalancerOptions = Fixture.quick(), secret: [UInt8] = RandomBytes.make(32), httpsPort: Int? = nil, acceptsAnyHost: Bool = true
    ) async throws {
        var template = Array("/tmp/fitech-balancer-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        nodeLoop = try EventLoop.start(name: "nodes")
        clientLoop = try EventLoop.start(name: "client")
        let loop = try EventLoop.start(name: "balancer")
        let seal = try #require(StickySeal(secret: secret, options: options.sticky))
        var log = Logger(label: "balancer")
        log.logLevel = .critical
        let quiet = log
        let bound = await loop.run { loop in LoopBound(Balancer(loop: loop, options: options, seal: seal, log: quiet), on: loop) }
        self.bound = bound
        let site = Site(name: "portal.example", httpsPort: httpsPort, acceptsAnyHost: acceptsAnyHost, options: options)
        server = HTTPServer(loops: [loop], log: quiet) { loop in PublicHandler(bound, site: site, on: loop) }
        let listener = try Listener.open(.tcp(host: "127.0.0.1", port: 0))
        address = listener.address
        server.listen(listener)
        HealthChecks.start(bound)
    }

    func node(_ name: String, behaviour: @escaping FakeNode.Behaviour = FakeNode.sayName) throws -> FakeNode {
        let node = try FakeNode(name, in: directory, loop: nodeLoop, behaviour: behaviour)
        toStop.withLock { $0.append { await node.stop() } }
        return node
    }

    func stopLater(_ stop: @escaping @Sendable () async -> Void) { toStop.withLock { $0.append(stop) } }

    func dyingNode() throws -> DyingNode {
        let node = try DyingNode(in: directory)
        toStop.withLock { $0.append { node.stop() } }
        return node
    }

    /// Makes these the members and waits until each of `up` (all, unless said) is up.
    func apply(_ members: [Member], up: [String]? = nil) async {
        await bound.loop.run { [bound] loop in
            bound.get(on: loop).apply(members, now: loop.now)
            HealthChecks.checkDue(bound, on: loop)
        }
        for name in up ?? members.map(\.name) { await until { $0.isUp(name) } }
    }

    /// Waits until the balancer says so; a test that waits in vain fails by its time limit.
    func until(_ condition: @escaping @Sendable (Balancer) -> Bool) async {
        await bound.loop.run { [bound] loop in
            while !condition(bound.get(on: loop)) { await loop.sleep(.milliseconds(5)) }
        }
    }

    func ask<T: Sendable>(_ question: @escaping @Sendable (Balancer) -> T) async -> T {
        await bound.loop.run { [bound] loop in question(bound.get(on: loop)) }
    }

    func request(
        _ method: HTTPMethod, _ target: String, _ fields: [(String, String)] = [], body: [UInt8] = [], to address: Address? = nil
    ) async throws -> HTTPResponse {
        let endpoint = Endpoint(address: address ?? self.address)
        let fields = HTTPFields(fields)
        return try await clientLoop.run { loop in
            try await HTTPClient(loop: loop).send(method: method, target: target, fields: fields, body: body, to: endpoint, timeout: .seconds(20))
        }
    }

    func get(_ target: String, _ fields: [(String, String)] = []) async throws -> HTTPResponse { try await request(.get, target, fields) }

    func stop() async {
        await bound.loop.run { [bound] loop in bound.get(on: loop).isStopped = true }
        await server.stop(within: .zero)
        for one in toStop.withLock({ $0 }) { await one() }
        nodeLoop.stop()
        clientLoop.stop()
        rmdir(directory)
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Runs `body` with a balancer and stops it whatever happens.
func withBalancer(
    options: BalancerOptions = Fixture.quick(), secret: [UInt8] = RandomBytes.make(32), httpsPort: Int? = nil, acceptsAnyHost: Bool = true,
    _ body: (Fixture) async throws -> Void
) async throws {
    let fixture = try await Fixture(options: options, secret: secret, httpsPort: httpsPort, acceptsAnyHost: acceptsAnyHost)
    do {
        try await body(fixture)
    } catch {
        await fixture.stop()
        throw error
    }
    await fixture.stop()
}
