// Which exports a worker of this node is making, so that no two make the same.
import Synchronization

final class ExportClaims: Sendable {
    private let claims = Mutex<[String: String]>([:])

    /// True when nobody had it; the taker has it now.
    func take(_ id: String, file: String) -> Bool {
        claims.withLock { claims in
            guard claims[id] == nil else { return false }
            claims[id] = file
            return true
        }
    }

    func release(_ id: String) { claims.withLock { _ = $0.removeValue(forKey: id) } }
    func holds(file: String) -> Bool { claims.withLock { $0.values.contains(file) } }
}
