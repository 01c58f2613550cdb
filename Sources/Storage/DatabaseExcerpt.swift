// A new database with chosen tables and columns of another: what was left out was never in the file, not even in a free page.
import CSQLite
import Glibc

package enum DatabaseExcerpt {
    /// What is taken of one table.
    package struct Table: Sendable {
        package var name: String
        /// Nil for every column.
        package var columns: Set<String>?
        /// A condition in SQL of the caller's own, never of a person's; nil for every row.
        package var rows: String?
        package init(_ name: String, columns: Set<String>? = nil, rows: String? = nil) { (self.name, self.columns, self.rows) = (name, columns, rows) }
    }

    /// Why the work ended early.
    package struct Stopped: Error {
        package init() {}
    }

    /// Makes `target` (which must not exist) with the newest tables of `schema`, and copies rows of `source` into it, table by table in
    /// constant memory. The result is one plain file, flushed, without a log. Columns left out keep their default. Blocks.
    ///
    /// - Parameters:
    ///   - source: a file nobody writes, of the same version of the schema.
    ///   - goesOn: asked before every table; false ends the work with `Stopped`.
    /// - Returns: how many rows each table has.
    package static func make(
        of source: String, to target: String, schema: Schema, tables: [Table], goesOn: () -> Bool = { true }
    ) throws -> [(table: String, rows: Int)] {
        try DurableFiles.remove(target)
        var counts: [(table: String, rows: Int)] = []
        do {
            var options = DatabaseOptions()
            options.exclusive = false
            // Flushed once, when it is whole; the pace is kept by hand.
            options.synchronous = .off
            options.cacheKilobytes = 2048
            let database = try Database(path: target, mode: .write(create: true), options: options)
            // Nobody reads it before it is whole: it needs no log, and references hold only when all is there. (A journal is refused to be
            // given up altogether in the defensive mode; of a file that only grows, one in memory stays small.)
            try database.script("PRAGMA journal_mode = MEMORY")
            try database.script("PRAGMA foreign_keys = OFF")
            try schema.migrate(database)
            try database.execute("ATTACH ? AS source", Database.immutableURI(source))
            guard try database.int("PRAGMA source.user_version") == schema.version else {
                throw StorageError(kind: .fault, operation: "copy from", path: source, message: "it has another version of the \(schema.name) schema")
            }
            // SQLite locks the file by another descriptor, and closing this one gives up those locks: nobody else knows the file yet.
            let disk = open(target, O_RDONLY | O_CLOEXEC)
            guard disk >= 0 else { throw DurableFiles.failure("open", target) }
            defer { close(disk) }
            // What triggers guard or keep in step holds in the source already.
            let triggers = try database.query("SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger'") { ($0.text(0), $0.text(1)) }
            for (name, _) in triggers { _ = try database.queryBuilt("DROP TRIGGER main.\"\(name)\"") { _ in } }
            for table in tables {
                guard goesOn() else { throw Stopped() }
                let all = try database.queryBuilt("SELECT name FROM pragma_table_info('\(table.name)', 'main')") { $0.text(0) }
                let wanted = all.filter { table.columns?.contains($0) ?? true }.map { "\"\($0)\"" }.joined(separator: ", ")
                guard !wanted.isEmpty else { throw StorageError(kind: .fault, operation: "copy from", path: source, message: "there is no table \(table.name)") }
                _ = try database.queryBuilt("DELETE FROM main.\"\(table.name)\"") { _ in }
                try copy(table, wanted, in: database, disk, goesOn)
                counts.append((table.name, try database.queryBuilt("SELECT count(*) FROM main.\"\(table.name)\"") { $0.int(0) }[0]))
            }
            for (_, sql) in triggers { _ = try database.queryBuilt(sql) { _ in } }
            try database.script("DETACH source")
        } catch {
            try? DiskPace.remove(target)
            throw error
        }
        let faults = DatabaseCheck.faults(path: target)
        guard faults.isEmpty else { throw StorageError(kind: .corrupt, operation: "copy", path: source, message: faults[0]) }
        try DurableFiles.flush(target)
        return counts
    }

    private static func copy(_ table: Table, _ columns: String, in database: Database, _ disk: Int32, _ goesOn: () -> Bool) throws {
        let insert = "INSERT INTO main.\"\(table.name)\" (\(columns)) SELECT \(columns) FROM source.\"\(table.name)\" WHERE (\(table.rows ?? "1"))"
        guard try database.int("SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'", table.name) == 0 else {
            return try database.transaction { _ = try database.queryBuilt(insert) { _ in } }
        }
        var last = Int64.min, rows = 16
        while true {
            guard goesOn() else { throw Stopped() }
            let before = FileStamp(path: database.path)?.bytes ?? 0
            let next = try database.queryBuilt(
                "SELECT max(rowid) FROM (SELECT rowid FROM source.\"\(table.name)\" WHERE rowid > ? ORDER BY rowid LIMIT \(rows))", [last]) { $0.optionalInt64(0) }
            guard let next = next.first ?? nil else { return }
            try database.transaction { _ = try database.queryBuilt(insert + " AND rowid > ? AND rowid <= ?", [last, next]) { _ in } }
            last = next
            let grown = (FileStamp(path: database.path)?.bytes ?? 0) - before
            rows = grown > DiskPace.bytes ? max(1, rows / 2) : grown < DiskPace.bytes / 2 ? min(4096, rows * 2) : rows
            try DiskPace.catchUp(disk, of: database.path)
        }
    }

    /// Every table a person or program could read, those of full-text indexes included.
    package static func tables(of path: String) throws -> [String] {
        try Database(path: path, mode: .immutable).query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name") { $0.text(0) }
    }

    /// How many rows each of the tables has. Blocks.
    package static func counts(of path: String, tables: [String]) throws -> [(table: String, rows: Int)] {
        let database = try Database(path: path, mode: .immutable)
        return try tables.map { name in (name, try database.queryBuilt("SELECT count(*) FROM \"\(name)\"") { $0.int(0) }[0]) }
    }

    /// The version of the schema a file nobody writes has.
    package static func version(of path: String) throws -> Int { try Database(path: path, mode: .immutable).userVersion() }

    /// The columns of a table that can be written, in order; empty where there is no such table.
    package static func columns(of path: String, table: String) throws -> [String] {
        try Database(path: path, mode: .immutable).query("SELECT name FROM pragma_table_info(?)", table) { $0.text(0) }
    }

    /// Brings a file nobody else has open to the newest tables of its schema, and leaves it plain. Blocks.
    package static func bring(_ path: String, to schema: Schema) throws {
        var options = DatabaseOptions()
        options.exclusive = false
        let database = try Database(path: path, mode: .write(create: false), options: options)
        try schema.migrate(database)
        try database.script("PRAGMA journal_mode = DELETE")
    }
}
