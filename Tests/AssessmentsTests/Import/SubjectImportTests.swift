// The rules of the import: every line of a file goes in or is refused with the field, the reason and the remedy.
import Testing
import Wire
@testable import Assessments

@Suite struct SubjectImportTests {
    private let today = CalendarDate(iso8601: "2026-11-22")!

    private func read(_ text: String, bad: SubjectImport.BadRows = .skip) -> ImportPlan {
        let plan = SubjectImport.read(bytes: Array(text.utf8), bad: bad, today: today)
        if bad == .skip, plan.lines > 0 { #expect(plan.rows.count + plan.refusedLines == plan.lines, "no line is lost") }
        return plan
    }
    /// The only problem of a file with one row under the header.
    private func problem(_ header: String, _ row: String, _ location: SourceLocation = #_sourceLocation) -> ImportProblem? {
        let plan = read(header + "\n" + row + "\n")
        #expect(plan.rows.isEmpty && plan.refused.count == 1, "\(plan.refused)", sourceLocation: location)
        #expect(plan.refused.allSatisfy { !$0.reason.isEmpty && !$0.hint.isEmpty }, sourceLocation: location)
        return plan.refused.first
    }

    @Test func `units stand in the column's name, metric and imperial in one file`() throws {
        let row = try #require(read("reference,Weight (lb),height_m,Waist in,hip_cm,Total cholesterol [mg/dL],glucose_mmol_l\nA,200,1.80,40,100,193.35,5.5\n").rows.first)
        let values = Dictionary(uniqueKeysWithValues: row.measures.map { ($0.code, $0.value) })
        #expect(values == ["weight": 90.718474, "height": 180, "waist": 101.6, "hip": 100, "total_cholesterol": 193.35 / 38.67, "glucose": 5.5])
    }

    @Test func `a column without a unit is read in the stored one, and said so`() {
        let plan = read("reference,weight\nA,80\n")
        #expect(plan.rows.first?.measures == [ImportedMeasure(code: "weight", value: 80)])
        #expect(plan.notes.contains { $0.contains("Column weight names no unit and was read as kg") && $0.contains("weight_lb") })
    }

    @Test func `a column nobody knows becomes a custom measure, its text a note`() {
        let plan = read("reference,grip_kg,weight_st,remark\nA,41,12,left knee\nB,40,11,\n")
        #expect(plan.rows.map(\.measures) == [
            [ImportedMeasure(code: "custom.grip_kg", value: 41), ImportedMeasure(code: "custom.weight_st", value: 12)],
            [ImportedMeasure(code: "custom.grip_kg", value: 40), ImportedMeasure(code: "custom.weight_st", value: 11)],
        ])
        #expect(plan.rows[0].note == "remark: left knee" && plan.rows[1].note.isEmpty)
        #expect(Measure.named("custom.grip_kg")?.unit == .kilogram && Measure.named("custom.grip_kg")?.name == "Grip")
        #expect(plan.notes.contains { $0.contains("weight_st looks like weight") })
        #expect(plan.notes.contains { $0.contains("remark is not known and holds text in 1 row") })
    }

    @Test func `rows have their own days, names, groups and births`() throws {
        let plan = read("id,first name,last name,gender,dob,department,date,weight_kg,smoking\nA,Ann,Lee,Female,1980-05-06,Night,2026-10-01,70,former\n")
        let row = try #require(plan.rows.first)
        #expect(row.name == "Ann Lee" && row.sex == .female && row.born?.iso8601 == "1980-05-06" && row.group == "Night" && row.taken.iso8601 == "2026-10-01")
        #expect(row.measures.last == ImportedMeasure(code: "smoking", value: 1))
        #expect(plan.notes == [])
    }

    @Test func `what is wrong with a field is told with the line, the field and the remedy`() {
        #expect(problem("reference,weight_kg", "A,\"72,5\"")?.hint == "write a point: 72.5, and no separator between thousands")
        #expect(problem("reference,weight_kg", "A,72 kg")?.hint == "write the figure alone; the unit belongs in the column's name, like weight_lb")
        #expect(problem("reference,weight_kg", "A,heavy")?.field == "weight_kg")
        #expect(problem("reference,height_cm", "A,1.80")?.hint.contains("it could be in: in or m") == true)
        #expect(problem("reference,total_cholesterol", "A,193")?.hint.contains("mg/dL") == true)
        #expect(problem("reference,born", "A,22/11/1980")?.hint == "write year, month and day, like 2026-11-22")
        #expect(problem("reference,born", "A,2026-02-30")?.line == 2)
        #expect(problem("reference,age", "A,-1") != nil)
        #expect(problem("reference,age", "A,59.5") != nil)
        #expect(problem("reference,taken", "A,2027-01-01")?.reason == "2027-01-01 is in the future")
        #expect(problem("reference,born,taken", "A,2020-01-01,2019-01-01") != nil)
        #expect(problem("reference,born,age", "A,1980-01-01,30")?.field == "age")
        #expect(problem("reference,sex", "A,2")?.hint.contains("sex_code") == true)
        #expect(problem("reference,sex_code", "A,3")?.field == "sex_code")
        #expect(problem("reference,smoking", "A,no")?.hint == "write one of: never, former, current")
        #expect(problem("reference,weight_kg", ",70")?.field == "reference")
        #expect(problem("reference,systolic,diastolic", "A,80,120")?.hint.contains("exchanged") == true)
        #expect(problem("reference,ln_triglycerides", "A,129")?.hint.contains("triglycerides_mg_dl") == true)
        for figure in ["nan", "inf", "0x10", "1e3", "1_000", "--1", "1.2.3", "5."] { #expect(problem("reference,weight_kg", "A,\(figure)") != nil) }
    }

    @Test func `a row may have several problems and is refused once`() {
        let plan = read("reference,sex,weight_kg\nA,x,y\nB,F,70\n")
        #expect(plan.refused.map(\.field) == ["sex", "weight_kg"] && plan.refusedLines == 1 && plan.rows.map(\.reference) == ["B"])
    }

    @Test func `an unusual value goes in and is pointed out`() {
        let plan = read("reference,weight_kg\nA,230\n")
        #expect(plan.rows.count == 1 && plan.warnings.count == 1)
        #expect(plan.warnings[0].reason == "230.0 kg is unusual (35.0 to 200.0 kg is expected); it was kept")
    }

    @Test func `with refuse one bad row keeps all out, with skip only itself`() {
        let text = "reference,weight_kg\nA,70\nB,x\nC,71\n"
        #expect(read(text).rows.map(\.reference) == ["A", "C"])
        let plan = read(text, bad: .refuse)
        #expect(plan.rows.isEmpty && plan.refused.count == 1)
        #expect(plan.notes.contains { $0.contains("Nothing was taken in") && $0.contains("2 lines would be good") })
    }

    @Test func `a reference may come again for another day and the same person only`() {
        #expect(read("reference,sex,taken,weight_kg\nA,F,2026-01-01,70\nA,,2026-02-01,69\n").rows.count == 2)
        #expect(read("reference,weight_kg\nA,70\nA,70\n").refused.first?.reason == "A stands on line 2 already, for the same day")
        #expect(read("reference,sex,taken,weight_kg\nA,F,2026-01-01,70\nA,M,2026-02-01,69\n").refused.first?.field == "sex")
    }

    @Test func `a fault of the whole file is told on its line, with nothing taken in`() {
        func whole(_ text: String) -> String { read(text).refused.first.map { "\($0.line) \($0.reason)" } ?? "" }
        #expect(whole("") == "1 the file is empty")
        #expect(whole("\n\n") == "1 the file is empty")
        #expect(whole("reference;sex\nA;F\n") == "1 the columns are separated by semicolons, not by commas")
        #expect(whole("reference\tsex\n") == "1 the columns are separated by tabs, not by commas")
        #expect(whole("sex,age\nF,40\n") == "1 no column is called reference")
        #expect(whole("reference,weight_kg,Weight lb\nA,1,2\n") == "1 columns 2 (weight_kg) and 3 (Weight lb) are both the weight")
        #expect(whole("reference,ln_triglycerides,tg_mg_dl\n").contains("both the triglycerides"))
        #expect(whole("reference,sex\n") == "1 the file names columns but has no rows")
        #expect(whole("ref\"erence,sex\nA,F\n").hasPrefix("1 the first line"))
        #expect(SubjectImport.read(bytes: [0xFF, 0xFE, 0x61, 0], bad: .skip, today: today).refused.first?.reason.contains("UTF-16") == true)
    }

    @Test func `what the reader of the text refuses is a refused line like any other`() {
        let plan = read("reference,name\nA,Ann\nB\nC,\"x\"y\nD,Dan\nE,\"open\nF,Fay\n")
        #expect(plan.rows.map(\.reference) == ["A", "D"])
        #expect(plan.refused.map(\.line) == [3, 4, 6])
        #expect(plan.refused[2].reason.contains("lines 6 to 8 could not be read"))
    }

    @Test func `an unnamed column may be empty and nothing else`() {
        #expect(read("reference,weight_kg,\nA,70,\n").notes.contains { $0.contains("without a name is empty") })
        #expect(problem("reference,weight_kg,", "A,70,x")?.hint == "give column 3 a name in the first line")
    }

    @Test func `what we export guarded against formulas comes back as it was`() {
        #expect(read("reference,name\n'-7,'=Ann\n").rows.first.map { [$0.reference, $0.name] } == ["-7", "=Ann"])
    }

    @Test func `missing marks, spaces and a byte order mark do no harm`() {
        let plan = SubjectImport.read(bytes: [0xEF, 0xBB, 0xBF] + Array("reference , age\r\n A , 40 \r\nB,NA\r\n\r\n".utf8), bad: .refuse, today: today)
        #expect(plan.rows.map(\.age) == [40, nil] && plan.rows[0].reference == "A")
        #expect(plan.notes.contains { $0.contains("1 field marked as missing") })
        #expect(plan.notes.contains { $0.contains("1 empty line passed over") })
    }
}
