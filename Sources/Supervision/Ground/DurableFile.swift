// Files that are either the old or the new one, whatever happens while they are written.
import CLinux
import Glibc
import Wire

/// Writes to a temporary name, syncs, renames, syncs the directory.
enum DurableFile {
    /// `mode` 0600 unless said otherwise. Throws what the system said, with the path.
    /// Without `sync` it is whole all the same, but a power failure may bring the old one back.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600, sync: Bool = true) throws(Failure) {
        let temporary = "\(path).new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
        guard file >= 0 else { throw refusal("open", temporary) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress.map { $0 + done }, bytes.count - done) }
            if count < 0 {
                if errno == EINTR { continue }
                let failure = refusal("write", temporary)
                close(file)
                unlink(temporary)
                throw failure
            }
            done += count
        }
        guard !sync || fsync(file) == 0, fchmod(file, mode) == 0 else {
            let failure = refusal("sync", temporary)
            close(file)
            unlink(temporary)
            throw failure
        }
        close(file)
        guard rename(temporary, path) == 0 else {
            let failure = refusal("rename", path)
            unlink(temporary)
            throw failure
        }
        guard sync else { return }
        let directory = open(path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }

    /// The whole file; nil when there is none. At most `limit` bytes.
    static func read(_ path: String, limit: Int = 16 << 20) throws(Failure) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw refusal("open", path)
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw refusal("read", path)
            }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw Failure(whose: .ours, retry: .never, status: 500, code: "file", reason: "\(path) has more than \(limit) bytes.", hint: "It was not written by this program; move it away.")
            }
        }
    }

    /// What errno says, with the remedy people need.
    static func refusal(_ operation: String, _ path: String, code: CInt = errno) -> Failure {
        let hint =
            switch code {
            case ENOSPC, EDQUOT: "The disk is full: make room, then start again."
            case EACCES, EPERM: "It belongs to somebody else or forbids it: check owner and permissions (state directories are 0700)."
            case EROFS: "The file system is read-only: choose another --state directory."
            case ENOTDIR, ENOENT: "Check the path given with --state."
            case ENAMETOOLONG: "Choose a shorter --state directory."
            case EIO: "The disk reports errors: check it before going on."
            default: "Check the file system the state directory is on."
            }
        return Failure(
            whose: .ours, retry: .never, status: code == ENOSPC || code == EDQUOT ? 507 : 500, code: "file",
            reason: "Cannot \(operation) \(path): \(String(cString: strerror(code))).", hint: hint)
    }
}
