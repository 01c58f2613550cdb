// Web nodes that do as they are told: answer, stall, die in the middle, refuse.
import Engine
import Glibc
import Logging
import Synchronization
import Wire

@testable import BalancerTier

/// A real server on a Unix socket of its own. What it does with a request can be changed while it runs.
final class FakeNode: Sendable {
    typealias Behaviour = @Sendable (HTTPExchange, FakeNode) async -> Void

    let name: String
    let path: String
    private let server: HTTPServer
    private let state: Mutex<State>

    struct State {
        var isReady = true
        /// What it tells of its load with its checks.
        var load: String?
        var behaviour: Behaviour
        var requests = 0
        var lastHead: RequestHead?
        var lastBody: [UInt8] = []
        var replayIDs: [String] = []
    }

    init(_ name: String, in directory: String, loop: EventLoop, behaviour: @escaping Behaviour = FakeNode.sayName) throws {
        self.name = name
        path = "\(directory)/\(name).sock"
        state = Mutex(State(behaviour: behaviour))
        let box = Box()
        server = HTTPServer(loops: [loop], log: Logger(label: name)) { _ in Handler(box) }
        box.node.withLock { $0 = self }
        server.listen(try Listener.open(.unix(path)))
    }

    var member: Member { Member(name: name, address: "unix:\(path)") }
    var requests: Int { state.withLock { $0.requests } }
    var lastHead: RequestHead? { state.withLock { $0.lastHead } }
    var lastBody: [UInt8] { state.withLock { $0.lastBody } }
    var replayIDs: [String] { state.withLock { $0.replayIDs } }
    func set(load: String?) { state.withLock { $0.load = load } }
    func set(ready: Bool) { state.withLock { $0.isReady = ready } }
    func set(_ behaviour: @escaping Behaviour) { state.withLock { $0.behaviour = behaviour } }
    func stop() async {
        await server.stop(within: .zero)
        unlink(path)
    }

    static let sayName: Behaviour = { exchange, node in await exchange.respond(.text(node.name)) }

    /// Promises more than it sends, then breaks off.
    static let dieInBody: Behaviour = { exchange, _ in
        try? await exchange.begin(ResponseHead(status: .ok), length: 1000)
        try? await exchange.write([UInt8](repeating: 120, count: 10))
    }

    /// Sends pieces without end, then breaks off.
    static let dieInPieces: Behaviour = { exchange, _ in
        try? await exchange.begin(ResponseHead(status: .ok), length: nil)
        try? await exchange.write([UInt8](repeating: 120, count: 10))
    }

    static let stall: Behaviour = { exchange, _ in await exchange.loop.sleep(.seconds(60)) }

    private final class Box: Sendable { let node = Mutex<FakeNode?>(nil) }

    private final class Handler: HTTPHandler {
        private let box: Box
        init(_ box: Box) { self.box = box }

        func handle(_ exchange: HTTPExchange) async {
            guard let node = box.node.withLock({ $0 }) else { return }
            if exchange.head.path == "/readyz" {
                let (isReady, load) = node.state.withLock { ($0.isReady, $0.load) }
                var answer = HTTPResponse.text("", status: isReady ? .ok : .serviceUnavailable)
                if let load { answer = answer.with("Fitech-Load", load) }
                return await exchange.respond(answer)
            }
            let head = exchange.head
            let behaviour = node.state.withLock { state in
                state.requests += 1
                state.lastHead = head
                if let id = head.fields["fitech-replay-id"] { state.replayIDs.append(id) }
                return state.behaviour
            }
            if head.framing != .none, let body = try? await exchange.body(limit: 64 << 20) { node.state.withLock { $0.lastBody = body } }
            await behaviour(exchange, node)
        }
    }
}

/// Accepts and reads, then closes without a word: a process killed at that moment. Checks are answered.
final class DyingNode: Sendable {
    let path: String
    private let descriptor: Int32
    private let deaths = Atomic<Int>(0)

    init(in directory: String) throws {
        path = "\(directory)/dying.sock"
        let listener = try Listener.open(.unix(path))
        descriptor = dup(listener.descriptor)
        listener.close()
        _ = fcntl(descriptor, F_SETFL, 0)
        let descriptor = self.descriptor
        var thread = pthread_t()
        let box = Unmanaged.passRetained(self)
        _ = pthread_create(&thread, nil, { argument in
            guard let argument else { return nil }
            Unmanaged<DyingNode>.fromOpaque(argument).takeRetainedValue().accept()
            return nil
        }, box.toOpaque())
        _ = descriptor
    }

    var member: Member { Member(name: "dying", address: "unix:\(path)") }
    var requests: Int { deaths.load(ordering: .relaxed) }

    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private func accept() {
        while true {
            let connection = Glibc.accept(descriptor, nil, nil)
            guard connection >= 0 else { return }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(connection, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                guard String(decoding: buffer[..<count], as: UTF8.self).hasPrefix("GET /readyz") else {
                    deaths.add(1, ordering: .relaxed)
                    break
                }
                let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8)
                send(connection, answer, answer.count, 0x4000)
            }
            close(connection)
        }
    }
}
