// Webhooks of a customer, for its administrators.
import Engine
import Pages
import ProcedureClient
import Procedures
import Wire

extension WebHandler {
    func addWebhooks() {
        page("/webhooks") { request throws(Failure) in
            let answer = try await request.ask(ListWebhooks())
            return request.html(WebhookListPage.html(request.frame("Webhooks", .people, request.viewer(answer.person)), answer))
        }
        page("/webhooks/new") { request throws(Failure) in
            // Asked so that who may not is told at once, not after filling in the form.
            let answer = try await request.ask(ListWebhooks())
            return request.html(WebhookFormPage.html(request.frame("New webhook", .people, request.viewer(answer.person)), nil))
        }
        form("/webhooks/new") { request, form throws(Failure) in
            var call = MakeWebhook()
            (call.url, call.note, call.events) = (form["url"] ?? "", form.text("note"), Self.events(form))
            do throws(Failure) {
                return try await Self.secret(request, try await request.ask(call), renewed: false)
            } catch {
                guard error.belongsToForm else { throw error }
                return request.html(WebhookFormPage.html(request.frame("New webhook", .people, try await request.viewer()), nil, entered: Entered(form, error)), status: error.status)
            }
        }
        page("/webhooks/{id}") { request throws(Failure) in try await Self.webhook(request, .nothing, status: 200) }
        page("/webhooks/{id}/edit") { request throws(Failure) in
            let answer = try await request.ask(Self.asked(request))
            return request.html(WebhookFormPage.html(request.frame("Change the webhook", .people, request.viewer(answer.person)), answer.webhook))
        }
        form("/webhooks/{id}/edit") { request, form throws(Failure) in
            var call = ChangeWebhook()
            (call.id, call.url, call.note, call.events, call.version) = (request.parameter("id"), form["url"] ?? "", form["note"] ?? "", Self.events(form), form["version"].flatMap { Int($0) })
            call.setEvents = true
            do throws(Failure) {
                _ = try await request.ask(call)
                return request.redirect("/webhooks/\(call.id)", notice: .webhookSaved)
            } catch {
                guard error.belongsToForm else { throw error }
                let answer = try await request.ask(Self.asked(request))
                return request.html(WebhookFormPage.html(request.frame("Change the webhook", .people, request.viewer(answer.person)), answer.webhook, entered: Entered(form, error)), status: error.status)
            }
        }
        form("/webhooks/{id}/secret") { request, _ throws(Failure) in
            var call = RenewWebhookSecret()
            call.id = request.parameter("id")
            return try await Self.secret(request, try await request.ask(call), renewed: true)
        }
        form("/webhooks/{id}/state") { request, form throws(Failure) in
            var call = ChangeWebhook()
            (call.id, call.on) = (request.parameter("id"), form["on"] == "yes")
            return try await Self.act(request, form, call, .webhookSaved)
        }
        form("/webhooks/{id}/try") { request, form throws(Failure) in
            var call = TryWebhook()
            call.id = request.parameter("id")
            return try await Self.act(request, form, call, .webhookTried)
        }
        form("/webhooks/{id}/repeat") { request, form throws(Failure) in
            var call = RepeatDeliveries()
            (call.id, call.delivery) = (request.parameter("id"), form.text("delivery"))
            return try await Self.act(request, form, call, .webhookRepeated)
        }
        form("/webhooks/{id}/remove") { request, _ throws(Failure) in
            var call = RemoveWebhook()
            call.id = request.parameter("id")
            // One that is gone already is gone as wanted.
            do throws(Failure) { _ = try await request.ask(call) } catch { if error.status != 404 { throw error } }
            return request.redirect("/webhooks", notice: .webhookRemoved)
        }
    }

    private static func events(_ form: Form) -> [String] { form.fields.filter { $0.name == "events" }.map(\.value) }

    private static func asked(_ request: WebRequest) throws(Failure) -> ShowWebhook {
        var call = ShowWebhook()
        call.id = request.parameter("id")
        call.page = Page(after: try request.query().text("after"), limit: 20)
        return call
    }

    private static func webhook(_ request: WebRequest, _ entered: Entered, status: Int) async throws(Failure) -> HTTPResponse {
        let call = try asked(request), answer = try await request.ask(call)
        return request.html(WebhookPage.html(request.frame("Webhook", .people, request.viewer(answer.person)), answer, first: call.page.after == nil, entered: entered), status: status)
    }

    private static func secret(_ request: WebRequest, _ fresh: FreshWebhook, renewed: Bool) async throws(Failure) -> HTTPResponse {
        request.html(WebhookSecretPage.html(request.frame("Secret", .people, try await request.viewer()), fresh, renewed: renewed), status: renewed ? 200 : 201)
    }

    private static func act(_ request: WebRequest, _ form: Form, _ call: some Procedure, _ notice: NoticeCode) async throws(Failure) -> HTTPResponse {
        do throws(Failure) {
            _ = try await request.ask(call)
            return request.redirect("/webhooks/\(request.parameter("id"))", notice: notice)
        } catch {
            guard error.belongsToForm else { throw error }
            return try await webhook(request, Entered(form, error), status: error.status)
        }
    }
}
