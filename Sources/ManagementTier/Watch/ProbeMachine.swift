// Decides from single probe results whether something is down or back, and when to look again.

/// Milliseconds since 1970-01-01 UTC, as stored.
package typealias Milliseconds = Int64

/// What one probe saw.
package enum ProbeResult: Equatable, Sendable {
    /// It answered as it should.
    case good
    /// It did not, with the reason as a person would say it: `connection refused`, `no answer within 1 s`.
    case bad(String)
}

/// The watch over one thing: a host (by ping) or a node (by readiness).
///
/// A first failure is *soft*: it is looked at again quickly, and only `confirm` failures in a row make it *down*. So a
/// node that the supervisor restarts within a second is never an incident. Coming back is confirmed likewise. No clock
/// and no socket inside.
package struct ProbeMachine: Equatable, Sendable {
    package struct Settings: Equatable, Sendable {
        /// Time between probes of what is known to be up.
        package var every: Milliseconds
        /// Failures in a row that make it down.
        package var confirm: Int
        /// Good answers in a row that make it up again.
        package var recover: Int
        /// How long a thing never yet seen up may take to start before its silence counts.
        package var grace: Milliseconds
        /// Time between probes while something is uncertain or down.
        package var recheck: Milliseconds { min(every, 1000) }

        package init(every: Milliseconds, confirm: Int, recover: Int = 2, grace: Milliseconds = 30_000) {
            self.every = max(100, every)
            self.confirm = max(1, confirm)
            self.recover = max(1, recover)
            self.grace = grace
        }
    }

    /// What is known of it now.
    package enum State: Equatable, Sendable {
        /// Not yet seen up since the watch began.
        case unproven(since: Milliseconds)
        case up(lastGood: Milliseconds)
        /// Failing, not yet confirmed.
        case soft(Outage, failures: Int)
        case down(Outage)
        /// Answering again, not yet confirmed.
        case recovering(Outage, firstGood: Milliseconds, successes: Int)
    }

    /// The bounds of an outage as measured: it began after `lastGood` and was seen at `firstBad`.
    package struct Outage: Equatable, Sendable {
        package var lastGood: Milliseconds
        package var firstBad: Milliseconds
        package var reason: String

        package init(lastGood: Milliseconds, firstBad: Milliseconds, reason: String) {
            self.lastGood = lastGood
            self.firstBad = firstBad
            self.reason = reason
        }
    }

    /// What a result changed for the rest of the watch.
    package enum Change: Equatable, Sendable {
        case none
        /// Confirmed down.
        case down(Outage)
        /// Still down, with another reason than before.
        case stillDown(Outage)
        /// Confirmed up again, since `firstGood`.
        case up(Outage, firstGood: Milliseconds)
    }

    package let settings: Settings
    package private(set) var state: State
    private var lastProbe: Milliseconds?

    package init(_ settings: Settings, at now: Milliseconds) {
        self.settings = settings
        state = .unproven(since: now)
    }

    /// Goes on from a stored outage: after its own restart the watch must not page again for what it paged for.
    package init(_ settings: Settings, resuming outage: Outage) {
        self.settings = settings
        state = .down(outage)
    }

    /// Somebody who knows (the supervisor) has seen it up: what is not yet proven counts as up, and its silence from here on.
    package mutating func vouch(at now: Milliseconds) {
        if case .unproven = state { state = .up(lastGood: now) }
    }

    /// Takes the result of the probe that began at `now`.
    package mutating func received(_ result: ProbeResult, at now: Milliseconds) -> Change {
        lastProbe = now
        switch (state, result) {
        case (.unproven, .good), (.up, .good), (.soft, .good):
            state = .up(lastGood: now)
            return .none
        case (.unproven(let since), .bad(let reason)):
            guard now - since >= settings.grace else { return .none }
            return failed(Outage(lastGood: since, firstBad: now, reason: reason), failures: 1)
        case (.up(let lastGood), .bad(let reason)):
            return failed(Outage(lastGood: lastGood, firstBad: now, reason: reason), failures: 1)
        case (.soft(var outage, let failures), .bad(let reason)):
            outage.reason = reason
            return failed(outage, failures: failures + 1)
        case (.down(var outage), .bad(let reason)):
            guard reason != outage.reason else { return .none }
            outage.reason = reason
            state = .down(outage)
            return .stillDown(outage)
        case (.down(let outage), .good):
            return answered(outage, firstGood: now, successes: 1, at: now)
        case (.recovering(let outage, let firstGood, let successes), .good):
            return answered(outage, firstGood: firstGood, successes: successes + 1, at: now)
        case (.recovering(let outage, _, _), .bad):
            // Any failure starts the recovery over: a node that answers every second time is not back.
            state = .down(outage)
            return .none
        }
    }

    private mutating func failed(_ outage: Outage, failures: Int) -> Change {
        guard failures >= settings.confirm else { state = .soft(outage, failures: failures); return .none }
        state = .down(outage)
        return .down(outage)
    }

    private mutating func answered(_ outage: Outage, firstGood: Milliseconds, successes: Int, at now: Milliseconds) -> Change {
        guard successes >= settings.recover else {
            state = .recovering(outage, firstGood: firstGood, successes: successes)
            return .none
        }
        state = .up(lastGood: now)
        return .up(outage, firstGood: firstGood)
    }

    /// When the next probe is due, never before `now`. Times are counted from the beginning of probes, so a slow answer
    /// does not stretch the interval.
    package func due(at now: Milliseconds) -> Milliseconds {
        guard let lastProbe else { return now }
        let interval = switch state {
        case .up: settings.every
        case .unproven, .soft, .down, .recovering: settings.recheck
        }
        // A clock set back must not stop the watch.
        return max(now, min(lastProbe, now) + interval)
    }

    /// Whether it is confirmed down (also while it is coming back).
    package var isDown: Bool {
        switch state {
        case .down, .recovering: true
        case .unproven, .up, .soft: false
        }
    }

    /// The time of the last good answer, nil before the first.
    package var lastGood: Milliseconds? {
        switch state {
        case .unproven: nil
        case .up(let lastGood): lastGood
        case .soft(let outage, _), .down(let outage): outage.lastGood
        case .recovering(_, let firstGood, _): firstGood
        }
    }
}
