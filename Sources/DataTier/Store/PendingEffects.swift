// Which databases may hold effects that nobody has carried out, so that pulling them does not open every customer's.
import Synchronization

final class PendingEffects: Sendable {
    private let places = Mutex<Set<String>>([])

    /// - Parameter place: a customer's name, or `staff` for the directory.
    func note(_ place: String) { _ = places.withLock { $0.insert(place) } }
    func clear(_ place: String) { _ = places.withLock { $0.remove(place) } }
    var all: [String] { places.withLock { $0.sorted() } }
}
