// Gives the pages one browser asks for at once, before it has a token, to one node.
import Wire

/// A browser that opens its tabs of yesterday asks for several pages at the same moment, each without a valid token: each would
/// get another node, and the last cookie to arrive would win over the sessions the others began. So for a few seconds the pages
/// (not what they embed: that comes after the first answer and its cookie) of one address and browser go where the first went,
/// unless that node already has more than its part. Balancers do not tell each other: over HTTP/2 a browser opens one
/// connection, so all of it is on one of them; over HTTP/1.1 two of them may differ, and then the last cookie wins.
package struct FirstPicks: Sendable {
    private struct Place: Sendable {
        var visitor = 0
        var slot: Slot
        var at: ContinuousClock.Instant
    }

    private static let size = 512
    private var places: [Place?] = []

    package init() {}

    /// Who asks, when it is a browser that asks for a page.
    package static func visitor(_ head: RequestHead, address: String) -> Int? {
        guard head.method == .get, let accept = head.fields.index(of: "accept"), head.fields.valueBytes(at: accept).starts(with: "text/html".utf8)
        else { return nil }
        var hasher = Hasher()
        hasher.combine(address)
        if let agent = head.fields.index(of: "user-agent") { head.fields.valueBytes(at: agent).withUnsafeBytes { hasher.combine(bytes: $0) } }
        return hasher.finalize()
    }

    package func find(_ visitor: Int, now: ContinuousClock.Instant, within limit: Duration) -> Slot? {
        guard !places.isEmpty, let place = places[visitor & (Self.size - 1)], place.visitor == visitor, now - place.at < limit else { return nil }
        return place.slot
    }

    package mutating func remember(_ visitor: Int, _ slot: Slot, now: ContinuousClock.Instant) {
        if places.isEmpty { places = [Place?](repeating: nil, count: Self.size) }
        places[visitor & (Self.size - 1)] = Place(visitor: visitor, slot: slot, at: now)
    }
}

extension NodeTable {
    /// Whether `slot` may get one more although nobody asked who has least: it takes new people and has at most four
    /// requests (the tabs of a browser) more than a quarter above its part.
    func isFair(_ slot: Slot, now: ContinuousClock.Instant) -> Bool {
        guard entries.indices.contains(slot), entries[slot].isUsual, admits(slot, now: now) else { return false }
        var load = 0, shares = 0
        for other in entries.indices where entries[other].isUsual {
            load += entries[other].weighed
            shares += share(other, now: now)
        }
        return (entries[slot].weighed - 4) * shares * 4 <= load * share(slot, now: now) * 5
    }
}
