// Signing in and out, who is asking, and passwords.

import Control
import Wire

/// A person as others of the same customer, and the person, see them.
package struct Person: Record {
    package var id = ""
    package var email = ""
    package var name = ""
    package var role = PersonRole.operator
    /// The customer's name (`clinic`); nil for staff.
    package var customer: String?
    package var customerDisplayName: String?
    package var units = UnitPreference.metric
    /// IANA name of the zone times are shown in.
    package var zone = "Europe/London"
    /// Nil until the invitation has been accepted.
    package var lastSeen: Timestamp?
    /// What every page shows the caller; of other people nothing.
    package var announcements: [AnnouncementBanner] = []
    /// How the portal looks to the caller; of other people nothing.
    package var branding: Branding?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("email", &email)
        try visit.field("name", &name)
        try visit.field("role", &role)
        try visit.field("customer", &customer)
        try visit.field("customer_display_name", &customerDisplayName)
        try visit.field("units", &units)
        try visit.field("zone", &zone)
        try visit.field("last_seen", &lastSeen)
        try visit.field("announcements", &announcements)
        try visit.field("branding", &branding)
    }
}

package enum UnitPreference: String, Sendable, CaseIterable { case metric, imperial }

/// A new session: the token goes into the cookie and is never stored in the clear.
package struct SignedIn: Record {
    package var token = ""
    package var expires = Timestamp()
    package var person = Person()
    /// What comes next; until then the session is good for nothing else. Nil when signing in is finished.
    package var step: SignInStep?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("token", &token)
        try visit.field("expires", &expires)
        try visit.field("person", &person)
        try visit.field("step", &step)
    }
}

/// What is still to be done after the password: give a code, or set two-step sign-in up because the customer wants it of everybody.
package enum SignInStep: String, Sendable, CaseIterable { case code, enrolment }

/// E-mail and password for a session. Wrong e-mail and wrong password are one and the same answer (401 `wrong-credentials`).
package struct SignIn: Procedure {
    package typealias Answer = SignedIn
    package static let name = "sessions.sign-in", access = Access.anyone, kind = ProcedureKind.write
    package var email = ""
    package var password = ""
    /// The customer's address as the balancer saw it, for the rate limit.
    package var address = ""
    /// The device in a few words, for the person's list of sessions.
    package var device: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("email", &email)
        try visit.field("password", &password)
        try visit.field("address", &address)
        try visit.field("device", &device)
    }
}

package struct SignOut: Procedure {
    package typealias Answer = Done
    package static let name = "sessions.sign-out", access = Access([.web, .operations], .person, during: [.code, .enrolment]), kind = ProcedureKind.write
    /// Also end every other session of this person.
    package var everywhere = false
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("everywhere", &everywhere) }
}

/// Whether the caller may carry out an operation (a token that may only read may not). Answers who it is.
package struct MayOperate: Procedure {
    package typealias Answer = Person
    package static let name = "sessions.may-operate", access = Access([.web, .operations], .roles([.operations])), kind = ProcedureKind.write
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}

/// Who the session or token belongs to.
package struct WhoAmI: Procedure {
    package typealias Answer = Person
    package static let name = "sessions.whoami", access = Access.person, kind = ProcedureKind.read
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}

/// Asks for a mail with a single-use link; answers the same for every address.
package struct RequestPasswordReset: Procedure {
    package typealias Answer = Done
    package static let name = "sessions.request-reset", access = Access.anyone, kind = ProcedureKind.write
    package var email = ""
    package var address = ""
    /// `https://localhost:8443`: what the mailed link begins with.
    package var origin = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("email", &email)
        try visit.field("address", &address)
        try visit.field("origin", &origin)
    }
}

/// What a mailed link is good for, so that its page can greet the person; 404 when used, expired or unknown.
package struct InspectLink: Procedure {
    package enum Purpose: String, Sendable, CaseIterable { case reset, invitation }
    package struct Answer: Record {
        package var purpose = Purpose.reset
        package var email = ""
        package var name = ""
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("purpose", &purpose)
            try visit.field("email", &email)
            try visit.field("name", &name)
        }
    }
    package static let name = "sessions.inspect-link", access = Access.anyone, kind = ProcedureKind.read
    package var token = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("token", &token) }
}

/// Sets the password by a mailed link (reset or invitation): uses the link up, ends every session of the person.
package struct SetPassword: Procedure {
    package typealias Answer = Done
    package static let name = "sessions.set-password", access = Access.anyone, kind = ProcedureKind.write
    package var token = ""
    package var password = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("token", &token)
        try visit.field("password", &password)
    }
}

/// Ends every other session of the person.
package struct ChangePassword: Procedure {
    package typealias Answer = Done
    package static let name = "sessions.change-password", access = Access.person, kind = ProcedureKind.write
    package var current = ""
    package var new = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("current", &current)
        try visit.field("new", &new)
    }
}

package struct SetPreferences: Procedure {
    package typealias Answer = Person
    package static let name = "sessions.set-preferences", access = Access.person, kind = ProcedureKind.write
    package var units = UnitPreference.metric
    package var zone = "Europe/London"
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("units", &units)
        try visit.field("zone", &zone)
    }
}

/// What the first page after signing in shows, in one call. Staff see figures over all customers.
package struct ShowHome: Procedure {
    package struct Answer: Record {
        package var person = Person()
        package var subjects = 0
        package var assessments = 0
        package var openTickets = 0
        package var recentAssessments: [RecentAssessment] = []
        package var recentTickets: [Ticket] = []
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("person", &person)
            try visit.field("subjects", &subjects)
            try visit.field("assessments", &assessments)
            try visit.field("open_tickets", &openTickets)
            try visit.field("recent_assessments", &recentAssessments)
            try visit.field("recent_tickets", &recentTickets)
        }
    }
    package static let name = "home.show", access = Access.person, kind = ProcedureKind.read
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}

package struct RecentAssessment: Record {
    package var subject = ""
    package var reference = ""
    package var name = ""
    package var taken = Timestamp()
    package var measures = 0
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("subject", &subject)
        try visit.field("reference", &reference)
        try visit.field("name", &name)
        try visit.field("taken", &taken)
        try visit.field("measures", &measures)
    }
}
