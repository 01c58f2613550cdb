// Customers whose tickets the directory's index has yet to take over in numbers: after an import, an upgrade, a new plan of support.
import Synchronization

/// Whoever changes a ticket brings the index up to date before the answer, but never waits for a backlog: that is worked off beside.
final class IndexBacklog: Sendable {
    private enum Place { case waits, underWay }
    private let places = Mutex<[String: Place]>([:])

    /// - Parameter customer: its name.
    func contains(_ customer: String) -> Bool { places.withLock { $0[customer] != nil } }

    func note(_ customer: String) { places.withLock { if $0[customer] == nil { $0[customer] = .waits } } }

    /// False when somebody is at it already.
    func begin(_ customer: String) -> Bool {
        places.withLock { places in
            guard places[customer] != .underWay else { return false }
            places[customer] = .underWay
            return true
        }
    }

    func end(_ customer: String) { _ = places.withLock { $0.removeValue(forKey: customer) } }

    var waiting: [String] { places.withLock { $0.filter { $0.value == .waits }.keys.sorted() } }
}
