// The anonymous corporate report, answered by the reporting node from a restore point.

import Control
import Wire

/// How many subjects fell into one category; nil where the number is suppressed.
package struct CategoryCount: Record {
    package var category = ""
    package var colour: String?
    package var count: Int?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("category", &category)
        try visit.field("colour", &colour)
        try visit.field("count", &count)
    }
}

/// One measure in one group (or in all subjects).
package struct MeasureSummary: Record {
    package var code = ""
    package var name = ""
    package var unit = ""
    /// Subjects with this measure; nil where suppressed.
    package var subjects: Int?
    /// Nil where suppressed.
    package var average: Double?
    package var categories: [CategoryCount] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("code", &code)
        try visit.field("name", &name)
        try visit.field("unit", &unit)
        try visit.field("subjects", &subjects)
        try visit.field("average", &average)
        try visit.field("categories", &categories)
    }
}

package struct GroupReport: Record {
    /// Nil for all subjects together.
    package var group: String?
    /// Nil where suppressed.
    package var subjects: Int?
    /// Whether the whole group is too small to be shown.
    package var suppressed = false
    package var measures: [MeasureSummary] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("group", &group)
        try visit.field("subjects", &subjects)
        try visit.field("suppressed", &suppressed)
        try visit.field("measures", &measures)
    }
}

package struct CorporateReport: Record {
    package var customer = ""
    package var customerDisplayName = ""
    /// The restore point the figures come from.
    package var asOf = Timestamp()
    /// Cells below this many subjects are suppressed.
    package var threshold = 10
    package var overall = GroupReport()
    package var groups: [GroupReport] = []
    package var person = Person()
    /// The days the figures are of, whole months; nil where that side is open.
    package var from: CalendarDate?
    package var to: CalendarDate?
    /// The id of the restore point.
    package var restorePoint = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("customer", &customer)
        try visit.field("customer_display_name", &customerDisplayName)
        try visit.field("as_of", &asOf)
        try visit.field("threshold", &threshold)
        try visit.field("overall", &overall)
        try visit.field("groups", &groups)
        try visit.field("person", &person)
        try visit.field("from", &from)
        try visit.field("to", &to)
        try visit.field("restore_point", &restorePoint)
    }
}

/// Of the caller's customer; each subject counts once per measure, by the newest value within the dates. The dates are widened to
/// whole months, so that two reports a day apart do not tell of one person.
package struct MakeCorporateReport: Procedure {
    package typealias Answer = CorporateReport
    package static let name = "reports.corporate", access = Access.assessors, kind = ProcedureKind.read
    package var from: CalendarDate?
    package var to: CalendarDate?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("from", &from)
        try visit.field("to", &to)
    }
}
