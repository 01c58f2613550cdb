// What support does with announcements: writes them, publishes them, moves and cancels what was published.

import Control
import SupportCentre
import Wire

/// A draft. Times may be on the caller's own clock (`2026-11-22T02:00`) or carry their zone.
package struct DraftAnnouncement: Procedure {
    package typealias Answer = Announcement
    package static let name = "announcements.draft", access = Access.support, kind = ProcedureKind.write
    package var kind: AnnouncementKind?
    package var title = ""
    package var body: String?
    /// One customer's people only.
    package var customer: String?
    package var role: PersonRole?
    package var starts: String?
    package var ends: String?
    package var bannerStarts: String?
    package var bannerEnds: String?
    /// Of an upgrade that cannot wait as long as was promised: why.
    package var emergency: String?
    /// Publish it at once.
    package var publish: Bool?
    /// What links in mails begin with.
    package var origin: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("kind", &kind)
        try visit.field("title", &title)
        try visit.field("body", &body)
        try visit.field("customer", &customer)
        try visit.field("role", &role)
        try visit.field("starts", &starts)
        try visit.field("ends", &ends)
        try visit.field("banner_starts", &bannerStarts)
        try visit.field("banner_ends", &bannerEnds)
        try visit.field("emergency", &emergency)
        try visit.field("publish", &publish)
        try visit.field("origin", &origin)
    }
}

/// Writes a draft anew, whole: what is left out is empty afterwards.
package struct EditAnnouncement: Procedure {
    package typealias Answer = Announcement
    package static let name = "announcements.edit", access = Access.support, kind = ProcedureKind.write
    package var id = ""
    package var version: Int?
    package var content = DraftAnnouncement()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("version", &version)
        try content.fields(&visit)
    }
}

/// Publishes, moves or cancels one; its audience is told by mail and on every page.
package struct MoveAnnouncement: Procedure {
    package typealias Answer = Announcement
    package static let name = "announcements.move", access = Access.support, kind = ProcedureKind.write
    package var id = ""
    package var version: Int?
    package var step = AnnouncementStep.publish
    /// Why, for everybody it is for; needed to move or cancel.
    package var note: String?
    /// To move it: the new time.
    package var starts: String?
    package var ends: String?
    package var emergency: String?
    package var origin: String?
    package init() {}
    package init(id: String, _ step: AnnouncementStep) { (self.id, self.step) = (id, step) }
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("version", &version)
        try visit.field("step", &step)
        try visit.field("note", &note)
        try visit.field("starts", &starts)
        try visit.field("ends", &ends)
        try visit.field("emergency", &emergency)
        try visit.field("origin", &origin)
    }
}
