// Finds the handler of a request by method and path.
import Wire

/// What stood in the variable places of a path, percent-decoded.
package struct PathParameters: Sendable {
    private var pairs: [(name: String, value: String)] = []

    package init() {}

    package var isEmpty: Bool { pairs.isEmpty }

    /// The value of `{name}`, nil when the pattern has none of that name.
    package subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    mutating func add(_ name: String, _ value: String) { pairs.append((name, value)) }
    mutating func removeLast() { pairs.removeLast() }
}

/// Routes requests to closures. Patterns are `/api/v1/subjects/{id}`; a last `{rest...}` takes all that follows. A literal
/// segment wins over a variable one. What matches no pattern is answered with 404, what matches with another method
/// with 405 and Allow; OPTIONS is answered, and HEAD goes to GET unless it has a route of its own.
package final class HTTPRouter: HTTPHandler {
    package typealias Handler = (HTTPExchange) async -> Void

    private final class Node {
        var literals: [String: Node] = [:]
        var variable: (name: String, node: Node)?
        var rest: (name: String, node: Node)?
        var handlers: [HTTPMethod: Handler] = [:]
    }

    private let root = Node()
    private var fallback: Handler?
    private var refusal: ((HTTPExchange, Failure) async -> HTTPResponse)?

    package init() {}

    /// Routes `method` at `pattern` to a handler that answers through the exchange.
    package func on(_ method: HTTPMethod, _ pattern: String, _ handler: @escaping Handler) {
        precondition(pattern.hasPrefix("/"), "a pattern begins with a slash: \(pattern)")
        var node = root
        for segment in pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            if segment.hasPrefix("{"), segment.hasSuffix("...}") {
                if node.rest == nil { node.rest = (String(segment.dropFirst().dropLast(4)), Node()) }
                node = node.rest?.node ?? node
            } else if segment.hasPrefix("{"), segment.hasSuffix("}") {
                let name = String(segment.dropFirst().dropLast())
                if node.variable == nil { node.variable = (name, Node()) }
                precondition(node.variable?.name == name, "two names for one place in \(pattern)")
                node = node.variable?.node ?? node
            } else {
                let next = node.literals[String(segment)] ?? Node()
                node.literals[String(segment)] = next
                node = next
            }
        }
        precondition(node.handlers[method] == nil, "two routes for \(method) \(pattern)")
        node.handlers[method] = handler
    }

    /// Routes to a function from exchange to answer; a failure it throws is answered as a problem document.
    package func answer(
        _ method: HTTPMethod, _ pattern: String, _ handler: @escaping (HTTPExchange) async throws(Failure) -> HTTPResponse
    ) {
        on(method, pattern) { exchange in
            do throws(Failure) {
                await exchange.respond(try await handler(exchange))
            } catch {
                await exchange.respond(.problem(error, requestID: exchange.requestID.isEmpty ? nil : exchange.requestID))
            }
        }
    }

    /// Takes what matches no pattern, in place of the 404.
    package func otherwise(_ handler: @escaping Handler) { fallback = handler }

    /// Makes the answer to what the router refuses itself (404, 405, a malformed path), in place of the problem document.
    package func refusing(_ answer: @escaping (HTTPExchange, Failure) async -> HTTPResponse) { refusal = answer }

    private func refuse(_ exchange: HTTPExchange, _ failure: Failure) async -> HTTPResponse {
        await refusal?(exchange, failure) ?? .problem(failure)
    }

    package func handle(_ exchange: HTTPExchange) async {
        let path = exchange.head.pathBytes
        guard path.first == 47 else {
            if exchange.head.method == .options { return await exchange.respond(HTTPResponse(status: .noContent)) }
            return await exchange.respond(refuse(exchange, .notFound("address")))
        }
        var segments: [String] = []
        for part in path.dropFirst().split(separator: 47, omittingEmptySubsequences: false) {
            guard let bytes = PercentCoding.decode(part), let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
                return await exchange.respond(refuse(exchange, .invalid(
                    "The path is not valid percent-coded UTF-8.", hint: "Encode every % as %25.", code: "malformed-path")))
            }
            segments.append(text)
        }
        var parameters = PathParameters()
        guard let node = find(root, segments[...], &parameters) else {
            if let fallback { return await fallback(exchange) }
            return await exchange.respond(refuse(exchange, .notFound("address")))
        }
        exchange.parameters = parameters
        let method = exchange.head.method
        if let handler = node.handlers[method] ?? (method == .head ? node.handlers[.get] : nil) {
            return await handler(exchange)
        }
        var allowed = node.handlers.keys.map(\.name)
        if node.handlers[.get] != nil, node.handlers[.head] == nil { allowed.append("HEAD") }
        allowed.append("OPTIONS")
        let allow = allowed.sorted().joined(separator: ", ")
        if method == .options {
            return await exchange.respond(HTTPResponse(status: .noContent, fields: ["Allow": allow]))
        }
        await exchange.respond(refuse(exchange, Failure(
            whose: .client, retry: .never, status: 405, code: "method-not-allowed",
            reason: "\(method) is not offered at this address.", hint: "Use one of \(allow).")).with("Allow", allow))
    }

    private func find(_ node: Node, _ segments: ArraySlice<String>, _ parameters: inout PathParameters) -> Node? {
        guard let first = segments.first else { return node.handlers.isEmpty ? nil : node }
        let remaining = segments.dropFirst()
        if let next = node.literals[first], let found = find(next, remaining, &parameters) { return found }
        if let (name, next) = node.variable, !first.isEmpty {
            parameters.add(name, first)
            if let found = find(next, remaining, &parameters) { return found }
            parameters.removeLast()
        }
        if let (name, next) = node.rest {
            parameters.add(name, segments.joined(separator: "/"))
            return next
        }
        return nil
    }
}
