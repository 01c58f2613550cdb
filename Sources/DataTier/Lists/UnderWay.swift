// How many of a kind of work are under way, against a limit.
import Synchronization

final class UnderWay: Sendable {
    private let count = Mutex(0)

    /// True when there was room, which is then taken.
    func enter(limit: Int) -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}
