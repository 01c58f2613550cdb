// Says exactly these bytes to an address, in pieces of any size, and keeps what comes back.
import CLinux
import Engine
import Glibc

/// What a raw connection brought.
struct RawExchange: Sendable {
    var received: [UInt8] = []
    /// The other side ended the connection; otherwise it was still open when our patience was over.
    var ended = false

    /// The status of the first answer; 0 when there was none.
    var status: Int {
        guard received.starts(with: Array("HTTP/1.1 ".utf8)), received.count >= 12 else { return 0 }
        return Int(received[9..<12].text) ?? 0
    }
    /// How many answers there were: each of ours has a Date.
    var answers: Int { received.split(separator: Array("\r\nDate: ".utf8), omittingEmptySubsequences: false).count - 1 }

    /// Sends `bytes` in pieces of at most `piece` bytes; with `halfCloses` the connection's own end of sending follows. Reads
    /// until the other side ends the connection, 10 s at most.
    static func with(_ address: Address, _ bytes: [UInt8], piece: Int = .max, halfCloses: Bool = false) async -> RawExchange {
        guard case .tcp(_, let port) = address else { return RawExchange() }
        return await withCheckedContinuation { done in
            do {
                try Thread.start(name: "raw") { done.resume(returning: talk(port, bytes, piece, halfCloses)) }
            } catch {
                done.resume(returning: RawExchange())
            }
        }
    }

    private static func talk(_ port: Int, _ bytes: [UInt8], _ piece: Int, _ halfCloses: Bool) -> RawExchange {
        let descriptor = socket(AF_INET, linux_sock_stream | linux_sock_cloexec, 0)
        defer { close(descriptor) }
        var to = sockaddr_in()
        to.sin_family = sa_family_t(AF_INET)
        to.sin_port = in_port_t(port).bigEndian
        to.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: to) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard code == 0 else { return RawExchange() }
        var one: CInt = 1
        setsockopt(descriptor, linux_ipproto_tcp, TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: sent), min(piece, $0.count - sent), linux_msg_nosignal)
            }
            guard count > 0 else { break }  // refused in the middle: the answer is what counts
            sent += count
        }
        if halfCloses { shutdown(descriptor, CInt(SHUT_WR)) }
        var result = RawExchange()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                result.received += buffer[..<count]
                continue
            }
            result.ended = count == 0 || errno == ECONNRESET
            return result
        }
    }
}
