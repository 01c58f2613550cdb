// Webhooks through the data tier: what is told, to whom, what management is handed, and what its reports lead to.
import Control
import Procedures
import Storage
import SupportCentre
import Testing
import Wire
@testable import DataTier

extension House {
    func webhook(_ events: [WebhookEvent] = WebhookEvent.offered, url: String = "https://hooks.example/fitech", as token: String) async throws -> FreshWebhook {
        var asked = MakeWebhook()
        (asked.url, asked.events, asked.note) = (url, events.map(\.rawValue), "scales")
        return try await call(asked, as: token)
    }

    func calls() async throws -> [WebhookCall] { try await call(PullEffects(), by: .management).calls }

    /// Management tells what became of calls.
    func report(_ calls: [WebhookCall], status: Int?, reason: String = "") async throws {
        var asked = ReportWebhooks()
        asked.items = calls.map { call in
            var outcome = WebhookOutcome()
            (outcome.customer, outcome.id, outcome.at, outcome.status, outcome.reason) = (call.customer, call.id, now, status, reason)
            return outcome
        }
        _ = try await self.call(asked, by: .management)
    }

    func show(_ webhook: String, as token: String) async throws -> ShowWebhook.Answer {
        var asked = ShowWebhook()
        asked.id = webhook
        return try await call(asked, as: token)
    }
}

struct WebhookTests {
    private func types(_ calls: [WebhookCall]) throws -> [String] { try calls.map { try JSON.parse(Array($0.body.utf8))["type"]?.string ?? "" } }

    @Test func `what happens to a customer's tickets, changes, assessments and imports is told once, without names or texts`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let (admin, support) = (tokens["clinic/administrator"]!, tokens["staff/support"]!)
        let hook = try await house.webhook(as: admin)
        #expect(hook.secret.hasPrefix("whsec_") && hook.webhook.state == .on)
        let ticket = try await house.ticket("Zephyrine is locked out", as: admin).number
        var reply = ReplyToTicket()
        (reply.number, reply.body) = (ticket, "Zephyrine may try.")
        _ = try await house.call(reply, as: support)
        (reply.body, reply.internal) = ("Zephyrine is odd.", true)
        _ = try await house.call(reply, as: support)
        let told = try await house.calls()
        #expect(try types(told) == ["ticket.opened", "ticket.replied", "ticket.changed"])
        #expect(told.allSatisfy { $0.customer == "clinic" && $0.url == "https://hooks.example/fitech" && $0.secrets == [hook.secret] && !$0.body.contains("Zephyrine") && $0.body.contains("/api/v1/tickets/\(ticket)") })
        try await house.report(told, status: 200)
        #expect(try await house.calls().isEmpty)

        var subject = AddSubject()
        (subject.reference, subject.name) = ("Z-1", "Zephyrine Ames")
        let id = try await house.call(subject, as: admin).id
        var assess = AddAssessment(), weight = MeasureEntry()
        (weight.code, weight.value) = ("weight", 80.64)
        (assess.subject, assess.measures) = (id, [weight])
        _ = try await house.call(assess, as: admin)
        var run = RunImport()
        (run.fileName, run.bytes) = ("a.csv", Array("reference,weight_kg\nZ-2,80.64\nZ-3,70\n".utf8))
        _ = try await house.call(run, as: admin)
        _ = try await house.change("Zephyrine moves", as: admin)
        let more = try await house.calls()
        #expect(try types(more) == ["assessment.saved", "import.ended", "change.moved"])
        #expect(more.allSatisfy { !$0.body.contains("Zephyrine") && !$0.body.contains("80.64") })
        // As the API knows it: below its subject.
        #expect(more[0].body.contains("/api/v1/subjects/\(id)/assessments/"))
        await house.close()
    }

    @Test func `a webhook hears of its own customer and of the events it asked for alone`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        _ = try await house.webhook([.ticketOpened], as: tokens["clinic/administrator"]!)
        _ = try await house.webhook([.ticketReplied], url: "https://club.example/", as: tokens["club/administrator"]!)
        _ = try await house.ticket("One", as: tokens["clinic/operator"]!)
        _ = try await house.ticket("Two", as: tokens["club/operator"]!)
        #expect(try await house.calls().map(\.customer) == ["clinic"])
        await house.close()
    }

    @Test func `what is not taken is handed out again when its time comes, under the same id, four at a time`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let hook = try await house.webhook([.ticketOpened], as: admin).webhook
        for number in 1...6 { _ = try await house.ticket("Ticket \(number)", as: admin) }
        let first = try await house.calls()
        #expect(first.count == WebhookRows.atOnce)
        // Until it is reported it is handed out: a management node that died made no call anybody knows of.
        #expect(try await house.calls().map(\.id) == first.map(\.id))
        try await house.report(first, status: 503, reason: "it answered 503")
        let second = try await house.calls()
        #expect(second.count == 2)
        try await house.report(second, status: 204)
        #expect(try await house.calls().isEmpty)
        let shown = try await house.show(hook.id, as: admin)
        #expect(shown.webhook.failingSince == nil && shown.webhook.lastDelivered == house.now)
        #expect(shown.deliveries.map(\.state) == [.delivered, .delivered, .waiting, .waiting, .waiting, .waiting])
        #expect(shown.deliveries.last?.reason == "it answered 503" && shown.deliveries.last?.tries == 1)
        house.now = house.now.adding(.seconds(10))
        #expect(Set(try await house.calls().map(\.id)) == Set(first.map(\.id)))
        // A report that comes twice counts once.
        try await house.report(first, status: 200)
        try await house.report(first, status: 500)
        #expect(try await house.show(hook.id, as: admin).deliveries.allSatisfy { $0.state == .delivered })
        await house.close()
    }

    @Test func `a webhook that takes nothing for a day and a half is turned off, its maker is mailed, and by hand it is all sent again`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let hook = try await house.webhook([.ticketOpened], as: admin).webhook
        _ = try await house.ticket("One", as: admin)
        for _ in 0...WebhookVerdict.waits.count {
            let calls = try await house.calls()
            #expect(calls.count == 1)
            try await house.report(calls, status: nil, reason: "nobody there")
            house.now = house.now.adding(.seconds(27 * 3600))
        }
        #expect(try await house.calls().isEmpty)
        let later = try await house.signIn("administrator@clinic.example")
        #expect(try await house.show(hook.id, as: later).webhook.state == .failing)
        let mail = try #require(try await house.mails().first)
        #expect(mail.to == "administrator@clinic.example" && mail.body.contains("https://hooks.example") && !mail.body.contains("/fitech") && mail.body.contains("nobody there"))
        // Off: nothing is written down for it, and nothing can be sent.
        _ = try await house.ticket("Two", as: later)
        var again = RepeatDeliveries()
        again.id = hook.id
        #expect(await failure { _ = try await house.call(again, as: later) }?.code == "webhook-off")
        var turn = ChangeWebhook()
        (turn.id, turn.on) = (hook.id, true)
        #expect(try await house.call(turn, as: later).state == .on)
        #expect(try await house.calls().isEmpty)
        #expect(try await house.call(again, as: later).count == 1)
        #expect(try await house.calls().count == 1)
        await house.close()
    }

    @Test func `one event that is never taken does not stop those that are`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let hook = try await house.webhook([.ticketOpened], as: admin).webhook
        _ = try await house.ticket("Poison", as: admin)
        let poison = try #require(try await house.calls().first)
        for turn in 0...WebhookVerdict.waits.count {
            try await house.report([poison], status: 500, reason: "it answered 500")
            house.now = house.now.adding(.seconds(27 * 3600))
            if turn == 3 {
                _ = try await house.ticket("Fine", as: try await house.signIn("administrator@clinic.example"))
                try await house.report(try await house.calls().filter { $0.id != poison.id }, status: 200)
            }
        }
        let shown = try await house.show(hook.id, as: try await house.signIn("administrator@clinic.example"))
        #expect(shown.webhook.state == .on && shown.deliveries.map(\.state) == [.delivered, .failed])
        await house.close()
    }

    @Test func `410 turns a webhook off at once`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let hook = try await house.webhook([.ticketOpened], as: admin).webhook
        for number in 1...2 { _ = try await house.ticket("Ticket \(number)", as: admin) }
        try await house.report([try await house.calls()[0]], status: 410, reason: "it answered 410")
        let shown = try await house.show(hook.id, as: admin)
        #expect(shown.webhook.state == .gone && shown.deliveries.allSatisfy { $0.state == .failed })
        #expect(try await house.calls().isEmpty)
        await house.close()
    }

    @Test func `a new secret signs at once, the one before for one day more`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let made = try await house.webhook([.ticketOpened], as: admin)
        var renew = RenewWebhookSecret()
        renew.id = made.webhook.id
        let renewed = try await house.call(renew, as: admin, replay: "r1")
        #expect(renewed.secret != made.secret)
        // The answer to a repeat is the same secret: the first may have been lost on its way.
        #expect(try await house.call(renew, as: admin, replay: "r1").secret == renewed.secret)
        _ = try await house.ticket("One", as: admin)
        #expect(try await house.calls().first?.secrets == [renewed.secret, made.secret])
        house.now = house.now.adding(.seconds(86_401))
        #expect(try await house.calls().first?.secrets == [renewed.secret])
        await house.close()
    }

    @Test func `a ping is sent on request, deliveries are listed by pages, and what is a month old goes`() async throws {
        let house = try await House()
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        let hook = try await house.webhook([.exportReady], as: admin).webhook
        var ping = TryWebhook()
        ping.id = hook.id
        for _ in 1...5 { #expect(try await house.call(ping, as: admin).event == .ping) }
        try await house.report(try await house.calls(), status: 200)
        try await house.report(try await house.calls(), status: 200)
        var asked = ShowWebhook(), seen: [String] = []
        (asked.id, asked.page.limit) = (hook.id, 2)
        repeat {
            let answer = try await house.call(asked, as: admin)
            seen += answer.deliveries.map(\.id)
            asked.page.after = answer.next
        } while asked.page.after != nil
        #expect(seen.count == 5 && Set(seen).count == 5)
        // Not even who tried it is told.
        #expect(try await house.show(hook.id, as: admin).deliveries.allSatisfy { !$0.body.contains("administrator") })
        house.now = house.now.adding(.seconds(31 * 86_400))
        let later = try await house.signIn("administrator@clinic.example")
        _ = try await house.call(ping, as: later)
        #expect(try await house.show(hook.id, as: later).deliveries.count == 1)
        await house.close()
    }

    @Test func `a bad address, an unknown event, too many, and somebody else's change are refused with what to do`() async throws {
        let house = try await House { $0.webhooksPerCustomer = 2 }
        let tokens = try await house.everybody()
        let admin = tokens["clinic/administrator"]!
        var bad = MakeWebhook()
        (bad.url, bad.events) = ("http://10.0.0.1/", ["ticket.opened", "everything"])
        let refused = await failure { _ = try await house.call(bad, as: admin) }
        #expect(refused?.fields.map(\.field) == ["url", "events"])
        (bad.url, bad.events) = ("https://ok.example", [])
        #expect(await failure { _ = try await house.call(bad, as: admin) }?.fields.map(\.field) == ["events"])
        let hook = try await house.webhook(as: admin).webhook
        _ = try await house.webhook(as: admin)
        #expect(await failure { _ = try await house.webhook(as: admin) }?.code == "too-many-webhooks")
        var change = ChangeWebhook()
        (change.id, change.version, change.note) = (hook.id, hook.version, "first")
        #expect(try await house.call(change, as: admin).note == "first")
        change.note = "second"
        #expect(await failure { _ = try await house.call(change, as: admin) }?.code == "changed-meanwhile")
        (change.version, change.url) = (nil, "https://user@ok.example")
        #expect(await failure { _ = try await house.call(change, as: admin) }?.fields.map(\.field) == ["url"])
        // Other addresses of one host are told apart, though the audit shows neither path.
        (change.url, change.note) = ("https://hooks.example/other?key=secret", nil)
        #expect(try await house.call(change, as: admin).url == "https://hooks.example/other?key=secret")
        var audit = ListAudit()
        audit.what = "changed a webhook"
        #expect(try await house.call(audit, as: admin).items.allSatisfy { entry in !entry.detail.contains("secret") && entry.changes.allSatisfy { $0.after?.contains("secret") != true } })
        var remove = RemoveWebhook()
        remove.id = hook.id
        _ = try await house.call(remove, as: admin)
        #expect(await failure { _ = try await house.call(remove, as: admin) }?.status == 404)
        await house.close()
    }

    @Test func `an export of the customer holds neither webhooks nor their secrets`() {
        let treatments = ExportPlan.tables.filter { $0.name.hasPrefix("webhook") }
        #expect(treatments.count == 2)
        for (name, treatment) in treatments {
            guard case .leftOut = treatment else { Issue.record("\(name) is taken"); continue }
        }
    }
}
