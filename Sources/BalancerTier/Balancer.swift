// What one loop of a balancer knows: its nodes, their connections, who sticks to whom.
import CLinux
import Control
import Engine
import Logging
import Telemetry
import Wire

/// Confined to its loop. What each node is doing is counted for all loops of the process together (`NodeLoads`), and nodes tell
/// with every check what they have at all, so that the balancers of other processes are taken into account too.
package final class Balancer {
    let loop: EventLoop
    let options: BalancerOptions
    let log: Logger
    let client: HTTPClient
    let seal: StickySeal
    private let sealer: StickySeal.Sealer
    /// `answerTimeout` in milliseconds.
    let answerMilliseconds: UInt64
    var table: NodeTable
    /// Where each slot's node is; nil where the address makes no sense (said in the log).
    private(set) var endpoints: [Endpoint?] = []
    /// The kept connections to each slot's node, for the short way.
    private var lots: [IdleLot?] = []
    var management: Endpoint?
    var managementAddress: String?
    var memory: StickyMemory
    var firstPicks = FirstPicks()
    var queue: WaitQueue
    var waiters: [WaitQueue.Ticket: Waiting] = [:]
    var isWatchingQueue = false
    var ids = IdentifierSource()
    /// Storage of the short way, used again for each exchange.
    var spareRequest = RequestRewriter.Rewritten()
    var spareAnswer = ResponseHead(status: .ok)
    var status = StatusMemory()
    /// Bytes of bodies and answers held now.
    var heldBytes = 0

    /// No more checks: the node is stopping.
    var isStopped = false
    /// Requests served to their end by this loop, whoever answered.
    var served = 0
    /// Those of them that went the short way from end to end.
    var servedDirectly = 0
    /// Requests sent to another node because the first failed.
    var retries = 0
    /// Requests the balancer answered itself because it could not pass them on, by reason.
    var refusals: [String: Int] = [:]
    /// Requests by hundreds of their status; 0: none was sent.
    var classes = [Int](repeating: 0, count: 6)
    /// Nil when the access log is off.
    var accessLines: AccessLines?
    /// Nil when requests are not counted by sender.
    var limits: RequestLimits?
    /// Requests refused because their sender had sent too many.
    var limited = 0
    private var published = Published()

    /// `loads` is shared by the balancers of all loops of a process.
    package init(loop: isolated EventLoop, options: BalancerOptions, seal: StickySeal, loads: NodeLoads = NodeLoads(), log: Logger) {
        self.loop = loop
        self.options = options
        self.seal = seal
        sealer = seal.sealer()
        answerMilliseconds = UInt64(max(1, options.answerTimeout / .milliseconds(1)))
        self.log = log
        var clientOptions = HTTPClientOptions()
        clientOptions.connectTime = options.connectTimeout
        client = HTTPClient(loop: loop, options: clientOptions)
        table = NodeTable(
            health: options.health, ramp: options.ramp, passive: options.passive, loads: loads, seed: UInt64.random(in: .min ... .max))
        memory = StickyMemory(capacity: options.stickyMemory)
        queue = WaitQueue(options.queue)
    }

    // MARK: The fleet

    /// Makes these the nodes people are sent to. `reach` says where a member is found; it is asked only for those that are new or
    /// moved, so that connections to the others are kept.
    func apply(_ members: [Member], now: ContinuousClock.Instant, reach: (Member) -> Endpoint? = { Balancer.endpoint($0.address) }) {
        let changes = table.apply(members, now: now)
        for slot in changes.stale {
            memory.forget(slot)
            if let endpoint = endpoints[slot] { client.closeIdle(endpoint) }
        }
        // Ours to close: nothing is under way on an idle connection, so the process that retires need not wait for it.
        for slot in changes.replaced { if let endpoint = endpoints[slot] { client.closeIdle(endpoint) } }
        while endpoints.count < table.entries.count {
            endpoints.append(nil)
            lots.append(nil)
        }
        for slot in changes.stale + changes.replaced + changes.joined { lots[slot] = nil }
        for slot in changes.joined {
            memory.forget(slot)
            let member = table.entries[slot].member
            endpoints[slot] = reach(member)
            if endpoints[slot] == nil {
                log.error("a node cannot be reached by its address", metadata: ["node_name": "\(member.name)", "address": "\(member.address)"])
            }
        }
    }

    /// `http://host[:port]`, `unix:PATH` or `host:port`.
    static func endpoint(_ text: String) -> Endpoint? {
        var text = text
        if text.hasPrefix("http://") {
            text = String(text.dropFirst(7))
            if let slash = text.firstIndex(of: "/") { text = String(text[..<slash]) }
            if !text.hasSuffix("]"), text.lastIndex(of: ":") == nil { text += ":80" }
            if text.hasSuffix("]") { text += ":80" }
        }
        return Address(text).map { Endpoint(address: $0, tls: nil) }
    }

    /// The kept connections to the node of `slot`; nil where it has no address.
    func lot(_ slot: Slot) -> IdleLot? {
        if let lot = lots[slot], lot.isOpen { return lot }
        lots[slot] = endpoints[slot].map { client.lot($0) }
        return lots[slot]
    }

    // MARK: Time

    /// When this turn of the loop began: exact enough for everything here, and free.
    var now: ContinuousClock.Instant { loop.assumeIsolated { $0.now } }


    /// The wall clock in UTC milliseconds since 1970.
    static func wallMilliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    // MARK: Choosing

    /// What the stickiness cookie, or else the TLS ticket, came to.
    struct Stickiness {
        /// Where they stick, if they may stay there now.
        var slot: Slot?
        /// Whether the answer shall carry a token for the node that serves it.
        var wantsToken = true
        /// Served elsewhere for the moment, they keep their node.
        var isLent = false
        /// They had a node and get another.
        var hasMoved = false
        /// When they were first given a token, UTC seconds; nil: now.
        var issued: Int64?
    }

    /// Reads the token of a request's cookie, or else the tag of its TLS session: the cookie is the person's own, while many
    /// may come through one TLS client. What is invalid, expired or names nobody counts as absent. `isSafe` tells whether the
    /// request only asks to read.
    func stickiness(_ token: ArraySlice<UInt8>?, tag: [UInt8]? = nil, isSafe: Bool = true) -> Stickiness {
        guard token != nil || tag != nil else { return Stickiness() }
        let wall = Balancer.wallMilliseconds(), now = wall / 1000
        if let token, let known = known(token, now: now) {
            let found = stickiness(known, wall: wall, isSafe: isSafe, wantsToken: seal.wantsRenewal(renewed: known.renewed, now: now))
            // Not counted as here any more; the next token says where.
            if found.hasMoved { memory.forget(hash: StickyMemory.hash(token)) }
            return found
        }
        if let tag, let reading = StickyTag.read(tag), seal.isCurrent(issued: reading.issued, renewed: reading.renewed, now: now),
            let slot = table.slot(named: reading.node)
        {
            return stickiness(.init(slot: slot, issued: reading.issued, renewed: reading.renewed), wall: wall, isSafe: isSafe, wantsToken: true)
        }
        return Stickiness()
    }

    private func known(_ token: ArraySlice<UInt8>, now: Int64) -> StickyMemory.Known? {
        let hash = StickyMemory.hash(token)
        var known = memory.find(hash, now: now)
        if known == nil {
            guard let reading = seal.open(Array(token), now: now), let slot = table.slot(named: reading.node) else { return nil }
            known = .init(slot: slot, issued: reading.issued, renewed: reading.renewed)
            if let known { memory.remember(hash, known, now: now) }
        }
        guard let known, seal.isCurrent(issued: known.issued, renewed: known.renewed, now: now) else { return nil }
        return known
    }

    private func stickiness(_ known: StickyMemory.Known, wall: Int64, isSafe: Bool, wantsToken: Bool) -> Stickiness {
        switch table.stay(known.slot, wall: wall, isSafe: isSafe, now: now) {
        case .stay: Stickiness(slot: known.slot, wantsToken: wantsToken, issued: known.issued)
        case .borrow: Stickiness(slot: nil, wantsToken: false, isLent: true, issued: known.issued)
        case .move: Stickiness(hasMoved: true)
        }
    }

    /// The tag for the TLS ticket of somebody whom `slot` serves from now on.
    func tag(for slot: Slot, issued: Int64?) -> [UInt8]? {
        let now = Balancer.wallMilliseconds() / 1000
        return StickyTag.make(node: table.entries[slot].member.name, issued: issued ?? now, renewed: now)
    }

    /// The tag for a ticket that is made before the first request: chooses the node now, unless `previous` still names one.
    func tag(after previous: [UInt8]?) -> [UInt8]? {
        let sticky = stickiness(nil, tag: previous)
        if sticky.isLent { return previous }
        if let slot = sticky.slot { return tag(for: slot, issued: sticky.issued) }
        // What requests are spread by is not known yet.
        guard options.method != .hashed else { return nil }
        var wish = Picker.Wish(method: options.method)
        wish.isPerson = true
        return Picker.pick(&table, wish, now: now).flatMap { tag(for: $0, issued: nil) }
    }

    /// A token for somebody whom `slot` serves from now on.
    func token(for slot: Slot, issued: Int64?) -> [UInt8] {
        let now = Balancer.wallMilliseconds() / 1000
        return sealer.seal(node: table.entries[slot].member.name, issued: issued ?? now, renewed: now)
    }

    // MARK: Telling

    /// Counters are plain numbers on the loop; what Prometheus reads is brought up to date about once a second.
    private struct Published {
        var classes = [Int](repeating: 0, count: 6)
        var refusals: [String: Int] = [:]
        var limited = 0
    }

    /// One request has been answered, or was not.
    func count(_ status: HTTPStatus?) {
        served &+= 1
        let hundreds = (status?.code ?? 0) / 100
        if hundreds < classes.count { classes[hundreds] &+= 1 }
    }

    func publish() {
        for hundreds in classes.indices where classes[hundreds] > published.classes[hundreds] {
            let word = hundreds == 0 ? "none" : "\(hundreds)xx"
            Metrics.counter(.httpRequests, [("listener", "public"), ("status", word)]).add(classes[hundreds] - published.classes[hundreds])
        }
        for (reason, count) in refusals where count > published.refusals[reason] ?? 0 {
            Metrics.counter(.balancerRefusals, [("reason", reason)]).add(count - (published.refusals[reason] ?? 0))
        }
        Metrics.counter(.balancerLimited).add(limited - published.limited)
        published = Published(classes: classes, refusals: refusals, limited: limited)
        Metrics.gauge(.balancerQueued, [("node", "any")]).set(queue.count)
        table.weigh(sessions: sessionsLately)
        accessLines?.flush()
    }
}
