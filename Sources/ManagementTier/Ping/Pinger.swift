// Pings and test connections on a thread of their own: many at once, each with its deadline, none delaying another.
import CLinux
import Digests
import Glibc
import Synchronization

/// Asks hosts whether they are there and sockets whether they accept a connection. Safe to use from anywhere.
package final class Pinger: Sendable {
    private enum Kind: Sendable {
        case ping
        case connect
    }

    private struct Order: Sendable {
        var kind: Kind
        var address: ProbeAddress
        var timeout: Int
        var answer: CheckedContinuation<ProbeResult, Never>
    }

    private struct State {
        var orders: [Order] = []
        var stopping = false
    }

    private let state = Mutex(State())
    private let bell: Int32
    /// How this process pings IPv4 hosts, and IPv6 hosts.
    package let method: PingMethod
    package let methodIPv6: PingMethod

    package init() {
        bell = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        precondition(bell >= 0, "no descriptor left for the ping thread's bell: \(String(cString: strerror(errno)))")
        let four = PingSocket(.ipv4), six = PingSocket(.ipv6)
        method = four?.method ?? .connect
        methodIPv6 = six?.method ?? .connect
        let owner = self
        Self.startThread { owner.serve(four, six) }
    }

    /// Pings a host. `port` is what a TCP connection in the ping's place goes to.
    package func ping(_ address: ProbeAddress, timeout milliseconds: Int) async -> ProbeResult { await order(.ping, address, milliseconds) }

    /// Tries to connect, and hangs up.
    package func connect(_ address: ProbeAddress, timeout milliseconds: Int) async -> ProbeResult { await order(.connect, address, milliseconds) }

    private func order(_ kind: Kind, _ address: ProbeAddress, _ timeout: Int) async -> ProbeResult {
        await withCheckedContinuation { answer in
            let refused = state.withLock { state -> Bool in
                if !state.stopping { state.orders.append(Order(kind: kind, address: address, timeout: timeout, answer: answer)) }
                return state.stopping
            }
            if refused { answer.resume(returning: .bad("the watch is stopping")) } else { ring() }
        }
    }

    /// Ends the thread; what waits is answered as failed.
    package func stop() {
        state.withLock { $0.stopping = true }
        ring()
    }

    private func ring() {
        var one: UInt64 = 1
        _ = write(bell, &one, 8)
    }

    // MARK: The thread

    private struct Echoing {
        var echo: ICMPEcho
        var order: Order
        var deadline: Int
    }

    private struct Connecting {
        var descriptor: Int32
        var order: Order
        var deadline: Int
    }

    private func serve(_ four: PingSocket?, _ six: PingSocket?) {
        let sockets = [four, six].compactMap { $0 }
        var echoing: [UInt16: Echoing] = [:], connecting: [Connecting] = [], sequence = UInt16.random(in: 0...UInt16.max)
        while true {
            let (orders, stopping) = state.withLock { state -> ([Order], Bool) in
                defer { state.orders = [] }
                return (state.orders, state.stopping)
            }
            for order in orders {
                let deadline = Self.now() + order.timeout
                if order.kind == .ping, let socket = order.address.isIPv6 ? six : four {
                    // 65,536 sequence numbers: one still waiting is never given to another.
                    repeat { sequence &+= 1 } while echoing[sequence] != nil
                    let echo = ICMPEcho(sequence: sequence, payload: RandomBytes.make(16))
                    if let error = socket.send(echo, to: order.address) {
                        order.answer.resume(returning: .bad("ping: " + error))
                    } else {
                        echoing[sequence] = Echoing(echo: echo, order: order, deadline: deadline)
                    }
                } else {
                    begin(order, deadline, &connecting)
                }
            }
            if stopping { break }
            wait(sockets, echoing, connecting)
            for socket in sockets {
                while let (echo, source) = socket.receive() {
                    guard let waiting = echoing[echo.sequence], waiting.echo == echo, waiting.order.address.host == source.host else { continue }
                    echoing[echo.sequence] = nil
                    waiting.order.answer.resume(returning: .good)
                }
            }
            finish(&connecting)
            let now = Self.now()
            for (key, waiting) in echoing where waiting.deadline <= now {
                echoing[key] = nil
                waiting.order.answer.resume(returning: .bad("no answer to ping"))
            }
        }
        for waiting in echoing.values { waiting.order.answer.resume(returning: .bad("the watch is stopping")) }
        for waiting in connecting {
            close(waiting.descriptor)
            waiting.order.answer.resume(returning: .bad("the watch is stopping"))
        }
        for socket in sockets { close(socket.descriptor) }
        close(bell)
    }

    private func wait(_ sockets: [PingSocket], _ echoing: [UInt16: Echoing], _ connecting: [Connecting]) {
        var descriptors = [pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
        descriptors += sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        descriptors += connecting.map { pollfd(fd: $0.descriptor, events: Int16(POLLOUT), revents: 0) }
        let deadline = (echoing.values.map(\.deadline) + connecting.map(\.deadline)).min()
        let timeout = deadline.map { max(0, min($0 - Self.now() + 1, 60_000)) } ?? -1
        poll(&descriptors, nfds_t(descriptors.count), Int32(timeout))
        var count: UInt64 = 0
        _ = read(bell, &count, 8)
    }

    private func begin(_ order: Order, _ deadline: Int, _ connecting: inout [Connecting]) {
        let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(order.address.family, Int32(SOCK_STREAM.rawValue) | flags, 0)
        guard descriptor >= 0 else {
            order.answer.resume(returning: .bad(String(cString: strerror(errno))))
            return
        }
        let result = order.address.with { Glibc.connect(descriptor, $0, $1) }
        let error = errno
        if result != 0 && error == EINPROGRESS {
            connecting.append(Connecting(descriptor: descriptor, order: order, deadline: deadline))
        } else {
            close(descriptor)
            order.answer.resume(returning: Self.result(order.kind, result == 0 ? 0 : error))
        }
    }

    private func finish(_ connecting: inout [Connecting]) {
        let now = Self.now()
        connecting.removeAll { waiting in
            var state = pollfd(fd: waiting.descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&state, 1, 0)
            let isReady = state.revents != 0
            guard isReady || waiting.deadline <= now else { return false }
            var error: Int32 = 0, length = socklen_t(4)
            getsockopt(waiting.descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
            close(waiting.descriptor)
            waiting.order.answer.resume(returning: isReady ? Self.result(waiting.order.kind, error) : .bad("no answer"))
            return true
        }
    }

    private static func result(_ kind: Kind, _ error: Int32) -> ProbeResult {
        // In a ping's place a refusal is an answer: only a living host refuses.
        if error == 0 || kind == .ping && error == ECONNREFUSED { return .good }
        return .bad(String(cString: strerror(error)).lowercasedFirst)
    }

    /// Milliseconds of the monotonic clock.
    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private static func startThread(_ run: @escaping @Sendable () -> Void) {
        var every = sigset_t(), before = sigset_t()
        sigfillset(&every)
        pthread_sigmask(SIG_SETMASK, &every, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, { context in
            guard let context else { return nil }
            pthread_setname_np(pthread_self(), "ping")
            Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, Unmanaged.passRetained(Body(run)).toOpaque())
        precondition(result == 0, "the system refused a thread for pings: \(String(cString: strerror(result)))")
        pthread_detach(thread)
    }
}

extension String {
    /// `Connection refused` in the middle of a sentence.
    var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
