// Answers what comes from outside: who it is for, which node serves it, and what is said when none can.
import Engine
import Logging
import Wire

/// One per loop, for clear and TLS listeners alike.
final class PublicHandler: HTTPHandler {
    let bound: LoopBound<Balancer>
    let balancer: Balancer
    let site: Site
    private var lastPeer: (text: String, bytes: [UInt8]) = ("", [])

    init(_ bound: LoopBound<Balancer>, site: Site, on loop: isolated EventLoop) {
        self.bound = bound
        self.site = site
        balancer = bound.get(on: loop)
    }

    func handle(_ exchange: HTTPExchange) async {
        var trace = Trace()
        guard balancer.accessLines != nil else {
            await serve(exchange, exchange.head, &trace)
            balancer.served &+= 1
            return
        }
        let start = balancer.now
        await serve(exchange, exchange.head, &trace)
        balancer.served &+= 1
        if trace.requestID.isEmpty { trace.requestID = Array(exchange.requestID.utf8) }
        let spent = (balancer.now - start).components
        balancer.accessLines?.add(
            method: exchange.head.method, path: exchange.head.pathBytes, status: exchange.answeredStatus?.code ?? 0, bytes: exchange.answeredBytes,
            microseconds: Int(spent.seconds) * 1_000_000 + Int(spent.attoseconds / 1_000_000_000_000), client: exchange.peer.address, trace: trace)
    }

    func sessionTag(after previous: [UInt8]?) -> [UInt8]? { balancer.tag(after: previous) }

    private func serve(_ exchange: HTTPExchange, _ head: RequestHead, _ trace: inout Trace) async {
        let isTLS = exchange.peer.isTLS
        let side = isTLS ? site.secure : site.clear
        switch site.hosts.verdict(head.hostBytes, version: head.version) {
        case .ours: break
        case .missing: return await refuse(exchange, PublicHandler.noHost)
        case .misdirected: return await refuse(exchange, PublicHandler.misdirected)
        }
        if !isTLS, site.httpsPort != nil {
            return await exchange.respond(.redirect(site.httpsLocation(head), status: .permanentRedirect))
        }
        if head.method == .trace { return await refuse(exchange, PublicHandler.wrongMethod, allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS") }
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

    /// The bytes of an address; one customer's requests come in a row, so the last are remembered.
    private func bytes(of address: String) -> [UInt8] {
        if lastPeer.text != address { lastPeer = (address, Array(address.utf8)) }
        return lastPeer.bytes
    }

    // MARK: Through a web node

    private func serveFromWeb(_ exchange: HTTPExchange, _ head: RequestHead, _ side: Site.Side, _ trace: inout Trace) async {
        let rewritten = side.requests.rewrite(head, peer: bytes(of: exchange.peer.address), ids: &balancer.ids)
        trace.requestID = rewritten.requestID
        let body: RequestBody
        do throws(Failure) { body = try await balancer.readBody(exchange, head.framing) } catch {
            return await refuse(exchange, error, requestID: rewritten.requestID)
        }
        defer { balancer.release(body) }
        var request = UpstreamRequest(
            method: head.method, target: String(decoding: head.originTargetBytes, as: UTF8.self), fields: rewritten.fields, body: body,
            upgrade: rewritten.upgrade)
        let sticky = balancer.stickiness(rewritten.stickyToken, tag: exchange.sessionTag, isSafe: head.method.isSafe)
        var tried = Picker.Tried(), attempts = 0
        var deadline: ContinuousClock.Instant?
        while true {
            let wished = tried.isEmpty ? sticky.slot : nil
            guard let slot = wished ?? balancer.pick(for: exchange, tried: tried, isNew: sticky.wantsToken), let endpoint = balancer.endpoints[slot] else {
                // None is up, or each was tried: one may be back in a moment.
                let end = deadline ?? balancer.now + balancer.options.waitForNode
                deadline = end
                guard balancer.now < end else {
                    balancer.refusals &+= 1
                    return await refuse(exchange, RetryDecision.noNode(after: balancer.options.retryAfter), requestID: rewritten.requestID)
                }
                tried.removeAll()
                await exchange.loop.sleep(.milliseconds(20))
                continue
            }
            var plan = TryPlan(slot: slot, endpoint: endpoint, side: side)
            if sticky.wantsToken, sticky.slot == nil || sticky.slot == slot {
                plan.setCookie = side.cookie.setCookie(balancer.token(for: slot, issued: sticky.issued))
            }
            if exchange.awaitsSessionTag, !sticky.isLent, sticky.slot == nil || sticky.slot == slot, let tag = balancer.tag(for: slot, issued: sticky.issued) {
                exchange.setSessionTag(tag)
            }
            balancer.table.began(slot)
            trace.node = balancer.table.entries[slot].member.name
            trace.attempts += 1
            let outcome = await balancer.attempt(&request, exchange, plan)
            balancer.table.ended(slot)
            switch outcome {
            case .finished:
                balancer.answered(slot, exchange.answeredStatus)
                return
            case .refused(let failure): return await refuse(exchange, failure, requestID: rewritten.requestID)
            case .failed(let reached, let fault, let begun, let reason):
                nodeFailed(slot, fault, reason: reason, requestID: rewritten.requestID)
                tried.insert(slot)
                if reached != .nothing { attempts += 1 }
                let situation = RetryDecision.Situation(
                    isIdempotent: request.method.isIdempotent, canRepeatBody: request.body.canRepeat,
                    isReplaySafe: balancer.options.replayUnsafe && !balancer.table.entries[slot].member.isOrigin, answerBegun: begun,
                    reached: reached, fault: fault, attempts: attempts, maxAttempts: balancer.options.attempts)
                switch RetryDecision.decide(situation) {
                case .tryAnotherNode:
                    balancer.retries &+= 1
                    balancer.table.entries[slot].load.retried()
                case .answer(let failure): return await refuse(exchange, failure, requestID: rewritten.requestID)
                case .cut: return exchange.closeAfterwards()
                }
            }
        }
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
        var id = requestID ?? []
        if id.isEmpty { balancer.ids.appendRequestID(to: &id) }
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
        if exchange.peer.isTLS { site.secure.answers.addStrictTransport(to: &response.fields) }
        await exchange.respond(response)
    }
}
