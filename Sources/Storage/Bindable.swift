// The Swift values that may stand for a `?` in SQL.
import CSQLite

/// A value SQLite stores. Booleans become 0 and 1, nil becomes NULL.
package protocol Bindable {
    /// Binds the value at a position (from 1) and gives SQLite's result code.
    func bind(to statement: OpaquePointer, at position: Int32) -> Int32
}

extension Int: Bindable {
    package func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        sqlite3_bind_int64(statement, position, Int64(self))
    }
}

extension Int64: Bindable {
    package func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        sqlite3_bind_int64(statement, position, self)
    }
}

extension Bool: Bindable {
    package func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        sqlite3_bind_int64(statement, position, self ? 1 : 0)
    }
}

extension Double: Bindable {
    package func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        sqlite3_bind_double(statement, position, self)
    }
}

extension String: Bindable {
    package func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        var copy = self
        return copy.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { fitech_sqlite_bind_text(statement, position, $0.baseAddress, Int32($0.count)) }
        }
    }
}

extension [UInt8]: Bindable {
    package func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        withUnsafeBytes { fitech_sqlite_bind_blob(statement, position, $0.baseAddress, Int32($0.count)) }
    }
}

extension Optional: Bindable where Wrapped: Bindable {
    package func bind(to statement: OpaquePointer, at position: Int32) -> Int32 {
        switch self {
        case .none: sqlite3_bind_null(statement, position)
        case .some(let value): value.bind(to: statement, at: position)
        }
    }
}
