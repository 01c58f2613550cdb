// SIGTERM and SIGINT as calls on an ordinary thread, where anything may be done.

import CLinux
import Glibc
import Synchronization

/// The write end of the eventfd the signal handler rings; -1 until `onTermination` was called.
private let bell = Atomic<Int32>(-1)

package enum Signals {
    /// Calls `body` on a thread of its own each time SIGTERM or SIGINT comes. Call it once, at the start of a program.
    package static func onTermination(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        signal(SIGPIPE, SIG_IGN)
        let descriptor = eventfd(0, CInt(EFD_CLOEXEC))
        bell.store(descriptor, ordering: .releasing)
        var action = sigaction()
        // Only write(2) happens in the handler: it is async-signal-safe, and the atomic was initialised above.
        action.__sigaction_handler.sa_handler = { _ in
            var one: UInt64 = 1
            _ = write(bell.load(ordering: .acquiring), &one, 8)
        }
        sigaction(SIGTERM, &action, nil)
        sigaction(SIGINT, &action, nil)
        try Thread.start(name: "signals") {
            var count: UInt64 = 0
            while read(descriptor, &count, 8) == 8 || errno == EINTR { body() }
        }
    }
}
