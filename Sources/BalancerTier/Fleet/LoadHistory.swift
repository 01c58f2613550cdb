// The last two minutes of each node, for pictures: sampled beside the requests, never by them.
import Synchronization
import Telemetry

/// One node's figures in steps, newest last.
struct LoadHistory: Sendable {
    static let step = Duration.seconds(2)
    static let length = 60
    /// Of so many steps the answer times are shown.
    static let latencySteps = 30

    private(set) var requests: [Int] = []
    private(set) var failures: [Int] = []
    /// The most at any of the moments looked at.
    private(set) var inFlight: [Int] = []
    private var latencies: [[Int]] = []
    private var last: (requests: Int, failures: Int)?

    mutating func take(requests: Int, failures: Int, inFlight: Int, latency: [Int]) {
        let before = last ?? (requests, failures)
        add(requests - before.requests, to: &self.requests)
        add(failures - before.failures, to: &self.failures)
        add(inFlight, to: &self.inFlight)
        latencies.append(latency)
        if latencies.count > Self.latencySteps + 1 { latencies.removeFirst() }
        last = (requests, failures)
    }

    /// Answers by time, in the buckets of `Histogram`, over the last minute.
    var latency: [Int] {
        guard let newest = latencies.last, let oldest = latencies.first else { return [] }
        return zip(newest, oldest).map { max(0, $0 - $1) }
    }

    private func add(_ value: Int, to series: inout [Int]) {
        series.append(max(0, value))
        if series.count > Self.length { series.removeFirst() }
    }
}

/// The histories of a process by node, and the metrics that follow from the same look.
final class LoadHistories: Sendable {
    private struct Told: Sendable {
        var requests = 0, failures = 0, retries = 0, ejections = 0, bytes = 0
    }
    private let state = Mutex<(histories: [String: LoadHistory], told: [String: Told])>(([:], [:]))

    /// Looks at every node; call every `LoadHistory.step`.
    func take(_ rows: [NodesReport.Row]) {
        state.withLock { state in
            for name in state.histories.keys where !rows.contains(where: { $0.name == name }) { state.histories[name] = nil }
            for row in rows {
                let load = row.load
                state.histories[row.name, default: LoadHistory()].take(
                    requests: load.own.requests, failures: load.own.failures, inFlight: load.inFlight, latency: load.response.snapshot.counts)
                Self.publish(row, &state.told)
            }
        }
    }

    func history(of name: String) -> LoadHistory? { state.withLock { $0.histories[name] } }

    private static func publish(_ row: NodesReport.Row, _ told: inout [String: Told]) {
        let labels = [("node", row.name)], load = row.load
        if told[row.name] == nil {
            Metrics.publish(load.response, as: .balancerSeconds, labels)
            Metrics.publish(load.connect, as: .balancerConnectSeconds, labels)
        }
        let before = told[row.name] ?? Told()
        let now = Told(requests: load.requests, failures: load.failures, retries: load.retries, ejections: load.ejections, bytes: load.bytes)
        Metrics.counter(.balancerRequests, labels).add(now.requests - before.requests)
        Metrics.counter(.balancerFailures, labels).add(now.failures - before.failures)
        Metrics.counter(.balancerRetries, labels).add(now.retries - before.retries)
        Metrics.counter(.balancerEjections, labels).add(now.ejections - before.ejections)
        Metrics.counter(.balancerBytes, labels).add(now.bytes - before.bytes)
        Metrics.gauge(.balancerInFlight, labels).set(load.inFlight)
        Metrics.gauge(.balancerQueued, labels).set(load.queued)
        Metrics.gauge(.balancerTunnels, labels).set(load.tunnels)
        Metrics.gauge(.balancerSessions, labels).set(row.sessions)
        Metrics.gauge(.balancerShare, labels).set(row.share)
        Metrics.gauge(.balancerUp, labels).set(row.health == "up" && !row.isDraining && !row.isEjected ? 1 : 0)
        told[row.name] = now
    }
}
