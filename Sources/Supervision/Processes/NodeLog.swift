// The log file of one node: what it writes to standard error, rotated by size.
import Glibc

/// Used on the thread that reads the pipes only.
final class NodeLog {
    private let path: String
    private let limit: Int
    private var file: CInt = -1
    private var size = 0
    /// The last line, when the pipe gave only its beginning.
    private var unfinished: [UInt8] = []

    /// A file of at most `limit` bytes and one older, `.1`.
    init(path: String, limit: Int = 8 << 20) {
        self.path = path
        self.limit = limit
    }

    deinit { if file >= 0 { close(file) } }

    /// Appends; answers the whole lines among it, newline included. A full disk loses log lines, never a node.
    func append(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        unfinished += bytes
        guard let last = unfinished.lastIndex(of: 0x0A) else {
            // A line longer than this is cut so that memory stays bounded.
            return unfinished.count > 1 << 16 ? finish() : []
        }
        let lines = Array(unfinished[...last])
        unfinished.removeFirst(last + 1)
        store(lines)
        return lines
    }

    /// The rest when the pipe ends in the middle of a line.
    func finish() -> [UInt8] {
        guard !unfinished.isEmpty else { return [] }
        let line = unfinished + [0x0A]
        unfinished = []
        store(line)
        return line
    }

    private func store(_ lines: [UInt8]) {
        if file < 0 || size + lines.count > limit { turn() }
        guard file >= 0 else { return }
        let count = write(file, lines, lines.count)
        if count > 0 { size += count }
    }

    private func turn() {
        if file >= 0 {
            close(file)
            rename(path, path + ".1")
        }
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        size = file >= 0 ? max(0, Int(lseek(file, 0, SEEK_END))) : 0
        guard size >= limit, file >= 0 else { return }
        // It was full from the last time.
        close(file)
        rename(path, path + ".1")
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        size = 0
    }
}
