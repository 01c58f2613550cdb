#if HTTP2
// One HTTP/2 connection: libnghttp2 keeps the protocol's state, this feeds it, empties it and watches the time.
import CNGHTTP2
import Glibc
import Logging
import Wire

/// The session of one accepted connection (RFC 9113). Confined to its loop.
///
/// The connection's own task reads, each stream's handler runs in a task of its own, and one more writes while there is
/// something to write. Answers are taken from the streams only as the socket has room, so that a slow client holds its
/// handlers back; bodies are acknowledged as handlers take them, so that a slow handler holds its client back.
final class HTTP2Session {
    let server: ServerConnection
    var share: ServerShare { server.share }
    var connection: Connection { server.connection }
    var options: HTTP2Options { server.share.options.http2 }
    var now: UInt64 { server.share.reactor.milliseconds }

    /// libnghttp2's session; nil once it is given back.
    @exclusivity(unchecked) private(set) var library: OpaquePointer?
    @exclusivity(unchecked) var streams: [Int32: HTTP2Stream] = [:]
    /// Handlers at work, those of streams that were reset included.
    private(set) var running = 0
    private var opened = 0
    @exclusivity(unchecked) private var scanner = FrameScanner()
    @exclusivity(unchecked) var budgets: FrameBudgets
    /// The stream whose header block is being read, and since when.
    @exclusivity(unchecked) var heading: (stream: HTTP2Stream?, since: UInt64)?

    // Sending: see HTTP2Session+Sending.
    @exclusivity(unchecked) var outgoing: [UInt8] = []
    var outgoingStart = 0
    var isPumping = false
    var stall = Stall()

    // Ending
    private enum Ending: Equatable { case no, announced(until: UInt64), named }
    private var ending = Ending.no
    /// All was said: what still comes is only read away.
    private var isLingering = false
    private(set) var isClosed = false
    /// What the client did that ends the session, once it did.
    private var excess: String?
    private var isSentAway = false
    private var idleSince: UInt64
    /// The client's SETTINGS came.
    var hasBegun = false
    private var lastHandler: UnsafeContinuation<Void, Never>?
    /// When the connection's deadline is set to.
    private var armed = UInt64.max

    init(_ server: ServerConnection) {
        self.server = server
        let now = server.share.reactor.milliseconds
        budgets = FrameBudgets(server.share.options.http2, now: now)
        idleSince = now
        var settings: OpaquePointer?
        guard nghttp2_option_new(&settings) == 0, let settings else { return }
        defer { nghttp2_option_del(settings) }
        nghttp2_option_set_no_auto_window_update(settings, 1)
        // Requests are judged in Wire (RequestAssembler), which answers 400 with a reason where the library would only reset.
        nghttp2_option_set_no_http_messaging(settings, 1)
        nghttp2_option_set_no_closed_streams(settings, 1)
        nghttp2_option_set_max_continuations(settings, options.continuations)
        // Counted here, by FrameBudgets, together with those that are our resets and the client's fault.
        nghttp2_option_set_stream_reset_rate_limit(settings, 1 << 40, 1 << 40)
        var made: OpaquePointer?
        nghttp2_session_server_new2(&made, HTTP2Callbacks.shared.pointer, Unmanaged.passUnretained(self).toOpaque(), settings)
        library = made
    }

    deinit { if let library { nghttp2_session_del(library) } }

    // MARK: Life

    /// Serves until the connection ends and the last handler has returned.
    func run() async {
        introduce()
        if share.isStopping { drain() }
        arm(now + share.limits.head)
        wake()
        while !isClosed {
            if let count = await server.fill() {
                guard count > 0 else { break }
                receive()
            } else if connection.hasTimedOut {
                connection.setTimeout(nil)
                armed = .max
                if isLingering { break }
                checkTimes()
            } else {
                break
            }
        }
        close()
        while running > 0 {
            await withUnsafeContinuation { if running > 0 { lastHandler = $0 } else { $0.resume() } }
        }
    }

    /// Our SETTINGS, and a window for all streams together.
    private func introduce() {
        let settings = [
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue), value: UInt32(options.streams)),
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: UInt32(options.streamWindow)),
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue), value: UInt32(share.options.head.headBytes)),
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES.rawValue), value: 1),
        ]
        nghttp2_submit_settings(library, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count)
        nghttp2_session_set_local_window_size(library, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Int32(options.connectionWindow))
    }

    private func receive() {
        let start = server.start, count = server.end - server.start
        server.start = server.end
        guard !isLingering, excess == nil else { return }
        let received = server.buffer
        scanner.scan(received.span.extracting(start..<start + count)) { header in
            if let kind = header.kind { spend(kind) }
        }
        guard excess == nil else {
            sendAwayIfExceeded()
            return wake()
        }
        let used = received.withUnsafeBufferPointer { nghttp2_session_mem_recv(library, $0.baseAddress.map { $0 + start }, count) }
        guard used >= 0 else {
            share.log.debug("an HTTP/2 client is cut", metadata: ["peer": "\(server.peer.address)", "reason": "\(String(cString: nghttp2_strerror(Int32(used))))"])
            return close()
        }
        sendAwayIfExceeded()
        wake()
    }

    /// The client did more of something than it may. Called while the library reads or sends; acted on when that is done.
    func exceeded(_ what: String) { if excess == nil { excess = what } }

    func sendAwayIfExceeded() {
        guard let excess, !isSentAway else { return }
        isSentAway = true
        share.log.debug("an HTTP/2 client is sent away", metadata: ["peer": "\(server.peer.address)", "reason": "\(excess)"])
        nghttp2_session_terminate_session(library, NGHTTP2_ENHANCE_YOUR_CALM.rawValue)
    }

    /// Ends everything at once.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        for stream in streams.values { stream.close() }
        streams = [:]
        heading = nil
        connection.close()
    }

    // MARK: Streams

    /// A header block opens a stream; nil refuses it.
    func open(_ id: Int32) -> HTTP2Stream? {
        opened += 1
        if opened >= share.options.requestsPerConnection { drain() }
        guard running < options.streams else {
            nghttp2_submit_rst_stream(library, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, NGHTTP2_REFUSED_STREAM.rawValue)
            return nil
        }
        let stream = HTTP2Stream(self, id: id)
        streams[id] = stream
        return stream
    }

    func start(_ stream: HTTP2Stream) {
        running += 1
        share.loop.startServing(stream)
    }

    func ended(_ stream: HTTP2Stream) {
        running -= 1
        idleSince = now
        arm(idleSince + share.limits.idle)
        if running == 0, let lastHandler {
            self.lastHandler = nil
            lastHandler.resume()
        }
    }

    func streamClosed(_ id: Int32) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        stream.close()
        idleSince = now
        arm(idleSince + share.limits.idle)
    }

    // MARK: Leaving

    /// Serves what was asked and takes nothing new: GOAWAY that names no stream yet, then, when the client has seen it, one that
    /// names the last stream we take (RFC 9113 6.8). The connection ends with the last stream.
    func drain() {
        guard ending == .no, !isClosed else { return }
        let until = now + options.goAwayTime.inMilliseconds
        ending = .announced(until: until)
        nghttp2_submit_shutdown_notice(library)
        nghttp2_submit_ping(library, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
        arm(until)
        wake()
    }

    /// The client has seen that we leave, or had its time.
    func nameLastStream() {
        guard case .announced = ending else { return }
        ending = .named
        nghttp2_submit_goaway(
            library, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(library), NGHTTP2_NO_ERROR.rawValue, nil, 0)
        wake()
    }

    /// Called when nothing is left to send.
    func checkEnd() {
        guard !isClosed, !isLingering, nghttp2_session_want_read(library) == 0, nghttp2_session_want_write(library) == 0 else { return }
        isLingering = true
        for stream in streams.values { stream.close() }
        streams = [:]
        connection.endSending()
        connection.setTimeout(2000)
    }

    // MARK: Time

    /// Sees to it that `checkTimes` is called at `deadline` or before.
    func arm(_ deadline: UInt64) {
        guard deadline < armed, !isLingering, !connection.hasTimedOut else { return }
        armed = deadline
        share.reactor.setDeadline(connection, deadline)
    }

    private func checkTimes() {
        let now = now, limits = share.limits
        var next = UInt64.max
        func isDue(_ deadline: UInt64) -> Bool {
            if deadline > now { next = min(next, deadline) }
            return deadline <= now
        }
        if isDue(stall.deadline(limits.write)) { return close() }
        if let heading, isDue(heading.since + limits.head) { return close() }
        if !hasBegun, isDue(idleSince + limits.head) { return close() }
        if streams.isEmpty, running == 0, isDue(idleSince + limits.idle) { drain() }
        if case .announced(let until) = ending, isDue(until) { nameLastStream() }
        for stream in streams.values {
            stream.checkTimes(now)
            _ = isDue(stream.deadline)
        }
        arm(next)
        wake()
    }
}

/// Carries something of a loop into a task that runs on the same loop.
///
/// @unchecked: made on the loop, opened on the loop, touched by nobody in between.
private struct OnLoop<Value>: @unchecked Sendable { let value: Value }

extension EventLoop {
    /// Gives a stream's handler a task of its own; its body is one call of a method of the actor, as for connections.
    nonisolated func startServing(_ stream: HTTP2Stream) {
        let carried = OnLoop(value: stream)
        Task(executorPreference: self) { await self.serve(carried) }
    }

    private func serve(_ carried: OnLoop<HTTP2Stream>) async { await carried.value.serve() }

    /// Sends what a session has to send, from the end of this turn's jobs on.
    nonisolated func startPumping(_ session: HTTP2Session) {
        let carried = OnLoop(value: session)
        Task(executorPreference: self) { await self.pump(carried) }
    }

    private func pump(_ carried: OnLoop<HTTP2Session>) async { await carried.value.pump() }
}
#endif
