// Excerpts of databases: what is wanted and nothing else, in a plain file, whatever the size of its tables.
import Testing
@testable import Storage

struct DatabaseExcerptTests {
    private static let schema = Schema(name: "test", steps: ["""
        CREATE TABLE house (row INTEGER PRIMARY KEY, name TEXT NOT NULL, secret TEXT, kind TEXT NOT NULL DEFAULT 'plain');
        CREATE TABLE room (house INTEGER NOT NULL REFERENCES house (row), number INTEGER NOT NULL, PRIMARY KEY (house, number)) WITHOUT ROWID;
        CREATE TABLE kept (n INTEGER PRIMARY KEY);
        INSERT INTO kept VALUES (1);
        CREATE TRIGGER kept_for_ever BEFORE DELETE ON kept BEGIN SELECT RAISE(ABORT, 'kept'); END;
        """])

    /// A file with so many houses, of which every third has a secret, and its directory.
    private func source(_ houses: Int) throws -> (directory: String, path: String) {
        let directory = "/tmp/fitech-excerpt-\(UInt32.random(in: 0 ... .max))", path = directory + "/source.db"
        try DurableFiles.makeDirectory(directory)
        var options = DatabaseOptions()
        options.exclusive = false
        let database = try Database(path: path, mode: .write(create: true), options: options)
        try Self.schema.migrate(database)
        try database.transaction {
            for number in 1...houses {
                // Numbers with gaps, some below zero.
                let row = number * 3 - houses
                try database.execute("INSERT INTO house VALUES (?, ?, ?, ?)", row, "House \(number)", "the secret word", number % 3 == 0 ? "hidden" : "plain")
                try database.execute("INSERT INTO room VALUES (?, ?)", row, number)
            }
            try database.execute("INSERT INTO kept VALUES (2)")
        }
        try database.script("PRAGMA journal_mode = DELETE")
        return (directory, path)
    }

    @Test(arguments: [1, 255, 256, 257, 1500])
    func `every row of the tables named is taken once, and columns left out are empty`(_ houses: Int) throws {
        let (directory, path) = try source(houses)
        let target = directory + "/target.db"
        let counts = try DatabaseExcerpt.make(of: path, to: target, schema: Self.schema, tables: [.init("house", columns: ["row", "name", "kind"]), .init("room"), .init("kept")])
        #expect(counts.map(\.rows) == [houses, houses, 2])
        let made = try Database(path: target, mode: .immutable)
        #expect(try made.int("SELECT count(*) FROM house WHERE secret IS NULL AND name LIKE 'House %'") == houses)
        #expect(try made.int("SELECT count(*) FROM house JOIN room ON room.house = house.row") == houses)
        #expect(!String(decoding: try DurableFiles.read(target), as: UTF8.self).contains("the secret word"))
        // The trigger that would have refused the copy is there again, and the file needs nothing beside it.
        #expect(try made.int("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'") == 1)
        #expect(DurableFiles.names(in: directory) == ["source.db", "target.db"])
        try DurableFiles.remove(directory)
    }

    @Test func `rows are taken by a condition, and references that lead nowhere afterwards are refused`() throws {
        let (directory, path) = try source(900)
        let target = directory + "/target.db"
        let counts = try DatabaseExcerpt.make(of: path, to: target, schema: Self.schema, tables: [.init("house", rows: "kind <> 'hidden'")])
        #expect(counts[0].rows == 600)
        #expect(throws: StorageError.self) {
            _ = try DatabaseExcerpt.make(of: path, to: target, schema: Self.schema, tables: [.init("house", rows: "kind <> 'hidden'"), .init("room")])
        }
        try DurableFiles.remove(directory)
    }

    @Test func `it ends in the middle when it is told to, and leaves nothing`() throws {
        let (directory, path) = try source(2000)
        var asked = 0
        #expect(throws: DatabaseExcerpt.Stopped.self) {
            _ = try DatabaseExcerpt.make(of: path, to: directory + "/target.db", schema: Self.schema, tables: [.init("house")]) { asked += 1; return asked < 5 }
        }
        #expect(asked == 5 && DurableFiles.names(in: directory) == ["source.db"])
        #expect(throws: StorageError.self) { _ = try DatabaseExcerpt.make(of: path, to: directory + "/target.db", schema: Self.schema, tables: [.init("nothing")]) }
        try DurableFiles.remove(directory)
    }
}
