// The words of announcements: what they are about, where they stand, what can be done with them, and whom they are for.
import Wire

package enum AnnouncementKind: String, Sendable, CaseIterable {
    /// A new release: promised some time ahead, accepted by customers as a condition of the service.
    case upgrade
    /// Work on the service with a beginning and an end.
    case maintenance
    case incident, news

    /// Whether it is about work that has a time of its own.
    package var isWork: Bool { self == .upgrade || self == .maintenance }

    /// As people read it, in mails and on pages.
    package var word: String {
        switch self {
        case .upgrade: "Upgrade"
        case .maintenance: "Maintenance"
        case .incident: "Incident"
        case .news: "News"
        }
    }
}

package enum AnnouncementState: String, Sendable, CaseIterable { case draft, published, rescheduled, cancelled }

package enum AnnouncementStep: String, Sendable, CaseIterable { case publish, reschedule, cancel }

/// Where the work stands that an announcement is about.
package enum AnnouncementPhase: Sendable { case coming, running, over }

/// Whom an announcement is for: everybody, or one customer's people, or who has one role, or both at once.
package struct AnnouncementAudience: Sendable, Equatable {
    /// Nil for every customer, and staff.
    package var customer: String?
    /// The word of a role; nil for all.
    package var role: String?
    package init(customer: String? = nil, role: String? = nil) { (self.customer, self.role) = (customer, role) }

    /// - Parameter customer: the person's; nil for staff.
    package func includes(customer: String?, role: String) -> Bool {
        (self.customer == nil || self.customer == customer) && (self.role == nil || self.role == role)
    }
}

/// Named limits of announcements.
package struct AnnouncementPolicy: Sendable, Equatable {
    /// Days between the word of an upgrade and its beginning, unless it is an emergency.
    package var upgradeNoticeDays = 14
    /// Days a banner stays when nothing else ends it: of news, and of incidents without an end.
    package var bannerDays = 7
    package init() {}
}
