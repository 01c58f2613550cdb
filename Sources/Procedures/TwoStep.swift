// Two-step sign-in: a code from an authenticator app besides the password, recovery codes for when the app is gone.

import Control
import Wire

/// The second step: a code of the app or a recovery code. Answers a new session in place of the unfinished one.
package struct FinishSignIn: Procedure {
    package typealias Answer = SignedIn
    package static let name = "sessions.finish", access = Access([.web, .operations], .person, during: [.code]), kind = ProcedureKind.write
    package var code = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("code", &code) }
}

/// Proves once more who one is, before something sensitive: by a code where there is two-step sign-in, else by the password.
/// Answers a new session in place of this one.
package struct ConfirmIdentity: Procedure {
    package typealias Answer = SignedIn
    package static let name = "sessions.confirm", access = Access([.web, .operations], .person), kind = ProcedureKind.write
    package var proof = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("proof", &proof) }
}

/// Makes a new secret for the person's app. Nothing changes until a code proves that the app has it.
package struct BeginTwoStep: Procedure {
    package struct Answer: Record {
        /// Base32, as people type it.
        package var secret = ""
        /// `otpauth://totp/...`: what the square code holds.
        package var link = ""
        package var person = Person()
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("secret", &secret)
            try visit.field("link", &link)
            try visit.field("person", &person)
        }
    }
    package static let name = "two-step.begin", access = Access([.web, .operations], .person, fresh: .peopleOnly, during: [.enrolment]), kind = ProcedureKind.write
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}

/// Recovery codes, shown this once, and where signing in or turning on made a new session, that session.
package struct RecoveryCodes: Record {
    package var codes: [String] = []
    package var signedIn: SignedIn?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("codes", &codes)
        try visit.field("signed_in", &signedIn)
    }
}

/// Turns two-step sign-in on by a first code. Every other session of the person ends.
package struct ConfirmTwoStep: Procedure {
    package typealias Answer = RecoveryCodes
    package static let name = "two-step.confirm", access = Access([.web, .operations], .person, fresh: .peopleOnly, during: [.enrolment]), kind = ProcedureKind.write
    package var code = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("code", &code) }
}

package struct EndTwoStep: Procedure {
    package typealias Answer = Done
    package static let name = "two-step.end", access = Access.freshPerson, kind = ProcedureKind.write
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}

/// New recovery codes; those before end.
package struct RenewRecoveryCodes: Procedure {
    package typealias Answer = RecoveryCodes
    package static let name = "two-step.renew-codes", access = Access.freshPerson, kind = ProcedureKind.write
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {}
}

/// Takes another person's two-step sign-in away, for who has lost app and recovery codes. Their sessions end.
package struct ResetTwoStep: Procedure {
    package typealias Answer = Member
    package static let name = "people.reset-two-step", access = Access.freshAdministrators, kind = ProcedureKind.write
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}

/// The same by operations, by e-mail: also for staff, and for a customer's only administrator.
package struct ResetTwoStepOf: Procedure {
    package typealias Answer = Person
    package static let name = "customers.reset-two-step", access = Access.operations, kind = ProcedureKind.write
    package var email = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("email", &email) }
}

/// Whether the caller's customer wants two-step sign-in of everybody. Whoever has none is led to it, now and at signing in.
package struct RequireTwoStep: Procedure {
    package typealias Answer = Done
    package static let name = "people.require-two-step", access = Access.freshAdministrators, kind = ProcedureKind.write
    package var required = true
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("required", &required) }
}
