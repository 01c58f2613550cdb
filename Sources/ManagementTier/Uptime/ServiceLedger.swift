// Availability from measured intervals: which part of the service worked when, to the millisecond.
import SupportCentre

/// A stretch of time, end not included.
package struct Interval: Equatable, Sendable {
    package var begin: Milliseconds
    package var end: Milliseconds

    package init(_ begin: Milliseconds, _ end: Milliseconds) {
        self.begin = begin
        self.end = max(begin, end)
    }

    package var length: Milliseconds { end - begin }

    func clipped(to other: Interval) -> Interval? {
        let begin = max(begin, other.begin), end = min(end, other.end)
        return begin < end ? Interval(begin, end) : nil
    }
}

/// What one part of the service was like.
package enum ServiceState: Int, Comparable, Sendable {
    /// There was no such node in the fleet.
    case absent
    case operational
    /// Some of its nodes were down, the others served.
    case reduced
    /// None of its nodes was up.
    case down
    /// The watch itself was not running; neither good nor bad.
    case unknown
    /// Work was planned then; whatever happened is in neither side.
    case planned

    package static func < (left: ServiceState, right: ServiceState) -> Bool { left.rawValue < right.rawValue }
}

/// Which node served which part of the service when, and when it was down. Beats are not counted; intervals are
/// measured, from the last good answer before an outage to the first good one after it, so one missed probe never costs a minute.
package struct ServiceLedger: Sendable {
    package struct Member: Equatable, Sendable {
        package var node: String
        package var service: ServicePart
        package var during: Interval

        package init(node: String, service: ServicePart, during: Interval) {
            self.node = node
            self.service = service
            self.during = during
        }
    }

    package struct Outage: Equatable, Sendable {
        package var node: String
        package var during: Interval

        package init(node: String, during: Interval) {
            self.node = node
            self.during = during
        }
    }

    package struct Segment: Equatable, Sendable {
        package var during: Interval
        package var state: ServiceState
    }

    package var members: [Member]
    package var outages: [Outage]
    /// When the watch was running.
    package var watched: [Interval]
    /// When work was planned on a part.
    package var planned: [ServicePart: [Interval]] = [:]

    package init(members: [Member], outages: [Outage], watched: [Interval]) {
        self.members = members
        self.outages = outages
        self.watched = watched
    }

    /// The states of a part over a window, in order and without gaps.
    package func segments(of service: ServicePart, in window: Interval) -> [Segment] {
        // A sweep over the moments at which one of four counts changes.
        var changes: [(at: Milliseconds, members: Int, down: Int, watched: Int, planned: Int)] = []
        func add(_ interval: Interval?, members: Int = 0, down: Int = 0, watched: Int = 0, planned: Int = 0) {
            guard let interval else { return }
            changes.append((interval.begin, members, down, watched, planned))
            changes.append((interval.end, -members, -down, -watched, -planned))
        }
        for member in members where member.service == service {
            guard let during = member.during.clipped(to: window) else { continue }
            add(during, members: 1)
            let own = outages.filter { $0.node == member.node }.compactMap { $0.during.clipped(to: during) }
            for outage in Self.merged(own) { add(outage, down: 1) }
        }
        for interval in Self.merged(watched) { add(interval.clipped(to: window), watched: 1) }
        for interval in Self.merged(planned[service] ?? []) { add(interval.clipped(to: window), planned: 1) }
        changes.sort { $0.at < $1.at }

        var segments: [Segment] = [], members = 0, down = 0, watched = 0, planned = 0, from = window.begin
        func close(at end: Milliseconds) {
            guard from < end else { return }
            let state: ServiceState =
                watched == 0 ? .unknown : members == 0 ? .absent : planned > 0 ? .planned : down == 0 ? .operational : down < members ? .reduced : .down
            if segments.last?.state == state {
                segments[segments.count - 1].during.end = end
            } else {
                segments.append(Segment(during: Interval(from, end), state: state))
            }
            from = end
        }
        for change in changes {
            close(at: change.at)
            members += change.members
            down += change.down
            watched += change.watched
            planned += change.planned
        }
        close(at: window.end)
        return segments
    }

    /// Overlapping and touching intervals as one.
    static func merged(_ intervals: [Interval]) -> [Interval] {
        var merged: [Interval] = []
        for interval in intervals.sorted(by: { $0.begin < $1.begin }) {
            if let last = merged.last, interval.begin <= last.end {
                merged[merged.count - 1].end = max(last.end, interval.end)
            } else {
                merged.append(interval)
            }
        }
        return merged
    }
}

/// How much of a window a part of the service worked.
package struct Availability: Equatable, Sendable {
    package var up: Milliseconds = 0
    package var reduced: Milliseconds = 0
    package var down: Milliseconds = 0
    package var unknown: Milliseconds = 0
    package var planned: Milliseconds = 0

    package init(_ segments: [ServiceLedger.Segment]) {
        for segment in segments {
            switch segment.state {
            case .absent: break
            case .operational: up += segment.during.length
            case .reduced: reduced += segment.during.length
            case .down: down += segment.during.length
            case .unknown: unknown += segment.during.length
            case .planned: planned += segment.during.length
            }
        }
    }

    /// UA = served / measured, the time the watch was blind and that of planned work in neither side; nil when nothing was measured.
    package var ratio: Double? {
        let measured = up + reduced + down
        return measured == 0 ? nil : Double(up + reduced) / Double(measured)
    }

    /// The worst that happened, for a bar of one day.
    package var worst: ServiceState {
        if down > 0 { return .down }
        if reduced > 0 { return .reduced }
        if up > 0 { return .operational }
        if planned > 0 { return .planned }
        return unknown > 0 ? .unknown : .absent
    }

    /// As written on the page: `100 %`, `99.98 %`; never rounded up to 100 when something was down.
    package var text: String {
        guard let ratio else { return "no data" }
        guard ratio < 1 else { return "100 %" }
        // Cut, not rounded: two decimals.
        let hundredths = Int(ratio * 10_000)
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) %"
    }
}

/// Windows of the ledger, in UTC.
package enum LedgerWindow {
    package static let day: Milliseconds = 86_400_000

    /// The days ending with today, oldest first; today ends at `now`.
    package static func days(_ count: Int, until now: Milliseconds) -> [Interval] {
        let today = now - (now % day + day) % day
        return (0..<count).reversed().map { back in
            let begin = today - Milliseconds(back) * day
            return Interval(begin, min(begin + day, now))
        }
    }
}
