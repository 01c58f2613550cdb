// A timing wheel for the deadlines of descriptors: coarse, cheap to set, looked at lazily.

/// Entries in 512 slots of 128 ms; what lies further away than 64 s is looked at once per round and put back.
struct DeadlineWheel {
    struct Entry {
        var slot: Int
        var generation: UInt32
    }

    /// Milliseconds of one tick: how late a deadline may be noticed.
    static let tick: UInt64 = 128
    private static let size: UInt64 = 512

    private var spokes: [[Entry]] = Array(repeating: [], count: Int(size))
    private var count = 0
    /// The last tick that was looked at.
    private var current: UInt64 = 0

    /// When to look next, in milliseconds; `.max` when there is nothing to look at.
    private(set) var nextTick = UInt64.max

    /// Puts a watcher under the tick at or after `deadline`. Answers the millisecond at which it will be looked at.
    mutating func insert(slot: Int, generation: UInt32, at deadline: UInt64, now: UInt64) -> UInt64 {
        if count == 0 { current = now / Self.tick }
        var tick = max(deadline / Self.tick + 1, current + 1)
        if tick > current + Self.size - 1 { tick = current + Self.size - 1 }
        spokes[Int(tick % Self.size)].append(Entry(slot: slot, generation: generation))
        count += 1
        let at = tick * Self.tick
        nextTick = min(nextTick, at)
        return at
    }

    /// Takes out everything that is due at `now`.
    mutating func due(_ now: UInt64) -> [Entry] {
        var found: [Entry] = []
        let last = now / Self.tick
        while current < last, count > 0 {
            current += 1
            let spoke = Int(current % Self.size)
            if !spokes[spoke].isEmpty {
                count -= spokes[spoke].count
                found += spokes[spoke]
                spokes[spoke].removeAll(keepingCapacity: spokes[spoke].count <= 64)
            }
        }
        current = max(current, last)
        nextTick = .max
        if count > 0 {
            for step in 1...Self.size where !spokes[Int((current + step) % Self.size)].isEmpty {
                nextTick = (current + step) * Self.tick
                break
            }
        }
        return found
    }
}
