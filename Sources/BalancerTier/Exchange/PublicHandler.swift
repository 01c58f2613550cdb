// Answers what comes from outside: who it is for, which node serves it, and what is said when none can.
import Engine
import Logging
import Wire

/// One per loop, for clear and TLS listeners alike.
final class PublicHandler: HTTPHandler {
    let bound: LoopBound<Balancer>
    let balancer: Balancer
    let site: Site
    init(_ bound: LoopBound<Balancer>, site: Site, on loop: isolated EventLoop) {
        self.bound = bound
        self.site = site
        balancer = bound.get(on: loop)
    }

    func handle(_ exchange: HTTPExchange) async {
        var trace = Trace()
        let start = balancer.now
        if let limits = balancer.limits, let seconds = limits.wait(address: exchange.peer.address) {
            await limit(exchange, seconds)
        } else if let direct = beginDirect(exchange, &trace) {
            await direct.call.answered()
            trace.response = balancer.now - start
            switch endDirect(direct, exchange) {
            case .answered: balancer.servedDirectly &+= 1
            case .partly: await exchange.finishAtOnce()
            case .goesOn(let upstream): await goOn(direct, upstream, exchange, &trace)
            case .failed(let outcome):
                balancer.giveBack(direct.slot)
                await serveFromWeb(exchange, exchange.head, direct.side, &trace, begun: (direct.slot, outcome))
            }
        } else {
            await serve(exchange, exchange.head, &trace)
        }
        balancer.count(exchange.answeredStatus)
        guard balancer.accessLines != nil else { return }
        if exchange.requestIDBytes.isEmpty { exchange.requestIDBytes = Array(exchange.requestID.utf8) }
        trace.settle(isAnswered: exchange.isAnswered)
        balancer.accessLines?.add(
            method: exchange.head.method, path: exchange.head.pathBytes, status: exchange.answeredStatus?.code ?? 0, bytes: exchange.answeredBytes,
            microseconds: AccessLines.microseconds(balancer.now - start), client: exchange.peerAddress,
            requestID: exchange.requestIDBytes, trace: trace)
    }

    func sessionTag(after previous: [UInt8]?) -> [UInt8]? { balancer.tag(after: previous) }

    private func serve(_ exchange: HTTPExchange, _ head: RequestHead, _ trace: inout Trace) async {
        let isTLS = exchange.isTLS
        let side = isTLS ? site.secure : site.clear
        switch site.hosts.verdict(head.hostBytes, version: head.version) {
        case .ours: break
        case .missing: return await refuse(exchange, PublicHandler.noHost)
        case .misdirected: return await refuse(exchange, PublicHandler.misdirected)
        }
        if !isTLS, site.httpsPort != nil {
            return await exchange.respond(.redirect(site.httpsLocation(head), status: .permanentRedirect))
        }
        if head.method == .trace { return await refuse(exchange, PublicHandler.wrongMethod, allow: PublicHandler.allowed) }
        if head.method == .options, MaxForwards.left(head) == 0 { return await exchange.respond(MaxForwards.answer()) }
        if balancer.management != nil {
            switch PublicRoute.of(head.method, path: head.pathBytes) {
            case .web: break
            case .status(let kind): return await serveStatus(kind, exchange, side)
            case .incidentLink: return await serveIncidentLink(exchange, side)
            case .wrongMethod(let allow): return await refuse(exchange, PublicHandler.wrongMethod, allow: allow)
            }
        }
        await serveFromWeb(exchange, head, side, &trace)
    }

    // MARK: Through a web node

    /// `begun` is the try already made on the short way, and what it came to.
    func serveFromWeb(
        _ exchange: HTTPExchange, _ head: RequestHead, _ side: Site.Side, _ trace: inout Trace, begun: (slot: Slot, outcome: TryOutcome)? = nil
    ) async {
        var rewritten = RequestRewriter.Rewritten()
        side.requests.rewrite(head, peer: exchange.peerAddress, requestID: exchange.requestIDBytes, ids: &balancer.ids, into: &rewritten)
        let requestID = Array(rewritten.requestID)
        exchange.requestIDBytes = requestID
        if begun == nil, let limits = balancer.limits, limits.countsSessions,
            let session = RequestLimits.session(in: rewritten.fields, token: rewritten.stickyToken), let seconds = limits.wait(session: session)
        {
            return await limit(exchange, seconds)
        }
        let body: RequestBody
        do throws(Failure) { body = try await balancer.readBody(exchange, head.framing) } catch {
            return await refuse(exchange, error, requestID: requestID)
        }
        defer { balancer.release(body) }
        var request = UpstreamRequest(
            method: head.method, target: String(decoding: head.originTargetBytes, as: UTF8.self), fields: rewritten.fields, body: body,
            upgrade: rewritten.upgrade)
        var sticky = balancer.stickiness(rewritten.stickyToken, tag: exchange.sessionTag, isSafe: head.method.isSafe)
        var tried = Picker.Tried(), attempts = 0
        var deadline: ContinuousClock.Instant?
        if let begun {
            if await settle(begun.outcome, begun.slot, begun: nil, request, exchange, &tried, &attempts, &trace) { return }
        }
        while true {
            let wished = tried.isEmpty ? sticky.slot : nil
            let placement =
                balancer.options.perNode == 0
                ? balancer.place(wished, exchange, tried: tried, isNew: sticky.wantsToken)
                : await balancer.admit(wished, exchange, tried: tried, isNew: sticky.wantsToken, waited: &trace.queued, bound)
            let slot: Slot
            switch placement {
            case .at(let found): slot = found
            case .refused(let failure): return await refuse(exchange, failure, requestID: requestID)
            case .gone: return exchange.closeAfterwards()
            case .none:
                // None is up, or each was tried: one may be back in a moment.
                let end = deadline ?? balancer.now + balancer.options.waitForNode
                deadline = end
                guard balancer.now < end else {
                    return await refuse(exchange, RetryDecision.noNode(after: balancer.options.retryAfter), requestID: requestID)
                }
                tried.removeAll()
                await exchange.loop.sleep(.milliseconds(20))
                continue
            }
            guard let endpoint = balancer.endpoints[slot] else {
                // Said in the log when the fleet was told; it never passes a check.
                balancer.giveBack(slot)
                tried.insert(slot)
                continue
            }
            if let own = sticky.slot, own != slot, tried.isEmpty, balancer.options.queue.stickyMoves { sticky = Balancer.Stickiness(hasMoved: true) }
            let plan = TryPlan(slot: slot, endpoint: endpoint, side: side, setCookie: newCookie(sticky, slot, side), takesTrailers: rewritten.takesTrailers)
            setTag(sticky, slot, exchange)
            let begun = balancer.now
            trace.node = balancer.table.entries[slot].member.name
            trace.attempts += 1
            let outcome = await balancer.attempt(&request, exchange, plan, &trace)
            balancer.giveBack(slot)
            if await settle(outcome, slot, begun: begun, request, exchange, &tried, &attempts, &trace) { return }
        }
    }

    /// The node for a request: theirs while nobody was tried, else the best of the others.
    func choose(_ sticky: Balancer.Stickiness, _ exchange: HTTPExchange, tried: Picker.Tried) -> Slot? {
        if tried.isEmpty, let wished = sticky.slot { return wished }
        return balancer.pick(for: exchange, tried: tried, isNew: sticky.wantsToken)
    }

    /// The cookie for somebody who is new or whose token wants renewal, served by `slot`.
    func newCookie(_ sticky: Balancer.Stickiness, _ slot: Slot, _ side: Site.Side) -> [UInt8]? {
        guard sticky.wantsToken, sticky.slot == nil || sticky.slot == slot else { return nil }
        return side.cookie.setCookie(balancer.token(for: slot, issued: sticky.issued))
    }

    /// Tags the customer's TLS session with the node, where a ticket is still to be given.
    func setTag(_ sticky: Balancer.Stickiness, _ slot: Slot, _ exchange: HTTPExchange) {
        guard exchange.awaitsSessionTag, !sticky.isLent, sticky.slot == nil || sticky.slot == slot, let tag = balancer.tag(for: slot, issued: sticky.issued)
        else { return }
        exchange.setSessionTag(tag)
    }

    /// Draws the consequences of a try that was made at `begun`. True when the request is answered, false when another node is to be tried.
    private func settle(
        _ outcome: TryOutcome, _ slot: Slot, begun given: ContinuousClock.Instant?, _ request: UpstreamRequest, _ exchange: HTTPExchange,
        _ tried: inout Picker.Tried, _ attempts: inout Int, _ trace: inout Trace
    ) async -> Bool {
        switch outcome {
        case .finished: balancer.answered(slot, exchange.answeredStatus, bytes: exchange.answeredBytes, begun: given ?? balancer.now)
        case .refused(let failure): await refuse(exchange, failure, requestID: exchange.requestIDBytes)
        case .failed(let reached, let fault, let begun, let lost, let reason):
            var situation = RetryDecision.Situation(
                isIdempotent: request.method.isIdempotent, canRepeatBody: request.body.canRepeat,
                isReplaySafe: balancer.options.replayUnsafe && !balancer.table.entries[slot].member.isOrigin, answerBegun: begun,
                reached: reached, fault: fault, attempts: attempts, maxAttempts: balancer.options.attempts)
            if lost, situation.mayRepeat, !trace.hasLost, let endpoint = balancer.endpoints[slot] {
                // Once more, by a fresh connection: others that were kept may be as old. Whether the node is well that one will show.
                trace.hasLost = true
                balancer.client.closeIdle(endpoint)
                return false
            }
            nodeFailed(slot, fault, reason: reason, requestID: exchange.requestIDBytes)
            tried.insert(slot)
            if reached != .nothing { attempts += 1 }
            situation.attempts = attempts
            switch RetryDecision.decide(situation) {
            case .tryAnotherNode:
                balancer.retries &+= 1
                balancer.table.entries[slot].load.retried()
                return false
            case .answer(let failure): await refuse(exchange, failure, requestID: exchange.requestIDBytes)
            case .cut:
                trace.end = .nodeCut
                exchange.closeAfterwards()
            }
        }
        return true
    }

    private func nodeFailed(_ slot: Slot, _ fault: RetryDecision.Fault, reason: String, requestID: [UInt8]) {
        balancer.log.warning(
            "a node failed a request",
            metadata: [
                "node_name": "\(balancer.table.entries[slot].member.name)", "reason": "\(reason)",
                "request_id": "\(String(decoding: requestID, as: UTF8.self))",
            ])
        balancer.saw(.failed, at: slot)
        guard fault == .broken else { return balancer.table.requestFailed(slot) }
        if balancer.table.connectionFailed(slot, now: balancer.now) {
            bound.loop.spawn { [bound] loop in HealthChecks.checkDue(bound, on: loop) }
        }
    }

    // MARK: Refusing

    private func limit(_ exchange: HTTPExchange, _ seconds: Int) async {
        balancer.limited &+= 1
        await refuse(exchange, RequestLimits.tooMany(after: seconds))
    }

    static let allowed = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    static let noHost = Failure(
        whose: .client, retry: .never, status: 400, code: "host-missing", reason: "The request names no host.",
        hint: "Send a Host field with the name of this site.")
    static let misdirected = Failure(
        whose: .client, retry: .never, status: 421, code: "wrong-host", reason: "This server does not serve the name that was asked for.",
        hint: "Use the name this service is published under.")
    static let wrongMethod = Failure(
        whose: .client, retry: .never, status: 405, code: "method-not-allowed", reason: "This address does not take that method.",
        hint: "Use one of those the Allow field names.")

    /// Answers that it cannot be done: problem+json for programs, a page for people.
    func refuse(_ exchange: HTTPExchange, _ failure: Failure, requestID: [UInt8]? = nil, allow: String? = nil) async {
        balancer.refusals[failure.code, default: 0] += 1
        var id = requestID ?? []
        if id.isEmpty { balancer.ids.appendRequestID(to: &id) }
        exchange.requestIDBytes = id
        let text = String(decoding: id, as: UTF8.self)
        exchange.requestID = text
        var response: HTTPResponse
        if RefusalPage.wantsJSON(exchange.head) {
            response = .problem(failure, requestID: text)
        } else {
            response = .html(
                RefusalPage.html(failure, requestID: text, refreshes: exchange.head.method == .get), status: HTTPStatus(failure.status))
            response.fields.add("Content-Security-Policy", RefusalPage.contentSecurityPolicy)
            if let seconds = failure.retryAfter { response.fields.add("Retry-After", String(seconds)) }
        }
        response.fields.add("Cache-Control", "no-store")
        response.fields.add("X-Request-Id", text)
        if let allow { response.fields.add("Allow", allow) }
        if exchange.isTLS { site.secure.answers.addStrictTransport(to: &response.fields) }
        await exchange.respond(response)
    }
}
