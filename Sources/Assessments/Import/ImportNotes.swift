// What the report of an import says was assumed on the way, in sentences.
import Wire

/// Collects over the rows that go in what was assumed of them.
struct ImportNotes {
    private let names: [String]
    private let columns: [ImportColumn]
    private let today: CalendarDate
    private var rows = 0
    private var undated = 0
    private var unsexed = 0
    private var nameless = 0
    private var missingMarks = 0
    private var figures: [Int: Int] = [:]
    private var texts: [Int: Int] = [:]

    init(names: [String], columns: [ImportColumn], today: CalendarDate) {
        self.names = names
        self.columns = columns
        self.today = today
    }

    mutating func add(_ row: ImportRow, _ remarks: RowRemarks) {
        rows += 1
        if remarks.isUndated { undated += 1 }
        if row.sex == nil { unsexed += 1 }
        if row.name.isEmpty { nameless += 1 }
        missingMarks += remarks.missingMarks
        for place in remarks.figures { figures[place, default: 0] += 1 }
        for place in remarks.texts { texts[place, default: 0] += 1 }
    }

    /// First what concerns columns, in their order, then what concerns rows.
    var sentences: [String] {
        guard rows > 0 else { return [] }
        var notes: [String] = []
        for (place, column) in columns.enumerated() { notes += sentences(on: place, column) }
        let count = SubjectImport.counted
        if undated > 0 { notes.append("\(count(undated, "row")) without a date: the assessment takes the day of the import, \(today.iso8601).") }
        let has = Set(columns.map(\.target))
        if !has.contains(ImportColumn.born.target) {
            notes.append(has.contains(ImportColumn.age.target) ? "There are no dates of birth: the age counts for the day of the assessment." : "There are neither dates of birth nor ages.")
        }
        if nameless > 0 { notes.append("\(count(nameless, "row")) without a name: the reference stands in its place.") }
        if unsexed > 0 { notes.append("\(count(unsexed, "row")) without sex: measures whose bands differ by sex get no category.") }
        if missingMarks > 0 { notes.append("\(count(missingMarks, "field")) marked as missing (NA, n/a, -, null) taken as empty.") }
        return notes
    }

    private func sentences(on place: Int, _ column: ImportColumn) -> [String] {
        let name = names[place]
        switch column {
        case .sexCode:
            return ["Sex code 1 was read as F and 2 as M. The file does not say what its codes mean: this is an assumption."]
        case .measure(let measure, let unit, let assumed):
            var notes: [String] = []
            if assumed {
                let others = measure.offered.dropFirst().map { "\(measure.code)_\(Measure.slugged($0.symbol))" }.joined(separator: " or ")
                notes.append("Column \(name) names no unit and was read as \(unit.symbol); name it \(others) if it is another.")
            } else if unit != measure.unit {
                notes.append("Column \(name) was converted from \(unit.symbol) to \(measure.unit.symbol).")
            }
            if measure == .meanArterialPressure {
                notes.append("Mean arterial pressure is neither systolic nor diastolic: it is kept as it is, without category.")
            }
            return notes
        case .lnTriglycerides:
            return ["Column \(name) is a natural logarithm: triglycerides were computed as \(Derivation.fromLogarithmFormula) and are marked with that."]
        case .custom(let measure): return sentences(onCustom: place, name, measure)
        case .unnamed: return ["A column without a name is empty and was passed over."]
        default: return []
        }
    }

    private func sentences(onCustom place: Int, _ name: String, _ measure: Measure) -> [String] {
        var notes: [String] = []
        if let resembled = ImportColumn.resembled(by: name) {
            let units = resembled.offered.map(\.symbol).filter { !$0.isEmpty }.joined(separator: " or ")
            notes.append("Column \(name) looks like \(resembled.name.lowercasedStart), but not in \(units.isEmpty ? "a known form" : units).")
        }
        let figures = figures[place] ?? 0, texts = texts[place] ?? 0
        if figures > 0 { notes.append("Column \(name) is not known: it was kept as the custom measure \"\(measure.name)\", without category.") }
        if texts > 0 { notes.append("Column \(name) is not known and holds text in \(SubjectImport.counted(texts, "row")): it was kept as a note of the assessment.") }
        if figures == 0 && texts == 0 { notes.append("Column \(name) is not known, and empty in the rows that went in.") }
        return notes
    }
}
