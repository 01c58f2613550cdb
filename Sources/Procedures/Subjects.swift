// Subjects: the people whom a customer's operators assess.

import Control
import Wire

package enum Sex: String, Sendable, CaseIterable { case female = "F", male = "M", unknown = "U" }

package struct Subject: Record {
    package var id = ""
    /// The customer's own identifier, unique within the customer.
    package var reference = ""
    /// May be empty: the reference identifies.
    package var name = ""
    package var sex = Sex.unknown
    package var born: CalendarDate?
    package var group: String?
    package var created = Timestamp()
    /// The newest assessment's time.
    package var lastAssessed: Timestamp?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("reference", &reference)
        try visit.field("name", &name)
        try visit.field("sex", &sex)
        try visit.field("born", &born)
        try visit.field("group", &group)
        try visit.field("created", &created)
        try visit.field("last_assessed", &lastAssessed)
    }
}

/// By reference. Searches reference and name by the beginning of their words.
package struct ListSubjects: Procedure {
    package struct Answer: Record {
        package var items: [Subject] = []
        package var next: String?
        /// How many match, counted up to 10,000.
        package var count = 0
        /// The customer's groups, for the filter.
        package var groups: [String] = []
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("count", &count)
            try visit.field("groups", &groups)
            try visit.field("person", &person)
        }
    }
    package static let name = "subjects.list", access = Access.assessors, kind = ProcedureKind.read
    package var search = ""
    package var group: String?
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("search", &search)
        try visit.field("group", &group)
        try visit.field("page", &page)
    }
}

/// A subject with the newest assessments and the history of every measure: all that its page shows.
package struct ShowSubject: Procedure {
    package struct Answer: Record {
        package var subject = Subject()
        /// The newest 20, newest first.
        package var assessments: [Assessment] = []
        /// Every measure that was ever taken, each with its points in order of time.
        package var trends: [Trend] = []
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("subject", &subject)
            try visit.field("assessments", &assessments)
            try visit.field("trends", &trends)
            try visit.field("person", &person)
        }
    }
    package static let name = "subjects.show", access = Access.assessors, kind = ProcedureKind.read
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}

package struct AddSubject: Procedure {
    package typealias Answer = Subject
    package static let name = "subjects.add", access = Access.assessors, kind = ProcedureKind.write
    package var reference = ""
    package var name: String?
    package var sex: Sex?
    package var born: CalendarDate?
    package var group: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("reference", &reference)
        try visit.field("name", &name)
        try visit.field("sex", &sex)
        try visit.field("born", &born)
        try visit.field("group", &group)
    }
}

/// Replaces every field given.
package struct UpdateSubject: Procedure {
    package typealias Answer = Subject
    package static let name = "subjects.update", access = Access.assessors, kind = ProcedureKind.write
    package var id = ""
    package var reference = ""
    package var name: String?
    package var sex: Sex?
    package var born: CalendarDate?
    package var group: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("reference", &reference)
        try visit.field("name", &name)
        try visit.field("sex", &sex)
        try visit.field("born", &born)
        try visit.field("group", &group)
    }
}
