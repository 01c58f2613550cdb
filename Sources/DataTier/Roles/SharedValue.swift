// One number read and set from any thread.
import Synchronization

final class SharedValue: Sendable {
    private let stored = Atomic<Int64>(0)
    var value: Int64 { stored.load(ordering: .acquiring) }
    func set(_ value: Int64) { stored.store(value, ordering: .releasing) }
}
