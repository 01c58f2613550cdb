// What an import of subjects would do: the rows that may go in, the problems line by line, and what was assumed on the way.
import Wire

/// One thing wrong with one field of one line, and the remedy.
package struct ImportProblem: Sendable, Equatable {
    /// The line in the file, from 1.
    package let line: Int
    /// The column's name as it stands in the file; empty when the whole line is meant.
    package let field: String
    package let reason: String
    package let hint: String

    package init(line: Int, field: String, reason: String, hint: String) {
        self.line = line
        self.field = field
        self.reason = reason
        self.hint = hint
    }
}

/// One measured value of a row, in the stored unit of its measure.
package struct ImportedMeasure: Sendable, Equatable {
    package let code: String
    package let value: Double
    /// The formula it was computed by while reading (ln triglycerides); nil for a value as entered.
    package let formula: String?

    package init(code: String, value: Double, formula: String? = nil) {
        self.code = code
        self.value = value
        self.formula = formula
    }
}

/// One subject with at most one assessment, as a line of the file gives it.
package struct ImportRow: Sendable, Equatable {
    package var line: Int
    /// The customer's own identifier of the subject, unique within the customer.
    package var reference: String
    /// Empty when the file has no names.
    package var name: String
    package var sex: BandSex?
    package var born: CalendarDate?
    /// Full years at the assessment, where the file gives an age instead of a date of birth.
    package var age: Int?
    /// Empty when the file has no groups.
    package var group: String
    /// The day of the assessment: the file's, or the day of the import.
    package var taken: CalendarDate
    /// Empty for a line that only describes a subject.
    package var measures: [ImportedMeasure]
    /// Texts of columns that are no figures ("remark: left knee"), to be kept with the assessment; empty when there are none.
    package var note: String
}

/// The whole reading of a file. `rows` and `refused` together account for every line that was not empty.
package struct ImportPlan: Sendable, Equatable {
    package var rows: [ImportRow] = []
    /// Why lines do not go in; one line may have several.
    package var refused: [ImportProblem] = []
    /// Values that go in but are unusual enough to be looked at.
    package var warnings: [ImportProblem] = []
    /// What was assumed, for the report: the meaning of a sex code, the date of undated rows, columns kept as custom measures.
    package var notes: [String] = []
    /// Lines with a record on them, the header apart: those of `rows` and of `refused`.
    package var lines = 0

    /// Distinct lines that do not go in.
    package var refusedLines: Int { Set(refused.map(\.line)).count }
}
