// What one server counts of its requests and connections.
import Telemetry
import Wire

/// The metrics of a server, under the name it was given.
struct ServerMeters: Sendable {
    /// By hundreds of the status: 1xx to 5xx; empty where requests are not counted here.
    private let classes: [Counter]
    private let seconds: Histogram?
    let connections: Gauge
    private let accepted: Counter
    private let full: Counter
    private let resumed: Counter
    private let failed: Counter

    init(_ name: String, requests: Bool = true) {
        classes = requests ? (1...5).map { Metrics.counter(.httpRequests, [("listener", name), ("status", "\($0)xx")]) } : []
        seconds = requests ? Metrics.histogram(.httpSeconds, [("listener", name)]) : nil
        connections = Metrics.gauge(.httpConnections, [("listener", name)])
        accepted = Metrics.counter(.httpAccepted, [("listener", name)])
        full = Metrics.counter(.tlsHandshakes, [("listener", name), ("kind", "full")])
        resumed = Metrics.counter(.tlsHandshakes, [("listener", name), ("kind", "resumed")])
        failed = Metrics.counter(.tlsHandshakes, [("listener", name), ("kind", "failed")])
    }

    func opened() {
        connections.add(1)
        accepted.add()
    }

    func agreed(isResumed: Bool) { (isResumed ? resumed : full).add() }
    func disagreed() { failed.add() }

    func answered(_ status: HTTPStatus?, nanoseconds: UInt64) {
        guard !classes.isEmpty else { return }
        if let code = status?.code, (100..<600).contains(code) { classes[code / 100 - 1].add() }
        seconds?.record(microseconds: Int(nanoseconds / 1000))
    }
}
