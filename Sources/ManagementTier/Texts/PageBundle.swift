// Keeps a storm of incidents from becoming a storm of texts: the first go out at once, the rest together.

/// Per technician: up to `atOnce` tellings within `window` are texts of their own; what comes beyond them is collected
/// for `collect` and told in one text; in a storm that goes on, bundles come less often.
package struct PageBundle: Sendable {
    package typealias Telling = IncidentMachine.Telling

    package static let atOnce = 3
    package static let window: Milliseconds = 60_000
    package static let collect: Milliseconds = 3_000
    /// Texts within `window` after which a bundle waits longer.
    package static let patientAfter = 6
    package static let collectPatiently: Milliseconds = 15_000

    private struct Queue {
        var technician: Int
        var sent: [Milliseconds] = []
        var held: [Telling] = []
        var due: Milliseconds?
    }
    private var queues: [Queue] = []

    package init() {}

    /// Takes one telling; the answer is what to text now: nothing, or this one.
    package mutating func add(_ telling: Telling, at now: Milliseconds) -> [Telling] {
        let index = queues.firstIndex { $0.technician == telling.technician } ?? queues.count
        if index == queues.count { queues.append(Queue(technician: telling.technician)) }
        queues[index].sent.removeAll { now - $0 >= Self.window || $0 > now }
        guard queues[index].due == nil, queues[index].sent.count < Self.atOnce else {
            queues[index].held.append(telling)
            let isPatient = queues[index].sent.count >= Self.patientAfter
            queues[index].due = queues[index].due ?? now + (isPatient ? Self.collectPatiently : Self.collect)
            return []
        }
        queues[index].sent.append(now)
        return [telling]
    }

    package var due: Milliseconds? { queues.compactMap(\.due).min() }

    /// The collected tellings whose time has come: one list for one text. What happened to an incident meanwhile
    /// is said once, as it now is.
    package mutating func tick(at now: Milliseconds) -> [[Telling]] {
        var texts: [[Telling]] = []
        for index in queues.indices {
            guard let due = queues[index].due, Clock.isDue(due, at: now, longest: Self.collectPatiently) else { continue }
            var latest: [Telling] = []
            for telling in queues[index].held {
                latest.removeAll { $0.incident.id == telling.incident.id }
                latest.append(telling)
            }
            queues[index].held = []
            queues[index].due = nil
            queues[index].sent.append(now)
            if !latest.isEmpty { texts.append(latest) }
        }
        return texts
    }
}
