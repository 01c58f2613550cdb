// The short way of a request: sent whole over a kept connection without waiting, its answer taken whole when it comes.
import Wire

/// A request without a body that went out over a kept connection. It has one thing to wait for; whatever is unusual about its
/// answer turns it into a `ClientExchange`, which knows all ways.
package struct DirectCall {
    fileprivate let connection: ClientConnection
    fileprivate let method: HTTPMethod
    fileprivate let deadline: UInt64

    /// Waits until something has come, or the time is over.
    package func answered() async {
        if !connection.connection.mayRead { _ = await connection.connection.readable() }
    }
}

/// What came for a request that went the short way.
package enum DirectAnswer {
    /// The whole answer is at hand, its body this long; `HTTPClient.take` gives it out.
    case whole(Int)
    /// There is more to it: it goes on as an exchange.
    case begun(ClientExchange)
    case failed(HTTPClientFailure)
}

extension HTTPClient {
    /// The kept connections to an endpoint, looked up once and held on to by those who send there often.
    package func lot(_ endpoint: Endpoint) -> IdleLot { lots[endpoint].flatMap { $0.isOpen ? $0 : nil } ?? openLot(endpoint) }

    /// Sends a request without a body over a kept connection, if there is one that takes all of it at once; else nil, and nothing was
    /// sent that anybody could act upon. `milliseconds` covers everything. `takesTrailers`: the fields hold a `TE` of ours.
    package func beginDirect(
        _ method: HTTPMethod, _ target: ArraySlice<UInt8>, _ fields: HTTPFields, takesTrailers: Bool = false, over lot: IdleLot,
        timeout milliseconds: UInt64
    ) -> DirectCall? {
        guard let connection = takeIdleConnection(lot) else { return nil }
        let deadline = reactor.milliseconds + milliseconds
        var out: [UInt8] = []
        swap(&out, &reactor.scratch)
        out.removeAll(keepingCapacity: true)
        HeadWriter.requestLine(method, target, into: &out)
        fields.writeWithoutFraming(into: &out)
        if takesTrailers { HeadWriter.append("Connection: TE\r\n", to: &out) }  // RFC 9110 10.1.4
        out.append(13)
        out.append(10)
        let sent = connection.connection.sendSome(out)
        guard sent == out.count else {
            connection.close()
            return nil
        }
        if reactor.scratch.isEmpty { swap(&out, &reactor.scratch) }
        connection.connection.setTimeout(milliseconds)
        return DirectCall(connection: connection, method: method, deadline: deadline)
    }

    /// Reads what has come of the answer; `head` is complete with `.whole` only, and its storage is used again.
    package func readDirect(_ call: DirectCall, into head: inout ResponseHead) -> DirectAnswer {
        let connection = call.connection
        let count: Int
        switch connection.fillAtOnce() {
        case .bytes(let number): count = number
        case .blocked: count = 0
        case .end, .failed: return .failed(broken(call, "the connection ended before the answer"))
        }
        if connection.connection.hasTimedOut, count == 0 { return .failed(broken(call, "no answer in time")) }
        do throws(HTTPParseError) {
            let received = connection.buffer
            if count > 0,
                let after = try ResponseParser.parse(
                    received.span.extracting(0..<connection.end), from: connection.start, to: call.method, limits: options.head, into: &head),
                case .length(let length) = head.framing, connection.end - after >= length, !head.status.isInformational
            {
                connection.start = after
                return .whole(length)
            }
        } catch {
            connection.close()
            return .failed(HTTPClientFailure(.badAnswer, reached: .answerBegun, "\(connection.endpoint): a bad answer: \(error.reason) (\(error.rule))"))
        }
        return .begun(ClientExchange(self, connection, deadline: call.deadline, goesOn: call.method, answerBegun: count > 0))
    }

    /// Gives out the body of a whole answer, and keeps the connection when it may be used again.
    package func take(_ call: DirectCall, length: Int, keepAlive: Bool, _ give: (Span<UInt8>) -> Void) {
        let connection = call.connection
        do {
            let received = connection.buffer
            give(received.span.extracting(connection.start..<connection.start + length))
        }
        connection.start += length
        connection.connection.setTimeout(nil)
        if keepAlive { keep(connection) } else { connection.close() }
    }

    private func broken(_ call: DirectCall, _ reason: String) -> HTTPClientFailure {
        let late = call.connection.connection.hasTimedOut
        let failure = HTTPClientFailure(late ? .timeout : .broken, reached: .request, "\(call.connection.endpoint): \(reason)")
        call.connection.close()
        return failure
    }
}
