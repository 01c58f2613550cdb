// The ways to choose, and what counts as load.
import Control
import Nodes
import Testing

@testable import BalancerTier

/// Named for test output.
enum BalancingMethodCase: String, CaseIterable {
    case leastConnections, roundRobin, weighted, twoChoices, hashed
    var method: BalancingMethod {
        switch self {
        case .leastConnections: .leastConnections
        case .roundRobin: .roundRobin
        case .weighted: .weighted
        case .twoChoices: .twoChoices
        case .hashed: .hashed
        }
    }
}

struct MethodTests {
    private let start = ContinuousClock.Instant.now

    private func table(_ weights: [Int], loads: NodeLoads = NodeLoads(), seed: UInt64 = 7) -> NodeTable {
        var table = NodeTable(loads: loads, seed: seed)
        _ = table.apply(weights.enumerated().map { Member(name: "web-\($0)", address: "unix:/\($0)", weight: $1) }, now: start)
        for slot in weights.indices { _ = table.checked(slot, .passed, now: start) }
        return table
    }

    private func counts(_ table: inout NodeTable, _ method: BalancingMethod, picks: Int, keeping: Bool = false, people: Bool = false) -> [Int] {
        var counts = [Int](repeating: 0, count: table.entries.count)
        for key in 0..<picks {
            guard let slot = Picker.pick(&table, .init(method: method, key: PickRandom.hash("\(key)".utf8), isPerson: people), now: start) else { continue }
            counts[slot] += 1
            if keeping { table.began(slot) }
        }
        return counts
    }

    @Test func `round robin gives each as many turns, whatever weight and load`() {
        var nodes = table([300, 100, 100])
        for _ in 0..<50 { nodes.began(2) }
        #expect(counts(&nodes, .roundRobin, picks: 300) == [100, 100, 100])
    }

    @Test func `weighted gives turns by weight, whatever the load`() {
        var nodes = table([300, 100, 100])
        for _ in 0..<50 { nodes.began(0) }
        #expect(counts(&nodes, .weighted, picks: 500) == [300, 100, 100])
    }

    @Test func `two choices keeps nodes nearly even, and takes the weights`() {
        var nodes = table([200, 100, 100])
        let held = counts(&nodes, .twoChoices, picks: 4_000, keeping: true)
        #expect(abs(held[0] - 2_000) < 60 && abs(held[1] - 1_000) < 60 && abs(held[2] - 1_000) < 60, "\(held)")
        var one = table([100])
        #expect(counts(&one, .twoChoices, picks: 3) == [3])
    }

    @Test func `hashed sends a key where it went, and only the share of a new node moves`() {
        var before = table([100, 100, 100]), after = table([100, 100, 100, 100])
        var moved = 0, kept = 0
        for key in 0..<4_000 {
            let wish = Picker.Wish(method: .hashed, key: PickRandom.hash("person \(key)".utf8))
            let old = Picker.pick(&before, wish, now: start), new = Picker.pick(&after, wish, now: start)
            #expect(Picker.pick(&before, wish, now: start) == old)
            if new == 3 { moved += 1 } else if new == old { kept += 1 }
        }
        #expect(moved + kept == 4_000, "nothing moves between nodes that were there")
        #expect((850...1_150).contains(moved), "\(moved)")
    }

    @Test func `hashed passes over a node that has a quarter more than its part`() {
        var nodes = table([100, 100, 100, 100])
        let hot = Picker.Wish(method: .hashed, key: 42)
        for _ in 0..<400 { nodes.began(Picker.pick(&nodes, hot, now: start)!) }
        #expect(nodes.entries.allSatisfy { $0.inFlight <= 126 }, "\(nodes.entries.map(\.inFlight))")
        #expect(nodes.entries.map(\.inFlight).max()! > 110, "and is used up to there")
    }

    @Test func `hashed takes the weights`() {
        var nodes = table([300, 100])
        let spread = counts(&nodes, .hashed, picks: 4_000)
        #expect((2_850...3_150).contains(spread[0]), "\(spread)")
    }

    // MARK: What counts

    @Test func `the loops of a process decide by what all of them sent`() {
        let loads = NodeLoads()
        var one = table([100, 100], loads: loads), other = table([100, 100], loads: loads)
        for _ in 0..<5 { one.began(0) }
        for _ in 0..<4 { #expect(Picker.pick(&other, now: start) == 1) }
        #expect(other.entries[0].inFlight == 5 && other.entries[0].requests == 5)
        for _ in 0..<5 { one.ended(0) }
        #expect(other.entries[0].inFlight == 0)
    }

    @Test func `what other balancers sent counts as the node tells it, smoothed`() {
        var nodes = table([100, 100])
        nodes.began(0)
        _ = nodes.checked(0, .passed, report: LoadReport(inFlight: 9), now: start)
        #expect(nodes.entries[0].elsewhere == 2_000, "a quarter of 9 less our own one")
        for _ in 0..<20 { _ = nodes.checked(0, .passed, report: LoadReport(inFlight: 9), now: start) }
        #expect(nodes.entries[0].elsewhere > 7_900)
        nodes.weigh(sessions: [])
        #expect(nodes.entries[0].elsewhereLoad == 3, "8, less 4 of its part halved and 2 of chance")
        for _ in 0..<4 {
            #expect(Picker.pick(&nodes, now: start) == 1)
            nodes.began(1)
        }
        for _ in 0..<40 { _ = nodes.checked(0, .passed, now: start) }
        #expect(nodes.entries[0].elsewhere < 10, "a node that stops telling is taken at our own word")
    }

    @Test func `of what nodes tell only what is more than chance counts`() {
        #expect(ElsewhereLoad.counted([(900, 100), (100, 100), (0, 100)]) == [0, 0, 0])
        #expect(ElsewhereLoad.counted([(9_000, 100), (7_000, 100), (8_000, 100)]) == [0, 0, 0])
        #expect(ElsewhereLoad.counted([(30_000, 100), (6_000, 100), (6_000, 100)]) == [15, 0, 0])
        #expect(ElsewhereLoad.counted([(12_000, 200), (6_000, 100)]) == [0, 0], "a heavy node is meant to have more")
        #expect(ElsewhereLoad.counted([]) == [])
    }

    @Test func `a node that asks for less weight gets less, one that asks for drain nobody new`() {
        var nodes = table([100, 100])
        _ = nodes.checked(0, .passed, report: LoadReport(weight: 25), now: start)
        #expect(counts(&nodes, .leastConnections, picks: 100) == [20, 80])
        _ = nodes.checked(0, .passed, report: LoadReport(wantsDrain: true), now: start)
        #expect(counts(&nodes, .leastConnections, picks: 10) == [0, 10])
        #expect(nodes.stay(0, wall: .max, now: start) == .stay, "those who stick to it stay: no command set a deadline")
        _ = nodes.checked(0, .passed, now: start)
        #expect(counts(&nodes, .leastConnections, picks: 10) == [5, 5])
    }

    @Test func `a tunnel counts as a session, not as a request that never ends`() {
        var nodes = table([100, 100])
        for _ in 0..<30 {
            nodes.began(0)
            nodes.tunnelled(0, true)
        }
        #expect(nodes.entries[0].inFlight == 30 && nodes.entries[0].tunnels == 30)
        nodes.weigh(sessions: [0, 0])
        let picks = counts(&nodes, .leastConnections, picks: 50, people: true)
        #expect(picks == [10, 40], "the other takes four turns for its one, until they are even: \(picks)")
        #expect(counts(&nodes, .leastConnections, picks: 50) == [25, 25], "programs do not stay anywhere")
    }

    @Test func `for new people a node short of sessions takes up to twice its turns, one with too many down to half`() {
        var nodes = table([100, 100, 100])
        nodes.weigh(sessions: [100, 100, 100])
        #expect(counts(&nodes, .leastConnections, picks: 30, people: true) == [10, 10, 10])
        nodes.weigh(sessions: [150, 150, 0])
        let picks = counts(&nodes, .leastConnections, picks: 300, people: true)
        #expect(picks[2] > 170 && picks[2] < 190, "\(picks)")
        nodes.weigh(sessions: [3, 0, 0])
        #expect(counts(&nodes, .leastConnections, picks: 30, people: true) == [10, 10, 10], "three people say nothing")
    }

    @Test func `however many sessions the others have, a node without any has at most a quarter more than its part`() {
        var nodes = table([100, 100, 100])
        for slot in 0..<2 { for _ in 0..<40 { nodes.began(slot) } }
        for _ in 0..<40 { nodes.weigh(sessions: [100_000, 100_000, 0]) }
        var taken = 0
        while Picker.pick(&nodes, now: start) == 2, taken < 1_000 {
            nodes.began(2)
            taken += 1
        }
        #expect((48...52).contains(taken), "\(taken)")
    }
}
