// What one server counts of its requests and connections.
import Telemetry
import Wire

/// The metrics of a server, under the name it was given.
struct ServerMeters: Sendable {
    /// By hundreds of the status: 1xx to 5xx.
    private let classes: [Counter]
    private let seconds: Histogram
    let connections: Gauge

    init(_ name: String) {
        classes = (1...5).map { Metrics.counter(.httpRequests, [("listener", name), ("status", "\($0)xx")]) }
        seconds = Metrics.histogram(.httpSeconds, [("listener", name)])
        connections = Metrics.gauge(.httpConnections, [("listener", name)])
    }

    func answered(_ status: HTTPStatus?, nanoseconds: UInt64) {
        if let code = status?.code, (100..<600).contains(code) { classes[code / 100 - 1].add() }
        seconds.record(microseconds: Int(nanoseconds / 1000))
    }
}
