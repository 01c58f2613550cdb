// The report made of facts: what it counts, what it withholds, and that nothing small can be computed out of it.
import Assessments
import Procedures
import Testing
import Wire
@testable import ReportingTier

@Suite struct CorporateFiguresTests {
    /// The clinic as the demo imports it, classified as it would be when saved.
    private func clinic() -> ReportFacts {
        let plan = SubjectImport.read(bytes: DemoMeasurements.clinicByAge, bad: .refuse, today: CalendarDate(iso8601: "2026-11-22")!)
        var values: [String: [Int: CountedValue]] = [:]
        for (place, row) in plan.rows.enumerated() {
            let readings = row.measures.map { Reading($0.code, $0.value) }
            for result in Assessor.results(of: readings, for: Individual(sex: row.sex, age: row.age)) {
                values[result.measure.code, default: [:]][place] = CountedValue(value: result.value, category: result.classification.code)
            }
        }
        return ReportFacts(groups: plan.rows.map(\.group), values: values)
    }

    @Test func `the clinic's report counts all 442 and no figure in it is over fewer than ten`() throws {
        let (overall, groups) = CorporateFigures(clinic()).reports()
        #expect(overall.subjects == 442 && groups.count == 6)
        #expect(groups.map(\.group) == ["Age 18 to 29", "Age 30 to 39", "Age 40 to 49", "Age 50 to 59", "Age 60 to 69", "Age 70 and over"])
        #expect(groups.compactMap(\.subjects).reduce(0, +) == 442)
        for report in [overall] + groups {
            for measure in report.measures {
                #expect((measure.subjects ?? 10) >= 10)
                for category in measure.categories { #expect((category.count ?? 10) >= 10, "\(report.group ?? "all") \(measure.code) \(category.category)") }
            }
        }
        let bmi = try #require(overall.measures.first { $0.code == "bmi" })
        #expect(bmi.subjects == 442 && bmi.average == 26.38 && bmi.unit == "kg/m²")
        #expect(bmi.categories.map(\.category) == ["Underweight", "Healthy weight", "Overweight", "Obesity class 1", "Obesity class 2", "Obesity class 3"])
        let shown = bmi.categories.compactMap(\.count)
        #expect(shown.count >= 3 && 442 - shown.reduce(0, +) >= 10)
        #expect(overall.measures.map(\.code) == ["bmi", "mean_arterial_pressure", "total_cholesterol", "hdl", "ldl", "cholesterol_ratio", "triglycerides", "glucose", "custom.progression_1y"])
        #expect(overall.measures.last?.categories == nil || overall.measures.last?.categories.isEmpty == true)
        #expect(overall.measures.last?.name == "Progression 1y" && overall.measures.last?.average == 152.1)
    }

    @Test func `what all have more than the shown groups is ten or more in every line of the clinic's report`() {
        let (overall, groups) = CorporateFigures(clinic()).reports()
        for (place, measure) in overall.measures.enumerated() {
            for (column, category) in measure.categories.enumerated() {
                guard let all = category.count else { continue }
                let parts = groups.map { $0.measures[place].categories[column].count }
                let rest = all - parts.compactMap { $0 }.reduce(0, +)
                #expect(!parts.contains(nil) ? rest == 0 : rest >= 10, "\(measure.code) \(category.category)")
            }
        }
    }

    @Test func `a small group is named and says nothing, and neither does subtraction`() throws {
        let groups = Array(repeating: "Day", count: 40) + Array(repeating: "Night", count: 25) + Array(repeating: "Board", count: 4)
        let values = Dictionary(uniqueKeysWithValues: groups.indices.map { ($0, CountedValue(value: 70 + Double($0 % 7), category: nil)) })
        let (overall, reports) = CorporateFigures(ReportFacts(groups: groups, values: ["weight": values])).reports()
        #expect(overall.subjects == 69)
        #expect(reports.map { $0.group } == ["Board", "Day", "Night"])
        #expect(reports.map(\.suppressed) == [true, false, true] && reports.map(\.subjects) == [nil, 40, nil])
        #expect(reports[0].measures.isEmpty && reports[2].measures.isEmpty && reports[1].measures.count == 1)
    }

    @Test func `fewer than ten people make no report at all`() {
        let (overall, groups) = CorporateFigures(ReportFacts(groups: Array(repeating: "", count: 9), values: ["weight": [0: CountedValue(value: 70, category: nil)]])).reports()
        #expect(overall.suppressed && overall.subjects == nil && overall.measures.isEmpty && groups.isEmpty)
    }

    @Test func `a measure few people have is not in the report`() {
        let values = Dictionary(uniqueKeysWithValues: (0..<9).map { ($0, CountedValue(value: 1, category: nil)) })
        let (overall, _) = CorporateFigures(ReportFacts(groups: Array(repeating: "", count: 30), values: ["jumps": values])).reports()
        #expect(overall.measures.isEmpty && overall.subjects == 30)
    }

    @Test func `how many lack a measure is told only when it is nobody or ten and more`() {
        func subjects(measured: Int, of all: Int) -> Int? {
            let values = Dictionary(uniqueKeysWithValues: (0..<measured).map { ($0, CountedValue(value: 1, category: nil)) })
            return CorporateFigures(ReportFacts(groups: Array(repeating: "", count: all), values: ["jumps": values])).reports().overall.measures.first?.subjects
        }
        #expect(subjects(measured: 30, of: 30) == 30 && subjects(measured: 20, of: 30) == 20 && subjects(measured: 27, of: 30) == nil)
    }

    @Test func `smoking is counted by its answers and has no average`() throws {
        let values = Dictionary(uniqueKeysWithValues: (0..<60).map { ($0, CountedValue(value: Double($0 % 3), category: nil)) })
        let (overall, groups) = CorporateFigures(ReportFacts(groups: Array(repeating: "", count: 60), values: ["smoking": values])).reports()
        let smoking = try #require(overall.measures.first)
        #expect(smoking.categories.map(\.category) == ["never", "former", "current"] && smoking.categories.map(\.count) == [20, 20, 20])
        #expect(smoking.average == nil && groups.isEmpty)
    }

    @Test func `dates are widened to whole months, and in order`() throws {
        var question = MakeCorporateReport()
        question.from = CalendarDate(iso8601: "2026-02-14")
        question.to = CalendarDate(iso8601: "2028-02-03")
        let dates = try ReportDates(question)
        #expect(dates.from?.iso8601 == "2026-02-01" && dates.to?.iso8601 == "2028-02-29")
        question.to = CalendarDate(iso8601: "2026-02-13")
        #expect(throws: Failure.self) { try ReportDates(question) }
    }

    @Test func `as CSV every figure has a line, and what is withheld says so`() throws {
        var report = CorporateReport()
        (report.overall, report.groups) = CorporateFigures(clinic()).reports()
        let records = CSVReader.events(of: report.csv).compactMap { if case .record(let record) = $0 { record.fields } else { nil } }
        #expect(records.first == ["group", "measure", "name", "unit", "figure", "category", "value", "as_of"])
        #expect(records.contains { $0.prefix(7) == ["all subjects", "", "", "", "subjects", "", "442"] })
        #expect(records.contains { $0[1] == "bmi" && $0[5] == "Underweight" && $0[6] == "suppressed" })
        #expect(records.allSatisfy { $0.count == 8 })
        let figures = records.dropFirst().filter { $0[4] != "average" }.compactMap { Int($0[6]) }
        #expect(figures.allSatisfy { $0 >= 10 } && figures.count > 40)
    }
}
