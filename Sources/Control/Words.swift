// The words of the fleet: what kinds of node there are, what a node is doing, what a person may do.

/// A kind of node (DESIGN: `ls Sources` reads like the picture). The raw value is also the certificate role.
package enum Tier: String, Sendable, Hashable, CaseIterable {
    case balancer, web, data, management, reporting

    /// Whether a node may be two processes for a while, so that one takes over from the other. The rest own files or a watch
    /// that only one process may have.
    package var canOverlap: Bool { self == .balancer || self == .web }
}

/// What a data node is, now. Every other tier has none.
package enum NodeRole: String, Sendable, Hashable, CaseIterable {
    case primary, backup
}

/// What a node is doing. A node whose share is still ramping up is ready.
package enum NodeState: String, Sendable, Hashable, CaseIterable {
    /// Its process is being started or does not answer `/readyz` yet.
    case starting
    case ready
    /// Takes no new people; those who stick to it stay until the deadline.
    case draining
    /// Nobody is on it any more.
    case drained
    /// Held down by command until `start`.
    case stopped
    /// Dies again and again right after its start; still being restarted, with pauses.
    case failed
}

/// What someone may do. The first four belong to a customer's people, the last three to staff.
package enum PersonRole: String, Sendable, Hashable, CaseIterable {
    case administrator, superOperator = "super-operator", `operator`, subject
    case support, operations, technician

    /// Whether this role is held by Fitech's own people.
    package var isStaff: Bool {
        switch self {
        case .support, .operations, .technician: true
        case .administrator, .superOperator, .operator, .subject: false
        }
    }
}

/// The editions; they are configuration only, never other code.
package enum Edition: String, Sendable, Hashable, CaseIterable {
    case portal, reseller, singleServer = "single-server"
}
