// A stranger on a loopback port for the tests of Outbound: answers one HTTP request per connection as it is told.
import CLinux
import Glibc

/// Listens on a port the kernel chooses until it is released.
final class FakePeer: Sendable {
    enum Behaviour: Sendable {
        /// Status line and body.
        case answer(Int, String)
        /// Takes the request and says nothing until the client goes away.
        case stall
        /// Closes without an answer.
        case hangUp
        /// Answers whatever bytes these are.
        case raw(String)
    }

    let port: Int
    private let listener: Int32

    init(_ behave: @escaping @Sendable (_ request: String) -> Behaviour) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, length)
                listen(listener, 64)
                getsockname(listener, $0, &length)
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.listener = listener
        Self.thread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Self.thread { Self.serve(connection, behave) }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func serve(_ connection: Int32, _ behave: @Sendable (String) -> Behaviour) {
        defer { close(connection) }
        var received: [UInt8] = [], chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(connection, &chunk, chunk.count)
            guard count > 0 else { return }
            received += chunk[..<count]
            let text = String(decoding: received, as: UTF8.self)
            guard text.contains("\r\n\r\n") else { continue }
            let behaviour = behave(text)
            switch behaviour {
            case .answer(let status, let body):
                say(connection, "HTTP/1.1 \(status) Whatever\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
            case .raw(let bytes): say(connection, bytes)
            case .stall: while read(connection, &chunk, chunk.count) > 0 {}
            case .hangUp: break
            }
            return
        }
    }

    private static func say(_ connection: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private static func thread(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        pthread_create(&thread, nil, { context in
            if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
            return nil
        }, Unmanaged.passRetained(Body(run)).toOpaque())
        pthread_detach(thread)
    }
}
