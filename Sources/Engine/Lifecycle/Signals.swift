// SIGTERM, SIGINT and SIGUSR1 as calls on an ordinary thread, where anything may be done.

import CLinux
import Glibc
import Synchronization

/// The write ends of the eventfds the signal handler rings; -1 until somebody asked for the signal.
private let terminationBell = Atomic<Int32>(-1)
private let retirementBell = Atomic<Int32>(-1)

package enum Signals {
    /// Calls `body` on a thread of its own each time SIGTERM or SIGINT comes. Call it once, at the start of a program.
    package static func onTermination(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        signal(SIGPIPE, SIG_IGN)
        let descriptor = eventfd(0, CInt(EFD_CLOEXEC))
        terminationBell.store(descriptor, ordering: .releasing)
        try listen(descriptor, [SIGTERM, SIGINT], thread: "signals", body)
    }

    /// The same for SIGUSR1: a successor serves, finish what you have and end (HAProxy's soft stop).
    package static func onRetirement(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let descriptor = eventfd(0, CInt(EFD_CLOEXEC))
        retirementBell.store(descriptor, ordering: .releasing)
        try listen(descriptor, [SIGUSR1], thread: "retirement", body)
    }

    private static func listen(_ descriptor: CInt, _ numbers: [CInt], thread: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        var action = sigaction()
        // Only write(2) happens in the handler: it is async-signal-safe, and the atomics were initialised before.
        action.__sigaction_handler.sa_handler = { number in
            var one: UInt64 = 1
            let bell = number == SIGUSR1 ? retirementBell.load(ordering: .acquiring) : terminationBell.load(ordering: .acquiring)
            _ = write(bell, &one, 8)
        }
        for number in numbers { sigaction(number, &action, nil) }
        try Thread.start(name: thread) {
            var count: UInt64 = 0
            while read(descriptor, &count, 8) == 8 || errno == EINTR { body() }
        }
    }
}
