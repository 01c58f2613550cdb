// The read handles of one event loop: reads happen right on the loop, without a hop to any other thread.

/// Read handles by database, for one thread. The one unused longest is closed when there are too many.
package final class ReadHandles {
    private struct Open {
        /// Held so that its identity, the key, is not given to another while the handle is open.
        let file: DatabaseFile
        let database: Database
        let generation: Int
        var lastUse: Int
    }

    private let limit: Int
    private let holds: Bool
    private var open: [ObjectIdentifier: Open] = [:]
    private var uses = 0
    /// Replacements of files that handles were looked through for.
    private var seen = 0

    /// - Parameters:
    ///   - limit: how many databases this thread keeps open for reading.
    ///   - holdingSnapshots: what is read of a database is always of the moment it was first read here, until the handles go. Its log
    ///     cannot be emptied meanwhile: for work of seconds, never for as long as somebody else takes.
    package init(limit: Int = 500, holdingSnapshots: Bool = false) { (self.limit, holds) = (limit, holdingSnapshots) }

    /// Runs a body on a read handle of the file; its statements are stopped with `.timeLimit` after so long.
    /// Opens (and migrates, on the writer thread) what is not open yet.
    package func read<T>(_ file: DatabaseFile, milliseconds: Int = 2000, _ body: (Database) throws -> T) async throws -> T {
        if !file.isPrepared { try await file.prepare() }
        return try readPrepared(file, milliseconds: milliseconds, body)
    }

    /// The same without waiting, for a file known to be prepared.
    package func readPrepared<T>(_ file: DatabaseFile, milliseconds: Int = 2000, _ body: (Database) throws -> T) throws -> T {
        let database = try handle(file)
        do {
            return try database.within(milliseconds: milliseconds) { try body(database) }
        } catch let error as StorageError where error.kind == .corrupt || error.kind == .device {
            open[ObjectIdentifier(file)] = nil
            throw error
        }
    }

    private func handle(_ file: DatabaseFile) throws -> Database {
        let key = ObjectIdentifier(file)
        let generation = file.generation
        uses += 1
        closeReplaced()
        if let found = open[key], found.generation == generation {
            open[key]!.lastUse = uses
            return found.database
        }
        if holds, open[key] != nil {
            throw StorageError(kind: .locked, operation: "read", path: file.path, message: "the file was replaced while it was being read")
        }
        open[key] = nil
        if open.count >= limit, let oldest = open.min(by: { $0.value.lastUse < $1.value.lastUse })?.key { open[oldest] = nil }
        let database = try Database(path: file.path, mode: .read, options: file.options)
        guard file.generation == generation else {
            throw StorageError(kind: .locked, operation: "open", path: file.path, message: "the file was replaced while it was being opened")
        }
        if holds { try database.script("BEGIN DEFERRED") }
        open[key] = Open(file: file, database: database, generation: generation, lastUse: uses)
        return database
    }

    /// Closes the handles of files that were replaced; so does the next read of anything, because it may be a gigabyte that is to go.
    package func closeReplaced() {
        let replacements = DatabaseFile.replacements
        guard replacements != seen, !holds else { return }
        seen = replacements
        open = open.filter { $0.value.generation == $0.value.file.generation }
    }

    /// Closes the handle of one file, if open.
    package func close(_ file: DatabaseFile) { open[ObjectIdentifier(file)] = nil }

    /// Closes every handle.
    package func closeAll() { open = [:] }
}
