// Serves the declared operations: their answers, their failures, their cookies.
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
                        // A browser that sends a session by itself can be made to ask by others, who then measure the size (BREACH).
                        if request.session == nil, request.setCookies.isEmpty { response = response.compressed(for: exchange.head) }
                    }
                    if let location = answer.location { response.fields.add("Location", "/api/v1\(location)") }
                    if api.replayed { response.fields.add("Idempotency-Replayed", "true") }
                } catch {
                    guard !exchange.hasBegun else { return }
                    response = .problem(error, requestID: request.requestID)
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
