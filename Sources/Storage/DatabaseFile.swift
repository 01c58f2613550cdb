// One database of this process as everyone may hold it: where it is, its schema, and the thread that writes it.
import Synchronization
import Glibc

/// A database file and its writer. Sendable; opened lazily, on its writer thread, and migrated then.
package final class DatabaseFile: Sendable {
    package let path: String
    package let schema: Schema
    package let options: DatabaseOptions
    package let thread: WriterThread
    /// Whether a missing file is made anew; without it, opening a missing file fails as `.unopenable`.
    package let create: Bool

    private static let replaced = Atomic<Int>(0)
    /// Grows with the generation of any file of this process.
    static var replacements: Int { replaced.load(ordering: .acquiring) }

    private let prepared = Atomic<Bool>(false)
    private let generations = Atomic<Int>(0)
    private let commits = Atomic<Int>(0)

    package init(path: String, schema: Schema, thread: WriterThread, create: Bool = true, options: DatabaseOptions = DatabaseOptions()) {
        self.path = path
        self.schema = schema
        self.thread = thread
        self.create = create
        self.options = options
    }

    /// Whether the file was opened and migrated since it was last closed or replaced, so that readers may open it.
    package var isPrepared: Bool { prepared.load(ordering: .acquiring) }

    /// Grows when the file is closed for replacement and when that is over; a read handle of another generation is stale.
    package var generation: Int { generations.load(ordering: .acquiring) }

    /// Grows with every commit of this process that changed something, and with everything that is done to the closed file.
    package var commitCount: Int { commits.load(ordering: .relaxed) }

    func didPrepare() { prepared.store(true, ordering: .releasing) }
    func didCommit() { commits.add(1, ordering: .relaxed) }
    func didClose() {
        prepared.store(false, ordering: .releasing)
        generations.add(1, ordering: .acquiringAndReleasing)
        Self.replaced.add(1, ordering: .acquiringAndReleasing)
    }

    /// A text that differs whenever the contents may have changed: a copy made under a tag holds at least what the
    /// database held when the tag was read. Nil when there is no such file.
    package var changeTag: String? {
        let counted = commits.load(ordering: .acquiring)
        guard let main = FileStamp(path: path) else { return nil }
        let log = FileStamp(path: path + "-wal")
        return "\(main.text)-\(log.map(\.text) ?? "0")-\(counted)"
    }

    // MARK: Work

    /// Runs a body in a write transaction and returns once it is durable. It may share the transaction with others
    /// that wait for the same database (each undone alone if it throws), and may run twice if a batch collapses:
    /// it must have no effect but on the database.
    @discardableResult
    package func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await submit(.transaction, body)
    }

    /// Runs a body on the writer thread with the write handle, outside any transaction.
    @discardableResult
    package func alone<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await submit(.alone, body)
    }

    /// Opens and migrates the file if that has not been done yet.
    package func prepare() async throws {
        if !isPrepared { try await alone { _ in } }
    }

    /// Closes the file in this process, runs a body that may move or replace it, and lets the next use open it anew.
    @discardableResult
    package func whileClosed<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            thread.submit(Job(file: self, kind: .closed, body: { _ in fatalError("a closed job has no handle") }, closed: body, continuation: continuation))
        }
    }

    /// Checkpoints and closes the file; the next use opens it anew.
    package func close() async { _ = try? await whileClosed {} }

    private func submit<T: Sendable>(_ kind: WriterJobKind, _ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            thread.submit(Job(file: self, kind: kind, body: body, closed: nil, continuation: continuation))
        }
    }
}

/// A job with its waiting caller.
private final class Job<T: Sendable>: WriterJob {
    let file: DatabaseFile
    let kind: WriterJobKind
    private let body: @Sendable (Database) throws -> T
    private let closed: (@Sendable () throws -> T)?
    private let continuation: CheckedContinuation<T, any Error>
    private let result = Mutex<T?>(nil)

    init(file: DatabaseFile, kind: WriterJobKind, body: @escaping @Sendable (Database) throws -> T,
         closed: (@Sendable () throws -> T)?, continuation: CheckedContinuation<T, any Error>) {
        self.file = file
        self.kind = kind
        self.body = body
        self.closed = closed
        self.continuation = continuation
    }

    func execute(_ database: Database) throws {
        let made = try body(database)
        result.withLock { $0 = made }
    }

    func executeClosed() throws {
        guard let made = try closed?() else { return }
        result.withLock { $0 = made }
    }

    func finish(_ error: (any Error)?) {
        if let error {
            continuation.resume(throwing: error)
        } else if let made = result.withLock({ $0 }) {
            continuation.resume(returning: made)
        } else {
            continuation.resume(throwing: StorageError(kind: .fault, operation: "write", path: file.path, message: "the job left no result"))
        }
    }
}
