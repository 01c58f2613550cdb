// `/api/v1/operations/...`: the supervisor's own API for people of operations who are not on its machine (`fitech-ctl --url`).
import Control
import Engine
import Logging
import Nodes
import ProcedureClient
import Procedures
import Wire

extension WebHandler {
    /// The largest body that is relayed: a file to import.
    private static let largestBody = 64 << 20

    func addOperations() {
        for method in [HTTPMethod.get, .post] {
            router.on(method, "/api/v1/operations/{verb...}") { [unowned self] exchange in
                let request = WebRequest(exchange, self)
                do throws(Failure) {
                    try await relay(request, exchange)
                } catch {
                    guard !exchange.hasBegun else { return }
                    var response = HTTPResponse.problem(error, requestID: request.requestID)
                    if error.status == 401 { response.fields.add("WWW-Authenticate", "Bearer realm=\"fitech\"") }
                    await exchange.respond(request.secured(response, html: false))
                }
            }
        }
    }

    private func relay(_ request: WebRequest, _ exchange: HTTPExchange) async throws(Failure) {
        let head = exchange.head
        // By token only: a cookie would let another site's page act for whoever is signed in.
        guard let given = head.fields["authorization"], given.lowercased().hasPrefix("bearer ") else {
            throw .signedOut("Operations take a bearer token, not a cookie.")
        }
        let token = String(given.dropFirst(7).drop { $0 == " " })
        let person =
            head.method == .get
            ? try await procedures.call(WhoAmI(), session: token, requestID: request.requestID)
            : try await procedures.call(MayOperate(), session: token, requestID: request.requestID, replay: request.replay)
        guard person.role == .operations else {
            throw .forbidden("Only people of operations may do this.", hint: "Ask for the role: fitech-ctl user add EMAIL --staff --role operations.")
        }
        let verb = request.parameter("verb")
        guard !verb.isEmpty, verb.utf8.allSatisfy({ (97...122).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/") }) else { throw .notFound("operation") }
        var fields = HTTPFields()
        fields.add("Accept", "application/json, application/x-ndjson")
        fields.add("Fitech-Person", person.email)
        if let type = head.fields["content-type"] { fields.add("Content-Type", type) }
        if let replay = head.fields[ProcedureField.replay] { fields.add(ProcedureField.replay, replay) }
        let body = try await exchange.body(limit: Self.largestBody)
        let target = "/control/\(verb)" + (head.query.map { "?\($0)" } ?? "")
        do throws(HTTPClientFailure) {
            let far = try await upstream.open(
                method: head.method, target: target, fields: fields, framing: head.method == .get ? .none : .length(body.count),
                to: Endpoint(address: .unix(node.state.controlSocket)), timeout: .seconds(3600))
            if !body.isEmpty { try await far.write(body) }
            try await far.end()
            try await answer(far, request, exchange)
        } catch {
            guard error.cause == .connect else { throw .unavailable("The supervisor broke off: \(error.reason).", hint: "What was asked may have been done all the same: see fitech-ctl status.") }
            throw .unavailable("The supervisor does not answer on this node's machine.", after: 5, hint: "Use fitech-ctl --state on the machine it runs on.")
        }
    }

    /// Progress goes on as it comes; everything else whole.
    private func answer(_ far: ClientExchange, _ request: WebRequest, _ exchange: HTTPExchange) async throws(HTTPClientFailure) {
        let head = try await far.head()
        let type = head.fields["content-type"] ?? "application/json"
        guard type.hasPrefix("application/x-ndjson") else {
            var response = HTTPResponse.bytes(try await far.body(limit: Self.largestBody), type: type, status: head.status)
            if let seconds = head.fields["retry-after"] { response.fields.add("Retry-After", seconds) }
            return await exchange.respond(request.secured(response, html: false))
        }
        do throws(Failure) {
            var response = request.secured(HTTPResponse(), html: false)
            response.fields.set("Content-Type", type)
            try await exchange.begin(ResponseHead(status: .ok, fields: response.fields), length: nil)
        } catch { return far.abandon() }
        while let chunk = try await far.nextChunk() {
            do throws(Failure) {
                try await exchange.write(chunk)
                try await exchange.flush()
            } catch { return far.abandon() }
        }
        do throws(Failure) { try await exchange.end() } catch {}
    }
}
