// Takes a place at a node for a request; where nodes have a cap and all are full, waits for one.
import Engine
import Wire

/// What came of looking for a place.
enum Placement {
    /// The place is taken; give it back by `Balancer.giveBack`.
    case at(Slot)
    /// No node may be tried.
    case none
    case refused(Failure)
    /// The client left while it waited.
    case gone
}

/// Somebody who waits on this loop.
struct Waiting {
    enum Answer { case admitted(Slot), timedOut, gone }
    let exchange: HTTPExchange
    let slot: Slot?
    let continuation: UnsafeContinuation<Answer, Never>
}

extension Balancer {
    /// Without a cap: the wished node, else the best. Never waits.
    func place(_ wished: Slot?, _ exchange: HTTPExchange, tried: Picker.Tried, isNew: Bool) -> Placement {
        guard let slot = wished ?? pick(for: exchange, tried: tried, isNew: isNew) else { return .none }
        table.began(slot)
        return .at(slot)
    }

    /// With a cap. Who sticks to a full node waits for it for `stickyTime`, then like everybody for any.
    func admit(_ wished: Slot?, _ exchange: HTTPExchange, tried: Picker.Tried, isNew: Bool, waited: inout Duration, _ bound: LoopBound<Balancer>) async -> Placement {
        let begun = now
        defer { waited += now - begun }
        if let wished {
            if take(wished) { return .at(wished) }
            switch await wait(for: wished, exchange, until: begun + min(options.queue.stickyTime, options.queue.time), bound) {
            case .admitted(let slot): return .at(slot)
            case .gone: return .gone
            case .timedOut: break
            case nil: return .refused(Balancer.queueFull(after: options.retryAfter))
            }
        }
        // Nobody passes those who wait already.
        if queue.isEmpty {
            while let slot = pick(for: exchange, tried: tried, isNew: isNew) { if take(slot) { return .at(slot) } }
            guard Picker.isFull(table, Picker.Wish(perNode: options.perNode), tried: tried, now: now) else { return .none }
        }
        switch await wait(for: nil, exchange, until: begun + options.queue.time, bound) {
        case .admitted(let slot): return .at(slot)
        case .gone: return .gone
        case .timedOut, nil: return .refused(Balancer.queueFull(after: options.retryAfter))
        }
    }

    private func take(_ slot: Slot) -> Bool { table.tryBegin(slot, below: table.cap(slot, options.perNode, now)) }

    /// The request has ended: its place is the next one's.
    func giveBack(_ slot: Slot) {
        table.ended(slot)
        if !queue.isEmpty { fill(slot) }
    }

    /// Gives the free places of `slot` to those who wait.
    private func fill(_ slot: Slot) {
        guard Picker.rank(table, slot, now) != .never else { return }
        while !queue.isEmpty, take(slot) {
            guard let ticket = queue.admit(to: slot) else { return table.notBegun(slot) }
            answer(ticket, .admitted(slot))
        }
    }

    private func answer(_ ticket: WaitQueue.Ticket, _ answer: Waiting.Answer) {
        guard let waiting = waiters.removeValue(forKey: ticket) else {
            // It is about to wait and will see that it need not; its place is for the next.
            if case .admitted(let slot) = answer { table.notBegun(slot) }
            return
        }
        if let slot = waiting.slot { table.entries[slot].load.queuedChanged(by: -1) }
        waiting.continuation.resume(returning: answer)
    }

    /// Nil: too many wait.
    private func wait(for slot: Slot?, _ exchange: HTTPExchange, until deadline: ContinuousClock.Instant, _ bound: LoopBound<Balancer>) async -> Waiting.Answer? {
        guard let ticket = queue.enter(slot: slot, until: deadline) else { return nil }
        if let slot { table.entries[slot].load.queuedChanged(by: 1) }
        if !isWatchingQueue { watchQueue(bound) }
        return await withUnsafeContinuation { continuation in
            guard queue.contains(ticket) else { return continuation.resume(returning: .timedOut) }
            waiters[ticket] = Waiting(exchange: exchange, slot: slot, continuation: continuation)
        }
    }

    /// While somebody waits: who left, whose time is over, and places that became free otherwise (a node that is back, another loop).
    private func watchQueue(_ bound: LoopBound<Balancer>) {
        isWatchingQueue = true
        bound.loop.spawn { loop in await bound.get(on: loop).keepQueue(on: loop) }
    }

    private func keepQueue(on loop: isolated EventLoop) async {
        while !queue.isEmpty {
            await loop.sleep(.milliseconds(10))
            for ticket in queue.tickets where waiters[ticket]?.exchange.clientHasLeft == true && queue.leave(ticket) {
                refusals["client-gone", default: 0] += 1
                answer(ticket, .gone)
            }
            for ticket in queue.expired(now: now) { answer(ticket, .timedOut) }
            for slot in table.entries.indices where !queue.isEmpty { fill(slot) }
        }
        isWatchingQueue = false
    }

    static func queueFull(after seconds: Int) -> Failure {
        Failure(
            whose: .upstream, retry: .after(seconds: seconds), status: 503, code: "queue-full",
            reason: "More people than the nodes can serve at once are waiting.", hint: "Nothing was changed. Try again in \(seconds) seconds.")
    }
}
