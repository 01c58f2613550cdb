// A prepared statement and the cache that keeps it for the next time.
import CSQLite

/// One prepared statement of one database handle; finalised with it.
final class Statement {
    let pointer: OpaquePointer
    /// Being stepped now: a second use of the same SQL inside must prepare a copy of its own.
    var busy = false

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { sqlite3_finalize(pointer) }

    static func prepare(_ sql: UnsafePointer<CChar>, count: Int, persistent: Bool, on handle: OpaquePointer, path: String) throws(StorageError) -> Statement {
        var pointer: OpaquePointer?
        let flags = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let result = sqlite3_prepare_v3(handle, sql, Int32(count), flags, &pointer, nil)
        guard result == SQLITE_OK, let pointer else {
            throw StorageError(result == SQLITE_OK ? SQLITE_MISUSE : result, handle: handle, operation: "prepare SQL for", path: path)
        }
        return Statement(pointer)
    }
}

/// The statements of one handle by the address of their literal, so that finding one costs no hashing of SQL text.
struct StatementCache {
    private var statements: [UnsafePointer<UInt8>: Statement] = [:]

    mutating func statement(for sql: StaticString, on handle: OpaquePointer, path: String) throws(StorageError) -> Statement {
        if let found = statements[sql.utf8Start], !found.busy { return found }
        let made = try sql.utf8Start.withMemoryReboundThrowing(count: sql.utf8CodeUnitCount) { start throws(StorageError) in
            try Statement.prepare(start, count: sql.utf8CodeUnitCount, persistent: true, on: handle, path: path)
        }
        if statements[sql.utf8Start] == nil { statements[sql.utf8Start] = made }
        return made
    }

    mutating func removeAll() { statements.removeAll() }
}

extension UnsafePointer<UInt8> {
    /// The bytes as C characters, for a body with a typed error.
    fileprivate func withMemoryReboundThrowing<T>(count: Int, _ body: (UnsafePointer<CChar>) throws(StorageError) -> T) throws(StorageError) -> T {
        try body(UnsafeRawPointer(self).assumingMemoryBound(to: CChar.self))
    }
}
