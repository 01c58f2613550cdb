// Makes the corporate report of the facts: everything that could point at a few people is withheld here, by the one rule for it.
import Assessments
import Procedures
import Wire

/// Turns facts into the figures of a report. Pure; the caller adds whose report it is and of when.
struct CorporateFigures {
    private let facts: ReportFacts
    private let rule: Disclosure
    /// The names of the groups with the places of their subjects, by name; "No group" last.
    private let groups: [(name: String, members: [Int])]
    /// Which of `groups` are shown. The others are one more line of every table, so that the rule knows what subtraction would tell.
    private let shown: [Bool]
    private let rest: [Int]

    init(_ facts: ReportFacts, rule: Disclosure = Disclosure()) {
        self.facts = facts
        self.rule = rule
        let byName = Dictionary(grouping: facts.groups.indices) { facts.groups[$0] }
        groups = byName.keys.sorted { $0.isEmpty != $1.isEmpty ? $1.isEmpty : $0 < $1 }.map { ($0.isEmpty ? "No group" : $0, byName[$0] ?? []) }
        let shown = rule.shownGroups(sizes: groups.map(\.members.count))
        self.shown = shown
        rest = zip(groups, shown).flatMap { $1 ? [] : $0.members }
    }

    /// All subjects together, and each group.
    func reports() -> (overall: GroupReport, groups: [GroupReport]) {
        var overall = GroupReport()
        guard facts.groups.count >= rule.threshold else {
            overall.suppressed = true
            return (overall, [])
        }
        overall.subjects = facts.groups.count
        var reports = zip(groups, shown).map { group, shown in
            var report = GroupReport()
            report.group = group.name
            report.suppressed = !shown
            report.subjects = shown ? group.members.count : nil
            return report
        }
        // Nobody is in a group: then there is nothing to tell apart.
        if groups.count == 1 && groups[0].name == "No group" { reports = [] }
        for code in codes() {
            guard let summary = summaries(of: code) else { continue }
            overall.measures.append(summary.overall)
            var next = 0
            for place in reports.indices where shown[place] {
                reports[place].measures.append(summary.groups[next])
                next += 1
            }
        }
        return (overall, reports)
    }

    /// The measures enough subjects have, in the order of the catalogue, custom ones last. Whether blood was taken fasting is a
    /// circumstance, not a result.
    private func codes() -> [String] {
        facts.values.filter { $0.value.count >= rule.threshold && $0.key != Measure.fasting.code && Measure.named($0.key) != nil }.keys.sorted {
            let (a, b) = (Measure.order[$0] ?? Int.max, Measure.order[$1] ?? Int.max)
            return a == b ? $0 < $1 : a < b
        }
    }

    private func summaries(of code: String) -> (overall: MeasureSummary, groups: [MeasureSummary])? {
        guard let measure = Measure.named(code), let values = facts.values[code] else { return nil }
        let columns = ReportColumns(measure, values.values)
        let lines = zip(groups, shown).filter(\.1).map(\.0.members) + (rest.isEmpty ? [] : [rest])
        let table = CountTable(
            groups: lines.map { members in columns.counts(members.map { values[$0] }) }, columns: columns.count, absent: columns.absent)
        let publication = rule.publication(of: table)
        let taken = lines.map { $0.count { values[$0] != nil } }
        let averages = rule.shownAverages(over: taken)
        func average(_ members: some Sequence<Int>) -> Double? {
            guard measure.choices.isEmpty else { return nil }
            var sum = 0.0, count = 0
            for member in members {
                guard let value = values[member] else { continue }
                sum += value.value
                count += 1
            }
            return count == 0 ? nil : Figure.rounded(sum / Double(count), decimals: max(measure.decimals + 1, 1))
        }
        func summary(_ counts: [Int], _ visible: [Bool], average: Double?) -> MeasureSummary {
            var summary = MeasureSummary()
            summary.code = code
            summary.name = measure.name
            summary.unit = measure.unit.symbol
            summary.subjects = visible[columns.absent] ? counts.reduce(0, +) - counts[columns.absent] : nil
            summary.average = average
            summary.categories = columns.labels.enumerated().map { place, label in
                var category = CategoryCount()
                category.category = label.name
                category.colour = label.colour?.rawValue
                category.count = visible[place] ? counts[place] : nil
                return category
            }
            return summary
        }
        let overall = summary(table.overall, publication.overall, average: average(facts.groups.indices))
        let shownLines = shown.count { $0 }
        return (overall, (0..<shownLines).map { line in
            summary(table.groups[line], publication.groups[line], average: averages[line] ? average(lines[line]) : nil)
        })
    }
}
