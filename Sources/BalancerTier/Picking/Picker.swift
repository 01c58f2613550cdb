// Chooses the node for a request that sticks to none.
import Control

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
    enum Rank: Int {
        case up
        /// Ramping, with as much as it shall have.
        case ramping
        case suspicious, draining, ejected, never
    }

    /// What a pick goes by besides the table.
    package struct Wish: Sendable {
        package var method = BalancingMethod.leastConnections
        /// What `hashed` spreads by.
        package var key: UInt64 = 0
        /// A node has room for this many requests at once, by a weight of 100; 0: no cap.
        package var perNode = 0
        /// The request seems to come from somebody who will stay: a browser that asks for a page and sticks to no node.
        package var isPerson = false
        package init(method: BalancingMethod = .leastConnections, key: UInt64 = 0, perNode: Int = 0, isPerson: Bool = false) {
            self.method = method
            self.key = key
            self.perNode = perNode
            self.isPerson = isPerson
        }
    }

    /// The best slot, nil when no node may be tried or each is full. Does not count the request: `NodeTable.began` does.
    package static func pick(_ table: inout NodeTable, _ wish: Wish = Wish(), tried: Tried = Tried(), now: ContinuousClock.Instant) -> Slot? {
        switch wish.method {
        case .leastConnections, .roundRobin, .weighted: leastOrTurns(&table, wish, tried, now)
        case .twoChoices: twoChoices(&table, wish, tried, now)
        case .hashed: hashed(&table, wish, tried, now)
        }
    }

    /// Whether some node would be tried if only it had room.
    package static func isFull(_ table: NodeTable, _ wish: Wish, tried: Tried, now: ContinuousClock.Instant) -> Bool {
        wish.perNode > 0 && table.entries.indices.contains { rank(table, $0, now) != .never && !tried.contains($0) && !table.hasRoom($0, wish.perNode, now) }
    }

    // MARK: Least connections, round robin, weighted

    /// Round robin gives each the same number of turns, weighted as many as its weight says, both whatever the load;
    /// least connections by weight among those least loaded.
    private static func leastOrTurns(_ table: inout NodeTable, _ wish: Wish, _ tried: Tried, _ now: ContinuousClock.Instant) -> Slot? {
        let method = wish.method
        var best: Slot?
        var bestRank = Rank.never, bestLoad = 0, bestShare = 1, turns = 0, bestTurn = 0, bestStep = 0
        for slot in 0..<table.entries.count {
            let rank = rank(table, slot, now)
            guard rank != .never, rank.rawValue <= bestRank.rawValue, !tried.contains(slot), table.hasRoom(slot, wish.perNode, now) else { continue }
            let share = table.share(slot, now: now), load = method == .leastConnections ? table.entries[slot].weighed : 0
            // load / share, compared without division
            let difference = rank != bestRank ? -1 : load * bestShare - bestLoad * share
            guard difference <= 0 else { continue }
            let step = step(table, slot, wish, share)
            let turn = table.entries[slot].turn + step
            if difference < 0 {
                turns = step
            } else {
                turns += step
                if turn <= bestTurn { continue }
            }
            (best, bestRank, bestLoad, bestShare, bestTurn, bestStep) = (slot, rank, load, share, turn, step)
        }
        guard let best else { return nil }
        guard turns > bestStep else { return best }
        // Every equal of the winner comes nearer to its turn; the winner goes to the end.
        for slot in 0..<table.entries.count
        where rank(table, slot, now) == bestRank && !tried.contains(slot) && table.hasRoom(slot, wish.perNode, now) {
            let share = table.share(slot, now: now), load = method == .leastConnections ? table.entries[slot].weighed : 0
            if load * bestShare == bestLoad * share { table.advanceTurn(of: slot, by: step(table, slot, wish, share)) }
        }
        table.advanceTurn(of: best, by: -turns)
        return best
    }

    private static func step(_ table: NodeTable, _ slot: Slot, _ wish: Wish, _ share: Int) -> Int {
        switch wish.method {
        case .roundRobin: max(1, share * 1000 / table.entries[slot].fullShare)
        case .weighted: share
        default: !wish.isPerson ? share : max(1, share * table.entries[slot].sessionWeight.lean / SessionWeights.usual)
        }
    }

    static func rank(_ table: NodeTable, _ slot: Slot, _ now: ContinuousClock.Instant) -> Rank {
        if table.entries[slot].hasLeft { return .never }
        switch table.entries[slot].health.standing {
        case .up:
            if table.entries[slot].passive.isEjected { return .ejected }
            if table.entries[slot].isDraining { return .draining }
            return table.entries[slot].ramp.start == nil || table.admits(slot, now: now) ? .up : .ramping
        case .suspicious: return table.entries[slot].isDraining ? .draining : .suspicious
        case .joining, .down: return .never
        }
    }
}

extension NodeTable {
    /// How many requests `slot` may have at once when nodes of weight 100 may have `perNode`; it ramps too.
    func cap(_ slot: Slot, _ perNode: Int, _ now: ContinuousClock.Instant) -> Int { max(1, perNode * share(slot, now: now) / 100_000) }

    func hasRoom(_ slot: Slot, _ perNode: Int, _ now: ContinuousClock.Instant) -> Bool {
        perNode == 0 || entries[slot].load.inFlight < cap(slot, perNode, now)
    }
}
