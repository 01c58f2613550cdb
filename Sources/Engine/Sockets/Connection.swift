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

/// How slow a peer may be: it may pause once, and must then keep to a rate. Only time spent waiting for it counts.
struct Pace {
    /// Milliseconds.
    let pause: UInt64
    /// Bytes per second.
    let rate: Int

    /// How long to wait now, when `bytes` moved and `waited` milliseconds went by; at least 1.
    func patience(after bytes: Int, waited: UInt64) -> UInt64 {
        let earned = pause + UInt64(bytes) * 1000 / UInt64(max(1, rate))
        return max(1, min(pause, earned > waited ? earned - waited : 1))
    }
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
    /// The serving side has ended its task: it wants to be woken when something comes.
    var rests = false
    /// The resting connection of a client's pool, which wants to know of any event.
    var client: ClientConnection?
    /// What this connection is one end of, once it speaks another protocol; let go of when either end closes.
    var tunnel: Tunnel?
    /// The exchange that is given up when the peer ends its side while somebody else is waited for.
    var dependent: ClientExchange?
    /// TLS over this socket; nil for clear.
    private(set) var tls: TLSSession?
    /// TLS must write before it can read on (a key update): readiness to write ends the wait of a reader.
    private var readNeedsRoom = false
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
        if events & (linux_epoll_rdhup | linux_epoll_hup | linux_epoll_err) != 0 {
            hasEnded = true
            dependent?.abandon()
        }
        if events & (linux_epoll_in | linux_epoll_rdhup | linux_epoll_hup | linux_epoll_err) != 0
            || (readNeedsRoom && events & linux_epoll_out != 0)
        {
            isReadable = true
            readNeedsRoom = false
            tls?.becameReadable(ended: hasEnded)
            if let reader {
                self.reader = nil
                reader.resume(returning: .ready)
            } else if rests {
                rests = false
                server?.wake()
            }
        }
        if events & (linux_epoll_out | linux_epoll_hup | linux_epoll_err) != 0 {
            isWritable = true
            if let writer {
                self.writer = nil
                writer.resume(returning: .ready)
            }
        }
        tunnel?.pump()
    }

    override func expired() {
        hasTimedOut = true
        if let client { return client.disturbed() }
        if let tunnel { return tunnel.end(.silence) }
        if rests, let server { return server.cut() }
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

    /// Whether reading may succeed now, so that nobody needs to wait.
    var mayRead: Bool { isReadable && !hasTimedOut && descriptor >= 0 }

    /// Whether there is something to wait for: it is open and its time is not over.
    var mayWait: Bool { descriptor >= 0 && !hasTimedOut }

    /// Waits until reading may succeed.
    func readable() async -> Wait {
        if descriptor < 0 { return .closed }
        if hasTimedOut { return .timedOut }
        if isReadable { return .ready }
        return await withUnsafeContinuation { continuation in
            // A caller that is not isolated to the loop lets a turn of it pass before this runs: look again, or its event is lost.
            if let over = waitIsOver(isReadable) { continuation.resume(returning: over) } else { reader = continuation }
        }
    }

    /// Waits until writing may succeed.
    func writable() async -> Wait {
        if descriptor < 0 { return .closed }
        if hasTimedOut { return .timedOut }
        if isWritable { return .ready }
        return await withUnsafeContinuation { continuation in
            if let over = waitIsOver(isWritable) { continuation.resume(returning: over) } else { writer = continuation }
        }
    }

    private func waitIsOver(_ isReady: Bool) -> Wait? {
        descriptor < 0 ? .closed : hasTimedOut ? .timedOut : isReady ? .ready : nil
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
        if let tls { return receive(tls, &buffer, start, room) }
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

    /// Looks at up to `count` bytes without taking them: empty at the end of the stream (or when it broke), nil when there are
    /// none yet. Only before TLS.
    func peek(_ count: Int) -> [UInt8]? {
        var seen = [UInt8](repeating: 0, count: count)
        let (found, code) = seen.withUnsafeMutableBytes { (recv(descriptor, $0.baseAddress, count, linux_msg_peek), errno) }
        if found < 0, code == EAGAIN || code == EINTR {
            if code == EAGAIN { isReadable = false }
            return nil
        }
        seen.removeLast(count - max(0, found))
        return seen
    }

    /// Takes bytes that `peek` has shown.
    func discard(_ count: Int) {
        var taken = [UInt8](repeating: 0, count: count)
        _ = taken.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, count, 0) }
    }

    /// The next wait is for bytes behind those that `peek` has shown. False when none will come.
    func waitForMore() -> Bool {
        isReadable = false
        return !hasEnded
    }

    // MARK: TLS

    /// Agrees on TLS; the deadline set before ends it. With `name` we are the client and want a server of that name.
    /// `tagInHandshake`: see `TLSSession`.
    func secure(
        _ context: TLSContext, name: String? = nil, isServer: Bool, limits: TLSLimits = TLSLimits(),
        tagInHandshake: (([UInt8]?) -> [UInt8]?)? = nil
    ) async throws(TLSError) {
        let session = try TLSSession(context, descriptor: descriptor, name: name, isServer: isServer, limits: limits)
        session.tagInHandshake = tagInHandshake
        tls = session
        while true {
            var wait = Wait.ready
            switch try session.handshake() {
            case .done:
                isReadable = true  // what came along with the handshake is already in OpenSSL's buffer
                return
            case .wantsRead:
                isReadable = false
                wait = await readable()
            case .wantsWrite:
                isWritable = false
                wait = await writable()
            case .end, .failed: wait = .closed
            }
            if wait != .ready { throw TLSError(wait == .timedOut ? "no TLS handshake in time" : "the connection ended in the TLS handshake") }
        }
    }

    /// Says something short without TLS to a peer that did not speak it, and stops speaking.
    func answerInTheClear(_ bytes: [UInt8]) {
        tls = nil
        _ = send(bytes, from: 0)
        endSending()
    }

    private func receive(_ tls: TLSSession, _ buffer: inout [UInt8], _ start: Int, _ room: Int) -> Transfer {
        var count = 0
        let step = buffer.withUnsafeMutableBytes { raw in
            raw.baseAddress.map { tls.read(into: $0 + start, room, count: &count) } ?? .failed
        }
        switch step {
        case .done:
            if tls.isDrained { isReadable = false }
            return .bytes(count)
        case .wantsRead:
            isReadable = false
            return .blocked
        case .wantsWrite:
            isReadable = false
            readNeedsRoom = true
            return .blocked
        case .end: return .end
        case .failed:
            hasBroken = true
            return .failed(ECONNRESET)
        }
    }

    private func send(_ tls: TLSSession, _ bytes: [UInt8], _ start: Int, _ wanted: Int) -> Transfer {
        var count = 0
        let step = bytes.withUnsafeBytes { raw in
            raw.baseAddress.map { tls.write($0 + start, wanted, count: &count) } ?? .failed
        }
        switch step {
        case .done: return .bytes(count)
        case .wantsRead, .wantsWrite:
            isWritable = false
            return .blocked
        case .end, .failed: return .failed(EPIPE)
        }
    }

    /// Whether nothing is waiting to be read; asks the kernel when it is not known.
    func isDrained() -> Bool {
        guard isReadable, !hasEnded, tls?.hasPending != true else { return !isReadable && !hasEnded }
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, linux_msg_peek)
        guard count < 0, errno == EAGAIN else { return false }
        isReadable = false
        return true
    }

    /// Sends what the socket takes of `bytes[start...]`, or of what lies before `end`.
    func send(_ bytes: [UInt8], from start: Int, upTo end: Int = .max) -> Transfer {
        let wanted = min(end, bytes.count) - start
        if let tls { return send(tls, bytes, start, wanted) }
        let (count, code) = bytes.withUnsafeBytes { raw in
            var result = 0
            repeat {
                result = Glibc.send(descriptor, raw.baseAddress?.advanced(by: start), wanted, linux_msg_nosignal)
            } while result < 0 && errno == EINTR
            return (result, errno)
        }
        if count >= 0 {
            if count < wanted { isWritable = false }
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

    /// Sends all of `bytes`, waiting for room. False when the connection broke or the time is over: the deadline set
    /// before or, with `pace`, when the peer takes less than that.
    func sendAll(_ bytes: [UInt8], from start: Int = 0, pace: Pace? = nil) async -> Bool {
        var sent = start
        var waited: UInt64 = 0
        while sent < bytes.count {
            if let pace, !isWritable {
                let before = reactor.milliseconds
                setTimeout(pace.patience(after: sent - start, waited: waited))
                let wait = await writable()
                guard wait == .ready else { return false }
                setTimeout(nil)
                waited += reactor.milliseconds - before
            } else {
                guard await writable() == .ready else { return false }
            }
            switch send(bytes, from: sent) {
            case .bytes(let count): sent += count
            case .blocked: continue
            case .end, .failed: return false
            }
        }
        return true
    }

    /// Ends our direction; the peer reads an end of file.
    func endSending() {
        tls?.endSending()
        shutdown(descriptor, CInt(SHUT_WR))
    }

    /// Closes the socket and ends every wait.
    func close() {
        guard descriptor >= 0 else { return }
        reactor.release(self)
        tls?.endSending()
        tls = nil
        Glibc.close(descriptor)
        descriptor = -1
        server = nil
        client = nil
        dependent = nil
        tunnel?.end(.cut)
        wakeAll(.closed)
    }
}
