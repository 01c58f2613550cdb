// The recycle bin of support: what was deleted can be brought back until its time is over, and everybody can see who deleted it.

import Control
import SupportCentre
import Wire

package enum BinKind: String, Sendable, CaseIterable {
    case ticket, post
    case cannedReply = "canned-reply"
    case ticketView = "ticket-view"
}

/// Something in the recycle bin.
package struct BinItem: Record {
    package var id = ""
    package var kind = BinKind.ticket
    /// What it was known by: a number, an id.
    package var key = ""
    package var title = ""
    /// The customer whose it is; nil for what is support's own.
    package var customer: String?
    package var customerDisplayName: String?
    /// Why it was deleted; empty where nobody is asked.
    package var reason = ""
    package var by = ""
    package var deleted = Timestamp()
    /// When it is gone for good.
    package var expires = Timestamp()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("kind", &kind)
        try visit.field("key", &key)
        try visit.field("title", &title)
        try visit.field("customer", &customer)
        try visit.field("customer_display_name", &customerDisplayName)
        try visit.field("reason", &reason)
        try visit.field("by", &by)
        try visit.field("deleted", &deleted)
        try visit.field("expires", &expires)
    }
}

/// What was deleted last comes first. A personal view of somebody else is not in it.
package struct ListBin: Procedure {
    package struct Answer: Record {
        package var items: [BinItem] = []
        package var next: String?
        /// How long things stay.
        package var days = 0
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("days", &days)
            try visit.field("person", &person)
        }
    }
    package static let name = "bin.list", access = Access.support, kind = ProcedureKind.read
    /// One kind only. (`kind` is how the procedure itself is called.)
    package var only: BinKind?
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("only", &only)
        try visit.field("page", &page)
    }
}

extension ListBin: ListProcedure {}
extension ListBin.Answer: ListAnswer {}

/// Moves a ticket with all that belongs to it into the recycle bin: for what is no ticket at all. Its customer reads the reason. One that
/// others were merged into, or that was merged itself, stays (409) until the merge is undone.
package struct DeleteTicket: Procedure {
    package typealias Answer = BinItem
    package static let name = "tickets.delete", access = Access.support, kind = ProcedureKind.write
    package var number = 0
    package var reason = ""
    package var version: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("reason", &reason)
        try visit.field("version", &version)
    }
}

extension DeleteTicket: VersionChecked {}

/// Moves a post with its comments into the recycle bin.
package struct DeletePost: Procedure {
    package typealias Answer = BinItem
    package static let name = "posts.delete", access = Access.support, kind = ProcedureKind.write
    package var number = 0
    package var version: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("number", &number)
        try visit.field("version", &version)
    }
}

extension DeletePost: VersionChecked {}

/// Brings something back as it was. 409 where its name has been taken meanwhile.
package struct RestoreFromBin: Procedure {
    package typealias Answer = BinItem
    package static let name = "bin.restore", access = Access.support, kind = ProcedureKind.write
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}

/// Removes something for good before its time; nothing but a restore point has it afterwards.
package struct RemoveFromBin: Procedure {
    package typealias Answer = Done
    package static let name = "bin.remove", access = Access([.web, .operations], .roles([.operations])), kind = ProcedureKind.write
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}
