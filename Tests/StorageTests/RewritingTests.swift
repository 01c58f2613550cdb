// A database written anew beside its use: the same rows, nothing of the deleted ones, and never a commit lost.
import Dispatch
import Glibc
import Synchronization
import Testing
@testable import Storage

struct RewritingTests {
    private let workshop = Workshop()
    private let thread = WriterThread(name: "w")
    private let threads = BlockingThreads(name: "rewrite", threads: 1, limit: 4)
    private let file: DatabaseFile

    init() {
        var options = DatabaseOptions()
        options.busyMilliseconds = 10
        file = DatabaseFile(path: workshop.file("a.db"), schema: notes, thread: thread, options: options)
    }

    private var fresh: String { workshop.file("fresh.db") }
    private var old: String { workshop.file("old.db") }

    private func end() async {
        threads.stop()
        await thread.stop()
    }

    private func fill() async throws {
        try await file.write { database in
            for number in 0..<500 { try database.execute("INSERT INTO note (text) VALUES (?)", "Zebedee Quill number \(number) limps since Tuesday") }
        }
        try await file.write { database in
            _ = try database.execute("DELETE FROM note WHERE id % 50 <> 0")
            try database.execute("UPDATE note SET text = 'kept ' || id")
        }
        _ = try await file.alone { try $0.checkpoint() }
    }

    private func hasTraces() throws -> Bool {
        for path in [file.path, file.path + "-wal"] where DurableFiles.exists(path) {
            if String(decoding: try DurableFiles.read(path), as: UTF8.self).contains("Zebedee") { return true }
        }
        return false
    }

    private func texts() async throws -> [String] { try await file.alone { try $0.query("SELECT text FROM note ORDER BY id") { $0.text(0) } } }
    private func add(_ text: String) async throws { try await file.write { _ = try $0.execute("INSERT INTO note (text) VALUES (?)", text) } }
    private func rewrite() async throws -> Bool { try await file.rewrite(through: fresh, old: old, on: threads) }
    private var left: [String] { DurableFiles.names(in: workshop.path).filter { !$0.hasPrefix("a.db") } }

    /// A rewriting whose copy is made and has not taken the place yet; `meanwhile` happens then.
    private func rewrite(_ meanwhile: () async throws -> Void) async throws -> Bool {
        let pause = Pause()
        let rewriting = Task { [file, fresh, old, threads] in try await file.rewrite(through: fresh, old: old, on: threads, finish: { _ in pause.wait() }) }
        await pause.reached()
        try await meanwhile()
        pause.letGo()
        return try await rewriting.value
    }

    @Test func `all rows are there and nothing of those that were deleted`() async throws {
        try await fill()
        #expect(try hasTraces())
        let before = try await texts()
        #expect(try await file.rewrite(through: fresh, old: old, on: threads, finish: { _ = try $0.execute("INSERT INTO note (text) VALUES ('finished')") }))
        #expect(try !hasTraces())
        #expect(try await texts() == before + ["finished"] && before.count == 10)
        #expect(left == ["old.db"])
        #expect(try DiskPace.removeOnceUnused(old) && left == [])
        // And it goes on as a database with a log.
        try await add("new")
        #expect(try await file.alone { try $0.first("PRAGMA journal_mode") { $0.text(0) } } == "wal")
        #expect(try await file.alone { try $0.faults() } == [])
        await end()
    }

    /// A thread that is in the middle of a body until it is let go.
    private final class Pause: Sendable {
        private let began = DispatchSemaphore(value: 0), gate = DispatchSemaphore(value: 0)

        func wait() {
            began.signal()
            gate.wait()
        }

        func reached() async { while began.wait(timeout: .now()) != .success { await Task.yield() } }
        func letGo() { gate.signal() }
    }

    @Test func `readers see the fresh file without being told, and let go of the old one with their next read`() async throws {
        try await fill()
        let pause = Pause(), readers = BlockingThreads(name: "read", threads: 1, limit: 4)
        let reading = Task { [file, old] in
            try await readers.run {
                let reads = ReadHandles()
                let before = try reads.readPrepared(file) { try $0.int("SELECT count(*) FROM note") }
                pause.wait()
                let isHeld = try !DiskPace.removeOnceUnused(old)
                let after = try reads.readPrepared(file) { try $0.int("SELECT count(*) FROM note") }
                return (before, isHeld, after, try DiskPace.removeOnceUnused(old))
            }
        }
        await pause.reached()
        #expect(try await rewrite())
        try await add("new")
        pause.letGo()
        #expect(try await reading.value == (10, true, 11, true))
        readers.stop()
        await end()
    }

    @Test func `a commit that the copy does not have is never lost, and the next try succeeds`() async throws {
        try await fill()
        #expect(try await !rewrite { try await add("meanwhile") })
        #expect(try await texts().last == "meanwhile")
        #expect(try hasTraces() && left == [])
        #expect(try await rewrite())
        #expect(try await texts().last == "meanwhile" && !hasTraces())
        await end()
    }

    @Test(arguments: [false, true]) func `a file that was replaced or moved away meanwhile stays as it is`(closed: Bool) async throws {
        try await fill()
        let other = DatabaseFile(path: workshop.file("a.db.other"), schema: notes, thread: thread)
        try await other.write { _ = try $0.execute("INSERT INTO note (text) VALUES ('restored')") }
        await other.close()
        let (from, to) = (other.path, file.path)
        #expect(try await !rewrite {
            if closed {
                try await file.whileClosed {
                    try DurableFiles.remove(to + "-wal")
                    try DurableFiles.move(from, to: to)
                }
            } else {
                // Nobody was told of it.
                try DurableFiles.move(to, to: to + ".aside")
            }
        })
        if closed { #expect(try await texts() == ["restored"]) } else { #expect(!DurableFiles.exists(to) && left == []) }
        await end()
    }

    @Test func `a snapshot that needs the log keeps the file as it is`() async throws {
        try await fill()
        let pause = Pause(), readers = BlockingThreads(name: "read", threads: 1, limit: 4)
        let reading = Task { [file] in
            try await readers.run {
                let reader = try Database(path: file.path, mode: .read, options: file.options)
                return try reader.snapshot {
                    let before = try reader.int("SELECT count(*) FROM note")
                    pause.wait()
                    return (before, try reader.int("SELECT count(*) FROM note"))
                }
            }
        }
        await pause.reached()
        try await add("since")
        #expect(try await !rewrite())
        pause.letGo()
        #expect(try await reading.value == (10, 10))
        readers.stop()
        #expect(try await rewrite())
        #expect(try await texts().last == "since" && !hasTraces())
        await end()
    }

    @Test func `who may not write any more replaces nothing`() async throws {
        try await fill()
        let mayWrite = Mutex(true)
        #expect(try await !file.rewrite(through: fresh, old: old, on: threads, goesOn: { mayWrite.withLock { $0 } }, finish: { _ in mayWrite.withLock { $0 = false } }))
        #expect(try await !file.rewrite(through: fresh, old: old, on: threads, goesOn: { false }))
        #expect(try hasTraces() && left == [])
        #expect(try await texts().count == 10)
        await end()
    }

    @Test func `what a killed run left is replaced, and a place that takes no file or a finish that fails is told`() async throws {
        try await fill()
        try DurableFiles.write(Array("half a file".utf8), to: fresh)
        #expect(try await rewrite())
        await #expect(throws: StorageError.self) { try await file.rewrite(through: workshop.file("missing/fresh.db"), old: old, on: threads) }
        struct Failed: Error {}
        await #expect(throws: Failed.self) { try await file.rewrite(through: fresh, old: old, on: threads, finish: { _ in throw Failed() }) }
        #expect(try await texts().count == 10 && left == ["old.db"])
        await end()
    }

    @Test func `under writers no commit is lost, whichever tries succeed`() async throws {
        try await fill()
        let writing = Task { [file] in
            var written = 0
            while !Task.isCancelled {
                let number = written
                try await file.write { _ = try $0.execute("INSERT INTO note (text) VALUES (?)", "row \(number)") }
                written += 1
                if written % 20 == 0 { try? await Task.sleep(for: .milliseconds(20)) }
            }
            return written
        }
        var done = 0
        for _ in 0..<60 where try await rewrite() { done += 1 }
        writing.cancel()
        let written = try await writing.value
        #expect(done > 0)
        #expect(try await file.alone { try $0.int("SELECT count(*) FROM note WHERE text LIKE 'row %'") } == written)
        #expect(try await file.alone { try $0.faults() } == [])
        await end()
    }
}
