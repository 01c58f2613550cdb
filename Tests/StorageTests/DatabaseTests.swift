// One handle: values, transactions, settings, errors told apart.
import Glibc
import Testing
import Wire
@testable import Storage

struct DatabaseTests {
    let workshop = Workshop()

    func make() throws -> Database {
        let database = try Database(path: workshop.file("a.db"), mode: .write(create: true))
        try notes.migrate(database)
        return database
    }

    @Test func `what is bound comes back the same`() throws {
        let database = try make()
        try database.script("CREATE TABLE kinds (a, b, c, d, e, f)")
        try database.execute("INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?)", 42, 1.5, "na\u{EF}ve \u{1F3CB} \0 x", [UInt8]([0, 255]), String?.none, true)
        let row = try #require(try database.first("SELECT * FROM kinds") { ($0.int(0), $0.double(1), $0.text(2), $0.bytes(3), $0.optionalText(4), $0.bool(5)) })
        #expect(row.0 == 42 && row.1 == 1.5 && row.2 == "na\u{EF}ve \u{1F3CB} \0 x" && row.3 == [0, 255] && row.4 == nil && row.5)
    }

    @Test func `a transaction that throws leaves nothing behind`() throws {
        struct Stop: Error {}
        let database = try make()
        #expect(throws: Stop.self) {
            try database.transaction {
                try database.execute("INSERT INTO note (text) VALUES (?)", "lost")
                throw Stop()
            }
        }
        #expect(try database.int("SELECT count(*) FROM note") == 0)
    }

    @Test func `a savepoint undoes its own part alone`() throws {
        struct Stop: Error {}
        let database = try make()
        try database.transaction {
            try database.execute("INSERT INTO note (text) VALUES (?)", "kept")
            #expect(throws: Stop.self) {
                try database.savepoint {
                    try database.execute("INSERT INTO note (text) VALUES (?)", "undone")
                    throw Stop()
                }
            }
        }
        #expect(try database.query("SELECT text FROM note") { $0.text(0) } == ["kept"])
    }

    @Test func `a statement used inside itself gets a copy of its own`() throws {
        let database = try make()
        for text in ["a", "b"] { try database.execute("INSERT INTO note (text) VALUES (?)", text) }
        func all(_ depth: Int) throws -> [String] {
            try database.query("SELECT text FROM note ORDER BY id") { row in
                depth == 0 ? row.text(0) : try all(depth - 1).joined()
            }
        }
        #expect(try all(1) == ["ab", "ab"])
    }

    @Test func `a duplicate is told apart from other constraints`() throws {
        let database = try make()
        try database.execute("INSERT INTO note (text) VALUES (?)", "one")
        let duplicate = #expect(throws: StorageError.self) { try database.execute("INSERT INTO note (text) VALUES (?)", "one") }
        #expect(duplicate?.kind == .constraint && duplicate?.isDuplicate == true)
        let missing = #expect(throws: StorageError.self) { try database.execute("INSERT INTO note (text) VALUES (?)", String?.none) }
        #expect(missing?.kind == .constraint && missing?.isDuplicate == false)
    }

    @Test func `a commit waits for the disk, and foreign keys hold`() throws {
        let database = try make()
        #expect(try database.int("PRAGMA synchronous") == 2)
        #expect(try database.int("PRAGMA foreign_keys") == 1)
        #expect(try database.first("PRAGMA journal_mode") { $0.text(0) } == "wal")
    }

    @Test func `a full disk says so and keeps what was committed`() throws {
        var options = DatabaseOptions()
        options.maximumPages = 12
        let database = try Database(path: workshop.file("small.db"), mode: .write(create: true), options: options)
        try notes.migrate(database)
        try database.execute("INSERT INTO note (text) VALUES (?)", "kept")
        let error = #expect(throws: StorageError.self) {
            try database.execute("INSERT INTO note (text) VALUES (?)", String(repeating: "x", count: 200_000))
        }
        #expect(error?.kind == .full)
        #expect(error?.failure.status == 503)
        #expect(try database.query("SELECT text FROM note") { $0.text(0) } == ["kept"])
    }

    @Test func `a file that is no database is called damaged`() throws {
        try DurableFiles.write(Array("this is not a database, whatever its name says, and it is long enough to be read as one page header".utf8), to: workshop.file("bad.db"))
        let error = #expect(throws: StorageError.self) { try Database(path: workshop.file("bad.db"), mode: .write(create: false)) }
        #expect(error?.kind == .corrupt)
        #expect(error?.hint.contains("fitech-ctl restore") == true)
    }

    @Test func `a missing file is not made by accident`() throws {
        let error = #expect(throws: StorageError.self) { try Database(path: workshop.file("none.db"), mode: .write(create: false)) }
        #expect(error?.kind == .unopenable)
        #expect(!DurableFiles.exists(workshop.file("none.db")))
    }

    @Test func `a read handle changes nothing and sees every commit`() throws {
        let writer = try make()
        let reader = try Database(path: workshop.file("a.db"), mode: .read)
        try writer.execute("INSERT INTO note (text) VALUES (?)", "seen")
        #expect(try reader.query("SELECT text FROM note") { $0.text(0) } == ["seen"])
        let error = #expect(throws: StorageError.self) { try reader.execute("INSERT INTO note (text) VALUES (?)", "no") }
        #expect(error?.kind == .readOnly)
    }

    @Test func `a read that takes too long is stopped`() throws {
        let database = try make()
        let error = #expect(throws: StorageError.self) {
            try database.within(milliseconds: 20) {
                _ = try database.int("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
            }
        }
        #expect(error?.kind == .timeLimit)
    }

    @Test func `a handle used from another thread traps`() async {
        await #expect(processExitsWith: .failure) {
            let workshop = Workshop()
            let database = try Database(path: workshop.file("a.db"), mode: .write(create: true))
            // The misuse this test is about.
            nonisolated(unsafe) let stolen = database
            SystemThread.start(name: "thief") { _ = try? stolen.userVersion() }
            sleep(5)
        }
    }
}
