// One API request: who asks by which token, its body as a procedure, its paging.
import Digests
import Engine
import Procedures
import ProcedureClient
import Wire

final class APIRequest {
    let request: WebRequest
    private let route: APIRoute
    /// The bearer token, else the session cookie's.
    let token: String?
    let query: Form
    /// The replay id its writes carry.
    let replay: String?
    /// Whether the answer had been given before to the same Idempotency-Key.
    private(set) var replayed = false
    /// How many requests are left, where they are counted.
    private(set) var allowance: Allowance?
    /// A request counts once, however many procedures it calls.
    private var isCounted = false
    /// The versions `If-Match` names; nil without one, and for `*`.
    private var wanted: [Int]?
    /// The whole list is wanted, in this form.
    private(set) var wholeAs: ListFormat?

    /// Checks what can be checked before the operation runs: token, origin, query, what the client accepts and sends.
    init(_ request: WebRequest, _ route: APIRoute) throws(Failure) {
        (self.request, self.route) = (request, route)
        let fields = request.exchange.head.fields
        query = try request.query()
        if route.whole != nil { wholeAs = try ListFormat.named(in: query) ?? fields["accept"].flatMap(ListFormat.accepted) }
        if let accept = fields["accept"], wholeAs == nil, !Self.accepts(accept, route.answerType) {
            throw Failure(
                whose: .client, retry: .never, status: 406, code: "not-acceptable", reason: "The answer is \(route.answerType), which \"\(accept.prefix(100))\" does not accept.",
                hint: "Send Accept: \(route.answerType), or leave it out.")
        }
        let unsafe = !request.exchange.head.method.isSafe
        if let authorization = fields["authorization"] {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty, parts[1].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .signedOut("The Authorization field holds no bearer token.")
            }
            token = String(parts[1])
        } else {
            token = request.session
            if unsafe { try Self.checkOrigin(request, signedIn: route.signedIn) }
        }
        if route.signedIn, token == nil { throw .signedOut() }
        if unsafe { wanted = try Self.conditions(fields, route) }
        let known = route.parameters.map(\.name)
        if let odd = query.fields.first(where: { !known.contains($0.name) }) {
            throw .invalid(
                "There is no query parameter \"\(odd.name)\" here.", hint: known.isEmpty ? "Leave it out." : "Known are: \(known.joined(separator: ", ")).",
                code: "unknown-parameter", fields: [.init(field: odd.name, reason: "It is not known.", hint: "Leave it out.")])
        }
        if let key = fields["idempotency-key"] {
            guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .invalid("The Idempotency-Key is empty, longer than 200 bytes or holds blanks.", hint: "Send a random text, like a UUID.", code: "malformed-key")
            }
            // The same key on another address is another request.
            let scope = Array("\(request.exchange.head.method) \(request.path)\n\(key)".utf8)
            replay = "key-\(Base64URL.encode(Digest.sha256(scope)))"
        } else {
            replay = request.replay
        }
    }

    /// A session cookie travels by itself, so the request must show that no other site's page sent it.
    private static func checkOrigin(_ request: WebRequest, signedIn: Bool) throws(Failure) {
        let fields = request.exchange.head.fields
        try request.checkSameOrigin()
        guard signedIn, request.session != nil else { return }
        if fields["origin"] != nil || fields["sec-fetch-site"] == "same-origin" { return }
        guard let sent = fields["x-form-token"] else {
            throw Failure(
                whose: .client, retry: .never, status: 403, code: "origin-missing", reason: "A change by session cookie must come with its origin.",
                hint: "Send Origin: \(request.origin), or X-Form-Token, or use a bearer token instead of the cookie.")
        }
        try request.checkFormToken(sent)
    }

    private static func accepts(_ accept: String, _ type: String) -> Bool {
        let family = type.prefix { $0 != "/" } + "/*"
        return accept.split(separator: ",").contains { range in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let name = parts.first, name == "*/*" || name == family || name == type || name == "application/problem+json" else { return false }
            return !parts.dropFirst().contains { $0 == "q=0" || $0 == "q=0.0" }
        }
    }

    // MARK: Conditions

    /// What `If-Match` names, of a request that changes something. A condition that cannot be kept is refused, never left aside.
    private static let unconditional = Failure(
        whose: .client, retry: .never, status: 400, code: "unsupported-condition", reason: "This cannot be made conditional on a version.",
        hint: "Leave If-Match out; If-None-Match and dates are for reading.")

    private static func conditions(_ fields: HTTPFields, _ route: APIRoute) throws(Failure) -> [Int]? {
        if fields.contains("if-none-match") || fields.contains("if-unmodified-since") { throw unconditional }
        let values = fields.values("if-match").map { Array($0.utf8)[...] }
        guard !values.isEmpty else { return nil }
        guard route.isConditional else { throw unconditional }
        switch EntityTagList(values) {
        case .any: return nil
        case .tags(let tags):
            // A tag is the version and a hash of how it was shown, of which clocks are a part: what must not have changed is the version.
            return tags.compactMap { $0.isWeak ? nil : Int(String(decoding: $0.opaque.prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self)) }
        case nil: throw .invalid("If-Match holds no entity tags.", hint: "Send the ETag of an answer, with its quotes.", code: "malformed-condition")
        }
    }

    /// With its tag; to a reader who has it already, without a body.
    func tagged(_ response: HTTPResponse, _ answer: APIAnswer) -> HTTPResponse {
        let hash = Hex.encode(Array(Digest.sha256(answer.bytes).prefix(8)))
        let tag = EntityTag(answer.version.map { "\($0).\(hash)" } ?? hash)
        var response = response
        response.fields.add("ETag", tag.description)
        let head = request.exchange.head
        guard head.method.isSafe else { return response }
        switch Preconditions.verdict(head.method, head.fields, tag: tag, modified: nil) {
        case .proceed: return response
        case .notModified: return HTTPResponse(status: .notModified, fields: HTTPFields([("ETag", tag.description)]))
        case .failed: return HTTPResponse(status: .preconditionFailed, fields: HTTPFields([("ETag", tag.description)]))
        }
    }

    // MARK: Procedures

    func call<P: Procedure>(_ procedure: P) async throws(Failure) -> P.Answer {
        let reply = try await request.handler.procedures.reply(
            to: procedure, session: token, requestID: request.requestID, replay: P.kind == .write ? replay : nil, counts: !isCounted)
        isCounted = true
        if let left = reply.allowance { allowance = left }
        if reply.replayed { replayed = true }
        return reply.answer
    }

    // MARK: Bodies

    static let bodyBytes = 1 << 20

    func body(type: String, limit: Int) async throws(Failure) -> [UInt8] {
        try expect(type: type)
        return try await request.exchange.body(limit: limit)
    }

    /// Refuses a body of another type.
    func expect(type: String) throws(Failure) {
        let sent = request.exchange.head.fields["content-type"] ?? ""
        let name = sent.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        guard name == type else {
            throw Failure(
                whose: .client, retry: .never, status: 415, code: "unsupported-media-type",
                reason: name.isEmpty ? "The request does not say what its body is." : "The body is sent as \(name).", hint: "Send Content-Type: \(type).")
        }
    }

    /// The body as a procedure's arguments; those of the path are added and may not be sent. `complete` adds what may be left out.
    func read<P: Procedure>(_ type: P.Type, path: [(String, JSON)] = [], complete: (inout [(String, JSON)]) -> Void = { _ in }) async throws(Failure) -> P {
        let bytes = try await body(type: "application/json", limit: Self.bodyBytes)
        let json: JSON
        do { json = try JSON.parse(bytes) } catch { throw error.failure }
        guard case .object(var members) = json else {
            throw .invalid("The body must be an object, not \(json.kind).", hint: "Send {\"name\": value, ...}.", code: "malformed-body")
        }
        for (name, value) in path {
            if members.contains(where: { $0.0 == name }) {
                throw .unacceptable([.init(field: name, reason: "\"\(name)\" is given by the address.", hint: "Leave it out of the body.")])
            }
            members.append((name, value))
        }
        if let wanted { try require(wanted, in: &members) }
        complete(&members)
        return try JSONCodec.decode(P.self, from: .object(members))
    }

    /// Puts the version of `If-Match` where the body may say it too.
    private func require(_ wanted: [Int], in members: inout [(String, JSON)]) throws(Failure) {
        if let sent = members.first(where: { $0.0 == "version" })?.1 {
            guard let version = sent.integer, wanted.contains(Int(version)) else {
                throw .unacceptable([.init(field: "version", reason: "The body and If-Match name different versions.", hint: "Send one of them.")])
            }
            return
        }
        // Of several tags one may hold; which is known where the thing is. None that is a version holds never.
        guard let version = wanted.last else {
            throw Failure(whose: .client, retry: .never, status: 412, code: "changed-meanwhile", reason: "No tag in If-Match is one of this portal's.", hint: "Send the ETag of the last answer, with its quotes.")
        }
        guard wanted.count == 1 else { throw .invalid("If-Match names \(wanted.count) versions.", hint: "Send the one ETag you have read.", code: "malformed-condition") }
        members.append(("version", .integer(Int64(version))))
    }

    // MARK: Parameters

    func parameter(_ name: String) -> String { request.parameter(name) }

    func number(_ name: String, of thing: String) throws(Failure) -> Int {
        guard let number = Int(parameter(name)), number > 0 else { throw .notFound(thing) }
        return number
    }

    func page() throws(Failure) -> Page {
        var page = Page(after: query.text("after"), limit: 20)
        if let text = query["limit"] {
            guard let limit = Int(text), limit >= 1 else {
                throw .invalid("limit=\(text) is not a number of items.", hint: "Send a whole number from 1 to 200.", code: "malformed-parameter", fields: [.init(field: "limit", reason: "It is not a whole number from 1.", hint: "Send 1 to 200.")])
            }
            page.limit = min(limit, 200)
        }
        return page
    }

    /// A query parameter that must be one of the words.
    func word<E: RawRepresentable<String> & CaseIterable>(_ name: String, as type: E.Type = E.self) throws(Failure) -> E? {
        guard let text = query.text(name) else { return nil }
        guard let value = E(rawValue: text) else {
            let words = E.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("\(name)=\(text) is not known.", hint: "Use one of: \(words).", code: "malformed-parameter", fields: [.init(field: name, reason: "\"\(text)\" is not known.", hint: "Use one of: \(words).")])
        }
        return value
    }
}
