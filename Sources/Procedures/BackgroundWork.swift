// What the portal does behind people's backs, for staff: whether any of it waits too long.

import Control
import Wire

/// One kind of work that is done by and by.
package struct BackgroundWork: Record {
    package enum Kind: String, Sendable, CaseIterable {
        case texts, mails, calls, exports, uploads
        /// Erasures whose traces the customer's file may still have.
        case traces
        /// Mails that are written, and management has not yet asked for.
        case unsent
    }
    package var kind = Kind.mails
    /// Counted up to 1000 of each customer.
    package var waiting = 0
    /// Since when the one that waits longest has been there.
    package var oldest: Timestamp?
    /// Texts and mails that were given up within the last day; of the others each customer is told.
    package var failed = 0
    package init() {}
    package init(_ kind: Kind, waiting: Int, oldest: Timestamp?, failed: Int = 0) { (self.kind, self.waiting, self.oldest, self.failed) = (kind, waiting, oldest, failed) }
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("kind", &kind)
        try visit.field("waiting", &waiting)
        try visit.field("oldest", &oldest)
        try visit.field("failed", &failed)
    }
}

/// What waits in the data tier: looked up in the databases that have something to do, the first 200 of them.
package struct ShowBackgroundWork: Procedure {
    package struct Answer: Record {
        package var items: [BackgroundWork] = []
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("person", &person)
        }
    }
    package static let name = "desk.work", access = Access([.web, .operations], .roles([.support, .operations, .technician])), kind = ProcedureKind.read
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}
