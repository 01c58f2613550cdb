// A server on one loop for a test, and a raw client that says exactly the bytes a test wants said.
import CLinux
import Engine
import Glibc
import Logging
import Wire

/// A server at a port of its own.
struct TestServer {
    let loop: EventLoop
    let server: HTTPServer
    let address: Address

    static func start(
        at address: Address = .tcp(host: "127.0.0.1", port: 0), options: HTTPServerOptions = HTTPServerOptions(),
        tls: TLSServerContext? = nil, routes: @escaping @Sendable (HTTPRouter) -> Void
    ) async throws -> TestServer {
        try await start(at: address, options: options, tls: tls) {
            let router = HTTPRouter()
            routes(router)
            return router
        }
    }

    static func start(
        at address: Address = .tcp(host: "127.0.0.1", port: 0), options: HTTPServerOptions = HTTPServerOptions(),
        tls: TLSServerContext? = nil, handler: @escaping @Sendable () -> any HTTPHandler
    ) async throws -> TestServer {
        let loop = try EventLoop.start(name: "test")
        let listener = try Listener.open(address)
        let server = HTTPServer(loops: [loop], options: options, log: Logger(label: "test")) { _ in handler() }
        server.listen(listener, tls: tls)
        return TestServer(loop: loop, server: server, address: listener.address)
    }

    func stop() async {
        await server.stop(within: .milliseconds(200))
        loop.stop()
    }
}

/// A blocking socket with a receive timeout; tests wait for it on a thread of their own.
final class RawClient: Sendable {
    let descriptor: CInt

    init(_ address: Address) throws {
        switch address {
        case .tcp(_, let port):
            descriptor = socket(AF_INET, linux_sock_stream | linux_sock_cloexec, 0)
            var to = sockaddr_in()
            to.sin_family = sa_family_t(AF_INET)
            to.sin_port = in_port_t(port).bigEndian
            to.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let code = withUnsafePointer(to: to) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
            guard code == 0 else { throw SystemError("connect") }
        case .unix(let path):
            descriptor = socket(AF_UNIX, linux_sock_stream | linux_sock_cloexec, 0)
            var to = sockaddr_un()
            to.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &to.sun_path) { raw in
                for (index, byte) in path.utf8.enumerated() { raw[index] = byte }
            }
            let code = withUnsafePointer(to: to) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
            }
            guard code == 0 else { throw SystemError("connect") }
        }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, linux_msg_nosignal)
            }
            guard count > 0 else { throw SystemError("send") }
            sent += count
        }
    }

    func endSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Reads once; empty at the end of the stream.
    func read() async throws -> [UInt8] {
        try await onThread { descriptor in
            var buffer = [UInt8](repeating: 0, count: 65536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw SystemError("recv") }
            return Array(buffer[..<count])
        }
    }

    /// Reads to the end of the stream.
    func readToEnd() async throws -> String {
        var all: [UInt8] = []
        while true {
            let more: [UInt8]
            do { more = try await read() } catch let error as SystemError where error.code == ECONNRESET { break }
            if more.isEmpty { break }
            all += more
        }
        return String(decoding: all, as: UTF8.self)
    }

    /// Reads one answer with Content-Length (or without a body).
    func answer() async throws -> String {
        var all: [UInt8] = []
        while true {
            let text = String(decoding: all, as: UTF8.self)
            if let head = text.range(of: "\r\n\r\n") {
                let length = text.lowercased().range(of: "content-length: ").map { range in
                    Int(text[range.upperBound...].prefix { $0.isNumber }) ?? 0
                } ?? 0
                if text[head.upperBound...].utf8.count >= length { return text }
            }
            let more = try await read()
            if more.isEmpty { return text }
            all += more
        }
    }

    private func onThread<T: Sendable>(_ body: @escaping @Sendable (CInt) throws -> T) async throws -> T {
        let descriptor = descriptor
        return try await withCheckedThrowingContinuation { continuation in
            do {
                try Thread.start(name: "raw-client") { continuation.resume(with: Result { try body(descriptor) }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}

extension StringProtocol {
    /// The first place of `text`, without Foundation.
    func range(of text: String) -> Range<Index>? {
        var from = startIndex
        while from < endIndex {
            if self[from...].hasPrefix(text) { return from..<index(from, offsetBy: text.count) }
            from = index(after: from)
        }
        return nil
    }
}
