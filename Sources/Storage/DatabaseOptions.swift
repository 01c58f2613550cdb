// The settings a database is opened with, and those of the library as a whole.
import CSQLite
import Glibc

/// Settings of one database handle, each with the default of the house.
package struct DatabaseOptions: Sendable {
    /// What a commit waits for.
    package enum Synchronous: String, Sendable {
        /// The write-ahead log is flushed before every commit returns: a power cut loses nothing acknowledged.
        case full = "FULL"
        /// Flushed at checkpoints only.
        case normal = "NORMAL"
        /// Never flushed; for databases that can be made again.
        case off = "OFF"
    }

    package var synchronous: Synchronous = .full
    /// The process alone may open the file (unix-excl): fewer system calls, no -shm file, stray shells are refused.
    package var exclusive = true
    /// Pages each handle keeps, as far as it has read so many: a small database is kept whole, of a large one the upper levels of its
    /// trees and what is in use. (Not mmap: a bad block would end the whole node by a signal, and not one customer's request by an error.)
    package var cacheKilobytes = 1024
    package var busyMilliseconds = 2000
    /// Overwrites deleted rows. Off: restore points keep them anyway and every delete would write twice.
    package var secureDelete = false
    /// Pages in the log before the writer checkpoints.
    package var checkpointPages = 1000
    /// Refuses to grow beyond so many pages (`full`), for tests and quotas.
    package var maximumPages: Int?

    package init() {}
}

/// Settings that must precede the first use of the library.
enum LibrarySettings {
    private static let applied: Bool = {
        fitech_sqlite_no_page_cache() == SQLITE_OK && fitech_sqlite_no_memory_statistics() == SQLITE_OK && sqlite3_initialize() == SQLITE_OK
    }()

    static func apply() { _ = applied }
}

/// The moment a read must be over, checked by SQLite every few thousand steps.
final class TimeLimit {
    private var end: Int = .max

    var isOver: Bool { end != .max && Self.now() > end }

    func start(milliseconds: Int) { end = Self.now() + milliseconds }
    func stop() { end = .max }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
