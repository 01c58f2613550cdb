// Subjects, assessments and imports on real tables.
import Control
import Procedures
import Testing
import Wire
@testable import DataTier

struct SubjectTests {
    @Test func `subjects are listed by reference with numbers by value, paged, searched by word beginnings and by group`() async throws {
        let house = try await House()
        let token = try await house.everybody()["clinic/operator"]!
        for i in (1...30).reversed() {
            var add = AddSubject()
            add.reference = "P-\(i)"
            add.name = i % 2 == 0 ? "Ann Müller \(i)" : "Bob O'Neil \(i)"
            add.group = i % 3 == 0 ? "night" : "day"
            _ = try await house.call(add, as: token)
        }
        var asked = ListSubjects()
        asked.page.limit = 7
        var seen: [String] = []
        repeat {
            let page = try await house.call(asked, as: token)
            #expect(page.count == 30 && page.groups == ["day", "night"])
            seen += page.items.map(\.reference)
            asked.page.after = page.next
        } while asked.page.after != nil
        #expect(seen == (1...30).map { "P-\($0)" })
        asked = ListSubjects()
        asked.search = "mül an"
        #expect(try await house.call(asked, as: token).count == 15)
        asked.group = "night"
        #expect(try await house.call(asked, as: token).count == 5)
        asked.search = "%"
        asked.group = nil
        #expect(try await house.call(asked, as: token).count == 30)
        asked.search = "nobody"
        #expect(try await house.call(asked, as: token).count == 0)
        await house.close()
    }

    @Test func `a reference is unique and what is wrong is named field by field`() async throws {
        let house = try await House()
        let token = try await house.everybody()["clinic/operator"]!
        var add = AddSubject()
        add.reference = "A"
        let first = try await house.call(add, as: token)
        #expect(await failure { _ = try await house.call(add, as: token) }?.code == "reference-taken")
        add.reference = "  "
        add.born = CalendarDate(year: 2999, month: 1, day: 1)
        #expect(Set(await failure { _ = try await house.call(add, as: token) }?.fields.map(\.field) ?? []) == ["reference", "born"])
        var update = UpdateSubject()
        update.id = first.id
        update.reference = "A"
        update.name = "Named now"
        #expect(try await house.call(update, as: token).name == "Named now")
        await house.close()
    }

    @Test func `an assessment is converted, derived, classified and drawn as a trend`() async throws {
        let house = try await House()
        let token = try await house.everybody()["clinic/operator"]!
        var add = AddSubject()
        add.reference = "A"
        add.sex = .male
        add.born = CalendarDate(year: 1980, month: 5, day: 1)
        let subject = try await house.call(add, as: token)
        func entry(_ code: String, _ value: Double, _ unit: String? = nil) -> MeasureEntry {
            var entry = MeasureEntry()
            (entry.code, entry.value, entry.unit) = (code, value, unit)
            return entry
        }
        var asked = AddAssessment()
        asked.subject = subject.id
        asked.measures = [entry("weight", 220, "lb"), entry("height", 180), entry("systolic", 150), entry("diastolic", 80), entry("custom.grip_kg", 40)]
        let assessment = try await house.call(asked, as: token)
        let values = Dictionary(uniqueKeysWithValues: assessment.measures.map { ($0.code, $0) })
        #expect(abs((values["weight"]?.value ?? 0) - 99.79) < 0.01 && values["weight"]?.unit == "kg")
        #expect(abs((values["bmi"]?.value ?? 0) - 30.8) < 0.05 && values["bmi"]?.derivation != nil && values["bmi"]?.category != nil)
        #expect(values["mean_arterial_pressure"] != nil && values["systolic"]?.colour != nil)
        #expect(values["custom.grip_kg"]?.category == nil)
        asked.taken = house.now.adding(.seconds(-86_400 * 30))
        asked.measures = [entry("weight", 105)]
        _ = try await house.call(asked, as: token)
        var show = ShowSubject()
        show.id = subject.id
        let shown = try await house.call(show, as: token)
        #expect(shown.assessments.count == 2 && shown.assessments.first?.id == assessment.id)
        #expect(shown.trends.first { $0.code == "weight" }?.points.map { $0.value.rounded() } == [105, 100])
        #expect(shown.subject.lastAssessed == house.now)
        asked.measures = [entry("weight", 9000), entry("height", 180, "kg"), entry("nonsense", 1), entry("bmi", 20), entry("bmi", 21)]
        #expect(await failure { _ = try await house.call(asked, as: token) }?.fields.count == 4)
        await house.close()
    }

    @Test func `correcting the sex classifies the saved assessments anew`() async throws {
        let house = try await House()
        let token = try await house.everybody()["clinic/operator"]!
        var add = AddSubject()
        add.reference = "A"
        let subject = try await house.call(add, as: token)
        var asked = AddAssessment()
        asked.subject = subject.id
        var waist = MeasureEntry()
        (waist.code, waist.value) = ("waist", 120)
        asked.measures = [waist]
        #expect(try await house.call(asked, as: token).measures.first?.category == nil)
        var update = UpdateSubject()
        (update.id, update.reference, update.sex) = (subject.id, "A", .female)
        _ = try await house.call(update, as: token)
        var show = ShowSubject()
        show.id = subject.id
        #expect(try await house.call(show, as: token).assessments.first?.measures.first?.category != nil)
        await house.close()
    }

    @Test func `an import goes in whole or not at all, and reports each line`() async throws {
        let house = try await House()
        let token = try await house.everybody()["clinic/operator"]!
        var run = RunImport()
        run.fileName = "a.csv"
        run.bytes = Array("reference,name,sex,weight_kg\nA-1,Ann,F,70\nA-2,Bob,M,nonsense\nA-3,Cyd,F,60\n".utf8)
        run.bad = .refuse
        let refused = try await house.call(run, as: token)
        #expect(refused.state == .refused && refused.accepted == 0 && refused.lines.contains { $0.line == 3 })
        #expect(try await house.call(ListSubjects(), as: token).count == 0)
        run.bad = .skip
        let done = try await house.call(run, as: token, replay: "i1")
        #expect(done.state == .done && done.accepted == 2 && done.refused == 1)
        #expect(try await house.reply(run, as: token, replay: "i1").replayed)
        #expect(try await house.call(ListSubjects(), as: token).count == 2)
        // The same file again adds nothing twice; a contradiction is a bad line.
        let home = try await house.call(ShowHome(), as: token)
        _ = try await house.call(run, as: token)
        #expect(try await house.call(ShowHome(), as: token).assessments == home.assessments)
        run.bytes = Array("reference,sex\nA-1,M\n".utf8)
        let conflict = try await house.call(run, as: token)
        #expect(conflict.state == .refused && conflict.refused == 1)
        var show = ShowImport()
        show.id = done.id
        #expect(try await house.call(show, as: token).lines.map(\.reason) == done.lines.map(\.reason))
        #expect(try await house.call(ListImports(), as: token).items.count == 4)
        await house.close()
    }
}
