// HTTP services of the tests: nodes that are ready or not, providers that take texts or do not.
import Engine
import Logging
import SupportCentre
import Synchronization
import Wire

/// A server on a loop of its own, answering as it is told at the moment.
final class FakeService: Sendable {
    enum Behaviour: Sendable {
        case answer(Int, String)
        /// Says nothing until the client goes away.
        case stall
    }

    let requests = Mutex<[String]>([])
    let behaviour: Mutex<Behaviour>
    private let loop: EventLoop
    private let server: HTTPServer
    let port: Int

    /// - Parameter address: a Unix socket, or TCP with port 0.
    init(_ address: Address = .tcp(host: "127.0.0.1", port: 0), _ first: Behaviour = .answer(200, "ready\n")) throws {
        behaviour = Mutex(first)
        loop = try EventLoop.start(name: "fake")
        let listener = try Listener.open(address)
        if case .tcp(_, let port) = listener.address { self.port = port } else { port = 0 }
        let box = Mutex<FakeService?>(nil)
        let shared = Shared(box)
        server = HTTPServer(loops: [loop], log: Logger(label: "fake")) { _ in Handler(shared) }
        shared.box.withLock { $0 = self }
        server.listen(listener, tls: nil)
    }

    func behave(_ next: Behaviour) { behaviour.withLock { $0 = next } }

    /// Ends it, and forgets the cycle that kept it.
    func stop() async { await server.stop(within: .milliseconds(50)) }

    final class Shared: Sendable {
        let box: Mutex<FakeService?>
        init(_ box: consuming Mutex<FakeService?>) { self.box = box }
    }

    final class Handler: HTTPHandler {
        private let shared: Shared
        init(_ shared: Shared) { self.shared = shared }

        func handle(_ exchange: HTTPExchange) async {
            guard let service = shared.box.withLock({ $0 }) else { return }
            service.requests.withLock { $0.append(exchange.head.target) }
            switch service.behaviour.withLock({ $0 }) {
            case .answer(let status, let body): await exchange.respond(.text(body, status: HTTPStatus(status)))
            case .stall: try? await Task.sleep(for: .seconds(20))
            }
        }
    }
}

/// The SMS provider of a test, with the phones it delivers to.
final class FakePhones: Sendable {
    struct Text: Sendable, Equatable {
        var to: String
        var text: String
        var receiptURL: String?
    }

    let service: FakeService

    init(_ behaviour: FakeService.Behaviour = .answer(202, "0: Accepted for delivery")) throws { service = try FakeService(behaviour) }

    var url: String { "http://127.0.0.1:\(service.port)/cgi-bin/sendsms" }

    /// Every text the provider was asked to send, in order.
    var texts: [Text] {
        service.requests.withLock { $0 }.compactMap { target in
            guard let query = target.split(separator: "?", maxSplits: 1).last, let form = try? Form(query: String(query)) else { return nil }
            return Text(to: form["to"] ?? "", text: form["text"] ?? "", receiptURL: form["dlr-url"])
        }
    }
}

extension FakeService {
    convenience init(_ behaviour: Behaviour) throws { try self.init(.tcp(host: "127.0.0.1", port: 0), behaviour) }
}

/// Waits until something is so, for half a minute at most: generous, because machines are slow and it only costs when it fails.
func eventually(_ what: () async throws -> Bool) async rethrows -> Bool {
    for _ in 0..<600 {
        if try await what() { return true }
        try? await Task.sleep(for: .milliseconds(50))
    }
    return false
}
