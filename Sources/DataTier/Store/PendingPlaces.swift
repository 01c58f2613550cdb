// Where work may wait that nobody has done yet, so that looking for it does not open every customer's database.
import Synchronization

final class PendingPlaces: Sendable {
    private let places = Mutex<Set<String>>([])

    /// - Parameter place: a customer's name, or `staff` for the directory.
    func note(_ place: String) { _ = places.withLock { $0.insert(place) } }
    func clear(_ place: String) { _ = places.withLock { $0.remove(place) } }
    func contains(_ place: String) -> Bool { places.withLock { $0.contains(place) } }
    var all: [String] { places.withLock { $0.sorted() } }
}
