// A file on its way in: written piece by piece, with its digest taken along.
import Digests
import Glibc
import Storage

/// Writes a new file of mode 0600 and counts its SHA-256. Closed by `finish`, or when it goes out of use.
final class PartialFile {
    private var descriptor: Int32
    private let path: String
    private var digest = SHA256Stream()

    init(_ path: String) throws(StorageError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(errno, "create") }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func append(_ bytes: [UInt8]) throws(StorageError) {
        digest.update(bytes)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + sent, bytes.count - sent) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(errno, "write")
            }
            sent += count
        }
    }

    /// Closes the file and answers the SHA-256 of all that was written.
    func finish() throws(StorageError) -> [UInt8] {
        let done = close(descriptor)
        descriptor = -1
        guard done == 0 else { throw failure(errno, "close") }
        return digest.finish()
    }

    /// The SHA-256 of a file that is whole. Blocks.
    static func digest(of path: String) throws(StorageError) -> [UInt8] { Digest.sha256(try DurableFiles.read(path)) }

    private func failure(_ code: Int32, _ operation: String) -> StorageError {
        StorageError(
            kind: code == ENOSPC || code == EDQUOT ? .full : code == EACCES || code == EROFS ? .readOnly : .device, code: code,
            operation: operation, path: path, message: String(cString: strerror(code)))
    }
}
