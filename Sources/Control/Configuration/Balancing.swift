// How balancers choose among nodes, as the configuration says it: the `balancing` keys.

/// How the node for a request is chosen that sticks to none.
package enum BalancingMethod: String, Sendable, CaseIterable {
    /// The least to do for its weight, weighted turns among equals.
    case leastConnections = "least-connections"
    /// Turns, whatever weight and load.
    case roundRobin = "round-robin"
    /// Turns by weight, whatever the load.
    case weighted
    /// Two drawn at random by weight, the one with less to do.
    case twoChoices = "two-choices"
    /// By a hash, so that the same goes to the same node; one that has too much is passed over.
    case hashed
}

extension Configuration {
    package struct Balancing: Sendable, Equatable {
        package var method = BalancingMethod.leastConnections
        package var hashBy = HashBy.address
        /// How long a node that joins or comes back takes to its full share.
        package var ramp = Duration.seconds(10)
        /// Requests a node of weight 100 may have at once; 0: no cap.
        package var perNode = 0
        package var queue = Queue()
        package var check = Check()
        package var eject = Eject()
        package init() {}

        /// What `hashed` spreads by.
        package enum HashBy: String, Sendable, CaseIterable {
            /// The client's address (of IPv6 the first 64 bits).
            case address
            /// The path: each node keeps its own part of what there is in its cache.
            case path
        }

        /// Requests that wait for room when every node has all it may have.
        package struct Queue: Sendable, Equatable {
            package var depth = 1000
            package var time = Duration.seconds(5)
            package var stickyTime = Duration.seconds(1)
            package var then = Then.borrow

            /// What becomes of somebody whose own node stays full for `stickyTime`.
            package enum Then: String, Sendable, CaseIterable {
                /// Served elsewhere; they keep their node.
                case borrow
                /// They get another node for good.
                case move
            }
        }

        /// Active checks.
        package struct Check: Sendable, Equatable {
            package var every = Duration.seconds(1)
            package var rise = 2
            package var fall = 3
        }

        /// What real requests say of a node that passes its checks.
        package struct Eject: Sendable, Equatable {
            /// Failed requests in a row; 0: never.
            package var failures = 5
            /// Answers 500, 502, 503 or 504 in a row; 0: never.
            package var errors = 10
            package var time = Duration.seconds(10)
            package var longest = Duration.seconds(300)
            /// Hundredths of the nodes that are up.
            package var atMost = 50
        }
    }

    mutating func readBalancing(_ top: ConfigurationSection) {
        guard let section = top.section("balancing", example: "{method: least-connections}") else { return }
        if let method = section.word("method", BalancingMethod.self) { balancing.method = method }
        if let hashBy = section.word("hash-by", Balancing.HashBy.self) { balancing.hashBy = hashBy }
        if section.node("hash-by") != nil, balancing.method != .hashed {
            section.report("hash-by", "only the method `hashed` looks at it", "write method: hashed, or leave it out")
        }
        if let ramp = section.duration("ramp", .zero ... .seconds(3600), example: "10s") { balancing.ramp = ramp }
        if let perNode = section.integer("per-node", 1...1_000_000, example: "200") { balancing.perNode = perNode }
        if let queue = section.section("queue", example: "{depth: 1000, time: 5s, sticky-time: 1s, then: borrow}") {
            if balancing.perNode == 0, section.node("per-node") == nil { section.report("queue", "nobody ever waits without a cap", "add per-node: 200, or leave queue out") }
            if let depth = queue.integer("depth", 0...1_000_000, example: "1000") { balancing.queue.depth = depth }
            if let time = queue.duration("time", .milliseconds(10)...(.seconds(300)), example: "5s") { balancing.queue.time = time }
            if let time = queue.duration("sticky-time", .zero...(.seconds(300)), example: "1s") { balancing.queue.stickyTime = time }
            if let then = queue.word("then", Balancing.Queue.Then.self) { balancing.queue.then = then }
        }
        if let check = section.section("check", example: "{every: 1s, rise: 2, fall: 3}") {
            if let every = check.duration("every", .milliseconds(100)...(.seconds(60)), example: "1s") { balancing.check.every = every }
            if let rise = check.integer("rise", 1...100, example: "2") { balancing.check.rise = rise }
            if let fall = check.integer("fall", 1...100, example: "3") { balancing.check.fall = fall }
        }
        if let eject = section.section("eject", example: "{failures: 5, errors: 10, for: 10s, at-most: 50}") {
            if let failures = eject.integer("failures", 0...1000, example: "5") { balancing.eject.failures = failures }
            if let errors = eject.integer("errors", 0...1000, example: "10") { balancing.eject.errors = errors }
            if let time = eject.duration("for", .seconds(1)...(.seconds(3600)), example: "10s") { balancing.eject.time = time }
            if let longest = eject.duration("longest", .seconds(1)...(.seconds(86_400)), example: "5m") { balancing.eject.longest = longest }
            if let atMost = eject.integer("at-most", 0...90, example: "50") { balancing.eject.atMost = atMost }
        }
    }
}
