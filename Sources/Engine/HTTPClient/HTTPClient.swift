// The HTTP client of one loop: a pool of kept connections per endpoint, whole and streamed exchanges.
import CLinux
import Glibc
import Wire

/// The limits of an `HTTPClient`, by name.
package struct HTTPClientOptions: Sendable {
    /// Time to connect, TLS included. Default 2 s.
    package var connectTime: Duration = .seconds(2)
    /// Time a connection is kept without use; less than a server's, so that both seldom meet. Default 30 s.
    package var idleTime: Duration = .seconds(30)
    /// Connections kept per endpoint. Default 256.
    package var idleConnections = 256
    /// Size of an answer's head.
    package var head = HeadLimits()
    /// Interim answers (1xx) ahead of an answer. Default 16.
    package var interimAnswers = 16

    package init() {}
}

/// An HTTP/1.1 client that belongs to one loop.
package final class HTTPClient {
    let loop: EventLoop
    let reactor: Reactor
    let options: HTTPClientOptions
    var lots: [Endpoint: IdleLot] = [:]

    package init(loop: isolated EventLoop, options: HTTPClientOptions = HTTPClientOptions()) {
        self.loop = loop
        reactor = loop.reactor
        self.options = options
    }

    deinit {
        for lot in lots.values { lot.closeAll() }
    }

    /// Sends a request and reads its whole answer.
    ///
    /// `timeout` covers everything; an answer longer than `limit` bytes is refused. A request that an idle connection
    /// lost (the server closed it at that moment) is sent once more on a fresh one when the method is idempotent.
    package func send(
        method: HTTPMethod, target: String, fields: HTTPFields = HTTPFields(), body: [UInt8] = [], to endpoint: Endpoint,
        timeout: Duration = .seconds(10), limit: Int = 16 << 20
    ) async throws(HTTPClientFailure) -> HTTPResponse {
        let deadline = reactor.milliseconds + timeout.inMilliseconds
        var mayRepeat = method.isIdempotent
        while true {
            let lot = lots[endpoint] ?? openLot(endpoint)
            // What is repeated was lost on a kept connection: only a fresh one is sure to be read.
            var taken = mayRepeat || !method.isIdempotent ? takeIdle(lot, deadline: deadline) : nil
            if taken == nil { taken = try await takeFresh(lot, deadline: deadline) }
            guard let exchange = taken else { throw HTTPClientFailure(.connect, reached: .nothing, "\(endpoint)") }
            let wasFresh = exchange.isFresh
            do throws(HTTPClientFailure) {
                exchange.begin(method, target, fields, framing: Self.framing(method, body.count))
                if !body.isEmpty { try await exchange.write(body) }
                try await exchange.end()
                let head = try await exchange.head()
                let answer = try await exchange.body(limit: limit)
                return HTTPResponse(status: head.status, fields: head.fields, body: answer)
            } catch {
                exchange.abandon()
                guard mayRepeat, !wasFresh, error.cause == .broken, error.reached != .answerBegun else { throw error }
                mayRepeat = false
            }
        }
    }

    /// Begins a streamed exchange: `write` and `end` the body, `head` and `nextChunk` the answer. `framing` says how the
    /// request's body is sent. With `upgrade`, a list of protocols such as `websocket`, the endpoint may answer 101.
    package func open(
        method: HTTPMethod, target: String, fields: HTTPFields = HTTPFields(), framing: BodyFraming = .none, upgrade: [UInt8] = [],
        to endpoint: Endpoint, timeout: Duration = .seconds(60)
    ) async throws(HTTPClientFailure) -> ClientExchange {
        let deadline = reactor.milliseconds + timeout.inMilliseconds
        let lot = lots[endpoint] ?? openLot(endpoint)
        var taken = takeIdle(lot, deadline: deadline)
        if taken == nil { taken = try await takeFresh(lot, deadline: deadline) }
        guard let exchange = taken else { throw HTTPClientFailure(.connect, reached: .nothing, "\(endpoint)") }
        exchange.begin(method, target, fields, framing: framing, upgrade: upgrade)
        return exchange
    }

    /// Closes the idle connections to `endpoint`, or to all, e.g. when a node is gone.
    package func closeIdle(_ endpoint: Endpoint? = nil) {
        guard let endpoint else {
            for lot in lots.values { lot.closeAll() }
            lots = [:]
            return
        }
        lots.removeValue(forKey: endpoint)?.closeAll()
    }

    /// Idle connections kept for `endpoint`.
    package func idleCount(_ endpoint: Endpoint) -> Int { lots[endpoint]?.connections.count ?? 0 }

    private static func framing(_ method: HTTPMethod, _ count: Int) -> BodyFraming {
        switch method {
        case .post, .put, .patch: .length(count)
        default: count == 0 ? .none : .length(count)
        }
    }

    // MARK: The pool

    private func takeIdle(_ lot: IdleLot, deadline: UInt64) -> ClientExchange? {
        takeIdleConnection(lot).map { ClientExchange(self, $0, deadline: deadline) }
    }

    func takeIdleConnection(_ lot: IdleLot) -> ClientConnection? {
        while let connection = lot.connections.popLast() {
            connection.wakeUp()
            if connection.connection.isReusable { return connection }
            connection.close()
        }
        return nil
    }

    private func takeFresh(_ lot: IdleLot, deadline: UInt64) async throws(HTTPClientFailure) -> ClientExchange {
        let connection = try await connect(lot, deadline: min(deadline, reactor.milliseconds + options.connectTime.inMilliseconds))
        return ClientExchange(self, connection, deadline: deadline)
    }

    func openLot(_ endpoint: Endpoint) -> IdleLot {
        let made = IdleLot(endpoint)
        lots[endpoint] = made
        return made
    }

    /// Takes a connection back after an exchange that ended cleanly.
    func keep(_ connection: ClientConnection) {
        connection.served += 1
        guard connection.start == connection.end, connection.connection.isDrained(), connection.connection.isReusable,
            connection.lot.isOpen, connection.lot.connections.count < options.idleConnections
        else { return connection.close() }
        connection.lot.connections.append(connection)
        connection.rest(for: options.idleTime.inMilliseconds)
    }

    // MARK: Connecting

    private func connect(_ lot: IdleLot, deadline: UInt64) async throws(HTTPClientFailure) -> ClientConnection {
        let endpoint = lot.endpoint
        var last: SystemError?
        var made: ClientConnection?
        do throws(SystemError) {
            for address in try await addresses(endpoint.address) where made == nil {
                do throws(SystemError) {
                    made = try await connect(lot, address, deadline)
                } catch {
                    last = error
                }
            }
        } catch {
            last = error
        }
        if let made {
            try await secure(made, deadline)
            return made
        }
        let error = last ?? SystemError("connect", code: EADDRNOTAVAIL)
        throw HTTPClientFailure(error.code == ETIMEDOUT ? .timeout : .connect, reached: .nothing, "\(endpoint): \(error)")
    }

    private func addresses(_ address: Address) async throws(SystemError) -> [SocketAddress?] {
        switch address {
        case .unix: return [nil]
        case .tcp(let host, let port): return try await Resolver.resolve(host, port: port)
        }
    }

    private func connect(_ lot: IdleLot, _ address: SocketAddress?, _ deadline: UInt64) async throws(SystemError) -> ClientConnection {
        let descriptor = socket(
            address?.family ?? AF_UNIX, linux_sock_stream | linux_sock_nonblock | linux_sock_cloexec, 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        let connection = Connection(descriptor: descriptor, reactor: reactor)
        do throws(SystemError) {
            if let address {
                var one: CInt = 1
                setsockopt(descriptor, linux_ipproto_tcp, TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
                if address.with({ Glibc.connect(descriptor, $0, $1) }) != 0 {
                    guard errno == EINPROGRESS else { throw SystemError("connect") }
                    try await connection.finishConnect(deadline)
                } else {
                    try connection.register()
                }
            } else if case .unix(let path) = lot.endpoint.address {
                try await connectUnix(descriptor, path, deadline)
                try connection.register()
            }
        } catch {
            connection.close()
            throw error
        }
        return ClientConnection(connection, lot: lot)
    }

    private func secure(_ made: ClientConnection, _ deadline: UInt64) async throws(HTTPClientFailure) {
        guard let tls = made.endpoint.tls else { return }
        var name = tls.name
        if name == nil, case .tcp(let host, _) = made.endpoint.address { name = host }
        reactor.setDeadline(made.connection, deadline)
        do throws(TLSError) {
            try await made.connection.secure(tls.current, name: name ?? "localhost", isServer: false)
            made.connection.setTimeout(nil)
        } catch {
            let late = made.connection.hasTimedOut
            made.close()
            throw HTTPClientFailure(late ? .timeout : .tls, reached: .nothing, "\(made.endpoint): \(error)")
        }
    }

    private func connectUnix(_ descriptor: CInt, _ path: String, _ deadline: UInt64) async throws(SystemError) {
        var pause = Duration.milliseconds(1)
        while true {
            let code = try SocketAddress.reach(path) { (short) throws(SystemError) in
                let address = try SocketAddress.unix(short)
                return address.with { Glibc.connect(descriptor, $0, $1) } == 0 ? 0 : errno
            }
            if code == 0 { return }
            // A Unix socket has no EINPROGRESS: a full backlog is EAGAIN, and nothing tells when there is room.
            guard code == EAGAIN else { throw SystemError("connect", code: code) }
            guard reactor.milliseconds < deadline else { throw SystemError("connect", code: ETIMEDOUT) }
            await loop.sleep(pause)
            pause = min(pause * 2, .milliseconds(50))
        }
    }
}
