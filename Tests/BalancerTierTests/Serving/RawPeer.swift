// Peers that say exactly the bytes a test wants said, on both sides of a balancer: raw customers and raw nodes.
import CLinux
import Engine
import Glibc
import Synchronization
import Wire

@testable import BalancerTier

/// A blocking socket with a receive timeout; for `script`, which runs on a thread of its own.
final class RawPeer: Sendable {
    let descriptor: CInt
    private let isClosed = Atomic<Bool>(false)

    init(descriptor: CInt) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// A customer; `receiveBuffer` in bytes makes it one that takes little.
    convenience init(_ address: Address, receiveBuffer: CInt? = nil) throws {
        guard case .tcp(_, let port) = address else { throw SystemError("not a TCP address", code: EINVAL) }
        let descriptor = socket(AF_INET, linux_sock_stream | linux_sock_cloexec, 0)
        if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<CInt>.size)) }
        var to = sockaddr_in()
        to.sin_family = sa_family_t(AF_INET)
        to.sin_port = in_port_t(port).bigEndian
        to.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: to) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        self.init(descriptor: descriptor)
        guard code == 0 else { throw SystemError("connect") }
    }

    deinit { close() }

    func close() {
        if !isClosed.exchange(true, ordering: .relaxed) { Glibc.close(descriptor) }
    }

    /// Closes so that the other side is told of a reset.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func endSending() { shutdown(descriptor, CInt(SHUT_WR)) }

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

    /// Sends what goes without waiting for 200 ms; answers how much that was.
    func sendUntilFull(_ bytes: [UInt8]) -> Int {
        var sent = 0
        while sent < bytes.count {
            var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&room, 1, 200) > 0 else { break }
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), min($0.count - sent, 65_536), linux_msg_nosignal | CInt(MSG_DONTWAIT))
            }
            if count <= 0 { continue }
            sent += count
        }
        return sent
    }

    /// Reads once; empty at the end of the stream.
    func read() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw SystemError("recv") }
        return Array(buffer[..<count])
    }

    /// Reads until `text` was read, and with it whatever came along. Less at the end of the stream.
    func read(through text: String) throws -> String {
        var all = ""
        while !all.utf8.elementsEqual(text.utf8), !all.contains(text) {
            let more = try read()
            if more.isEmpty { break }
            all += String(decoding: more, as: UTF8.self)
        }
        return all
    }

    func readHead() throws -> String { try read(through: "\r\n\r\n") }

    /// Exactly so many bytes, or less at the end of the stream.
    func read(count: Int) throws -> [UInt8] {
        var all: [UInt8] = []
        while all.count < count {
            let more = try read()
            if more.isEmpty { break }
            all += more
        }
        return all
    }

    /// Everything up to the end, however the stream ends.
    func readToEnd() throws -> String {
        var all: [UInt8] = []
        while true {
            guard let more = try? read() else { break }
            if more.isEmpty { break }
            all += more
        }
        return String(decoding: all, as: UTF8.self)
    }

    /// Whether something, or the end, can be read within this time.
    func hasNews(within milliseconds: CInt) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, milliseconds) > 0
    }
}

/// Runs blocking code on a thread of its own.
func script<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        do {
            try Thread.start(name: "script") { continuation.resume(with: Result { try body() }) }
        } catch {
            continuation.resume(throwing: error)
        }
    }
}

/// A node of raw bytes on a Unix socket: checks are answered, each other request is its `play`'s, on a thread per connection.
final class RawNode: Sendable {
    typealias Play = @Sendable (_ head: String, RawPeer) throws -> Void

    let path: String
    private let listener: Listener
    private let heads = Mutex<[String]>([])
    private let opened = Atomic<Int>(0)

    var member: Member { Member(name: "raw", address: "unix:\(path)") }
    /// The first reads of its requests: heads, and what came along.
    var requests: [String] { heads.withLock { $0 } }
    /// Connections that carried a request.
    var connections: Int { opened.load(ordering: .relaxed) }

    init(in directory: String, play: @escaping Play) throws {
        path = "\(directory)/raw.sock"
        listener = try Listener.open(.unix(path))
        _ = linux_fcntl(listener.descriptor, F_SETFL, 0)
        try Thread.start(name: "raw-node") { [self] in
            while true {
                let accepted = accept4(listener.descriptor, nil, nil, linux_sock_cloexec)
                guard accepted >= 0 else { return }
                try? Thread.start(name: "raw-serve") { [self] in serve(RawPeer(descriptor: accepted), play) }
            }
        }
    }

    private func serve(_ peer: RawPeer, _ play: Play) {
        var isNew = true
        while let head = try? peer.readHead(), !head.isEmpty {
            if head.hasPrefix("GET /readyz") {
                guard (try? peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) != nil else { return }
                continue
            }
            heads.withLock { $0.append(head) }
            if isNew { opened.add(1, ordering: .relaxed) }
            isNew = false
            guard (try? play(head, peer)) != nil else { return }
        }
    }

    func stop() {
        shutdown(listener.descriptor, CInt(SHUT_RDWR))
        listener.close()
        unlink(path)
    }
}

extension Fixture {
    func rawNode(_ play: @escaping RawNode.Play) throws -> RawNode {
        let node = try RawNode(in: directory, play: play)
        stopLater { node.stop() }
        return node
    }
}
