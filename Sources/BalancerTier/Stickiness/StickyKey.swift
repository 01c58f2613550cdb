// The key file every balancer seals stickiness cookies with.
import CLinux
import Digests
import Glibc
import Wire

enum StickyKey {
    /// Reads the key of `path`; makes one where there is none, so that a balancer can start by itself.
    static func load(_ path: String, options: StickySeal.Options) throws(Failure) -> StickySeal {
        if let seal = try read(path, options) { return seal }
        try make(path)
        guard let seal = try read(path, options) else {
            throw .fault("The key \(path) vanished while it was read.", hint: "Start again; see who removes files there.")
        }
        return seal
    }

    /// Nil when there is no such file.
    private static func read(_ path: String, _ options: StickySeal.Options) throws(Failure) -> StickySeal? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0 {
            if errno == ENOENT { return nil }
            throw .fault("The key \(path) cannot be read: \(String(cString: strerror(errno))).", hint: "Check its owner and permissions (0600).")
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
        guard count >= 0, let seal = StickySeal(secret: Array(bytes[..<count]), options: options) else {
            throw .fault("The key \(path) is damaged: it must hold 32 bytes for each key.", hint: "Remove it: a new one is made, and people are only spread anew.")
        }
        return seal
    }

    /// Writes a key beside the path and links it there: of several balancers that start at once, the first wins, and nobody reads half of it.
    private static func make(_ path: String) throws(Failure) {
        let draft = "\(path).\(getpid())"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let key = RandomBytes.make(AEAD.keyLength)
        guard file >= 0, write(file, key, key.count) == key.count, fsync(file) == 0 else {
            let reason = String(cString: strerror(errno))
            if file >= 0 { close(file) }
            throw .fault("The key \(path) cannot be written: \(reason).", hint: "Check the directory's permissions and the free space.")
        }
        close(file)
        _ = link(draft, path)
        unlink(draft)
    }
}
