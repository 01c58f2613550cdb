// One per loop: routes requests, and turns every failure into a page that helps or a problem document.
import Control
import Engine
import Logging
import Nodes
import Pages
import Passkeys
import ProcedureClient
import Procedures
import Wire

final class WebHandler: HTTPHandler {
    let node: Node
    let loop: EventLoop
    let procedures: ProcedureClient
    let router = HTTPRouter()
    let upstream: HTTPClient
    let live: LiveHub
    /// Which pages of ours may use passkeys.
    let passkeyOrigins: PasskeyOrigins
    /// What `supportDesk` remembers.
    var deskOfMinute: (minute: Int64, desk: SupportDesk)?

    typealias MakePage = (WebRequest) async throws(Failure) -> HTTPResponse
    typealias Submission = (WebRequest, Form) async throws(Failure) -> HTTPResponse

    init(node: Node, loop: isolated EventLoop) {
        self.node = node
        self.loop = loop
        procedures = ProcedureClient(node: node, loop: loop)
        upstream = HTTPClient(loop: loop)
        let configuration = node.configuration
        passkeyOrigins = PasskeyOrigins(name: configuration.name, aliases: configuration.aliases, publicURL: PublicURL.of(configuration))
        live = LiveHub(node: node, loop: loop)
        addAssets()
        addSigningIn()
        addHome()
        addSubjects()
        addDataProtection()
        addAssessments()
        addImports()
        addTickets()
        addLive()
        addTicketConversations()
        addTicketsTogether()
        addCannedReplies()
        addBin()
        addCustomers()
        addTicketViews()
        addAttachments()
        addRatings()
        addChanges()
        addAnnouncements()
        addSearch()
        addCommunity()
        addWebhooks()
        addBranding()
        addReports()
        addPeople()
        addAccount()
        addPasskeys()
        addAudit()
        addStaff()
        addLists()
        addExports()
        addBalancing()
        addAPI()
        addOperations()
        router.refusing { [unowned self] exchange, failure in await refused(exchange, failure) }
    }

    func handle(_ exchange: HTTPExchange) async { await router.handle(exchange) }

    // MARK: Pages

    /// A page: safe, answers HTML. Who is not signed in is sent to sign in and comes back.
    func page(_ path: String, _ make: @escaping MakePage) {
        router.on(.get, path) { [unowned self] exchange in
            let request = WebRequest(exchange, self)
            let response: HTTPResponse
            do throws(Failure) { response = try await make(request) } catch {
                if let elsewhere = request.diverted(error, afterForm: false) {
                    response = elsewhere
                } else {
                    response = await errorPage(request, error)
                }
            }
            await exchange.respond(request.finished(response))
        }
    }

    /// A form sent by a page: checked to come from a page of ours before anything is done.
    func form(_ path: String, limits: FormLimits = FormLimits(), bodyLimit: Int = 256 * 1024, _ take: @escaping Submission) {
        router.on(.post, path) { [unowned self] exchange in
            let request = WebRequest(exchange, self)
            let response: HTTPResponse
            do throws(Failure) {
                try request.checkSameOrigin()
                let body = try await exchange.body(limit: bodyLimit)
                let form: Form
                do throws(FormError) {
                    form = try Form(body: body, contentType: exchange.head.fields["content-type"], limits: limits)
                } catch {
                    throw Failure(whose: .client, retry: .never, status: error.status, code: "malformed-form", reason: error.reason, hint: error.hint)
                }
                try request.checkFormToken(form["form_token"])
                response = try await take(request, form)
            } catch {
                if let elsewhere = request.diverted(error, afterForm: true) {
                    response = elsewhere
                } else {
                    response = await errorPage(request, error)
                }
            }
            await exchange.respond(request.finished(response))
        }
    }

    /// What no route takes.
    private func refused(_ exchange: HTTPExchange, _ failure: Failure) async -> HTTPResponse {
        let request = WebRequest(exchange, self)
        if exchange.head.path.hasPrefix("/api/") {
            var failure = failure
            if failure.status == 404 { failure.hint = "Every address is described at /api/v1/openapi.json." }
            return request.secured(.problem(failure, requestID: request.requestID), html: false)
        }
        return await request.finished(errorPage(request, failure))
    }

    func errorPage(_ request: WebRequest, _ failure: Failure) async -> HTTPResponse {
        if request.prefersJSON { return .problem(failure, requestID: request.requestID) }
        var frame = Frame(title: "\(failure.status)")
        // The navigation is worth a call only when the data tier is likely to answer.
        if failure.status < 500, request.session != nil, let viewer = try? await request.viewer() { frame.viewer = viewer }
        var response = request.html(ErrorPage.html(request.complete(frame), failure), status: failure.status)
        if let seconds = failure.retryAfter { response.fields.add("Retry-After", "\(seconds)") }
        if failure.status >= 500 { node.log.warning("\(failure.code): \(failure.reason)", metadata: ["request": .string(request.requestID)]) }
        return response
    }
}
