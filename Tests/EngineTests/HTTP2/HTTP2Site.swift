#if HTTP2
// A TLS server that offers HTTP/2, with routes for what the tests beside want to see.
import CLinux
import Engine
import Logging
import Synchronization
import TestSupport
import Wire

/// What handlers saw, told to the test.
final class Seen: Sendable {
    private let state = Mutex(State())
    struct State {
        var heads: [RequestHead] = []
        var bodies: [[UInt8]] = []
        var trailers: [HTTPFields] = []
        var failures: [String] = []
        var produced = 0
        var entered = 0
        var left = 0
        var isReleased = false
    }

    var now: State { state.withLock { $0 } }
    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    /// Waits on the handler's loop until the test says so.
    func untilReleased(_ exchange: HTTPExchange) async {
        while !now.isReleased { await exchange.loop.sleep(.milliseconds(5)) }
    }
}

struct HTTP2Site {
    let server: TestServer
    let seen: Seen
    let port: Int

    static let quick: HTTPServerOptions = {
        var options = HTTPServerOptions()
        options.headTime = .milliseconds(600)
        options.bodyTime = .milliseconds(600)
        options.idleTime = .milliseconds(900)
        options.writeTime = .milliseconds(600)
        options.http2.goAwayTime = .milliseconds(200)
        return options
    }()

    static func start(_ options: HTTPServerOptions = HTTPServerOptions(), http2: Bool = true) async throws -> HTTP2Site {
        let authority = try TestAuthority()
        let files = try authority.issue("server")
        let tls = try TLSServerContext(certificateFile: files.certificate, keyFile: files.key, http2: http2)
        let seen = Seen()
        let server = try await TestServer.start(options: options, tls: tls) { routes($0, seen) }
        guard case .tcp(_, let port) = server.address else { return HTTP2Site(server: server, seen: seen, port: 0) }
        return HTTP2Site(server: server, seen: seen, port: port)
    }

    func client(settings: [(UInt16, UInt32)] = [], timeout: Int = 20) throws -> FrameClient { try FrameClient(port: port, settings: settings, timeout: timeout) }

    func stop() async { await server.stop() }

    private static func routes(_ router: HTTPRouter, _ seen: Seen) {
        router.on(.get, "/") { exchange in
            let head = exchange.head
            seen.change { $0.heads.append(head) }
            await exchange.respond(.text("ok").with("X-Mine", "1").with("Connection", "keep-alive").with("Keep-Alive", "timeout=5"))
        }
        router.on(.head, "/") { exchange in await exchange.respond(.text("not sent")) }
        router.on(.get, "/nothing") { exchange in await exchange.respond(HTTPResponse(status: .noContent)) }
        router.on(.get, "/same") { exchange in await exchange.respond(HTTPResponse(status: .notModified, fields: ["ETag": "\"1\""])) }
        router.on(.get, "/silent") { _ in }
        router.on(.get, "/cut") { exchange in
            try? await exchange.begin(ResponseHead(status: .ok), length: 1000)
            try? await exchange.write(Array("some".utf8))
        }
        router.on(.get, "/pieces") { exchange in
            do throws(Failure) {
                try await exchange.begin(ResponseHead(status: .ok), length: nil)
                for piece in ["one", "two"] { try await exchange.write(Array(piece.utf8)) }
                try await exchange.end(trailers: ["Digest": "x"])
            } catch {
                seen.change { $0.failures.append(error.code) }
            }
        }
        router.on(.get, "/wait") { exchange in
            seen.change { $0.entered += 1 }
            await seen.untilReleased(exchange)
            await exchange.respond(.text("waited"))
            seen.change { $0.left += 1 }
        }
        router.on(.get, "/large") { exchange in
            await exchange.respond(.bytes([UInt8](repeating: 120, count: 3_000_000), type: "text/plain"))
            seen.change { $0.left += 1 }
        }
        router.on(.get, "/flood") { exchange in
            do throws(Failure) {
                try await exchange.begin(ResponseHead(status: .ok), length: nil)
                let piece = [UInt8](repeating: 120, count: 10_000)
                for _ in 0..<1000 {
                    try await exchange.write(piece)
                    seen.change { $0.produced += piece.count }
                }
                try await exchange.end()
            } catch {
                seen.change { $0.failures.append(error.code) }
            }
        }
        router.on(.post, "/echo") { exchange in
            do throws(Failure) {
                let body: [UInt8] = try await exchange.body(limit: 8 << 20)
                let trailers = exchange.trailers
                seen.change {
                    $0.bodies.append(body)
                    $0.trailers.append(trailers)
                }
                await exchange.respond(.bytes(body, type: "text/plain"))
            } catch {
                seen.change { $0.failures.append(error.code) }
                await exchange.respond(.problem(error))
            }
        }
        router.on(.post, "/small") { exchange in
            do throws(Failure) {
                await exchange.respond(.bytes(try await exchange.body(limit: 1000), type: "text/plain"))
            } catch {
                await exchange.respond(.problem(error))
            }
        }
        router.on(.post, "/unread") { exchange in await exchange.respond(.text("unread")) }
        router.on(.post, "/late") { exchange in
            seen.change { $0.entered += 1 }
            await seen.untilReleased(exchange)
            let body = try? await exchange.body(limit: 8 << 20)
            await exchange.respond(.text("\(body?.count ?? -1)"))
        }
    }
}

/// Polls until `condition` holds; a test that waits in vain fails by its time limit.
func until(_ condition: () async -> Bool) async {
    while !(await condition()) { try? await Task.sleep(for: .milliseconds(5)) }
}
#endif
