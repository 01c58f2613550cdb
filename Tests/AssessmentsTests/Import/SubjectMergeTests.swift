// The rule for rows whose subject is known already: an import adds and fills in, it never overwrites.
import Testing
import Wire
@testable import Assessments

@Suite struct SubjectMergeTests {
    private let today = CalendarDate(iso8601: "2026-11-22")!
    private func row(sex: BandSex? = .female, name: String = "", group: String = "", measures: [ImportedMeasure] = [ImportedMeasure(code: "weight", value: 70)]) -> ImportRow {
        ImportRow(line: 7, reference: "A", name: name, sex: sex, born: nil, age: 40, group: group, taken: today, measures: measures, note: "")
    }
    private func known(name: String = "A", sex: BandSex? = .female, group: String = "", that day: [[Reading]] = []) -> KnownSubject {
        KnownSubject(name: name, sex: sex, born: nil, group: group, assessmentsThatDay: day)
    }

    @Test func `another day's measures are a new assessment`() {
        #expect(row().merge(into: known()) == .update(.init(), assessment: true))
    }

    @Test func `the same measures on the same day are there already`() {
        #expect(row().merge(into: known(that: [[Reading("weight", 70.000_000_000_01)]])) == .update(.init(), assessment: false))
        #expect(row().merge(into: known(that: [[Reading("weight", 71)]])) == .update(.init(), assessment: true))
        #expect(row().merge(into: known(that: [[Reading("weight", 70), Reading("height", 170)]])) == .update(.init(), assessment: true))
    }

    @Test func `empty details are filled in, differing ones are a conflict with line and remedy`() {
        #expect(row(name: "Ann", group: "Day").merge(into: known(sex: nil)) == .update(.init(name: "Ann", sex: .female, group: "Day"), assessment: true))
        guard case .conflict(let problem) = row(sex: .male).merge(into: known()) else { Issue.record("no conflict"); return }
        #expect(problem.line == 7 && problem.field == "sex" && !problem.hint.isEmpty)
        guard case .conflict = row(name: "Bea").merge(into: known(name: "Ann")) else { Issue.record("no conflict"); return }
        guard case .conflict = row(group: "Day").merge(into: known(group: "Night")) else { Issue.record("no conflict"); return }
    }

    @Test func `a row without measures adds no assessment`() {
        #expect(row(measures: []).merge(into: known()) == .update(.init(), assessment: false))
    }
}
