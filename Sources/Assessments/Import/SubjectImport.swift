// Reads a file of subjects and their measurements into a plan of import; nothing of the file is lost without a word.
import Wire

/// The import of subjects from CSV.
package enum SubjectImport {
    /// What to do with a file that has bad rows: leave those out, or take nothing.
    package enum BadRows: String, Sendable, CaseIterable {
        case skip, refuse
    }

    /// Reads the whole file. `today` dates the rows that have no date. With `.refuse` one bad row leaves `rows` empty; a fault of the file
    /// as a whole (no header, semicolons, UTF-16) is one problem on line 1 and no rows.
    package static func read(bytes: [UInt8], bad: BadRows, today: CalendarDate) -> ImportPlan {
        var events = CSVReader.events(of: bytes)[...]
        var plan = ImportPlan()
        let empty = events.count { if case .empty = $0 { true } else { false } }
        while case .empty = events.first { events.removeFirst() }
        guard let first = events.popFirst() else {
            plan.refused = [ImportProblem(line: 1, field: "", reason: "the file is empty", hint: "send a CSV file whose first line names the columns")]
            return plan
        }
        switch first {
        case .record(let header):
            let columns = header.fields.map { ImportColumn(name: $0) }
            if let fault = fault(of: header, columns) { plan.refused = [fault] } else {
                read(events, under: header, columns, today: today, into: &plan)
            }
        case .problem(let problem): plan.refused = [ImportProblem(line: problem.line, field: "", reason: "the first line, which names the columns, cannot be read: \(problem.reason)", hint: problem.hint)]
        case .empty: break
        }
        if empty > 0 { plan.notes.append("\(counted(empty, "empty line")) passed over.") }
        if bad == .refuse && !plan.refused.isEmpty && !plan.rows.isEmpty {
            plan.notes.append("Nothing was taken in, because \(counted(plan.refusedLines, "line")) cannot be and the import was to refuse them all together. \(counted(plan.rows.count, "line")) would be good.")
            plan.rows = []
            plan.warnings = []
        }
        return plan
    }

    // MARK: the header

    /// What is wrong with the header; nil when it can be worked with.
    private static func fault(of header: CSVRecord, _ columns: [ImportColumn]) -> ImportProblem? {
        func whole(_ field: String, _ reason: String, _ hint: String) -> ImportProblem {
            ImportProblem(line: header.line, field: field, reason: reason, hint: hint)
        }
        if header.fields.count == 1 {
            for (sign, name) in [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")] where header.fields[0].contains(sign) {
                return whole("", "the columns are separated by \(name), not by commas", "save the file as \"CSV UTF-8 (comma delimited)\"")
            }
        }
        if !columns.contains(.reference) {
            return whole("", "no column is called reference", "name the column that identifies each subject \"reference\" in the first line, like: reference,sex,age,weight_kg,height_cm")
        }
        var seen: [String: Int] = [:]
        for (place, column) in columns.enumerated() where column != .unnamed {
            if let other = seen[column.target] {
                return whole(header.fields[place], "columns \(other + 1) (\(header.fields[other])) and \(place + 1) (\(header.fields[place])) are both the \(column.target.replacing("_", with: " "))", "keep one of them, or give one another name")
            }
            seen[column.target] = place
        }
        return nil
    }

    // MARK: the rows

    private static func read(_ events: ArraySlice<CSVEvent>, under header: CSVRecord, _ columns: [ImportColumn], today: CalendarDate, into plan: inout ImportPlan) {
        var reader = RowReader(names: header.fields, columns: columns, today: today)
        var seen = RepeatedReferences()
        for event in events {
            switch event {
            case .empty: continue
            case .problem(let problem):
                plan.lines += 1
                let named = problem.fault == .ragged || problem.fault == .unterminatedQuote ? "" : problem.column <= header.fields.count ? header.fields[problem.column - 1] : ""
                plan.refused.append(ImportProblem(line: problem.line, field: named, reason: problem.reason, hint: problem.hint))
            case .record(let record):
                plan.lines += 1
                switch reader.read(record) {
                case .failure(let faults): plan.refused += faults.problems
                case .success(let row):
                    if let problem = seen.problem(with: row) { plan.refused.append(problem) } else { plan.rows.append(row) }
                }
            }
        }
        if plan.lines == 0 {
            plan.refused = [ImportProblem(line: header.line, field: "", reason: "the file names columns but has no rows", hint: "add a line for each subject under the first line")]
        }
        plan.warnings = reader.warnings
        plan.notes = notes(reader, taken: plan.rows.count)
    }

    // MARK: what was assumed

    private static func notes(_ reader: RowReader, taken: Int) -> [String] {
        var notes: [String] = []
        for (name, column) in zip(reader.names, reader.columns) {
            switch column {
            case .sexCode:
                notes.append("Sex code 1 was read as F and 2 as M. The file does not say what its codes mean: this is an assumption.")
            case .measure(let measure, let unit, let assumed):
                if assumed {
                    let others = measure.offered.dropFirst().map { "\(measure.code)_\(Measure.slugged($0.symbol))" }.joined(separator: " or ")
                    notes.append("Column \(name) names no unit and was read as \(unit.symbol); name it \(others) if it is another.")
                } else if unit != measure.unit {
                    notes.append("Column \(name) was converted from \(unit.symbol) to \(measure.unit.symbol).")
                }
                if measure == .meanArterialPressure {
                    notes.append("Mean arterial pressure is neither systolic nor diastolic: it is kept as it is, without category.")
                }
            case .lnTriglycerides:
                notes.append("Column \(name) is a natural logarithm: triglycerides were computed as \(Derivation.fromLogarithmFormula) and are marked as derived.")
            case .custom(let measure):
                if let resembled = ImportColumn.resembled(by: name) {
                    let units = resembled.offered.map(\.symbol).filter { !$0.isEmpty }.joined(separator: " or ")
                    notes.append("Column \(name) looks like \(resembled.name.lowercasedStart), but not in \(units.isEmpty ? "a known form" : units).")
                }
                notes.append("Column \(name) is not known: it was kept as the custom measure \"\(measure.name)\", without category.")
            case .unnamed: notes.append("A column without a name is empty and was passed over.")
            default: break
            }
        }
        for (place, count) in reader.texts.sorted(by: { $0.key < $1.key }) {
            notes.append("Column \(reader.names[place]) holds text in \(counted(count, "row")): it was kept as a note of the assessment.")
        }
        if reader.undated > 0 { notes.append("\(counted(reader.undated, "row")) without a date: the assessment takes the day of the import, \(reader.today.iso8601).") }
        if taken > 0 {
            let has = Set(reader.columns.map(\.target))
            if !has.contains(ImportColumn.born.target) {
                notes.append(has.contains(ImportColumn.age.target) ? "There are no dates of birth: the age counts for the day of the assessment." : "There are neither dates of birth nor ages.")
            }
            if reader.nameless > 0 { notes.append("\(counted(reader.nameless, "row")) without a name: the reference stands in its place.") }
            if reader.unsexed > 0 { notes.append("\(counted(reader.unsexed, "row")) without sex: measures whose bands differ by sex get no category.") }
        }
        if reader.missingMarks > 0 { notes.append("\(counted(reader.missingMarks, "field")) marked as missing (NA, n/a, -, null) taken as empty.") }
        return notes
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

/// References that come again in the same file: allowed for another day, as long as the person is the same.
private struct RepeatedReferences {
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
