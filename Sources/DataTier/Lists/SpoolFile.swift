// Where a whole list waits until it is sent: on disk, under no name, so that a slow reader holds neither memory nor a snapshot.
import Digests
import Glibc
import Procedures
import Storage

/// Written once from beginning to end, then read. Gone with its descriptor, whatever happens to the process.
final class SpoolFile {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// Items and bytes so far.
    private(set) var items = 0
    private(set) var bytes = 0
    private let path: String

    /// - Parameter directory: one of this node's own.
    init(in directory: String) throws {
        path = "\(directory)/.spool-\(Identifier.make())"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("create") }
        unlink(path)
    }

    deinit { close(descriptor) }

    private func failure(_ operation: String) -> StorageError {
        StorageError(kind: errno == ENOSPC || errno == EDQUOT ? .full : .device, operation: operation, path: path, message: String(cString: strerror(errno)))
    }

    func append(_ records: [some Record]) throws {
        for record in records { ItemFrames.append(record, to: &buffer) }
        items += records.count
        if buffer.count >= 1 << 17 { try flush() }
    }

    /// Nothing is added any more; reading begins at the start.
    func rewind() throws {
        try flush()
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure("read") }
    }

    private func flush() throws {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write") }
            rest = rest.dropFirst(count)
        }
        bytes += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    /// The next bytes, at most so many; empty at the end.
    func next(_ limit: Int = 1 << 17) throws -> [UInt8] {
        var piece = [UInt8](repeating: 0, count: limit)
        while true {
            let count = read(descriptor, &piece, limit)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read") }
            return Array(piece[..<count])
        }
    }
}
