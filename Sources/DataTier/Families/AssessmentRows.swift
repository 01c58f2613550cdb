// Rows of assessments and their measures, saved as the catalogue classifies them and read back as they were saved.
import Assessments
import Digests
import Procedures
import Storage
import Wire

enum AssessmentRows {
    /// What is needed to save one assessment.
    struct Draft: Sendable {
        var id = Identifier.make()
        var taken: Timestamp
        /// Completed years, where no date of birth is known.
        var age: Int?
        var note: String
        var assessor: String
        var importID: String?
        /// In stored units.
        var readings: [Reading]
    }

    /// What the bands may depend on, on the day of an assessment.
    static func individual(_ subject: Subject, taken: Timestamp, age: Int?) -> Individual {
        var years = age
        if let born = subject.born { years = taken.date >= born ? born.years(until: taken.date) : age }
        return Individual(sex: BandSex(rawValue: subject.sex.rawValue), age: years)
    }

    static func insert(_ draft: Draft, of row: Int64, _ subject: Subject, now: Timestamp, in database: Database) throws {
        try database.execute(
            "INSERT INTO assessment (id, subject, taken, age, note, assessor, import, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            draft.id, row, draft.taken.milliseconds, draft.age, draft.note, draft.assessor, draft.importID, now.milliseconds)
        let assessment = database.lastInsertedRow
        try save(draft.readings, of: assessment, individual(subject, taken: draft.taken, age: draft.age), in: database)
        try database.execute(
            "UPDATE subject SET last_assessed = ? WHERE row = ? AND (last_assessed IS NULL OR last_assessed < ?)",
            draft.taken.milliseconds, row, draft.taken.milliseconds)
    }

    private static func save(_ readings: [Reading], of assessment: Int64, _ individual: Individual, in database: Database) throws {
        for result in Assessor.results(of: readings, for: individual) {
            let meaning = result.classification
            // A calculated value carries no more decimals than its terms can give.
            let value = result.isDerived ? Figure.rounded(result.value, decimals: result.measure.decimals + 1) : result.value
            try database.execute("""
                INSERT INTO measure (assessment, code, value, category, category_code, colour, source, version, formula)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, assessment, result.measure.code, value, meaning.category, meaning.code,
                meaning.colour == .neutral ? nil : meaning.colour.rawValue, meaning.source, meaning.version, result.formula)
        }
    }

    /// What was entered or imported, without what was computed from it.
    static func readings(of assessment: Int64, in database: Database) throws -> [Reading] {
        try database.query("SELECT code, value, formula FROM measure WHERE assessment = ?", assessment) {
            Reading($0.text(0), $0.double(1), formula: $0.optionalText(2))
        }.filter { !Derivation.makes($0.formula) }
    }

    /// After sex or date of birth was corrected: the entered values stay, what follows from them is made anew.
    static func classifyAgain(_ row: Int64, _ subject: Subject, in database: Database) throws {
        let all = try database.query("SELECT row, taken, age FROM assessment WHERE subject = ?", row) { ($0.int64(0), $0.int64(1), $0.optionalInt(2)) }
        for (assessment, taken, age) in all {
            let readings = try readings(of: assessment, in: database)
            try database.execute("DELETE FROM measure WHERE assessment = ?", assessment)
            try save(readings, of: assessment, individual(subject, taken: Timestamp(milliseconds: taken), age: age), in: database)
        }
    }

    // MARK: Reading

    /// Newest first, after the assessment of that id.
    static func list(of subject: Int64, after: String?, limit: Int, in database: Database) throws -> [Assessment] {
        var place: (Int64, Int64) = (.max, .max)
        if let after {
            guard let found = try database.first("SELECT taken, row FROM assessment WHERE id = ? AND subject = ?", after, subject, row: { ($0.int64(0), $0.int64(1)) }) else { throw PageCut.wrongCursor }
            place = found
        }
        return try database.query("""
            SELECT id, taken, age, note, assessor, row FROM assessment
            WHERE subject = ? AND (taken, row) < (?, ?) ORDER BY taken DESC, row DESC LIMIT ?
            """, subject, place.0, place.1, limit) { try assessment($0, in: database) }
    }

    /// Every subject's, newest first, after the assessment of that id.
    static func listEvery(after: String?, limit: Int, in database: Database) throws -> [SubjectAssessment] {
        var place: (Int64, Int64) = (.max, .max)
        if let after {
            guard let found = try database.first("SELECT taken, row FROM assessment WHERE id = ?", after, row: { ($0.int64(0), $0.int64(1)) }) else { throw PageCut.wrongCursor }
            place = found
        }
        return try database.query("""
            SELECT a.id, a.taken, a.age, a.note, a.assessor, a.row, s.id, s.reference, s.name, s.team
            FROM assessment a JOIN subject s ON s.row = a.subject
            WHERE (a.taken, a.row) < (?, ?) ORDER BY a.taken DESC, a.row DESC LIMIT ?
            """, place.0, place.1, limit) { row in
            var found = SubjectAssessment()
            (found.subject, found.reference, found.subjectName, found.group) = (row.text(6), row.text(7), row.text(8), row.optionalText(9))
            found.assessment = try assessment(row, in: database)
            return found
        }
    }

    static func find(_ id: String, in database: Database) throws -> Assessment? {
        try database.first("SELECT id, taken, age, note, assessor, row FROM assessment WHERE id = ?", id) { try assessment($0, in: database) }
    }

    private static func assessment(_ row: Row, in database: Database) throws -> Assessment {
        var assessment = Assessment()
        assessment.id = row.text(0)
        assessment.taken = Timestamp(milliseconds: row.int64(1))
        assessment.age = row.optionalInt(2)
        assessment.note = row.text(3)
        assessment.assessor = row.text(4)
        assessment.measures = try database.query("SELECT code, value, category, colour, source, formula FROM measure WHERE assessment = ?", row.int64(5)) { row in
            var value = MeasureValue()
            value.code = row.text(0)
            value.value = row.double(1)
            value.category = row.optionalText(2)
            value.colour = row.optionalText(3)
            value.source = row.optionalText(4)
            value.derivation = row.optionalText(5)
            let measure = Measure.named(value.code)
            value.name = measure?.name ?? value.code
            value.unit = measure?.unit.symbol ?? ""
            return value
        }.sorted { before($0.code, $1.code) }
        return assessment
    }

    /// Every measure ever taken of a subject, in the catalogue's order, each with its points in order of time.
    static func trends(of subject: Int64, in database: Database) throws -> [Trend] {
        var trends: [String: Trend] = [:]
        try database.each("""
            SELECT m.code, a.taken, m.value, m.category, m.colour FROM assessment a JOIN measure m ON m.assessment = a.row
            WHERE a.subject = ? ORDER BY a.taken, a.row LIMIT 20000
            """, [subject]) { row in
            let code = row.text(0)
            var point = TrendPoint()
            point.taken = Timestamp(milliseconds: row.int64(1))
            point.value = row.double(2)
            point.category = row.optionalText(3)
            point.colour = row.optionalText(4)
            if trends[code] == nil {
                var trend = Trend()
                trend.code = code
                let measure = Measure.named(code)
                trend.name = measure?.name ?? code
                trend.unit = measure?.unit.symbol ?? ""
                trends[code] = trend
            }
            trends[code]!.points.append(point)
            return true
        }
        return trends.values.sorted { before($0.code, $1.code) }
    }

    private static func before(_ a: String, _ b: String) -> Bool {
        let (one, other) = (Measure.order[a] ?? .max, Measure.order[b] ?? .max)
        return one == other ? a < b : one < other
    }
}
