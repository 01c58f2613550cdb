// The thread that alone writes and checkpoints the databases entrusted to it.
import Synchronization

/// A thread with a queue of write jobs. Every database belongs to exactly one writer thread, whose handle is the only
/// one that writes: no lock is ever contended, and SQLite's WAL-reset race (3.7.0 to 3.51.2) cannot happen.
/// Jobs waiting for the same database share one transaction and one flush.
package final class WriterThread: Sendable {
    private struct State {
        var waiting: [any WriterJob] = []
        var passing: [CheckedContinuation<Void, Never>] = []
        var asleep = false
        var stopped = false
    }

    package let name: String
    private let state = Mutex(State())
    private let bell = Bell()
    private let ended = Mutex<[CheckedContinuation<Void, Never>]>([])

    /// - Parameter openLimit: how many databases stay open at once; the one unused longest is closed for the next.
    package init(name: String, openLimit: Int = 500) {
        self.name = name
        let selfReference = self
        SystemThread.start(name: name) { selfReference.serve(WriterRoom(limit: openLimit)) }
    }

    /// How many jobs wait.
    package var waiting: Int { state.withLock { $0.waiting.count } }

    /// Returns when everything submitted before has been done.
    package func pass() async {
        await withCheckedContinuation { continuation in
            let (stopped, wake) = state.withLock { state -> (Bool, Bool) in
                if state.stopped { return (true, false) }
                state.passing.append(continuation)
                defer { state.asleep = false }
                return (false, state.asleep)
            }
            if stopped { continuation.resume() } else if wake { bell.ring() }
        }
    }

    func submit(_ job: any WriterJob) {
        let (refused, wake) = state.withLock { state -> (Bool, Bool) in
            if state.stopped { return (true, false) }
            state.waiting.append(job)
            defer { state.asleep = false }
            return (false, state.asleep)
        }
        if refused {
            job.finish(StorageError(kind: .fault, operation: "write", path: job.file.path, message: "the writer thread has stopped"))
        } else if wake {
            bell.ring()
        }
    }

    private func serve(_ room: WriterRoom) {
        while true {
            let (jobs, passing, stopped) = state.withLock { state -> ([any WriterJob], [CheckedContinuation<Void, Never>], Bool) in
                let (jobs, passing) = (state.waiting, state.passing)
                (state.waiting, state.passing) = ([], [])
                state.asleep = jobs.isEmpty && passing.isEmpty
                return (jobs, passing, state.stopped)
            }
            if !jobs.isEmpty { room.run(jobs) }
            for one in passing { one.resume() }
            if !jobs.isEmpty || !passing.isEmpty { continue }
            if stopped { break }
            bell.wait()
        }
        room.closeAll()
        bell.close()
        for waiter in ended.withLock({ $0 }) { waiter.resume() }
    }

    /// Ends the thread after everything queued is done; all its databases are checkpointed and closed then.
    package func stop() async {
        await withCheckedContinuation { continuation in
            let first = state.withLock { state -> Bool in
                if state.stopped { return false }
                ended.withLock { $0.append(continuation) }
                state.stopped = true
                return true
            }
            if first { bell.ring() } else { continuation.resume() }
        }
    }
}

/// A job of a writer thread, with its result held back until the commit is durable.
protocol WriterJob: AnyObject, Sendable {
    var file: DatabaseFile { get }
    var kind: WriterJobKind { get }
    /// Does the work and keeps the result. May run a second time if the batch it was in collapsed.
    func execute(_ database: Database) throws
    /// Does the work of a `.closed` job.
    func executeClosed() throws
    /// Gives the result, or this error, to whoever waits.
    func finish(_ error: (any Error)?)
}

enum WriterJobKind: Sendable {
    /// In a transaction, which it may share with others.
    case transaction
    /// With the open handle, outside any transaction.
    case alone
    /// With the database closed in this process.
    case closed
}

/// What a writer thread keeps to itself: the open write handles.
final class WriterRoom {
    private struct Open {
        /// Held so that its identity, the key, is not given to another while the handle is open.
        let file: DatabaseFile
        let database: Database
        var lastUse: Int
    }

    private let limit: Int
    private var open: [ObjectIdentifier: Open] = [:]
    private var uses = 0

    init(limit: Int) { self.limit = limit }

    /// Runs jobs in order per database, neighbours of the same database together.
    func run(_ jobs: [any WriterJob]) {
        var order: [ObjectIdentifier] = []
        var groups: [ObjectIdentifier: [any WriterJob]] = [:]
        for job in jobs {
            let key = ObjectIdentifier(job.file)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(job)
        }
        for key in order {
            var rest = groups[key]![...]
            while let first = rest.first {
                let together = first.kind == .transaction ? rest.prefix(64).prefix { $0.kind == .transaction } : rest.prefix(1)
                rest = rest.dropFirst(together.count)
                serve(Array(together), key)
            }
        }
    }

    private func serve(_ jobs: [any WriterJob], _ key: ObjectIdentifier) {
        let file = jobs[0].file
        if jobs[0].kind == .closed {
            close(key)
            file.didClose()
            finish(jobs[0], nil) {
                // Who opened it for reading meanwhile may have opened either file.
                defer { file.didClose() }
                try jobs[0].executeClosed()
            }
            return
        }
        do {
            let database = try handle(file, key)
            if jobs[0].kind == .alone {
                finish(jobs[0], database) { try jobs[0].execute(database) }
            } else if jobs.count == 1 {
                finish(jobs[0], database) { try database.transaction { try jobs[0].execute(database) } }
            } else {
                batch(jobs, database)
            }
        } catch {
            for job in jobs { job.finish(error) }
        }
    }

    /// - Parameter database: nil for a job that has the file closed and may do anything to it.
    private func finish(_ job: any WriterJob, _ database: Database?, _ body: () throws -> Void) {
        var failure: (any Error)?
        do { try body() } catch { failure = error }
        // What failed outside a transaction may have committed a part.
        if database?.hasWritten() ?? true { job.file.didCommit() }
        if let failure { forgetIfBroken(job.file, failure) }
        job.finish(failure)
    }

    private func batch(_ jobs: [any WriterJob], _ database: Database) {
        var failures: [(any Error)?] = []
        do {
            try database.transaction {
                for job in jobs {
                    do {
                        try database.savepoint { try job.execute(database) }
                        failures.append(nil)
                    } catch {
                        // SQLite rolled everything back (full disk, broken device): the others get a chance alone.
                        guard database.isInTransaction else { throw error }
                        failures.append(error)
                    }
                }
            }
        } catch {
            for job in jobs { finish(job, database) { try database.transaction { try job.execute(database) } } }
            return
        }
        if database.hasWritten() { jobs[0].file.didCommit() }
        for (job, failure) in zip(jobs, failures) { job.finish(failure) }
    }

    private func handle(_ file: DatabaseFile, _ key: ObjectIdentifier) throws -> Database {
        uses += 1
        if open[key] != nil {
            open[key]!.lastUse = uses
            return open[key]!.database
        }
        if open.count >= limit, let oldest = open.min(by: { $0.value.lastUse < $1.value.lastUse })?.key { close(oldest) }
        let database = try Database(path: file.path, mode: .write(create: file.create), options: file.options)
        try file.schema.migrate(database)
        open[key] = Open(file: file, database: database, lastUse: uses)
        file.didPrepare()
        return database
    }

    /// A handle that met a broken device or a damaged page is not trusted again: the next job opens anew.
    private func forgetIfBroken(_ file: DatabaseFile, _ error: any Error) {
        guard let error = error as? StorageError, error.kind == .device || error.kind == .corrupt else { return }
        open[ObjectIdentifier(file)] = nil
        file.didClose()
    }

    private func close(_ key: ObjectIdentifier) {
        // A checkpoint that fails leaves the log in place; the next open reads it.
        if let entry = open.removeValue(forKey: key) { _ = try? entry.database.checkpoint() }
    }

    func closeAll() {
        for key in open.keys { close(key) }
    }
}
