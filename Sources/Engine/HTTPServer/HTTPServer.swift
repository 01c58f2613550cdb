// The face of the HTTP server: which loops it serves on, what it listens at, how it stops.
import Logging
import Synchronization

/// An HTTP/1.1 and, where a TLS context offers it, HTTP/2 server over one or more loops, each with a handler of its own.
package final class HTTPServer: Sendable {
    private static let lastNumber = Atomic<Int>(0)

    private let number: Int
    private let loops: [EventLoop]
    private let listeners = Mutex<[Listener]>([])

    /// Starts nothing yet; `listen` does. `handler` is called once on each loop.
    package init(
        loops: [EventLoop], options: HTTPServerOptions = HTTPServerOptions(), log: Logger,
        handler: @escaping @Sendable (isolated EventLoop) -> any HTTPHandler
    ) {
        let number = Self.lastNumber.add(1, ordering: .relaxed).newValue
        self.number = number
        self.loops = loops
        let caps = options.connectionsPerAddress.map { AddressCaps(cap: $0) }
        for loop in loops {
            loop.spawn { loop in
                loop.residents[number] = ServerShare(
                    loop: loop, reactor: loop.reactor, options: options, caps: caps, log: log, handler: handler(loop))
            }
        }
    }

    /// Serves what connects to `listener`, on every loop. With `tls` the connections are TLS.
    /// With `proxies` those that come from a trusted proxy begin with a PROXY header.
    package func listen(_ listener: Listener, tls: TLSServerContext? = nil, proxies: ProxyTrust? = nil) {
        listeners.withLock { $0.append(listener) }
        for loop in loops {
            loop.spawn { [number] loop in
                (loop.residents[number] as? ServerShare)?.add(listener, tls: tls, proxies: proxies)
            }
        }
    }

    /// Connections open now, over all loops.
    package func connectionCount() async -> Int {
        var count = 0
        for loop in loops {
            count += await loop.run { [number] loop in (loop.residents[number] as? ServerShare)?.connections.count ?? 0 }
        }
        return count
    }

    /// Stops accepting, lets running exchanges end, and cuts what is left after `within`.
    package func stop(within: Duration) async {
        await windDown(within: within, unless: { false }) { $0.beginStop() }
    }

    /// Stops accepting because a successor listens at the same sockets. Nothing is closed that a client may be about to use: a
    /// connection carries one more request, whose answer says `Connection: close`, or ends by the idle time as it would have
    /// anyway. What is left after `within`, or once `isCut` says so, is cut.
    package func retire(within: Duration, unless isCut: @Sendable () -> Bool = { false }) async {
        await windDown(within: within, unless: isCut) { $0.beginRetirement() }
    }

    private func windDown(within: Duration, unless isCut: @Sendable () -> Bool, _ begin: @escaping @Sendable (ServerShare) -> Void) async {
        for loop in loops {
            await loop.run { [number] loop in
                if let share = loop.residents[number] as? ServerShare { begin(share) }
            }
        }
        // Taken out, so that stopping twice does not close a descriptor that is somebody else's by then.
        let closing = listeners.withLock { held in
            defer { held = [] }
            return held
        }
        for listener in closing { listener.close() }
        let deadline = ContinuousClock.now.advanced(by: within)
        while await connectionCount() > 0, ContinuousClock.now < deadline, !isCut() {
            await loops.first?.sleep(.milliseconds(20))
        }
        for loop in loops {
            await loop.run { [number] loop in
                (loop.residents[number] as? ServerShare)?.cutAll()
                loop.residents[number] = nil
            }
        }
    }
}
