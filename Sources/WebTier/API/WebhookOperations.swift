// Operations of the API: webhooks.
import Engine
import Procedures
import SupportCentre
import Wire

extension APIRoute {
    static func webhooks() -> [APIRoute] {
        let tag = "Webhooks", answer = RecordSchema.of(Webhook.self)
        return [
            APIRoute(.get, "/webhooks", tag: tag, "Your organisation's webhooks, oldest first. For administrators, as everything here.", answer: RecordSchema.of(Listing<Webhook>.self)) { api throws(Failure) in
                APIAnswer(Listing(try await api.call(ListWebhooks()).items))
            },
            APIRoute(
                .post, "/webhooks", tag: tag, "Makes a webhook; its secret is shown this once. Events are \(WebhookEvent.offered.map(\.rawValue).joined(separator: ", ")). Calls are POSTs of JSON, signed by `webhook-id`, `webhook-timestamp` and `webhook-signature` (Standard Webhooks).",
                body: .json(schema(MakeWebhook.self)), status: 201, answer: RecordSchema.of(FreshWebhook.self)
            ) { api throws(Failure) in
                let fresh = try await api.call(try await api.read(MakeWebhook.self))
                return APIAnswer(fresh, location: "/webhooks/\(fresh.webhook.id)")
            },
            APIRoute(.get, "/webhooks/{id}", tag: tag, "One webhook.", answer: answer) { api throws(Failure) in APIAnswer(try await api.call(show(api)).webhook) },
            APIRoute(.patch, "/webhooks/{id}", tag: tag, "Changes what is given; `on` turns it on or off.", body: .json(schema(ChangeWebhook.self, without: ["id"], optional: ["events"])), answer: answer) { api throws(Failure) in
                // Events that are sent are meant; left out they stay.
                APIAnswer(try await api.call(try await api.read(ChangeWebhook.self, path: [("id", .string(api.parameter("id")))]) { members in
                    if !members.contains(where: { $0.0 == "events" }) { members.append(("events", .array([]))) }
                    else if !members.contains(where: { $0.0 == "set_events" }) { members.append(("set_events", true)) }
                }))
            },
            APIRoute(.delete, "/webhooks/{id}", tag: tag, "Removes a webhook with its deliveries.", status: 204) { api throws(Failure) in
                var call = RemoveWebhook()
                call.id = api.parameter("id")
                _ = try await api.call(call)
                return .nothing
            },
            APIRoute(.post, "/webhooks/{id}/secret", tag: tag, "Makes a new secret, shown this once; for a day calls carry a signature by the one before as well.", answer: RecordSchema.of(FreshWebhook.self)) { api throws(Failure) in
                var call = RenewWebhookSecret()
                call.id = api.parameter("id")
                return APIAnswer(try await api.call(call))
            },
            APIRoute(.post, "/webhooks/{id}/pings", tag: tag, "Sends a `ping`.", status: 201, answer: RecordSchema.of(WebhookDelivery.self)) { api throws(Failure) in
                var call = TryWebhook()
                call.id = api.parameter("id")
                return APIAnswer(try await api.call(call), location: "/webhooks/\(call.id)/deliveries")
            },
            APIRoute(.get, "/webhooks/{id}/deliveries", tag: tag, "What was sent in the last 30 days, newest first, and what became of it.", query: paging, answer: RecordSchema.of(Listing<WebhookDelivery>.self)) { api throws(Failure) in
                var call = show(api)
                call.page = try api.page()
                let answer = try await api.call(call)
                return APIAnswer(Listing(answer.deliveries, next: answer.next))
            },
            APIRoute(
                .post, "/webhooks/{id}/repeats", tag: tag, "Sends one delivery again, or without `delivery` every one that failed; says how many.", body: .json(schema(RepeatDeliveries.self, without: ["id"])),
                answer: RecordSchema.of(RepeatDeliveries.Answer.self)
            ) { api throws(Failure) in APIAnswer(try await api.call(try await api.read(RepeatDeliveries.self, path: [("id", .string(api.parameter("id")))]))) },
        ]
    }

    private static func show(_ api: APIRequest) -> ShowWebhook {
        var call = ShowWebhook()
        call.id = api.parameter("id")
        return call
    }
}
