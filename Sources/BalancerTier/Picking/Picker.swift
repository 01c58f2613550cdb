// Chooses the node for a request that sticks to none: least requests in flight over weight, weighted turns among equals.

/// Equals take smooth weighted turns (as nginx does) instead of plain ones, so that a ramping node gets its small share of a
/// quiet site too: by load alone it would be starved while others are idle, or flooded because it is the emptiest.
package enum Picker {
    /// The slots tried before; a request is not sent to the same node twice.
    package struct Tried: Sendable {
        private var bits: UInt64 = 0
        private var rest: [Slot] = []
        package init() {}
        package mutating func insert(_ slot: Slot) { if slot < 64 { bits |= 1 << UInt64(slot) } else { rest.append(slot) } }
        package func contains(_ slot: Slot) -> Bool { slot < 64 ? bits & (1 << UInt64(slot)) != 0 : rest.contains(slot) }
        package var isEmpty: Bool { bits == 0 && rest.isEmpty }
        package mutating func removeAll() { self = Tried() }
    }

    /// How gladly a node is used, best first. Nobody is sent to a node that is down or has left.
    private enum Rank: Int { case up, suspicious, draining, never }

    /// The best slot, nil when no node may be tried. Does not count the request: `NodeTable.began` does.
    package static func pick(_ table: inout NodeTable, tried: Tried = Tried(), now: ContinuousClock.Instant) -> Slot? {
        var best: Slot?
        var bestRank = Rank.never, bestLoad = 0, bestShare = 1, turns = 0, bestTurn = 0
        for slot in 0..<table.entries.count {
            let rank = rank(table, slot)
            guard rank != .never, rank.rawValue <= bestRank.rawValue, !tried.contains(slot) else { continue }
            let load = table.entries[slot].inFlight, share = table.share(slot, now: now)
            // load / share, compared without division
            let difference = rank != bestRank ? -1 : load * bestShare - bestLoad * share
            guard difference <= 0 else { continue }
            let turn = table.entries[slot].turn + share
            if difference < 0 {
                turns = share
            } else {
                turns += share
                if turn <= bestTurn { continue }
            }
            (best, bestRank, bestLoad, bestShare, bestTurn) = (slot, rank, load, share, turn)
        }
        guard let best else { return nil }
        if turns > bestShare { takeTurns(&table, winner: best, rank: bestRank, load: bestLoad, share: bestShare, turns: turns, tried: tried, now: now) }
        return best
    }

    /// Every equal of the winner comes nearer to its turn; the winner goes to the end.
    private static func takeTurns(
        _ table: inout NodeTable, winner: Slot, rank: Rank, load: Int, share: Int, turns: Int, tried: Tried, now: ContinuousClock.Instant
    ) {
        for slot in 0..<table.entries.count where self.rank(table, slot) == rank && !tried.contains(slot) {
            let own = table.share(slot, now: now)
            if table.entries[slot].inFlight * share == load * own { table.advanceTurn(of: slot, by: own) }
        }
        table.advanceTurn(of: winner, by: -turns)
    }

    private static func rank(_ table: NodeTable, _ slot: Slot) -> Rank {
        if table.entries[slot].hasLeft { return .never }
        switch table.entries[slot].health.standing {
        case .up: return table.entries[slot].member.isDraining ? .draining : .up
        case .suspicious: return table.entries[slot].member.isDraining ? .draining : .suspicious
        case .joining, .down: return .never
        }
    }
}
