// Decides whether a confirmed failure becomes an incident: asks for the host first, then for a second vantage.

/// Ping speaks for the host, readiness for the node. When a host is gone its nodes are silent too, and one text about
/// the host says more than five about nodes; when only this watch cannot see a node, nobody should be woken at once.
package struct Verdict: Equatable, Sendable {
    /// What the host of the node is known to be.
    package enum Host: Equatable, Sendable {
        /// Answered a ping at this time.
        case up(lastGood: Milliseconds)
        /// Failing, not yet confirmed.
        case uncertain
        case down
    }

    /// What a balancer, asked over its private listener, says of the node.
    package enum SecondVantage: Equatable, Sendable {
        case notAsked
        /// No balancer answered, or none watches this kind of node: management alone decides.
        case silent
        case seesDown
        case seesReady
    }

    package enum Decision: Equatable, Sendable {
        /// Open the incident and page.
        case open
        /// Record the outage, page nobody: the incident of its host speaks for it.
        case suppress
        /// Ask a balancer, then decide again.
        case askBalancer
        /// Decide again at the next probe.
        case wait
    }

    /// How long the verdict may wait for the host's ping to be clear, or may be overruled by a balancer. After that the
    /// watch believes its own eyes: a doubt must never become silence.
    package static let patienceWithHost: Milliseconds = 3_000
    package static let patienceWithVantage: Milliseconds = 30_000

    /// - Parameters:
    ///   - firstBad: when the node was first seen failing.
    ///   - confirmed: when that was confirmed.
    package static func decide(
        firstBad: Milliseconds, confirmed: Milliseconds, host: Host, vantage: SecondVantage, at now: Milliseconds
    ) -> Decision {
        // A clock set back since then must not make a doubt last.
        let waited = now >= confirmed ? now - confirmed : patienceWithVantage
        switch host {
        case .down: return .suppress
        case .uncertain where waited < patienceWithHost: return .wait
        // A ping older than the node's first failure says nothing about the time since.
        case .up(let lastGood) where lastGood < firstBad && waited < patienceWithHost: return .wait
        case .up, .uncertain: break
        }
        switch vantage {
        case .notAsked: return .askBalancer
        case .silent, .seesDown: return .open
        case .seesReady: return waited < patienceWithVantage ? .wait : .open
        }
    }
}
