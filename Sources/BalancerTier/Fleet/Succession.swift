// What a balancer that retires leaves to the process that took its name: the counters, so that nothing starts from zero.
import Control
import Engine
import Glibc
import Logging
import Nodes
import Wire

/// What a balancer counted, over all its loops.
struct Counts: Sendable, Equatable {
    struct OfNode: Sendable, Equatable {
        var requests = 0
        var failures = 0
        var retries = 0
        var ejections = 0
    }
    var served = 0
    var retries = 0
    /// By reason.
    var refusals: [String: Int] = [:]
    /// By hundreds of their status.
    var classes = [Int](repeating: 0, count: 6)
    var nodes: [String: OfNode] = [:]

    static func of(_ balancers: [LoopBound<Balancer>]) async -> Counts {
        var all = Counts()
        for bound in balancers {
            let counts = await bound.loop.run { loop in bound.get(on: loop).counts }
            all.served += counts.served
            all.retries += counts.retries
            all.refusals.merge(counts.refusals, uniquingKeysWith: +)
            all.classes = zip(all.classes, counts.classes).map(+)
            // One count for all loops.
            all.nodes = counts.nodes
        }
        return all
    }

    /// What was counted since `earlier`.
    func since(_ earlier: Counts) -> Counts {
        var rest = Counts(served: served - earlier.served, retries: retries - earlier.retries)
        for (reason, count) in refusals { rest.refusals[reason] = count - (earlier.refusals[reason] ?? 0) }
        rest.classes = zip(classes, earlier.classes).map(-)
        for (name, node) in nodes {
            let before = earlier.nodes[name] ?? OfNode()
            rest.nodes[name] = OfNode(
                requests: node.requests - before.requests, failures: node.failures - before.failures, retries: node.retries - before.retries,
                ejections: node.ejections - before.ejections)
        }
        return rest
    }

    var json: JSON {
        .object([
            ("served", .integer(Int64(served))), ("retries", .integer(Int64(retries))),
            ("refusals", .object(refusals.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int64($0.value))) })),
            ("classes", .array(classes.map { .integer(Int64($0)) })),
            ("nodes", .object(nodes.sorted { $0.key < $1.key }.map { name, node in
                (name, .object([
                    ("requests", .integer(Int64(node.requests))), ("failures", .integer(Int64(node.failures))), ("retries", .integer(Int64(node.retries))),
                    ("ejections", .integer(Int64(node.ejections))),
                ]))
            })),
        ])
    }

    init(served: Int = 0, retries: Int = 0) { (self.served, self.retries) = (served, retries) }

    /// Reads what `json` wrote; what is missing counts as nothing, as between releases.
    init(json: JSON) {
        func number(_ value: JSON?) -> Int { max(0, Int(value?.integer ?? 0)) }
        self.init(served: number(json["served"]), retries: number(json["retries"]))
        for (reason, count) in json["refusals"]?.object ?? [] { refusals[reason] = number(count) }
        if let told = json["classes"]?.array, told.count == classes.count { classes = told.map(number) }
        for (name, node) in json["nodes"]?.object ?? [] {
            nodes[name] = OfNode(
                requests: number(node["requests"]), failures: number(node["failures"]), retries: number(node["retries"]), ejections: number(node["ejections"]))
        }
    }
}

extension Balancer {
    var counts: Counts {
        var counts = Counts(served: served, retries: retries)
        counts.refusals = refusals
        counts.classes = classes
        for entry in table.entries where !entry.hasLeft {
            let load = entry.load
            counts.nodes[entry.member.name] = Counts.OfNode(requests: load.requests, failures: load.failures, retries: load.retries, ejections: load.ejections)
        }
        return counts
    }

    /// Goes on counting where another process stopped.
    func inherit(_ counts: Counts) {
        served &+= counts.served
        retries &+= counts.retries
        refusals.merge(counts.refusals, uniquingKeysWith: +)
        classes = zip(classes, counts.classes).map(+)
        // Of a node that is no member any more nothing is kept.
        for (name, node) in counts.nodes {
            guard let slot = table.slot(named: name) else { continue }
            table.entries[slot].load.inherit(requests: node.requests, failures: node.failures, retries: node.retries, ejections: node.ejections)
        }
    }
}

enum Succession {
    /// Sends the successor what was counted since `told`; answers what it knows then. It knows no less when it does not answer.
    static func tell(of balancers: [LoopBound<Balancer>], since told: Counts, from node: Node) async -> Counts {
        let now = await Counts.of(balancers)
        // Nobody has taken the name where a node is removed.
        let path = node.state.socket(of: node.name)
        guard !node.holdsSocket, access(path, F_OK) == 0, let bound = balancers.first else { return told }
        let endpoint = Endpoint(address: .unix(path))
        let body = now.since(told).json.bytes
        let answer = await bound.loop.run { loop in
            try? await HTTPClient(loop: loop).send(
                method: .post, target: "/balancer/counts", fields: ["Content-Type": "application/json"], body: body, to: endpoint, timeout: .seconds(2), limit: 65_536)
        }
        guard let answer, answer.status.code == 204 else {
            node.log.warning("the successor did not take the counters over")
            return told
        }
        return now
    }
}
