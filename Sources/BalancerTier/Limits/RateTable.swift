// How often each of very many senders may come, in a table whose size is fixed.

/// The generic cell rate algorithm: one moment per sender, at which it would be as if it had never come. So a sender that has
/// been quiet needs no entry, and a full table loses only what is nearest to being forgotten anyway.
package struct RateTable: Sendable {
    /// Entries that share a place; one of them is given up when a newcomer finds none free.
    private static let ways = 4

    /// Nanoseconds between two requests at the allowed rate.
    private let interval: UInt64
    /// How far ahead of that rate a sender may be.
    private let allowance: UInt64
    private let mask: UInt64
    private var keys: [UInt64]
    private var moments: [UInt64]

    /// `rate` per second, `burst` in nanoseconds, room for `capacity` senders (rounded up to a power of two).
    package init(rate: Int, burst: UInt64, capacity: Int) {
        interval = 1_000_000_000 / UInt64(max(1, rate))
        allowance = max(burst, interval) - interval
        var sets = 1
        while sets * RateTable.ways < capacity { sets *= 2 }
        mask = UInt64(sets - 1)
        keys = Array(repeating: 0, count: sets * RateTable.ways)
        moments = keys
    }

    /// Counts a request of `key`, an evenly spread hash, at `now` in nanoseconds. Answers how many nanoseconds it comes too
    /// early, 0 when it may come; what comes too early does not count.
    package mutating func admit(_ key: UInt64, now: UInt64) -> UInt64 {
        let first = Int(key & mask) * RateTable.ways
        var place = first
        for way in first..<first + RateTable.ways {
            if keys[way] == key, moments[way] > now {
                place = way
                break
            }
            if moments[way] < moments[place] { place = way }
        }
        let due = keys[place] == key ? max(moments[place], now) : now
        if due - now > allowance { return due - now - allowance }
        keys[place] = key
        moments[place] = due + interval
        return 0
    }
}
