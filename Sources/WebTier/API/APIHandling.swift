// Serves the declared operations: their answers, their failures, their cookies.
import Control
import Engine
import Logging
import Nodes
import Procedures
import Wire

extension WebHandler {
    func addAPI() {
        for route in APIRoute.all() {
            router.on(route.method, "/api/v1\(route.path)") { [unowned self] exchange in
                let request = WebRequest(exchange, self)
                var response: HTTPResponse
                do throws(Failure) {
                    let api = try APIRequest(request, route)
                    if let list = route.whole, let format = api.wholeAs {
                        return try await request.send(list, api.query, as: format, session: api.token, forPeople: false)
                    }
                    let answer = try await route.handle(api)
                    // A file has been sent already.
                    if exchange.hasBegun { return }
                    if let content = answer.content {
                        response = content.answer(to: exchange.head)
                    } else {
                        response = answer.bytes.isEmpty && route.status == 204
                            ? HTTPResponse(status: .noContent) : .bytes(answer.bytes, type: route.answerType, status: HTTPStatus(route.status))
                        if !answer.bytes.isEmpty { response = api.tagged(response, answer) }
                        // A browser that sends a session by itself can be made to ask by others, who then measure the size (BREACH).
                        if request.session == nil, request.setCookies.isEmpty { response = response.compressed(for: exchange.head) }
                    }
                    if let location = answer.location { response.fields.add("Location", "/api/v1\(location)") }
                    if api.replayed { response.fields.add("Idempotency-Replayed", "true") }
                    if let left = api.allowance { response.fields.add(left) }
                } catch {
                    guard !exchange.hasBegun else { return }
                    var error = error
                    // RFC 9110 13.1.1: the condition was the client's own.
                    if error.code == "changed-meanwhile", exchange.head.fields.contains("if-match") { error.status = 412 }
                    response = .problem(error, requestID: request.requestID)
                    if error.code == Allowance.spent, let wait = error.retryAfter, let limit = node.configuration.apiRequestsPerMinute { response.fields.add(Allowance(limit: limit, left: 0, seconds: wait)) }
                    if error.status == 401 { response.fields.add("WWW-Authenticate", "Bearer realm=\"fitech\"") }
                    if error.status >= 500 { node.log.warning("\(error.code): \(error.reason)", metadata: ["request": .string(request.requestID)]) }
                }
                response = request.secured(response, html: false)
                for cookie in request.setCookies { response.fields.add("Set-Cookie", cookie.text) }
                await exchange.respond(response)
            }
        }
    }
}
