// One request and its answer, as a handler meets it.
import Wire

/// One request and its answer. Belongs to its loop; valid until the handler returns.
package final class HTTPExchange {
    /// The loop this exchange runs on.
    package let loop: EventLoop
    @exclusivity(unchecked) package var head = RequestHead()
    package var peer: Peer { server.peer }
    /// What of the peer every exchange asks for, without copying the rest.
    package var isTLS: Bool { server.peer.isTLS }
    package var peerAddress: [UInt8] { server.peerAddress }
    /// Whether this exchange has the connection to itself, so that it may be answered at once.
    package var isAlone: Bool { stream == nil }
    /// What the router found in the path, e.g. `parameters["id"]`.
    @exclusivity(unchecked) package var parameters = PathParameters()
    /// Free for handlers that wrap each other, e.g. the request id.
    package var requestID = ""
    /// The same in bytes, for handlers that make no Strings; its storage is kept from one exchange to the next.
    @exclusivity(unchecked) package var requestIDBytes: [UInt8] = []

    /// What the handler had put into the TLS ticket the client resumed with (`setSessionTag`), or was given in the handshake of
    /// TLS 1.2 (`HTTPHandler.sessionTag`). Nil when there is none: nobody can make or change one without the ticket keys.
    package var sessionTag: [UInt8]? { server.sessionTag }
    /// Whether a ticket with a tag can still be given on this connection: until then the answer is worth a `setSessionTag`.
    package var awaitsSessionTag: Bool { server.awaitsSessionTag }

    let server: ServerConnection
    /// What carries this exchange when it does not have the connection to itself; nil over HTTP/1.1.
    let stream: (any ExchangeStream)?

    enum Answer { case none, length(Int), chunked, untilClose, bodiless, complete, broken }
    @exclusivity(unchecked) var answer = Answer.none
    /// Status and body bytes of the answer, for access logs.
    package internal(set) var answeredStatus: HTTPStatus?
    package internal(set) var answeredBytes = 0
    /// The head of a streamed answer, until its first piece goes with it.
    @exclusivity(unchecked) var held: [UInt8] = []

    private enum Body { case none, length(Int), chunked, failed }
    @exclusivity(unchecked) private var body = Body.none
    private var decoder = ChunkedDecoder()
    private var bodyBytes = 0
    private var bodyWaited: UInt64 = 0
    private var owesContinue = false
    @exclusivity(unchecked) private(set) var keeps = true
    /// Trailers of a chunked request, once its body was read to the end.
    package internal(set) var trailers = HTTPFields()

    init(_ server: ServerConnection, stream: (any ExchangeStream)? = nil) {
        self.server = server
        self.stream = stream
        loop = server.share.loop
    }

    /// Made ready for the request in `head`.
    func begin(mayKeep: Bool) {
        answer = .none
        answeredStatus = nil
        answeredBytes = 0
        bodyBytes = 0
        bodyWaited = 0
        keeps = mayKeep && head.keepAlive
        owesContinue = head.expectsContinue
        if parameters.isEmpty == false { parameters = PathParameters() }
        if !requestID.isEmpty { requestID = "" }
        requestIDBytes.removeAll(keepingCapacity: true)
        switch head.framing {
        case .none, .untilClose: body = .none
        case .length(let count): body = .length(count)
        case .chunked:
            body = .chunked
            decoder = ChunkedDecoder()
        }
    }

    /// Whether the handler has begun to answer.
    package var hasBegun: Bool {
        if let stream { return stream.hasBegun }
        if case .none = answer { return false }
        return true
    }

    /// Whether the answer went out to its end; an answer that was cut, or that nobody took, is not.
    package var isAnswered: Bool {
        if let stream { return stream.hasBegun && !stream.clientHasLeft }
        if case .complete = answer { return true }
        return false
    }

    /// Closes the connection after this answer; one that others share stays.
    package func closeAfterwards() { keeps = false }

    // MARK: The request's body

    /// The whole body; 413 when it is longer than `limit` bytes.
    package func body(limit: Int) async throws(Failure) -> [UInt8] {
        if case .length(let count) = body, count > limit { throw tooLarge(limit) }
        var all: [UInt8] = []
        if case .length(let count) = body { all.reserveCapacity(count) }
        while let chunk = try await nextChunk() {
            guard all.count + chunk.count <= limit else { throw tooLarge(limit) }
            all += chunk
        }
        return all
    }

    /// The next piece of the body, as it arrives; nil at its end. Nothing is read from the connection until it is asked for.
    package func nextChunk() async throws(Failure) -> [UInt8]? {
        if let stream { return try await stream.nextChunk(of: self) }
        while true {
            switch body {
            case .none: return nil
            case .failed: throw Failure.invalid("The body could not be read.", hint: "Send the request again.", code: "body-failed")
            case .length(let remaining):
                guard server.start < server.end else { break }
                let count = min(remaining, server.end - server.start)
                body = count == remaining ? .none : .length(remaining - count)
                return try take(server.start, count)
            case .chunked:
                guard server.start < server.end else { break }
                var at = server.start
                let step: ChunkedDecoder.Step
                let received = server.buffer
                do throws(HTTPParseError) {
                    step = try decoder.step(received.span.extracting(0..<server.end), at: &at)
                } catch {
                    throw fail(error.status.code, "malformed-body", "The body was refused: \(error.reason) (\(error.rule)).", "Send the body as announced.")
                }
                switch step {
                case .needsMore: server.start = at
                case .data(let start, let count): return try take(start, count)
                case .end:
                    server.start = at
                    trailers = decoder.trailers
                    body = .none
                    return nil
                }
                continue
            }
            try await receiveMore()
        }
    }

    private func take(_ start: Int, _ count: Int) throws(Failure) -> [UInt8] {
        bodyBytes += count
        guard bodyBytes <= server.share.options.bodyBytes else { throw tooLarge(server.share.options.bodyBytes) }
        server.start = start + count
        return Array(server.buffer[start..<start + count])
    }

    private func receiveMore() async throws(Failure) {
        if owesContinue {
            owesContinue = false
            guard await sendRest(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), from: 0) else { throw gone() }
        }
        let before = server.share.reactor.milliseconds
        server.connection.setTimeout(server.share.limits.body.patience(after: bodyBytes, waited: bodyWaited))
        let count = await server.fill()
        bodyWaited += server.share.reactor.milliseconds - before
        let timedOut = server.connection.hasTimedOut
        server.connection.setTimeout(nil)
        switch count {
        case .some(0): throw gone()
        case .some: return
        case nil:
            throw timedOut
                ? fail(408, "body-too-slow", "The body did not arrive in time.", "Send the body without pausing.")
                : gone()
        }
    }

    private func tooLarge(_ limit: Int) -> Failure {
        keeps = false
        return Failure(
            whose: .client, retry: .never, status: 413, code: "body-too-large",
            reason: "The body is larger than \(limit) bytes.", hint: "Send less, or in several requests.")
    }

    private func gone() -> Failure {
        fail(400, "client-gone", "The client ended the connection before its body was complete.", "Send the request again.")
    }

    private func fail(_ status: Int, _ code: String, _ reason: String, _ hint: String) -> Failure {
        body = .failed
        keeps = false
        return Failure(whose: .client, retry: status == 408 ? .safe : .never, status: status, code: code, reason: reason, hint: hint)
    }

    // MARK: The answer

    /// Has the TLS ticket that goes ahead of this answer carry `tag` (up to a few hundred bytes), so that a client which
    /// resumes brings it back as `sessionTag`, to any server with the same ticket keys. Set before the answer begins.
    package func setSessionTag(_ tag: [UInt8]) { server.setSessionTag(tag) }

    /// Answers completely. A second answer is ignored.
    package func respond(_ response: HTTPResponse) async {
        if server.owesTicket { server.issueTicket() }
        if let stream { return await stream.respond(response, to: self) }
        guard case .none = answer else { return }
        settleKeeping(response.fields)
        answeredStatus = response.status
        answeredBytes = response.body.count
        let reactor = server.share.reactor
        var out: [UInt8] = []
        swap(&out, &reactor.scratch)
        out.removeAll(keepingCapacity: true)
        AnswerWriter.writeHead(response, keepAlive: keeps, version: head.version, reactor: reactor, into: &out)
        answer = .complete
        let hasBody = head.method != .head && !response.status.hasNoBody
        // A small body goes with its head; of a large one as much as fills the first TLS record, the rest from where it is.
        let together = !hasBody ? 0 : response.body.count <= 65_536 ? response.body.count : max(0, 16_384 - out.count)
        out.append(contentsOf: response.body[..<together])
        let sent = server.connection.sendSome(out)
        if sent < out.count, !(await sendRest(out, from: sent)) {
            answer = .broken
            return
        }
        if reactor.scratch.isEmpty { swap(&out, &reactor.scratch) }
        if hasBody, together < response.body.count, !(await sendRest(response.body, from: together)) { answer = .broken }
    }

    /// Sends the head of an answer whose body follows by `write`. Without `length` the body is chunked (or, to
    /// HTTP/1.0, ends with the connection).
    package func begin(_ response: ResponseHead, length: Int?) async throws(Failure) {
        if server.owesTicket { server.issueTicket() }
        if let stream { return try await stream.begin(response, length: length, to: self) }
        guard case .none = answer else { return }
        settleKeeping(response.fields)
        let bodiless = response.status.hasNoBody || head.method == .head
        let chunked = !bodiless && length == nil && head.version == .http11
        if bodiless {
            answer = .bodiless
        } else if let length {
            answer = .length(length)
        } else if chunked {
            answer = .chunked
        } else {
            answer = .untilClose
            keeps = false
        }
        answeredStatus = response.status
        AnswerWriter.begin(
            response, length: length, chunked: chunked, keepAlive: keeps, version: head.version,
            reactor: server.share.reactor, into: &held)
    }

    /// Sends a piece of the body; returns once the connection took it.
    package func write(_ bytes: [UInt8]) async throws(Failure) {
        guard !bytes.isEmpty else { return }
        if let stream { return try await stream.write(bytes, to: self) }
        var out: [UInt8] = []
        swap(&out, &held)
        switch answer {
        case .length(let remaining):
            precondition(bytes.count <= remaining, "more body than the length that was promised")
            answer = .length(remaining - bytes.count)
            out += bytes
        case .chunked:
            HeadWriter.chunkSize(bytes.count, into: &out)
            out += bytes
            out += [13, 10]
        case .untilClose: out += bytes
        case .bodiless:
            if out.isEmpty { return }
        case .none, .complete, .broken: throw writeFailure()
        }
        answeredBytes += bytes.count
        try await send(out)
    }

    /// Sends what is held back, e.g. the head, without waiting for more of the body.
    package func flush() async throws(Failure) {
        if let stream { return try await stream.flush() }
        guard !held.isEmpty else { return }
        var out: [UInt8] = []
        swap(&out, &held)
        try await send(out)
    }

    /// Ends a streamed answer.
    package func end(trailers: HTTPFields = HTTPFields()) async throws(Failure) {
        if let stream { return try await stream.end(trailers: trailers) }
        var out: [UInt8] = []
        swap(&out, &held)
        switch answer {
        case .length(let remaining):
            guard remaining == 0 else {
                answer = .broken
                return
            }
        case .chunked: HeadWriter.lastChunk(trailers, into: &out)
        case .untilClose, .bodiless: break
        case .none, .complete, .broken: return
        }
        answer = .complete
        if !out.isEmpty { try await send(out) }
    }

    private func send(_ out: [UInt8]) async throws(Failure) {
        let sent = server.connection.sendSome(out)
        if sent == out.count { return }
        guard await sendRest(out, from: sent) else {
            answer = .broken
            throw writeFailure()
        }
    }

    /// Sends what did not go at once, as fast as the client takes it.
    func sendRest(_ out: [UInt8], from sent: Int) async -> Bool {
        await server.connection.sendAll(out, from: sent, pace: server.share.limits.write)
    }

    private func writeFailure() -> Failure {
        Failure(
            whose: .client, retry: .never, status: 499, code: "client-gone",
            reason: "The client ended the connection before the answer was complete.", hint: "")
    }

    /// The answer is 101: the connection carries no further request. False when another has begun, or others share the connection.
    func becomeTunnel() -> Bool {
        guard stream == nil, case .none = answer, case .none = body else { return false }
        if server.owesTicket { server.issueTicket() }
        keeps = false
        answer = .broken
        answeredStatus = .switchingProtocols
        return true
    }

    /// An unread body that is longer than we care to read costs the client its connection, and it is told so.
    func settleKeeping(_ fields: HTTPFields) {
        if case .length(let remaining) = body, remaining - (server.end - server.start) > server.share.options.drainBytes { keeps = false }
        if case .failed = body { keeps = false }
        if owesContinue { keeps = false }
        if let index = fields.index(of: "connection"), fields.valueBytes(at: index).lazy.map(Octet.lower).elementsEqual("close".utf8) {
            keeps = false
        }
        if server.share.isStopping { keeps = false }
    }

    /// Whether request and answer are complete and the connection may serve another, with nothing left to wait for.
    var isFinished: Bool {
        guard keeps, case .complete = answer, case .none = body else { return false }
        return true
    }

    /// Called when the handler has returned. True when the connection may serve another request.
    func finish() async -> Bool {
        if case .none = answer {
            await respond(.problem(.fault("The request was not answered.")))
        }
        guard case .complete = answer else { return false }
        if keeps, case .none = body { return true }
        if keeps {
            // The rest of the body stands between this request and the next.
            var drained = 0
            while drained <= server.share.options.drainBytes {
                do throws(Failure) {
                    guard let chunk = try await nextChunk() else { return true }
                    drained += chunk.count
                } catch {
                    break
                }
            }
        }
        if case .none = body, server.start == server.end, server.connection.isDrained() { return false }
        await server.closeGently()
        return false
    }
}
