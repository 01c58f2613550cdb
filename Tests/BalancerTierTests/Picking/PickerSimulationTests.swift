// Fairness, joining and draining over thousands of simulated requests; every run is repeatable from its seed.
import Testing

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

/// Requests arrive at random, last at random, and some people stick to a node.
struct BalancedSite {
    var table = NodeTable()
    var random: Seeded
    let start = ContinuousClock.Instant.now
    var tick = 0  // milliseconds
    var ends: [Int: [Slot]] = [:]
    var sessions: [Slot]
    var served: [Int] = []
    var newSessions: [Int] = []
    var refused = 0
    var mostInFlight: [Int] = []

    init(seed: UInt64, nodes: Int, people: Int) {
        random = Seeded(state: seed)
        sessions = [Slot](repeating: -1, count: people)
        join((0..<nodes).map { "web-\($0)" })
    }

    var now: ContinuousClock.Instant { start + .milliseconds(tick) }

    mutating func join(_ names: [String]) {
        let members = table.entries.filter { !$0.hasLeft }.map(\.member) + names.map { Member(name: $0, address: "unix:/\($0)") }
        for slot in table.apply(members, now: now).joined { _ = table.checked(slot, .passed, now: now) }
        served += [Int](repeating: 0, count: table.entries.count - served.count)
        newSessions = [Int](repeating: 0, count: table.entries.count)
        mostInFlight = [Int](repeating: 0, count: table.entries.count)
    }

    mutating func drain(_ slot: Slot, deadline: Int) {
        var members = table.entries.filter { !$0.hasLeft }.map(\.member)
        members[slot].isDraining = true
        members[slot].drainDeadline = Int64(deadline)
        _ = table.apply(members, now: now)
        newSessions = [Int](repeating: 0, count: table.entries.count)
    }

    /// `rate` requests each millisecond, each lasting 1 to `longest` ms; `sticky` in a hundred come from people who stick.
    mutating func run(milliseconds: Int, rate: Int, longest: Int, sticky: Int) {
        for _ in 0..<milliseconds {
            tick += 1
            for slot in ends.removeValue(forKey: tick) ?? [] { table.ended(slot) }
            for _ in 0..<rate {
                let person = Int.random(in: 0..<100, using: &random) < sticky ? Int.random(in: sessions.indices, using: &random) : nil
                var slot: Slot?
                if let person, sessions[person] >= 0, table.stay(sessions[person], wall: Int64(tick)) == .stay { slot = sessions[person] }
                if slot == nil {
                    slot = Picker.pick(&table, now: now)
                    if let slot, let person { sessions[person] = slot }
                    if let slot { newSessions[slot] += 1 }
                }
                guard let slot else {
                    refused += 1
                    continue
                }
                table.began(slot)
                served[slot] += 1
                mostInFlight[slot] = max(mostInFlight[slot], table.entries[slot].inFlight)
                ends[tick + Int.random(in: 1...longest, using: &random), default: []].append(slot)
            }
        }
    }

    /// The busiest node over the mean.
    var imbalance: Double { Double(served.max() ?? 0) * Double(served.count) / Double(max(1, served.reduce(0, +))) }
}

struct PickerSimulationTests {
    @Test(arguments: UInt64(1)...10)
    func `no node gets more than 1.25 times the mean`(seed: UInt64) {
        for nodes in [2, 3, 7] {
            for sticky in [0, 50, 90] {
                var site = BalancedSite(seed: seed, nodes: nodes, people: 300)
                site.run(milliseconds: 2_000, rate: 4, longest: 20, sticky: sticky)
                #expect(site.imbalance <= 1.25, "\(nodes) nodes, \(sticky) % sticky: \(site.served)")
            }
        }
    }

    @Test(arguments: UInt64(1)...10)
    func `a node that joins under load serves at once, is not flooded, and ends at its share`(seed: UInt64) {
        var site = BalancedSite(seed: seed, nodes: 2, people: 300)
        site.run(milliseconds: 1_000, rate: 4, longest: 20, sticky: 0)
        site.join(["web-new"])
        site.run(milliseconds: 1_000, rate: 4, longest: 20, sticky: 0)
        #expect(site.served[2] > 0)
        #expect(site.mostInFlight[2] <= max(site.mostInFlight[0], site.mostInFlight[1]) / 2, "\(site.mostInFlight)")
        #expect(Double(site.served[2]) <= 4_000 * 0.15)
        site.run(milliseconds: 10_000, rate: 4, longest: 20, sticky: 0)
        let before = site.served
        site.run(milliseconds: 1_000, rate: 4, longest: 20, sticky: 0)
        let share = Double(site.served[2] - before[2]) / 4_000
        #expect((0.28...0.39).contains(share), "\(share)")
    }

    @Test(arguments: UInt64(1)...10)
    func `a draining node takes nobody new, keeps its people until the deadline, then nobody, and nothing is refused`(seed: UInt64) {
        var site = BalancedSite(seed: seed, nodes: 3, people: 100)
        site.run(milliseconds: 1_000, rate: 4, longest: 20, sticky: 60)
        let onIt = site.sessions.filter { $0 == 1 }.count
        #expect(onIt > 10)
        site.drain(1, deadline: 2_000)
        let before = site.served[1]
        site.run(milliseconds: 999, rate: 4, longest: 20, sticky: 60)
        #expect(site.newSessions[1] == 0)
        #expect(site.served[1] > before)
        #expect(site.sessions.filter { $0 == 1 }.count == onIt)
        site.run(milliseconds: 1, rate: 4, longest: 20, sticky: 60)
        let atDeadline = site.served[1]
        site.run(milliseconds: 500, rate: 4, longest: 20, sticky: 60)
        #expect(site.served[1] == atDeadline)
        #expect(site.table.entries[1].inFlight == 0)
        #expect(site.refused == 0)
    }
}
