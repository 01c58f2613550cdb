// One server's part on one loop: its handler, its listeners, its connections.
import CLinux
import Glibc
import Logging
import Telemetry
import Wire

/// What an `HTTPServer` keeps on each loop.
final class ServerShare {
    let loop: EventLoop
    let reactor: Reactor
    let options: HTTPServerOptions
    let limits: Milliseconds
    /// Of the whole server; nil when addresses are not counted.
    let caps: AddressCaps?
    let log: Logger
    let handler: any HTTPHandler
    let meters: ServerMeters?
    /// Asked for each request, so not by way of the meters.
    let countsRequests: Bool
    private(set) var connections: [ServerConnection] = []
    private var listeners: [ListenerWatcher] = []
    private(set) var phase = Phase.serving
    /// No connection is kept for long any more: answers say `Connection: close`.
    var isStopping: Bool { phase != .serving }

    /// How a server ends.
    enum Phase {
        case serving
        /// A successor accepts; each connection here may carry one more request.
        case retiring
        /// Connections close after the request they serve.
        case stopping
    }

    /// The options' times in the unit of deadlines.
    struct Milliseconds {
        let head, idle, rest, handshake: UInt64
        let body, write: Pace

        init(_ options: HTTPServerOptions) {
            head = options.headTime.inMilliseconds
            body = Pace(pause: options.bodyTime.inMilliseconds, rate: options.minimumRate)
            idle = options.idleTime.inMilliseconds
            rest = options.restTime.inMilliseconds
            write = Pace(pause: options.writeTime.inMilliseconds, rate: options.minimumRate)
            handshake = options.handshakeTime.inMilliseconds
        }
    }

    init(loop: EventLoop, reactor: Reactor, options: HTTPServerOptions, caps: AddressCaps?, log: Logger, handler: any HTTPHandler) {
        self.loop = loop
        self.reactor = reactor
        self.options = options
        limits = Milliseconds(options)
        self.caps = caps
        self.log = log
        self.handler = handler
        meters = options.metricsName.map { ServerMeters($0, requests: options.countsRequests) }
        countsRequests = options.metricsName != nil && options.countsRequests
    }

    func add(_ listener: Listener, tls: TLSServerContext?, proxies: ProxyTrust?) {
        let watcher = ListenerWatcher(listener, tls: tls, proxies: proxies, share: self)
        listeners.append(watcher)
        watcher.resume()
    }

    func opened(_ connection: ServerConnection) {
        meters?.opened()
        connection.index = connections.count
        connections.append(connection)
    }

    func closed(_ connection: ServerConnection) {
        let index = connection.index
        guard index >= 0 else { return }
        connection.index = -1
        meters?.connections.add(-1)
        if let counted = connection.counted { caps?.leave(counted) }
        let last = connections.removeLast()
        if last !== connection {
            connections[index] = last
            last.index = index
        }
        if connections.count == options.connections - 1 { resumeListeners() }
    }

    /// Stops accepting and closes what is idle; the rest closes after its exchange.
    func beginStop() {
        phase = .stopping
        for listener in listeners { listener.pause() }
        listeners = []
        for connection in connections { connection.beginStop() }
    }

    /// Stops accepting; every connection may carry one more request.
    func beginRetirement() {
        guard phase == .serving else { return }
        phase = .retiring
        for listener in listeners {
            listener.pause()
            // The kernel may have woken us alone for what is waiting (EPOLLEXCLUSIVE): nobody else would come for it.
            listener.acceptWaiting()
        }
        listeners = []
        for connection in connections { connection.beginRetirement() }
    }

    func resumeListeners() {
        for listener in listeners { listener.resume() }
    }

    func cutAll() {
        for connection in connections { connection.cut() }
    }
}

extension Duration {
    /// Whole milliseconds, at least 1.
    var inMilliseconds: UInt64 {
        let parts = components
        return UInt64(max(1, parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000))
    }
}

/// Accepts connections. Level-triggered and exclusive, so that one of many loops and processes wakes up for each.
final class ListenerWatcher: Watcher {
    private let tls: TLSServerContext?
    private let proxies: ProxyTrust?
    private let isUnix: Bool
    private unowned let share: ServerShare

    init(_ listener: Listener, tls: TLSServerContext?, proxies: ProxyTrust?, share: ServerShare) {
        self.tls = tls
        self.proxies = proxies
        self.share = share
        isUnix = if case .unix = listener.address { true } else { false }
        super.init(descriptor: listener.descriptor)
    }

    func pause() { share.reactor.unwatch(self) }

    func resume() {
        guard slot < 0, !share.isStopping else { return }
        do throws(SystemError) {
            try share.reactor.watch(self, events: linux_epoll_in | linux_epoll_exclusive)
        } catch {
            share.log.error("a listener cannot be watched", metadata: ["reason": "\(error)"])
        }
    }

    override func ready(_ events: UInt32) {
        // A few per wake-up: other loops and processes want their share of a burst.
        accept(atMost: 8)
    }

    /// Takes every connection that waits now.
    func acceptWaiting() { accept(atMost: .max) }

    private func accept(atMost most: Int) {
        for _ in 0..<most {
            guard share.connections.count < share.options.connections else { return pause() }
            var remote = SocketAddress()
            let accepted = remote.fill { accept4(descriptor, $0, $1, linux_sock_nonblock | linux_sock_cloexec) }
            if accepted < 0 {
                switch errno {
                case EAGAIN: return
                case EINTR, ECONNABORTED: continue
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return pauseForWant()
                default: return pauseForWant()
                }
            }
            start(accepted, remote)
        }
    }

    /// Out of descriptors or memory: leaves the rest in the kernel for a moment instead of spinning.
    private func pauseForWant() {
        share.log.error("cannot accept connections", metadata: ["reason": "\(SystemError("accept"))"])
        pause()
        share.loop.resumeListeners(after: .milliseconds(100), share: ObjectIdentifier(share))
    }

    private func start(_ descriptor: CInt, _ remote: SocketAddress) {
        var peer: Peer
        if isUnix {
            peer = Peer(address: "unix")
            if share.options.asksCredentials {
                var pid: CInt = 0
                var uid: UInt32 = 0
                linux_peer_credentials(descriptor, &pid, &uid)
                if pid > 0 { peer.processID = pid }
                if uid != .max { peer.userID = uid }
            }
        } else {
            var one: CInt = 1
            setsockopt(descriptor, linux_ipproto_tcp, TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
            if case .tcp(let host, let port) = remote.address { peer = Peer(address: host, port: port) } else { peer = Peer(address: "") }
        }
        peer.isTLS = tls != nil
        let connection = Connection(descriptor: descriptor, reactor: share.reactor)
        let server = ServerConnection(connection, share: share, peer: peer, tls: tls)
        connection.server = server
        if let proxies, proxies.trusts(peer.address) { server.introductionTime = proxies.time }
        do throws(SystemError) {
            try connection.register()
        } catch {
            connection.close()
            return
        }
        share.opened(server)
        share.loop.startServing(slot: connection.slot)
    }
}

extension EventLoop {
    /// Gives the connection in this slot a task of its own. Only numbers cross into the task: its body is one call of a
    /// method of the actor, so that everything it touches is the loop's.
    nonisolated func startServing(slot: Int) {
        Task(executorPreference: self) { await self.serve(slot) }
    }

    private func serve(_ slot: Int) async {
        guard let server = (reactor.watcher(slot) as? Connection)?.server else { return }
        await server.run()
    }

    nonisolated func resumeListeners(after wait: Duration, share: ObjectIdentifier) {
        spawn { loop in
            await loop.sleep(wait)
            for case let resident as ServerShare in loop.residents.values where ObjectIdentifier(resident) == share {
                resident.resumeListeners()
            }
        }
    }
}
