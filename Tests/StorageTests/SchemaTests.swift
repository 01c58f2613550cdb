// Files grow with the releases, one step at a time, and never backwards.
import Testing
@testable import Storage

struct SchemaTests {
    let workshop = Workshop()

    @Test func `an old file gets only the steps it lacks`() throws {
        let first = Schema(name: "x", steps: ["CREATE TABLE a (i)"])
        let second = Schema(name: "x", steps: ["CREATE TABLE a (i)", "ALTER TABLE a ADD COLUMN j; INSERT INTO a VALUES (1, 2)"])
        let database = try Database(path: workshop.file("a.db"), mode: .write(create: true))
        try first.migrate(database)
        #expect(try database.userVersion() == 1)
        try second.migrate(database)
        try second.migrate(database)
        #expect(try database.userVersion() == 2)
        #expect(try database.int("SELECT count(*) FROM a") == 1)
    }

    @Test func `a file of a newer release is refused untouched`() throws {
        let database = try Database(path: workshop.file("a.db"), mode: .write(create: true))
        try database.setUserVersion(7)
        let error = #expect(throws: StorageError.self) { try notes.migrate(database) }
        #expect(error?.kind == .tooNew)
        #expect(error?.message.contains("up to 1") == true)
        #expect(try database.int("SELECT count(*) FROM sqlite_schema") == 0)
    }

    @Test func `a step that fails leaves the file as it was`() throws {
        let broken = Schema(name: "x", steps: ["CREATE TABLE a (i)", "CREATE TABLE b (i); CREATE TABLE a (i)"])
        let database = try Database(path: workshop.file("a.db"), mode: .write(create: true))
        #expect(throws: StorageError.self) { try broken.migrate(database) }
        #expect(try database.userVersion() == 1)
        #expect(try database.int("SELECT count(*) FROM sqlite_schema") == 1)
    }
}
