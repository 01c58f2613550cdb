// Effects outside the database: written in the same transaction as their cause, pulled and carried out by management.

import Control
import Wire

/// A mail to send. The row's id is its key: carrying it out twice must not matter to the receiver (Message-ID).
package struct MailEffect: Record {
    package var id = ""
    package var to = ""
    package var subject = ""
    /// Plain text, lines of any length.
    package var body = ""
    package var created = Timestamp()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("to", &to)
        try visit.field("subject", &subject)
        try visit.field("body", &body)
        try visit.field("created", &created)
    }
}

/// When a change is carried out: management plans for it, so that nobody is woken. A later version replaces an earlier one.
package struct WindowEffect: Record {
    package var id = ""
    package var change = 0
    /// Grows with every word about this change.
    package var version = 0
    /// For the public: nothing of a customer's stands in it.
    package var title = ""
    /// Parts of the service (`ServicePart`); never empty.
    package var parts: [String] = []
    package var starts = Timestamp()
    package var ends = Timestamp()
    package var cancelled = false
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("change", &change)
        try visit.field("version", &version)
        try visit.field("title", &title)
        try visit.field("parts", &parts)
        try visit.field("starts", &starts)
        try visit.field("ends", &ends)
        try visit.field("cancelled", &cancelled)
    }
}

/// The oldest effects that are not done, over all customers.
package struct PullEffects: Procedure {
    package struct Answer: Record {
        package var mails: [MailEffect] = []
        package var windows: [WindowEffect] = []
        /// Calls that are due; each is handed out until it is reported.
        package var calls: [WebhookCall] = []
        /// Exports to be sent; each is handed out until it is reported.
        package var uploads: [ExportUpload] = []
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("mails", &mails)
            try visit.field("windows", &windows)
            try visit.field("calls", &calls)
            try visit.field("uploads", &uploads)
        }
    }
    package static let name = "effects.pull", access = Access.management, kind = ProcedureKind.read
    package var limit = 50
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("limit", &limit) }
}

/// Management has taken these over durably (into its own outbox); they are not handed out again.
package struct FinishEffects: Procedure {
    package typealias Answer = Done
    package static let name = "effects.done", access = Access.management, kind = ProcedureKind.write
    package var ids: [String] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("ids", &ids) }
}

/// What became of a mail that management took over.
package struct MailOutcome: Record {
    /// Of its effect.
    package var id = ""
    package var state = MailState.waiting
    package var at = Timestamp()
    package var reason = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("state", &state)
        try visit.field("at", &at)
        try visit.field("reason", &reason)
    }
}

/// Management tells how mails fare; whoever has to prove that somebody was told keeps it.
package struct ReportMails: Procedure {
    package typealias Answer = Done
    package static let name = "effects.report", access = Access.management, kind = ProcedureKind.write
    package var items: [MailOutcome] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("items", &items) }
}
