// An incident as a value: what broke, since when, who was told and who has it.
import SupportCentre

/// What the watch looks at.
package enum Subject: Hashable, Sendable, CustomStringConvertible {
    case host(String)
    case node(String)

    /// `host:10.0.0.5` or `node:web-2`, as stored.
    package var key: String {
        switch self {
        case .host(let name): "host:" + name
        case .node(let name): "node:" + name
        }
    }

    package init?(key: String) {
        if key.hasPrefix("host:") { self = .host(String(key.dropFirst(5))) }
        else if key.hasPrefix("node:") { self = .node(String(key.dropFirst(5))) }
        else { return nil }
    }

    /// As a person says it.
    package var description: String {
        switch self {
        case .host(let name): "host " + name
        case .node(let name): name
        }
    }
}

/// How far the paging of one incident has come. Part of the incident, so that a restart of the watch goes on in the middle.
package struct Escalation: Equatable, Sendable {
    /// Technicians paged so far, by id, in order.
    package var paged: [Int] = []
    /// When the next step is due unless somebody acknowledges; nil when none is.
    package var due: Milliseconds?
    /// Whether everyone has been paged; from then on everyone is reminded.
    package var isEveryone = false

    package init() {}
}

package struct Incident: Equatable, Sendable {
    package enum Ending: String, Sendable {
        case recovered
        /// Taken out of service on purpose while it was down.
        case withdrawn
    }

    package var id: Int
    package var subject: Subject
    /// Which part of the service it belongs to.
    package var service: ServicePart
    package var reason: String
    /// The last good answer before the first episode.
    package var lastGood: Milliseconds
    package var firstBad: Milliseconds
    /// When it was confirmed.
    package var opened: Milliseconds
    package var closed: Milliseconds?
    package var ending: Ending?
    /// The incident of the host that speaks for this one; nil when it pages by itself.
    package var parent: Int?
    package var acknowledged: Milliseconds?
    package var acknowledgedBy: String?
    /// How often it went down without being up long enough to be over.
    package var episodes = 1
    /// Since when it answers again while being held open for flapping.
    package var stableSince: Milliseconds?
    package var escalation = Escalation()
    /// Until when work is planned where it is, while that keeps it from paging.
    package var plannedUntil: Milliseconds?

    package var isOpen: Bool { closed == nil }

    /// What texts, the status page and `fitech-ctl` call it: `#12`.
    package var code: String { "#\(id)" }
}
