// Tables of typed cells, as lists are handed to spreadsheets: one description for CSV and for workbooks.

/// One value of a table.
package enum Cell: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case real(Double)
    case flag(Bool)
    case time(Timestamp)
    case date(CalendarDate)
    case empty
}

/// One column of a table: what programs call it, and what its cells hold.
package struct TableColumn: Sendable, Equatable {
    package enum Kind: Sendable { case text, integer, real, flag, time, date }
    /// `last_assessed`: the same word as in JSON.
    package var name: String
    package var kind: Kind
    package init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }

    /// What people call it: `Last assessed`; times are told to be in UTC.
    package var title: String {
        let words = name.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst() + (kind == .time ? " (UTC)" : "")
    }
}

extension CSVWriter {
    /// A row of typed cells: times and dates in ISO 8601, flags as `true` and `false`, texts guarded against being taken for formulas.
    package mutating func row(_ cells: [Cell]) { row(cells.map(CSVCell.init)) }
}

extension CSVCell {
    init(_ cell: Cell) {
        self = switch cell {
        case .text(let text): .text(text)
        case .integer(let number): .number(String(number))
        case .real(let number): .number(number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)")
        case .flag(let flag): .number(flag ? "true" : "false")
        case .time(let time): .number(time.iso8601)
        case .date(let date): .number(date.iso8601)
        case .empty: .empty
        }
    }
}
