// How often something may be tried by one e-mail or from one address before it is refused for a while.
import Synchronization
import Wire

/// Counters in memory: refusing costs no disk, and a flood of made-up keys cannot grow it beyond a bound.
final class AttemptLimits: Sendable {
    private struct Count {
        var used: Int
        var start: Int64
    }

    private static let most = 100_000
    private let window: Int64
    private let counts = Mutex<[String: Count]>([:])

    init(window: Duration) { self.window = window.milliseconds }

    /// What one attempt came to.
    struct Use: Sendable {
        var isWithin: Bool
        /// Attempts left in the window.
        var left: Int
        /// Until the window is over.
        var seconds: Int
    }

    /// Counts one attempt; gives the seconds to wait when there have been too many, nil when it may go on.
    func count(_ key: String, limit: Int, now: Timestamp) -> Int? {
        let use = use(key, limit: limit, now: now)
        return use.isWithin ? nil : use.seconds
    }

    /// Counts one attempt, unless there have been too many.
    func use(_ key: String, limit: Int, now: Timestamp) -> Use {
        counts.withLock { counts in
            if counts.count >= Self.most, counts[key] == nil {
                counts = counts.filter { now.milliseconds - $0.value.start < window }
                // Still full: somebody sends made-up keys. Forget all rather than refuse everybody.
                if counts.count >= Self.most { counts = [:] }
            }
            var count = counts[key] ?? Count(used: 0, start: now.milliseconds)
            // A clock that was set back begins anew, too.
            if now.milliseconds - count.start >= window || now.milliseconds < count.start { count = Count(used: 0, start: now.milliseconds) }
            let seconds = max(1, Int((count.start + window - now.milliseconds + 999) / 1000))
            guard count.used < limit else { return Use(isWithin: false, left: 0, seconds: seconds) }
            count.used += 1
            counts[key] = count
            return Use(isWithin: true, left: limit - count.used, seconds: seconds)
        }
    }

    /// Takes a counted attempt back: it turned out to be the right person.
    func forgive(_ key: String) {
        counts.withLock { counts in
            guard let count = counts[key] else { return }
            if count.used <= 1 { counts[key] = nil } else { counts[key]!.used -= 1 }
        }
    }
}
