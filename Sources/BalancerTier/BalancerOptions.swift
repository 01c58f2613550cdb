// Every limit and time the balancer works by, named.
import Control
import Engine

/// The shipped values; tests shorten the times.
package struct BalancerOptions: Sendable {
    // MARK: Bodies and answers
    /// Request bodies up to this many bytes are held, so that the request can be sent to another node.
    package var heldBody = 1 << 20
    /// Answers announced as at most this many bytes are held until complete, so that a node may die in the middle of one.
    package var heldAnswer = 256 << 10
    /// All held bodies and answers of one balancer together; beyond it they are streamed and not repeated.
    package var heldTotal = 64 << 20

    // MARK: Sending to a node
    /// How long one node may take to accept a connection.
    package var connectTimeout = Duration.seconds(2)
    /// How long a node may take from the end of a request to the head of its answer, and between pieces of a body.
    package var answerTimeout = Duration.seconds(60)
    /// How many nodes one request may be sent to.
    package var attempts = 6
    /// How long a request waits for a node to become ready when none is: a restarted process is back within a second or two.
    package var waitForNode = Duration.seconds(4)
    /// Whether an unsafe request whose node died is sent again under the same replay id: our own nodes make it take effect once.
    package var replayUnsafe = true
    /// What `Retry-After` says when no node is up, in seconds.
    package var retryAfter = 2

    // MARK: Tunnels and event streams
    /// The protocols a customer may change to by `Upgrade` when the node agrees; others (h2c above all, which would carry
    /// requests past every check here) are not passed on.
    package var upgrades = ["websocket"]
    /// How long a tunnel may be silent.
    package var tunnels = TunnelOptions()
    /// How long an event stream (`text/event-stream`) may be silent.
    package var eventStreamIdle = Duration.seconds(600)

    // MARK: Choosing
    package var method = BalancingMethod.leastConnections
    package var hashBy = Configuration.Balancing.HashBy.address
    /// For how long one browser's first requests, sent at once before it has a token, are given to the same node.
    package var firstPick = Duration.seconds(3)

    // MARK: Waiting for room
    /// Requests a node of weight 100 may have at once, tunnels included; 0: no cap, and nobody ever waits.
    package var perNode = 0
    package var queue = WaitQueue.Options()

    // MARK: Health
    package var passive = PassiveHealth.Options()
    package var health = NodeHealth.Options()
    /// How long a check may take before it counts as failed.
    package var checkTimeout = Duration.seconds(2)
    /// How long `PUT /fleet` waits for nodes said to be ready before it answers who was admitted.
    package var admissionWait = Duration.seconds(2)

    // MARK: Shares
    /// How a node that joins or recovers reaches its full share.
    package var ramp = Ramp.Options()

    // MARK: Stickiness
    package var sticky = StickySeal.Options()
    /// How many sticky tokens are remembered without opening them again.
    package var stickyMemory = 1 << 14

    // MARK: Limits on senders
    /// How often an address and a session may ask; off until configured.
    package var limits = RequestLimits.Options()

    // MARK: Towards people
    /// `max-age` of Strict-Transport-Security, in seconds; 0 sends none.
    package var strictTransportSecurity = 31_536_000
    /// How often the status page is fetched so that it can be shown when management is gone.
    package var statusEvery = Duration.seconds(2)

    package init() {}

    /// The shipped values with what the configuration says.
    package init(_ configuration: Configuration) {
        take(configuration.balancing)
    }

    private mutating func take(_ balancing: Configuration.Balancing) {
        method = balancing.method
        hashBy = balancing.hashBy
        perNode = balancing.perNode
        queue.depth = balancing.queue.depth
        queue.time = balancing.queue.time
        queue.stickyTime = balancing.queue.stickyTime
        queue.stickyMoves = balancing.queue.then == .move
        ramp.length = balancing.ramp
        health.interval = balancing.check.every
        health.quick = min(health.quick, balancing.check.every)
        health.rise = balancing.check.rise
        health.fall = balancing.check.fall
        passive.failures = balancing.eject.failures
        passive.errors = balancing.eject.errors
        passive.base = balancing.eject.time
        passive.longest = balancing.eject.longest
        passive.atMost = balancing.eject.atMost
    }
}
