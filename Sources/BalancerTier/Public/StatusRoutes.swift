// The status page and incident links: passed to the management node, whoever else is up.
import Engine
import Logging
import Wire

extension PublicHandler {
    /// The status as management tells it now, else the last one held, marked with its age.
    func serveStatus(_ kind: StatusMemory.Kind, _ exchange: HTTPExchange, _ side: Site.Side) async {
        let rewritten = side.requests.rewrite(exchange.head, peer: Array(exchange.peer.address.utf8), ids: &balancer.ids)
        var asked = rewritten.fields
        // HEAD is asked as GET, for which alone ranges are defined (RFC 9110 14.2).
        if exchange.head.method == .head { asked.remove("range") }
        let target = String(decoding: exchange.head.originTargetBytes, as: UTF8.self)
        if let answer = await balancer.askManagement(.get, target, asked, [], timeout: .seconds(2)), answer.status.code < 500 {
            let fields = side.answers.rewrite(ResponseHead(status: answer.status, fields: answer.fields))
            // What is compressed cannot be marked with its age.
            if answer.status == .ok, exchange.head.queryBytes == nil, !answer.fields.contains("content-encoding") {
                balancer.status.keep(kind, fields: fields, body: answer.body, now: balancer.now)
            }
            return await exchange.respond(HTTPResponse(status: answer.status, fields: fields, body: answer.body))
        }
        if let held = balancer.status.stale(kind, now: balancer.now) {
            return await exchange.respond(HTTPResponse(status: .ok, fields: held.fields, body: held.body))
        }
        await refuse(
            exchange,
            Failure(
                whose: .upstream, retry: .after(seconds: 5), status: 503, code: "status-unknown",
                reason: "The service that watches does not answer, and no earlier status is held.", hint: "Try again in a few seconds."),
            requestID: Array(rewritten.requestID))
    }

    /// An incident's link. It is never repeated: acknowledging is management's business alone.
    func serveIncidentLink(_ exchange: HTTPExchange, _ side: Site.Side) async {
        let rewritten = side.requests.rewrite(exchange.head, peer: Array(exchange.peer.address.utf8), ids: &balancer.ids)
        let body: [UInt8]
        do throws(Failure) { body = try await exchange.body(limit: 65_536) } catch {
            return await refuse(exchange, error, requestID: Array(rewritten.requestID))
        }
        let target = String(decoding: exchange.head.originTargetBytes, as: UTF8.self)
        // A GET in place of HEAD gives the same head; the engine leaves the body out.
        let method = exchange.head.method == .head ? HTTPMethod.get : exchange.head.method
        if let answer = await balancer.askManagement(method, target, rewritten.fields, body, timeout: .seconds(10)) {
            let fields = side.answers.rewrite(ResponseHead(status: answer.status, fields: answer.fields))
            return await exchange.respond(HTTPResponse(status: answer.status, fields: fields, body: answer.body))
        }
        await refuse(
            exchange,
            Failure(
                whose: .upstream, retry: .after(seconds: 5), status: 503, code: "management-unavailable",
                reason: "The service that keeps incidents does not answer at the moment.", hint: "The link stays good: open it again in a few seconds."),
            requestID: Array(rewritten.requestID))
    }
}

extension Balancer {
    /// Nil when management does not answer.
    func askManagement(_ method: HTTPMethod, _ target: String, _ fields: HTTPFields, _ body: [UInt8], timeout: Duration) async -> HTTPResponse? {
        guard let management else { return nil }
        do throws(HTTPClientFailure) {
            return try await client.send(
                method: method, target: target, fields: fields, body: body, to: management, timeout: timeout, limit: StatusMemory.largest)
        } catch {
            log.warning("management does not answer", metadata: ["reason": "\(error.reason)"])
            return nil
        }
    }

    /// Keeps the status at hand while management is well, so that a customer's first look during an outage finds one.
    func refreshStatus() async {
        for (kind, path) in [(StatusMemory.Kind.page, "/status"), (.api, "/api/v1/status")] {
            guard let management else { return }
            var fields = HTTPFields()
            fields.add("X-Forwarded-For", "127.0.0.1")
            fields.add("X-Forwarded-Proto", "https")
            fields.add("Accept", kind == .page ? "text/html" : "application/json")
            guard let answer = try? await client.send(method: .get, target: path, fields: fields, to: management, timeout: .seconds(2), limit: StatusMemory.largest),
                answer.status == .ok
            else { continue }
            let answers = AnswerRewriter(strictTransportSecurity: options.strictTransportSecurity)
            status.keep(kind, fields: answers.rewrite(ResponseHead(status: .ok, fields: answer.fields)), body: answer.body, now: now)
        }
    }
}
