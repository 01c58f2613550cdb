// Fairness and stickiness of whole fleets over simulated time; every run is repeatable from its seed.
import Control
import Testing

@testable import BalancerTier

struct SimulationTests {
    static let seeds = UInt64(1)...3

    @Test(arguments: seeds)
    func `no node gets more than 1.25 times the mean, however many balancers, nodes and people who stick`(seed: UInt64) {
        for balancers in [1, 3] {
            for nodes in [2, 3, 7] {
                for sticky in [0, 50, 90] {
                    var site = SimulatedSite(seed: seed, balancers: balancers, nodes: nodes, people: 400)
                    site.run(milliseconds: 1_500, rate: 3, longest: 20, sticky: sticky)
                    #expect(site.imbalance <= 1.25, "\(balancers) balancers, \(nodes) nodes, \(sticky) % sticky: \(site.nodes.map(\.served))")
                    #expect(site.failed == 0)
                }
            }
        }
    }

    @Test(arguments: seeds, [BalancingMethodCase.roundRobin, .weighted, .twoChoices])
    func `the other methods are even among equals too`(seed: UInt64, method: BalancingMethodCase) {
        var site = SimulatedSite(seed: seed, balancers: 3, nodes: 4, people: 400)
        site.wish.method = method.method
        site.run(milliseconds: 3_000, rate: 4, longest: 20, sticky: 50)
        #expect(site.imbalance <= 1.25, "\(site.nodes.map(\.served))")
    }

    @Test(arguments: seeds)
    func `a node that joins three balancers under load serves at once, is not flooded, and ends at its share`(seed: UInt64) {
        var site = SimulatedSite(seed: seed, balancers: 3, nodes: 2, people: 400)
        site.run(milliseconds: 3_000, rate: 4, longest: 20, sticky: 0)
        site.join("web-new")
        site.forgetCounts()
        site.run(milliseconds: 1_000, rate: 4, longest: 20, sticky: 0)
        #expect(site.nodes[2].served > 0)
        #expect(site.nodes[2].mostInFlight <= max(site.nodes[0].mostInFlight, site.nodes[1].mostInFlight) / 2, "\(site.nodes)")
        #expect(site.share(2) <= 0.15)
        site.run(milliseconds: 10_000, rate: 4, longest: 20, sticky: 0)
        site.forgetCounts()
        site.run(milliseconds: 2_000, rate: 4, longest: 20, sticky: 0)
        #expect((0.28...0.39).contains(site.share(2)), "\(site.share(2))")
    }

    @Test(arguments: seeds)
    func `a new node gets its share of the sessions although everybody sticks (ingress-nginx 4093)`(seed: UInt64) {
        var site = SimulatedSite(seed: seed, balancers: 3, nodes: 2, people: 20_000)
        site.run(milliseconds: 4_000, rate: 1, longest: 10, sticky: 100)
        site.join("web-new")
        site.run(milliseconds: 10_500, rate: 1, longest: 10, sticky: 100)
        site.forgetCounts()
        site.run(milliseconds: 4_000, rate: 1, longest: 10, sticky: 100)
        let given = site.nodes.map(\.given)
        #expect(given[2] * 100 > 36 * given.reduce(0, +), "who is new goes gladly there: \(given)")
        let busiest = max(site.nodes[0].mostInFlight, site.nodes[1].mostInFlight)
        #expect(site.nodes[2].mostInFlight <= busiest + busiest / 2 + 2, "and it is not flooded: \(site.nodes)")
        #expect(site.moves == 0, "nobody is moved for it")
    }

    @Test(arguments: seeds)
    func `a slow node holds no more requests than the others and so serves fewer`(seed: UInt64) {
        var site = SimulatedSite(seed: seed, balancers: 3, nodes: 3, people: 400)
        site.nodes[1].slowness = 8
        site.run(milliseconds: 2_000, rate: 4, longest: 20, sticky: 0)
        site.forgetCounts()
        site.run(milliseconds: 5_000, rate: 4, longest: 20, sticky: 0)
        #expect(site.nodes[1].served * 3 < site.nodes[0].served, "\(site.nodes.map(\.served))")
        #expect(site.nodes[1].mostInFlight <= 3 * max(site.nodes[0].mostInFlight, site.nodes[2].mostInFlight), "\(site.nodes)")
    }

    @Test(arguments: seeds)
    func `a draining node takes nobody new, keeps its people until the deadline, then nobody, and nothing is refused`(seed: UInt64) {
        var site = SimulatedSite(seed: seed, balancers: 3, nodes: 3, people: 200)
        site.run(milliseconds: 3_000, rate: 4, longest: 20, sticky: 60)
        let before = site.people.count { $0.node == 1 }
        #expect(before > 20)
        site.forgetCounts()
        site.drain("web-1", deadline: 6_000)
        site.run(milliseconds: 2_999, rate: 4, longest: 20, sticky: 60)
        #expect(site.nodes[1].given == 0)
        #expect(site.nodes[1].served > 0)
        #expect(site.people.count { $0.node == 1 } == before)
        site.run(milliseconds: 2_000, rate: 4, longest: 20, sticky: 60)
        site.forgetCounts()
        site.run(milliseconds: 500, rate: 4, longest: 20, sticky: 60)
        #expect(site.nodes[1].served == 0 && site.nodes[1].inFlight == 0)
        #expect(site.failed == 0)
    }

    @Test(arguments: seeds)
    func `a killed node's people move once, nothing fails, and on its return they do not flood it`(seed: UInt64) {
        var site = SimulatedSite(seed: seed, balancers: 3, nodes: 4, people: 400)
        site.run(milliseconds: 4_000, rate: 4, longest: 20, sticky: 80)
        let onIt = site.people.count { $0.node == 2 }
        site.forgetCounts()
        site.kill(2)
        site.run(milliseconds: 3_000, rate: 4, longest: 20, sticky: 80)
        #expect(site.failed == 0)
        #expect(site.moves <= onIt, "each at most once: \(site.moves) moves of \(onIt)")
        site.revive(2)
        site.run(milliseconds: 400, rate: 4, longest: 20, sticky: 80)
        site.forgetCounts()
        site.run(milliseconds: 1_000, rate: 4, longest: 20, sticky: 80)
        let busiest = [0, 1, 3].map { site.nodes[$0].mostInFlight }.max() ?? 0
        #expect(site.nodes[2].mostInFlight * 2 <= busiest + 4, "\(site.nodes)")
        site.run(milliseconds: 10_500, rate: 4, longest: 20, sticky: 0)
        site.forgetCounts()
        site.run(milliseconds: 3_000, rate: 4, longest: 20, sticky: 0)
        #expect(site.imbalance <= 1.25, "\(site.nodes.map(\.served))")
    }

    @Test(arguments: seeds)
    func `a day of joins, drains, kills and slowness: nothing fails and all ends even`(seed: UInt64) {
        var random = Seeded(state: seed &* 977)
        var site = SimulatedSite(seed: seed, balancers: 3, nodes: 4, people: 600)
        var drained: Set<Int> = []
        var dead: Int?
        for step in 0..<15 {
            site.run(milliseconds: 1_200, rate: 3, longest: 15, sticky: 60)
            if let node = dead { site.revive(node) }
            dead = nil
            switch Int.random(in: 0..<4, using: &random) {
            case 0: site.join("web-1\(step)")
            case 1:
                let working = site.nodes.indices.filter { !drained.contains($0) }
                guard working.count > 3, let node = working.randomElement(using: &random) else { break }
                drained.insert(node)
                site.drain(site.nodes[node].name, deadline: site.tick + 800)
            case 2:
                dead = site.nodes.indices.filter { !drained.contains($0) }.randomElement(using: &random)
                if let node = dead { site.kill(node) }
            default:
                guard let node = site.nodes.indices.randomElement(using: &random) else { break }
                site.nodes[node].slowness = Int.random(in: 1...3, using: &random)
            }
        }
        #expect(site.failed == 0)
        if let node = dead { site.revive(node) }
        for node in site.nodes.indices { site.nodes[node].slowness = 1 }
        site.run(milliseconds: 12_000, rate: 3, longest: 15, sticky: 20)
        site.forgetCounts()
        site.run(milliseconds: 4_000, rate: 3, longest: 15, sticky: 0)
        #expect(site.failed == 0)
        let working = site.nodes.indices.filter { !drained.contains($0) }.map { site.nodes[$0].served }
        let mean = Double(working.reduce(0, +)) / Double(working.count)
        #expect(Double(working.max() ?? 0) <= 1.25 * mean, "\(working)")
    }
}
