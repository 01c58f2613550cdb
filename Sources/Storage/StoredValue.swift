// A value as SQLite holds it, whatever its type: for rows that are moved without knowing what they mean.
import CSQLite

package enum StoredValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
}

extension StoredValue: Bindable {
    package func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        switch self {
        case .null: sqlite3_bind_null(statement, position)
        case .integer(let value): value.bind(to: statement, at: position)
        case .real(let value): value.bind(to: statement, at: position)
        case .text(let value): value.bind(to: statement, at: position)
        case .bytes(let value): value.bind(to: statement, at: position)
        }
    }
}

extension Row {
    /// How many columns there are, and what one is called.
    package var columns: Int32 { sqlite3_column_count(statement) }
    package func name(_ column: Int32) -> String { String(cString: sqlite3_column_name(statement, column)) }

    package func value(_ column: Int32) -> StoredValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: .integer(int64(column))
        case SQLITE_FLOAT: .real(double(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .bytes(bytes(column))
        default: .null
        }
    }
}
