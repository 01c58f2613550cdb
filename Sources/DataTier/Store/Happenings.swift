// What has just changed, for pages that are looked at right now: kept in memory, lost with the node, never what anybody relies on.
import Digests
import Engine
import Synchronization
import Wire

/// The last things that happened on this primary, numbered; whoever waits for the next is woken at once.
final class Happenings: Sendable {
    struct Batch: Sendable, Equatable {
        /// Where to go on: of this process, so that another's numbers are never taken for ours.
        var next: String
        /// Topics like `ticket/1001`; nil when too much happened to tell: everything may have changed.
        var topics: [String]?
    }

    private static let kept = 1000

    private struct State {
        /// The number of the first topic.
        var first = 1
        var topics: [String] = []
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
        var next: Int { first + topics.count }
    }
    private let state = Mutex(State())
    private let process = Identifier.make()

    func tell(_ topics: [String]) {
        guard !topics.isEmpty else { return }
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.topics += topics
            let surplus = state.topics.count - Self.kept
            if surplus > 0 {
                state.topics.removeFirst(surplus)
                state.first += surplus
            }
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// What happened after a place, nil when nothing did. Without a place: where things stand.
    func since(_ place: String?) -> Batch? {
        state.withLock { state in
            let next = "\(process).\(state.next)"
            guard let place else { return Batch(next: next, topics: []) }
            let parts = place.split(separator: ".")
            guard parts.count == 2, parts[0] == process, let after = Int(parts[1]), after >= state.first, after <= state.next else { return Batch(next: next, topics: nil) }
            guard after < state.next else { return nil }
            var seen: Set<String> = []
            return Batch(next: next, topics: state.topics[(after - state.first)...].filter { seen.insert($0).inserted })
        }
    }

    private func isCurrent(_ place: String?, _ state: borrowing State) -> Bool { place == "\(process).\(state.next)" }

    /// The same, waiting until something happens, at most so long.
    func wait(after place: String?, on loop: EventLoop, atMost: Duration) async -> Batch {
        if let batch = since(place) { return batch }
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let timer = Task { [self] in
            await loop.sleep(atMost)
            release(id)
        }
        await withCheckedContinuation { waiter in
            let isLate = state.withLock { state -> Bool in
                // Something may have happened since the look above.
                guard isCurrent(place, state) else { return true }
                state.waiters[id] = waiter
                return false
            }
            if isLate { waiter.resume() }
        }
        timer.cancel()
        return since(place) ?? Batch(next: place ?? "", topics: [])
    }

    private func release(_ id: Int) { state.withLock { $0.waiters.removeValue(forKey: id) }?.resume() }
}

/// Who of staff has a ticket before them: forgotten a while after they last said so.
final class TicketPresence: Sendable {
    static let life = Duration.seconds(45)

    private struct Looker {
        var name: String
        var seen: Timestamp
    }
    private let tickets = Mutex<[Int: [String: Looker]]>([:])

    /// Notes that somebody looks; true when they did not a moment ago.
    func note(_ ticket: Int, _ person: String, _ name: String, at now: Timestamp) -> Bool {
        tickets.withLock { tickets in
            if tickets.count > 10_000 { tickets = tickets.filter { $0.value.contains { $0.value.seen.adding(Self.life) > now } } }
            let before = tickets[ticket]?[person]
            tickets[ticket, default: [:]][person] = Looker(name: name, seen: now)
            return before.map { $0.seen.adding(Self.life) <= now } ?? true
        }
    }

    func leave(_ ticket: Int, _ person: String) -> Bool {
        tickets.withLock { tickets in
            defer { if tickets[ticket]?.isEmpty == true { tickets[ticket] = nil } }
            return tickets[ticket]?.removeValue(forKey: person) != nil
        }
    }

    /// The others, by name.
    func others(_ ticket: Int, beside person: String, at now: Timestamp) -> [String] {
        tickets.withLock { tickets in
            (tickets[ticket] ?? [:]).filter { $0.key != person && $0.value.seen.adding(Self.life) > now }.map(\.value.name).sorted()
        }
    }
}
