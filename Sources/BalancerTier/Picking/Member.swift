// A node of the fleet as a balancer needs it.

package struct Member: Sendable, Equatable {
    package var name: String
    /// `unix:PATH` or `host:port`.
    package var address: String
    /// Somebody's own application instead of a web node of ours.
    package var isOrigin: Bool
    /// The path that tells whether an origin is well; nil: it is when it accepts a connection.
    package var check: String?
    /// Its share of the requests relative to the others.
    package var weight: Int
    /// Takes no new people; those who stick to it stay until `drainDeadline`.
    package var isDraining: Bool
    /// UTC, milliseconds since 1970; nil: no deadline; 0: it is drained, nobody stays.
    package var drainDeadline: Int64?
    /// Tells a restarted process from the old one.
    package var pid: Int?

    package init(
        name: String, address: String, isOrigin: Bool = false, check: String? = nil, weight: Int = 100, isDraining: Bool = false,
        drainDeadline: Int64? = nil, pid: Int? = nil
    ) {
        self.name = name
        self.address = address
        self.isOrigin = isOrigin
        self.check = check
        self.weight = weight
        self.isDraining = isDraining
        self.drainDeadline = drainDeadline
        self.pid = pid
    }
}
