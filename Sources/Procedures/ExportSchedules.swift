// Exports that come by themselves: when, and where to; and how management sends them to a customer's own server.

import Control
import SupportCentre
import Wire

/// A customer has one at most. Its administrators are mailed when an export is ready, or has reached their server.
package struct ExportSchedule: Record {
    package var every = ExportRhythm.Every.week
    /// 0 is Monday; of a weekly one.
    package var weekday = 0
    /// 1 to 28; of a monthly one.
    package var day = 1
    /// The time of day, like 02:00, on the clock of `zone`.
    package var at = ""
    package var zone = ""
    /// Whether a restore point is made first.
    package var fresh = false
    package var next = Timestamp()
    /// When it last asked for one.
    package var last: Timestamp?
    /// Who set it.
    package var by = ""
    /// `sftp://user@host/folder/`; nil where a mail with the way to the download is all.
    package var address: String?
    /// What the server's key must be, `SHA256:...`.
    package var hostKey: String?
    /// What the server has to know: the line for `authorized_keys`.
    package var publicKey: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("every", &every)
        try visit.field("weekday", &weekday)
        try visit.field("day", &day)
        try visit.field("at", &at)
        try visit.field("zone", &zone)
        try visit.field("fresh", &fresh)
        try visit.field("next", &next)
        try visit.field("last", &last)
        try visit.field("by", &by)
        try visit.field("address", &address)
        try visit.field("host_key", &hostKey)
        try visit.field("public_key", &publicKey)
    }
}

/// Sets the schedule in place of the one there is.
package struct ScheduleExports: Procedure {
    package typealias Answer = ExportSchedule
    package static let name = "exports.schedule", access = Access.freshExporters, kind = ProcedureKind.write
    package var customer: String?
    package var every = ExportRhythm.Every.week
    package var weekday: Int?
    package var day: Int?
    package var at = ""
    /// On whose clock; without it on the caller's own.
    package var zone: String?
    package var fresh: Bool?
    package var address: String?
    package var hostKey: String?
    /// What the mails begin their links with.
    package var origin = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("every", &every)
        try visit.field("weekday", &weekday)
        try visit.field("day", &day)
        try visit.field("at", &at)
        try visit.field("zone", &zone)
        try visit.field("fresh", &fresh)
        try visit.field("address", &address)
        try visit.field("host_key", &hostKey)
        try visit.field("origin", &origin)
    }
}

/// The schedule there is; 404 without one.
package struct ShowExportSchedule: Procedure {
    package typealias Answer = ExportSchedule
    package static let name = "exports.show-schedule", access = Access.exporters, kind = ProcedureKind.read
    package var customer: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("customer", &customer) }
}

/// Ends the schedule. Exports that are there stay.
package struct UnscheduleExports: Procedure {
    package typealias Answer = Done
    package static let name = "exports.unschedule", access = Access.exporters, kind = ProcedureKind.write
    package var customer: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("customer", &customer) }
}

// MARK: Uploads by management

/// An export that waits to be sent. `secretKey` never leaves the house.
package struct ExportUpload: Record {
    package var customer = ""
    package var id = ""
    package var file = ExportFile()
    package var address = ""
    package var hostKey = ""
    package var secretKey = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("id", &id)
        try visit.field("file", &file)
        try visit.field("address", &address)
        try visit.field("host_key", &hostKey)
        try visit.field("secret_key", &secretKey)
    }
}

/// Asked just before an export leaves: it may have been called off while it was fetched.
package struct ConfirmUpload: Procedure {
    package struct Answer: Record {
        package var isWanted = false
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("is_wanted", &isWanted) }
    }
    package static let name = "effects.confirm-upload", access = Access.management, kind = ProcedureKind.read
    package var customer = ""
    package var id = ""
    package var address = ""
    package var hostKey = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("id", &id)
        try visit.field("address", &address)
        try visit.field("host_key", &hostKey)
    }
}

/// What became of sending an export; without a reason it has arrived.
package struct UploadOutcome: Record {
    package var customer = ""
    package var id = ""
    package var at = Timestamp()
    package var reason = ""
    /// Trying again cannot help: another key answers there, or ours is not let in.
    package var final = false
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("id", &id)
        try visit.field("at", &at)
        try visit.field("reason", &reason)
        try visit.field("final", &final)
    }
}

package struct ReportUploads: Procedure {
    package typealias Answer = Done
    package static let name = "effects.report-uploads", access = Access.management, kind = ProcedureKind.write
    package var items: [UploadOutcome] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("items", &items) }
}
