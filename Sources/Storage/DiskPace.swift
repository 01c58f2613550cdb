// The pace of writing and removing gigabytes beside commits that somebody waits for.
import CLinux
import Glibc

/// Lets the disk catch up piece by piece.
///
/// Left to itself the system would gather hundreds of megabytes before it writes any, and whoever flushes next would wait behind them all.
/// Pieces are written back, not flushed: each flush would also end the journal's transaction, which those commits share. And a gigabyte
/// removed at once gives its blocks back in one transaction: a commit beside it was seen to wait 54 ms, in steps 4 ms (ext4, discard).
package enum DiskPace {
    /// Bytes written between two calls of `catchUp`.
    package static let bytes = 1 << 18
    /// Bytes removed at once.
    private static let step = 16 << 20
    /// The longest rest.
    private static let longest = Duration.milliseconds(100)

    /// Writes what of the file is only in memory to the disk, then leaves it to others for as long as that took. Blocks.
    ///
    /// Not for as long as the work before took as well: three runs of the soak with that were worse (1.15, 1.44, 1.65 times the p99 without),
    /// on a noisy machine. Why is not proven; perhaps because the thread then wakes so much more often.
    package static func catchUp(_ descriptor: Int32, of path: String) throws(StorageError) {
        let began = ContinuousClock.now
        if linux_write_back(descriptor) != 0 {
            // Not every file system has it. Any other error is told here, and only once to each descriptor: a flush after it would succeed.
            guard [ENOSYS, EINVAL, ESPIPE, EOPNOTSUPP].contains(errno), fdatasync(descriptor) == 0 else { throw DurableFiles.failure("write back", path) }
        }
        rest(since: began)
    }

    /// Rests for as long as it is since then, a tenth of a second at most. Blocks.
    package static func rest(since began: ContinuousClock.Instant) {
        let (seconds, attoseconds) = min(ContinuousClock.now - began, longest).components
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        nanosleep(&time, nil)
    }

    /// As `DurableFiles.remove`, large files in steps. Who has one open still reads it to its end. Blocks.
    package static func remove(_ path: String) throws(StorageError) { try DurableFiles.remove(path, removeFile) }

    /// Removes a large file in steps, unless somebody still has it open: then nothing is done, and false is the answer. Blocks.
    package static func removeOnceUnused(_ path: String) throws(StorageError) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 || errno == ENOENT else { throw DurableFiles.failure("open", path) }
        let isUnused = descriptor < 0 || linux_is_open_once(descriptor) != 0
        if descriptor >= 0 { close(descriptor) }
        if isUnused { try remove(path) }
        return isUnused
    }

    private static func removeFile(_ path: String) throws(StorageError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        defer { if descriptor >= 0 { close(descriptor) } }
        try DurableFiles.removeFile(path)
        // Without a name nobody can open it any more.
        var info = stat()
        guard descriptor >= 0, fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_nlink == 0, linux_is_open_once(descriptor) != 0 else { return }
        var left = info.st_size
        while left > step {
            let began = ContinuousClock.now
            left -= step
            guard ftruncate(descriptor, left) == 0 else { return }
            rest(since: began)
        }
    }
}
