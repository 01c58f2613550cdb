// The main navigation: what each kind of person finds in it.
import Control
import Procedures

/// Which entries a person sees. On a phone those without `wide` are the tab bar.
enum Navigation {
    private struct Entry {
        var section: Section
        var path: HTML
        var icon: Icon
        var name: HTML
        var wide = false

        /// The same in the tab bar too.
        var narrow: Entry {
            var entry = self
            entry.wide = false
            return entry
        }
    }

    private static let home = Entry(section: .home, path: "/", icon: .home, name: "Home")
    private static let tickets = Entry(section: .tickets, path: "/tickets", icon: .tickets, name: "Tickets")
    private static let changes = Entry(section: .changes, path: "/changes", icon: .report, name: "Changes", wide: true)
    private static let announcements = Entry(section: .announcements, path: "/announcements", icon: .announce, name: "Announcements", wide: true)
    private static let community = Entry(section: .community, path: "/community", icon: .inbox, name: "Community", wide: true)
    private static let customer = [
        home,
        Entry(section: .subjects, path: "/subjects", icon: .people, name: "Subjects"),
        Entry(section: .imports, path: "/imports/new", icon: .upload, name: "Import", wide: true),
        Entry(section: .reports, path: "/reports", icon: .report, name: "Reports"),
        tickets, changes, community,
    ]
    private static let staff = [
        home, tickets, community,
        Entry(section: .outbox, path: "/outbox", icon: .phone, name: "Outbox"),
        Entry(section: .status, path: "/status", icon: .status, name: "Status"),
    ]
    private static let customers = Entry(section: .customers, path: "/customers", icon: .people, name: "Customers", wide: true)
    private static let balancing = Entry(section: .balancing, path: "/balancing", icon: .pulse, name: "Balancing", wide: true)
    private static let people = Entry(section: .people, path: "/people", icon: .account, name: "People", wide: true)
    private static let exports = Entry(section: .exports, path: "/exports", icon: .download, name: "Exports", wide: true)
    private static let audit = Entry(section: .audit, path: "/audit", icon: .audit, name: "Audit", wide: true)
    private static let account = Entry(section: .account, path: "/account", icon: .sun, name: "Account")

    /// What only some roles have.
    private static func further(_ role: PersonRole) -> [Entry] {
        switch role {
        case .administrator: [people, exports, audit]
        case .superOperator: [audit]
        case .support, .operations: [customers, changes, balancing, audit]
        case .operator, .subject, .technician: []
        }
    }

    static func entries(_ viewer: Viewer, current: Section?) -> [HTML] {
        let entries = (viewer.isStaff ? staff : viewer.assesses ? customer : [home, tickets, community.narrow])
            + further(viewer.person.role) + [announcements, account]
        return entries.map { entry in
            """
            <li\(" class=\"wide\"", if: entry.wide)><a href="\(entry.path)"\(" aria-current=\"page\"", if: entry.section == current)>\(entry.icon.html)\(entry.name)</a></li>
            """
        }
    }
}
