// Who gets the next request.
import Testing

@testable import BalancerTier

struct PickerTests {
    private let start = ContinuousClock.Instant.now

    /// A table of nodes with these weights, all up and at full share.
    private func table(_ weights: [Int]) -> NodeTable {
        var table = NodeTable()
        _ = table.apply(weights.enumerated().map { Member(name: "web-\($0)", address: "unix:/\($0)", weight: $1) }, now: start)
        for slot in weights.indices { _ = table.checked(slot, .passed, now: start) }
        return table
    }

    @Test func `idle equals take turns`() {
        var nodes = table([100, 100, 100])
        let picks = (0..<9).map { _ in Picker.pick(&nodes, now: start) }
        for slot in 0..<3 { #expect(picks.filter { $0 == slot }.count == 3) }
        #expect(Set(picks[0..<3]).count == 3)
    }

    @Test func `idle nodes take turns by weight`() {
        var nodes = table([300, 100])
        var counts = [0, 0]
        for _ in 0..<400 { counts[Picker.pick(&nodes, now: start)!] += 1 }
        #expect(counts == [300, 100])
    }

    @Test func `the node with least in flight over weight wins`() {
        var nodes = table([100, 100, 200])
        for _ in 0..<2 { nodes.began(0) }
        nodes.began(1)
        for _ in 0..<3 { nodes.began(2) }
        #expect(Picker.pick(&nodes, now: start) == 1)  // 2/100, 1/100, 3/200
        nodes.began(1)
        #expect(Picker.pick(&nodes, now: start) == 2)  // 2/100, 2/100, 3/200
        nodes.ended(0)
        nodes.ended(0)
        #expect(Picker.pick(&nodes, now: start) == 0)
    }

    @Test func `a node tried before is not picked again`() {
        var nodes = table([100, 100])
        var tried = Picker.Tried()
        tried.insert(0)
        for _ in 0..<5 { #expect(Picker.pick(&nodes, tried: tried, now: start) == 1) }
        tried.insert(1)
        #expect(Picker.pick(&nodes, tried: tried, now: start) == nil)
        var far = Picker.Tried()
        far.insert(100)
        #expect(far.contains(100) && !far.contains(36) && !far.contains(99))
    }

    @Test func `a suspicious node serves only when none is up, a node that is down never`() {
        var nodes = table([100, 100])
        _ = nodes.connectionFailed(0, now: start)
        for _ in 0..<5 { #expect(Picker.pick(&nodes, now: start) == 1) }
        _ = nodes.checked(1, .refused, now: start)
        #expect(Picker.pick(&nodes, now: start) == 0)
        _ = nodes.checked(0, .refused, now: start)
        #expect(Picker.pick(&nodes, now: start) == nil)
    }

    @Test func `a draining node gets new people only when there is no other`() {
        var nodes = table([100, 100])
        var members = nodes.entries.map(\.member)
        members[0].isDraining = true
        _ = nodes.apply(members, now: start)
        for _ in 0..<5 { #expect(Picker.pick(&nodes, now: start) == 1) }
        _ = nodes.checked(1, .refused, now: start)
        #expect(Picker.pick(&nodes, now: start) == 0)
    }

    @Test func `people who stick stay on a draining node until its deadline`() {
        var nodes = table([100, 100])
        var members = nodes.entries.map(\.member)
        members[0].isDraining = true
        members[0].drainDeadline = 1_000
        _ = nodes.apply(members, now: start)
        #expect(nodes.stay(0, wall: 999, now: start) == .stay)
        #expect(nodes.stay(0, wall: 1_000, now: start) == .move)
        _ = nodes.connectionFailed(1, now: start)
        #expect(nodes.stay(1, wall: 0, now: start) == .borrow)
        _ = nodes.checked(1, .refused, now: start)
        #expect(nodes.stay(1, wall: 0, now: start) == .move)
    }

    @Test func `at the deadline what is only read moves, what was filled in still reaches its node until that is drained`() {
        var nodes = table([100, 100])
        var members = nodes.entries.map(\.member)
        members[0].isDraining = true
        members[0].drainDeadline = 1_000
        _ = nodes.apply(members, now: start)
        #expect(nodes.stay(0, wall: 1_000, isSafe: true, now: start) == .move)
        #expect(nodes.stay(0, wall: 1_000, isSafe: false, now: start) == .stay)
        members[0].drainDeadline = 0
        _ = nodes.apply(members, now: start)
        #expect(nodes.stay(0, wall: 1_000, isSafe: false, now: start) == .move)
    }

    @Test func `a node that joins others begins with a tenth and reaches its share`() {
        var nodes = table([100])
        let start = start + .seconds(60)
        _ = nodes.apply(nodes.entries.map(\.member) + [Member(name: "web-9", address: "unix:/9")], now: start)
        #expect(nodes.checked(1, .passed, now: start) == .admitted)
        var counts = [0, 0]
        for _ in 0..<110 { counts[Picker.pick(&nodes, now: start)!] += 1 }
        #expect(counts == [100, 10])
        counts = [0, 0]
        for _ in 0..<150 { counts[Picker.pick(&nodes, now: start + .seconds(5))!] += 1 }
        #expect(counts == [100, 50])
        counts = [0, 0]
        for _ in 0..<100 { counts[Picker.pick(&nodes, now: start + .seconds(10))!] += 1 }
        #expect(counts == [50, 50])
    }

    @Test func `the nodes a balancer starts with do not ramp`() {
        let nodes = table([100, 100])
        #expect(nodes.entries.allSatisfy { $0.ramp.start == nil })
    }

    @Test func `a node that left is never picked, its slot is used again once nothing is in flight`() {
        var nodes = table([100, 100])
        nodes.began(0)
        let changes = nodes.apply([nodes.entries[1].member], now: start)
        #expect(changes.stale == [0])
        for _ in 0..<3 { #expect(Picker.pick(&nodes, now: start) == 1) }
        let other = Member(name: "web-7", address: "unix:/7")
        #expect(nodes.apply([nodes.entries[1].member, other], now: start).joined == [2])
        nodes.ended(0)
        let third = Member(name: "web-8", address: "unix:/8")
        #expect(nodes.apply([nodes.entries[1].member, other, third], now: start).joined == [0])
    }

    @Test func `counters survive a change of the fleet (HAProxy 1282)`() {
        var nodes = table([100, 100])
        nodes.began(1)
        _ = nodes.apply(nodes.entries.map(\.member) + [Member(name: "web-9", address: "unix:/9")], now: start)
        #expect(nodes.entries[1].inFlight == 1)
        #expect(nodes.entries[1].requests == 1)
        #expect(nodes.entries[1].health.standing == .up)
    }

    @Test func `a node at a new address is another node`() {
        var nodes = table([100])
        let changes = nodes.apply([Member(name: "web-0", address: "unix:/new")], now: start)
        #expect(changes == .init(joined: [0], stale: [0]))
        #expect(nodes.entries[0].health.standing == .joining)
    }
}
