// Consistent copies of a database while it is in use.
import CSQLite
import Glibc

extension DatabaseFile {
    /// Copies the database as it is at one moment into a new file at `target` (which must not exist), durable when it
    /// returns. Writers go on meanwhile. The copy is one plain file without a log. Blocks: not for a loop.
    package func copyBlocking(to target: String) throws {
        let source = try Database(path: path, mode: .read, options: options)
        try DatabaseCopy.make(from: source, to: target)
    }

    /// The same on a blocking thread.
    package func copy(to target: String, on threads: BlockingThreads) async throws {
        try await prepare()
        try await threads.run { try self.copyBlocking(to: target) }
    }
}

enum DatabaseCopy {
    static func make(from source: Database, to target: String) throws {
        source.checkThread()
        let partial = target + ".partial"
        try DurableFiles.remove(partial)
        var handle: OpaquePointer?
        let opened = sqlite3_open_v2(partial, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        guard opened == SQLITE_OK, let handle else {
            let error = StorageError(opened, handle: handle, operation: "create the copy", path: partial)
            sqlite3_close_v2(handle)
            throw error
        }
        var closed = false
        defer { if !closed { sqlite3_close_v2(handle); unlink(partial) } }
        // The copy is flushed as a whole below; a half-made one is never looked at.
        sqlite3_exec(handle, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", nil, nil, nil)
        guard let backup = sqlite3_backup_init(handle, "main", source.handle, "main") else {
            throw StorageError(sqlite3_errcode(handle), handle: handle, operation: "copy", path: source.path)
        }
        let stepped = sqlite3_backup_step(backup, -1)
        let finished = sqlite3_backup_finish(backup)
        guard stepped == SQLITE_DONE, finished == SQLITE_OK else {
            throw StorageError(finished == SQLITE_OK ? stepped : finished, handle: handle, operation: "copy", path: source.path)
        }
        closed = true
        sqlite3_close_v2(handle)
        try settle(partial)
        try DurableFiles.move(partial, to: target)
    }

    /// Turns the copied header from "has a log beside it" to "plain file" (bytes 18 and 19, fileformat2 1.3.3), so
    /// that the copy opens read-only anywhere, and flushes the file.
    private static func settle(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw DurableFiles.failure("open", path) }
        defer { close(descriptor) }
        let plain: [UInt8] = [1, 1]
        guard pwrite(descriptor, plain, 2, 18) == 2 else { throw DurableFiles.failure("write", path) }
        guard fsync(descriptor) == 0 else { throw DurableFiles.failure("flush", path) }
    }
}

/// Checks of a file nobody writes: a restore point, a copy that arrived.
package enum DatabaseCheck {
    /// Every fault of the file, read-only; a file that cannot be read as a database is one fault. Blocks.
    package static func faults(path: String) -> [String] {
        do {
            let database = try Database(path: path, mode: .immutable)
            return try database.faults()
        } catch {
            return ["\(error)"]
        }
    }
}
