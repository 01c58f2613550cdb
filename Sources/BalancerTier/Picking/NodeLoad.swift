// What all loops of a balancer's process have given one node: each loop decides by what all of them sent, not by its own part.
import Synchronization
import Telemetry

/// Plain relaxed atomics: a loop may see another's request a moment late, which costs a pick that was as good a moment ago.
package final class NodeLoad: Sendable {
    private let inFlightNow = Atomic<Int>(0)
    private let queuedNow = Atomic<Int>(0)
    private let tunnelsNow = Atomic<Int>(0)
    private let requestsEver = Atomic<Int>(0)
    private let failuresEver = Atomic<Int>(0)
    private let retriesEver = Atomic<Int>(0)
    private let ejectionsEver = Atomic<Int>(0)
    private let bytesEver = Atomic<Int>(0)
    private let inheritedRequests = Atomic<Int>(0)
    private let inheritedFailures = Atomic<Int>(0)
    /// From giving a request to the end of its answer.
    package let response = Histogram()
    /// To open a connection.
    package let connect = Histogram()

    package init() {}

    /// Requests sent and not yet answered to the end, those waiting for a connection and open tunnels included.
    package var inFlight: Int { inFlightNow.load(ordering: .relaxed) }
    /// Requests that wait for room on this very node.
    package var queued: Int { queuedNow.load(ordering: .relaxed) }
    /// Of those in flight, upgraded connections and event streams: long, and seldom at work.
    package var tunnels: Int { tunnelsNow.load(ordering: .relaxed) }
    /// Those in flight that keep the node at work.
    package var working: Int { inFlight - tunnels }
    /// Requests ever given to it.
    package var requests: Int { requestsEver.load(ordering: .relaxed) }
    /// Requests that failed at it.
    package var failures: Int { failuresEver.load(ordering: .relaxed) }
    /// Those of both that this process saw itself.
    var own: (requests: Int, failures: Int) {
        (requests - inheritedRequests.load(ordering: .relaxed), failures - inheritedFailures.load(ordering: .relaxed))
    }
    /// Requests taken from it to another node because it failed them.
    package var retries: Int { retriesEver.load(ordering: .relaxed) }
    /// How often it was ejected.
    package var ejections: Int { ejectionsEver.load(ordering: .relaxed) }
    /// Bytes of bodies it answered.
    package var bytes: Int { bytesEver.load(ordering: .relaxed) }

    func began() {
        inFlightNow.add(1, ordering: .relaxed)
        requestsEver.add(1, ordering: .relaxed)
    }

    /// Takes a place unless `cap` are taken; false: it is full.
    func tryBegin(below cap: Int) -> Bool {
        var seen = inFlightNow.load(ordering: .relaxed)
        while seen < cap {
            let (done, now) = inFlightNow.weakCompareExchange(expected: seen, desired: seen + 1, ordering: .relaxed)
            if done {
                requestsEver.add(1, ordering: .relaxed)
                return true
            }
            seen = now
        }
        return false
    }

    /// A place was taken and not used after all.
    func notBegun() {
        inFlightNow.subtract(1, ordering: .relaxed)
        requestsEver.subtract(1, ordering: .relaxed)
    }

    func ended() { inFlightNow.subtract(1, ordering: .relaxed) }
    func queuedChanged(by amount: Int) { queuedNow.add(amount, ordering: .relaxed) }

    func tunnelled(_ isOpen: Bool) { tunnelsNow.add(isOpen ? 1 : -1, ordering: .relaxed) }

    func connected(in time: Duration) { connect.record(time) }

    func answered(bytes: Int, in time: Duration) {
        bytesEver.add(bytes, ordering: .relaxed)
        response.record(time)
    }

    func failed() { failuresEver.add(1, ordering: .relaxed) }
    func retried() { retriesEver.add(1, ordering: .relaxed) }
    func ejected() { ejectionsEver.add(1, ordering: .relaxed) }

    /// What a new process takes over from the one before it; requests in flight stay with the one that serves them.
    package func inherit(requests: Int, failures: Int, retries: Int, ejections: Int) {
        inheritedRequests.add(requests, ordering: .relaxed)
        inheritedFailures.add(failures, ordering: .relaxed)
        requestsEver.add(requests, ordering: .relaxed)
        failuresEver.add(failures, ordering: .relaxed)
        retriesEver.add(retries, ordering: .relaxed)
        ejectionsEver.add(ejections, ordering: .relaxed)
    }
}

/// The loads of every node of a process by name, shared by the tables of its loops. A node that left is remembered: requests of
/// before may still be in flight, and under the same name it goes on counting.
package final class NodeLoads: Sendable {
    private let known = Mutex<[String: NodeLoad]>([:])

    package init() {}

    package func load(of name: String) -> NodeLoad {
        known.withLock { known in
            if let load = known[name] { return load }
            let load = NodeLoad()
            known[name] = load
            return load
        }
    }
}
