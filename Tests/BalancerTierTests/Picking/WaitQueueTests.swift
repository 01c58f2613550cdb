// Who waits for room, for how long, and who is next.
import Testing

@testable import BalancerTier

struct WaitQueueTests {
    private let start = ContinuousClock.Instant.now

    private func queue(_ change: (inout WaitQueue.Options) -> Void = { _ in }) -> WaitQueue {
        var options = WaitQueue.Options()
        change(&options)
        return WaitQueue(options)
    }

    private func enter(_ queue: inout WaitQueue, slot: Slot?, until deadline: ContinuousClock.Instant) -> WaitQueue.Ticket {
        queue.enter(slot: slot, until: deadline) ?? -1
    }

    @Test func `who wants that node alone comes before who will take any, each in their order`() {
        var queue = queue()
        let any1 = enter(&queue, slot: nil, until: start + .seconds(5))
        let any2 = enter(&queue, slot: nil, until: start + .seconds(5))
        let one = enter(&queue, slot: 1, until: start + .seconds(5))
        let two = enter(&queue, slot: 2, until: start + .seconds(5))
        #expect(queue.tickets == [one, two, any1, any2])
        let admitted = [queue.admit(to: 1), queue.admit(to: 1), queue.admit(to: 2), queue.admit(to: 1), queue.admit(to: 1)]
        #expect(admitted == [one, any1, two, any2, nil])
        #expect(queue.isEmpty)
    }

    @Test func `it is bounded in number`() {
        var queue = queue { $0.depth = 2 }
        let tickets = [queue.enter(slot: nil, until: start), queue.enter(slot: 1, until: start), queue.enter(slot: 1, until: start)]
        #expect(tickets[0] != nil && tickets[1] != nil && tickets[2] == nil)
        var closed = self.queue { $0.depth = 0 }
        let none = closed.enter(slot: nil, until: start)
        #expect(none == nil)
    }

    @Test func `whose time is over leaves, and whoever left is not admitted`() {
        var queue = queue()
        let short = enter(&queue, slot: 1, until: start + .seconds(1))
        let long = enter(&queue, slot: nil, until: start + .seconds(5))
        let gone = enter(&queue, slot: nil, until: start + .seconds(5))
        let left = queue.leave(gone)
        let again = queue.leave(gone)
        #expect(left && !again && !queue.contains(gone))
        let early = queue.expired(now: start + .milliseconds(999)), due = queue.expired(now: start + .seconds(1))
        #expect(early.isEmpty && due == [short])
        let next = queue.admit(to: 1)
        #expect(next == long)
    }

    @Test func `a cap is by weight and ramps`() {
        var nodes = NodeTable()
        _ = nodes.apply([Member(name: "a", address: "unix:/a"), Member(name: "b", address: "unix:/b", weight: 300)], now: start)
        for slot in 0..<2 { _ = nodes.checked(slot, .passed, now: start) }
        #expect(nodes.cap(0, 10, start) == 10 && nodes.cap(1, 10, start) == 30)
        let begun = (0..<10).map { _ in nodes.tryBegin(0, below: 10) }
        #expect(begun.allSatisfy { $0 })
        let beyond = nodes.tryBegin(0, below: 10)
        #expect(!beyond)
        #expect(Picker.pick(&nodes, .init(perNode: 10), now: start) == 1)
        for _ in 0..<30 { nodes.began(1) }
        #expect(Picker.pick(&nodes, .init(perNode: 10), now: start) == nil)
        #expect(Picker.isFull(nodes, .init(perNode: 10), tried: .init(), now: start))
        #expect(!Picker.isFull(nodes, .init(), tried: .init(), now: start))
        _ = nodes.checked(0, .refused, now: start + .seconds(60))
        for _ in 0..<2 { _ = nodes.checked(0, .passed, now: start + .seconds(60)) }
        #expect(nodes.cap(0, 10, start + .seconds(60)) == 1)
        #expect(nodes.cap(0, 10, start + .seconds(65)) == 5)
    }
}
