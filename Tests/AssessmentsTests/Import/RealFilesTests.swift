// Both published files come in completely, figure by figure.
import Testing
import Wire
@testable import Assessments

@Suite struct RealFilesTests {
    private let today = CalendarDate(iso8601: "2026-11-22")!

    private func records(_ bytes: [UInt8]) -> [[String]] {
        CSVReader.events(of: bytes).compactMap { if case .record(let r) = $0 { r.fields } else { nil } }
    }
    private func value(_ row: ImportRow, _ code: String) -> Double? { row.measures.first { $0.code == code }?.value }

    @Test func `all 442 patients of the clinic are accepted and every figure can be had back`() throws {
        let plan = SubjectImport.read(bytes: DemoMeasurements.clinic, bad: .refuse, today: today)
        #expect(plan.refused == [])
        #expect(plan.rows.count == 442 && plan.lines == 442)
        #expect(Set(plan.rows.map(\.reference)).count == 442)
        let file = records(DemoMeasurements.clinic)
        for (row, fields) in zip(plan.rows, file.dropFirst()) {
            #expect(row.reference == fields[0] && row.age == Int(fields[1]) && row.sex == (fields[2] == "1" ? .female : .male))
            #expect(row.measures.count == 9 && row.taken == today && row.born == nil)
            let back: [(String, Unit, Int)] = [
                ("bmi", .kilogramPerSquareMetre, 3), ("mean_arterial_pressure", .millimetreOfMercury, 4), ("total_cholesterol", .milligramPerDecilitre, 5),
                ("ldl", .milligramPerDecilitre, 6), ("hdl", .milligramPerDecilitre, 7), ("cholesterol_ratio", .none, 8),
                ("glucose", .milligramPerDecilitre, 10),
            ]
            for (code, unit, column) in back {
                let measure = try #require(Measure.named(code))
                let stored = try #require(value(row, code))
                let shown = try #require(measure.value(stored, in: unit))
                #expect((shown - Double(fields[column])!).magnitude < 1e-9, "\(fields[0]) \(code)")
            }
            let logarithm = try #require(Figure.read(fields[9]))
            let stored = try #require(value(row, "triglycerides"))
            let triglycerides = try #require(Measure.triglycerides.value(stored, in: .milligramPerDecilitre))
            // The logarithms are of whole mg/dL.
            #expect((triglycerides - triglycerides.rounded()).magnitude < 0.02 && (Derivation.triglycerides(logarithm: logarithm) * 88.57 - triglycerides).magnitude < 1e-9)
            #expect(value(row, "custom.progression_1y") == Figure.read(fields[11]))
        }
        let notes = plan.notes.joined(separator: "\n")
        for said in ["1 was read as F and 2 as M", "assumption", "442 rows without a date", "2026-11-22", "natural logarithm", "\"Progression 1y\"", "neither systolic nor diastolic", "no dates of birth", "442 rows without a name"] {
            #expect(notes.contains(said), "\(said)")
        }
    }

    @Test func `all 20 men of the club are accepted, pounds and inches stored as kilograms and centimetres`() throws {
        let plan = SubjectImport.read(bytes: DemoMeasurements.club, bad: .refuse, today: today)
        #expect(plan.refused == [] && plan.rows.count == 20)
        let first = plan.rows[0]
        #expect(first.reference == "L01" && first.sex == .male && first.age == nil)
        let weight = try #require(value(first, "weight"))
        #expect((weight - 86.63614267).magnitude < 1e-8)
        #expect(value(first, "waist") == 91.44)
        #expect(["resting_pulse", "chin_ups", "sit_ups", "jumps"].map { value(first, $0) } == [50, 5, 162, 60])
        let notes = plan.notes.joined(separator: "\n")
        for said in ["weight_lb was converted from lb to kg", "waist_in was converted from in to cm", "neither dates of birth nor ages"] { #expect(notes.contains(said), "\(said)") }
        for (row, fields) in zip(plan.rows, records(DemoMeasurements.club).dropFirst()) {
            let weight = try #require(value(row, "weight")), waist = try #require(value(row, "waist"))
            #expect(Measure.weight.text(weight, in: .pound) == fields[2])
            #expect(Measure.waist.text(waist, in: .inch) == fields[3])
        }
    }
}
