// Threads of our own for what may block: they live outside the event loops and the cooperative pool.
import CLinux
import Glibc

/// Starts a named POSIX thread that runs a body and ends.
enum SystemThread {
    private final class Box {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Signals are blocked in the new thread: they belong to the main one.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) {
        var every = sigset_t()
        var before = sigset_t()
        sigfillset(&every)
        pthread_sigmask(SIG_SETMASK, &every, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(name: name, body: body))
        let result = pthread_create(&thread, &attributes, { context in
            let box = Unmanaged<Box>.fromOpaque(context!).takeRetainedValue()
            pthread_setname_np(pthread_self(), String(box.name.prefix(15)))
            box.body()
            return nil
        }, box.toOpaque())
        precondition(result == 0, "the system refused a thread (\(name)): \(String(cString: strerror(result)))")
    }

    /// Lets the calling thread run when others leave it time, and a thirtieth of the time when they do not. (SCHED_IDLE was no better in
    /// measurements, and would let others wait long for a lock of the kernel that such a thread holds.)
    static func giveWay() { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 15) }
}

/// A counter the kernel keeps: one side rings, the other sleeps until it did.
struct Bell: Sendable {
    private let descriptor: Int32

    init() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC))
        precondition(descriptor >= 0, "no descriptor left for a thread's bell: \(String(cString: strerror(errno)))")
    }

    func ring() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    func wait() {
        var count: UInt64 = 0
        while read(descriptor, &count, 8) < 0, errno == EINTR {}
    }

    func close() { _ = Glibc.close(descriptor) }
}
