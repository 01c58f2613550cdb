// One try of a request at one node, and the relaying of its answer.
import Engine
import Wire

/// A request as a node gets it.
struct UpstreamRequest {
    var method: HTTPMethod
    var target: String
    var fields: HTTPFields
    var body: RequestBody
    /// The protocols the customer would change to; empty: none.
    var upgrade: [UInt8] = []
}

/// How a try came out.
enum TryOutcome {
    /// The answer reached the customer, or the customer is gone: nothing more to do.
    case finished
    /// The node failed it. `lost`: a connection that was kept from before broke before anything of the answer came: the node may have ended
    /// it at that very moment, and be well.
    case failed(RetryDecision.Reached, RetryDecision.Fault, answerBegun: Bool, lost: Bool, reason: String)
    /// The customer's own body was bad or broke off.
    case refused(Failure)
}

/// Who serves a request and what the answer gains on its way back.
struct TryPlan {
    var slot: Slot
    var endpoint: Endpoint
    var side: Site.Side
    /// The value of a `Set-Cookie` field for the customer.
    var setCookie: [UInt8]?
    /// The customer said `TE: trailers`.
    var takesTrailers = false
}

extension Balancer {
    /// Sends `request` and relays the answer. Small answers are held until complete, so that a node that dies in the
    /// middle of one can be replaced before the customer saw a byte.
    func attempt(_ request: inout UpstreamRequest, _ exchange: HTTPExchange, _ plan: TryPlan, _ trace: inout Trace) async -> TryOutcome {
        let begun = now
        let upstream: ClientExchange
        do throws(HTTPClientFailure) {
            upstream = try await client.open(
                method: request.method, target: request.target, fields: request.fields, framing: request.framing, upgrade: request.upgrade,
                to: plan.endpoint, timeout: options.answerTimeout)
        } catch {
            return Balancer.failed(error, begun: false)
        }
        if upstream.isFresh {
            trace.connect = now - begun
            table.entries[plan.slot].load.connected(in: trace.connect)
        }
        switch await send(&request.body, exchange, upstream) {
        case .sent: break
        case .nodeFailed(let error):
            // It may have answered without waiting for the whole body, e.g. 413.
            guard request.body.streams, error.reached == .answerBegun else {
                upstream.abandon()
                return Balancer.failed(error, begun: false, wasKept: !upstream.isFresh)
            }
        case .customerFailed(let failure):
            upstream.abandon()
            return .refused(failure)
        }
        return await relay(upstream, exchange, plan, &trace)
    }

    private enum SendOutcome {
        case sent
        case nodeFailed(HTTPClientFailure)
        case customerFailed(Failure)
    }

    private func send(_ body: inout RequestBody, _ exchange: HTTPExchange, _ upstream: ClientExchange) async -> SendOutcome {
        do throws(HTTPClientFailure) {
            if !body.held.isEmpty { try await upstream.write(body.held) }
            var pieces = 0
            while body.streams {
                let chunk: [UInt8]?
                do throws(Failure) { chunk = try await exchange.nextChunk() } catch { return .customerFailed(error) }
                guard let chunk else { break }
                pieces += 1
                if pieces % Balancer.turn == 0 { await exchange.loop.giveWay() }
                body.isSpent = true
                try await upstream.write(chunk)
                upstream.extend(options.answerTimeout)
            }
            try await upstream.end()
            return .sent
        } catch {
            return .nodeFailed(error)
        }
    }

    func relay(_ upstream: ClientExchange, _ exchange: HTTPExchange, _ plan: TryPlan, _ trace: inout Trace) async -> TryOutcome {
        let sent = now
        let head: ResponseHead
        do throws(HTTPClientFailure) { head = try await upstream.head() } catch {
            upstream.abandon()
            return Balancer.failed(error, begun: false, wasKept: !upstream.isFresh)
        }
        if trace.response == .zero { trace.response = now - sent }
        var fields = plan.side.answers.rewrite(head)
        if let cookie = plan.setCookie { _ = plan.side.answers.addCookie(cookie, to: &fields) }
        if head.status == .switchingProtocols {
            trace.end = .tunnel
            return await tunnel(upstream, exchange, ResponseHead(status: head.status, fields: fields), head, plan.slot)
        }
        var length: Int?
        switch head.framing {
        case .none:
            // No body follows; what HEAD or 304 say of its length is told on.
            let told = head.fields.index(of: "content-length").flatMap { Int(head.fields.value(at: $0)) }
            return await finish(exchange) { () async throws(Failure) in
                try await exchange.begin(ResponseHead(status: head.status, fields: fields), length: told)
                try await exchange.end()
            }
        case .length(let count):
            length = count
            if count <= options.heldAnswer, heldBytes + count <= options.heldTotal {
                return await relayWhole(upstream, exchange, HTTPResponse(status: head.status, fields: fields), count)
            }
        case .chunked, .untilClose: break
        }
        let passed = ResponseHead(status: head.status, fields: fields)
        guard Balancer.isEventStream(fields) else {
            return await relayPieces(upstream, exchange, passed, length, pause: options.answerTimeout, takesTrailers: plan.takesTrailers)
        }
        table.tunnelled(plan.slot, true)
        defer { table.tunnelled(plan.slot, false) }
        exchange.abandonWhenClientLeaves(upstream)
        defer { exchange.stopWatchingClient() }
        return await relayPieces(upstream, exchange, passed, length, pause: options.eventStreamIdle, takesTrailers: false, flushes: true)
    }

    /// Both sides speak another protocol from here on; what ends it is nobody's failure.
    private func tunnel(
        _ upstream: ClientExchange, _ exchange: HTTPExchange, _ passed: ResponseHead, _ head: ResponseHead, _ slot: Slot
    ) async -> TryOutcome {
        table.tunnelled(slot, true)
        defer { table.tunnelled(slot, false) }
        // The client has made sure that the node names one that was offered.
        let name = head.fields.index(of: "upgrade").map { head.fields.valueBytes(at: $0) } ?? []
        await exchange.tunnel(passed, to: name, through: upstream, options: options.tunnels)
        return .finished
    }

    private func relayWhole(_ upstream: ClientExchange, _ exchange: HTTPExchange, _ response: HTTPResponse, _ count: Int) async -> TryOutcome {
        var response = response
        heldBytes += count
        defer { heldBytes -= count }
        do throws(HTTPClientFailure) {
            response.body = try await upstream.body(limit: count)
        } catch {
            upstream.abandon()
            return Balancer.failed(error, begun: false)
        }
        await exchange.respond(response)
        return .finished
    }

    /// Passes pieces on as they come; the next is not read before the customer took the last. If the node fails in the middle the
    /// answer is not ended, which closes the customer's connection: a cut answer must look like one. `pause` is how long the node
    /// may be silent; an answer that `flushes` does not wait for its first piece. Trailers go to customers who take them.
    private func relayPieces(
        _ upstream: ClientExchange, _ exchange: HTTPExchange, _ head: ResponseHead, _ length: Int?, pause: Duration, takesTrailers: Bool,
        flushes: Bool = false
    ) async -> TryOutcome {
        var next: [UInt8]? = []
        upstream.extend(pause)
        if !flushes {
            // The head goes with the first piece: a node that fails before it can still be replaced.
            do throws(HTTPClientFailure) { next = try await upstream.nextChunk() } catch {
                upstream.abandon()
                return Balancer.failed(error, begun: false)
            }
        }
        do throws(Failure) {
            try await exchange.begin(head, length: length)
            if flushes { try await exchange.flush() }
            var pieces = 0
            while let chunk = next {
                try await exchange.write(chunk)
                upstream.extend(pause)
                pieces += 1
                if pieces % Balancer.turn == 0 { await exchange.loop.giveWay() }
                do throws(HTTPClientFailure) { next = try await upstream.nextChunk() } catch {
                    upstream.abandon()
                    if error.cause == .cancelled { return .finished }  // the customer left
                    return Balancer.failed(error, begun: true)
                }
            }
            try await exchange.end(trailers: takesTrailers ? AnswerRewriter.trailers(upstream.trailers) : HTTPFields())
        } catch {
            upstream.abandon()
        }
        return .finished
    }

    /// Pieces of a body that are passed on before others on the loop get their turn: both sides may be quicker than we are.
    private static let turn = 64

    /// Events may be long in coming: such a head does not wait for the first piece.
    private static func isEventStream(_ fields: HTTPFields) -> Bool {
        guard let index = fields.index(of: "content-type") else { return false }
        return fields.valueBytes(at: index).lazy.map(Octet.lower).starts(with: "text/event-stream".utf8)
    }

    private func finish(_ exchange: HTTPExchange, _ body: () async throws(Failure) -> Void) async -> TryOutcome {
        do throws(Failure) { try await body() } catch {}
        return .finished
    }

    static func failed(_ failure: HTTPClientFailure, begun: Bool, wasKept: Bool = false) -> TryOutcome {
        let reached: RetryDecision.Reached =
            switch failure.reached {
            case .nothing: .nothing
            case .request: .request
            case .answerBegun: .answer
            }
        let fault: RetryDecision.Fault =
            switch failure.cause {
            case .timeout: .timedOut
            case .badAnswer: .malformed
            case .connect, .tls, .broken, .cancelled: .broken
            }
        return .failed(reached, fault, answerBegun: begun, lost: wasKept && failure.cause == .broken && reached != .answer, reason: failure.reason)
    }
}

extension UpstreamRequest {
    /// How the body is announced to a node.
    var framing: BodyFraming {
        if let length = body.length { return .length(length) }
        return body.streams ? .chunked : .none
    }
}
