// Nodes that pass their checks and fail people.
import Testing

@testable import BalancerTier

struct PassiveHealthTests {
    private let start = ContinuousClock.Instant.now

    private func table(_ count: Int, _ change: (inout PassiveHealth.Options) -> Void = { _ in }) -> NodeTable {
        var options = PassiveHealth.Options()
        change(&options)
        var table = NodeTable(passive: options)
        _ = table.apply((0..<count).map { Member(name: "web-\($0)", address: "unix:/\($0)") }, now: start)
        for slot in 0..<count { _ = table.checked(slot, .passed, now: start) }
        return table
    }

    private func fail(_ table: inout NodeTable, _ slot: Slot, _ outcome: PassiveHealth.Outcome = .failed, times: Int = 5, at now: ContinuousClock.Instant) -> Bool {
        var ejected = false
        for _ in 0..<times { ejected = table.saw(outcome, at: slot, now: now) || ejected }
        return ejected
    }

    @Test func `five failures in a row eject a node, a good answer between begins anew`() {
        var nodes = table(3)
        let four = fail(&nodes, 0, times: 4, at: start)
        #expect(!four)
        _ = nodes.saw(.good, at: 0, now: start)
        let again = fail(&nodes, 0, times: 4, at: start)
        #expect(!again)
        let fifth = nodes.saw(.failed, at: 0, now: start)
        #expect(fifth)
        for _ in 0..<10 { #expect(Picker.pick(&nodes, now: start) != 0) }
        #expect(nodes.stay(0, wall: 0, now: start) == .borrow, "its people keep it")
        #expect(nodes.entries[0].load.ejections == 1)
    }

    @Test func `server errors eject only while others answer well: what all say is not this node's fault`() {
        var nodes = table(3)
        for slot in 0..<3 { _ = nodes.saw(.error, at: slot, now: start) }
        let all = fail(&nodes, 0, .error, times: 30, at: start)
        #expect(!all)
        _ = nodes.saw(.good, at: 1, now: start)
        let one = nodes.saw(.error, at: 0, now: start)
        #expect(one)
    }

    @Test(arguments: [(1, 0), (2, 1), (3, 1), (4, 2), (7, 3)])
    func `never more than half are ejected, of two one, and never all`(count: Int, most: Int) {
        var nodes = table(count)
        for slot in 0..<count { _ = fail(&nodes, slot, times: 50, at: start) }
        #expect(nodes.entries.filter(\.passive.isEjected).count == most)
        #expect(Picker.pick(&nodes, now: start) != nil)
    }

    @Test func `ejected nodes serve when nobody else is left`() {
        var nodes = table(2)
        _ = fail(&nodes, 0, at: start)
        _ = nodes.checked(1, .refused, now: start)
        #expect(Picker.pick(&nodes, now: start) == 0)
    }

    @Test func `the time grows with each ejection in a row up to its bound, ends with a ramp, and is forgiven after a good while`() {
        var nodes = table(2) { $0.longest = .seconds(25) }
        var now = start + .seconds(60)
        for seconds in [10, 20, 25, 25] {
            let ejected = fail(&nodes, 0, at: now)
            #expect(ejected)
            #expect(nodes.entries[0].passive.ejectedUntil == now + .seconds(seconds))
            #expect(nodes.endEjections(now: now + .seconds(seconds) - .milliseconds(1)).isEmpty)
            now += .seconds(seconds)
            #expect(nodes.endEjections(now: now) == [0])
            #expect(nodes.entries[0].ramp.start == now)
        }
        now += .seconds(3600)
        _ = fail(&nodes, 0, at: now)
        #expect(nodes.entries[0].passive.ejectedUntil == now + .seconds(10))
    }

    @Test func `a node that its checks lose is no longer ejected: it comes back by its checks`() {
        var nodes = table(2)
        _ = fail(&nodes, 0, at: start)
        _ = nodes.checked(0, .refused, now: start)
        #expect(!nodes.entries[0].passive.isEjected)
    }

    @Test func `it can be turned off`() {
        var nodes = table(3) {
            $0.failures = 0
            $0.errors = 0
        }
        let ejected = fail(&nodes, 0, times: 100, at: start)
        #expect(!ejected)
    }

    @Test(arguments: [(500, true), (502, true), (503, true), (504, true), (501, false), (505, false), (429, false), (200, false)])
    func `what a node cannot help is no error`(status: Int, isError: Bool) {
        #expect(PassiveHealth.isError(status) == isError)
    }
}
