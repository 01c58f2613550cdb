// A table of counts as a flow from groups through categories to the whole, to see which withheld counts could be otherwise.

/// The residual graph of a partly shown table. Each withheld count is an arc that could carry more, and less if it is not zero; a shown
/// count is no arc, for it stays as it is. A count may grow exactly when a way leads from its head back to its tail.
struct ResidualTable {
    private let groups: Int
    private let columns: Int
    /// Neighbours by node: the groups first, then the columns, then the whole.
    private var arcs: [[Int]]
    private let shown: Publication

    init(_ table: CountTable, _ shown: Publication) {
        groups = table.groups.count
        columns = table.columns
        self.shown = shown
        arcs = Array(repeating: [], count: groups + columns + 1)
        let overall = table.overall
        for column in 0..<columns {
            for group in 0..<groups where !shown.groups[group][column] {
                arcs[group].append(groups + column)
                if table.groups[group][column] > 0 { arcs[groups + column].append(group) }
            }
            if !shown.overall[column] {
                arcs[groups + column].append(groups + columns)
                if overall[column] > 0 { arcs[groups + columns].append(groups + column) }
            }
        }
    }

    /// Whether the count of a group in a column could be larger; false for a shown one.
    func mayGrow(_ group: Int, _ column: Int) -> Bool {
        !shown.groups[group][column] && leads(from: groups + column, to: group)
    }

    /// Whether the count of all in a column could be larger; false for a shown one.
    func overallMayGrow(_ column: Int) -> Bool {
        !shown.overall[column] && leads(from: groups + columns, to: groups + column)
    }

    /// A way that does not simply go back over the same count.
    private func leads(from start: Int, to end: Int) -> Bool {
        var seen = Set([start]), open = [start]
        while let node = open.popLast() {
            for next in arcs[node] where !(node == start && next == end) {
                if next == end { return true }
                if seen.insert(next).inserted { open.append(next) }
            }
        }
        return false
    }
}
