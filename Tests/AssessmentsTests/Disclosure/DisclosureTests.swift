// The rule of suppression against an attacker who adds and subtracts: by all tables that could be behind a report, and by elimination.
import Testing
@testable import Assessments

@Suite struct DisclosureTests {
    /// A fixed generator, so that a table that fails once fails always.
    private struct Dice {
        var seed: UInt64
        mutating func roll(_ sides: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % UInt64(sides))
        }
    }

    /// Every small count that is to be protected: (group or nil for all, column, count).
    private func small(_ table: CountTable, _ threshold: Int) -> [(group: Int?, column: Int, count: Int)] {
        var found: [(Int?, Int, Int)] = []
        for column in 0..<table.columns {
            for (group, counts) in table.groups.enumerated() where counts[column] < threshold && !(counts[column] == 0 && column == table.absent) {
                found.append((group, column, counts[column]))
            }
            let all = table.overall[column]
            if all < threshold && !(all == 0 && column == table.absent) { found.append((nil, column, all)) }
        }
        return found
    }

    @Test func `no count under the threshold is shown and every small one could as well reach it, by trying every table`() {
        let rule = Disclosure(threshold: 3)
        var dice = Dice(seed: 7), withheldSome = 0
        for _ in 0..<700 {
            let groups = 1 + dice.roll(3), columns = 1 + dice.roll(3)
            let counts = (0..<groups).map { _ in (0..<columns).map { _ in dice.roll(3) == 0 ? 0 : dice.roll(5) } }
            let table = CountTable(groups: counts, columns: columns, absent: dice.roll(2) == 0 ? columns - 1 : nil)
            // Small groups never come into a table: they are withheld as a whole before.
            guard counts.allSatisfy({ $0.reduce(0, +) >= 3 }) else { continue }
            let shown = rule.publication(of: table)
            let protected = small(table, 3)
            if !protected.isEmpty { withheldSome += 1 }
            for cell in protected { #expect(!(cell.group.map { shown.groups[$0][cell.column] } ?? shown.overall[cell.column]), "\(table) \(shown)") }
            var seen: [[Int]: Set<Int>] = [:]
            for other in consistent(with: table, shown) {
                for (place, cell) in protected.enumerated() {
                    seen[[place], default: []].insert(cell.group.map { other[$0][cell.column] } ?? other.reduce(0) { $0 + $1[cell.column] })
                }
            }
            for (place, cell) in protected.enumerated() {
                #expect((seen[[place]] ?? []).contains { $0 >= 3 }, "\(cell) of \(table) follows from \(shown)")
            }
        }
        #expect(withheldSome > 150)
    }

    /// All tables with the same sizes of groups that show the same.
    private func consistent(with table: CountTable, _ shown: Publication) -> [[[Int]]] {
        var found: [[[Int]]] = [], rows: [[Int]] = []
        let overall = table.overall
        func row(_ group: Int, _ cells: [Int]) {
            let column = cells.count
            if column == table.columns {
                guard cells.reduce(0, +) == table.groups[group].reduce(0, +) else { return }
                rows.append(cells)
                next(group + 1)
                rows.removeLast()
                return
            }
            let size = table.groups[group].reduce(0, +) - cells.reduce(0, +)
            if shown.groups[group][column] {
                if table.groups[group][column] <= size { row(group, cells + [table.groups[group][column]]) }
            } else {
                for count in 0...max(0, size) { row(group, cells + [count]) }
            }
        }
        func next(_ group: Int) {
            if group < table.groups.count { return row(group, []) }
            for column in 0..<table.columns where shown.overall[column] {
                if rows.reduce(0, { $0 + $1[column] }) != overall[column] { return }
            }
            found.append(rows)
        }
        next(0)
        return found
    }

    @Test func `no sum of shown figures gives a withheld small count, by elimination over large tables`() {
        let rule = Disclosure()
        var dice = Dice(seed: 11)
        for _ in 0..<120 {
            let groups = 2 + dice.roll(6), columns = 2 + dice.roll(6)
            let counts = (0..<groups).map { _ in (0..<columns).map { _ in dice.roll(3) == 0 ? dice.roll(10) : dice.roll(80) } }
            guard counts.allSatisfy({ $0.reduce(0, +) >= 10 }) else { continue }
            let table = CountTable(groups: counts, columns: columns, absent: columns - 1)
            let shown = rule.publication(of: table)
            let determined = determinedCells(table, shown)
            for cell in small(table, 10) {
                let place = cell.group.map { $0 * columns + cell.column } ?? groups * columns + cell.column
                #expect(!determined.contains(place), "\(cell) of \(table) follows from \(shown)")
            }
            // The difference between a whole and its shown parts is over nobody or over ten and more.
            for group in 0..<groups {
                let rest = (0..<columns).filter { !shown.groups[group][$0] }.reduce(0) { $0 + counts[group][$1] }
                #expect(rest >= 10 || shown.groups[group].allSatisfy { $0 })
            }
            for column in 0..<columns where shown.overall[column] {
                let hidden = (0..<groups).filter { !shown.groups[$0][column] }
                #expect(hidden.isEmpty || (hidden.count >= 2 && hidden.reduce(0) { $0 + counts[$1][column] } >= 10))
            }
        }
    }

    /// The cells a linear attacker can compute: Gaussian elimination over the withheld ones.
    private func determinedCells(_ table: CountTable, _ shown: Publication) -> Set<Int> {
        let groups = table.groups.count, columns = table.columns
        var index: [Int: Int] = [:]
        for group in 0...groups { for column in 0..<columns where !(group < groups ? shown.groups[group][column] : shown.overall[column]) { index[group * columns + column] = index.count } }
        var rows: [[Double]] = []
        for group in 0...groups {
            var row = [Double](repeating: 0, count: index.count)
            for column in 0..<columns { if let at = index[group * columns + column] { row[at] = 1 } }
            rows.append(row)
        }
        for column in 0..<columns {
            var row = [Double](repeating: 0, count: index.count)
            for group in 0...groups { if let at = index[group * columns + column] { row[at] = group < groups ? 1 : -1 } }
            rows.append(row)
        }
        var pivot = 0
        for variable in 0..<index.count {
            guard let found = (pivot..<rows.count).first(where: { rows[$0][variable].magnitude > 1e-9 }) else { continue }
            rows.swapAt(pivot, found)
            let divisor = rows[pivot][variable]
            for at in 0..<index.count { rows[pivot][at] /= divisor }
            for other in rows.indices where other != pivot && rows[other][variable].magnitude > 1e-9 {
                let factor = rows[other][variable]
                for at in 0..<index.count { rows[other][at] -= factor * rows[pivot][at] }
            }
            pivot += 1
        }
        var determined: Set<Int> = []
        let place = Dictionary(uniqueKeysWithValues: index.map { ($1, $0) })
        for row in rows {
            let entries = row.indices.filter { row[$0].magnitude > 1e-9 }
            if entries.count == 1, let cell = place[entries[0]] { determined.insert(cell) }
        }
        return determined
    }

    @Test func `a group under ten is withheld with another one, so that the whole does not give it away`() {
        let rule = Disclosure()
        #expect(rule.shownGroups(sizes: [44, 3, 20]) == [true, false, false])
        #expect(rule.shownGroups(sizes: [44, 6, 7, 20]) == [true, false, false, true])
        #expect(rule.shownGroups(sizes: [44, 4, 5, 20]) == [true, false, false, false])
        #expect(rule.shownGroups(sizes: [44, 73]) == [true, true])
        #expect(rule.shownGroups(sizes: [5]) == [false])
        #expect(rule.shownGroups(sizes: [9, 100]) == [false, false])
        #expect(rule.shownGroups(sizes: []) == [])
    }

    @Test func `what averages leave over when subtracted is an average over ten or more, or over nobody`() {
        let rule = Disclosure()
        #expect(rule.shownAverages(over: [44, 3, 20]) == [true, false, false])
        #expect(rule.shownAverages(over: [44, 0, 20]) == [true, false, true])
        #expect(rule.shownAverages(over: [44, 9, 9]) == [true, false, false])
        var dice = Dice(seed: 5)
        for _ in 0..<500 {
            let counts = (0..<(1 + dice.roll(8))).map { _ in dice.roll(3) == 0 ? dice.roll(10) : dice.roll(60) }
            let shown = rule.shownAverages(over: counts)
            let rest = counts.indices.filter { !shown[$0] }.reduce(0) { $0 + counts[$1] }
            #expect(rest == 0 || rest >= 10 || !shown.contains(true))
            #expect(counts.indices.allSatisfy { !shown[$0] || counts[$0] >= 10 })
        }
    }

    @Test func `a group that is all of one category does not say so`() {
        let table = CountTable(groups: [[12, 0, 0], [30, 30, 0]], columns: 3, absent: 2)
        let shown = Disclosure().publication(of: table)
        #expect(shown.groups[0] == [false, false, true])
    }

    @Test func `of a single group as much is shown as of all`() {
        let shown = Disclosure().publication(of: CountTable(groups: [[30, 40, 5, 0]], columns: 4, absent: 3))
        #expect(shown.groups[0] == [false, true, false, true] && shown.overall == shown.groups[0])
    }

    @Test func `a table without small counts is shown whole`() {
        let shown = Disclosure().publication(of: CountTable(groups: [[30, 40, 0], [10, 10, 0]], columns: 3, absent: 2))
        #expect(shown == Publication(groups: 2, columns: 3, all: true))
    }
}
