// Webhooks for a customer's administrator: which programs are told of what, how that goes, and a secret shown once.
import Procedures
import SupportCentre
import Wire

package enum WebhookListPage {
    package static func html(_ frame: Frame, _ answer: ListWebhooks.Answer) -> HTML {
        let make = Component.link("New webhook", to: "/webhooks/new", icon: .plus, style: "primary")
        let rows = answer.items.map { hook -> [HTML] in
            [
                "<span><a href=\"/webhooks/\(segment: hook.id)\">\(hook.note.isEmpty ? hook.url : hook.note)</a>\(hook.note.isEmpty ? .empty : "<br><span class=\"note\">\(hook.url)</span>" as HTML)</span>",
                WebhookMarks.state(hook), WebhookMarks.events(hook.events), hook.lastDelivered.map { "<span class=\"note\">\(.time($0))</span>" } ?? "<span class=\"note\">Never</span>",
            ]
        }
        let list: HTML = rows.isEmpty
            ? Component.empty(.pulse, "No webhooks", "A webhook tells a program of yours at once when something happens: a ticket is answered, an assessment is saved.", actions: [make])
            : "<div id=\"webhooks\">\(Component.table(caption: "Webhooks", columns: [.init("Webhook"), .init("State"), .init("Told of"), .init("Last delivered")], rows: rows))</div>"
        return Layout.page(frame, """
            \(Component.crumbs([("People", "/people")], here: "Webhooks"))
            \(Component.header("Webhooks", lead: "Programs of yours that are told at once when something happens.", actions: rows.isEmpty ? [] : [make]))
            \(Component.card(nil, flush: true, list))
            """)
    }
}

package enum WebhookFormPage {
    /// - Parameter hook: nil for a new one.
    package static func html(_ frame: Frame, _ hook: Webhook?, entered: Entered = .nothing) -> HTML {
        let title = hook == nil ? "New webhook" : "Change the webhook"
        let trail: [(name: String, path: HTML)] = [("Webhooks", "/webhooks")] + (hook.map { [(name: $0.note.isEmpty ? $0.url : $0.note, path: "/webhooks/\(segment: $0.id)" as HTML)] } ?? [])
        let chosen = Set(entered.form.fields.isEmpty ? hook?.events ?? [] : entered.form.fields.filter { $0.name == "events" }.map(\.value))
        let events = WebhookEvent.offered.map { event -> HTML in
            "<label class=\"choice\"><input type=\"checkbox\" name=\"events\" value=\"\(event.rawValue)\"\(" checked", if: chosen.contains(event.rawValue))><span><b>\(event.explained)</b><code>\(event.rawValue)</code></span></label>"
        }
        let problem: HTML = entered.problem("events").map { "<span class=\"problem\" id=\"p-events\">\($0.reason.sentence)</span>" } ?? .empty
        return Layout.page(frame, """
            \(Component.crumbs(trail, here: title))\(Component.header(title, lead: "Each event is sent by POST as JSON, signed with a secret of this webhook alone. What is not taken is tried again for a day and a half."))\(entered.summary)
            \(Component.card(nil, """
            <form class="form" method="post" action="\(hook.map { "/webhooks/\(segment: $0.id)/edit" as HTML } ?? "/webhooks/new")">\(frame.token)\(hook.map { "<input type=\"hidden\" name=\"version\" value=\"\($0.version)\">" as HTML })
            \(FormField("url", "Address", value: hook?.url ?? "", hint: "Begins with https://, like <code>https://example.com/fitech</code>. It must answer within 15 seconds, with any 2xx.", longest: WebhookAddress.longest).filled(entered))
            \(FormField("note", "What it is for", value: hook?.note ?? "", required: false, longest: 200).filled(entered))
            <fieldset class="choices" id="f-events"\(" aria-describedby=\"p-events\"", if: !problem.isEmpty)><legend class="legend">Told when</legend>\(problem)\(events)</fieldset>
            <div class="actions">\(Component.button(hook == nil ? "Make the webhook" : "Save"))\(Component.link("Cancel", to: hook.map { "/webhooks/\(segment: $0.id)" } ?? "/webhooks"))</div></form>
            """ as HTML))
            """)
    }
}

package enum WebhookSecretPage {
    package static func html(_ frame: Frame, _ fresh: FreshWebhook, renewed: Bool) -> HTML {
        let hook = fresh.webhook
        let until: HTML = renewed ? hook.formerSecretUntil.map { "<p>Until \(.time($0)) every call is signed with the former secret as well, so that you can change over without losing one.</p>" } ?? .empty : .empty
        return Layout.page(frame, """
            \(Component.crumbs([("Webhooks", "/webhooks")], here: "Secret"))\(Component.header(renewed ? "The new secret" : "The webhook is on", lead: "Give this secret to the program at \(hook.url). It is not shown again."))
            \(Component.card(nil, """
            <p class="once"><code id="secret">\(fresh.secret)</code></p>\(until)
            <h2>How a program checks a call</h2>
            <ol class="walk"><li>Take <code>webhook-id</code>, <code>webhook-timestamp</code> and the body as it came, and join them with full stops.</li>
            <li>Make their HMAC-SHA256 with the secret: what stands behind <code>whsec_</code> is the key in base64.</li>
            <li>One of the signatures in <code>webhook-signature</code> must be <code>v1,</code> and that in base64, and the time no more than five minutes away.</li>
            <li>Answer 2xx. The same <code>webhook-id</code> may come twice; do it once.</li></ol>
            <p class="note">This is the Standard Webhooks scheme: libraries for most languages do it for you.</p>
            <div class="actions">\(Component.link("I have kept it", to: "/webhooks/\(segment: hook.id)", style: "primary"))</div>
            """ as HTML))
            """)
    }
}

package enum WebhookPage {
    package static func html(_ frame: Frame, _ answer: ShowWebhook.Answer, first: Bool, entered: Entered = .nothing) -> HTML {
        let hook = answer.webhook
        let rows = answer.deliveries.map { delivery($0, of: hook, frame) }
        let list: HTML = rows.isEmpty
            ? Component.empty(.pulse, "Nothing sent yet", "What was sent in the last 30 days, and what became of it, will be here.")
            : "<div id=\"deliveries\">\(Component.table(caption: "Deliveries", columns: [.init("Event"), .init("State"), .init("Attempts", numeric: true), .init("Last answer"), .init("Actions")], rows: rows))</div>"
        let failed: HTML = hook.state == .on && answer.deliveries.contains { $0.state == .failed }
            ? "<form method=\"post\" action=\"/webhooks/\(segment: hook.id)/repeat\">\(frame.token)<button class=\"button small\">Send all that failed again</button></form>" : .empty
        return Layout.page(frame, """
            \(Component.crumbs([("Webhooks", "/webhooks")], here: hook.note.isEmpty ? hook.url : hook.note))
            \(Component.header(hook.note.isEmpty ? "Webhook" : hook.note, lead: "\(hook.url)", actions: [Component.link("Change", to: "/webhooks/\(segment: hook.id)/edit")]))\(entered.summary)
            \(warning(hook))
            <div class="stack">\(Component.card("Settings", footer: actions(hook, frame), Component.facts([
                ("State", WebhookMarks.state(hook)), ("Told of", WebhookMarks.events(hook.events)), ("Made", "\(.time(hook.created)) by \(hook.by)"),
                ("Last delivered", hook.lastDelivered.map { .time($0) } ?? "Never"),
            ] + (hook.formerSecretUntil.map { $0 > answer.asOf ? [("Former secret", "signs too until \(.time($0))" as HTML)] : [] } ?? []))))
            \(Component.card("Deliveries", link: failed, flush: true, list))
            \(Component.pager(shown: "\(answer.deliveries.count) on this page", first: first ? nil : "/webhooks/\(segment: hook.id)", next: answer.next.map { "/webhooks/\(segment: hook.id)?after=\(segment: $0)" }))</div>
            """)
    }

    private static func warning(_ hook: Webhook) -> HTML {
        switch hook.state {
        case .on: hook.failingSince.map { Component.banner(.fair, "<p>Nothing was taken since \(.time($0)). It is tried again by and by; below is what it answered.</p>") } ?? .empty
        case .off: Component.banner(.info, "<p>It is off: nothing is sent, and what happens meanwhile is not told later.</p>")
        case .failing: Component.banner(.poor, "<p>It was turned off: nothing was taken for a day and a half. Mend the program, turn it on, then send again what failed.</p>")
        case .gone: Component.banner(.poor, "<p>It was turned off: the program answered 410, which says that it is gone for good.</p>")
        }
    }

    private static func actions(_ hook: Webhook, _ frame: Frame) -> HTML {
        func form(_ path: StaticString, _ button: HTML, _ more: HTML = .empty, ask: HTML = .empty) -> HTML {
            "<form method=\"post\" action=\"/webhooks/\(segment: hook.id)/\(raw: path)\"\(ask.isEmpty ? .empty : " data-confirm=\"\(ask)\"" as HTML)>\(frame.token)\(more)\(button)</form>"
        }
        let ping = hook.state == .on ? form("try", "<button class=\"button\">Send a ping</button>") : .empty
        let turn = hook.state == .on
            ? form("state", "<button class=\"button\">Turn off</button>", "<input type=\"hidden\" name=\"on\" value=\"no\">")
            : form("state", "<button class=\"button primary\">Turn on</button>", "<input type=\"hidden\" name=\"on\" value=\"yes\">")
        return """
            <div class="actions">\(ping)\(turn)\(form("secret", "<button class=\"button\">New secret</button>", ask: "Make a new secret? The present one signs for one more day."))\(form("remove", "<button class=\"button danger\">Remove</button>", ask: "Remove this webhook and all its deliveries?"))</div>
            """
    }

    private static func delivery(_ one: WebhookDelivery, of hook: Webhook, _ frame: Frame) -> [HTML] {
        let state: HTML = switch one.state {
        case .delivered: Component.badge("Delivered", .good)
        case .failed: Component.badge("Failed", .poor)
        case .waiting: Component.badge(one.tries == 0 ? "On its way" : "Tried again", .fair)
        }
        let next: HTML = one.tries > 0 ? one.due.map { "<br><span class=\"note\">next \(.time($0))</span>" } ?? .empty : .empty
        let answer: HTML = one.reason.isEmpty ? one.status.map { "\($0)" } ?? "<span class=\"note\">None yet</span>" : "\(one.reason.sentence)"
        let when: HTML = one.at.map { "<br><span class=\"note\">\(.time($0))</span>" } ?? .empty
        let again: HTML = hook.state == .on && one.state != .waiting
            ? "<form method=\"post\" action=\"/webhooks/\(segment: hook.id)/repeat\">\(frame.token)<input type=\"hidden\" name=\"delivery\" value=\"\(one.id)\"><button class=\"button small\">Send again<span class=\"visually-hidden\"> \(one.id)</span></button></form>" : .empty
        return [
            "<span><code>\(one.event.rawValue)</code><br><span class=\"note\">\(.time(one.created))</span><details><summary>What is sent</summary><p class=\"note\"><code>\(one.id)</code></p><p class=\"sent\"><code>\(one.body)</code></p></details></span>",
            "<span>\(state)\(next)</span>", "\(one.tries)", "<span>\(answer)\(when)</span>", again,
        ]
    }
}

enum WebhookMarks {
    static func state(_ hook: Webhook) -> HTML {
        switch hook.state {
        case .on: hook.failingSince == nil ? Component.badge("On", .good) : Component.badge("Not taken", .fair)
        case .off: Component.badge("Off", .plain)
        case .failing: Component.badge("Turned off: failing", .poor)
        case .gone: Component.badge("Turned off: gone", .poor)
        }
    }

    static func events(_ events: [String]) -> HTML { "<span>\(events.map { "<code>\($0)</code>" as HTML }.joined(" "))</span>" }
}
