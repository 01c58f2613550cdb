// The rule of what a report may show, in one place: no count under the threshold can be read from it or computed out of it.

/// The suppression rule. A reader is taken to know every figure that is shown and the sizes of all groups that are shown, and to be able
/// to add and subtract.
///
/// A count under the threshold is *small* and never shown. Beside it others are withheld, until in every line of the table (a group over
/// its categories, a category over the groups) the withheld counts are at least two and together at least the threshold; their sum is what
/// subtraction gives. Then every small count is tried: it must be able to be larger, all shown figures staying as they are (a path in the
/// residual graph of the table, seen as a flow from groups through categories to the whole); where it is not, the groups' counts of this
/// measure are withheld altogether.
package struct Disclosure: Sendable {
    /// Counts below this many people are never shown.
    package let threshold: Int

    package init(threshold: Int = 10) {
        self.threshold = threshold
    }

    // MARK: groups as a whole

    /// Which groups are shown at all, by their sizes. The others are at least two with together the threshold, or none is shown.
    package func shownGroups(sizes: [Int]) -> [Bool] {
        var shown = sizes.map { $0 >= threshold }
        while true {
            let hidden = sizes.indices.filter { !shown[$0] }
            let sum = hidden.reduce(0) { $0 + sizes[$1] }
            if hidden.isEmpty || (hidden.count >= 2 && sum >= threshold) { return shown }
            guard let next = sizes.indices.filter({ shown[$0] }).min(by: { sizes[$0] < sizes[$1] }) else { return shown }
            shown[next] = false
        }
    }

    // MARK: averages

    /// Which averages are shown, by how many people each is over (the groups, all together being shown as well). What the others leave
    /// over when the shown ones are taken out of the whole is an average over at least the threshold.
    package func shownAverages(over counts: [Int]) -> [Bool] {
        var shown = counts.map { $0 >= threshold }
        while true {
            let rest = counts.indices.reduce(0) { $0 + (shown[$1] ? 0 : counts[$1]) }
            if rest == 0 || rest >= threshold { return shown }
            guard let next = counts.indices.filter({ shown[$0] }).min(by: { counts[$0] < counts[$1] }) else { return shown }
            shown[next] = false
        }
    }

    // MARK: counts

    /// What may be shown of a table whose groups are all shown as a whole.
    package func publication(of table: CountTable) -> Publication {
        // One group is everybody: it may show what everybody may.
        guard table.groups.count > 1 else {
            let whole = settled(CountTable(groups: [table.overall], columns: table.columns, absent: table.absent), withholding: [])
            var one = Publication(groups: table.groups.count, columns: table.columns, all: false)
            one.overall = whole.overall
            if !one.groups.isEmpty { one.groups[0] = whole.overall }
            return one
        }
        for measures in [[], [Withholding.groups], [.groups, .overall]] {
            let publication = settled(table, withholding: measures)
            if holds(publication, for: table) { return publication }
        }
        return Publication(groups: table.groups.count, columns: table.columns, all: false)
    }

    private enum Withholding { case groups, overall }

    private func isSmall(_ count: Int, in column: Int, of table: CountTable) -> Bool {
        count < threshold && !(count == 0 && column == table.absent)
    }

    /// Withholds the small counts and what must go with them, line by line, until every line is in order. Only ever withholds more, so it ends.
    private func settled(_ table: CountTable, withholding: [Withholding]) -> Publication {
        var shown = Publication(groups: table.groups.count, columns: table.columns, all: true)
        let overall = table.overall
        for column in 0..<table.columns {
            for group in table.groups.indices {
                shown.groups[group][column] = !withholding.contains(.groups) && !isSmall(table.groups[group][column], in: column, of: table)
            }
            shown.overall[column] = !withholding.contains(.overall) && !isSmall(overall[column], in: column, of: table)
        }
        let single = table.groups.count == 1
        var changed = true
        while changed {
            changed = false
            for group in table.groups.indices where !inOrder(table.groups[group], shown.groups[group]) {
                changed = withholdSmallest(table.groups[group], &shown.groups[group]) || changed
            }
            if !inOrder(overall, shown.overall) { changed = withholdSmallest(overall, &shown.overall) || changed }
            for column in 0..<table.columns {
                if single {
                    // The group and the whole are one and the same line.
                    let both = shown.groups[0][column] && shown.overall[column]
                    if both != shown.groups[0][column] || both != shown.overall[column] {
                        shown.groups[0][column] = both
                        shown.overall[column] = both
                        changed = true
                    }
                    continue
                }
                let counts = table.groups.map { $0[column] }
                var line = shown.groups.map { $0[column] }
                if shown.overall[column] {
                    if inOrder(counts, line) { continue }
                    if !withholdSmallest(counts, &line) {
                        shown.overall[column] = false
                    }
                    changed = true
                } else if line.allSatisfy({ $0 }) {
                    // The whole could be added up from its groups.
                    changed = withholdSmallest(counts, &line) || changed
                }
                for group in table.groups.indices { shown.groups[group][column] = line[group] }
            }
        }
        return shown
    }

    /// Whether subtraction in a line gives nothing away: nothing is withheld in it, or two counts or more and together not small.
    private func inOrder(_ counts: [Int], _ shown: [Bool]) -> Bool {
        var withheld = 0, sum = 0
        for (count, shown) in zip(counts, shown) where !shown {
            withheld += 1
            sum += count
        }
        return withheld == 0 || (withheld >= 2 && sum >= threshold)
    }

    /// Withholds the smallest count that adds something, else any; false when all are withheld already.
    private func withholdSmallest(_ counts: [Int], _ shown: inout [Bool]) -> Bool {
        let candidates = counts.indices.filter { shown[$0] }
        guard let next = candidates.filter({ counts[$0] > 0 }).min(by: { counts[$0] < counts[$1] }) ?? candidates.first else { return false }
        shown[next] = false
        return true
    }

    /// Whether every small count could as well be larger, all that is shown staying as it is.
    private func holds(_ shown: Publication, for table: CountTable) -> Bool {
        let flow = ResidualTable(table, shown)
        let overall = table.overall
        for column in 0..<table.columns {
            if isSmall(overall[column], in: column, of: table), !flow.overallMayGrow(column) { return false }
            for group in table.groups.indices where isSmall(table.groups[group][column], in: column, of: table) {
                if !flow.mayGrow(group, column) { return false }
            }
        }
        return true
    }
}
