// One search over everything a person may see.

import Control
import Wire

package enum SearchKind: String, Sendable, CaseIterable {
    case ticket, change, subject, post, announcement

    /// Kept for all customers together, each with whom it is for.
    package var isShared: Bool { self == .post || self == .announcement }

    /// Who may search these is who may list them: one rule for both.
    package var access: Access {
        switch self {
        case .ticket: ListTickets.access
        case .change: ListChanges.access
        case .subject: ListSubjects.access
        case .post: ListPosts.access
        case .announcement: ListAnnouncements.access
        }
    }
}

/// A stretch of a found text.
package struct SearchPart: Record, Equatable {
    package var text = ""
    /// It is what was searched for.
    package var marked = false
    package init() {}
    package init(_ text: String, marked: Bool = false) { (self.text, self.marked) = (text, marked) }
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("text", &text)
        try visit.field("marked", &marked)
    }
}

package struct SearchHit: Record {
    package var kind = SearchKind.ticket
    /// The number of a ticket, change or post, the id of a subject or announcement.
    package var id = ""
    /// Of a subject: the reference.
    package var title: [SearchPart] = []
    /// Where the words stand, or how the text begins; of a subject the name.
    package var snippet: [SearchPart] = []
    /// Who opened or raised it and, for staff, the customer; of a subject the group.
    package var about: [SearchPart] = []
    /// Of a ticket or change; of an announcement its kind.
    package var state = ""
    /// For staff: whose it is; nil for Fitech's own.
    package var customer: String?
    package var updated = Timestamp()
    /// Its number is what was typed.
    package var exact = false
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("kind", &kind)
        try visit.field("id", &id)
        try visit.field("title", &title)
        try visit.field("snippet", &snippet)
        try visit.field("about", &about)
        try visit.field("state", &state)
        try visit.field("customer", &customer)
        try visit.field("updated", &updated)
        try visit.field("exact", &exact)
    }
}

/// Kind by kind; of the newest first those with every word in the title, then the others, then all older ones, newest first. Finds what the same person's lists
/// show and nothing else; for staff also notes among staff.
package struct SearchPortal: Procedure {
    package struct Answer: Record {
        package var items: [SearchHit] = []
        package var next: String?
        /// What this person can search.
        package var kinds: [String] = []
        /// In an overview: the kinds of which there is more.
        package var further: [String] = []
        /// False while the index of older texts is still being made.
        package var complete = true
        /// There is a word to look for.
        package var searched = false
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("kinds", &kinds)
            try visit.field("further", &further)
            try visit.field("complete", &complete)
            try visit.field("searched", &searched)
            try visit.field("person", &person)
        }
    }
    package static let name = "search.find", access = Access.person, kind = ProcedureKind.read
    /// Words, "phrases", -without; the last word may be a beginning.
    package var query = ""
    /// Nil for all.
    package var kind: SearchKind?
    /// For staff: one customer only.
    package var customer: String?
    /// The first few of each kind instead of a page.
    package var overview: Bool?
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("query", &query)
        try visit.field("kind", &kind)
        try visit.field("customer", &customer)
        try visit.field("overview", &overview)
        try visit.field("page", &page)
    }
}
