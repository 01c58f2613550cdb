// Moments at which tests kill the supervisor, by the name of what it has just done.
import Glibc

/// `FITECH_FAULT_AT=NAME` in the environment of `fitech up` makes it die of SIGKILL there, as a power failure of that process alone
/// would. Nothing else is done with it.
enum FaultPoint: String, CaseIterable, Sendable {
    // An upgrade, in its order.
    case successorStarted = "successor-started"
    case successorReady = "successor-ready"
    case programRemembered = "program-remembered"
    case processesNoted = "processes-noted"
    case nameGiven = "name-given"
    case predecessorTold = "predecessor-told"
    // An adoption, in its order.
    case survivorsFound = "survivors-found"
    case listenersTaken = "listeners-taken"
    case fleetSaved = "fleet-saved"
    case nodesAdopted = "nodes-adopted"

    private static let wanted = getenv("FITECH_FAULT_AT").flatMap { FaultPoint(rawValue: String(cString: $0)) }

    /// Called when what the name says is done.
    static func pass(_ point: FaultPoint) {
        if point == wanted { kill(getpid(), SIGKILL) }
    }
}
