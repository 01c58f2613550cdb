// The people of a customer as its administrators see and change them.

import Control
import Wire

/// A person with what only administrators see.
package struct Member: Record {
    package enum State: String, Sendable, CaseIterable { case active, invited, suspended }

    package var person = Person()
    package var state = State.active
    /// Whether signing in takes a code besides the password.
    package var twoStep = false
    /// Passkeys they have.
    package var passkeys = 0
    /// How long the invitation works; nil where none is under way.
    package var invitedUntil: Timestamp?
    /// Since when the person is here.
    package var since = Timestamp()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try person.fields(&visit)
        try visit.field("state", &state)
        try visit.field("two_step", &twoStep)
        try visit.field("passkeys", &passkeys)
        try visit.field("invited_until", &invitedUntil)
        try visit.field("since", &since)
    }
}

/// The people of the caller's customer, in the order of their e-mails.
package struct ListPeople: Procedure {
    package struct Answer: Record {
        package var items: [Member] = []
        package var next: String?
        package var person = Person()
        /// Whether the customer wants two-step sign-in of everybody.
        package var twoStepRequired = false
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("items", &items)
            try visit.field("next", &next)
            try visit.field("person", &person)
            try visit.field("two_step_required", &twoStepRequired)
        }
    }
    package static let name = "people.list", access = Access.administrators, kind = ProcedureKind.read
    /// A part of the name or e-mail.
    package var search = ""
    package var role: PersonRole?
    package var state: Member.State?
    package var page = Page()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("search", &search)
        try visit.field("role", &role)
        try visit.field("state", &state)
        try visit.field("page", &page)
    }
}

/// One person, for their page.
package struct ShowMember: Procedure {
    package struct Answer: Record {
        package var member = Member()
        package var viewer = Person()
        /// Where the person is signed in, and how many API tokens they have.
        package var sessions = 0
        package var tokens = 0
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("member", &member)
            try visit.field("viewer", &viewer)
            try visit.field("sessions", &sessions)
            try visit.field("tokens", &tokens)
        }
    }
    package static let name = "people.show", access = Access.administrators, kind = ProcedureKind.read
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}

/// Another name or role. The last administrator who can sign in stays one.
package struct ChangePerson: Procedure {
    package typealias Answer = Member
    package static let name = "people.change", access = Access.administrators, kind = ProcedureKind.write
    package var id = ""
    package var name: String?
    package var role: PersonRole?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("name", &name)
        try visit.field("role", &role)
    }
}

/// Takes a person's access away (sessions, tokens and links end at once), or gives it back.
package struct SuspendPerson: Procedure {
    package typealias Answer = Member
    package static let name = "people.suspend", access = Access.administrators, kind = ProcedureKind.write
    package var id = ""
    /// False gives access back.
    package var suspended = true
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("suspended", &suspended)
    }
}

/// Sends the invitation again with a new link; the one before ends.
package struct ResendInvitation: Procedure {
    package typealias Answer = Member
    package static let name = "people.resend-invitation", access = Access.administrators, kind = ProcedureKind.write
    package var id = ""
    package var origin = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("origin", &origin)
    }
}

/// Takes an invitation back that nobody has accepted; the person is gone and the e-mail free.
package struct WithdrawInvitation: Procedure {
    package typealias Answer = Done
    package static let name = "people.withdraw-invitation", access = Access.administrators, kind = ProcedureKind.write
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}
