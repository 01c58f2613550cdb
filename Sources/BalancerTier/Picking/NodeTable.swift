// The nodes a balancer chooses among, as a value: who they are, how they stand, how much each is doing now.

/// A member of the fleet as a balancer needs it.
package struct Member: Sendable, Equatable {
    package var name: String
    /// `unix:PATH` or `host:port`.
    package var address: String
    /// Somebody's own application instead of a web node of ours.
    package var isOrigin: Bool
    /// The path that tells whether an origin is well; nil: it is when it accepts a connection.
    package var check: String?
    /// Its share of the requests relative to the others.
    package var weight: Int
    /// Takes no new people; those who stick to it stay until `drainDeadline`.
    package var isDraining: Bool
    /// UTC, milliseconds since 1970; nil: no deadline.
    package var drainDeadline: Int64?
    /// Tells a restarted process from the old one.
    package var pid: Int?

    package init(
        name: String, address: String, isOrigin: Bool = false, check: String? = nil, weight: Int = 100, isDraining: Bool = false,
        drainDeadline: Int64? = nil, pid: Int? = nil
    ) {
        self.name = name
        self.address = address
        self.isOrigin = isOrigin
        self.check = check
        self.weight = weight
        self.isDraining = isDraining
        self.drainDeadline = drainDeadline
        self.pid = pid
    }
}

/// A place in the table. It keeps its meaning as long as a request to that node is in flight.
package typealias Slot = Int

package struct NodeTable: Sendable {
    package struct Entry: Sendable {
        package var member: Member
        package var health: NodeHealth
        /// Requests sent and not yet answered to the end, those waiting for a connection included.
        package var inFlight = 0
        /// Of those, tunnels and event streams: long, and seldom at work.
        package var tunnels = 0
        /// Requests ever given to it.
        package var requests = 0
        /// Requests that failed at it.
        package var failures = 0
        /// When it began to ramp up to its share; nil when it has it.
        package var rampStart: ContinuousClock.Instant?
        /// Left the fleet; the slot is free once nothing is in flight.
        package var hasLeft = false
        /// Was there when the balancer started: everybody is new then, so nobody ramps.
        package var isFounding: Bool
        /// A check is under way.
        package var isBeingChecked = false
        /// Counts who has had this slot, so that a late check of the last one is not taken for one of this.
        package var tenancy = 0
        /// Where smooth weighted round robin stands for this node.
        var turn = 0
    }

    /// What `apply` changed.
    package struct Changes: Sendable, Equatable {
        package var joined: [Slot] = []
        /// Slots whose node is no longer there or no longer the same; connections and memories of it are stale.
        package var stale: [Slot] = []
    }

    package private(set) var entries: [Entry] = []
    private let healthOptions: NodeHealth.Options
    private let ramp: Duration
    private var isFounded = false

    package init(health: NodeHealth.Options = .init(), ramp: Duration = .seconds(10)) {
        healthOptions = health
        self.ramp = ramp
    }

    // MARK: Membership

    /// Makes the table's members those given. Counters, health and requests in flight of members that stay are kept.
    package mutating func apply(_ members: [Member], now: ContinuousClock.Instant) -> Changes {
        var changes = Changes()
        for slot in entries.indices where !entries[slot].hasLeft {
            guard !members.contains(where: { $0.name == entries[slot].member.name }) else { continue }
            entries[slot].hasLeft = true
            changes.stale.append(slot)
        }
        for member in members {
            if let slot = slot(named: member.name) {
                let old = entries[slot].member
                entries[slot].member = member
                if old.address != member.address || old.isOrigin != member.isOrigin {
                    entries[slot].health = NodeHealth(healthOptions, now: now)
                    entries[slot].isBeingChecked = false
                    entries[slot].tenancy += 1
                    changes.stale.append(slot)
                    changes.joined.append(slot)
                } else if old.pid != member.pid {
                    entries[slot].health.replaced(now: now)
                }
            } else {
                var entry = Entry(member: member, health: NodeHealth(healthOptions, now: now), isFounding: !isFounded)
                if let free = entries.indices.first(where: { entries[$0].hasLeft && entries[$0].inFlight == 0 }) {
                    entry.tenancy = entries[free].tenancy + 1
                    entries[free] = entry
                    changes.joined.append(free)
                } else {
                    entries.append(entry)
                    changes.joined.append(entries.count - 1)
                }
            }
        }
        isFounded = true
        return changes
    }

    /// The slot of a member that has not left.
    package func slot(named name: String) -> Slot? {
        entries.firstIndex { !$0.hasLeft && $0.member.name == name }
    }

    /// The same by the bytes of its name, without making a String.
    package func slot(named name: ArraySlice<UInt8>) -> Slot? {
        entries.firstIndex { !$0.hasLeft && $0.member.name.utf8.elementsEqual(name) }
    }

    // MARK: Health

    /// A check of `slot` ended; one of an earlier tenant of the slot counts for nothing.
    package mutating func checked(
        _ slot: Slot, tenancy: Int? = nil, _ check: NodeHealth.Check, now: ContinuousClock.Instant
    ) -> NodeHealth.Change? {
        if let tenancy, entries[slot].tenancy != tenancy || entries[slot].hasLeft { return nil }
        entries[slot].isBeingChecked = false
        let change = entries[slot].health.checked(check, now: now)
        switch change {
        case .admitted, .recovered:
            let othersServe = entries.indices.contains { $0 != slot && !entries[$0].hasLeft && entries[$0].health.standing == .up }
            let firstHere = change == .admitted && entries[slot].isFounding
            entries[slot].rampStart = othersServe && !firstHere && ramp > .zero ? now : nil
            entries[slot].turn = 0
            entries[slot].isFounding = false
        case .lost, nil: break
        }
        return change
    }

    package mutating func checkStarted(_ slot: Slot) { entries[slot].isBeingChecked = true }

    /// A connection to `slot` failed for somebody's request. Returns whether to check it at once.
    package mutating func connectionFailed(_ slot: Slot, now: ContinuousClock.Instant) -> Bool {
        entries[slot].failures += 1
        return entries[slot].health.connectionFailed(now: now)
    }

    /// A request failed at `slot` in a way that says nothing of its connections.
    package mutating func requestFailed(_ slot: Slot) { entries[slot].failures += 1 }

    /// Slots whose check is due at `now`.
    package func checksDue(now: ContinuousClock.Instant) -> [Slot] {
        entries.indices.filter { !entries[$0].hasLeft && !entries[$0].isBeingChecked && entries[$0].health.nextCheck <= now }
    }

    /// When the next check is due; nil without members.
    package var nextCheck: ContinuousClock.Instant? {
        entries.lazy.filter { !$0.hasLeft && !$0.isBeingChecked }.map(\.health.nextCheck).min()
    }

    // MARK: Requests

    package mutating func began(_ slot: Slot) {
        entries[slot].inFlight += 1
        entries[slot].requests += 1
    }

    package mutating func ended(_ slot: Slot) {
        entries[slot].inFlight -= 1
    }

    /// A request in flight has become a tunnel or an event stream, or (false) that is over and the request about to end.
    package mutating func tunnelled(_ slot: Slot, _ isOpen: Bool) {
        entries[slot].tunnels += isOpen ? 1 : -1
    }

    /// What becomes of somebody who sticks to `slot`. `wall` is UTC in milliseconds since 1970.
    package func stay(_ slot: Slot, wall: Int64) -> Stay {
        let entry = entries[slot]
        if entry.hasLeft { return .move }
        if entry.member.isDraining, let deadline = entry.member.drainDeadline, wall >= deadline { return .move }
        switch entry.health.standing {
        case .up: return .stay
        case .suspicious: return .borrow
        case .joining, .down: return .move
        }
    }

    package enum Stay: Sendable, Equatable {
        /// Serve them there.
        case stay
        /// Serve this request elsewhere; they keep their node.
        case borrow
        /// They get another node for good.
        case move
    }

    /// The share of `slot` now, in thousandths of its weight: ramping nodes have less, from a tenth up.
    mutating func share(_ slot: Slot, now: ContinuousClock.Instant) -> Int {
        let full = max(1, entries[slot].member.weight) * 1000
        guard let start = entries[slot].rampStart else { return full }
        let passed = now - start
        if passed >= ramp {
            entries[slot].rampStart = nil
            return full
        }
        return max(full / 10, Int(Double(full) * (passed / ramp)))
    }

    mutating func advanceTurn(of slot: Slot, by amount: Int) { entries[slot].turn += amount }
}
