// Assessments: what was measured of a subject at one time, classified when it was saved.

import Control
import Wire

/// One value of an assessment. Stored in the canonical unit of its code, with the band it fell into then.
package struct MeasureValue: Record {
    /// A code of the catalogue (`weight`) or of a custom measure (`custom.progression_1y`).
    package var code = ""
    package var name = ""
    package var value = 0.0
    package var unit = ""
    /// Nil where no published band applies.
    package var category: String?
    /// `green`, `amber`, `red` or nil.
    package var colour: String?
    /// The document and edition of the band.
    package var source: String?
    /// The formula, when the value was calculated and not measured.
    package var derivation: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("code", &code)
        try visit.field("name", &name)
        try visit.field("value", &value)
        try visit.field("unit", &unit)
        try visit.field("category", &category)
        try visit.field("colour", &colour)
        try visit.field("source", &source)
        try visit.field("derivation", &derivation)
    }
}

package struct Assessment: Record {
    package var id = ""
    package var taken = Timestamp()
    /// Completed years; given where no date of birth is known.
    package var age: Int?
    package var note = ""
    package var assessor = ""
    package var measures: [MeasureValue] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("taken", &taken)
        try visit.field("age", &age)
        try visit.field("note", &note)
        try visit.field("assessor", &assessor)
        try visit.field("measures", &measures)
    }
}

package struct TrendPoint: Record {
    package var taken = Timestamp()
    package var value = 0.0
    package var category: String?
    package var colour: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("taken", &taken)
        try visit.field("value", &value)
        try visit.field("category", &category)
        try visit.field("colour", &colour)
    }
}

package struct Trend: Record {
    package var code = ""
    package var name = ""
    package var unit = ""
    package var points: [TrendPoint] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("code", &code)
        try visit.field("name", &name)
        try visit.field("unit", &unit)
        try visit.field("points", &points)
    }
}

package struct ListAssessments: Procedure {
    package struct Answer: Record {
        package var items: [Assessment] = []
        package var next: String?
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
        }
    }
    package static let name = "assessments.list", access = Access.assessors, kind = ProcedureKind.read
    package var subject = ""
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("subject", &subject)
        try visit.field("page", &page)
    }
}

/// An assessment with whose it is.
package struct SubjectAssessment: Record {
    /// The subject's id, the customer's own identifier of it, name and group.
    package var subject = ""
    package var reference = ""
    package var subjectName = ""
    package var group: String?
    package var assessment = Assessment()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("subject", &subject)
        try visit.field("reference", &reference)
        try visit.field("subject_name", &subjectName)
        try visit.field("group", &group)
        try assessment.fields(&visit)
    }
}

/// Every subject's, newest first.
package struct ListEveryAssessment: Procedure {
    package struct Answer: Record {
        package var items: [SubjectAssessment] = []
        package var next: String?
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
        }
    }
    package static let name = "assessments.list-every", access = Access.assessors, kind = ProcedureKind.read
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("page", &page) }
}

/// What somebody entered: a number in one of the units the measure offers; nil unit = the canonical one.
package struct MeasureEntry: Record {
    package var code = ""
    package var value = 0.0
    package var unit: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("code", &code)
        try visit.field("value", &value)
        try visit.field("unit", &unit)
    }
}

/// Saves an assessment; derives and classifies what can be.
package struct AddAssessment: Procedure {
    package typealias Answer = Assessment
    package static let name = "assessments.add", access = Access.assessors, kind = ProcedureKind.write
    package var subject = ""
    /// Nil for now.
    package var taken: Timestamp?
    /// Needed for age-dependent bands only where the subject has no date of birth.
    package var age: Int?
    package var note: String?
    package var measures: [MeasureEntry] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("subject", &subject)
        try visit.field("taken", &taken)
        try visit.field("age", &age)
        try visit.field("note", &note)
        try visit.field("measures", &measures)
    }
}
