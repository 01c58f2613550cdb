// Announcements: upgrades, maintenance, incidents and news, told to everybody, a customer or a role, on every page and by mail.

import Control
import SupportCentre
import Wire

/// What every page shows of an announcement until the person has acknowledged it or it is over.
package struct AnnouncementBanner: Record {
    package var id = ""
    package var kind = AnnouncementKind.news
    package var state = AnnouncementState.published
    package var title = ""
    package var starts: Timestamp?
    package var ends: Timestamp?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("kind", &kind)
        try visit.field("state", &state)
        try visit.field("title", &title)
        try visit.field("starts", &starts)
        try visit.field("ends", &ends)
    }
}

package struct Announcement: Record {
    package var id = ""
    package var kind = AnnouncementKind.news
    package var state = AnnouncementState.draft
    package var title = ""
    /// Plain text; blank lines part paragraphs.
    package var body = ""
    /// Why an upgrade could not be announced as long ahead as was promised; empty when it was.
    package var emergency = ""
    /// Nil for every customer.
    package var customer: String?
    package var customerDisplayName = ""
    /// Nil for every role.
    package var role: PersonRole?
    /// Of the work.
    package var starts: Timestamp?
    package var ends: Timestamp?
    /// As written; nil where they follow from the rest.
    package var bannerStarts: Timestamp?
    package var bannerEnds: Timestamp?
    package var by = ""
    package var published: Timestamp?
    package var updated = Timestamp()
    /// How often its audience was told: 1 when it is published, one more each time it is moved or cancelled.
    package var round = 0
    /// When the caller read it and acknowledged it, as it stands now.
    package var read: Timestamp?
    package var acknowledged: Timestamp?
    /// Changes with every change; send it back to be told when somebody else was faster.
    package var version = 0
    /// The change it was drafted for; only where one announcement is shown.
    package var change: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("kind", &kind)
        try visit.field("state", &state)
        try visit.field("title", &title)
        try visit.field("body", &body)
        try visit.field("emergency", &emergency)
        try visit.field("customer", &customer)
        try visit.field("customer_display_name", &customerDisplayName)
        try visit.field("role", &role)
        try visit.field("starts", &starts)
        try visit.field("ends", &ends)
        try visit.field("banner_starts", &bannerStarts)
        try visit.field("banner_ends", &bannerEnds)
        try visit.field("by", &by)
        try visit.field("published", &published)
        try visit.field("updated", &updated)
        try visit.field("round", &round)
        try visit.field("read", &read)
        try visit.field("acknowledged", &acknowledged)
        try visit.field("version", &version)
        try visit.field("change", &change)
    }

    package var times: AnnouncementTimes { AnnouncementTimes(starts: starts, ends: ends, bannerStarts: bannerStarts, bannerEnds: bannerEnds) }
    package var audience: AnnouncementAudience { AnnouncementAudience(customer: customer, role: role?.rawValue) }
}

/// One time its audience was told.
package struct AnnouncementNotice: Record {
    package var at = Timestamp()
    package var what = AnnouncementStep.publish
    package var starts: Timestamp?
    package var ends: Timestamp?
    package var note = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("at", &at)
        try visit.field("what", &what)
        try visit.field("starts", &starts)
        try visit.field("ends", &ends)
        try visit.field("note", &note)
    }
}

/// How far an announcement has come with one customer, or with staff: counts of people.
package struct AnnouncementReach: Record {
    /// Nil for staff.
    package var customer: String?
    package var customerDisplayName = ""
    /// Who can sign in and is in the audience.
    package var people = 0
    package var read = 0
    package var acknowledged = 0
    /// Mails written, those the relay has taken, those that came back or were given up.
    package var mails = 0
    package var delivered = 0
    package var failed = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("customer_display_name", &customerDisplayName)
        try visit.field("people", &people)
        try visit.field("read", &read)
        try visit.field("acknowledged", &acknowledged)
        try visit.field("mails", &mails)
        try visit.field("delivered", &delivered)
        try visit.field("failed", &failed)
    }
}

/// Where a mail to a person stands.
package enum MailState: String, Sendable, CaseIterable {
    /// In the data tier; management has not asked for it yet.
    case written
    /// With management, which tries until the relay takes it.
    case waiting
    /// The relay has taken it.
    case delivered
    /// The relay refused it, or was not reached for days.
    case failed
}

/// One person of an audience, as staff see it.
package struct AnnouncementRecipient: Record {
    package var person = ""
    package var name = ""
    package var email = ""
    package var role = PersonRole.operator
    package var read: Timestamp?
    package var acknowledged: Timestamp?
    /// Nil without a mail: who joined after it was told.
    package var mail: MailState?
    package var mailAt: Timestamp?
    /// What the relay, or management, said about it.
    package var mailReason = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("person", &person)
        try visit.field("name", &name)
        try visit.field("email", &email)
        try visit.field("role", &role)
        try visit.field("read", &read)
        try visit.field("acknowledged", &acknowledged)
        try visit.field("mail", &mail)
        try visit.field("mail_at", &mailAt)
        try visit.field("mail_reason", &mailReason)
    }
}

/// Newest first. Staff see all, drafts too; everybody else what was published for them. Of the body its beginning.
package struct ListAnnouncements: Procedure {
    package struct Answer: Record {
        package var items: [Announcement] = []
        package var next: String?
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("person", &person)
        }
    }
    package static let name = "announcements.list", access = Access.person, kind = ProcedureKind.read
    package var kind: AnnouncementKind?
    package var state: AnnouncementState?
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("kind", &kind)
        try visit.field("state", &state)
        try visit.field("page", &page)
    }
}

extension ListAnnouncements: ListProcedure {}
extension ListAnnouncements.Answer: ListAnswer {}

/// An announcement with all there is to it. Who it is shown to in the portal has read it from then on.
package struct AnnouncementView: Record {
    package var announcement = Announcement()
    package var notices: [AnnouncementNotice] = []
    /// Whether the caller is of its audience and has not acknowledged it.
    package var mayAcknowledge = false
    /// For support: the steps that may be asked for now (`AnnouncementStep`).
    package var steps: [String] = []
    /// For support: customer by customer, twenty on a page, staff first where it is for them.
    package var reach: [AnnouncementReach] = []
    package var next: String?
    /// For support, where `customer` was asked for: its people, at most 500.
    package var recipients: [AnnouncementRecipient] = []
    /// Days an upgrade is announced ahead.
    package var upgradeNoticeDays = 0
    package var person = Person()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("announcement", &announcement)
        try visit.field("notices", &notices)
        try visit.field("may_acknowledge", &mayAcknowledge)
        try visit.field("steps", &steps)
        try visit.field("reach", &reach)
        try visit.field("next", &next)
        try visit.field("recipients", &recipients)
        try visit.field("upgrade_notice_days", &upgradeNoticeDays)
        try visit.field("person", &person)
    }
}

package struct ShowAnnouncement: Procedure {
    package typealias Answer = AnnouncementView
    package static let name = "announcements.show", access = Access.person, kind = ProcedureKind.read
    package var id = ""
    /// For support: the people of this customer one by one; `staff` for staff.
    package var customer: String?
    /// For support: where the list of customers goes on.
    package var after: String?
    package init() {}
    package init(id: String) { self.id = id }
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("customer", &customer)
        try visit.field("after", &after)
    }
}

/// The caller has read it and takes note of it; it is not on every page of theirs any more.
package struct AcknowledgeAnnouncement: Procedure {
    package typealias Answer = Announcement
    package static let name = "announcements.acknowledge", access = Access.person, kind = ProcedureKind.write
    package var id = ""
    package init() {}
    package init(id: String) { self.id = id }
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}
