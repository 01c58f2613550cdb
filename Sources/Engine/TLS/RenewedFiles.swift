// Certificates and keys that change under a running process.
import CLinux
import Glibc
import Synchronization

/// A context made of files, made anew when they change.
final class RenewedFiles: Sendable {
    private struct State: Sendable {
        var context: TLSContext
        var stamps: [Int64]
        var lookAgain: UInt64
    }
    private let state: Mutex<State>
    /// Asked at every look: a directory may have gained or lost some.
    private let paths: @Sendable () -> [String]
    private let make: @Sendable () throws(TLSError) -> TLSContext
    /// How long a renewed certificate may wait to be noticed.
    private static let patience: UInt64 = 10_000_000_000

    init(_ paths: @escaping @Sendable () -> [String], make: @escaping @Sendable () throws(TLSError) -> TLSContext) throws(TLSError) {
        self.paths = paths
        self.make = make
        let stamps = Self.stamps(paths())
        state = Mutex(State(context: try make(), stamps: stamps, lookAgain: linux_monotonic() + Self.patience))
    }

    /// The context for a new connection. Every ten seconds this looks whether the files were renewed; renewal replaces
    /// two files, so a pair that does not match is left for the next look.
    func current() -> TLSContext {
        let now = linux_monotonic()
        let isTime = state.withLock { state in
            guard now >= state.lookAgain else { return false }
            state.lookAgain = now + Self.patience
            return true
        }
        if isTime { _ = try? reloadIfChanged() }
        return state.withLock { $0.context }
    }

    func reloadIfChanged() throws(TLSError) -> Bool {
        let stamps = Self.stamps(paths())
        guard state.withLock({ $0.stamps != stamps }) else { return false }
        let made = try make()
        state.withLock { state in
            state.context = made
            state.stamps = stamps
        }
        return true
    }

    /// Identity, time and size of each file: what changes when it is renewed.
    static func stamps(_ paths: [String]) -> [Int64] {
        paths.flatMap { path -> [Int64] in
            var info = stat()
            guard stat(path, &info) == 0 else { return [-1] }
            return [Int64(info.st_ino), Int64(info.st_mtim.tv_sec), Int64(info.st_mtim.tv_nsec), Int64(info.st_size)]
        }
    }
}
