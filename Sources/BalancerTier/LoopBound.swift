// Something that belongs to one loop, nameable from anywhere, reachable only there.
import Engine

/// A balancer's state is plain mutable classes on its loop; the fleet's news and private questions come from elsewhere and
/// need a name for it that may cross.
// @unchecked Sendable: the value is handed out only to code that is isolated to its loop, checked on every access.
package final class LoopBound<Value>: @unchecked Sendable {
    package let loop: EventLoop
    private let value: Value

    package init(_ value: Value, on loop: isolated EventLoop) {
        self.loop = loop
        self.value = value
    }

    /// The value, for code on its loop; elsewhere a fault of the program, which traps.
    package func get(on loop: isolated EventLoop) -> Value {
        precondition(loop === self.loop, "asked for on another loop than its own")
        return value
    }
}
