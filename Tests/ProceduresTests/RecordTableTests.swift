// Records as rows: columns from the same description as their JSON, lists inside spread over rows, nothing shifted by what is missing.
import Control
import Testing
import Wire
@testable import Procedures

struct RecordTableTests {
    @Test func `the columns of a record are the members of its JSON, in order`() {
        let table = RecordTable<Subject>()
        #expect(table.columns.map(\.name) == ["id", "reference", "name", "sex", "born", "group", "created", "last_assessed"])
        #expect(table.columns.map(\.kind) == [.text, .text, .text, .text, .date, .text, .time, .time])
        #expect(table.columns.last?.title == "Last assessed (UTC)")
    }

    @Test func `what is missing leaves its cell empty and shifts nothing`() {
        var subject = Subject()
        (subject.reference, subject.sex, subject.lastAssessed) = ("S-1", .female, Timestamp(milliseconds: 0))
        let rows = RecordTable<Subject>().rows(of: subject)
        #expect(rows == [[.text(""), .text("S-1"), .text(""), .text("F"), .empty, .empty, .time(Timestamp()), .time(Timestamp())]])
    }

    @Test func `each element of a list makes a row, with the other cells repeated; without elements there is one row`() {
        let table = RecordTable<SubjectAssessment>()
        #expect(table.columns.map(\.name).suffix(8) == ["measure_code", "measure_name", "measure_value", "measure_unit", "measure_category", "measure_colour", "measure_source", "measure_derivation"])
        var one = SubjectAssessment()
        one.reference = "S-1"
        #expect(table.rows(of: one).count == 1 && table.rows(of: one)[0].count == table.columns.count)
        for (code, value) in [("weight", 72.5), ("height", 180)] {
            var measure = MeasureValue()
            (measure.code, measure.value) = (code, value)
            one.assessment.measures.append(measure)
        }
        let rows = table.rows(of: one)
        #expect(rows.count == 2 && rows.allSatisfy { $0.count == table.columns.count && $0[1] == .text("S-1") })
        let value = table.columns.firstIndex { $0.name == "measure_value" }!
        #expect(rows.map { $0[value] } == [.real(72.5), .real(180)])
    }

    @Test func `items come back whole from frames cut anywhere`() throws {
        var bytes: [UInt8] = []
        let subjects = (1...40).map { number -> Subject in
            var subject = Subject()
            (subject.id, subject.name) = ("\(number)", String(repeating: "ü", count: number * 7))
            return subject
        }
        for subject in subjects { ItemFrames.append(subject, to: &bytes) }
        for size in [1, 3, 64, 1000, bytes.count] {
            var reader = ItemFrameReader<Subject>(), found: [Subject] = []
            for start in stride(from: 0, to: bytes.count, by: size) { found += try reader.read(Array(bytes[start..<min(start + size, bytes.count)])) }
            #expect(found.map(\.name) == subjects.map(\.name) && reader.isBetweenItems)
        }
        var cut = ItemFrameReader<Subject>()
        _ = try cut.read(Array(bytes.dropLast()))
        #expect(!cut.isBetweenItems)
        var wild = ItemFrameReader<Subject>()
        #expect(throws: Failure.self) { try wild.read([255, 255, 255, 255]) }
    }
}
