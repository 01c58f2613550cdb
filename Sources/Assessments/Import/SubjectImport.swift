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
        var seen = RepeatedReferences(), notes = ImportNotes(names: header.fields, columns: columns, today: today)
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
                case .success(let (row, remarks)):
                    if let problem = seen.problem(with: row) {
                        plan.refused.append(problem)
                    } else {
                        plan.rows.append(row)
                        plan.warnings += remarks.warnings
                        notes.add(row, remarks)
                    }
                }
            }
        }
        if plan.lines == 0 {
            plan.refused = [ImportProblem(line: header.line, field: "", reason: "the file names columns but has no rows", hint: "add a line for each subject under the first line")]
        }
        plan.notes = notes.sentences
    }

    static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
