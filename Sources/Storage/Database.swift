// The thin owner of one SQLite handle: opened with the house's settings, used by one thread only.
import CSQLite
import Glibc

/// One SQLite handle. It belongs to the thread that opened it; use from any other thread traps, because two threads
/// on one handle is how databases get lost.
package final class Database {
    /// How a file is opened.
    package enum Mode: Sendable {
        /// The one handle that writes and checkpoints.
        case write(create: Bool)
        /// Sees every commit, changes nothing.
        case read
        /// A file nobody writes any more (a restore point): no locks, no WAL, no side files.
        case immutable
    }

    package let path: String
    let handle: OpaquePointer
    private let owner = pthread_self()
    private var cache = StatementCache()
    private let limit = TimeLimit()
    let onlyReads: Bool
    let busyMilliseconds: Int
    var remembered = Remembered()
    private var pagesWritten: Int32 = 0

    package init(path: String, mode: Mode, options: DatabaseOptions = DatabaseOptions()) throws(StorageError) {
        LibrarySettings.apply()
        self.path = path
        busyMilliseconds = options.busyMilliseconds
        if case .write = mode { onlyReads = false } else { onlyReads = true }
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var name = path
        switch mode {
        case .write(let create): flags |= SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0)
        // Not SQLITE_OPEN_READONLY: under unix-excl a read-only descriptor would weaken the process's lock.
        case .read: flags |= options.exclusive ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        case .immutable:
            flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            name = Self.immutableURI(path)
        }
        var isImmutable = false
        if case .immutable = mode { isImmutable = true }
        var handle: OpaquePointer?
        let result = sqlite3_open_v2(name, &handle, flags, options.exclusive && !isImmutable ? "unix-excl" : nil)
        guard result == SQLITE_OK, let handle else {
            let error = StorageError(result, handle: handle, operation: "open", path: path)
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        sqlite3_progress_handler(handle, 2000, { context in
            Unmanaged<TimeLimit>.fromOpaque(context!).takeUnretainedValue().isOver ? 1 : 0
        }, Unmanaged.passUnretained(limit).toOpaque())
        try settle(mode, options)
    }

    deinit {
        cache.removeAll()
        sqlite3_close_v2(handle)
    }

    private func settle(_ mode: Mode, _ options: DatabaseOptions) throws(StorageError) {
        sqlite3_busy_timeout(handle, Int32(options.busyMilliseconds))
        try check(fitech_sqlite_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1), "open")
        try check(fitech_sqlite_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1), "open")
        try check(fitech_sqlite_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), "open")
        try script("PRAGMA cache_size = -\(options.cacheKilobytes)")
        switch mode {
        case .write:
            try script("PRAGMA journal_mode = WAL; PRAGMA synchronous = \(options.synchronous.rawValue); PRAGMA foreign_keys = ON; PRAGMA secure_delete = \(options.secureDelete ? "ON" : "OFF"); PRAGMA wal_autocheckpoint = \(options.checkpointPages)")
            if let pages = options.maximumPages { try script("PRAGMA max_page_count = \(pages)") }
        case .read:
            try script("PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0")
        case .immutable:
            break
        }
        // Read the schema now: a damaged file shows itself on open, not in the middle of somebody's request.
        try script("SELECT count(*) FROM sqlite_schema")
    }

    static func immutableURI(_ path: String) -> String {
        var uri = "file:"
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "%"):
                let hex = Array("0123456789ABCDEF")
                uri += "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
            default: uri.unicodeScalars.append(UnicodeScalar(byte))
            }
        }
        return uri + "?immutable=1"
    }

    @inline(__always)
    func checkThread() {
        precondition(pthread_equal(pthread_self(), owner) != 0, "database handle used from a thread that does not own it: \(path)")
    }

    func check(_ result: Int32, _ operation: String) throws(StorageError) {
        guard result == SQLITE_OK else { throw StorageError(result, handle: handle, operation: operation, path: path) }
    }

    // MARK: Statements

    /// Runs a statement for every row of its answer. The SQL is a literal: values only ever travel as parameters.
    /// Return false from `row` to stop early.
    package func each(_ sql: StaticString, _ values: [any Bindable], _ row: (Row) throws -> Bool) throws {
        checkThread()
        let statement = try cache.statement(for: sql, on: handle, path: path)
        try run(statement, values, row)
    }

    func run(_ statement: Statement, _ values: [any Bindable], _ row: (Row) throws -> Bool) throws {
        let pointer = statement.pointer
        statement.busy = true
        defer {
            sqlite3_reset(pointer)
            statement.busy = false
        }
        assert(sqlite3_bind_parameter_count(pointer) == Int32(values.count), "\(values.count) values for \(String(cString: sqlite3_sql(pointer)))")
        var position: Int32 = 0
        for value in values {
            position += 1
            try check(value.bind(to: pointer, at: position), "bind a value for")
        }
        while true {
            let result = sqlite3_step(pointer)
            if result == SQLITE_DONE { return }
            guard result == SQLITE_ROW else { throw StorageError(result, handle: handle, operation: "read or write", path: path) }
            guard try row(Row(statement: pointer)) else { return }
        }
    }

    /// All rows of an answer.
    package func query<T>(_ sql: StaticString, _ values: any Bindable..., row: (Row) throws -> T) throws -> [T] {
        var found: [T] = []
        try each(sql, values) { found.append(try row($0)); return true }
        return found
    }

    /// The first row of an answer, or nil.
    package func first<T>(_ sql: StaticString, _ values: any Bindable..., row: (Row) throws -> T) throws -> T? {
        var found: T?
        try each(sql, values) { found = try row($0); return false }
        return found
    }

    /// The first column of the first row as an integer, or nil when there is no row or it is NULL.
    package func int(_ sql: StaticString, _ values: any Bindable...) throws -> Int? {
        var found: Int?
        try each(sql, values) { found = $0.optionalInt(0); return false }
        return found
    }

    /// Runs a statement that answers nothing; gives the number of rows it changed.
    @discardableResult
    package func execute(_ sql: StaticString, _ values: any Bindable...) throws -> Int {
        try each(sql, values) { _ in false }
        return Int(sqlite3_changes(handle))
    }

    /// Like `query`, for SQL built from trusted pieces at run time; never cached, never with values spliced in.
    package func queryBuilt<T>(_ sql: String, _ values: [any Bindable] = [], row: (Row) throws -> T) throws -> [T] {
        var found: [T] = []
        try eachBuilt(sql, values) { found.append(try row($0)) }
        return found
    }

    /// The same row by row, however many there are.
    package func eachBuilt(_ sql: String, _ values: [any Bindable] = [], _ row: (Row) throws -> Void) throws {
        checkThread()
        var text = sql
        let statement = try text.withUTF8 { utf8 throws(StorageError) in
            try Statement.prepare(UnsafeRawPointer(utf8.baseAddress!).assumingMemoryBound(to: CChar.self), count: utf8.count, persistent: false, on: handle, path: path)
        }
        try run(statement, values) { try row($0); return true }
    }

    /// Runs several statements of a literal.
    package func script(_ sql: StaticString) throws(StorageError) { try script(sql.description) }

    func script(_ sql: String) throws(StorageError) {
        checkThread()
        try check(sqlite3_exec(handle, sql, nil, nil, nil), "run a script on")
    }

    // MARK: Limits and versions

    /// Runs a body whose statements are stopped with `.timeLimit` once the time is over.
    package func within<T>(milliseconds: Int, _ body: () throws -> T) throws -> T {
        limit.start(milliseconds: milliseconds)
        defer { limit.stop() }
        return try body()
    }

    /// Runs a body in which deleted rows are overwritten, not only let go, whatever the file was opened with. Within a transaction, too.
    package func overwriting<T>(_ body: () throws -> T) throws -> T {
        let before = try int("PRAGMA secure_delete") ?? 0
        try script("PRAGMA secure_delete = ON")
        defer { try? script("PRAGMA secure_delete = \(before)") }
        return try body()
    }

    /// The id of the row inserted last.
    package var lastInsertedRow: Int64 { checkThread(); return sqlite3_last_insert_rowid(handle) }

    /// Rows changed since the handle was opened.
    package var totalChanges: Int { checkThread(); return Int(sqlite3_total_changes64(handle)) }

    /// Whether pages were written since it was asked last: a commit that changed nothing writes none.
    func hasWritten() -> Bool {
        checkThread()
        var now: Int32 = 0, highest: Int32 = 0
        guard sqlite3_db_status(handle, SQLITE_DBSTATUS_CACHE_WRITE, &now, &highest, 0) == SQLITE_OK, now == pagesWritten else {
            pagesWritten = now
            return true
        }
        return false
    }

    package func userVersion() throws -> Int { try int("PRAGMA user_version") ?? 0 }
    func setUserVersion(_ version: Int) throws(StorageError) { try script("PRAGMA user_version = \(version)") }
}
