// Customers whose tickets the directory's index has yet to take over in numbers: after an import, an upgrade, a new plan of support.
import Synchronization

/// Whoever changes a ticket brings the index up to date before the answer, but never waits for a backlog: that is worked off beside.
final class IndexBacklog: Sendable {
    private let customers = Mutex<Set<String>>([])

    /// - Parameter customer: its name.
    func note(_ customer: String) { _ = customers.withLock { $0.insert(customer) } }
    func end(_ customer: String) { _ = customers.withLock { $0.remove(customer) } }
    func contains(_ customer: String) -> Bool { customers.withLock { $0.contains(customer) } }
    var all: [String] { customers.withLock { $0.sorted() } }
}
