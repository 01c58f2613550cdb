// The balancing keys: what they say, and what is refused with what to write instead.
import Testing

@testable import Control

struct BalancingKeysTests {
    private static let file = "nodes:\n  - {name: balancer-1, tier: balancer}\n  - {name: app-1, tier: web, origin: \"http://127.0.0.1:9001\", weight: 300}\nlisten: {http: \"127.0.0.1:0\"}\n"

    private func parse(_ more: String) throws(ConfigurationError) -> Configuration {
        try Configuration.parse(Self.file + more, file: "x.yaml", absolute: "/x.yaml")
    }

    @Test func `every key reaches its value`() throws {
        let balancing = try parse("""
            balancing:
              method: hashed
              hash-by: path
              ramp: 30s
              per-node: 200
              queue: {depth: 50, time: 3s, sticky-time: 500ms, then: move}
              check: {every: 2s, rise: 3, fall: 4}
              eject: {failures: 7, errors: 0, for: 20s, longest: 10m, at-most: 34}
            """).balancing
        #expect(balancing.method == .hashed && balancing.hashBy == .path && balancing.ramp == .seconds(30) && balancing.perNode == 200)
        #expect(balancing.queue == { var queue = Configuration.Balancing.Queue(); (queue.depth, queue.time, queue.stickyTime, queue.then) = (50, .seconds(3), .milliseconds(500), .move); return queue }())
        #expect(balancing.check == { var check = Configuration.Balancing.Check(); (check.every, check.rise, check.fall) = (.seconds(2), 3, 4); return check }())
        #expect(balancing.eject.failures == 7 && balancing.eject.errors == 0 && balancing.eject.time == .seconds(20))
        #expect(balancing.eject.longest == .seconds(600) && balancing.eject.atMost == 34)
        let configuration = try parse("access-log-size: 8\naccess-log-files: 9\nretire-within: 2h\n")
        #expect(configuration.accessLogSize == 8 && configuration.accessLogFiles == 9 && configuration.retireWithin == .seconds(7200))
        #expect(configuration.node("app-1")?.weight == 300 && configuration.node("balancer-1")?.weight == 100)
        #expect(configuration.balancing == Configuration.Balancing())
    }

    @Test(arguments: [
        ("balancing: {method: leastconn}", "least-connections"), ("balancing: {method: random}", "least-connections"), ("balancing: {hash-by: path}", "method: hashed"),
        ("balancing: {queue: {depth: 5}}", "per-node"), ("balancing: {per-node: 0}", "1 to 1000000"), ("balancing: {eject: {at-most: 100}}", "0 to 90"),
        ("balancing: {check: {every: 1ms}}", "100ms to 1m"), ("balancing: {ramps: 1s}", "did you mean `ramp`"), ("balancing: {queue: {then: wait}, per-node: 5}", "borrow, move"),
    ])
    func `what is wrong is refused with what to write`(text: String, remedy: String) {
        let error = #expect(throws: ConfigurationError.self) { try parse(text) }
        #expect(error?.description.contains(remedy) == true, "\(error?.description ?? "")")
    }

    @Test func `a weight is for web nodes alone`() {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration.parse("nodes:\n  - {name: balancer-1, tier: balancer, weight: 5}\nlisten: {http: \"127.0.0.1:0\"}", file: "x.yaml", absolute: "/x.yaml")
        }
        #expect(error?.description.contains("only web nodes") == true)
    }
}
