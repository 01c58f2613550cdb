// Reads one record into a row: every field is understood, or the line is refused with the field, the reason and the remedy.
import Wire

/// Reads the records of one file under its header. Collects what the report will say.
struct RowReader {
    let names: [String]
    let columns: [ImportColumn]
    let today: CalendarDate
    private var faults: [ImportProblem] = []
    private var line = 0

    init(names: [String], columns: [ImportColumn], today: CalendarDate) {
        self.names = names
        self.columns = columns
        self.today = today
    }

    /// The row of a record with what is to be said of it, or all that is wrong with it.
    mutating func read(_ record: CSVRecord) -> Swift.Result<(row: ImportRow, remarks: RowRemarks), RowFaults> {
        faults = []
        line = record.line
        var row = ImportRow(line: line, reference: "", name: "", sex: nil, born: nil, age: nil, group: "", taken: today, measures: [], note: "")
        var given: (first: String, last: String) = ("", "")
        var remarks = RowRemarks(), texts: [String] = [], dated = false
        for (place, raw) in record.fields.enumerated() where place < columns.count {
            let cell = CSVWriter.unguarded(RowReader.trimmed(raw))
            if cell.isEmpty { continue }
            if ["na", "n/a", "-", "null"].contains(cell.lowercased()) && columns[place] != .reference {
                remarks.missingMarks += 1
                continue
            }
            switch columns[place] {
            case .reference: row.reference = text(cell, place, longest: 64)
            case .name: row.name = text(cell, place, longest: 200)
            case .firstName: given.first = text(cell, place, longest: 100)
            case .lastName: given.last = text(cell, place, longest: 100)
            case .group: row.group = text(cell, place, longest: 100)
            case .sex: row.sex = sex(cell, place)
            case .sexCode: row.sex = sexCode(cell, place)
            case .born: row.born = day(cell, place)
            case .age: row.age = age(cell, place)
            case .taken:
                if let day = day(cell, place) {
                    row.taken = day
                    dated = true
                }
            case .measure(let measure, let unit, _):
                guard let value = value(cell, place, of: measure, in: unit) else { continue }
                if measure.isUnusual(value) { remarks.warnings.append(warning(place, measure, value, unit)) }
                row.measures.append(ImportedMeasure(code: measure.code, value: value))
            case .lnTriglycerides:
                guard let value = logarithm(cell, place) else { continue }
                if Measure.triglycerides.isUnusual(value) { remarks.warnings.append(warning(place, .triglycerides, value, .milligramPerDecilitre)) }
                row.measures.append(ImportedMeasure(code: Measure.triglycerides.code, value: value, formula: Derivation.fromLogarithmFormula))
            case .custom(let measure):
                if let value = Figure.read(cell), measure.possible.contains(value) {
                    row.measures.append(ImportedMeasure(code: measure.code, value: value))
                    remarks.figures.insert(place)
                } else {
                    texts.append("\(names[place]): \(text(cell, place, longest: 1_000))")
                    remarks.texts.insert(place)
                }
            case .unnamed: fault(place, "a value stands in a column without a name", "give column \(place + 1) a name in the first line")
            }
        }
        row.note = texts.joined(separator: "\n")
        let full = [given.first, given.last].filter { !$0.isEmpty }.joined(separator: " ")
        if row.name.isEmpty { row.name = full }
        check(row, dated: dated)
        guard faults.isEmpty else { return .failure(RowFaults(problems: faults)) }
        remarks.isUndated = !dated && !row.measures.isEmpty
        return .success((row, remarks))
    }

    // MARK: what holds between fields

    private mutating func check(_ row: ImportRow, dated: Bool) {
        if row.reference.isEmpty && !faults.contains(where: { $0.field == name(of: .reference) }) {
            fault(column: .reference, "the reference is empty", "write the identifier by which the subject is known")
        }
        if row.taken.daysSince1970 > today.daysSince1970 + 1 {
            fault(column: .taken, "\(row.taken.iso8601) is in the future", "write the day the measures were taken")
        }
        if let born = row.born {
            if born <= row.taken {
                let years = born.years(until: row.taken)
                if years > 130 { fault(column: .born, "born \(born.iso8601), the subject would be \(years) years old", "check the year of birth") }
                if let age = row.age, (age - years).magnitude > 1 {
                    fault(column: .age, "the age \(age) does not fit a birth on \(born.iso8601)", "correct one of the two or leave the age out")
                }
            } else {
                fault(column: .born, "born \(born.iso8601) is after the assessment on \(row.taken.iso8601)", "check both dates")
            }
        }
        let values = Dictionary(row.measures.map { ($0.code, $0.value) }, uniquingKeysWith: { $1 })
        if let systolic = values[Measure.systolic.code], let diastolic = values[Measure.diastolic.code], systolic <= diastolic {
            fault(column: .measure(.systolic, .millimetreOfMercury, assumed: false),
                  "systolic \(Figure.shortest(systolic)) is not above diastolic \(Figure.shortest(diastolic))", "check whether the two are exchanged")
        }
    }

    // MARK: one field

    private mutating func text(_ cell: String, _ place: Int, longest: Int) -> String {
        if cell.unicodeScalars.count > longest {
            fault(place, "the text has \(cell.unicodeScalars.count) characters", "shorten it to \(longest)")
        } else if cell.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" && $0 != "\t" && $0 != "\r" || $0.value == 0x7F }) {
            fault(place, "the text holds a control character", "type it anew; it was probably damaged in a copy")
        }
        return cell
    }

    private mutating func sex(_ cell: String, _ place: Int) -> BandSex? {
        if let sex = BandSex(text: cell) { return sex }
        let code = cell == "1" || cell == "2"
        fault(place, "\"\(RowReader.quoted(cell))\" is not a sex the bands know",
              code ? "write F or M, or name the column sex_code (then 1 is read as F and 2 as M)" : "write F or M, or leave the field empty")
        return nil
    }

    private mutating func sexCode(_ cell: String, _ place: Int) -> BandSex? {
        switch cell {
        case "1", "1.0": return .female
        case "2", "2.0": return .male
        default:
            fault(place, "\"\(RowReader.quoted(cell))\" is no sex code", "write 1 (read as F) or 2 (read as M), or leave the field empty")
            return nil
        }
    }

    private mutating func day(_ cell: String, _ place: Int) -> CalendarDate? {
        if let day = CalendarDate(iso8601: cell), day.year >= 1850 { return day }
        fault(place, "\"\(RowReader.quoted(cell))\" is not a date", "write year, month and day, like \(today.iso8601)")
        return nil
    }

    private mutating func age(_ cell: String, _ place: Int) -> Int? {
        if let value = Figure.read(cell), value == value.rounded(), (0...130).contains(value) { return Int(value) }
        fault(place, "\"\(RowReader.quoted(cell))\" is not an age", "write full years from 0 to 130")
        return nil
    }

    private mutating func value(_ cell: String, _ place: Int, of measure: Measure, in unit: Unit) -> Double? {
        if !measure.choices.isEmpty { return choice(cell, place, of: measure) }
        guard let value = figure(cell, place), let stored = measure.stored(value, from: unit) else { return nil }
        if let problem = measure.problem(with: stored, in: unit) {
            fault(place, problem.reason, problem.hint)
            return nil
        }
        return stored
    }

    private mutating func figure(_ cell: String, _ place: Int) -> Double? {
        if let value = Figure.read(cell) { return value }
        let hint = if cell.contains(","), let meant = Figure.read(String(cell.map { $0 == "," ? "." : $0 })) {
            "write a point: \(Figure.shortest(meant)), and no separator between thousands"
        } else if cell.utf8.first.map({ (0x30...0x39).contains($0) }) == true {
            "write the figure alone; the unit belongs in the column's name, like weight_lb"
        } else {
            "write digits with a point, like 72.5, or leave the field empty"
        }
        fault(place, "\"\(RowReader.quoted(cell))\" is not a number", hint)
        return nil
    }

    private mutating func choice(_ cell: String, _ place: Int, of measure: Measure) -> Double? {
        let word = cell.lowercased()
        if let choice = measure.choices.first(where: { $0.code == word || $0.name == word }) { return choice.value }
        if measure.code == Measure.fasting.code {
            if ["y", "true", "1"].contains(word) { return 1 }
            if ["n", "false", "0"].contains(word) { return 0 }
        } else {
            if ["yes", "y", "smoker"].contains(word) { return 2 }
            if ["ex", "ex-smoker", "ex smoker"].contains(word) { return 1 }
        }
        let words = measure.choices.map(\.name).joined(separator: ", ")
        fault(place, "\"\(RowReader.quoted(cell))\" does not say which of \(words)", "write one of: \(words)")
        return nil
    }

    private mutating func logarithm(_ cell: String, _ place: Int) -> Double? {
        guard let value = figure(cell, place) else { return nil }
        let stored = Derivation.triglycerides(logarithm: value)
        if stored.isFinite, Measure.triglycerides.possible.contains(stored) { return stored }
        fault(place, "\(cell) is not the natural logarithm of triglycerides in mg/dL", "if it is not a logarithm, name the column triglycerides_mg_dl")
        return nil
    }

    // MARK: words

    private func warning(_ place: Int, _ measure: Measure, _ value: Double, _ unit: Unit) -> ImportProblem {
        let shown = "\(measure.text(value, in: unit)) \(unit.symbol)".trimmedSpaces
        let range = "\(measure.text(measure.usual.lowerBound, in: unit)) to \(measure.text(measure.usual.upperBound, in: unit)) \(unit.symbol)".trimmedSpaces
        return ImportProblem(line: line, field: names[place], reason: "\(shown) is unusual (\(range) is expected); it was kept", hint: "check the figure and its unit")
    }

    private mutating func fault(_ place: Int, _ reason: String, _ hint: String) {
        faults.append(ImportProblem(line: line, field: names[place], reason: reason, hint: hint))
    }

    private mutating func fault(column: ImportColumn, _ reason: String, _ hint: String) {
        faults.append(ImportProblem(line: line, field: name(of: column), reason: reason, hint: hint))
    }

    private func name(of column: ImportColumn) -> String {
        columns.firstIndex { $0.target == column.target }.map { names[$0] } ?? ""
    }

    /// A cell inside a message: short, and on one line.
    private static func quoted(_ cell: String) -> String {
        let line = String(cell.map { $0.isNewline ? " " : $0 })
        return line.count > 40 ? line.prefix(40) + "…" : line
    }

    private static func trimmed(_ text: String) -> String {
        var slice = Substring(text)
        while let first = slice.first, first.isWhitespace { slice.removeFirst() }
        while let last = slice.last, last.isWhitespace { slice.removeLast() }
        return String(slice)
    }
}

/// All that is wrong with one row.
struct RowFaults: Error {
    let problems: [ImportProblem]
}

/// What the report of the import says of a row that goes in.
struct RowRemarks {
    var warnings: [ImportProblem] = []
    var isUndated = false
    /// Fields marked as missing and taken as empty.
    var missingMarks = 0
    /// Custom columns, by place, in which the row has a figure, and in which it has a text.
    var figures: Set<Int> = []
    var texts: Set<Int> = []
}
