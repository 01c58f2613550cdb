// Whether this node serves and writes now, read on every call and once more inside every write transaction.
import Synchronization
import Wire

/// The role of this node at this moment. Set by start, promote and demote only.
final class RoleState: Sendable {
    enum Now: Equatable, Sendable {
        case starting
        /// Serves and writes, under this epoch.
        case primary(epoch: Int)
        /// A primary that hands over: reads go on, nothing is written any more.
        case fenced(epoch: Int)
        case backup
    }

    private let state = Mutex<Now>(.starting)

    var now: Now { state.withLock { $0 } }
    func set(_ now: Now) { state.withLock { $0 = now } }

    var mayWrite: Bool {
        if case .primary = now { true } else { false }
    }

    var epoch: Int? {
        switch now {
        case .primary(let epoch), .fenced(let epoch): epoch
        case .starting, .backup: nil
        }
    }

    /// Refuses calls a node of this role does not answer.
    func checkServes() throws(Failure) {
        switch now {
        case .primary, .fenced: return
        case .starting: throw Self.notYet("This data node is starting.")
        case .backup: throw Self.notPrimary
        }
    }

    /// Refuses writes. Asked on the writer thread too: after the fence is set and every writer has passed a barrier,
    /// nothing can be written any more.
    func checkMayWrite() throws(Failure) {
        switch now {
        case .primary: return
        case .fenced: throw Self.notYet("This data node is handing over to another.")
        case .starting: throw Self.notYet("This data node is starting.")
        case .backup: throw Self.notPrimary
        }
    }

    private static func notYet(_ reason: String) -> Failure {
        Failure(whose: .ours, retry: .after(seconds: 1), status: 503, code: "handing-over", reason: reason, hint: "Try again in a moment; nothing was changed.")
    }

    static let notPrimary = Failure(
        whose: .ours, retry: .after(seconds: 1), status: 503, code: "not-primary", reason: "This data node is a backup.",
        hint: "Ask the primary; fitech-ctl status shows which it is.")
}
