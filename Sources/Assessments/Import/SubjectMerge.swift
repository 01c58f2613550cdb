// What a row of an import means for a subject that is already known: the one rule for files that come again.
import Wire

/// What the database knows of the subject with a row's reference.
package struct KnownSubject: Sendable, Equatable {
    package var name: String
    package var sex: BandSex?
    package var born: CalendarDate?
    package var group: String
    /// The assessments of the row's day, each as its readings.
    package var assessmentsThatDay: [[Reading]]

    package init(name: String, sex: BandSex?, born: CalendarDate?, group: String, assessmentsThatDay: [[Reading]]) {
        self.name = name
        self.sex = sex
        self.born = born
        self.group = group
        self.assessmentsThatDay = assessmentsThatDay
    }
}

/// What to do with the row.
package enum SubjectMerge: Sendable, Equatable {
    /// Details that were empty and are now known; nil leaves what is there.
    package struct Details: Sendable, Equatable {
        package var name: String?
        package var sex: BandSex?
        package var born: CalendarDate?
        package var group: String?
        package var isEmpty: Bool { name == nil && sex == nil && born == nil && group == nil }
    }

    /// Fill in the details and, when `assessment` is true, add the row's assessment.
    case update(Details, assessment: Bool)
    /// The row says something else than is known: it is refused and nothing is overwritten.
    case conflict(ImportProblem)
}

extension ImportRow {
    /// The rule: an import adds and fills in, it never overwrites. Sex and date of birth that differ from the known ones are a conflict
    /// (it is probably another person); a name or group that differs is moved to the new one only by editing, so it is a conflict too.
    /// The same measures on the same day are the same assessment and are not added twice, so a file may be sent again.
    package func merge(into known: KnownSubject) -> SubjectMerge {
        var details = SubjectMerge.Details()
        func conflict(_ field: String, _ here: String, _ there: String) -> SubjectMerge {
            .conflict(ImportProblem(
                line: line, field: field, reason: "subject \(reference) is known with \(field) \(there), the file says \(here)",
                hint: "if it is the same person, correct one of the two; if not, give the row a reference of its own"))
        }
        if let sex {
            if let other = known.sex, other != sex { return conflict("sex", sex.rawValue, other.rawValue) }
            if known.sex == nil { details.sex = sex }
        }
        if let born {
            if let other = known.born, other != born { return conflict("born", born.iso8601, other.iso8601) }
            if known.born == nil { details.born = born }
        }
        if !name.isEmpty && name != known.name {
            // A subject first imported without names carries its reference in place of one.
            guard known.name.isEmpty || known.name == reference else { return conflict("name", name, known.name) }
            details.name = name
        }
        if !group.isEmpty && group != known.group {
            guard known.group.isEmpty else { return conflict("group", group, known.group) }
            details.group = group
        }
        let mine = Dictionary(measures.map { ($0.code, $0.value) }, uniquingKeysWith: { $1 })
        let repeated = known.assessmentsThatDay.contains { readings in
            let theirs = Dictionary(readings.map { ($0.code, $0.value) }, uniquingKeysWith: { $1 })
            return theirs.count == mine.count && mine.allSatisfy { code, value in
                guard let other = theirs[code] else { return false }
                return (other - value).magnitude <= max(value.magnitude, 1) * 1e-9
            }
        }
        return .update(details, assessment: !measures.isEmpty && !repeated)
    }
}
