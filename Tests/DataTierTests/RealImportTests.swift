// The published files through the data tier: every row becomes a subject with its assessment, and a file may come again.
import Assessments
import Procedures
import Testing
import Wire
@testable import DataTier

struct RealImportTests {
    private func importing(_ bytes: [UInt8], into customer: String) -> ImportForCustomer {
        var asked = ImportForCustomer()
        asked.customer = customer
        asked.fileName = "file.csv"
        asked.bad = .refuse
        asked.bytes = bytes
        return asked
    }

    @Test func `the clinic's 442 patients come in, are classified, and come in once`() async throws {
        let house = try await House()
        let admin = try #require(await house.everybody()["clinic/administrator"])
        let report = try await house.call(importing(DemoMeasurements.clinicByAge, into: "clinic"), by: .operations)
        #expect(report.accepted == 442 && report.refused == 0 && report.state == .done)
        #expect(report.notes.contains { $0.contains("this is an assumption") })
        var list = ListSubjects()
        list.search = "C0001"
        let found = try await house.call(list, as: admin)
        let subject = try #require(found.items.first)
        #expect(subject.reference == "C0001" && subject.sex == .male && subject.group == "Age 50 to 59" && subject.born == nil && found.groups.count == 6)
        var show = ShowSubject()
        show.id = subject.id
        let shown = try await house.call(show, as: admin)
        let assessment = try #require(shown.assessments.first)
        #expect(shown.assessments.count == 1 && assessment.age == 59)
        let values = Dictionary(uniqueKeysWithValues: assessment.measures.map { ($0.code, $0) })
        #expect(values["bmi"]?.value == 32.1 && values["bmi"]?.category == "Obesity class 1" && values["bmi"]?.colour == "red" && values["bmi"]?.derivation == nil)
        #expect(values["mean_arterial_pressure"]?.category == nil && values["mean_arterial_pressure"]?.source?.hasPrefix("no published band used") == true)
        // ln 4.8598 is 129 mg/dL: kept to the last digit, with its formula.
        let triglycerides = try #require(values["triglycerides"])
        #expect((triglycerides.value * 88.57 - 129).magnitude < 0.01 && triglycerides.derivation == Derivation.fromLogarithmFormula)
        #expect(values["custom.progression_1y"]?.value == 151 && values["custom.progression_1y"]?.name == "Progression 1y" && values["custom.progression_1y"]?.category == nil)
        // The same file again: everybody is known, nothing is doubled.
        let again = try await house.call(importing(DemoMeasurements.clinicByAge, into: "clinic"), by: .operations)
        #expect(again.accepted == 442 && again.refused == 0)
        #expect(try await house.call(show, as: admin).assessments.count == 1)
        list.search = ""
        #expect(try await house.call(list, as: admin).count == 442)
        // A corrected sex classifies anew and leaves what was imported alone.
        var change = UpdateSubject()
        change.id = subject.id
        change.reference = subject.reference
        change.sex = .female
        change.group = subject.group
        _ = try await house.call(change, as: admin)
        let after = try #require(try await house.call(show, as: admin).assessments.first).measures
        #expect(after.map(\.code) == assessment.measures.map(\.code) && after.map(\.value) == assessment.measures.map(\.value))
        await house.close()
    }

    @Test func `the club's 20 men come in, pounds and inches stored metric`() async throws {
        let house = try await House()
        let admin = try #require(await house.everybody()["club/administrator"])
        let report = try await house.call(importing(DemoMeasurements.club, into: "club"), by: .operations)
        #expect(report.accepted == 20 && report.refused == 0)
        var show = ShowSubject()
        show.id = try #require(try await house.call(ListSubjects(), as: admin).items.first { $0.reference == "L14" }).id
        let shown = try await house.call(show, as: admin)
        let values = Dictionary(uniqueKeysWithValues: shown.assessments[0].measures.map { ($0.code, $0) })
        #expect((try #require(values["weight"]).value - 112.03731539).magnitude < 1e-8 && values["weight"]?.unit == "kg")
        #expect(values["waist"]?.category == "Substantially increased" && values["waist"]?.colour == "red")
        #expect(values["resting_pulse"]?.colour == nil && values["resting_pulse"]?.source?.contains("unverified") == true)
        await house.close()
    }

    @Test func `a row that contradicts a known subject is refused with the rest going in`() async throws {
        let house = try await House()
        _ = try await house.everybody()
        var asked = importing(Array("reference,sex,weight_kg\nA,F,70\nB,M,80\n".utf8), into: "clinic")
        _ = try await house.call(asked, by: .operations)
        asked.bytes = Array("reference,sex,weight_kg\nA,M,71\nB,M,81\n".utf8)
        asked.bad = .skip
        let report = try await house.call(asked, by: .operations)
        #expect(report.accepted == 1 && report.refused == 1 && report.lines.map(\.line) == [2] && report.lines[0].field == "sex")
        await house.close()
    }
}
