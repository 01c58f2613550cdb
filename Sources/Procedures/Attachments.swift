// Files of tickets: sent and read in pieces, so that nobody holds a file whole.

import Control
import SupportCentre
import Wire

package struct Attachment: Record {
    /// Bytes a file may have.
    package static let largest = 10 << 20
    /// Files a ticket may have.
    package static let most = 100
    /// Bytes of each piece but the last.
    package static let pieceBytes = 262_144

    package var id = ""
    /// The ticket it was sent with.
    package var ticket = 0
    /// The reply it came with; nil for the ticket's own text.
    package var reply: String?
    package var name = ""
    /// By its content, never by its name.
    package var type = ""
    package var bytes = 0
    /// Hexadecimal.
    package var sha256 = ""
    package var author = ""
    package var byStaff = false
    /// Of a note among staff.
    package var `internal` = false
    package var created = Timestamp()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("ticket", &ticket)
        try visit.field("reply", &reply)
        try visit.field("name", &name)
        try visit.field("type", &type)
        try visit.field("bytes", &bytes)
        try visit.field("sha256", &sha256)
        try visit.field("author", &author)
        try visit.field("by_staff", &byStaff)
        try visit.field("internal", &`internal`)
        try visit.field("created", &created)
    }
}

/// Begins a file; nobody sees it before it is complete, and one that is not within a day is thrown away.
package struct BeginAttachment: Procedure {
    package typealias Answer = Attachment
    package static let name = "attachments.begin", access = Access.ticketPeople, kind = ProcedureKind.write
    package var number = 0
    package var fileName = ""
    /// A reply of the caller's own to the ticket; nil for a file of the ticket itself.
    package var reply: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("file_name", &fileName)
        try visit.field("reply", &reply)
    }
}

/// One piece, by whoever began the file. The same place again replaces it, so a repeat does no harm.
package struct AppendAttachment: Procedure {
    package typealias Answer = Done
    package static let name = "attachments.append", access = Access.ticketPeople, kind = ProcedureKind.write
    package var number = 0
    package var id = ""
    /// From 0.
    package var place = 0
    package var bytes: [UInt8] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("id", &id)
        try visit.field("place", &place)
        try visit.field("bytes", &bytes)
    }
}

/// Ends a file of that many pieces: all are there, what it is is told by its content, and everybody who may see the ticket sees it.
package struct FinishAttachment: Procedure {
    package typealias Answer = Attachment
    package static let name = "attachments.finish", access = Access.ticketPeople, kind = ProcedureKind.write
    package var number = 0
    package var id = ""
    package var pieces = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("id", &id)
        try visit.field("pieces", &pieces)
    }
}

/// One piece of a file, with what it is.
package struct ReadAttachment: Procedure {
    package struct Answer: Record {
        package var attachment = Attachment()
        package var bytes: [UInt8] = []
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("attachment", &attachment)
            try visit.field("bytes", &bytes)
        }
    }
    package static let name = "attachments.read", access = Access.ticketPeople, kind = ProcedureKind.read
    package var number = 0
    package var id = ""
    package var place = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("id", &id)
        try visit.field("place", &place)
    }
}

/// Takes a file away for good: by support, or by who sent it.
package struct RemoveAttachment: Procedure {
    package typealias Answer = Done
    package static let name = "attachments.remove", access = Access.ticketPeople, kind = ProcedureKind.write
    package var number = 0
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("id", &id)
    }
}
