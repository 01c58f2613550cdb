// Makes the state directory and holds its lock: the ground everything else stands on.
import CLinux
import Control
import Glibc
import Wire

/// The prepared state directory; the lock is held until the process ends.
package struct StateGround: Sendable {
    package let state: StateDirectory
    /// Nothing was there before: a first start.
    package let isNew: Bool

    /// Longest path of a Unix socket (sockaddr_un), less the longest name we put under it.
    private static let longestPath = 107 - "/run/".utf8.count - 40 - ".sock".utf8.count

    /// Makes every directory (0700), checks that it can be written, takes the lock when `locking`. Refuses clearly when it cannot.
    package static func prepare(_ path: String, locking: Bool) throws(Failure) -> StateGround {
        let state = StateDirectory(try absolute(path))
        guard state.path.utf8.count <= longestPath else {
            throw Failure(
                whose: .client, retry: .never, status: 400, code: "state-directory", reason: "The path \(state.path) is too long for Unix sockets under it.",
                hint: "Choose a state directory of at most \(longestPath) bytes with --state.")
        }
        try makeDirectory(state.path)
        guard access(state.path, R_OK | W_OK | X_OK) == 0 else { throw DurableFile.refusal("read and write", state.path) }
        let isNew = try entries(state.path).allSatisfy { $0 == "lock" }
        for directory in [state.run, state.keys, state.certificates, state.nodes, state.offsite, state.outbox, state.logs] { try makeDirectory(directory) }
        // A full disk is found here, not by the first customer.
        let probe = state.run + "/.probe"
        try DurableFile.write([UInt8](repeating: 0, count: 4096), to: probe)
        unlink(probe)
        if locking { try lock(state) }
        return StateGround(state: state, isNew: isNew)
    }

    private static func absolute(_ path: String) throws(Failure) -> String {
        guard !path.isEmpty else { throw .invalid("The state directory has no name.", hint: "Name one with --state, such as --state .fitech.") }
        guard !path.hasPrefix("/") else { return path }
        guard let current = getcwd(nil, 0) else { throw DurableFile.refusal("find", ".") }
        defer { free(current) }
        let text = String(cString: current)
        return path == "." ? text : "\(text)/\(path.hasPrefix("./") ? String(path.dropFirst(2)) : path)"
    }

    private static func makeDirectory(_ path: String) throws(Failure) {
        // The parents as well, as mkdir -p does; only the last is ours to close to others.
        var at = path.startIndex
        while let slash = path[at...].dropFirst().firstIndex(of: "/") {
            let parent = String(path[..<slash])
            if mkdir(parent, 0o755) != 0, errno != EEXIST { throw DurableFile.refusal("make", parent) }
            at = slash
        }
        if mkdir(path, 0o700) == 0 { return }
        guard errno == EEXIST else { throw DurableFile.refusal("make", path) }
        var info = stat()
        guard stat(path, &info) == 0 else { throw DurableFile.refusal("look at", path) }
        guard info.st_mode & S_IFMT == S_IFDIR else {
            throw Failure(whose: .client, retry: .never, status: 400, code: "state-directory", reason: "\(path) is a file, not a directory.", hint: "Choose another directory with --state.")
        }
        guard info.st_uid == geteuid() else {
            throw Failure(
                whose: .client, retry: .never, status: 403, code: "state-directory", reason: "\(path) belongs to user \(info.st_uid), this process is user \(geteuid()).",
                hint: "Run as the owner, or choose another directory with --state.")
        }
        if info.st_mode & 0o077 != 0, chmod(path, 0o700) != 0 { throw DurableFile.refusal("close to others", path) }
    }

    /// Names in a directory but for `.` and `..`.
    static func entries(_ path: String) throws(Failure) -> [String] {
        guard let directory = opendir(path) else { throw DurableFile.refusal("list", path) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func lock(_ state: StateDirectory) throws(Failure) {
        let file = open(state.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DurableFile.refusal("open", state.lock) }
        // The descriptor is never closed: the kernel gives the lock back when the process ends, however it ends.
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            let holder = lockHolder(state).map { "\($0)" } ?? ""
            throw Failure(
                whose: .client, retry: .never, status: 409, code: "already-up",
                reason: "A supervisor holds \(state.path) already\(holder.isEmpty ? "" : " (process \(holder))").",
                hint: "Use fitech-ctl to talk to it, stop it with \(holder.isEmpty ? "SIGTERM" : "kill \(holder)"), or choose another --state directory.")
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(file, 0) == 0, pwrite(file, text, text.count, 0) == text.count else { throw DurableFile.refusal("write", state.lock) }
    }

    /// The process that holds the lock, as its file says.
    static func lockHolder(_ state: StateDirectory) -> Int32? {
        let bytes = ((try? DurableFile.read(state.lock, limit: 64)) ?? nil) ?? []
        return Int32(String(decoding: bytes.prefix { (48...57).contains($0) }, as: UTF8.self))
    }
}
