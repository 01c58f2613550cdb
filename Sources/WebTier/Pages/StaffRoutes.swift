// Pages of staff whose facts management keeps: the texts that went out.
import Control
import Engine
import Nodes
import Pages
import Procedures
import Wire

extension WebHandler {
    func addStaff() {
        page("/design") { request throws(Failure) in
            let viewer = try await request.viewer()
            guard viewer.person.role.isStaff else { throw .forbidden("The design of the portal is described for its builders.", hint: "Everything of yours is in the navigation.") }
            return request.html(DesignPage.html(request.frame("Design", nil, viewer)))
        }
        page("/outbox") { [unowned self] request throws(Failure) in
            let waiting: ShowBackgroundWork.Answer
            do throws(Failure) { waiting = try await request.ask(ShowBackgroundWork()) } catch {
                guard error.status == 403 else { throw error }
                throw .forbidden("Only staff see the texts to technicians.", hint: "Incidents are on the service status page.")
            }
            let json = try await management("/management/outbox?limit=100", request)
            let viewer = request.viewer(waiting.person)
            return request.html(OutboxPage.html(
                request.frame("Outbox", .outbox, viewer), texts(json), mails: mails(json), problems: problems(json), work: work(json) + waiting.items,
                retries: viewer.person.role == .operations, now: .now))
        }
        form("/outbox/retry") { [unowned self] request, _ throws(Failure) in
            guard try await request.viewer().person.role == .operations else { throw .forbidden("Only operations have mails sent again.", hint: "Tell operations what did not arrive.") }
            _ = try await management("/management/mails/retry", request, method: .post)
            return request.redirect("/outbox", notice: .mailsTriedAgain)
        }
    }

    private func problems(_ json: JSON) -> [String] {
        let told = [
            ("mail_problem", "The mail relay does not take mail"), ("effects_problem", "Mail of the portal cannot be asked for"),
            ("storage_problem", "The management node cannot write its database"),
        ]
        return told.compactMap { name, text in json[name]?.string.map { "\(text): \($0)" } }
    }

    private func mails(_ json: JSON) -> [OutboxMail] {
        (json["mails"]?.array ?? []).map { item in
            OutboxMail(
                to: item["to"]?.string ?? "", subject: item["subject"]?.string ?? "", state: item["state"]?.string ?? "",
                tries: Int(item["tries"]?.integer ?? 0), reason: item["reason"]?.string ?? "",
                created: item["created"]?.string.flatMap { Timestamp(iso8601: $0) } ?? Timestamp(),
                nextTry: item["next_try"]?.string.flatMap { Timestamp(iso8601: $0) })
        }
    }

    private func work(_ json: JSON) -> [BackgroundWork] {
        (json["work"]?.array ?? []).compactMap { item in
            guard let kind = item["kind"]?.string.flatMap(BackgroundWork.Kind.init) else { return nil }
            return BackgroundWork(kind, waiting: Int(item["waiting"]?.integer ?? 0), oldest: item["oldest"]?.string.flatMap { Timestamp(iso8601: $0) }, failed: Int(item["failed"]?.integer ?? 0))
        }
    }

    private func texts(_ json: JSON) -> [OutboxText] {
        (json["items"]?.array ?? json.array ?? []).map { item in
            func text(_ names: String...) -> String { names.lazy.compactMap { item[$0]?.string }.first ?? "" }
            return OutboxText(
                to: text("to", "number"), name: text("name", "technician"), body: text("body", "text"), state: text("state"), provider: text("provider"),
                created: Timestamp(iso8601: text("created", "at")) ?? Timestamp())
        }
    }

    /// Asks the management node's private listener.
    func management(_ target: String, _ request: WebRequest, method: HTTPMethod = .get) async throws(Failure) -> JSON {
        guard let management = node.fleet.nodes(of: .management).first else {
            throw .unavailable("There is no management node in the fleet.", after: 30, hint: "Operations: add one to the configuration.")
        }
        let response: HTTPResponse
        let endpoint = try node.endpoint(of: management)
        do throws(HTTPClientFailure) {
            response = try await upstream.send(
                method: method, target: target, fields: ["Accept": "application/json", "X-Request-Id": request.requestID], body: [], to: endpoint,
                timeout: .seconds(5), limit: 4 << 20)
        } catch {
            throw .unavailable("The management node does not answer at the moment (\(error.reason)).", after: 5)
        }
        guard let json = try? JSON.parse(response.body) else { throw .fault("The management node answered in no form that is known.") }
        guard response.status.isSuccess else { throw Failure(json: json) ?? .fault("The management node answered \(response.status.code).") }
        return json
    }
}
