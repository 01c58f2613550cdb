// What the management node answers: the status for everybody, links for technicians, the rest for staff and operations.
import Control
import Engine
import Nodes
import Pages
import Wire

/// One per loop. Public paths come through the balancers; the others only from nodes and people of this machine.
final class ManagementHandler: HTTPHandler {
    private let node: Node
    private let watch: Watch
    private let router = HTTPRouter()

    init(node: Node, watch: Watch) {
        (self.node, self.watch) = (node, watch)
        addPublic()
        addPrivate()
    }

    func handle(_ exchange: HTTPExchange) async { await router.handle(exchange) }

    // MARK: Public

    private func addPublic() {
        let watch = watch
        router.answer(.get, "/status") { exchange throws(Failure) in try await watch.status().page.answer(to: exchange.head) }
        router.answer(.get, "/api/v1/status") { exchange throws(Failure) in try await watch.status().document.answer(to: exchange.head) }
        router.on(.get, "/i/{token}") { await Self.link(watch, $0) }
        router.on(.post, "/i/{token}") { await Self.acknowledge(watch, $0) }
    }

    private static func protect(_ response: inout HTTPResponse) {
        for (name, value) in ServedStatus.protection { response.fields.add(name, value) }
    }

    /// Shows an incident; changes nothing, because phones and message filters open links by themselves. Receipts of
    /// providers come this way too, told apart by what their token is signed for.
    private static func link(_ watch: Watch, _ exchange: HTTPExchange) async {
        let token = exchange.parameters["token"] ?? ""
        if let text = watch.receiptText(token) {
            let form = try? Form(query: exchange.head.query)
            if let code = form?["d"].flatMap({ Int($0) }) { await watch.receipt(text: text, code: code) }
            return await exchange.respond(HTTPResponse(status: .noContent))
        }
        do throws(Failure) {
            let shown = try await watch.behind(token)
            var response = HTTPResponse.html(
                IncidentPage.html(shown.incidents, technician: shown.technician, here: "/i/" + token, everything: shown.everything).bytes)
            protect(&response)
            response.fields.add("Cache-Control", "no-store")
            await exchange.respond(response)
        } catch { await refuse(error, exchange) }
    }

    private static func acknowledge(_ watch: Watch, _ exchange: HTTPExchange) async {
        let token = exchange.parameters["token"] ?? ""
        do throws(Failure) {
            try await watch.acknowledge(link: token)
            await exchange.respond(HTTPResponse.redirect("/i/" + PercentCoding.encode(token)).with("Cache-Control", "no-store"))
        } catch { await refuse(error, exchange) }
    }

    private static func refuse(_ failure: Failure, _ exchange: HTTPExchange) async {
        guard exchange.head.fields["accept"]?.contains("text/html") == true else { return await exchange.respond(.problem(failure)) }
        var frame = Frame(title: "Not available")
        frame.standalone = true
        var response = HTTPResponse.html(ErrorPage.html(frame, failure).bytes, status: HTTPStatus(failure.status))
        protect(&response)
        await exchange.respond(response)
    }

    // MARK: Private

    /// Web nodes ask for staff's pages; operations are the supervisor, `fitech-ctl` and the owner's own curl.
    private func answer(_ method: HTTPMethod, _ pattern: String, _ handler: @escaping (HTTPExchange) async throws(Failure) -> JSON) {
        let node = node
        router.answer(method, pattern) { exchange throws(Failure) in
            let role = node.identity(of: exchange)?.role
            guard exchange.head.fields["x-forwarded-for"] == nil, ["web", "operations", "management"].contains(role) else {
                throw .forbidden("This is not for the public.", hint: "Use fitech-ctl, or the pages for staff.")
            }
            return .json(try await handler(exchange))
        }
    }

    private func addPrivate() {
        let watch = watch
        answer(.get, "/management/technicians") { _ throws(Failure) in await watch.technicianList() }
        answer(.post, "/management/technicians") { exchange throws(Failure) in
            try await watch.addTechnician(try await Self.body(exchange))
        }
        answer(.post, "/management/technicians/{name}/test") { exchange throws(Failure) in
            try await watch.testTechnician(exchange.parameters["name"] ?? "")
        }
        answer(.get, "/management/on-call") { exchange throws(Failure) in
            try await watch.onCall(at: try Self.query(exchange)["at"])
        }
        answer(.get, "/management/incidents") { exchange throws(Failure) in
            try await watch.incidentList(limit: try Self.limit(exchange))
        }
        answer(.post, "/management/incidents/{id}/ack") { exchange throws(Failure) in
            let name = try await Self.body(exchange)["by"]?.string
            return try await watch.acknowledge(named: exchange.parameters["id"] ?? "", by: name)
        }
        answer(.get, "/management/maintenance") { _ throws(Failure) in await watch.maintenanceList() }
        answer(.post, "/management/maintenance") { exchange throws(Failure) in try await watch.addMaintenance(try await Self.body(exchange)) }
        answer(.post, "/management/maintenance/{id}/cancel") { exchange throws(Failure) in
            try await watch.cancelMaintenance(exchange.parameters["id"] ?? "")
        }
        answer(.get, "/management/balancers") { _ throws(Failure) in await watch.balancers() }
        answer(.get, "/management/outbox") { exchange throws(Failure) in
            try await watch.outbox(limit: try Self.limit(exchange))
        }
        answer(.post, "/management/mails/retry") { _ throws(Failure) in try await watch.retryMails() }
        answer(.get, "/management/probes") { _ throws(Failure) in await watch.probeList() }
    }

    private static func query(_ exchange: HTTPExchange) throws(Failure) -> Form {
        do throws(FormError) { return try Form(query: exchange.head.query) } catch {
            throw .invalid("The query cannot be read: \(error.reason).", hint: error.hint)
        }
    }

    private static func limit(_ exchange: HTTPExchange) throws(Failure) -> Int {
        guard let text = try query(exchange)["limit"] else { return 20 }
        guard let limit = Int(text), limit >= 1 else {
            throw .invalid("`\(text)` is no number of rows.", hint: "Use a limit of 1 to 200.", code: "wrong-limit")
        }
        return min(limit, 200)
    }

    private static func body(_ exchange: HTTPExchange) async throws(Failure) -> JSON {
        let bytes = try await exchange.body(limit: 64 * 1024)
        guard !bytes.isEmpty else { return .object([]) }
        do { return try JSON.parse(bytes) } catch { throw error.failure }
    }
}
