// A balancer's choices for one request: which node gets it when it sticks to none, and what its answer says of that node.
import Control
import Engine
import Logging
import Wire

extension Balancer {
    /// The node for a request that sticks to none, nil when there is none. `isNew`: the answer will make the client stick.
    func pick(for exchange: HTTPExchange, tried: Picker.Tried, isNew: Bool) -> Slot? {
        var wish = Picker.Wish(method: options.method, perNode: options.perNode)
        if options.method == .hashed { wish.key = hashKey(of: exchange) }
        guard isNew, tried.isEmpty, let visitor = FirstPicks.visitor(exchange.head, address: exchange.peer.address) else {
            return Picker.pick(&table, wish, tried: tried, now: now)
        }
        wish.isPerson = true
        if let slot = firstPicks.find(visitor, now: now, within: options.firstPick), table.isFair(slot, now: now), table.hasRoom(slot, options.perNode, now) { return slot }
        guard let slot = Picker.pick(&table, wish, tried: tried, now: now) else { return nil }
        firstPicks.remember(visitor, slot, now: now)
        return slot
    }

    /// What `hashed` spreads this request by.
    private func hashKey(of exchange: HTTPExchange) -> UInt64 {
        switch options.hashBy {
        case .path: PickRandom.hash(exchange.head.pathBytes)
        case .address: PickRandom.hash(Balancer.network(of: exchange.peer.address).utf8)
        }
    }

    /// An IPv4 address, or the network of an IPv6 one: a household's browsers change the rest of it every day.
    static func network(of address: String) -> Substring {
        guard address.utf8.contains(UInt8(ascii: ":")) else { return address[...] }
        var colons = 0
        let end = address.utf8.firstIndex { byte in
            if byte == UInt8(ascii: ":") { colons += 1 }
            return colons == 4
        }
        return address[..<(end ?? address.endIndex)]
    }

    /// A request given to `slot` at `begun` was answered to its end.
    func answered(_ slot: Slot, _ status: HTTPStatus?, bytes: Int, begun: ContinuousClock.Instant) {
        table.entries[slot].load.answered(bytes: bytes, in: now - begun)
        let isError = status.map { PassiveHealth.isError($0.code) } ?? false
        if isError || !table.entries[slot].passive.isClean { saw(isError ? .error : .good, at: slot) }
    }

    func saw(_ outcome: PassiveHealth.Outcome, at slot: Slot) {
        guard table.saw(outcome, at: slot, now: now) else { return }
        log.warning(
            "a node is ejected: it passes its checks and fails requests",
            metadata: ["node_name": "\(table.entries[slot].member.name)", "last": "\(outcome)"])
    }

    /// Tokens seen lately, by slot.
    var sessionsLately: [Int] {
        memory.sessions(since: Balancer.wallMilliseconds() / 1000 - NodesReport.lately, slots: table.entries.count)
    }
}
