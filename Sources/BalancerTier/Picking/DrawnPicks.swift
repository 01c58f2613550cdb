// Picks that do not look at every node's turn: two choices at random, and hashing with bounded load.
import Glibc

/// SplitMix64: small, seeded, the same everywhere.
struct PickRandom: Sendable, RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return PickRandom.mix(state)
    }

    /// The same for a name in every process, unlike Swift's own.
    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        mix(bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })  // FNV-1a
    }

    static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

extension Picker {
    /// Of two drawn by weight, the one with less to do (Mitzenmacher, "The power of two choices", 2001): nearly as even as
    /// looking at all, and balancers that know nothing of each other do not all choose the same node.
    static func twoChoices(_ table: inout NodeTable, _ wish: Wish, _ tried: Tried, _ now: ContinuousClock.Instant) -> Slot? {
        guard let best = bestRank(table, wish, tried, now) else { return nil }
        var total = 0
        for slot in table.entries.indices where isCandidate(table, slot, best, wish, tried, now) { total += table.share(slot, now: now) }
        var chosen: Slot?
        for _ in 0..<2 {
            var point = Int(truncatingIfNeeded: table.random.next() >> 1) % max(1, total)
            for slot in table.entries.indices where slot != chosen && isCandidate(table, slot, best, wish, tried, now) {
                let share = table.share(slot, now: now)
                point -= share
                guard point < 0 else { continue }
                guard let first = chosen else {
                    chosen = slot
                    total -= share
                    break
                }
                let one = table.entries[first].weighed * share, other = table.entries[slot].weighed * table.share(first, now: now)
                return other < one ? slot : first
            }
            if total <= 0 { break }
        }
        return chosen
    }

    /// Weighted rendezvous hashing: the same key goes to the same node, and when the nodes change only the keys of those that
    /// left or of the share of the new one move. Bounded (Mirrokni, Thorup, Zadimoghaddam 2016): a node with a quarter more
    /// than its fair part of what is in flight is passed over for the next of that key.
    static func hashed(_ table: inout NodeTable, _ wish: Wish, _ tried: Tried, _ now: ContinuousClock.Instant) -> Slot? {
        guard let best = bestRank(table, wish, tried, now) else { return nil }
        var load = 1, shares = 0
        for slot in table.entries.indices where isCandidate(table, slot, best, wish, tried, now) {
            load += table.entries[slot].weighed
            shares += table.share(slot, now: now)
        }
        var chosen: Slot?, chosenScore = -Double.infinity, within = false
        for slot in table.entries.indices where isCandidate(table, slot, best, wish, tried, now) {
            let share = table.share(slot, now: now)
            // At most 5/4 of its part, rounded up; somebody is always below it.
            let bound = (load * share * 5 + shares * 4 - 1) / (shares * 4)
            let isWithin = table.entries[slot].weighed < bound
            guard isWithin || !within else { continue }
            let score = score(wish.key, table.entries[slot].hash, share)
            if isWithin && !within || score > chosenScore { (chosen, chosenScore, within) = (slot, score, isWithin) }
        }
        return chosen
    }

    /// -weight / ln(u): the greatest of these over the nodes falls on each as often as its weight says.
    private static func score(_ key: UInt64, _ hash: UInt64, _ share: Int) -> Double {
        let u = (Double(PickRandom.mix(key ^ hash) >> 11) + 0.5) / 9_007_199_254_740_992
        return -Double(share) / log(u)
    }

    private static func bestRank(_ table: NodeTable, _ wish: Wish, _ tried: Tried, _ now: ContinuousClock.Instant) -> Rank? {
        var best = Rank.never
        for slot in table.entries.indices where !tried.contains(slot) && table.hasRoom(slot, wish.perNode, now) {
            let rank = rank(table, slot, now)
            if rank.rawValue < best.rawValue { best = rank }
        }
        return best == .never ? nil : best
    }

    private static func isCandidate(_ table: NodeTable, _ slot: Slot, _ best: Rank, _ wish: Wish, _ tried: Tried, _ now: ContinuousClock.Instant) -> Bool {
        !tried.contains(slot) && table.hasRoom(slot, wish.perNode, now) && rank(table, slot, now) == best
    }
}
