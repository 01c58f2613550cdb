// What an event loop tells about a descriptor's readiness.
import CLinux

/// Somebody who is told when a descriptor becomes ready. Lives on one loop, is not Sendable.
class Watcher {
    /// The descriptor, -1 once closed.
    final var descriptor: CInt
    /// Place in the loop's table, -1 while not registered.
    final var slot = -1
    /// When the loop shall call `expired`, in loop milliseconds; `.max` for never.
    final var deadline = UInt64.max
    /// When the loop will next look at `deadline`.
    final var checkAt = UInt64.max

    init(descriptor: CInt) { self.descriptor = descriptor }

    /// Called with epoll's event bits.
    func ready(_ events: UInt32) {}
    /// Called once `deadline` has passed; it is `.max` again by then.
    func expired() {}
}
