// Files that are either wholly there or not at all, whatever moment the power goes.
import CLinux
import Glibc

/// When and how large a file is, as the file system tells it.
package struct FileStamp: Equatable, Sendable {
    package let bytes: Int
    package let seconds: Int
    package let nanoseconds: Int

    package init?(path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        bytes = Int(info.st_size)
        seconds = info.st_mtim.tv_sec
        nanoseconds = info.st_mtim.tv_nsec
    }

    package var text: String { "\(bytes).\(seconds).\(nanoseconds)" }
}

/// Small operations on files, each durable when it returns, each with an error that says what failed and why.
package enum DurableFiles {
    static func failure(_ operation: String, _ path: String) -> StorageError {
        let code = errno
        let kind: StorageError.Kind = switch code {
        case ENOSPC, EDQUOT, EFBIG: .full
        case EROFS, EACCES, EPERM: .readOnly
        case ENOENT, ENOTDIR: .unopenable
        case EIO: .device
        default: .fault
        }
        return StorageError(kind: kind, code: code, operation: operation, path: path, message: String(cString: strerror(code)))
    }

    /// Makes a directory and its parents (mode 0700); one that exists is fine.
    package static func makeDirectory(_ path: String) throws(StorageError) {
        var made = ""
        for (index, part) in path.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { made += "/" }
            made += part
            if part.isEmpty || part == "." || part == ".." { continue }
            if mkdir(made, 0o700) != 0, errno != EEXIST { throw failure("make the directory", made) }
        }
    }

    /// Flushes a file, or a directory's list of names.
    package static func flush(_ path: String) throws(StorageError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("flush", path) }
    }

    /// The directory a path is in.
    package static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Moves a file or directory and flushes both directories.
    package static func move(_ from: String, to: String) throws(StorageError) {
        guard rename(from, to) == 0 else { throw failure("move", from) }
        try flush(directory(of: to))
        if directory(of: from) != directory(of: to) { try flush(directory(of: from)) }
    }

    /// Gives a file a second name; copies it where the file system cannot link.
    package static func link(_ from: String, to: String) throws(StorageError) {
        if Glibc.link(from, to) == 0 { return }
        guard errno == EXDEV || errno == EMLINK || errno == EPERM || errno == EOPNOTSUPP else { throw failure("link", from) }
        try copy(from, to: to)
    }

    /// Writes a file anew and flushes it; not yet its directory.
    package static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws(StorageError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("create", path) }
        defer { close(descriptor) }
        try writeAll(descriptor, bytes[...], path)
        guard fsync(descriptor) == 0 else { throw failure("flush", path) }
    }

    /// Replaces a file in one step: the old contents or the new, never a mixture.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(StorageError) {
        let fresh = path + ".new"
        try write(bytes, to: fresh)
        try move(fresh, to: path)
    }

    /// Copies a file and flushes the copy.
    package static func copy(_ from: String, to: String) throws(StorageError) {
        let source = open(from, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw failure("open", from) }
        defer { close(source) }
        let target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard target >= 0 else { throw failure("create", to) }
        defer { close(target) }
        while true {
            let moved = copy_file_range(source, nil, target, nil, 1 << 20, 0)
            if moved == 0 { break }
            if moved > 0 || errno == EINTR { continue }
            guard errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP else { throw failure("copy", from) }
            try copyByHand(source, target, from, to)
            break
        }
        guard fsync(target) == 0 else { throw failure("flush", to) }
    }

    private static func copyByHand(_ source: Int32, _ target: Int32, _ from: String, _ to: String) throws(StorageError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = Glibc.read(source, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", from) }
            if count == 0 { return }
            try writeAll(target, buffer[..<count], to)
        }
    }

    static func writeAll(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>, _ path: String) throws(StorageError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("write", path) }
            rest = rest.dropFirst(count)
        }
    }

    /// All bytes of a file.
    package static func read(_ path: String) throws(StorageError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", path) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// The names in a directory, sorted, without dot-files; empty when there is none.
    package static func names(in path: String) -> [String] { allNames(in: path).filter { !$0.hasPrefix(".") } }

    /// The dot-files in a directory.
    package static func hiddenNames(in path: String) -> [String] { allNames(in: path).filter { $0.hasPrefix(".") && $0 != "." && $0 != ".." } }

    private static func allNames(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.sorted()
    }

    /// Removes a file or a whole directory; nothing there is fine.
    package static func remove(_ path: String) throws(StorageError) { try remove(path, removeFile) }

    /// The same, with a way of its own to remove what is no directory.
    static func remove(_ path: String, _ file: (String) throws(StorageError) -> Void) throws(StorageError) {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFDIR else { return try file(path) }
        for name in names(in: path) + hiddenNames(in: path) { try remove(path + "/" + name, file) }
        guard rmdir(path) == 0 else { throw failure("remove", path) }
    }

    static func removeFile(_ path: String) throws(StorageError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// What the file system of a directory has left for us; nil where it does not tell.
    package static func freeBytes(at directory: String) -> Int? {
        var info = statvfs()
        guard statvfs(directory, &info) == 0 else { return nil }
        return Int(info.f_bavail) * Int(info.f_frsize)
    }
}
