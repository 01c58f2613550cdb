// References that come again in one file.
import Wire

/// References that come again in the same file: allowed for another day, as long as the person is the same.
struct RepeatedReferences {
    private struct Key: Hashable {
        let reference: String
        let taken: CalendarDate
    }
    private var days: [Key: Int] = [:]
    private var people: [String: ImportRow] = [:]

    mutating func problem(with row: ImportRow) -> ImportProblem? {
        if let line = days[Key(reference: row.reference, taken: row.taken)] {
            return ImportProblem(
                line: row.line, field: "reference", reason: "\(row.reference) stands on line \(line) already, for the same day",
                hint: "give each assessment of a subject a day of its own in a column called taken, or each subject a reference of its own")
        }
        if let first = people[row.reference] {
            let differing: (String, String, String)? =
                if let a = first.sex, let b = row.sex, a != b { ("sex", a.rawValue, b.rawValue) }
                else if let a = first.born, let b = row.born, a != b { ("born", a.iso8601, b.iso8601) }
                else if !first.name.isEmpty, !row.name.isEmpty, first.name != row.name { ("name", first.name, row.name) }
                else if !first.group.isEmpty, !row.group.isEmpty, first.group != row.group { ("group", first.group, row.group) }
                else { nil }
            if let (field, there, here) = differing {
                return ImportProblem(
                    line: row.line, field: field, reason: "\(row.reference) has \(field) \(there) on line \(first.line) and \(here) here",
                    hint: "correct one of the two, or give each subject a reference of its own")
            }
        } else {
            people[row.reference] = row
        }
        days[Key(reference: row.reference, taken: row.taken)] = row.line
        return nil
    }
}
