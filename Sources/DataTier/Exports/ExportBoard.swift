// What the primary keeps in memory of exports: where some wait, and how far those under way have come.
import Procedures
import Synchronization

/// Shared by all loops. Nothing here must last: a start looks through the customers again.
final class ExportBoard: Sendable {
    private struct State {
        var places: Set<String> = []
        var progress: [String: (share: Double, step: String)] = [:]
    }
    private let state = Mutex(State())

    /// There may be something to make for this customer.
    func note(_ customer: String) { state.withLock { _ = $0.places.insert(customer) } }
    func clear(_ customer: String) { state.withLock { _ = $0.places.remove(customer) } }
    var places: [String] { state.withLock { $0.places.sorted() } }

    func progress(of id: String) -> (share: Double, step: String)? { state.withLock { $0.progress[id] } }
    func set(_ id: String, _ share: Double, _ step: String) { state.withLock { $0.progress[id] = (share, step) } }
    func forget(_ id: String) { state.withLock { _ = $0.progress.removeValue(forKey: id) } }
}
