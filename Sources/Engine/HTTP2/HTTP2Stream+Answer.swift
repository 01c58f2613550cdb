#if HTTP2
// The answer on a stream: given by the handler, taken by the session as the client lets it come.
import CNGHTTP2
import Wire

extension HTTP2Stream {
    /// Bytes of a body that may wait to be sent while the handler goes on; beyond, it waits for the client.
    static let ahead = 16 << 10

    var hasBegun: Bool { if case .none = answer { false } else { true } }
    var hasPending: Bool { pendingStart < pending.count }

    func respond(_ response: HTTPResponse, to exchange: HTTPExchange) async {
        guard case .none = answer else { return }
        exchange.answeredStatus = response.status
        exchange.answeredBytes = response.body.count
        let hasBody = exchange.head.method != .head && !response.status.hasNoBody && !response.body.isEmpty
        if hasBody {
            answer = .complete
            pending = response.body
        } else {
            answer = .bodiless
        }
        guard !isClosed else { return }
        session.submit(
            response.status, response.fields, length: response.status.hasNoBody ? nil : response.body.count, of: id, body: hasBody ? self : nil)
        session.wake()
        guard hasBody else { return }
        watchWindow()
        await taken(downTo: Self.ahead)
    }

    func begin(_ response: ResponseHead, length: Int?, to exchange: HTTPExchange) async throws(Failure) {
        guard case .none = answer else { return }
        exchange.answeredStatus = response.status
        let isBodiless = response.status.hasNoBody || exchange.head.method == .head
        answer = isBodiless ? .bodiless : .open(promised: length)
        guard !isClosed else { return }
        let told = response.status.isInformational || response.status.code == 204 ? nil : length
        session.submit(response.status, response.fields, length: told, of: id, body: isBodiless ? nil : self)
    }

    func write(_ bytes: [UInt8], to exchange: HTTPExchange) async throws(Failure) {
        switch answer {
        case .open(let promised):
            if let promised {
                precondition(bytes.count <= promised, "more body than the length that was promised")
                answer = .open(promised: promised - bytes.count)
            }
        case .bodiless: return session.wake()
        case .none, .complete: throw gone()
        }
        guard !isClosed else { throw gone() }
        exchange.answeredBytes += bytes.count
        if hasPending {
            pending += bytes
        } else {
            pending = bytes
            pendingStart = 0
        }
        continueSending()
        watchWindow()
        await taken(downTo: Self.ahead)
        if isClosed { throw gone() }
    }

    func flush() async throws(Failure) { session.wake() }

    func end(trailers: HTTPFields) async throws(Failure) {
        switch answer {
        case .open(let promised):
            guard promised ?? 0 == 0 else { return }  // left open: the stream is reset when the handler returns
        case .bodiless: return session.wake()
        case .none, .complete: return
        }
        answer = .complete
        answerTrailers = trailers
        guard !isClosed else { throw gone() }
        continueSending()
        await taken(downTo: Self.ahead)
    }

    private func gone() -> Failure {
        Failure(
            whose: .client, retry: .never, status: 499, code: "client-gone",
            reason: "The client ended the stream before the answer was complete.", hint: "")
    }

    /// The library was told that there is nothing; now there is.
    private func continueSending() {
        if isDeferred {
            isDeferred = false
            session.resume(id)
        } else {
            session.wake()
        }
    }

    /// Waits until no more than so many bytes wait to be sent, or the stream is closed.
    private func taken(downTo limit: Int) async {
        while pending.count - pendingStart > limit, !isClosed {
            await withUnsafeContinuation { continuation in
                if pending.count - pendingStart > limit, !isClosed { writer = continuation } else { continuation.resume() }
            }
        }
    }

    // MARK: What the session asks

    /// How many bytes the next DATA frame may have, at most `room`, and whether they are the last; nil when there are none yet.
    func offer(_ room: Int) -> (count: Int, ends: Bool)? {
        if isClosed { return nil }  // given up, and the reset is on its way: no end that looks like a whole answer
        let count = min(room, pending.count - pendingStart)
        if case .complete = answer { return (count, count == pending.count - pendingStart) }
        if count == 0 {
            isDeferred = true
            return nil
        }
        return (count, false)
    }

    /// True when trailers end the stream in place of its last DATA frame.
    func submitTrailers() -> Bool {
        guard !answerTrailers.isEmpty else { return false }
        session.submit(trailers: answerTrailers, of: id)
        return true
    }

    /// Moves bytes that were offered to those that are sent.
    func movePending(_ count: Int, into out: inout [UInt8]) {
        out.append(contentsOf: pending[pendingStart..<pendingStart + count])
        pendingStart += count
        writeStall.moved(count, now: session.now)
        if pendingStart == pending.count {
            pending = []
            pendingStart = 0
        } else {
            watchWindow()
        }
        if pending.count - pendingStart <= Self.ahead { wakeWriter() }
    }

    /// What waits for the client to open this stream's window waits by the clock.
    private func watchWindow() {
        guard hasPending, !session.hasWindow(id) else { return }
        writeStall.begin(now: session.now)
        session.arm(writeStall.deadline(session.share.limits.write))
    }
}
#endif
