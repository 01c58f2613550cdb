// Sleeping tasks of one loop, the earliest first.

/// A binary heap of continuations by monotonic nanosecond.
struct TimerHeap {
    private struct Entry {
        var at: UInt64
        var id: UInt64
        var continuation: UnsafeContinuation<Void, Never>
    }

    private var entries: [Entry] = []
    private var lastID: UInt64 = 0

    /// When the earliest is due.
    var next: UInt64? { entries.first?.at }

    mutating func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    mutating func insert(at: UInt64, id: UInt64, _ continuation: UnsafeContinuation<Void, Never>) {
        entries.append(Entry(at: at, id: id, continuation: continuation))
        rise(entries.count - 1)
    }

    /// Takes the earliest out when it is due.
    mutating func popDue(_ now: UInt64) -> UnsafeContinuation<Void, Never>? {
        guard let first = entries.first, first.at <= now else { return nil }
        remove(0)
        return first.continuation
    }

    /// Takes one out before it is due; nil when it is no longer there. Linear: only cancellation comes here.
    mutating func cancel(_ id: UInt64) -> UnsafeContinuation<Void, Never>? {
        guard let index = entries.firstIndex(where: { $0.id == id }) else { return nil }
        let found = entries[index].continuation
        remove(index)
        return found
    }

    private mutating func remove(_ index: Int) {
        entries.swapAt(index, entries.count - 1)
        entries.removeLast()
        if index < entries.count {
            rise(index)
            sink(index)
        }
    }

    private mutating func rise(_ start: Int) {
        var index = start
        while index > 0, entries[index].at < entries[(index - 1) / 2].at {
            entries.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func sink(_ start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < entries.count && entries[child].at < entries[least].at {
                least = child
            }
            if least == index { return }
            entries.swapAt(index, least)
            index = least
        }
    }
}
