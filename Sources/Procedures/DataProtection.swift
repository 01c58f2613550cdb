// A subject's rights (UK GDPR): everything that is kept of them, and its erasure.

import Control
import Wire

/// Something that was done with a subject's record.
package struct SubjectEvent: Record {
    package var at = Timestamp()
    package var what = ""
    package var changes: [AuditChange] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("at", &at)
        try visit.field("what", &what)
        try visit.field("changes", &changes)
    }
}

/// Everything that is kept of a subject, for the subject (articles 15 and 20). Who of the organisation did what is not theirs to know.
package struct SubjectFile: Record {
    package var organisation = ""
    package var asOf = Timestamp()
    package var subject = Subject()
    package var assessments: [Assessment] = []
    package var history: [SubjectEvent] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("organisation", &organisation)
        try visit.field("as_of", &asOf)
        try visit.field("subject", &subject)
        try visit.field("assessments", &assessments)
        try visit.field("history", &history)
    }
}

/// A write, because it is noted in the audit.
package struct TakeOutSubject: Procedure {
    package typealias Answer = SubjectFile
    package static let name = "subjects.take-out", access = Access([.web, .operations], .roles([.administrator]), fresh: .tokensToo), kind = ProcedureKind.write
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}

/// Removes a subject and everything of them for good (article 17). The audit log keeps that it was done, and stays whole.
package struct EraseSubject: Procedure {
    package struct Answer: Record {
        package var assessments = 0
        /// Entries of the audit log that lost their details.
        package var entries = 0
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("assessments", &assessments)
            try visit.field("entries", &entries)
        }
    }
    package static let name = "subjects.erase", access = Access.freshAdministrators, kind = ProcedureKind.write
    package var id = ""
    /// The subject's reference, typed: a wrong row is not erased by a slip.
    package var reference = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("reference", &reference)
    }
}
