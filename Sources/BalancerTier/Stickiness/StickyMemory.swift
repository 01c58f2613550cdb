// Remembers opened sticky tokens, so that a busy person's token is decrypted once, and counts the sessions seen lately.

/// A fixed table: two places per hash, the one longer unused gives way. Tokens are known by their SipHash under a key that
/// is random per process, so nobody can make one that is taken for another's.
package struct StickyMemory: Sendable {
    package struct Known: Sendable {
        package var slot: Slot
        package var issued: Int64
        package var renewed: Int64
    }

    private struct Place: Sendable {
        var hash = 0
        var slot: Int32 = -1
        var issued: Int64 = 0
        var renewed: Int64 = 0
        var seen: Int64 = 0
    }

    private var places: [Place] = []
    private let count: Int

    /// Room for about `capacity` tokens; the room is taken when the first token comes.
    package init(capacity: Int) {
        var power = 2
        while power < capacity { power *= 2 }
        count = power
    }

    package static func hash(_ value: ArraySlice<UInt8>) -> Int {
        var hasher = Hasher()
        value.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    /// What is known of the token with this hash; marks it seen at `now` (UTC seconds).
    package mutating func find(_ hash: Int, now: Int64) -> Known? {
        guard !places.isEmpty else { return nil }
        let first = (hash & (count - 1)) & ~1
        for index in first...first + 1 where places[index].hash == hash && places[index].slot >= 0 {
            places[index].seen = now
            return Known(slot: Int(places[index].slot), issued: places[index].issued, renewed: places[index].renewed)
        }
        return nil
    }

    package mutating func remember(_ hash: Int, _ known: Known, now: Int64) {
        if places.isEmpty { places = [Place](repeating: Place(), count: count) }
        let first = (hash & (count - 1)) & ~1
        let index = places[first].slot < 0 || places[first].seen <= places[first + 1].seen && places[first + 1].slot >= 0 ? first : first + 1
        places[index] = Place(hash: hash, slot: Int32(known.slot), issued: known.issued, renewed: known.renewed, seen: now)
    }

    /// The token with this hash is no longer in use.
    package mutating func forget(hash: Int) {
        guard !places.isEmpty else { return }
        let first = (hash & (count - 1)) & ~1
        for index in first...first + 1 where places[index].hash == hash { places[index].slot = -1 }
    }

    package mutating func forget(_ slot: Slot) {
        for index in places.indices where places[index].slot == Int32(slot) { places[index].slot = -1 }
    }

    /// How many tokens of each slot were seen at or after `since`.
    package func sessions(since: Int64, slots: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: slots)
        for place in places where place.slot >= 0 && Int(place.slot) < slots && place.seen >= since { counts[Int(place.slot)] += 1 }
        return counts
    }
}
