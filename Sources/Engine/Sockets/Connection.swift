// A connected socket on a loop: reads and writes that suspend the task instead of blocking the thread.
import CLinux
import Glibc

/// What a read or write that did not wait came to.
enum Transfer {
    /// So many bytes, more than 0.
    case bytes(Int)
    /// The other side ended its direction, properly.
    case end
    /// Nothing possible until the descriptor is ready again.
    case blocked
    /// The connection is broken.
    case failed(CInt)
}

/// Why a wait for readiness ended.
enum Wait { case ready, timedOut, closed }

/// A connected socket. Confined to its loop; one task may read while another writes.
final class Connection: Watcher {
    let reactor: Reactor
    /// What epoll last said and no transfer has contradicted since.
    private(set) var isReadable = true
    private(set) var isWritable = true
    /// The peer ended its direction or the socket broke: reads will find out which.
    private(set) var hasEnded = false
    /// A deadline passed while somebody waited or computed; the next wait ends at once.
    private(set) var hasTimedOut = false
    /// The serving side of an accepted connection; let go of at `close`.
    var server: ServerConnection?
    /// The resting connection of a client's pool, which wants to know of any event.
    var client: ClientConnection?
    private var reader: UnsafeContinuation<Wait, Never>?
    private var writer: UnsafeContinuation<Wait, Never>?

    init(descriptor: CInt, reactor: Reactor) {
        self.reactor = reactor
        super.init(descriptor: descriptor)
    }

    /// Registers with the loop.
    func register() throws(SystemError) {
        try reactor.watch(self, events: linux_epoll_in | linux_epoll_out | linux_epoll_rdhup | linux_epoll_et)
    }

    override func ready(_ events: UInt32) {
        if let client, events & ~linux_epoll_out != 0 {
            hasEnded = true
            return client.disturbed()
        }
        if events & (linux_epoll_rdhup | linux_epoll_hup | linux_epoll_err) != 0 { hasEnded = true }
        if events & (linux_epoll_in | linux_epoll_rdhup | linux_epoll_hup | linux_epoll_err) != 0 {
            isReadable = true
            if let reader {
                self.reader = nil
                reader.resume(returning: .ready)
            }
        }
        if events & (linux_epoll_out | linux_epoll_hup | linux_epoll_err) != 0 {
            isWritable = true
            if let writer {
                self.writer = nil
                writer.resume(returning: .ready)
            }
        }
    }

    override func expired() {
        hasTimedOut = true
        if let client { return client.disturbed() }
        wakeAll(.timedOut)
    }

    private func wakeAll(_ wait: Wait) {
        if let reader {
            self.reader = nil
            reader.resume(returning: wait)
        }
        if let writer {
            self.writer = nil
            writer.resume(returning: wait)
        }
    }

    /// Whether an idle connection may carry another request: nothing came and nothing ended since.
    var isReusable: Bool { descriptor >= 0 && !hasEnded && !hasTimedOut && !isReadable }
    /// Whether reading failed, in contrast to a proper end.
    private(set) var hasBroken = false

    /// Registers while connecting and waits for the outcome.
    func finishConnect(_ deadline: UInt64) async throws(SystemError) {
        isReadable = false
        isWritable = false
        try register()
        reactor.setDeadline(self, deadline)
        let wait = await writable()
        var code: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        setTimeout(nil)
        guard wait == .ready else { throw SystemError("connect", code: ETIMEDOUT) }
        guard code == 0 else { throw SystemError("connect", code: code) }
        hasEnded = false
    }

    // MARK: Waiting

    /// Waits until reading may succeed.
    func readable() async -> Wait {
        if descriptor < 0 { return .closed }
        if hasTimedOut { return .timedOut }
        if isReadable { return .ready }
        return await withUnsafeContinuation { reader = $0 }
    }

    /// Waits until writing may succeed.
    func writable() async -> Wait {
        if descriptor < 0 { return .closed }
        if hasTimedOut { return .timedOut }
        if isWritable { return .ready }
        return await withUnsafeContinuation { writer = $0 }
    }

    /// Sets when waits end with `.timedOut`, in milliseconds from now; nil for never.
    func setTimeout(_ milliseconds: UInt64?) {
        hasTimedOut = false
        reactor.setDeadline(self, milliseconds.map { reactor.milliseconds + $0 } ?? .max)
    }

    // MARK: Transfers that do not wait

    /// Reads what is there into `buffer` from `start` on. A read shorter than the room proves the socket empty, so the
    /// next wait is for epoll and not for a read that would answer EAGAIN.
    func receive(into buffer: inout [UInt8], from start: Int) -> Transfer {
        let room = buffer.count - start
        let (count, code) = buffer.withUnsafeMutableBytes { raw in
            var result = 0
            repeat {
                result = recv(descriptor, raw.baseAddress?.advanced(by: start), room, 0)
            } while result < 0 && errno == EINTR
            return (result, errno)
        }
        if count > 0 {
            if count < room, !hasEnded { isReadable = false }
            return .bytes(count)
        }
        if count == 0 { return .end }
        if code == EAGAIN {
            isReadable = false
            return .blocked
        }
        hasBroken = true
        return .failed(code)
    }

    /// Whether nothing is waiting to be read; asks the kernel when it is not known.
    func isDrained() -> Bool {
        guard isReadable, !hasEnded else { return !isReadable && !hasEnded }
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, linux_msg_peek)
        guard count < 0, errno == EAGAIN else { return false }
        isReadable = false
        return true
    }

    /// Sends what the socket takes of `bytes[start...]`.
    func send(_ bytes: [UInt8], from start: Int) -> Transfer {
        let (count, code) = bytes.withUnsafeBytes { raw in
            var result = 0
            repeat {
                result = Glibc.send(descriptor, raw.baseAddress?.advanced(by: start), raw.count - start, linux_msg_nosignal)
            } while result < 0 && errno == EINTR
            return (result, errno)
        }
        if count >= 0 {
            if count < bytes.count - start { isWritable = false }
            return .bytes(count)
        }
        if code == EAGAIN {
            isWritable = false
            return .blocked
        }
        return .failed(code)
    }

    /// Sends what goes at once and answers how much that was; a broken connection is left for `sendAll` to find.
    func sendSome(_ bytes: [UInt8]) -> Int {
        if isWritable, case .bytes(let count) = send(bytes, from: 0) { return count }
        return 0
    }

    /// Sends all of `bytes`, waiting for room. False when the connection broke or the deadline passed.
    func sendAll(_ bytes: [UInt8], from start: Int = 0) async -> Bool {
        var sent = start
        while sent < bytes.count {
            guard await writable() == .ready else { return false }
            switch send(bytes, from: sent) {
            case .bytes(let count): sent += count
            case .blocked: continue
            case .end, .failed: return false
            }
        }
        return true
    }

    /// Ends our direction; the peer reads an end of file.
    func endSending() { shutdown(descriptor, CInt(SHUT_WR)) }

    /// Closes the socket and ends every wait.
    func close() {
        guard descriptor >= 0 else { return }
        reactor.release(self)
        Glibc.close(descriptor)
        descriptor = -1
        server = nil
        client = nil
        wakeAll(.closed)
    }
}
