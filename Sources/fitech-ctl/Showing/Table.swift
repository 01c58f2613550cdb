// Tables that are understood at a glance: aligned columns, numbers to the right, colour for what matters.

struct Table {
    struct Cell {
        var text: String
        var colour: Terminal.Colour?
        init(_ text: String, _ colour: Terminal.Colour? = nil) {
            self.text = text
            self.colour = colour
        }
    }

    private let titles: [String]
    private let rightAligned: Set<Int>
    private var rows: [[Cell]] = []

    /// A title that begins with `>` belongs to a column of numbers, which are aligned to the right.
    init(_ titles: String...) {
        rightAligned = Set(titles.indices.filter { titles[$0].hasPrefix(">") })
        self.titles = titles.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
    }

    mutating func add(_ cells: Cell...) { rows.append(cells) }

    func lines(_ terminal: Terminal) -> [String] {
        let widths = titles.indices.map { column in ([titles[column].count] + rows.map { $0[column].text.count }).max() ?? 0 }
        func line(_ cells: [Cell]) -> String {
            let parts = cells.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].text.count)
                let painted = terminal.paint(cells[column].text, cells[column].colour)
                if rightAligned.contains(column) { return space + painted }
                return column == cells.count - 1 ? painted : painted + space
            }
            return parts.joined(separator: "  ")
        }
        return [line(titles.map { Cell($0, .grey) })] + rows.map(line)
    }

    func show(_ terminal: Terminal) { for line in lines(terminal) { terminal.line(line) } }
}
