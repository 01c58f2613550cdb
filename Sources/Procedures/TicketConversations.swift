// Tickets that belong together: merging, undoing it, splitting, linking; and drafts of what is being written.

import Control
import SupportCentre
import Wire

/// A ticket that stands beside another.
package struct TicketLink: Record {
    package enum Kind: String, Sendable, CaseIterable {
        case related
        case splitFrom = "split-from", splitInto = "split-into"
        case follows, followedBy = "followed-by"
        /// The other was merged into this one.
        case merged
    }
    package var number = 0
    package var title = ""
    package var state = TicketState.open
    package var kind = Kind.related
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("title", &title)
        try visit.field("state", &state)
        try visit.field("kind", &kind)
    }
}

/// Lets a ticket's conversation go on in another of the same customer. Both numbers stay: the other shows both conversations in
/// order of time. Tickets of different people are merged only when neither is a subject, who would come to read the other's.
package struct MergeTicket: Procedure {
    package typealias Answer = Ticket
    package static let name = "tickets.merge", access = Access.support, kind = ProcedureKind.write
    package var number = 0
    /// The ticket that goes on.
    package var into = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("into", &into)
    }
}

/// Undoes a merge: the ticket has its own conversation again, in the state it had.
package struct UndoMerge: Procedure {
    package typealias Answer = Ticket
    package static let name = "tickets.undo-merge", access = Access.support, kind = ProcedureKind.write
    package var number = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("number", &number) }
}

/// Makes a new ticket of some messages of another; they stay where they are as well, and the two are linked.
package struct SplitTicket: Procedure {
    package typealias Answer = Ticket
    package static let name = "tickets.split", access = Access.support, kind = ProcedureKind.write
    package var number = 0
    package var title = ""
    /// Ids of the replies; the first of them in time becomes the new ticket's text.
    package var replies: [String] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("title", &title)
        try visit.field("replies", &replies)
    }
}

/// Links two tickets of one customer, or takes the link away.
package struct LinkTicket: Procedure {
    package typealias Answer = Done
    package static let name = "tickets.link", access = Access.support, kind = ProcedureKind.write
    package var number = 0
    package var other = 0
    /// Take the link away.
    package var remove: Bool?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("other", &other)
        try visit.field("remove", &remove)
    }
}

/// Keeps what somebody is writing on a ticket, one draft a person; an empty one is thrown away.
package struct SaveDraft: Procedure {
    package typealias Answer = Done
    package static let name = "tickets.save-draft", access = Access.ticketPeople, kind = ProcedureKind.write
    package var number = 0
    package var body = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("body", &body)
    }
}
