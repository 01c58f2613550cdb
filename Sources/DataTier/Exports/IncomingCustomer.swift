// A customer's database out of an archive, rebuilt row by row in a file of our own tables and checked, but not yet anybody's.
import Control
import Storage
import Wire

/// Made on a blocking thread; lies in a directory of its own until it is put in its place or that directory is removed.
struct IncomingCustomer: Sendable {
    struct Person: Sendable {
        var id: String
        var email: String
        var name: String
    }

    let manifest: ExportManifest
    /// The rebuilt file.
    let database: String
    let counts: [(table: String, rows: Int)]
    let people: [Person]
    let changes: Int
    let tickets: Int
    let lowestTicket: Int
    let highestTicket: Int
    var rows: Int { counts.reduce(0) { $0 + $1.rows } }

    init(_ archive: String, in directory: String) throws {
        try DurableFiles.remove(directory)
        try DurableFiles.makeDirectory(directory)
        let reader = try ArchiveReader(archive)
        manifest = reader.manifest
        let raw = directory + "/raw.db"
        database = directory + "/customer.db"
        try reader.extract(ExportArchive.database, to: raw)
        if let fault = DatabaseCheck.faults(path: raw).first { throw ArchiveReader.refused("Its database is damaged: \(fault).") }
        let version = try DatabaseExcerpt.version(of: raw)
        guard version == manifest.schema, version >= 1, version <= CustomerSchema.schema.version else {
            throw ArchiveReader.refused("Its database is of version \(version) of the tables; this release knows up to \(CustomerSchema.schema.version).", hint: "Bring this Fitech up to the release that made the export; nothing was taken in.")
        }
        // What the manifest counts is counted again before anything is brought up to date.
        let known = Set(try DatabaseExcerpt.tables(of: raw))
        for table in manifest.tables {
            guard known.contains(table.name), try DatabaseExcerpt.counts(of: raw, tables: [table.name])[0].rows == table.rows else {
                throw ArchiveReader.refused("The table \(table.name) has not the \(table.rows) rows the manifest speaks of.")
            }
        }
        if version < CustomerSchema.schema.version { try DatabaseExcerpt.bring(raw, to: CustomerSchema.schema) }
        // Row by row into tables of ours: whatever else somebody put into the file (triggers, sessions, password hashes) stays behind.
        let tables = try ExportPlan.taken { try DatabaseExcerpt.columns(of: raw, table: $0) }
        counts = try DatabaseExcerpt.make(of: raw, to: database, schema: CustomerSchema.schema, tables: tables)
        try DiskPace.remove(raw)
        try reader.restoreAttachments(into: database)
        let made = try Database(path: database, mode: .immutable)
        let found = try made.query("SELECT id, email, name, role FROM person") { ($0.text(0), $0.text(1), $0.text(2), $0.text(3)) }
        for (_, email, _, role) in found {
            var check = FieldCheck()
            guard check.email("email", email) == email, check.problems.isEmpty, let known = PersonRole(rawValue: role), !known.isStaff else {
                throw ArchiveReader.refused("It holds a person (\(email.prefix(80)), \(role.prefix(40))) that no customer can have.", hint: "Correct it there and export again; nothing was taken in.")
            }
        }
        people = found.map { Person(id: $0.0, email: $0.1, name: $0.2) }
        changes = try made.int("SELECT count(*) FROM change") ?? 0
        tickets = try made.int("SELECT count(*) FROM ticket") ?? 0
        lowestTicket = try made.int("SELECT min(number) FROM ticket") ?? 0
        highestTicket = try made.int("SELECT max(number) FROM ticket") ?? 0
    }

    /// Gives the changes new numbers in their order, one after the other; their history goes with them, votes are never in an export.
    func renumberChanges(from first: Int) throws {
        var options = DatabaseOptions()
        options.exclusive = false
        let database = try Database(path: database, mode: .write(create: false), options: options)
        try database.script("PRAGMA journal_mode = DELETE")
        try database.script("PRAGMA foreign_keys = OFF")
        try database.transaction {
            try database.script("CREATE TEMP TABLE numbered (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")
            try database.execute("INSERT INTO numbered SELECT number, ? + row_number() OVER (ORDER BY number) - 1 FROM change", first)
            // By way of negative numbers, so that no new one meets an old one.
            try database.execute("UPDATE change SET number = -(SELECT new FROM numbered WHERE old = number)")
            try database.execute("UPDATE change SET number = -number")
            try database.execute("UPDATE change_event SET change = (SELECT new FROM numbered WHERE old = change)")
            try database.script("DROP TABLE numbered")
        }
        if let fault = try database.faults().first { throw ArchiveReader.refused("Its changes could not be numbered anew: \(fault).") }
    }

    /// Gives the tickets new numbers in their order, one after the other, wherever a table refers to them.
    func renumber(from first: Int) throws {
        var options = DatabaseOptions()
        options.exclusive = false
        let database = try Database(path: database, mode: .write(create: false), options: options)
        try database.script("PRAGMA journal_mode = DELETE")
        try database.script("PRAGMA foreign_keys = OFF")
        let tables = try database.query("SELECT name FROM sqlite_schema WHERE type = 'table'") { $0.text(0) }
        // History may be written anew here, where it is nobody's yet.
        let triggers = try database.query("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'") { ($0.text(0), $0.text(1)) }
        try database.transaction {
            for (name, _) in triggers { _ = try database.queryBuilt("DROP TRIGGER \"\(name)\"") { _ in } }
            try database.script("CREATE TEMP TABLE numbered (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")
            try database.execute("INSERT INTO numbered SELECT number, ? + row_number() OVER (ORDER BY number) - 1 FROM ticket", first)
            // By way of negative numbers, so that no new one meets an old one.
            try database.execute("UPDATE ticket SET number = -(SELECT new FROM numbered WHERE old = number)")
            try database.execute("UPDATE ticket SET number = -number")
            for table in tables {
                let columns = try database.queryBuilt("SELECT \"from\" FROM pragma_foreign_key_list('\(table)') WHERE \"table\" = 'ticket' AND coalesce(\"to\", 'number') = 'number'") { $0.text(0) }
                for column in columns + (ExportPlan.ticketNumbers[table] ?? []) {
                    _ = try database.queryBuilt("UPDATE \"\(table)\" SET \"\(column)\" = -(SELECT new FROM numbered WHERE old = \"\(column)\") WHERE \"\(column)\" IN (SELECT old FROM numbered)") { _ in }
                    _ = try database.queryBuilt("UPDATE \"\(table)\" SET \"\(column)\" = -\"\(column)\" WHERE \"\(column)\" < 0") { _ in }
                }
            }
            // Events name other tickets in their text.
            try database.execute("""
                UPDATE ticket_event SET value = (SELECT new FROM numbered WHERE old = CAST(value AS INTEGER))
                WHERE kind IN ('merged', 'absorbed', 'unmerged', 'linked', 'unlinked', 'split') AND CAST(value AS INTEGER) IN (SELECT old FROM numbered)
                """)
            for (_, sql) in triggers { _ = try database.queryBuilt(sql) { _ in } }
            try database.script("DROP TABLE numbered")
        }
        if let fault = try database.faults().first { throw ArchiveReader.refused("Its tickets could not be numbered anew: \(fault).") }
    }
}
