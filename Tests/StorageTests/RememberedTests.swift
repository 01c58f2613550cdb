// Figures kept while nobody commits.
import Testing
@testable import Storage

struct RememberedTests {
    @Test func `an answer is kept until somebody commits, and under its key`() throws {
        let path = "/tmp/fitech-remembered-\(UInt32.random(in: 0 ... .max)).db"
        defer { for end in ["", "-wal", "-shm"] { try? DurableFiles.remove(path + end) } }
        let writer = try Database(path: path, mode: .write(create: true))
        try writer.script("CREATE TABLE t (n INTEGER)")
        let reader = try Database(path: path, mode: .read)
        var asked = 0
        func count(_ database: Database, _ key: String = "all") throws -> Int {
            try database.unchanged(key) {
                asked += 1
                return try database.int("SELECT count(*) FROM t") ?? -1
            }
        }
        #expect(try count(reader) == 0)
        #expect(try count(reader) == 0 && asked == 1)
        #expect(try count(reader, "other") == 0 && asked == 2)
        try writer.execute("INSERT INTO t VALUES (1)")
        #expect(try count(reader) == 1 && asked == 3)
        #expect(try count(reader) == 1 && asked == 3)
        // The handle that writes counts what it has written itself.
        #expect(try count(writer) == 1)
        try writer.execute("INSERT INTO t VALUES (2)")
        #expect(try count(writer) == 2 && asked == 5)
    }

    @Test func `however many keys there are, only some are kept`() throws {
        var remembered = Remembered()
        for key in 0..<1000 { remembered.keep(key, as: "\(key)", at: 1) }
        #expect((0..<1000).filter { (remembered.answer("\($0)", at: 1) as Int?) != nil }.count <= 64)
        #expect(remembered.answer("999", at: 1) == 999)
        #expect((remembered.answer("999", at: 2) as Int?) == nil)
    }
}
