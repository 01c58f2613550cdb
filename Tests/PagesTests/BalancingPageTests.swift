// The balancing page: what balancers tell is added up as it should be, and drawn for whatever they tell.
import Testing
import Wire

@testable import Pages

extension Nasty {
    static var balancing: BalancingModel {
        var model = BalancingModel(made: Timestamp())
        model.bounds = [100, 1_000_000]
        for health in ["up", "down", "suspicious", "joining", Nasty.text] {
            var node = BalancingModel.Node(name: Nasty.text + health)
            node.health = health
            node.isDraining = true
            node.drainDeadline = 60_000
            node.rates = [1, 2, 3]
            node.latency = [3, 1, 7]
            model.add(node)
        }
        model.balancers = [.init(name: Nasty.text), .init(name: "balancer-1", work: .init())]
        return model
    }
}

@Suite struct BalancingPageTests {
    private func node(_ name: String, _ change: (inout BalancingModel.Node) -> Void = { _ in }) -> BalancingModel.Node {
        var node = BalancingModel.Node(name: name)
        change(&node)
        return node
    }

    @Test func `what several balancers see of a node is one node: requests add up, a person is one person, the worst view counts`() {
        var model = BalancingModel(made: Timestamp())
        model.add(node("web-1") { ($0.inFlight, $0.sessions, $0.rates, $0.share) = (2, 10, [1, 1, 1], 1000) })
        model.add(node("web-1") { ($0.inFlight, $0.sessions, $0.rates, $0.share, $0.health) = (3, 7, [5], 400, "suspicious") })
        model.add(node("web-2"))
        #expect(model.nodes.count == 2)
        let one = model.nodes[0]
        #expect(one.inFlight == 5 && one.sessions == 10 && one.share == 400 && one.health == "suspicious")
        #expect(one.rates == [1, 1, 6], "series end now")
    }

    @Test func `a node keeps its colour when others come and go, and no two share one while there are enough`() {
        var model = BalancingModel(made: Timestamp())
        for name in ["web-1", "web-2", "web-9", "app"] { model.add(node(name)) }
        #expect(Set(model.colours).count == 4)
        var later = BalancingModel(made: Timestamp())
        later.add(node("web-2"))
        #expect(later.colours == [model.colours[1]])
    }

    @Test func `rates are over ten seconds, percentiles are the bounds of their buckets`() {
        var model = BalancingModel(made: Timestamp())
        model.bounds = [100, 1000, 10_000]
        #expect(model.rate([100, 2, 2, 2, 2, 2]) == 1)
        #expect(model.rate([]) == 0)
        #expect(model.percentile(0.5, of: [50, 40, 9, 1]) == 100)
        #expect(model.percentile(0.9, of: [50, 40, 9, 1]) == 1000)
        #expect(model.percentile(0.99, of: [50, 40, 9, 1]) == 10_000)
        #expect(model.percentile(1, of: [50, 40, 9, 1]) == 10_000)
        #expect(model.percentile(0.5, of: [0, 0, 0, 0]) == nil)
    }

    @Test(arguments: [(0.0, 2.0), (3.0, 4.0), (9.0, 10.0), (40.0, 50.0), (95.0, 200.0), (1234.0, 2000.0)])
    func `the scale ends at a round figure above the peak`(peak: Double, high: Double) {
        #expect(FlowChart.scale(peak).high == high)
    }

    @Test func `a page without an answer says so, one with silent balancers names them`() {
        var model = BalancingModel(made: Timestamp())
        #expect(BalancingPage.html(Frame(title: "Balancing"), model).text.contains("No balancer answers"))
        model.add(node("web-1"))
        model.balancers = [.init(name: "balancer-2"), .init(name: "balancer-1", work: .init())]
        #expect(BalancingPage.html(Frame(title: "Balancing"), model).text.contains("balancer-2 does not answer"))
    }

    @Test func `states are told in words: ramping, draining with its time, ejected, down`() {
        func page(_ change: (inout BalancingModel.Node) -> Void) -> String {
            var model = BalancingModel(made: Timestamp(milliseconds: 1_000_000))
            model.add(node("web-1", change))
            return BalancingPage.html(Frame(title: "Balancing"), model).text
        }
        #expect(page { $0.share = 300 }.contains("ramping up"))
        #expect(page { ($0.isDraining, $0.drainDeadline) = (true, 1_045_000) }.contains("45 seconds left to stay"))
        #expect(page { ($0.isDraining, $0.drainDeadline) = (true, 1_245_000) }.contains("4 minutes left to stay"))
        #expect(page { ($0.isDraining, $0.drainDeadline) = (true, 999_000) }.contains("moves with their next request"))
        #expect(page { $0.isEjected = true }.contains(">ejected<"))
        #expect(page { $0.health = "down" }.contains(">down<"))
    }
}
