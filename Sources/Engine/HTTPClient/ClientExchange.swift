// One request of a client and its answer, in pieces.
import Wire

/// One exchange with an endpoint. End it by reading the answer to its end, or by `abandon`; its connection is kept only
/// in the first case.
package final class ClientExchange {
    private let client: HTTPClient
    private var connection: ClientConnection?
    private var deadline: UInt64
    /// Whether no earlier exchange used this connection.
    package let isFresh: Bool
    private var method = HTTPMethod.get
    private var framing = BodyFraming.none
    // @exclusivity(unchecked): as in ServerConnection.
    @exclusivity(unchecked) private var held: [UInt8] = []
    private var requestEnded = false
    /// How far the exchange has come.
    package private(set) var reached = HTTPClientFailure.Reached.nothing

    private enum Answer { case awaited, none, length(Int), chunked, untilClose, tunnel, complete }
    private var answer = Answer.awaited
    private var decoder = ChunkedDecoder()
    private var answerHead: ResponseHead?
    private var keeps = true
    /// The protocols that were offered in `Upgrade`; empty when none was.
    private var offered: [UInt8] = []
    /// Interim answers so far.
    private var interim = 0
    /// Trailers of a chunked answer, once it was read to the end.
    package private(set) var trailers = HTTPFields()

    init(_ client: HTTPClient, _ connection: ClientConnection, deadline: UInt64) {
        self.client = client
        self.connection = connection
        self.deadline = deadline
        isFresh = connection.served == 0
    }

    /// Goes on with a request without a body that was sent the short way, once it is known that its answer needs more than that.
    init(_ client: HTTPClient, _ connection: ClientConnection, deadline: UInt64, goesOn method: HTTPMethod, answerBegun: Bool) {
        self.client = client
        self.connection = connection
        self.deadline = deadline
        isFresh = connection.served == 0
        self.method = method
        requestEnded = true
        reached = answerBegun ? .answerBegun : .request
    }

    deinit { connection?.close() }

    // MARK: The request

    /// Assembles the head; it leaves with the first piece of the body or at `end`.
    func begin(_ method: HTTPMethod, _ target: String, _ fields: HTTPFields, framing: BodyFraming, upgrade: [UInt8] = []) {
        self.method = method
        self.framing = framing
        if !upgrade.isEmpty {
            offered = upgrade
            keeps = false  // whatever becomes of it: what was sent behind such a request may be read in two ways
        }
        held.reserveCapacity(target.utf8.count + fields.buffer.count + 256)
        HeadWriter.requestLine(method, target, into: &held)
        fields.writeWithoutFraming(into: &held)
        if fields.index(of: "te") != nil { HeadWriter.append("Connection: TE\r\n", to: &held) }  // RFC 9110 10.1.4
        if !offered.isEmpty {
            HeadWriter.append("Connection: Upgrade\r\nUpgrade: ", to: &held)
            held += offered
            held += [13, 10]
        }
        if fields.index(of: "host") == nil, let host = connection?.endpoint.host {
            HeadWriter.append("Host: ", to: &held)
            held += host.utf8
            held += [13, 10]
        }
        switch framing {
        case .none, .untilClose: break
        case .length(let length): HeadWriter.contentLength(length, into: &held)
        case .chunked: HeadWriter.append("Transfer-Encoding: chunked\r\n", to: &held)
        }
        held += [13, 10]
    }

    /// Sends a piece of the body; returns once the connection took it. A failure that has reached `.answerBegun` leaves an
    /// answer to be read by `head`; after any other the exchange is over.
    package func write(_ bytes: [UInt8]) async throws(HTTPClientFailure) {
        guard !bytes.isEmpty else { return }
        switch framing {
        case .length(let remaining):
            precondition(bytes.count <= remaining, "more body than the length that was promised")
            framing = .length(remaining - bytes.count)
            held += bytes
            if remaining == bytes.count, held.count < 65536 { return }
        case .chunked:
            HeadWriter.chunkSize(bytes.count, into: &held)
            held += bytes
            held += [13, 10]
        case .none, .untilClose: preconditionFailure("a body for a request that has none")
        }
        if !sendHeldAtOnce() { try await sendHeld() }
    }

    /// Ends the request.
    package func end() async throws(HTTPClientFailure) {
        guard !requestEnded else { return }
        if case .length(let remaining) = framing, remaining > 0 { throw fail(.cancelled, "the body ended before its length") }
        if case .chunked = framing { HeadWriter.lastChunk(into: &held) }
        requestEnded = true
        if !sendHeldAtOnce() { try await sendHeld() }
    }

    /// Sends what is held as far as the socket takes it without waiting. True when nothing is left.
    private func sendHeldAtOnce() -> Bool {
        guard !held.isEmpty else { return true }
        guard let connection else { return false }
        let sent = connection.connection.sendSome(held)
        if sent > 0 { reached = max(reached, .request) }
        if sent == held.count {
            held.removeAll(keepingCapacity: true)
            return true
        }
        held.removeFirst(sent)
        return false
    }

    private func sendHeld() async throws(HTTPClientFailure) {
        guard let connection else { throw fail(.cancelled, "the exchange was abandoned") }
        var out: [UInt8] = []
        swap(&out, &held)
        arm(connection)
        let done = await connection.connection.sendAll(out)
        reached = max(reached, .request)
        if done { return }
        if !connection.connection.hasTimedOut, connection.start < connection.end || connection.connection.mayRead,
            let count = await connection.fill(), count > 0
        {
            // It answered without waiting for all of the body, e.g. with 413: `head` reads that answer.
            reached = .answerBegun
            keeps = false
            throw HTTPClientFailure(.broken, reached: reached, "\(connection.endpoint): the answer came before the end of the request")
        }
        throw broken(connection, "the connection broke while sending")
    }

    // MARK: The answer

    /// The head of the answer; waits for it the first time. Interim answers (1xx) are passed over, but for a 101 that takes up
    /// an offered upgrade: the connection is then a tunnel (`HTTPExchange.tunnel`).
    package func head() async throws(HTTPClientFailure) -> ResponseHead {
        if let answerHead { return answerHead }
        if !held.isEmpty, !sendHeldAtOnce() { try await sendHeld() }
        guard let connection else { throw fail(.cancelled, "the exchange was abandoned") }
        var head = ResponseHead(status: .ok)
        head.fields.slices.reserveCapacity(16)
        arm(connection)
        while true {
            if connection.start < connection.end {
                do throws(HTTPParseError) {
                    let received = connection.buffer
                    if let after = try ResponseParser.parse(
                        received.span.extracting(0..<connection.end), from: connection.start, to: method,
                        limits: client.options.head, into: &head)
                    {
                        connection.start = after
                        if head.status.isInformational {
                            reached = .answerBegun
                            if head.status.code == 101 {
                                try checkSwitch(head)
                                answer = .tunnel
                                answerHead = head
                                return head
                            }
                            interim += 1
                            guard interim <= client.options.interimAnswers else {
                                throw HTTPParseError("more than \(client.options.interimAnswers) interim answers", rule: "RFC 9110 15.2", offset: 0)
                            }
                            continue
                        }
                        break
                    }
                } catch {
                    throw fail(.badAnswer, "a bad answer: \(error.reason) (\(error.rule))")
                }
            }
            switch await connection.fill() {
            case .some(0), nil: throw broken(connection, "the connection ended before the answer")
            case .some: reached = .answerBegun
            }
        }
        keeps = keeps && head.keepAlive
        switch head.framing {
        case .none: answer = .none
        case .length(let count): answer = .length(count)
        case .chunked: answer = .chunked
        case .untilClose: answer = .untilClose
        }
        answerHead = head
        if case .none = answer { finish() }
        return head
    }

    /// A 101 must take up one of the protocols that were offered, for a request that was sent to its end (RFC 9110 7.8).
    private func checkSwitch(_ head: ResponseHead) throws(HTTPParseError) {
        guard !offered.isEmpty, requestEnded, held.isEmpty else {
            throw HTTPParseError("an upgrade nobody asked for", rule: "RFC 9110 15.2.2", offset: 0)
        }
        guard let index = head.fields.index(of: "upgrade"), FieldList.contains(offered[...], head.fields.valueBytes(at: index)) else {
            throw HTTPParseError("an upgrade to a protocol that was not offered", rule: "RFC 9110 7.8", offset: 0)
        }
    }

    /// The connection of a tunnel, given away: it is the caller's to close.
    func takeTunnel() -> ClientConnection? {
        guard case .tunnel = answer, let taken = connection else { return nil }
        connection = nil
        answer = .complete
        return taken
    }

    /// The next piece of the answer's body; nil at its end.
    package func nextChunk() async throws(HTTPClientFailure) -> [UInt8]? {
        if answerHead == nil { _ = try await head() }
        while true {
            if case .complete = answer { return nil }
            guard let connection else { throw fail(.cancelled, "the exchange was abandoned") }
            let available = connection.end - connection.start
            switch answer {
            case .awaited, .none, .tunnel, .complete: return nil
            case .length(let remaining) where available > 0:
                let count = min(remaining, available)
                let chunk = take(connection, connection.start, count)
                answer = .length(remaining - count)
                if count == remaining { finish() }
                return chunk
            case .chunked where available > 0:
                var at = connection.start
                let step: ChunkedDecoder.Step
                let received = connection.buffer
                do throws(HTTPParseError) {
                    step = try decoder.step(received.span.extracting(0..<connection.end), at: &at)
                } catch {
                    throw fail(.badAnswer, "a bad answer: \(error.reason) (\(error.rule))")
                }
                switch step {
                case .needsMore: connection.start = at
                case .data(let start, let count): return take(connection, start, count)
                case .end:
                    connection.start = at
                    trailers = decoder.trailers
                    finish()
                    return nil
                }
                continue
            case .untilClose where available > 0: return take(connection, connection.start, available)
            default: break
            }
            arm(connection)
            switch await connection.fill() {
            case .some(0):
                if case .untilClose = answer, !connection.connection.hasBroken {
                    finish()
                    return nil
                }
                throw broken(connection, "the connection ended in the middle of the answer")
            case .some: continue
            case nil: throw broken(connection, "the connection broke in the middle of the answer")
            }
        }
    }

    /// The rest of the answer's body; refused when longer than `limit` bytes.
    package func body(limit: Int) async throws(HTTPClientFailure) -> [UInt8] {
        if answerHead == nil { _ = try await head() }
        var all: [UInt8] = []
        if case .length(let count) = answer {
            guard count <= limit else { throw fail(.badAnswer, "an answer of more than \(limit) bytes") }
            if let connection, connection.end - connection.start >= count {
                // All of it came with the head: one copy, and nothing to wait for.
                let whole = take(connection, connection.start, count)
                answer = .length(0)
                finish()
                return whole
            }
            all.reserveCapacity(count)
        }
        while let chunk = try await nextChunk() {
            guard all.count + chunk.count <= limit else { throw fail(.badAnswer, "an answer of more than \(limit) bytes") }
            if all.isEmpty { all = chunk } else { all += chunk }
        }
        return all
    }

    /// Gives the exchange this much time from now on, e.g. after each piece of a long body.
    package func extend(_ timeout: Duration) {
        deadline = client.reactor.milliseconds + timeout.inMilliseconds
    }

    /// Gives the exchange up; its connection is closed unless it ended cleanly before.
    package func abandon() {
        connection?.close()
        connection = nil
    }

    private func take(_ connection: ClientConnection, _ start: Int, _ count: Int) -> [UInt8] {
        connection.start = start + count
        return Array(connection.buffer[start..<start + count])
    }

    /// The answer is complete. The connection is kept when both sides ended their part and nothing else came.
    private func finish() {
        answer = .complete
        guard let connection else { return }
        self.connection = nil
        connection.connection.setTimeout(nil)
        if keeps, requestEnded, held.isEmpty { client.keep(connection) } else { connection.close() }
    }

    // MARK: Failing

    private func arm(_ connection: ClientConnection) {
        let now = client.reactor.milliseconds
        connection.connection.setTimeout(deadline > now ? deadline - now : 1)
    }

    private func broken(_ connection: ClientConnection, _ reason: String) -> HTTPClientFailure {
        self.connection == nil
            ? fail(.cancelled, "the exchange was abandoned")
            : connection.connection.hasTimedOut ? fail(.timeout, "no answer in time") : fail(.broken, reason)
    }

    private func fail(_ cause: HTTPClientFailure.Cause, _ reason: String) -> HTTPClientFailure {
        let failure = HTTPClientFailure(cause, reached: reached, "\(connection.map { "\($0.endpoint): " } ?? "")\(reason)")
        abandon()
        return failure
    }
}

extension HTTPClientFailure.Reached: Comparable {
    private var rank: Int {
        switch self {
        case .nothing: 0
        case .request: 1
        case .answerBegun: 2
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}
