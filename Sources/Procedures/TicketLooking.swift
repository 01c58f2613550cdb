// A ticket while somebody looks at it: whether it has changed, and who else is there.

import Control
import Wire

/// Cheap enough to be asked again and again. Of staff it also says, for others of staff, that they are there.
package struct LookAtTicket: Procedure {
    package struct Answer: Record, Equatable {
        /// Grows with every change of the ticket.
        package var version = 0
        /// Of the newest message the caller may read; empty before the first.
        package var lastReply = ""
        /// Names of others of staff, for staff: who has it before them, and who has begun to write.
        package var here: [String] = []
        package var writing: [String] = []
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("version", &version)
            try visit.field("last_reply", &lastReply)
            try visit.field("here", &here)
            try visit.field("writing", &writing)
        }
    }
    package static let name = "tickets.look", access = Access.ticketPeople, kind = ProcedureKind.read
    package var number = 0
    /// The caller goes.
    package var leaves: Bool?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("leaves", &leaves)
    }
}
