// The nodes a balancer chooses among, as a value: who they are, how they stand, how much each is doing now.
import Nodes

/// A place in the table. It keeps its meaning as long as a request to that node is in flight.
package typealias Slot = Int

package struct NodeTable: Sendable {
    package struct Entry: Sendable {
        package var member: Member { didSet { settle() } }
        package var health: NodeHealth
        package var passive = PassiveHealth()
        /// Shared by all loops of the process.
        package let load: NodeLoad
        /// Of its name; what `hashed` finds it by, on every balancer alike.
        let hash: UInt64
        package var ramp: Ramp
        /// Since when it is up without a break.
        package var upSince: ContinuousClock.Instant?
        /// What it said of itself last.
        package var report = LoadReport() { didSet { settle() } }
        /// Requests in flight at it that other balancers sent, in thousandths, smoothed.
        package var elsewhere = 0
        /// What of it counts.
        var elsewhereLoad = 0
        /// Sessions seen lately.
        package var sessions = 0
        var sessionWeight = SessionWeights.Weight()
        /// Left the fleet; the slot is free once nothing of this loop is in flight.
        package var hasLeft = false
        /// Requests of this loop in flight.
        var own = 0
        /// A check is under way.
        package var isBeingChecked = false
        /// Counts who has had this slot, so that a late check of the last one is not taken for one of this.
        package var tenancy = 0
        /// Where smooth weighted round robin stands for this node.
        var turn = 0
        /// Thousandths of its weight, with what it asks for itself; at least 1.
        private(set) var fullShare = 1
        /// By command or by its own wish.
        package private(set) var isDraining = false

        init(member: Member, health: NodeHealth, load: NodeLoad, ramp: Ramp) {
            self.member = member
            self.health = health
            self.load = load
            hash = PickRandom.hash(member.name.utf8)
            self.ramp = ramp
            settle()
        }

        private mutating func settle() {
            fullShare = max(1, max(1, member.weight) * 10 * report.weight)
            isDraining = member.isDraining || report.wantsDrain
        }

        package var inFlight: Int { load.inFlight }
        package var tunnels: Int { load.tunnels }
        package var requests: Int { load.requests }
        package var failures: Int { load.failures }
        /// Takes new people like any other: up, not draining, not ejected.
        var isUsual: Bool { !hasLeft && health.standing == .up && !isDraining && !passive.isEjected }
        /// In whole requests: what it has, what waits for it, what others gave it, what its sessions are worth.
        var weighed: Int { load.working + load.queued + elsewhereLoad + sessionWeight.load }
    }

    /// What `apply` changed.
    package struct Changes: Sendable, Equatable {
        package var joined: [Slot] = []
        /// Slots whose node is no longer there or no longer the same; connections and memories of it are stale.
        package var stale: [Slot] = []
        /// Slots whose node is another process now: connections to the one before are of no more use.
        package var replaced: [Slot] = []
    }

    package internal(set) var entries: [Entry] = []
    let healthOptions: NodeHealth.Options
    let rampOptions: Ramp.Options
    let passiveOptions: PassiveHealth.Options
    private let loads: NodeLoads
    var sessionWeights = SessionWeights()
    /// For two choices.
    var random: PickRandom

    package init(
        health: NodeHealth.Options = .init(), ramp: Ramp.Options = .init(), passive: PassiveHealth.Options = .init(), loads: NodeLoads = NodeLoads(),
        seed: UInt64 = 1
    ) {
        healthOptions = health
        rampOptions = ramp
        passiveOptions = passive
        self.loads = loads
        random = PickRandom(state: seed)
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
                    renew(slot, now: now)
                    changes.stale.append(slot)
                    changes.joined.append(slot)
                } else if old.pid != member.pid {
                    entries[slot].health.replaced(now: now)
                    entries[slot].passive = PassiveHealth()
                    entries[slot].report = LoadReport()
                    // So quickly that no check missed it; the new process is as cold as any.
                    if old.pid != nil, member.pid != nil, entries[slot].health.standing == .up { arrive(slot, now: now) }
                    changes.replaced.append(slot)
                }
            } else {
                var entry = Entry(
                    member: member, health: NodeHealth(healthOptions, now: now), load: loads.load(of: member.name), ramp: Ramp(rampOptions))
                if let free = entries.indices.first(where: { entries[$0].hasLeft && entries[$0].own == 0 }) {
                    entry.tenancy = entries[free].tenancy + 1
                    entries[free] = entry
                    changes.joined.append(free)
                } else {
                    entries.append(entry)
                    changes.joined.append(entries.count - 1)
                }
            }
        }
        return changes
    }

    /// Another process at another address under the same name.
    private mutating func renew(_ slot: Slot, now: ContinuousClock.Instant) {
        entries[slot].health = NodeHealth(healthOptions, now: now)
        entries[slot].passive = PassiveHealth()
        entries[slot].report = LoadReport()
        entries[slot].upSince = nil
        entries[slot].elsewhere = 0
        entries[slot].isBeingChecked = false
        entries[slot].tenancy += 1
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
        _ slot: Slot, tenancy: Int? = nil, _ check: NodeHealth.Check, report: LoadReport? = nil, now: ContinuousClock.Instant
    ) -> NodeHealth.Change? {
        if let tenancy, entries[slot].tenancy != tenancy || entries[slot].hasLeft { return nil }
        entries[slot].isBeingChecked = false
        if check == .passed { take(report ?? LoadReport(), of: slot) }
        let change = entries[slot].health.checked(check, now: now)
        switch change {
        case .admitted, .recovered: arrive(slot, now: now)
        case .lost:
            entries[slot].upSince = nil
            entries[slot].passive.forget(now: now)
        case nil: break
        }
        return change
    }

    private mutating func arrive(_ slot: Slot, now: ContinuousClock.Instant) {
        entries[slot].upSince = now
        beginRamp(slot, now: now)
    }

    /// What a node says it has, less what we know of, came from other balancers.
    private mutating func take(_ report: LoadReport, of slot: Slot) {
        if entries[slot].report != report { entries[slot].report = report }
        let others = report.inFlight.map { max(0, $0 - entries[slot].load.inFlight) } ?? 0
        // One moment a second says little by itself.
        entries[slot].elsewhere += (others * 1000 - entries[slot].elsewhere) / 4
    }

    package mutating func checkStarted(_ slot: Slot) { entries[slot].isBeingChecked = true }

    /// A connection to `slot` failed for somebody's request. Returns whether to check it at once.
    package mutating func connectionFailed(_ slot: Slot, now: ContinuousClock.Instant) -> Bool {
        entries[slot].load.failed()
        return entries[slot].health.connectionFailed(now: now)
    }

    /// A request failed at `slot` in a way that says nothing of its connections.
    package mutating func requestFailed(_ slot: Slot) { entries[slot].load.failed() }

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
        entries[slot].own += 1
        entries[slot].load.began()
    }

    /// Takes a place at a node that has fewer than `cap` at once; false: it is full.
    package mutating func tryBegin(_ slot: Slot, below cap: Int) -> Bool {
        guard entries[slot].load.tryBegin(below: cap) else { return false }
        entries[slot].own += 1
        return true
    }

    /// A place was taken and not used after all.
    mutating func notBegun(_ slot: Slot) {
        entries[slot].own -= 1
        entries[slot].load.notBegun()
    }

    package mutating func ended(_ slot: Slot) {
        entries[slot].own -= 1
        entries[slot].load.ended()
    }

    /// A request in flight has become a tunnel or an event stream, or (false) that is over and the request about to end.
    package mutating func tunnelled(_ slot: Slot, _ isOpen: Bool) { entries[slot].load.tunnelled(isOpen) }

    mutating func advanceTurn(of slot: Slot, by amount: Int) { entries[slot].turn += amount }
}
