// Whether one node may be sent requests: a state machine over checks and failed connections, without sockets or a clock.

/// Active checks decide (`rise`, `fall`); a connection that fails in passing only makes a node suspicious, at once, and asks
/// for a check: one lost connection must not take a node out, and a dead node must not be tried by everybody for a second.
package struct NodeHealth: Sendable, Equatable {
    package struct Options: Sendable, Equatable {
        /// Between checks of a node that is well.
        package var interval = Duration.seconds(1)
        /// Between checks of a node that just joined, is suspicious or was lost lately.
        package var quick = Duration.milliseconds(100)
        /// How long a node is checked quickly before the pace falls back to `interval`.
        package var quickFor = Duration.seconds(60)
        /// Passed checks in a row that bring a lost node back. A node that joins needs one.
        package var rise = 2
        /// Failed checks in a row that lose a node.
        package var fall = 3
        package init() {}
    }

    /// What a check found.
    package enum Check: Sendable, Equatable {
        /// It may take traffic.
        case passed
        /// It answered that it may not.
        case notReady
        /// Nobody listens at its address.
        case refused
        /// It did not answer in time, or not in HTTP.
        case failed
    }

    package enum Standing: Sendable, Equatable {
        /// New here; no check has passed yet.
        case joining
        case up
        /// Something failed; used only when no node is up.
        case suspicious
        case down
    }

    package enum Change: Sendable, Equatable {
        /// Its first check passed.
        case admitted
        /// Up again after it was down.
        case recovered
        /// Was up or suspicious and is down.
        case lost
    }

    package private(set) var standing = Standing.joining
    /// When to check next; checks that are due in the past are due now.
    package private(set) var nextCheck: ContinuousClock.Instant
    private let options: Options
    private var passes = 0
    private var failures = 0
    private var quickUntil: ContinuousClock.Instant

    package init(_ options: Options, now: ContinuousClock.Instant) {
        self.options = options
        nextCheck = now
        quickUntil = now + options.quickFor
    }

    /// A check ended at `now`. Returns what changed for the picker, if anything.
    package mutating func checked(_ check: Check, now: ContinuousClock.Instant) -> Change? {
        switch check {
        case .passed:
            failures = 0
            passes += 1
            switch standing {
            case .joining: return rise(.admitted, now)
            case .down where passes >= options.rise: return rise(.recovered, now)
            case .down: nextCheck = now + options.quick
            case .suspicious: _ = rise(.recovered, now)
            case .up: nextCheck = now + options.interval
            }
            return nil
        case .notReady, .refused, .failed:
            passes = 0
            failures += 1
            nextCheck = now + (now < quickUntil || standing == .up ? options.quick : options.interval)
            switch standing {
            case .joining, .down: return nil
            case .up, .suspicious:
                // An answer of "not ready" and a closed door are certain; silence has to repeat itself.
                if check == .failed, failures < options.fall {
                    suspect(now)
                    return nil
                }
                standing = .down
                quickUntil = now + options.quickFor
                return .lost
            }
        }
    }

    /// A connection for somebody's request failed. Returns whether to check at once.
    package mutating func connectionFailed(now: ContinuousClock.Instant) -> Bool {
        passes = 0
        guard standing == .up || standing == .suspicious else { return false }
        let first = standing == .up
        suspect(now)
        if first { nextCheck = now }
        return first
    }

    /// Its process was replaced: the next check is due now, and what is known of the old one no longer counts against it.
    package mutating func replaced(now: ContinuousClock.Instant) {
        if standing == .down { standing = .joining }
        passes = 0
        failures = 0
        nextCheck = now
        quickUntil = now + options.quickFor
    }

    private mutating func suspect(_ now: ContinuousClock.Instant) {
        if standing == .up { quickUntil = now + options.quickFor }
        standing = .suspicious
    }

    private mutating func rise(_ change: Change, _ now: ContinuousClock.Instant) -> Change {
        standing = .up
        passes = 0
        nextCheck = now + options.interval
        return change
    }
}
