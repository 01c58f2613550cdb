// Writes a tar archive file by file, with the digest of each and of the whole taken along.
import Digests
import Glibc
import Storage
import Wire

/// Used by one thread; durable after `finish`.
final class ArchiveWriter {
    struct Entry {
        var path: String
        var bytes: Int
        var sha256: String
    }

    private let path: String
    private let directory: String
    private let modified: Int64
    private let descriptor: Int32
    private var whole = SHA256Stream()
    private var unflushed = 0
    private(set) var bytes = 0
    /// What is in it, by paths below its one directory.
    private(set) var files: [Entry] = []

    init(_ path: String, directory: String, modified: Int64) throws {
        (self.path, self.directory, self.modified) = (path, directory, modified)
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("create", path) }
    }

    deinit { close(descriptor) }

    private func failure(_ operation: String, _ path: String) -> StorageError {
        StorageError(kind: errno == ENOSPC || errno == EDQUOT ? .full : errno == ENOENT ? .unopenable : .device, operation: operation, path: path, message: String(cString: strerror(errno)))
    }

    private func put(_ piece: UnsafeRawBufferPointer) throws {
        whole.update(piece)
        var rest = piece
        while !rest.isEmpty {
            let count = write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write", path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        bytes += piece.count
        unflushed += piece.count
        guard unflushed >= DiskPace.bytes else { return }
        try DiskPace.catchUp(descriptor, of: path)
        // What was written is read again by a download at the earliest: it need not push others' pages out of memory.
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        unflushed = 0
    }

    private func put(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try put($0) } }

    /// Adds a file with these contents.
    func add(_ name: String, _ contents: [UInt8]) throws {
        let header = TarHeader(path: "\(directory)/\(name)", bytes: contents.count, modified: modified)
        try put(header.block + contents + [UInt8](repeating: 0, count: header.padding))
        files.append(Entry(path: name, bytes: contents.count, sha256: Hex.encode(Digest.sha256(contents))))
    }

    /// Adds a file of the disk. Throws `DatabaseExcerpt.Stopped` when `goesOn` says so.
    func add(_ name: String, file: String, goesOn: () -> Bool) throws {
        let source = open(file, O_RDONLY | O_CLOEXEC)
        var info = stat()
        guard source >= 0, fstat(source, &info) == 0 else { throw failure("open", file) }
        defer { close(source) }
        let header = TarHeader(path: "\(directory)/\(name)", bytes: Int(info.st_size), modified: modified)
        try put(header.block)
        var digest = SHA256Stream(), left = header.bytes
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while left > 0 {
            guard goesOn() else { throw DatabaseExcerpt.Stopped() }
            let count = read(source, &buffer, min(buffer.count, left))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("read", file) }
            try buffer.withUnsafeBytes { all in
                let piece = UnsafeRawBufferPointer(rebasing: all[..<count])
                digest.update(piece)
                try put(piece)
            }
            left -= count
        }
        try put([UInt8](repeating: 0, count: header.padding))
        files.append(Entry(path: name, bytes: header.bytes, sha256: Hex.encode(digest.finish())))
    }

    /// Adds a file whose contents `fill` hands over piece by piece, `bytes` in all; answers their SHA-256 in lower-case hexadecimal.
    func add(_ name: String, bytes: Int, fill: ((_ piece: [UInt8]) throws -> Void) throws -> Void) throws -> String {
        let header = TarHeader(path: "\(directory)/\(name)", bytes: bytes, modified: modified)
        try put(header.block)
        var digest = SHA256Stream(), left = bytes
        try fill { piece in
            guard piece.count <= left else { throw Failure.fault("\(name) is longer than the \(bytes) bytes it is said to have.") }
            digest.update(piece)
            try put(piece)
            left -= piece.count
        }
        guard left == 0 else { throw Failure.fault("\(name) lacks \(left) of its \(bytes) bytes.") }
        try put([UInt8](repeating: 0, count: header.padding))
        files.append(Entry(path: name, bytes: bytes, sha256: Hex.encode(digest.finish())))
        return files[files.count - 1].sha256
    }

    /// Ends the archive and flushes it; answers the SHA-256 of the whole in lower-case hexadecimal.
    func finish() throws -> String {
        try put([UInt8](repeating: 0, count: 2 * TarHeader.blockBytes))
        guard fsync(descriptor) == 0 else { throw failure("flush", path) }
        return Hex.encode(whole.finish())
    }
}
