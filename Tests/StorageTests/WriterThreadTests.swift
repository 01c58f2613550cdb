// Write jobs: together in one transaction, alone in their failures, durable when they return.
import Glibc
import Testing
@testable import Storage

struct WriterThreadTests {
    let workshop = Workshop()

    @Test func `many writers share the thread and every job takes effect once`() async throws {
        let thread = WriterThread(name: "w")
        let file = DatabaseFile(path: workshop.file("a.db"), schema: notes, thread: thread)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for i in 0..<200 {
                group.addTask {
                    _ = try await file.write { try $0.execute("INSERT INTO note (text) VALUES (?)", "n\(i)") }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await file.alone { try $0.int("SELECT count(*) FROM note") } == 200)
        await thread.stop()
    }

    @Test func `a failing job in a batch fails alone`() async throws {
        let thread = WriterThread(name: "w")
        let file = DatabaseFile(path: workshop.file("a.db"), schema: notes, thread: thread)
        // Holds the thread so that the next jobs queue up into one batch.
        async let held: Void = file.alone { _ in usleep(50_000) }
        try await Task.sleep(for: .milliseconds(10))
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for i in 0..<20 {
                group.addTask {
                    do {
                        try await file.write { try $0.execute("INSERT INTO note (text) VALUES (?)", "n\(i / 2)") }
                        return true
                    } catch { return false }
                }
            }
            return await group.reduce(into: [true: 0, false: 0]) { $0[$1]! += 1 }
        }
        try await held
        #expect(outcomes == [true: 10, false: 10])
        #expect(try await file.alone { try $0.int("SELECT count(*) FROM note") } == 10)
        await thread.stop()
    }

    @Test func `a batch that collapses on a full disk is tried one by one`() async throws {
        let thread = WriterThread(name: "w")
        var options = DatabaseOptions()
        options.maximumPages = 40
        let file = DatabaseFile(path: workshop.file("a.db"), schema: notes, thread: thread, options: options)
        async let held: Void = file.alone { _ in usleep(50_000) }
        try await Task.sleep(for: .milliseconds(10))
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for i in 0..<10 {
                group.addTask {
                    let text = i == 5 ? String(repeating: "x", count: 500_000) : "small \(i)"
                    do {
                        try await file.write { try $0.execute("INSERT INTO note (text) VALUES (?)", text) }
                        return true
                    } catch { return false }
                }
            }
            return await group.reduce(into: [true: 0, false: 0]) { $0[$1]! += 1 }
        }
        try await held
        #expect(outcomes == [true: 9, false: 1])
        #expect(try await file.alone { try $0.int("SELECT count(*) FROM note") } == 9)
        await thread.stop()
    }

    // On the main actor: read handles belong to one thread.
    @MainActor @Test func `only so many databases stay open and each comes back when needed`() async throws {
        let thread = WriterThread(name: "w", openLimit: 2)
        let files = (0..<5).map { DatabaseFile(path: workshop.file("\($0).db"), schema: notes, thread: thread) }
        for _ in 0..<3 {
            for (i, file) in files.enumerated() { try await file.write { try $0.execute("INSERT OR IGNORE INTO note (text) VALUES (?)", "\(i)") } }
        }
        let handles = ReadHandles(limit: 2)
        for (i, file) in files.enumerated() {
            #expect(try await handles.read(file) { try $0.query("SELECT text FROM note") { $0.text(0) } } == ["\(i)"])
        }
        await thread.stop()
    }

    @Test func `after stop a job is refused, not lost in silence`() async throws {
        let thread = WriterThread(name: "w")
        let file = DatabaseFile(path: workshop.file("a.db"), schema: notes, thread: thread)
        try await file.write { try $0.execute("INSERT INTO note (text) VALUES ('x')") }
        await thread.stop()
        await #expect(throws: StorageError.self) { try await file.write { try $0.execute("INSERT INTO note (text) VALUES ('y')") } }
    }

    // On the main actor: read handles belong to one thread.
    @MainActor @Test func `a replaced file is seen by readers at their next read`() async throws {
        let thread = WriterThread(name: "w")
        let file = DatabaseFile(path: workshop.file("a.db"), schema: notes, thread: thread)
        let other = DatabaseFile(path: workshop.file("b.db"), schema: notes, thread: thread)
        try await file.write { try $0.execute("INSERT INTO note (text) VALUES ('old')") }
        try await other.write { try $0.execute("INSERT INTO note (text) VALUES ('new')") }
        let handles = ReadHandles()
        #expect(try await handles.read(file) { try $0.query("SELECT text FROM note") { $0.text(0) } } == ["old"])
        let copies = BlockingThreads(name: "copy", threads: 1, limit: 4)
        let copy = workshop.file("copy.db")
        try await other.copy(to: copy, on: copies)
        let path = file.path
        try await file.whileClosed {
            try DurableFiles.move(path, to: path + ".aside")
            if DurableFiles.exists(path + "-wal") { try DurableFiles.move(path + "-wal", to: path + ".aside-wal") }
            try DurableFiles.move(copy, to: path)
        }
        #expect(try await handles.read(file) { try $0.query("SELECT text FROM note") { $0.text(0) } } == ["new"])
        try await file.write { try $0.execute("INSERT INTO note (text) VALUES ('newer')") }
        #expect(try await handles.read(file) { try $0.int("SELECT count(*) FROM note") } == 2)
        copies.stop()
        await thread.stop()
    }

    @Test func `password work beyond the queue is refused at once`() async throws {
        let pool = BlockingThreads(name: "p", threads: 1, limit: 1)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    do { try await pool.run { _ = usleep(100_000) }; return true } catch { return false }
                }
            }
            return await group.reduce(into: [true: 0, false: 0]) { $0[$1]! += 1 }
        }
        #expect(outcomes[false]! >= 3 && outcomes[true]! >= 1)
        pool.stop()
    }

    @Test func `commits are counted that changed something, and parts of what failed`() async throws {
        struct Failed: Error {}
        let thread = WriterThread(name: "w")
        let file = DatabaseFile(path: workshop.file("a.db"), schema: notes, thread: thread)
        try await file.prepare()
        let first = file.commitCount
        _ = try await file.write { try $0.int("SELECT count(*) FROM note") }
        _ = try await file.write { try $0.execute("DELETE FROM note WHERE id = 77") }
        _ = try await file.alone { try $0.checkpoint() }
        try await file.prepare()
        #expect(file.commitCount == first)
        try await file.write { _ = try $0.execute("INSERT INTO note (text) VALUES ('a')") }
        #expect(file.commitCount == first + 1)
        await #expect(throws: Failed.self) { try await file.write { _ = try $0.execute("INSERT INTO note (text) VALUES ('b')"); throw Failed() } }
        #expect(file.commitCount == first + 1)
        await #expect(throws: Failed.self) { try await file.alone { _ = try $0.execute("INSERT INTO note (text) VALUES ('b')"); throw Failed() } }
        #expect(file.commitCount == first + 2)
        await thread.stop()
    }
}
