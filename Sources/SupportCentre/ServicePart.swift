// What customers know the service by: its parts, named the same on the status page, in incidents and in changes.

/// A part of the service as customers know it. Which node belongs to which part follows from tier and node role.
package enum ServicePart: String, CaseIterable, Sendable {
    case entrance, pages, records, copies, watch, reports

    /// In the customer's words.
    package var title: String {
        switch self {
        case .entrance: "Reaching the portal"
        case .pages: "Pages and sign-in"
        case .records: "Your records"
        case .copies: "Safety copies"
        case .watch: "Monitoring and messages"
        case .reports: "Reports"
        }
    }

    /// One sentence on what it is for, and what its loss means.
    package var explanation: String {
        switch self {
        case .entrance: "The secured front door every request comes through."
        case .pages: "What you see and use in the browser, and the interface for programs."
        case .records: "Subjects, assessments and tickets: reading and saving."
        case .copies: "A second machine that keeps a copy of everything. Without it you can work as usual."
        case .watch: "Watches all of this and sends mail. Without it you can work as usual."
        case .reports: "Corporate reports from the latest copy. Without it you can work as usual."
        }
    }

    /// Whether customers cannot work while it is gone.
    package var isEssential: Bool { self == .entrance || self == .pages || self == .records }
}
