// Records as rows of a table: the columns follow from the same description that makes their JSON.

import Wire

/// The columns of a record, and its rows. A field becomes a column of the same name; the fields of a record inside it become
/// columns with that name before theirs; of a list inside it each element makes a row of its own, the other cells repeated.
/// Bytes are left out.
package struct RecordTable<R: Record>: Sendable {
    package let columns: [TableColumn]

    package init() {
        var visitor = ColumnVisitor()
        var record = R()
        do { try record.fields(&visitor) } catch { preconditionFailure("the columns of \(R.self): \(error.reason)") }
        columns = visitor.columns
    }

    /// The rows of one record: one, or as many as its list is long.
    package func rows(of record: R) -> [[Cell]] {
        var visitor = RowVisitor(columns: columns)
        var copy = record
        // Collecting cannot fail: it only appends.
        do { try copy.fields(&visitor) } catch { preconditionFailure("the cells of \(R.self): \(error.reason)") }
        return visitor.rows
    }
}

/// What a field is called inside the record `prefix` stands for.
private func joined(_ prefix: String, _ name: String) -> String { prefix.isEmpty ? name : "\(prefix)_\(name)" }

/// `measures` holds things of which each is a `measure`.
private func singular(_ name: String) -> String { name.hasSuffix("s") ? String(name.dropLast()) : name }

private struct ColumnVisitor: FieldVisitor {
    var columns: [TableColumn] = []
    private var prefix = ""

    private mutating func add(_ name: String, _ kind: TableColumn.Kind) { columns.append(TableColumn(joined(prefix, name), kind)) }

    private mutating func inside<T: Record>(_ name: String, _ value: T) throws(Failure) {
        let before = prefix
        prefix = joined(prefix, name)
        var copy = value
        try copy.fields(&self)
        prefix = before
    }

    mutating func text(_ name: String, _ value: inout String) throws(Failure) { add(name, .text) }
    mutating func word(_ name: String, _ value: inout String, allowed: () -> [String]) throws(Failure) {
        if value.isEmpty { value = allowed().first ?? "" }
        add(name, .text)
    }
    mutating func integer(_ name: String, _ value: inout Int) throws(Failure) { add(name, .integer) }
    mutating func real(_ name: String, _ value: inout Double) throws(Failure) { add(name, .real) }
    mutating func flag(_ name: String, _ value: inout Bool) throws(Failure) { add(name, .flag) }
    mutating func time(_ name: String, _ value: inout Timestamp) throws(Failure) { add(name, .time) }
    mutating func date(_ name: String, _ value: inout CalendarDate) throws(Failure) { add(name, .date) }
    mutating func blob(_ name: String, _ value: inout [UInt8]) throws(Failure) {}
    mutating func record<T: Record>(_ name: String, _ value: inout T) throws(Failure) { try inside(name, value) }
    mutating func list<T: Record>(_ name: String, _ value: inout [T]) throws(Failure) { try inside(singular(name), T()) }
    mutating func texts(_ name: String, _ value: inout [String]) throws(Failure) { add(name, .text) }
    mutating func presence(_ name: String, _ value: inout Bool) throws(Failure) { value = true }
}

private struct RowVisitor: FieldVisitor {
    let columns: [TableColumn]
    private(set) var rows: [[Cell]] = [[]]
    private var prefix = ""
    /// How many columns have their cells.
    private var filled = 0

    init(columns: [TableColumn]) { self.columns = columns }

    private mutating func add(_ cell: Cell) {
        for index in rows.indices { rows[index].append(cell) }
        filled += 1
    }

    /// Leaves every column empty whose name begins so.
    private mutating func skip(_ name: String) {
        let whole = joined(prefix, name), begin = whole + "_"
        while filled < columns.count, columns[filled].name == whole || columns[filled].name.hasPrefix(begin) { add(.empty) }
    }

    mutating func text(_ name: String, _ value: inout String) throws(Failure) { add(.text(value)) }
    mutating func word(_ name: String, _ value: inout String, allowed: () -> [String]) throws(Failure) { add(.text(value)) }
    mutating func integer(_ name: String, _ value: inout Int) throws(Failure) { add(.integer(value)) }
    mutating func real(_ name: String, _ value: inout Double) throws(Failure) { add(.real(value)) }
    mutating func flag(_ name: String, _ value: inout Bool) throws(Failure) { add(.flag(value)) }
    mutating func time(_ name: String, _ value: inout Timestamp) throws(Failure) { add(.time(value)) }
    mutating func date(_ name: String, _ value: inout CalendarDate) throws(Failure) { add(.date(value)) }
    mutating func blob(_ name: String, _ value: inout [UInt8]) throws(Failure) {}

    mutating func record<T: Record>(_ name: String, _ value: inout T) throws(Failure) {
        let before = prefix
        prefix = joined(prefix, name)
        try value.fields(&self)
        prefix = before
    }

    mutating func list<T: Record>(_ name: String, _ value: inout [T]) throws(Failure) {
        guard !value.isEmpty else { return skip(singular(name)) }
        let (before, base, start) = (prefix, rows, filled)
        var all: [[Cell]] = []
        prefix = joined(prefix, singular(name))
        for index in value.indices {
            (rows, filled) = (base, start)
            try value[index].fields(&self)
            all += rows
        }
        (rows, prefix) = (all, before)
    }

    mutating func texts(_ name: String, _ value: inout [String]) throws(Failure) { add(value.isEmpty ? .empty : .text(value.joined(separator: "; "))) }
    mutating func presence(_ name: String, _ value: inout Bool) throws(Failure) { if !value { skip(name) } }
}
