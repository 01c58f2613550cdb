// How a node grows into its share, and when it need not.
import Testing

@testable import BalancerTier

struct RampTests {
    private let start = ContinuousClock.Instant.now

    private func table(_ names: String...) -> NodeTable {
        var table = NodeTable()
        _ = table.apply(names.map { Member(name: $0, address: "unix:/\($0)") }, now: start)
        for slot in names.indices { _ = table.checked(slot, .passed, now: start) }
        return table
    }

    private func down(_ table: inout NodeTable, _ slot: Slot, now: ContinuousClock.Instant) { _ = table.checked(slot, .refused, now: now) }

    private func up(_ table: inout NodeTable, _ slot: Slot, now: ContinuousClock.Instant) {
        for _ in 0..<2 { _ = table.checked(slot, .passed, now: now) }
    }

    @Test func `nodes that come up together are all cold: nobody ramps, also after everything was down`() {
        var nodes = table("web-1", "web-2", "web-3")
        #expect(nodes.entries.allSatisfy { $0.ramp.start == nil })
        let later = start + .seconds(100)
        for slot in 0..<3 { down(&nodes, slot, now: later) }
        up(&nodes, 0, now: later + .seconds(5))
        up(&nodes, 1, now: later + .milliseconds(6500))
        #expect(nodes.entries[0].ramp.start == nil && nodes.entries[1].ramp.start == nil)
        up(&nodes, 2, now: later + .seconds(8))
        #expect(nodes.entries[2].ramp.start == later + .seconds(8), "the first has been at work for a while")
    }

    @Test func `a node lost while it ramps begins anew when it is back`() {
        var nodes = table("web-1", "web-2")
        let lost = start + .seconds(60)
        down(&nodes, 1, now: lost)
        up(&nodes, 1, now: lost + .seconds(1))
        #expect(nodes.share(1, now: lost + .seconds(6)) == 50_000)
        down(&nodes, 1, now: lost + .seconds(6))
        up(&nodes, 1, now: lost + .seconds(7))
        #expect(nodes.share(1, now: lost + .seconds(7)) == 10_000)
        #expect(nodes.share(1, now: lost + .seconds(17)) == 100_000)
    }

    @Test func `a process replaced between two checks ramps too`() {
        var nodes = table("web-1", "web-2")
        var members = nodes.entries.map(\.member)
        members[1].pid = 10
        _ = nodes.apply(members, now: start)
        #expect(nodes.entries[1].ramp.start == nil, "its process became known, it is no other")
        members[1].pid = 11
        _ = nodes.apply(members, now: start + .seconds(30))
        #expect(nodes.entries[1].ramp.start != nil)
    }

    @Test func `admission ramps: however empty, it has at once no more than its part of what the others have`() {
        var nodes = table("web-1", "web-2")
        for _ in 0..<40 { nodes.began(0) }
        let lost = start + .seconds(60)
        down(&nodes, 1, now: lost)
        up(&nodes, 1, now: lost)
        // The others' people who stick to it come back at once, and do not ask for its share.
        var inside = 0
        while nodes.stay(1, wall: 0, now: lost) == .stay, inside < 100 {
            nodes.began(1)
            inside += 1
        }
        #expect(inside == 4, "a tenth of 40")
        #expect(nodes.stay(1, wall: 0, now: lost) == .borrow, "they keep it and are served elsewhere for now")
        while nodes.stay(1, wall: 0, now: lost + .seconds(5)) == .stay, inside < 100 {
            nodes.began(1)
            inside += 1
        }
        #expect(inside == 20)
        #expect(nodes.stay(1, wall: 0, now: lost + .seconds(10)) == .stay)
    }

    @Test(arguments: [BalancingMethodCase.leastConnections, .roundRobin, .weighted, .twoChoices, .hashed])
    func `no method goes beyond its admission while another node is there`(method: BalancingMethodCase) {
        var nodes = table("web-1", "web-2")
        for _ in 0..<20 { nodes.began(0) }
        let lost = start + .seconds(60)
        down(&nodes, 1, now: lost)
        up(&nodes, 1, now: lost)
        for key in 0..<200 {
            guard let slot = Picker.pick(&nodes, .init(method: method.method, key: UInt64(key)), now: lost) else { continue }
            nodes.began(slot)
        }
        #expect(nodes.entries[1].inFlight * 10 <= nodes.entries[0].inFlight + 10, "\(nodes.entries.map(\.inFlight))")
        down(&nodes, 0, now: lost)
        #expect(Picker.pick(&nodes, .init(method: method.method), now: lost) == 1, "but alone it takes what comes")
    }

    @Test func `a ramp that is over is forgotten`() {
        var nodes = table("web-1", "web-2")
        down(&nodes, 1, now: start + .seconds(60))
        up(&nodes, 1, now: start + .seconds(60))
        nodes.endRamps(now: start + .seconds(69))
        #expect(nodes.entries[1].ramp.start != nil)
        nodes.endRamps(now: start + .seconds(70))
        #expect(nodes.entries[1].ramp.start == nil)
    }
}
