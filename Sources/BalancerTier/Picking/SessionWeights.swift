// The part of a node's load that its sessions are, and how much gladlier a node that is short of people is given new ones.

/// People who stick send short requests with long pauses: by requests in flight alone all nodes tie most of the time, and the
/// old ones keep everybody for good. So, once a second:
/// - a node's sessions count as a quarter of what they keep in flight on the average, in whole requests: a node without any has
///   at most a quarter more in flight than its part, however many sessions the others have;
/// - for who looks like a new person, turns among equals are taken by weight times what a node lacks (or has too much) of its
///   share of the sessions, at most twice and at least half: it fills up, and nobody floods it.
struct SessionWeights: Sendable {
    /// Turns in 1/1024 of the usual number.
    static let usual = 1024
    /// Fewer sessions for each node say nothing.
    static let fewest = 8

    /// A moving average of requests in flight, in thousandths.
    private var inFlight = 0

    struct Weight: Sendable, Equatable {
        /// Whole requests.
        var load = 0
        var lean = SessionWeights.usual
    }

    /// `nodes`: sessions (open tunnels among them), requests at work and full share of each that may get new people.
    mutating func weigh(_ nodes: [(sessions: Int, inFlight: Int, share: Int)]) -> [Weight] {
        let total = nodes.reduce(0) { $0 + $1.sessions }, shares = nodes.reduce(0) { $0 + $1.share }
        inFlight += (nodes.reduce(0) { $0 + $1.inFlight } * 1000 - inFlight) / 4
        guard total >= Self.fewest * nodes.count, shares > 0 else { return nodes.map { _ in Weight() } }
        return nodes.map { node in
            let fair = max(1, total * node.share / shares)
            let lean = min(2 * Self.usual, max(Self.usual / 2, fair * Self.usual / max(1, node.sessions)))
            return Weight(load: node.sessions * inFlight / (4000 * total), lean: lean)
        }
    }
}

extension NodeTable {
    /// Takes the sessions seen lately at each slot, and what nodes said of other balancers, into account; call about once a second.
    package mutating func weigh(sessions: [Int]) {
        let slots = entries.indices.filter { entries[$0].isUsual }
        let weights = sessionWeights.weigh(
            slots.map { slot in
                let load = entries[slot].load
                return (sessions: (slot < sessions.count ? sessions[slot] : 0) + load.tunnels, inFlight: load.working, share: entries[slot].fullShare)
            })
        let elsewhere = ElsewhereLoad.counted(slots.map { (elsewhere: entries[$0].elsewhere, share: entries[$0].fullShare) })
        for (index, slot) in slots.enumerated() {
            entries[slot].sessionWeight = weights[index]
            entries[slot].elsewhereLoad = elsewhere[index]
        }
        for slot in entries.indices where slot < sessions.count { entries[slot].sessions = sessions[slot] }
    }
}
