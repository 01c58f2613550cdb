// What a report is made of: of each subject the group and the newest value of every measure, without any name.
import Assessments
import Storage
import Wire

/// One value with the category it was saved with.
struct CountedValue: Sendable, Equatable {
    let value: Double
    /// The stable code of the category; nil where no published band applied.
    let category: String?
}

/// The subjects assessed within the dates.
struct ReportFacts: Sendable {
    /// Of each subject its group; empty for none.
    var groups: [String] = []
    /// By code of the measure: the newest value of each subject, by its place in `groups`.
    var values: [String: [Int: CountedValue]] = [:]

    /// Reads a customer's database. `from` and `to` include both days.
    init(_ database: Database, from: CalendarDate?, to: CalendarDate?) throws {
        let start = from?.midnight.milliseconds ?? Int64.min
        let end = to.map { $0.midnight.milliseconds + 86_400_000 } ?? Int64.max
        var places: [Int64: Int] = [:]
        try database.each("""
            SELECT s.row, COALESCE(s.team, '') FROM subject s
            WHERE EXISTS (SELECT 1 FROM assessment a WHERE a.subject = s.row AND a.taken >= ? AND a.taken < ?)
            """, [start, end]) { row in
            places[row.int64(0)] = groups.count
            groups.append(row.text(1))
            return true
        }
        // Later rows replace earlier ones: what stays is the newest.
        try database.each("""
            SELECT a.subject, m.code, m.value, m.category_code FROM assessment a JOIN measure m ON m.assessment = a.row
            WHERE a.taken >= ? AND a.taken < ? ORDER BY a.taken, a.row
            """, [start, end]) { row in
            guard let place = places[row.int64(0)] else { return true }
            values[row.text(1), default: [:]][place] = CountedValue(value: row.double(2), category: row.optionalText(3))
            return true
        }
    }

    /// Made by hand, for tests of what is made of it.
    init(groups: [String], values: [String: [Int: CountedValue]]) {
        self.groups = groups
        self.values = values
    }
}
