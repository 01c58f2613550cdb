// What a node's answers to real requests say of it: one that passes its checks and fails people is ejected for a while.

/// A state machine over outcomes, without a clock. Whether others can spare the node is decided by the table.
package struct PassiveHealth: Sendable, Equatable {
    package struct Options: Sendable, Equatable {
        /// Requests failed in a row (broken, timed out, no HTTP) that eject a node; 0: never.
        package var failures = 5
        /// Answers 500, 502, 503 or 504 in a row that eject a node; 0: never.
        package var errors = 10
        /// How long the first time; each further time in a row is longer by as much.
        package var base = Duration.seconds(10)
        package var longest = Duration.seconds(300)
        /// Of the nodes that are up, how many in a hundred may be ejected. One may be when there are two; never all.
        package var atMost = 50
        package init() {}
    }

    package enum Outcome: Sendable, Equatable {
        case good
        /// It broke, took too long or sent no HTTP.
        case failed
        /// It answered, with a server error.
        case error
    }

    /// Until when nobody is sent there who need not be.
    package private(set) var ejectedUntil: ContinuousClock.Instant?
    package var isEjected: Bool { ejectedUntil != nil }
    /// In a row, up to now.
    private(set) var failures = 0
    private(set) var errors = 0
    private var times = 0
    private var lastEnd: ContinuousClock.Instant?

    /// Whether a status is the node's own fault and may be another node's luck.
    package static func isError(_ status: Int) -> Bool { status == 500 || (502...504).contains(status) }

    /// Whether nothing spoke against it lately, the usual case.
    var isClean: Bool { failures == 0 && errors == 0 }

    /// Counts what a request came to. Returns whether it is enough to eject.
    mutating func saw(_ outcome: Outcome, _ options: Options) -> Bool {
        switch outcome {
        case .good:
            failures = 0
            errors = 0
        case .failed:
            failures += 1
            return options.failures > 0 && failures >= options.failures && !isEjected
        case .error:
            failures = 0
            errors += 1
            return options.errors > 0 && errors >= options.errors && !isEjected
        }
        return false
    }

    /// Ejects it: longer each time, unless it has been good since for as long as it was out.
    mutating func eject(_ options: Options, now: ContinuousClock.Instant) {
        if let lastEnd, options.base > .zero { times = max(0, times - Int((now - lastEnd) / (options.base * max(1, times)))) }
        times += 1
        ejectedUntil = now + min(options.base * times, options.longest)
    }

    /// Active checks have taken it over: what was held against it is forgotten, but not how often it was ejected.
    mutating func forget(now: ContinuousClock.Instant) {
        if isEjected { lastEnd = now }
        ejectedUntil = nil
        failures = 0
        errors = 0
    }

    /// True when its time is over at `now`; it is then an ordinary node again, with nothing held against it.
    mutating func returns(now: ContinuousClock.Instant) -> Bool {
        guard let until = ejectedUntil, until <= now else { return false }
        forget(now: now)
        return true
    }
}

extension NodeTable {
    /// A request to `slot` ended thus. Returns true when the node is ejected by it.
    package mutating func saw(_ outcome: PassiveHealth.Outcome, at slot: Slot, now: ContinuousClock.Instant) -> Bool {
        if outcome == .good, entries[slot].passive.isClean { return false }
        guard entries[slot].passive.saw(outcome, passiveOptions), entries[slot].isUsual else { return false }
        // Where all fail alike it is not this node's fault; and the others must be enough to do its work.
        var up = 0, out = 0, well = 0
        for other in entries.indices where !entries[other].hasLeft && entries[other].health.standing == .up && !entries[other].isDraining {
            up += 1
            if entries[other].passive.isEjected { out += 1 } else if other != slot, entries[other].passive.isClean { well += 1 }
        }
        guard well > 0, (out + 1) * 100 <= up * passiveOptions.atMost || (out == 0 && up == 2 && passiveOptions.atMost > 0) else { return false }
        entries[slot].passive.eject(passiveOptions, now: now)
        entries[slot].load.ejected()
        return true
    }

    /// Lets those back whose time is over; they ramp. Returns them.
    package mutating func endEjections(now: ContinuousClock.Instant) -> [Slot] {
        var back: [Slot] = []
        for slot in entries.indices where entries[slot].passive.isEjected {
            guard entries[slot].passive.returns(now: now) else { continue }
            entries[slot].upSince = now
            beginRamp(slot, now: now)
            back.append(slot)
        }
        return back
    }
}
