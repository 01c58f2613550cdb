#if HTTP2
// One stream of a session: the request that comes in, the task that serves it.
import CNGHTTP2
import CLinux
import Wire

/// A request and its answer on a session (RFC 9113 8). What the client does to it arrives by the session, what the handler
/// does by its `HTTPExchange`.
final class HTTP2Stream: ExchangeStream {
    let session: HTTP2Session
    let id: Int32

    private var assembler: RequestAssembler?
    private var exchange: HTTPExchange?
    /// Why the request is not handed to the handler.
    private var refusal: HTTPParseError?

    // MARK: State of the request's body
    private enum Body {
        case open, complete
        /// What came is not what was announced, or not HTTP.
        case malformed(HTTPParseError)
    }
    private var body = Body.open
    /// Bytes that were announced and have not come; nil when none were.
    private var announced: Int?
    @exclusivity(unchecked) private var received: [UInt8] = []
    private var receivedBytes = 0
    private var owesContinue = false
    private var reader: UnsafeContinuation<Void, Never>?
    private var readStall = Stall()
    private var isTooSlow = false
    private var trailers = HTTPFields()
    private var trailerFault: HTTPParseError?
    private var isReadingTrailers = false
    /// The handler has returned: nobody will read the rest.
    private var isServed = false

    // MARK: State of the answer (HTTP2Stream+Answer)
    enum Answer { case none, bodiless, open(promised: Int?), complete }
    var answer = Answer.none
    @exclusivity(unchecked) var pending: [UInt8] = []
    var pendingStart = 0
    var isDeferred = false
    var answerTrailers = HTTPFields()
    var writer: UnsafeContinuation<Void, Never>?
    var writeStall = Stall()
    /// The stream is closed, for whatever reason.
    private(set) var isClosed = false
    /// What is given up when that happens.
    private var dependent: ClientExchange?

    init(_ session: HTTP2Session, id: Int32) {
        self.session = session
        self.id = id
    }

    // MARK: What the session tells

    func headersBegin(isRequest: Bool) {
        if isRequest { assembler = RequestAssembler(limits: session.share.options.head) } else { isReadingTrailers = true }
    }

    /// Answers how many bytes the list has by now.
    func field(_ name: Span<UInt8>, _ value: Span<UInt8>) -> Int {
        if assembler != nil {
            assembler?.add(name: name, value: value)
            return assembler?.listBytes ?? 0
        }
        let bytes = trailers.buffer.count + name.count + value.count + 32 * trailers.count
        guard trailerFault == nil else { return bytes }
        do throws(HTTPParseError) {
            try RequestAssembler.addTrailer(name: name, value: value, to: &trailers)
        } catch {
            trailerFault = error
        }
        return bytes
    }

    func headersEnd(endsStream: Bool) {
        if isReadingTrailers {
            isReadingTrailers = false
            guard endsStream else { return fail(HTTPParseError("a second header block that does not end the stream", rule: "RFC 9113 8.1", offset: 0)) }
            if let trailerFault { return fail(trailerFault) }
            return bodyEnds()
        }
        guard var assembler else { return }
        self.assembler = nil
        let exchange = HTTPExchange(session.server, stream: self)
        do throws(HTTPParseError) {
            try assembler.finish(endsStream: endsStream, scheme: session.server.peer.isTLS ? "https" : "http", into: &exchange.head)
        } catch {
            refusal = error
            exchange.head = RequestHead()
            if assembler.isHead { exchange.head.method = .head }
        }
        if endsStream { body = .complete }
        if refusal == nil {
            if case .length(let count) = exchange.head.framing { announced = count }
            owesContinue = exchange.head.expectsContinue
        }
        exchange.begin(mayKeep: true)
        self.exchange = exchange
        session.start(self)
    }

    func receive(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard case .open = body, !isServed, refusal == nil else { return session.consumed(bytes.count, of: id) }
        if let announced {
            guard bytes.count <= announced else {
                session.consumed(bytes.count, of: id)
                return fail(HTTPParseError("more body than Content-Length says", rule: "RFC 9113 8.1.1", offset: 0))
            }
            self.announced = announced - bytes.count
        }
        received.append(contentsOf: bytes)
        readStall.moved(bytes.count, now: session.now)
        wakeReader()
    }

    func bodyEnds() {
        guard case .open = body else { return }
        if let announced, announced > 0 {
            return fail(HTTPParseError("less body than Content-Length says", rule: "RFC 9113 8.1.1", offset: 0))
        }
        body = .complete
        if !trailers.isEmpty { exchange?.trailers = trailers }
        wakeReader()
    }

    /// The body is not what it should be: the handler learns it, and nothing of what came is handed out any more.
    private func fail(_ error: HTTPParseError) {
        guard case .open = body else { return }
        body = .malformed(error)
        dropReceived()
        wakeReader()
        // An answer that is complete leaves nobody to tell it.
        if case .complete = answer { session.reset(id, NGHTTP2_PROTOCOL_ERROR) }
    }

    /// The last frame of the answer went out. A client that still sends its body is told to stop, without fault (8.1).
    func answerSent() {
        if case .complete = body { return }
        session.reset(id, NGHTTP2_NO_ERROR)
    }

    /// The stream or its connection ended.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        pending = []
        pendingStart = 0
        if case .complete = body {} else { dropReceived() }
        wakeReader()
        wakeWriter()
        dependent?.abandon()
        dependent = nil
    }

    func abandonWhenClientLeaves(_ upstream: ClientExchange?) {
        if isClosed { upstream?.abandon() } else { dependent = upstream }
    }

    // MARK: Serving

    /// The task of this stream.
    func serve() async {
        // A stream that was reset before its turn costs nobody anything more (CVE-2023-44487).
        guard let exchange, !isClosed else { return session.ended(self) }
        let share = session.share
        if refusal == nil, let hosts = share.options.hosts, let host = exchange.head.host, !hosts.contains(host.lowercased()) {
            refusal = HTTPParseError(.misdirectedRequest, "the name \(host) is not served here", rule: "RFC 9110 15.5.20", offset: 0)
        }
        if let refusal {
            await respond(Refusal.response(to: refusal, received: exchange.head.fields.buffer), to: exchange)
        } else {
            let began = share.countsRequests ? linux_monotonic() : 0
            await share.handler.handle(exchange)
            await finish(exchange)
            if share.countsRequests, let meters = share.meters { meters.answered(exchange.answeredStatus, nanoseconds: linux_monotonic() - began) }
        }
        isServed = true
        dropReceived()
        self.exchange = nil
        session.ended(self)
    }

    private func finish(_ exchange: HTTPExchange) async {
        switch answer {
        case .none: await respond(.problem(.fault("The request was not answered.")), to: exchange)
        case .open: session.reset(id, NGHTTP2_INTERNAL_ERROR)  // a cut answer must look like one
        case .bodiless, .complete: break
        }
    }

    private func dropReceived() {
        guard !received.isEmpty else { return }
        session.consumed(received.count, of: id)
        received = []
    }

    // MARK: The request's body

    func nextChunk(of exchange: HTTPExchange) async throws(Failure) -> [UInt8]? {
        while true {
            if case .malformed(let error) = body {
                throw failure(error.status.code, "malformed-body", "The body was refused: \(error.reason) (\(error.rule)).", "Send the body as announced.")
            }
            if !received.isEmpty {
                var taken: [UInt8] = []
                swap(&taken, &received)
                receivedBytes += taken.count
                session.consumed(taken.count, of: id)
                let limit = session.share.options.bodyBytes
                guard receivedBytes <= limit else {
                    throw failure(413, "body-too-large", "The body is larger than \(limit) bytes.", "Send less, or in several requests.")
                }
                session.wake()
                return taken
            }
            if case .complete = body { return nil }
            if isClosed { throw failure(400, "client-gone", "The client ended the stream before its body was complete.", "Send the request again.") }
            if isTooSlow { throw failure(408, "body-too-slow", "The body did not arrive in time.", "Send the body without pausing.") }
            if owesContinue {
                owesContinue = false
                session.submitContinue(id)
            }
            readStall.begin(now: session.now)
            session.arm(readStall.deadline(session.share.limits.body))
            await withUnsafeContinuation { continuation in
                // A caller that is not isolated to the loop lets a turn of it pass before this runs: look again.
                if !received.isEmpty || isClosed || isTooSlow { return continuation.resume() }
                if case .open = body { reader = continuation } else { continuation.resume() }
            }
        }
    }

    private func wakeReader() {
        guard let reader else { return }
        self.reader = nil
        reader.resume()
    }

    func wakeWriter() {
        guard let writer else { return }
        self.writer = nil
        writer.resume()
    }

    private func failure(_ status: Int, _ code: String, _ reason: String, _ hint: String) -> Failure {
        Failure(whose: .client, retry: status == 408 ? .safe : .never, status: status, code: code, reason: reason, hint: hint)
    }

    // MARK: Time

    /// When somebody's patience with this stream ends, `.max` for never.
    var deadline: UInt64 {
        min(
            reader == nil ? .max : readStall.deadline(session.share.limits.body),
            hasPending ? writeStall.deadline(session.share.limits.write) : .max)
    }

    func checkTimes(_ now: UInt64) {
        if reader != nil, readStall.deadline(session.share.limits.body) <= now {
            isTooSlow = true
            wakeReader()
        }
        if hasPending, writeStall.deadline(session.share.limits.write) <= now {
            session.reset(id, NGHTTP2_CANCEL)
            close()
        }
    }
}
#endif
