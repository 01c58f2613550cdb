// The short way of most exchanges: a request without a body, a kept connection, an answer that comes whole. One wait in the
// middle, nothing allocated, nothing copied twice. Whatever is unusual goes on the long way, whose rules are the same.
import Engine
import Wire

/// A request that went out on the short way.
struct DirectExchange {
    var call: DirectCall
    var slot: Slot
    var begun: ContinuousClock.Instant
    var side: Site.Side
    /// The value of a `Set-Cookie` field for the customer.
    var setCookie: [UInt8]?
    /// The customer said `TE: trailers`.
    var takesTrailers = false
}

/// What came of it.
enum DirectOutcome {
    case answered
    /// The customer's connection did not take all of the answer at once.
    case partly
    /// There is more to the answer than can be passed on at once.
    case goesOn(ClientExchange)
    case failed(TryOutcome)
}

extension PublicHandler {
    /// Sends the request to its node. Nil when it is not of the plain kind or no connection is at hand: nothing was sent.
    func beginDirect(_ exchange: HTTPExchange, _ trace: inout Trace) -> DirectExchange? {
        // With a cap a request may have to wait, which is for the long way.
        guard exchange.isAlone, balancer.options.perNode == 0, exchange.head.method == .get, balancer.limits?.countsSessions != true, exchange.head.framing == .none, !exchange.head.hostBytes.isEmpty, balancer.heldBytes < balancer.options.heldTotal,
            exchange.isTLS || site.httpsPort == nil, site.hosts.verdict(exchange.head.hostBytes, version: exchange.head.version) == .ours,
            balancer.management == nil || PublicRoute.of(.get, path: exchange.head.pathBytes) == .web
        else { return nil }
        let side = exchange.isTLS ? site.secure : site.clear
        var request = RequestRewriter.Rewritten()
        swap(&request, &balancer.spareRequest)
        defer { swap(&request, &balancer.spareRequest) }
        side.requests.rewrite(exchange.head, peer: exchange.peerAddress, ids: &balancer.ids, into: &request)
        if !request.upgrade.isEmpty { return nil }
        exchange.requestIDBytes.append(contentsOf: request.requestID)
        let sticky = balancer.stickiness(request.stickyToken, tag: exchange.sessionTag)
        guard let slot = choose(sticky, exchange, tried: Picker.Tried()), let lot = balancer.lot(slot),
            let call = balancer.client.beginDirect(
                .get, exchange.head.originTargetBytes, request.fields, takesTrailers: request.takesTrailers, over: lot, timeout: balancer.answerMilliseconds)
        else { return nil }
        setTag(sticky, slot, exchange)
        balancer.table.began(slot)
        trace.node = balancer.table.entries[slot].member.name
        trace.attempts = 1
        return DirectExchange(
            call: call, slot: slot, begun: balancer.now, side: side, setCookie: newCookie(sticky, slot, side), takesTrailers: request.takesTrailers)
    }

    /// Passes the answer on once something of it has come.
    func endDirect(_ direct: DirectExchange, _ exchange: HTTPExchange) -> DirectOutcome {
        var head = ResponseHead(status: .ok)
        swap(&head, &balancer.spareAnswer)
        defer { swap(&head, &balancer.spareAnswer) }
        switch balancer.client.readDirect(direct.call, into: &head) {
        case .whole(let length):
            direct.side.answers.rewrite(&head.fields)
            if let cookie = direct.setCookie { _ = direct.side.answers.addCookie(cookie, to: &head.fields) }
            var isAnswered = true
            balancer.client.take(direct.call, length: length, keepAlive: head.keepAlive) { body in
                isAnswered = exchange.respondAtOnce(head.status, head.fields, body: body)
            }
            balancer.giveBack(direct.slot)
            balancer.answered(direct.slot, head.status, bytes: length, begun: direct.begun)
            return isAnswered ? .answered : .partly
        case .begun(let upstream): return .goesOn(upstream)
        case .failed(let failure): return .failed(Balancer.failed(failure, begun: false, wasKept: true))
        }
    }

    /// The answer comes in pieces, or is of a kind that the long way knows.
    func goOn(_ direct: DirectExchange, _ upstream: ClientExchange, _ exchange: HTTPExchange, _ trace: inout Trace) async {
        guard let endpoint = balancer.endpoints[direct.slot] else {
            balancer.giveBack(direct.slot)
            return exchange.closeAfterwards()
        }
        let plan = TryPlan(slot: direct.slot, endpoint: endpoint, side: direct.side, setCookie: direct.setCookie, takesTrailers: direct.takesTrailers)
        let outcome = await balancer.relay(upstream, exchange, plan, &trace)
        balancer.giveBack(direct.slot)
        if case .finished = outcome {
            return balancer.answered(direct.slot, exchange.answeredStatus, bytes: exchange.answeredBytes, begun: direct.begun)
        }
        await serveFromWeb(exchange, exchange.head, direct.side, &trace, begun: (direct.slot, outcome))
    }
}
