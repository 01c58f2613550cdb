// Requests that wait for room: who is next when a place is free, who has waited too long. No sockets, no clock.

/// Those who stick to a node and want it alone come before those whom any node will do, each in the order they came: a person
/// in the middle of something waits less than one who has not begun. Bounded in number and in time.
package struct WaitQueue: Sendable {
    package typealias Ticket = Int

    package struct Options: Sendable, Equatable {
        /// How many may wait on one loop; more are refused.
        package var depth = 1000
        /// How long one may wait.
        package var time = Duration.seconds(5)
        /// How long somebody waits for the node they stick to alone; then any will do.
        package var stickyTime = Duration.seconds(1)
        /// Then: whether they keep their node (false) or stick to the one that serves them (true).
        package var stickyMoves = false
        package init() {}
    }

    private struct Waiter: Sendable {
        var ticket: Ticket
        var slot: Slot?
        var deadline: ContinuousClock.Instant
    }

    private var pinned: [Waiter] = []
    private var others: [Waiter] = []
    private var next = 0
    private let options: Options

    package init(_ options: Options) { self.options = options }

    package var count: Int { pinned.count + others.count }
    package var isEmpty: Bool { pinned.isEmpty && others.isEmpty }

    /// Joins; `slot` is the only node that will do. Nil: too many wait already.
    package mutating func enter(slot: Slot?, until deadline: ContinuousClock.Instant) -> Ticket? {
        guard count < options.depth else { return nil }
        next += 1
        let waiter = Waiter(ticket: next, slot: slot, deadline: deadline)
        if slot == nil { others.append(waiter) } else { pinned.append(waiter) }
        return next
    }

    /// Who gets a place at `slot`; leaves the queue.
    package mutating func admit(to slot: Slot) -> Ticket? {
        if let index = pinned.firstIndex(where: { $0.slot == slot }) { return pinned.remove(at: index).ticket }
        return others.isEmpty ? nil : others.removeFirst().ticket
    }

    /// Leaves without a place; false: it had left before.
    package mutating func leave(_ ticket: Ticket) -> Bool {
        let before = count
        pinned.removeAll { $0.ticket == ticket }
        others.removeAll { $0.ticket == ticket }
        return count < before
    }

    /// Those whose time is over at `now`; they leave.
    package mutating func expired(now: ContinuousClock.Instant) -> [Ticket] {
        let over = (pinned + others).filter { $0.deadline <= now }.map(\.ticket)
        guard !over.isEmpty else { return [] }
        pinned.removeAll { $0.deadline <= now }
        others.removeAll { $0.deadline <= now }
        return over
    }

    package func contains(_ ticket: Ticket) -> Bool { pinned.contains { $0.ticket == ticket } || others.contains { $0.ticket == ticket } }

    /// Everybody, in the order they would be admitted.
    package var tickets: [Ticket] { (pinned + others).map(\.ticket) }
}
