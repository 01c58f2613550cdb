// What the primary keeps in memory of exports: where some wait, and how far those under way have come.
import Procedures
import Synchronization
import Wire

/// Shared by all loops. Nothing here must last: a start looks through the customers again.
final class ExportBoard: Sendable {
    private struct State {
        var places: Set<String> = []
        var progress: [String: (share: Double, step: String)] = [:]
        var point: Timestamp?
        /// Empty: everything there was.
        var holds: Set<String> = []
    }
    private let state = Mutex(State())

    /// There may be something to make for this customer.
    func note(_ customer: String) { state.withLock { _ = $0.places.insert(customer) } }
    func clear(_ customer: String) { state.withLock { _ = $0.places.remove(customer) } }
    var places: [String] { state.withLock { $0.places.sorted() } }

    /// The newest restore point there is, as the node that keeps them told.
    func tell(restorePoint: Timestamp, holds: [String]) {
        state.withLock { state in
            // Two nodes may keep some: the newer counts.
            guard state.point.map({ $0 <= restorePoint }) ?? true else { return }
            (state.point, state.holds) = (restorePoint, Set(holds))
        }
    }

    /// When a customer was last taken into a restore point; nil when that is not known, or when it is newer than the point.
    func restorePoint(of customer: String, since created: Timestamp) -> Timestamp? {
        state.withLock { state in
            guard let point = state.point, created <= point, state.holds.isEmpty || state.holds.contains(customer) else { return nil }
            return point
        }
    }

    func progress(of id: String) -> (share: Double, step: String)? { state.withLock { $0.progress[id] } }
    func set(_ id: String, _ share: Double, _ step: String) { state.withLock { $0.progress[id] = (share, step) } }
    func forget(_ id: String) { state.withLock { _ = $0.progress.removeValue(forKey: id) } }
}
