// Reads a file of subjects and their measurements into a plan of import; nothing of the file is lost without a word.
import Wire

/// The import of subjects from CSV.
package enum SubjectImport {
    /// Reads the whole file. `today` dates the rows that have no date. With `.refuse` one bad row leaves `rows` empty.
    package static func read(bytes: [UInt8], bad: BadRows, today: CalendarDay) -> ImportPlan {
        ImportPlan()
    }
}
