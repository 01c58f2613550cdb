// The real files, damaged in every way a byte can be: each line still goes in or is refused by number, and nothing falls over.
import Testing
import Wire
@testable import Assessments

@Suite struct HostileFilesTests {
    private let today = CalendarDate(iso8601: "2026-11-22")!

    @Test func `of a damaged file every line is accounted for, and no impossible value goes in`() {
        var seed: UInt64 = 42
        func dice(_ sides: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % UInt64(sides))
        }
        let bytes: [UInt8] = [0, 10, 13, 34, 39, 44, 45, 46, 48, 57, 59, 61, 65, 0x80, 0xC3, 0xFF]
        for round in 0..<120 {
            var file = round % 2 == 0 ? DemoMeasurements.club : Array(DemoMeasurements.clinic.prefix(3_000))
            for _ in 0..<(1 + dice(12)) {
                switch dice(3) {
                case 0: file[dice(file.count)] = bytes[dice(bytes.count)]
                case 1: file.insert(bytes[dice(bytes.count)], at: dice(file.count))
                default: file.remove(at: dice(file.count))
                }
            }
            let plan = SubjectImport.read(bytes: file, bad: .skip, today: today)
            #expect(plan.rows.count + plan.refusedLines == max(plan.lines, plan.rows.isEmpty ? 1 : 0))
            #expect(plan.refused.allSatisfy { $0.line >= 1 && !$0.reason.isEmpty && !$0.hint.isEmpty })
            for row in plan.rows {
                #expect(!row.reference.isEmpty && row.taken == today)
                for measure in row.measures { #expect(Measure.named(measure.code)?.possible.contains(measure.value) == true) }
            }
            #expect(SubjectImport.read(bytes: file, bad: .refuse, today: today).rows.isEmpty == (!plan.refused.isEmpty || plan.rows.isEmpty))
        }
    }

    @Test func `a formula in a text stays a text`() {
        let plan = SubjectImport.read(bytes: Array("reference,name,group\n=1+1,\"=HYPERLINK(\"\"http://x\"\")\",@team\n".utf8), bad: .refuse, today: today)
        #expect(plan.rows.first.map { [$0.reference, $0.name, $0.group] } == ["=1+1", "=HYPERLINK(\"http://x\")", "@team"])
        var writer = CSVWriter()
        writer.row([plan.rows[0].reference, plan.rows[0].name, plan.rows[0].group])
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "'=1+1,\"'=HYPERLINK(\"\"http://x\"\")\",'@team\r\n")
    }

    @Test func `control characters, endless texts and a thousand columns are refused by line`() {
        let long = String(repeating: "x", count: 300)
        let plan = SubjectImport.read(bytes: Array("reference,name\nA,\(long)\nB,b\u{7}c\nC,ok\n".utf8), bad: .skip, today: today)
        #expect(plan.refused.map(\.line) == [2, 3] && plan.refused[0].hint == "shorten it to 200" && plan.rows.map(\.reference) == ["C"])
        let wide = "reference" + (0..<1_200).map { ",c\($0)" }.joined() + "\n"
        #expect(SubjectImport.read(bytes: Array(wide.utf8), bad: .skip, today: today).refused.first?.hint.contains("split the file") == true)
    }
}
