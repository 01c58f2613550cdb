// Maintenance windows: which parts of the service may fail when without anybody being woken. A value without a clock of its own.
import SupportCentre

/// Planned work on some parts of the service. What failed in it counts in neither side of the availability.
package struct MaintenanceWindow: Equatable, Sendable {
    /// Given by the watch, from 1.
    package var id: Int
    /// Where it comes from: `change-101` for a change; nil for one that was added by hand.
    package var source: String?
    /// Grows with every word of its source about it; what comes late and is older changes nothing.
    package var version: Int64
    /// As the public status page shows it.
    package var title: String
    package var parts: Set<ServicePart>
    package var starts: Milliseconds
    package var ends: Milliseconds
    /// When it was called off; work that had begun ended then.
    package var cancelled: Milliseconds?
    package var by: String

    package init(
        id: Int, source: String? = nil, version: Int64 = 0, title: String, parts: Set<ServicePart>, starts: Milliseconds, ends: Milliseconds,
        cancelled: Milliseconds? = nil, by: String = ""
    ) {
        (self.id, self.source, self.version, self.title, self.parts) = (id, source, version, title, parts)
        (self.starts, self.ends, self.cancelled, self.by) = (starts, ends, cancelled, by)
    }

    /// The time it really takes; nil when it was called off before it began.
    package var during: Interval? {
        let end = min(ends, cancelled ?? ends)
        return starts < end ? Interval(starts, end) : nil
    }

    package enum Phase: String, Sendable { case coming, running, over, cancelled }

    package func phase(at now: Milliseconds) -> Phase {
        guard let during else { return .cancelled }
        if now < during.begin { return cancelled == nil ? .coming : .cancelled }
        return now < during.end ? .running : .over
    }
}

package struct MaintenancePlan: Equatable, Sendable {
    /// In order of their ids.
    package private(set) var windows: [MaintenanceWindow]

    package init(_ windows: [MaintenanceWindow] = []) { self.windows = windows.sorted { $0.id < $1.id } }

    package var nextID: Int { (windows.last?.id ?? 0) + 1 }

    /// Takes a window in, or a newer word about one that is known by its source. Time that has passed is never planned afterwards: it
    /// was measured as it was.
    /// - Returns: the window as it is now; nil when what came says nothing new.
    @discardableResult
    package mutating func take(_ window: MaintenanceWindow, at now: Milliseconds) -> MaintenanceWindow? {
        var window = window
        let own = windows.indices.filter { windows[$0].source == window.source && window.source != nil }
        guard let index = own.first(where: { windows[$0].version >= window.version }) ?? own.first(where: { windows[$0].isLive(at: now) }) else {
            window.starts = max(window.starts, now)
            // Nothing is left of it; but called off before it was heard of it is kept, so that an older word does not bring it back.
            guard window.starts < window.ends || window.cancelled != nil else { return nil }
            window.id = nextID
            windows.append(window)
            return window
        }
        let known = windows[index]
        guard window.version > known.version else { return nil }
        window.id = known.id
        if known.starts < now {
            // It has begun: what has passed of it stays as it was.
            (window.starts, window.parts) = (known.starts, known.parts)
            window.ends = max(window.ends, now)
        } else {
            window.starts = max(window.starts, now)
            window.ends = max(window.ends, window.starts)
        }
        if window.cancelled != nil { window.cancelled = now }
        windows[index] = window
        return window
    }

    /// Calls a window off from now on; nil when it is not known, or over.
    @discardableResult
    package mutating func cancel(_ id: Int, at now: Milliseconds) -> MaintenanceWindow? {
        guard let index = windows.firstIndex(where: { $0.id == id }), windows[index].isLive(at: now) else { return nil }
        windows[index].cancelled = now
        return windows[index]
    }

    /// Until when a part may fail without anybody being woken: through every window that follows without a gap. Nil when it may not.
    package func covers(_ part: ServicePart, at now: Milliseconds) -> Milliseconds? {
        ServiceLedger.merged(intervals(of: part)).first { $0.begin <= now && now < $0.end }?.end
    }

    /// The same for what stands for several parts at once: all of them have to be planned.
    package func covers(_ parts: Set<ServicePart>, at now: Milliseconds) -> Milliseconds? {
        guard !parts.isEmpty else { return nil }
        var end = Milliseconds.max
        for part in parts {
            guard let own = covers(part, at: now) else { return nil }
            end = min(end, own)
        }
        return end
    }

    /// The planned time of a part.
    package func intervals(of part: ServicePart) -> [Interval] { windows.filter { $0.parts.contains(part) }.compactMap(\.during) }

    /// What is coming or running, the soonest first.
    package func live(at now: Milliseconds) -> [MaintenanceWindow] {
        windows.filter { $0.isLive(at: now) }.sorted { ($0.starts, $0.id) < ($1.starts, $1.id) }
    }
}

extension MaintenanceWindow {
    package func isLive(at now: Milliseconds) -> Bool {
        switch phase(at: now) {
        case .coming, .running: true
        case .over, .cancelled: false
        }
    }
}
