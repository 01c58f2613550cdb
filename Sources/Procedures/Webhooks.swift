// Webhooks: programs of a customer that are told what happens. Calls are signed as the Standard Webhooks specification has it.

import Control
import SupportCentre
import Wire

package struct Webhook: Record {
    package var id = ""
    package var url = ""
    /// Events (`WebhookEvent`) it is told of.
    package var events: [String] = []
    /// What it is for.
    package var note = ""
    package var state = WebhookState.on
    package var created = Timestamp()
    /// Name of the person who made it.
    package var by = ""
    /// Since when nothing was taken; nil when the last attempt was.
    package var failingSince: Timestamp?
    package var lastDelivered: Timestamp?
    /// Until when calls carry the signature of the secret before, too.
    package var formerSecretUntil: Timestamp?
    /// Grows with every change.
    package var version = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("url", &url)
        try visit.field("events", &events)
        try visit.field("note", &note)
        try visit.field("state", &state)
        try visit.field("created", &created)
        try visit.field("by", &by)
        try visit.field("failing_since", &failingSince)
        try visit.field("last_delivered", &lastDelivered)
        try visit.field("former_secret_until", &formerSecretUntil)
        try visit.field("version", &version)
    }
}

package struct WebhookDelivery: Record {
    /// Sent as `webhook-id`: the same in every attempt.
    package var id = ""
    package var event = WebhookEvent.ping
    package var state = DeliveryState.waiting
    package var created = Timestamp()
    package var tries = 0
    /// When the last attempt ended.
    package var at: Timestamp?
    /// Status of its answer; nil when there was none.
    package var status: Int?
    /// Why it failed, empty when it did not.
    package var reason = ""
    /// When it is tried next.
    package var due: Timestamp?
    /// What is sent, JSON.
    package var body = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("event", &event)
        try visit.field("state", &state)
        try visit.field("created", &created)
        try visit.field("tries", &tries)
        try visit.field("at", &at)
        try visit.field("status", &status)
        try visit.field("reason", &reason)
        try visit.field("due", &due)
        try visit.field("body", &body)
    }
}

package struct ListWebhooks: Procedure {
    package struct Answer: Record {
        package var items: [Webhook] = []
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("person", &person)
        }
    }
    package static let name = "webhooks.list", access = Access.administrators, kind = ProcedureKind.read
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}

/// One webhook with its deliveries of the last 30 days, newest first.
package struct ShowWebhook: Procedure {
    package struct Answer: Record {
        package var webhook = Webhook()
        package var deliveries: [WebhookDelivery] = []
        package var next: String?
        package var person = Person()
        package var asOf = Timestamp()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("webhook", &webhook)
            try visit.field("deliveries", &deliveries)
            try visit.field("next", &next)
            try visit.field("person", &person)
            try visit.field("as_of", &asOf)
        }
    }
    package static let name = "webhooks.show", access = Access.administrators, kind = ProcedureKind.read
    package var id = ""
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("page", &page)
    }
}

/// A webhook and its secret, which is shown this once.
package struct FreshWebhook: Record {
    package var webhook = Webhook()
    /// `whsec_` and base64: the key of every signature.
    package var secret = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try webhook.fields(&visit)
        try visit.field("secret", &secret)
    }
}

package struct MakeWebhook: Procedure {
    package typealias Answer = FreshWebhook
    package static let name = "webhooks.make", access = Access.administrators, kind = ProcedureKind.write
    package var url = ""
    package var events: [String] = []
    package var note: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("url", &url)
        try visit.field("events", &events)
        try visit.field("note", &note)
    }
}

/// Changes what is given.
package struct ChangeWebhook: Procedure {
    package typealias Answer = Webhook
    package static let name = "webhooks.change", access = Access.administrators, kind = ProcedureKind.write
    package var id = ""
    package var url: String?
    package var events: [String] = []
    /// Whether `events` are given, so that none can be refused.
    package var setEvents: Bool?
    package var note: String?
    /// Turns it on or off; what happens while it is off is not told later.
    package var on: Bool?
    /// The version it was read in; another one's change is not overwritten.
    package var version: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("url", &url)
        try visit.field("events", &events)
        try visit.field("set_events", &setEvents)
        try visit.field("note", &note)
        try visit.field("on", &on)
        try visit.field("version", &version)
    }
}

/// Makes a new secret; for a day calls carry the signature of the one before as well.
package struct RenewWebhookSecret: Procedure {
    package typealias Answer = FreshWebhook
    package static let name = "webhooks.renew-secret", access = Access.administrators, kind = ProcedureKind.write
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}

/// Removes it with its deliveries.
package struct RemoveWebhook: Procedure {
    package typealias Answer = Done
    package static let name = "webhooks.remove", access = Access.administrators, kind = ProcedureKind.write
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}

/// Sends a `ping`.
package struct TryWebhook: Procedure {
    package typealias Answer = WebhookDelivery
    package static let name = "webhooks.try", access = Access.administrators, kind = ProcedureKind.write
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}

/// Sends deliveries again from the first attempt on: one, or every one that failed.
package struct RepeatDeliveries: Procedure {
    package struct Answer: Record {
        package var count = 0
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("count", &count) }
    }
    package static let name = "webhooks.repeat", access = Access.administrators, kind = ProcedureKind.write
    package var id = ""
    /// Nil for every one that failed.
    package var delivery: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("delivery", &delivery)
    }
}

// MARK: Management, which makes the calls

/// A call to make now.
package struct WebhookCall: Record {
    /// The customer whose it is.
    package var customer = ""
    package var id = ""
    package var url = ""
    package var body = ""
    /// Keys to sign with, the newest first.
    package var secrets: [String] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("id", &id)
        try visit.field("url", &url)
        try visit.field("body", &body)
        try visit.field("secrets", &secrets)
    }
}

/// What one call came to.
package struct WebhookOutcome: Record {
    package var customer = ""
    package var id = ""
    package var at = Timestamp()
    /// Nil when there was no answer.
    package var status: Int?
    package var reason = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("id", &id)
        try visit.field("at", &at)
        try visit.field("status", &status)
        try visit.field("reason", &reason)
    }
}

/// Management tells what calls came to; the data tier decides what follows.
package struct ReportWebhooks: Procedure {
    package typealias Answer = Done
    package static let name = "effects.report-webhooks", access = Access.management, kind = ProcedureKind.write
    package var items: [WebhookOutcome] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("items", &items) }
}
