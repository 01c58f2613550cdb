// How a node that joins or comes back grows into its share: in weight, and in how many requests it may have at once.

/// Both at once: by weight alone the emptiest node of a busy site is flooded at its first moment, by a cap alone a quiet site
/// gives it everything. A node that ramps and is lost begins anew when it is back.
package struct Ramp: Sendable, Equatable {
    package struct Options: Sendable, Equatable {
        /// How long it takes to the full share; zero: nobody ramps.
        package var length = Duration.seconds(10)
        /// Nodes that come up within this time of each other start together: all are cold, and somebody must do the work.
        package var together = Duration.seconds(2)
        /// Requests a ramping node may always have at once.
        package var admissions = 2
        package init(length: Duration = .seconds(10)) { self.length = length }
    }

    /// When it began; nil: the node has its full share.
    private(set) var start: ContinuousClock.Instant?
    private let length: Duration

    init(_ options: Options) { length = options.length }

    mutating func begin(now: ContinuousClock.Instant) { start = length > .zero ? now : nil }
    mutating func end() { start = nil }

    /// How far it is, in thousandths from 100 up; nil when it is over or never was.
    func progress(now: ContinuousClock.Instant) -> Int? {
        guard let start else { return nil }
        let passed = now - start
        guard passed < length else { return nil }
        return max(100, Int(1000 * (passed / length)))
    }
}

extension NodeTable {
    /// The share of `slot` now, in thousandths of its weight: less while it ramps or while it asks for less itself.
    func share(_ slot: Slot, now: ContinuousClock.Instant) -> Int {
        var share = entries[slot].fullShare
        if entries[slot].ramp.start != nil, let progress = entries[slot].ramp.progress(now: now) { share = share * progress / 1000 }
        return max(1, share)
    }

    /// Whether a ramping node may be given one more: it has fewer at once than its part of what the others have.
    func admits(_ slot: Slot, now: ContinuousClock.Instant) -> Bool {
        guard entries[slot].ramp.start != nil, let progress = entries[slot].ramp.progress(now: now) else { return true }
        let inFlight = entries[slot].load.working
        if inFlight < rampOptions.admissions { return true }
        var most = 0
        for other in entries.indices where other != slot && entries[other].isUsual && entries[other].ramp.progress(now: now) == nil {
            most = max(most, entries[other].load.working * entries[slot].fullShare / entries[other].fullShare)
        }
        return inFlight * 1000 < most * progress
    }

    /// Forgets ramps that are over, so that nobody asks for the time on their account.
    mutating func endRamps(now: ContinuousClock.Instant) {
        for slot in entries.indices where entries[slot].ramp.start != nil && entries[slot].ramp.progress(now: now) == nil { entries[slot].ramp.end() }
    }

    /// A node is up that was not: it ramps unless everybody is as cold as it is.
    mutating func beginRamp(_ slot: Slot, now: ContinuousClock.Instant) {
        let othersAreWarm = entries.indices.contains { other in
            guard other != slot, entries[other].isUsual, let since = entries[other].upSince else { return false }
            return since + rampOptions.together <= now
        }
        if othersAreWarm { entries[slot].ramp.begin(now: now) } else { entries[slot].ramp.end() }
        entries[slot].turn = 0
    }
}
