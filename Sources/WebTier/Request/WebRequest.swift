// One request as the routes see it: who asks by which session, how to call procedures for them, how to answer.
import Digests
import Engine
import Pages
import ProcedureClient
import Procedures
import Wire

/// Lives as long as its exchange, on its loop.
final class WebRequest {
    static let sessionCookie = "__Host-fitech-session"
    static let formCookie = "__Host-fitech-form"
    static let themeCookie = "__Host-fitech-theme"
    static let noticeCookie = "__Host-fitech-notice"

    let exchange: HTTPExchange
    let handler: WebHandler
    let cookies: Cookies
    /// The token of the session cookie, as sent; the data tier decides what it is worth.
    var session: String?
    let requestID: String
    /// The balancer's id of this unsafe request: what it causes takes effect once.
    let replay: String?
    var setCookies: [SetCookie] = []
    /// Of the person whose page this is.
    private(set) var branding: Branding?
    private var mintedFormKey: String?
    /// What this request has asked of the data tier so far, and since when: told to staff, so that a page that becomes slow is seen.
    private(set) var questions = 0
    let began = ContinuousClock.now

    init(_ exchange: HTTPExchange, _ handler: WebHandler) {
        self.exchange = exchange
        self.handler = handler
        let fields = exchange.head.fields
        cookies = Cookies(fields.values("cookie"))
        let token = cookies[Self.sessionCookie]
        session = token?.isEmpty == true ? nil : token
        requestID = fields["x-request-id"] ?? Identifier.make()
        replay = fields[ProcedureField.replay]
        exchange.requestID = requestID
    }

    // MARK: What was asked

    var path: String { exchange.head.path }
    func parameter(_ name: String) -> String { exchange.parameters[name] ?? "" }

    /// The query as a form. A broken one is refused.
    func query() throws(Failure) -> Form {
        do throws(FormError) { return try Form(query: exchange.head.query) } catch {
            throw .invalid("The query of the address cannot be read: \(error.reason).", hint: error.hint)
        }
    }

    /// `https://host`: what browsers call the origin of our pages.
    var origin: String {
        let fields = exchange.head.fields
        return "\(fields["x-forwarded-proto"] ?? "https")://\(fields["x-forwarded-host"] ?? exchange.head.authority ?? "localhost")"
    }

    /// The customer's address as the balancer saw it.
    var address: String { fieldsLastForwarded ?? exchange.peer.address }
    private var fieldsLastForwarded: String? {
        exchange.head.fields["x-forwarded-for"].map { String($0.split(separator: ",").last?.drop { $0 == " " } ?? "") }
    }

    /// The device in a few words.
    var device: String { UserAgent.words(of: exchange.head.fields["user-agent"]) }

    /// Programs that ask a page's address for JSON get errors as JSON.
    var prefersJSON: Bool {
        guard let accept = exchange.head.fields["accept"] else { return false }
        return accept.contains("json") && !accept.contains("text/html")
    }

    // MARK: Procedures

    func call<P: Procedure>(_ procedure: P) async throws(Failure) -> P.Answer {
        questions += 1
        return try await handler.procedures.call(procedure, session: session, requestID: requestID, replay: replay)
    }

    /// The same for a page that needs somebody signed in: without a session nobody has to be asked.
    func ask<P: Procedure>(_ procedure: P) async throws(Failure) -> P.Answer {
        guard session != nil else { throw .signedOut() }
        return try await call(procedure)
    }

    func viewer() async throws(Failure) -> Viewer { viewer(try await ask(WhoAmI())) }
    func viewer(_ person: Person) -> Viewer {
        branding = person.branding
        return Viewer(person, formToken: formToken)
    }

    // MARK: Forms

    /// What form tokens are made of: the session, else a random cookie of the browser. The token in the form proves that
    /// whoever sends it has read a page of ours; another site can send the cookie but not read it.
    private var formKey: String {
        if let session { return session }
        if let cookie = cookies[Self.formCookie], cookie.utf8.count >= 32 { return cookie }
        if let mintedFormKey { return mintedFormKey }
        let minted = RandomBytes.token(bytes: 32)
        mintedFormKey = minted
        setCookies.append(SetCookie(name: Self.formCookie, value: minted))
        return minted
    }

    var formToken: String { Self.formToken(of: formKey) }

    static func formToken(of key: String) -> String { Base64URL.encode(Digest.hmacSHA256(key: Array(key.utf8), Array("form".utf8))) }

    func checkFormToken(_ sent: String?) throws(Failure) {
        let known = session != nil || cookies[Self.formCookie] != nil
        guard known, let sent, Digest.constantTimeEqual(Array(sent.utf8), Array(formToken.utf8)) else {
            throw Failure(
                whose: .client, retry: .never, status: 403, code: "form-token",
                reason: known ? "This form belongs to an earlier sign-in." : "The browser did not send the cookie that belongs to this form.",
                hint: "Open the page again and send the form once more; cookies must be allowed.")
        }
    }

    /// Browsers say where a request comes from; another site's is refused before its body is read.
    func checkSameOrigin() throws(Failure) {
        let fields = exchange.head.fields
        if let site = fields["sec-fetch-site"], site != "same-origin", site != "none" { throw .crossSite }
        if let sent = fields["origin"], sent != origin { throw .crossSite }
    }
}

extension Failure {
    static let crossSite = Failure(
        whose: .client, retry: .never, status: 403, code: "cross-site", reason: "This request comes from another site's page.",
        hint: "Open Fitech itself and do it there.")
}
