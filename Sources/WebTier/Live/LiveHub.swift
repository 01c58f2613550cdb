// Wakes the pages that are looked at when what they show has changed: one question to the primary for all of them.
import Engine
import Nodes
import ProcedureClient
import Synchronization
import Wire

/// One per loop. While anybody looks, it waits at the primary data node for what happens next.
final class LiveHub: Sendable {
    /// Somebody who looks at topics, like `ticket/1001`.
    final class Look: Sendable {
        fileprivate struct State {
            var hasNews = false
            var waiter: CheckedContinuation<Void, Never>?
        }
        fileprivate let topics: Set<String>
        fileprivate let state = Mutex(State())
        fileprivate init(_ topics: Set<String>) { self.topics = topics }

        fileprivate func wake(news: Bool) {
            let waiter = state.withLock { state in
                if news { state.hasNews = true }
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }

    /// Looks one loop serves at once; the next page does without.
    static let most = 2000

    private struct State {
        var looks: [ObjectIdentifier: Look] = [:]
        var isAsking = false
    }
    private let node: Node
    private let loop: EventLoop
    private let state = Mutex(State())

    init(node: Node, loop: EventLoop) { (self.node, self.loop) = (node, loop) }

    /// Begins to look: what happens from now on is news. Nil when too many do.
    func begin(_ topics: Set<String>) -> Look? {
        let look = Look(topics)
        let (isTaken, isFirst) = state.withLock { state in
            guard state.looks.count < Self.most else { return (false, false) }
            state.looks[ObjectIdentifier(look)] = look
            defer { state.isAsking = true }
            return (true, !state.isAsking)
        }
        if isFirst { loop.spawn { [self] loop in await ask(on: loop) } }
        return isTaken ? look : nil
    }

    func end(_ look: Look) { _ = state.withLock { $0.looks.removeValue(forKey: ObjectIdentifier(look)) } }

    /// Returns when there is news since the last time, or after a while; whether there is.
    func news(_ look: Look, within time: Duration) async -> Bool {
        let timer = Task { [loop] in
            await loop.sleep(time)
            if !Task.isCancelled { look.wake(news: false) }
        }
        await withCheckedContinuation { waiter in
            let isReady = look.state.withLock { state in
                if !state.hasNews { state.waiter = waiter }
                return state.hasNews
            }
            if isReady { waiter.resume() }
        }
        timer.cancel()
        return look.state.withLock { state in
            defer { state.hasNews = false }
            return state.hasNews
        }
    }

    private func ask(on loop: isolated EventLoop) async {
        let procedures = ProcedureClient(node: node, loop: loop)
        var place: String?
        while true {
            let looks = state.withLock { state in
                if state.looks.isEmpty { state.isAsking = false }
                return Array(state.looks.values)
            }
            if looks.isEmpty { return }
            do throws(Failure) {
                let (next, topics) = try await procedures.happenings(after: place)
                // From the start, and where too much happened to tell, everybody looks once more.
                let all = place == nil || topics == nil, changed = Set(topics ?? [])
                for look in state.withLock({ Array($0.looks.values) }) where all || !look.topics.isDisjoint(with: changed) { look.wake(news: true) }
                place = next
            } catch {
                place = nil
                await loop.sleep(.seconds(1))
            }
        }
    }
}
