// Several balancers before several nodes, in simulated time: people who stick, people who do not, nodes that join, slow down, drain
// and die. Everything follows from the seed.
import Nodes

@testable import BalancerTier

/// SplitMix64: small, seeded, the same everywhere.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

struct SimulatedSite {
    struct Node {
        var name: String
        var isAlive = true
        /// How many times as long as usual its requests take.
        var slowness = 1
        var inFlight = 0
        var served = 0
        var mostInFlight = 0
        /// Requests that made somebody stick to it.
        var given = 0
    }

    private struct Ending {
        var balancer: Int
        var slot: Slot
        var node: Int
        /// Which life of the node it belongs to.
        var life: Int
    }

    /// Each a process with counters of its own.
    var balancers: [NodeTable]
    var nodes: [Node] = []
    private var members: [Member] = []
    private var lives: [Int] = []
    private var random: Seeded
    private let start = ContinuousClock.Instant.now
    private(set) var tick = 0  // milliseconds
    private var ends: [Int: [Ending]] = [:]
    /// Which node somebody's token names, and when they were last seen.
    private(set) var people: [(node: Int?, seen: Int)]
    private(set) var moves = 0
    private(set) var failed = 0
    private(set) var requests = 0
    var wish = Picker.Wish()

    init(seed: UInt64, balancers count: Int = 1, nodes names: Int, people: Int) {
        random = Seeded(state: seed)
        self.people = [(node: Int?, seen: Int)](repeating: (nil, -1_000_000), count: people)
        balancers = (0..<count).map { NodeTable(seed: seed &+ UInt64($0)) }
        for number in 0..<names { join("web-\(number)") }
    }

    var now: ContinuousClock.Instant { start + .milliseconds(tick) }

    mutating func join(_ name: String, weight: Int = 100) {
        nodes.append(Node(name: name))
        lives.append(0)
        members.append(Member(name: name, address: "unix:/\(name)", weight: weight))
        tell()
        for index in balancers.indices { check(index) }
    }

    /// No new people; those on it until `deadline` (milliseconds of simulated time).
    mutating func drain(_ name: String, deadline: Int) {
        guard let index = members.firstIndex(where: { $0.name == name }) else { return }
        members[index].isDraining = true
        members[index].drainDeadline = Int64(deadline)
        tell()
    }

    mutating func kill(_ node: Int) {
        nodes[node].isAlive = false
        lives[node] += 1
        nodes[node].inFlight = 0
    }

    mutating func revive(_ node: Int) {
        nodes[node].isAlive = true
    }

    mutating func forgetCounts() {
        for index in nodes.indices {
            nodes[index].served = 0
            nodes[index].given = 0
            nodes[index].mostInFlight = nodes[index].inFlight
        }
        moves = 0
        requests = 0
    }

    private mutating func tell() {
        for index in balancers.indices { _ = balancers[index].apply(members, now: now) }
    }

    private mutating func check(_ balancer: Int) {
        for slot in balancers[balancer].checksDue(now: now) {
            guard let node = nodes.firstIndex(where: { $0.name == balancers[balancer].entries[slot].member.name }) else { continue }
            let check: NodeHealth.Check = nodes[node].isAlive ? .passed : .refused
            _ = balancers[balancer].checked(slot, check, report: LoadReport(inFlight: nodes[node].inFlight), now: now)
        }
    }

    /// What each balancer does about once a second, not all at the same moment.
    private mutating func upkeep(_ balancer: Int) {
        guard (tick + balancer * 331) % 1000 == 0 else { return }
        var sessions = [Int](repeating: 0, count: balancers[balancer].entries.count)
        for person in people {
            guard let node = person.node, tick - person.seen < 300_000, let slot = balancers[balancer].slot(named: nodes[node].name) else { continue }
            sessions[slot] += 1
        }
        balancers[balancer].weigh(sessions: sessions)
        balancers[balancer].endRamps(now: now)
        _ = balancers[balancer].endEjections(now: now)
    }

    /// `rate` requests each millisecond, each lasting 1 to `longest` ms; `sticky` in a hundred come from people who stick.
    mutating func run(milliseconds: Int, rate: Int, longest: Int, sticky: Int) {
        for _ in 0..<milliseconds {
            tick += 1
            for ending in ends.removeValue(forKey: tick) ?? [] {
                balancers[ending.balancer].ended(ending.slot)
                if lives[ending.node] == ending.life { nodes[ending.node].inFlight -= 1 }
            }
            for balancer in balancers.indices {
                check(balancer)
                upkeep(balancer)
            }
            for _ in 0..<rate {
                let person = Int.random(in: 0..<100, using: &random) < sticky ? Int.random(in: people.indices, using: &random) : nil
                request(person, at: Int.random(in: balancers.indices, using: &random), lasting: Int.random(in: 1...longest, using: &random))
            }
        }
    }

    private mutating func request(_ person: Int?, at balancer: Int, lasting: Int) {
        requests += 1
        var tried = Picker.Tried()
        var stuck: Slot?
        var borrows = false
        if let person, let node = people[person].node, let slot = balancers[balancer].slot(named: nodes[node].name) {
            switch balancers[balancer].stay(slot, wall: Int64(tick), now: now) {
            case .stay: stuck = slot
            case .borrow: borrows = true
            case .move: break
            }
        }
        if let person { people[person].seen = tick }
        var wish = wish
        wish.isPerson = person != nil
        while true {
            guard let slot = (tried.isEmpty ? stuck : nil) ?? Picker.pick(&balancers[balancer], wish, tried: tried, now: now) else {
                failed += 1
                return
            }
            let name = balancers[balancer].entries[slot].member.name
            guard let node = nodes.firstIndex(where: { $0.name == name }), nodes[node].isAlive else {
                // Nobody listens there: the next node, and a check at once.
                _ = balancers[balancer].connectionFailed(slot, now: now)
                tried.insert(slot)
                continue
            }
            if let person, !borrows, slot != stuck || !tried.isEmpty {
                if people[person].node != nil { moves += 1 }
                people[person].node = node
                nodes[node].given += 1
            }
            balancers[balancer].began(slot)
            nodes[node].inFlight += 1
            nodes[node].served += 1
            nodes[node].mostInFlight = max(nodes[node].mostInFlight, nodes[node].inFlight)
            ends[tick + lasting * nodes[node].slowness, default: []].append(Ending(balancer: balancer, slot: slot, node: node, life: lives[node]))
            return
        }
    }

    /// The busiest of the nodes that live over their mean.
    var imbalance: Double {
        let served = nodes.filter(\.isAlive).map(\.served)
        return Double(served.max() ?? 0) * Double(served.count) / Double(max(1, served.reduce(0, +)))
    }

    func share(_ node: Int) -> Double { Double(nodes[node].served) / Double(max(1, requests)) }

    /// The most sessions any node has over the mean.
    var sessionImbalance: Double {
        let counts = nodes.indices.filter { nodes[$0].isAlive }.map { node in people.count { $0.node == node } }
        return Double(counts.max() ?? 0) * Double(counts.count) / Double(max(1, counts.reduce(0, +)))
    }
}
