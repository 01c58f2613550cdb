// Canned replies: texts that support keeps ready for everybody of support, and one of them filled in for a ticket.

import Control
import SupportCentre
import Wire

package struct CannedReply: Record {
    package var id = ""
    package var title = ""
    /// In lists its first 200 characters.
    package var body = ""
    /// A word of support's choice they are grouped by; empty without one.
    package var category = ""
    /// Who changed it last.
    package var by = ""
    package var updated = Timestamp()
    /// Grows with every change.
    package var version = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("title", &title)
        try visit.field("body", &body)
        try visit.field("category", &category)
        try visit.field("by", &by)
        try visit.field("updated", &updated)
        try visit.field("version", &version)
    }
}

/// One of those a reply can begin with.
package struct CannedChoice: Record {
    package var id = ""
    package var title = ""
    package var category = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("title", &title)
        try visit.field("category", &category)
    }
}

/// By category, then by title; those without a category first.
package struct ListCannedReplies: Procedure {
    package struct Answer: Record {
        package var items: [CannedReply] = []
        package var next: String?
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("person", &person)
        }
    }
    package static let name = "canned-replies.list", access = Access.support, kind = ProcedureKind.read
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("page", &page) }
}

extension ListCannedReplies: ListProcedure {}
extension ListCannedReplies.Answer: ListAnswer {}

package struct ShowCannedReply: Procedure {
    package struct Answer: Record {
        package var reply = CannedReply()
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("reply", &reply)
            try visit.field("person", &person)
        }
    }
    package static let name = "canned-replies.show", access = Access.support, kind = ProcedureKind.read
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}

/// Writes a canned reply, a new one without an id. Two of one title would be mistaken for each other and are refused, and so is a
/// placeholder that nothing is known for.
package struct SaveCannedReply: Procedure {
    package typealias Answer = CannedReply
    package static let name = "canned-replies.save", access = Access.support, kind = ProcedureKind.write
    package var id: String?
    package var title = ""
    package var body = ""
    package var category: String?
    /// The version that was looked at; when it is another by now, nothing is changed (409 `changed-meanwhile`).
    package var version: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("title", &title)
        try visit.field("body", &body)
        try visit.field("category", &category)
        try visit.field("version", &version)
    }
}

package struct RemoveCannedReply: Procedure {
    package typealias Answer = Done
    package static let name = "canned-replies.remove", access = Access.support, kind = ProcedureKind.write
    package var id = ""
    package var version: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("version", &version)
    }
}

/// A canned reply with the facts of a ticket in it, as the caller would send it.
package struct FillCannedReply: Procedure {
    package struct Answer: Record {
        package var text = ""
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("text", &text) }
    }
    package static let name = "canned-replies.fill", access = Access.support, kind = ProcedureKind.read
    package var id = ""
    /// The ticket.
    package var number = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("number", &number)
    }
}
