// Writing a database anew while it is in use, so that nothing of what was deleted is left in its file.
import CLinux
import CSQLite
import Glibc

extension DatabaseFile {
    /// Writes every row into a fresh file and puts that in the place of this one. Deleted rows leave their bytes in free pages and in gaps of
    /// others, and `secure_delete` reaches only what is deleted while it is on; a file that was made of the rows alone has neither.
    ///
    /// (Not `VACUUM` on the write handle: whoever writes to a database of the same thread would wait for as long as it takes, some seconds
    /// for a gigabyte.) Everybody goes on meanwhile; at the end the file is closed for a moment, and snapshots of several reads end with `.locked`.
    ///
    /// - Parameters:
    ///   - fresh: where the fresh file is made, on the same file system; a file left there is removed.
    ///   - old: the name the old file has afterwards, for `DiskPace.removeOnceUnused`: without one it would be removed by whoever has it open longest,
    ///     perhaps an event loop.
    ///   - threads: where the copy is made, at the pace of the disk.
    ///   - goesOn: asked again and again, and on the writer thread before the file is replaced; false ends the work.
    ///   - finish: changes the fresh file, in a transaction, before it takes the place.
    /// - Returns: false when somebody committed meanwhile, a reader kept the log from being emptied, or `goesOn` said no: the file is as it was.
    package func rewrite(
        through fresh: String, old: String, on threads: BlockingThreads, goesOn: @escaping @Sendable () -> Bool = { true },
        finish: @escaping @Sendable (Database) throws -> Void = { _ in }
    ) async throws -> Bool {
        // Opened, so that closing empties the log: whoever was closed earlier may have met a reader.
        try await prepare()
        guard try await alone({ try $0.checkpoint(waiting: false) }) else { return false }
        let (commits, replacements, copied) = (commitCount, generation, Inode(path: path))
        let isSame = { @Sendable [self] in commitCount == commits && goesOn() }
        do {
            let isCopied = try await threads.run { [self] in try makeFresh(fresh, while: isSame, finish) }
            // Asked first, so that nobody's handles are closed and nobody waits for nothing.
            if isCopied, isSame(), try await alone({ try $0.checkpoint(waiting: false) }) {
                let isReplaced = try await whileClosed { [self] in
                    // This closing was the next replacement; one more, and the file is another by now.
                    guard isSame(), generation == replacements + 1, logIsEmpty, copied != nil, Inode(path: path) == copied else { return false }
                    try takePlace(fresh, old)
                    return true
                }
                if isReplaced { return true }
            }
            try await threads.run { [self] in discard(fresh) }
            return false
        } catch {
            _ = try? await threads.run { [self] in discard(fresh) }
            throw error
        }
    }

    /// - Returns: false when it was broken off.
    private func makeFresh(_ fresh: String, while isSame: @escaping () -> Bool, _ finish: (Database) throws -> Void) throws -> Bool {
        discard(fresh)
        // As much again stays free for whoever writes meanwhile.
        let bytes = FileStamp(path: path)?.bytes ?? 0
        if let free = DurableFiles.freeBytes(at: DurableFiles.directory(of: fresh)), free < 2 * bytes {
            throw StorageError(kind: .full, operation: "write anew", path: path, message: "it takes \(2 * bytes >> 20) MB of free space, there are \(free >> 20)")
        }
        guard try Database(path: path, mode: .read, options: options).writeRows(into: fresh, while: isSame) else { return false }
        // Opened for writing it also becomes a database with a log, as all that read it expect.
        let database = try Database(path: fresh, mode: .write(create: false), options: options)
        try database.transaction { try finish(database) }
        guard try database.checkpoint() else { return false }
        try DurableFiles.flush(fresh)
        return true
    }

    private func takePlace(_ fresh: String, _ old: String) throws {
        try DurableFiles.remove(old)
        // Where the file system gives no second name the old file just goes.
        _ = link(path, old)
        do {
            // The log is gone before the name changes: it belongs to the old file.
            try DurableFiles.remove(path + "-wal")
            try DurableFiles.move(fresh, to: path)
        } catch {
            try? DurableFiles.remove(old)
            throw error
        }
        try? DurableFiles.remove(fresh + "-wal")
    }

    private func discard(_ fresh: String) {
        for ending in ["", "-journal", "-wal"] { try? DiskPace.remove(fresh + ending) }
    }

    private var logIsEmpty: Bool { FileStamp(path: path + "-wal").map { $0.bytes == 0 } ?? true }
}

/// Which file a path means, whatever it is called.
private struct Inode: Equatable, Sendable {
    private let device: dev_t
    private let number: ino_t

    init?(path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        (device, number) = (info.st_dev, info.st_ino)
    }
}

extension Database {
    /// Writes the rows into a new file at the pace of the disk. From now on this handle is good for nothing else.
    /// - Returns: false when it was broken off.
    fileprivate func writeRows(into target: String, while goesOn: @escaping () -> Bool) throws -> Bool {
        // Made here, so that its pace can be kept. (Closing this descriptor gives up SQLite's locks: nobody else knows the file yet.)
        let descriptor = open(target, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DurableFiles.failure("create", target) }
        defer { close(descriptor) }
        let pace = WritingPace(descriptor, target, goesOn)
        sqlite3_progress_handler(handle, 100, { Unmanaged<WritingPace>.fromOpaque($0!).takeUnretainedValue().goesOn() ? 0 : 1 }, Unmanaged.passUnretained(pace).toOpaque())
        defer { sqlite3_progress_handler(handle, 0, nil, nil) }
        // Reading handles refuse to write anywhere, also into another file.
        try script("PRAGMA query_only = OFF")
        do { try execute("VACUUM INTO ?", target) } catch {
            if pace.isBrokenOff { return false }
            throw pace.error ?? error
        }
        return true
    }
}

/// Lets the disk catch up whenever a file has grown by so much.
private final class WritingPace {
    private let descriptor: Int32
    private let path: String
    private let condition: () -> Bool
    private var reached: off_t = 0
    private(set) var error: StorageError?
    private(set) var isBrokenOff = false

    init(_ descriptor: Int32, _ path: String, _ condition: @escaping () -> Bool) { (self.descriptor, self.path, self.condition) = (descriptor, path, condition) }

    func goesOn() -> Bool {
        isBrokenOff = !condition()
        var info = stat()
        guard !isBrokenOff, fstat(descriptor, &info) == 0, info.st_size - reached >= DiskPace.bytes else { return !isBrokenOff }
        reached = info.st_size
        do { try DiskPace.catchUp(descriptor, of: path) } catch { self.error = error }
        return error == nil
    }
}
