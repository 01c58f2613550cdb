// What an import does to the tables, row by row, and its report.
import Assessments
import Digests
import Procedures
import Storage
import Wire

enum ImportRows {
    /// Thrown to undo an import that is to be refused as a whole.
    struct Refused: Error {
        let report: ImportReport
    }

    /// Takes the plan in. A row that contradicts a known subject is a bad line too; with `.refuse` any bad line undoes all.
    static func take(_ plan: ImportPlan, bad: Procedures.BadRows, fileName: String, by person: String, now: Timestamp, in database: Database) throws -> ImportReport {
        var report = ImportReport()
        report.id = Identifier.make()
        report.fileName = fileName
        report.imported = now
        report.notes = plan.notes
        var problems = plan.refused
        for row in plan.rows {
            if let problem = try take(row, importID: report.id, by: person, now: now, in: database) {
                problems.append(problem)
            } else {
                report.accepted += 1
            }
        }
        report.refused = Set(problems.map(\.line)).count
        report.lines = (problems + plan.warnings).sorted { ($0.line, $0.field) < ($1.line, $1.field) }.map { problem in
            var line = ImportLine()
            line.line = problem.line
            line.field = problem.field
            line.reason = problem.reason
            line.hint = problem.hint
            return line
        }
        if (bad == .refuse && !problems.isEmpty) || report.accepted == 0 {
            report.accepted = 0
            report.state = .refused
            throw Refused(report: report)
        }
        return report
    }

    /// Takes one row in; gives the problem when it contradicts what is known.
    private static func take(_ row: ImportRow, importID: String, by person: String, now: Timestamp, in database: Database) throws -> ImportProblem? {
        let taken = midnight(row.taken)
        let readings = row.measures.map { Reading($0.code, $0.value, formula: $0.formula) }
        var adds = !readings.isEmpty
        var subject: Subject
        let place: Int64
        if let (known, before) = try SubjectRows.find(reference: row.reference, in: database) {
            (place, subject) = (known, before)
            switch row.merge(into: try knowledge(of: place, before, on: row.taken, in: database)) {
            case .conflict(let problem):
                return problem
            case .update(let details, let assessment):
                adds = assessment
                if !details.isEmpty {
                    if let name = details.name { subject.name = name }
                    if let sex = details.sex { subject.sex = Procedures.Sex(rawValue: sex.rawValue) ?? .unknown }
                    if let born = details.born { subject.born = born }
                    if let group = details.group { subject.group = group }
                    try SubjectRows.replace(place, subject, in: database)
                    if details.sex != nil || details.born != nil { try AssessmentRows.classifyAgain(place, subject, in: database) }
                }
            }
        } else {
            subject = Subject()
            subject.id = Identifier.make()
            subject.reference = row.reference
            subject.name = row.name
            subject.sex = row.sex.flatMap { Procedures.Sex(rawValue: $0.rawValue) } ?? .unknown
            subject.born = row.born
            subject.group = row.group.isEmpty ? nil : row.group
            subject.created = now
            place = try SubjectRows.insert(subject, in: database)
        }
        if adds {
            let draft = AssessmentRows.Draft(taken: taken, age: subject.born == nil ? row.age : nil, note: row.note, assessor: person, importID: importID, readings: readings)
            try AssessmentRows.insert(draft, of: place, subject, now: now, in: database)
        }
        return nil
    }

    private static func knowledge(of row: Int64, _ subject: Subject, on day: CalendarDate, in database: Database) throws -> KnownSubject {
        let start = midnight(day).milliseconds
        let that = try database.query("SELECT row FROM assessment WHERE subject = ? AND taken >= ? AND taken < ?", row, start, start + 86_400_000) { $0.int64(0) }
        let readings = try that.map { assessment in
            try AssessmentRows.readings(of: assessment, in: database)
        }
        return KnownSubject(
            name: subject.name, sex: BandSex(rawValue: subject.sex.rawValue),
            born: subject.born,
            group: subject.group ?? "", assessmentsThatDay: readings)
    }

    private static func midnight(_ day: CalendarDate) -> Timestamp { Timestamp(milliseconds: Int64(day.daysSince1970) * 86_400_000) }

    // MARK: Reports

    static func keep(_ report: ImportReport, by person: String, lines: Int, in database: Database) throws {
        try database.execute(
            "INSERT INTO import (id, state, accepted, refused, file_name, imported, by_person, notes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            report.id, report.state.rawValue, report.accepted, report.refused, report.fileName, report.imported.milliseconds, person,
            report.notes.joined(separator: "\n"))
        let row = database.lastInsertedRow
        for (place, line) in report.lines.prefix(lines).enumerated() {
            try database.execute(
                "INSERT INTO import_line (import, place, line, field, reason, hint) VALUES (?, ?, ?, ?, ?, ?)",
                row, place, line.line, line.field, line.reason, line.hint)
        }
    }

    private static func report(_ row: Row) -> ImportReport {
        var report = ImportReport()
        report.id = row.text(0)
        report.state = ImportReport.State(rawValue: row.text(1)) ?? .done
        report.accepted = row.int(2)
        report.refused = row.int(3)
        report.fileName = row.text(4)
        report.imported = Timestamp(milliseconds: row.int64(5))
        report.notes = row.text(6).split(separator: "\n").map(String.init)
        return report
    }

    static func find(_ id: String, in database: Database) throws -> ImportReport? {
        try database.first("SELECT id, state, accepted, refused, file_name, imported, notes, row FROM import WHERE id = ?", id) { row in
            var report = report(row)
            report.lines = try database.query("SELECT line, field, reason, hint FROM import_line WHERE import = ? ORDER BY place", row.int64(7)) { row in
                var line = ImportLine()
                line.line = row.int(0)
                line.field = row.text(1)
                line.reason = row.text(2)
                line.hint = row.text(3)
                return line
            }
            return report
        }
    }

    /// Newest first, without their lines.
    static func list(after: String?, limit: Int, in database: Database) throws -> [ImportReport] {
        var before = Int64.max
        if let after {
            guard let row = try database.int("SELECT row FROM import WHERE id = ?", after) else { throw PageCut.wrongCursor }
            before = Int64(row)
        }
        return try database.query("SELECT id, state, accepted, refused, file_name, imported, notes FROM import WHERE row < ? ORDER BY row DESC LIMIT ?", before, limit, row: report)
    }
}
