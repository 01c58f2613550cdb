// A node that keeps every byte it is sent, and says exactly the bytes it is told to.
import CLinux
import Engine
import Glibc
import Synchronization

@testable import BalancerTier

/// Speaks raw bytes on a Unix socket, one thread per connection. Health checks are answered and not recorded.
final class RecordingNode: Sendable {
    /// What is said to one request.
    struct Say: Sendable {
        var bytes: [UInt8]
        var thenCloses = false
        /// Said as soon as the head is there, without waiting for the body.
        var early = false
    }

    let path: String
    private let descriptor: CInt
    private let say: @Sendable ([UInt8]) -> Say
    private let state = Mutex<(messages: [[UInt8]], open: Set<CInt>, connections: Int)>(([], [], 0))

    init(in directory: String, say: @escaping @Sendable ([UInt8]) -> Say) throws {
        path = "\(directory)/recording.sock"
        self.say = say
        let listener = try Listener.open(.unix(path))
        descriptor = dup(listener.descriptor)
        listener.close()
        _ = linux_fcntl(descriptor, F_SETFL, 0)
        try Thread.start(name: "recording") { [self] in accept() }
    }

    var member: Member { Member(name: "recording", address: "unix:\(path)") }
    /// The requests received so far, the last perhaps in part.
    var messages: [[UInt8]] { state.withLock { $0.messages } }
    /// Connections that carried a request.
    var connections: Int { state.withLock { $0.connections } }
    func forget() { state.withLock { $0.messages = [] } }

    func stop() {
        shutdown(descriptor, CInt(SHUT_RDWR))
        for open in state.withLock({ $0.open }) { shutdown(open, CInt(SHUT_RDWR)) }
        unlink(path)
    }

    private func accept() {
        while true {
            let connection = Glibc.accept(descriptor, nil, nil)
            guard connection >= 0 else { break }
            state.withLock { _ = $0.open.insert(connection) }
            try? Thread.start(name: "recorded") { [self] in
                serve(connection)
                state.withLock { _ = $0.open.remove(connection) }
                close(connection)
            }
        }
        close(descriptor)
    }

    private func serve(_ connection: CInt) {
        var held: [UInt8] = [], isCounted = false
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            var answered = false
            while !RecordingNode.isWhole(held) {
                if !answered, held.contains(Array("\r\n\r\n".utf8)), say(held).early {
                    answered = true
                    guard send(connection, say(held)) else { return }
                }
                let count = recv(connection, &buffer, buffer.count, 0)
                guard count > 0 else {
                    if !held.isEmpty { record(held, &isCounted) }
                    return
                }
                held += buffer[..<count]
            }
            if held.starts(with: Array("GET /readyz ".utf8)) {
                guard send(connection, Say(bytes: Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".utf8))) else { return }
            } else {
                record(held, &isCounted)
                guard answered || send(connection, say(held)) else { return }
            }
            held = []
        }
    }

    private func record(_ bytes: [UInt8], _ isCounted: inout Bool) {
        state.withLock { state in
            state.messages.append(bytes)
            if !isCounted { state.connections += 1 }
        }
        isCounted = true
    }

    private func send(_ connection: CInt, _ what: Say) -> Bool {
        var sent = 0
        while sent < what.bytes.count {
            let count = what.bytes.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress?.advanced(by: sent), $0.count - sent, linux_msg_nosignal)
            }
            guard count > 0 else { return false }
            sent += count
        }
        return !what.thenCloses
    }

    /// Whether head and body are there, by a reading of its own: the balancer frames what it sends by a length or by plain chunks.
    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return false }
        let head = bytes[..<end.lowerBound].map { $0 >= 65 && $0 <= 90 ? $0 | 32 : $0 }, body = bytes[end.upperBound...]
        if head.contains(Array("\r\ntransfer-encoding: chunked".utf8)) { return body.suffix(5).elementsEqual(Array("0\r\n\r\n".utf8)) }
        guard let length = head.firstRange(of: Array("\r\ncontent-length: ".utf8)) else { return true }
        return body.count >= head[length.upperBound...].prefix { $0 >= 48 && $0 <= 57 }.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}
