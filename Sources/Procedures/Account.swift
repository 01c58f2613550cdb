// A person's own account: where they are signed in, and the API tokens they made.

import Control
import Wire

/// One place somebody is signed in.
package struct SessionItem: Record {
    /// Names the session to end it; opens nothing.
    package var id = ""
    /// `Firefox on Windows`.
    package var device = ""
    /// The address it was begun from; empty where that is not known.
    package var address = ""
    package var begun = Timestamp()
    /// Of the last minutes at the earliest.
    package var seen = Timestamp()
    package var expires = Timestamp()
    /// The session that asks.
    package var here = false
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("device", &device)
        try visit.field("address", &address)
        try visit.field("begun", &begun)
        try visit.field("seen", &seen)
        try visit.field("expires", &expires)
        try visit.field("here", &here)
    }
}

/// An API token without its secret.
package struct TokenItem: Record {
    package var id = ""
    package var name = ""
    /// `all`, `read`, or words like `tickets:write`.
    package var scope = ""
    package var made = Timestamp()
    package var expires = Timestamp()
    /// Nil when it was never used.
    package var used: Timestamp?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("name", &name)
        try visit.field("scope", &scope)
        try visit.field("made", &made)
        try visit.field("expires", &expires)
        try visit.field("used", &used)
    }
}

/// How far a person's two-step sign-in is.
package struct TwoStepState: Record {
    package var on = false
    package var since: Timestamp?
    /// Recovery codes that were not used yet.
    package var recoveryCodes = 0
    /// The customer wants it of everybody: it cannot be turned off.
    package var required = false
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("on", &on)
        try visit.field("since", &since)
        try visit.field("recovery_codes", &recoveryCodes)
        try visit.field("required", &required)
    }
}

package struct ShowAccount: Procedure {
    package struct Answer: Record {
        package var person = Person()
        package var sessions: [SessionItem] = []
        package var tokens: [TokenItem] = []
        package var twoStep = TwoStepState()
        package var passkeys: [PasskeyItem] = []
        /// What is sensitive takes the password or a code once more.
        package var mustConfirm = false
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("person", &person)
            try visit.field("sessions", &sessions)
            try visit.field("tokens", &tokens)
            try visit.field("two_step", &twoStep)
            try visit.field("passkeys", &passkeys)
            try visit.field("must_confirm", &mustConfirm)
        }
    }
    package static let name = "account.show", access = Access([.web, .operations], .person), kind = ProcedureKind.read
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}

/// Ends one session of the person, or without an id every other one.
package struct EndSession: Procedure {
    package typealias Answer = Done
    package static let name = "account.end-session", access = Access([.web, .operations], .person), kind = ProcedureKind.write
    package var id: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}

/// A bearer token of one's own for the API, shown once.
package struct MakeToken: Procedure {
    package struct Answer: Record {
        package var token = ""
        package var item = TokenItem()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("token", &token)
            try item.fields(&visit)
        }
    }
    package static let name = "account.make-token", access = Access.freshPerson, kind = ProcedureKind.write
    /// What it is for.
    package var name = ""
    /// `all`, `read`, or words like `tickets:write subjects:read`.
    package var scope = ""
    /// Days until it ends.
    package var days = 90
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("name", &name)
        try visit.field("scope", &scope)
        try visit.field("days", &days)
    }
}

package struct RevokeToken: Procedure {
    package typealias Answer = Done
    package static let name = "account.revoke-token", access = Access([.web, .operations], .person), kind = ProcedureKind.write
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}
