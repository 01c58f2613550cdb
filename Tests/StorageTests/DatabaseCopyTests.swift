// Copies taken while others write: one moment, whole, openable anywhere.
import Testing
@testable import Storage

struct DatabaseCopyTests {
    let workshop = Workshop()

    @Test func `a copy under writes holds one moment, complete and sound`() async throws {
        let thread = WriterThread(name: "w")
        let pairs = Schema(name: "pairs", steps: ["CREATE TABLE pair (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, filler BLOB)"])
        let file = DatabaseFile(path: workshop.file("a.db"), schema: pairs, thread: thread)
        let copies = BlockingThreads(name: "copy", threads: 1, limit: 4)
        try await file.prepare()
        let writing = Task {
            var i = 0
            while !Task.isCancelled {
                i += 1
                let value = i
                // Two rows that belong together: a copy with one of them would be torn.
                try await file.write { database in
                    try database.execute("INSERT INTO pair (a, b, filler) VALUES (?, 1, randomblob(3000))", value)
                    try database.execute("INSERT INTO pair (a, b, filler) VALUES (?, 2, randomblob(3000))", value)
                }
            }
        }
        for round in 0..<8 {
            let target = workshop.file("copy-\(round).db")
            try await file.copy(to: target, on: copies)
            #expect(DatabaseCheck.faults(path: target) == [])
            let copy = try Database(path: target, mode: .immutable)
            #expect(try copy.int("SELECT count(*) FROM (SELECT a FROM pair GROUP BY a HAVING count(*) <> 2)") == 0)
            #expect(!DurableFiles.exists(target + "-wal") && !DurableFiles.exists(target + ".partial"))
        }
        writing.cancel()
        _ = await writing.result
        copies.stop()
        await thread.stop()
    }

    @Test func `the change tag stays while nothing is written and moves with a write`() async throws {
        let thread = WriterThread(name: "w")
        let file = DatabaseFile(path: workshop.file("a.db"), schema: notes, thread: thread)
        #expect(file.changeTag == nil)
        try await file.write { try $0.execute("INSERT INTO note (text) VALUES ('a')") }
        let before = file.changeTag
        #expect(before == file.changeTag)
        try await file.write { try $0.execute("INSERT INTO note (text) VALUES ('b')") }
        #expect(before != file.changeTag)
        await thread.stop()
    }

    @Test func `a copy whose bytes were turned is found`() async throws {
        let thread = WriterThread(name: "w")
        let file = DatabaseFile(path: workshop.file("a.db"), schema: notes, thread: thread)
        try await file.write { database in
            for i in 0..<500 { try database.execute("INSERT INTO note (text) VALUES (?)", "note number \(i)") }
        }
        let target = workshop.file("copy.db")
        try await file.prepare()
        try file.copyBlocking(to: target)
        var bytes = try DurableFiles.read(target)
        for at in 8192..<8300 { bytes[at] ^= 0x55 }
        try DurableFiles.write(bytes, to: target)
        #expect(!DatabaseCheck.faults(path: target).isEmpty)
        await thread.stop()
    }
}
