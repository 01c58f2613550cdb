// What the fake data node knows of an organisation's own settings: its look, its webhooks.
import Procedures
import SupportCentre
import Wire

extension FakeData {
    static let webhook: Webhook = {
        var hook = Webhook()
        (hook.id, hook.url, hook.events, hook.note, hook.version) = ("w1", "https://hooks.example/" + nasty, ["ticket.opened"], nasty, 2)
        return hook
    }()
    static let freshWebhook: FreshWebhook = {
        var fresh = FreshWebhook()
        (fresh.webhook, fresh.secret) = (webhook, "whsec_c2VjcmV0")
        return fresh
    }()

    /// Nil for what is of another kind.
    func organisation(_ name: String, _ body: [UInt8]) throws(Failure) -> [UInt8]? {
        switch name {
        case ShowBranding.name:
            var answer = ShowBranding.Answer()
            (answer.branding.colour, answer.branding.logo) = ("#7a1f5c", "abc")
            answer.person = Self.person
            answer.person.branding = answer.branding
            return CompactCodec.encode(answer)
        case SetBranding.name:
            let colour = try CompactCodec.decode(SetBranding.self, from: body).colour
            throw .unacceptable([.init(field: "colour", reason: "\"\(colour)\" is no colour.", hint: "Write # and six digits.")])
        case SetLogo.name: return CompactCodec.encode(Branding())
        case ReadLogo.name:
            var answer = ReadLogo.Answer()
            (answer.type, answer.bytes) = ("image/png", [0x89, 0x50])
            return CompactCodec.encode(answer)
        case ListWebhooks.name:
            var answer = ListWebhooks.Answer()
            (answer.items, answer.person) = ([Self.webhook], Self.person)
            return CompactCodec.encode(answer)
        case ShowWebhook.name:
            var answer = ShowWebhook.Answer(), failed = WebhookDelivery()
            (failed.id, failed.event, failed.state, failed.tries, failed.reason, failed.body) = ("evt_1", .ticketOpened, .failed, 9, Self.nasty, Self.nasty)
            (answer.webhook, answer.deliveries, answer.next, answer.person) = (Self.webhook, [failed], "7", Self.person)
            return CompactCodec.encode(answer)
        case MakeWebhook.name:
            let call = try CompactCodec.decode(MakeWebhook.self, from: body)
            guard call.url.hasPrefix("https://") else { throw .unacceptable([.init(field: "url", reason: "The address does not begin with https://.", hint: "Write it so.")]) }
            return CompactCodec.encode(Self.freshWebhook)
        case RenewWebhookSecret.name: return CompactCodec.encode(Self.freshWebhook)
        case ChangeWebhook.name:
            let call = try CompactCodec.decode(ChangeWebhook.self, from: body)
            if call.version == 1 { throw .conflict("The webhook was changed by somebody else meanwhile.", hint: "Look again.", code: "changed-meanwhile") }
            return CompactCodec.encode(Self.webhook)
        case TryWebhook.name: throw .conflict("The webhook is off.", hint: "Turn it on first.", code: "webhook-off")
        case RepeatDeliveries.name:
            var answer = RepeatDeliveries.Answer()
            answer.count = 1
            return CompactCodec.encode(answer)
        case RemoveWebhook.name: throw .notFound("webhook")
        default: return nil
        }
    }
}
