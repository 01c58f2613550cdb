// Counters, gauges and histograms of a process, and their text for Prometheus.

import Synchronization

/// Counts events.
package final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    package init() {}
    package func add(_ amount: Int = 1) { value.add(amount, ordering: .relaxed) }
    package var current: Int { value.load(ordering: .relaxed) }
}

/// A figure that goes up and down.
package final class Gauge: Sendable {
    private let value = Atomic<Int>(0)
    package init() {}
    package func set(_ amount: Int) { value.store(amount, ordering: .relaxed) }
    package func add(_ amount: Int) { value.add(amount, ordering: .relaxed) }
    package var current: Int { value.load(ordering: .relaxed) }
}

/// How durations are spread over fixed buckets.
package final class Histogram: Sendable {
    /// Upper bounds in microseconds: 100 us to 10 s, the range of one request.
    package static let bounds: [Int] = [100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000]
    private let counts = Mutex<[Int]>(Array(repeating: 0, count: bounds.count + 1))
    private let sum = Atomic<Int>(0)
    package init() {}

    package func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        record(microseconds: Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000))
    }
    package func record(microseconds: Int) {
        let bucket = Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count
        counts.withLock { $0[bucket] += 1 }
        sum.add(microseconds, ordering: .relaxed)
    }
    package var snapshot: (counts: [Int], sumMicroseconds: Int) { (counts.withLock { $0 }, sum.load(ordering: .relaxed)) }
}

/// All metrics of this process. Ask for one once and keep it: the look-up takes a lock.
package enum Metrics {
    private enum Instrument: Sendable {
        case counter(Counter), gauge(Gauge), histogram(Histogram)
    }
    private struct Series: Sendable {
        var name: MetricName
        var labels: String
        var instrument: Instrument
    }
    private static let registry = Mutex<[Series]>([])

    /// - Parameter labels: in the order they are written, e.g. `[("node", "web-1")]`.
    package static func counter(_ name: MetricName, _ labels: [(String, String)] = []) -> Counter {
        let made = find(name, labels) { .counter(Counter()) }
        guard case .counter(let counter) = made else { preconditionFailure("\(name.rawValue) is no counter") }
        return counter
    }
    package static func gauge(_ name: MetricName, _ labels: [(String, String)] = []) -> Gauge {
        guard case .gauge(let gauge) = find(name, labels, { .gauge(Gauge()) }) else { preconditionFailure("\(name.rawValue) is no gauge") }
        return gauge
    }
    package static func histogram(_ name: MetricName, _ labels: [(String, String)] = []) -> Histogram {
        guard case .histogram(let histogram) = find(name, labels, { .histogram(Histogram()) }) else { preconditionFailure("\(name.rawValue) is no histogram") }
        return histogram
    }

    /// Publishes a histogram that lives elsewhere, in the place of one of that name and labels.
    package static func publish(_ histogram: Histogram, as name: MetricName, _ labels: [(String, String)]) {
        let text = text(labels)
        registry.withLock { series in
            series.removeAll { $0.name == name && $0.labels == text }
            series.append(Series(name: name, labels: text, instrument: .histogram(histogram)))
        }
    }

    private static func text(_ labels: [(String, String)]) -> String {
        labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
    }

    private static func find(_ name: MetricName, _ labels: [(String, String)], _ make: () -> Instrument) -> Instrument {
        let text = text(labels)
        return registry.withLock { series in
            if let known = series.first(where: { $0.name == name && $0.labels == text }) { return known.instrument }
            let made = make()
            series.append(Series(name: name, labels: text, instrument: made))
            return made
        }
    }

    /// Prometheus text exposition format 0.0.4.
    package static func prometheus() -> [UInt8] {
        let all = registry.withLock { $0 }
        var text = ""
        for name in MetricName.allCases {
            let series = all.filter { $0.name == name }
            guard let first = series.first else { continue }
            text += "# HELP \(name.rawValue) \(name.help)\n# TYPE \(name.rawValue) \(kind(first.instrument))\n"
            for one in series { write(one, to: &text) }
        }
        return Array(text.utf8)
    }

    private static func kind(_ instrument: Instrument) -> String {
        switch instrument {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }

    private static func write(_ series: Series, to text: inout String) {
        let name = series.name.rawValue
        let braces = series.labels.isEmpty ? "" : "{\(series.labels)}"
        switch series.instrument {
        case .counter(let counter): text += "\(name)\(braces) \(counter.current)\n"
        case .gauge(let gauge): text += "\(name)\(braces) \(gauge.current)\n"
        case .histogram(let histogram):
            let (counts, sum) = histogram.snapshot
            let comma = series.labels.isEmpty ? "" : ","
            var total = 0
            for (bound, count) in zip(Histogram.bounds, counts) {
                total += count
                text += "\(name)_bucket{\(series.labels)\(comma)le=\"\(Double(bound) / 1_000_000)\"} \(total)\n"
            }
            total += counts.last ?? 0
            text += "\(name)_bucket{\(series.labels)\(comma)le=\"+Inf\"} \(total)\n"
            text += "\(name)_sum\(braces) \(Double(sum) / 1_000_000)\n\(name)_count\(braces) \(total)\n"
        }
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}
