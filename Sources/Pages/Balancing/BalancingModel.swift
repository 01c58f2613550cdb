// What the balancing page shows: every node as all balancers together see it, the last two minutes of each.
import Wire

/// Made by adding up what each balancer tells.
package struct BalancingModel: Sendable {
    package struct Balancer: Sendable {
        package var name: String
        /// Nil: it does not answer.
        package var work: Work?

        package struct Work: Sendable {
            package var connections = 0
            package var queued = 0
            package var fullHandshakes = 0
            package var resumedHandshakes = 0
            /// Over the last steps, for all nodes.
            package var requests: [Int] = []
            package init() {}
        }
        package init(name: String, work: Work? = nil) { (self.name, self.work) = (name, work) }
    }

    package struct Node: Sendable {
        package var name: String
        /// The worst any balancer sees: up, suspicious, joining, down.
        package var health = "up"
        package var isDraining = false
        package var isEjected = false
        /// Milliseconds since 1970.
        package var drainDeadline: Int64?
        package var weight = 100
        /// Thousandths of its weight it gets now.
        package var share = 1000
        package var sessions = 0
        package var inFlight = 0
        package var queued = 0
        package var tunnels = 0
        package var requests = 0
        package var failures = 0
        package var retries = 0
        package var ejections = 0
        /// Per step, newest last.
        package var rates: [Int] = []
        package var busy: [Int] = []
        package var failed: [Int] = []
        /// Answers of the last minute by time, in the buckets of `bounds` and one for all that took longer.
        package var latency: [Int] = []
        package init(name: String) { self.name = name }
    }

    package var balancers: [Balancer] = []
    package private(set) var nodes: [Node] = []
    /// Upper bounds in microseconds.
    package var bounds: [Int] = []
    /// Seconds.
    package var step = 2.0
    package var made: Timestamp

    package init(made: Timestamp) { self.made = made }

    /// Adds what one balancer sees of a node. A person seen by two balancers is one person.
    package mutating func add(_ seen: Node) {
        guard let index = nodes.firstIndex(where: { $0.name == seen.name }) else {
            nodes.append(seen)
            return
        }
        let order = ["up", "suspicious", "joining", "down"]
        if order.firstIndex(of: seen.health) ?? 3 > order.firstIndex(of: nodes[index].health) ?? 3 { nodes[index].health = seen.health }
        nodes[index].isDraining = nodes[index].isDraining || seen.isDraining
        nodes[index].isEjected = nodes[index].isEjected || seen.isEjected
        nodes[index].drainDeadline = nodes[index].drainDeadline ?? seen.drainDeadline
        nodes[index].share = min(nodes[index].share, seen.share)
        nodes[index].sessions = max(nodes[index].sessions, seen.sessions)
        nodes[index].inFlight += seen.inFlight
        nodes[index].queued += seen.queued
        nodes[index].tunnels += seen.tunnels
        nodes[index].requests += seen.requests
        nodes[index].failures += seen.failures
        nodes[index].retries += seen.retries
        nodes[index].ejections += seen.ejections
        nodes[index].rates = Self.sum(nodes[index].rates, seen.rates)
        nodes[index].busy = Self.sum(nodes[index].busy, seen.busy)
        nodes[index].failed = Self.sum(nodes[index].failed, seen.failed)
        nodes[index].latency = Self.sumFromStart(nodes[index].latency, seen.latency)
    }

    /// Two series that end now.
    static func sum(_ a: [Int], _ b: [Int]) -> [Int] {
        let count = max(a.count, b.count)
        return (0..<count).map { index in
            let (i, j) = (index - count + a.count, index - count + b.count)
            return (i >= 0 ? a[i] : 0) + (j >= 0 ? b[j] : 0)
        }
    }

    private static func sumFromStart(_ a: [Int], _ b: [Int]) -> [Int] {
        (0..<max(a.count, b.count)).map { (($0 < a.count ? a[$0] : 0) + ($0 < b.count ? b[$0] : 0)) }
    }

    /// Requests each second of a series, over its last five steps.
    func rate(_ series: [Int]) -> Double {
        let last = series.suffix(5)
        return last.isEmpty ? 0 : Double(last.reduce(0, +)) / (Double(last.count) * step)
    }

    /// Which of the eight colours each node has: by the number in its name, so that it keeps its own when others come and go.
    var colours: [Int] {
        var taken: Set<Int> = []
        return nodes.map { node in
            let digits = node.name.utf8.reversed().prefix { (0x30...0x39).contains($0) }
            let number = Int(String(decoding: digits.reversed(), as: UTF8.self)) ?? node.name.utf8.reduce(1) { ($0 &* 31 &+ Int($1)) & 0xffff }
            var colour = max(0, number - 1) % 8
            // Beyond eight they are shared.
            while taken.contains(colour), taken.count < 8 { colour = (colour + 1) % 8 }
            taken.insert(colour)
            return colour
        }
    }

    var rate: Double { nodes.reduce(0) { $0 + rate($1.rates) } }
    var latency: [Int] { nodes.reduce([]) { Self.sumFromStart($0, $1.latency) } }

    /// The bound below which `part` of the answers were; nil where there were none. Beyond the last bound: that one.
    func percentile(_ part: Double, of counts: [Int]) -> Int? {
        let total = counts.reduce(0, +)
        guard total > 0 else { return nil }
        var seen = 0
        for (index, count) in counts.enumerated() {
            seen += count
            if Double(seen) >= part * Double(total) { return index < bounds.count ? bounds[index] : bounds.last }
        }
        return bounds.last
    }
}
