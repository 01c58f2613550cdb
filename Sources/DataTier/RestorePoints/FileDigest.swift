// Files hashed, written and sent in pieces.
import Digests
import Engine
import Glibc
import Storage
import Wire

enum FileDigest {
    /// SHA-256 of a file in lower-case hexadecimal, and its length. `unhurried` rests half of the time, for large files beside others'
    /// work. Blocks.
    static func sha256(_ path: String, unhurried: Bool = false) throws -> (sha256: String, bytes: Int) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError(kind: .unopenable, operation: "open", path: path, message: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var hash = SHA256Stream(), total = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let began = ContinuousClock.now
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StorageError(kind: .device, operation: "read", path: path, message: String(cString: strerror(errno))) }
            if count == 0 { return (Hex.encode(hash.finish()), total) }
            buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            total += count
            if unhurried { DiskPace.rest(since: began) }
        }
    }

    /// Sends an open file as the whole answer.
    static func send(_ descriptor: Int32, bytes: Int, fields: HTTPFields, _ exchange: HTTPExchange) async throws(Failure) {
        var head = ResponseHead(status: .ok)
        head.fields = fields
        head.fields.add("Content-Type", "application/vnd.sqlite3")
        try await exchange.begin(head, length: bytes)
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        var left = bytes
        while left > 0 {
            let count = read(descriptor, &buffer, min(buffer.count, left))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .fault("A copy became shorter while it was sent.") }
            try await exchange.write(Array(buffer[..<count]))
            left -= count
        }
        try await exchange.end()
    }
}

/// Receives a file in pieces, hashing it on the way; durable after `finish`.
final class IncomingFile {
    let path: String
    private let descriptor: Int32
    private var hash = SHA256Stream()
    private(set) var bytes = 0

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError(kind: errno == ENOSPC ? .full : .readOnly, operation: "create", path: path, message: String(cString: strerror(errno))) }
    }

    deinit { close(descriptor) }

    func append(_ piece: [UInt8]) throws {
        hash.update(piece)
        bytes += piece.count
        var rest = piece[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw StorageError(kind: errno == ENOSPC ? .full : .device, operation: "write", path: path, message: String(cString: strerror(errno))) }
            rest = rest.dropFirst(count)
        }
    }

    /// The SHA-256 of all that was received, in lower-case hexadecimal.
    func finish() -> String { Hex.encode(hash.finish()) }
}
