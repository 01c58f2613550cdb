// Passkeys: signing in by a device's lock in place of password and code, proving who one is by one, and keeping them in order.

import Control
import Wire

/// A passkey as its person sees it.
package struct PasskeyItem: Record {
    /// Names it to its person; opens nothing.
    package var id = ""
    package var name = ""
    /// The host name of the portal it works for.
    package var site = ""
    package var made = Timestamp()
    /// Nil when it was never used.
    package var used: Timestamp?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("name", &name)
        try visit.field("site", &site)
        try visit.field("made", &made)
        try visit.field("used", &used)
    }
}

/// A question for the browser to hand to passkeys.
package struct PasskeyQuestion: Record {
    package var challenge: [UInt8] = []
    /// The host name passkeys are bound to.
    package var site = ""
    /// Base64url of the passkeys that may answer, or when one is added, that are there already; empty for any.
    package var credentials: [String] = []
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("challenge", &challenge)
        try visit.field("site", &site)
        try visit.field("credentials", &credentials)
    }
}

/// What a passkey answered, as the browser gives it.
package struct PasskeyProof: Record {
    package var credential: [UInt8] = []
    package var clientData: [UInt8] = []
    package var authenticatorData: [UInt8] = []
    package var signature: [UInt8] = []
    /// By which the device remembers whose it is; empty where it was not asked to say.
    package var handle: [UInt8] = []
    /// The page's, like `https://localhost:8443`.
    package var origin = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("credential", &credential)
        try visit.field("client_data", &clientData)
        try visit.field("authenticator_data", &authenticatorData)
        try visit.field("signature", &signature)
        try visit.field("handle", &handle)
        try visit.field("origin", &origin)
    }
}

// MARK: Signing in

/// A question for whoever wants to sign in.
package struct BeginPasskeySignIn: Procedure {
    package typealias Answer = PasskeyQuestion
    package static let name = "sessions.sign-in-question", access = Access.anyone, kind = ProcedureKind.read
    package var origin = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("origin", &origin) }
}

/// A passkey for a session, without a name: it is both steps at once. What is wrong with it is one and the same answer (401 `wrong-passkey`).
package struct SignInByPasskey: Procedure {
    package typealias Answer = SignedIn
    package static let name = "sessions.sign-in-by-passkey", access = Access.anyone, kind = ProcedureKind.write
    package var proof = PasskeyProof()
    /// The customer's address as the balancer saw it, for the rate limit.
    package var address = ""
    /// The device in a few words, for the person's list of sessions.
    package var device: String?
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("proof", &proof)
        try visit.field("address", &address)
        try visit.field("device", &device)
    }
}

/// A question for the passkeys of the person: after the password in place of the code, or before something sensitive. Without passkeys
/// for this address it has no credentials.
package struct AskPasskey: Procedure {
    package typealias Answer = PasskeyQuestion
    package static let name = "passkeys.ask", access = Access([.web, .operations], .person, during: [.code]), kind = ProcedureKind.read
    package var origin = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("origin", &origin) }
}

/// A passkey as the second step, in place of a code. Answers a new session in place of the unfinished one.
package struct FinishSignInByPasskey: Procedure {
    package typealias Answer = SignedIn
    package static let name = "passkeys.finish", access = Access([.web, .operations], .person, during: [.code]), kind = ProcedureKind.write
    package var proof = PasskeyProof()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("proof", &proof) }
}

/// Proves once more who one is, by a passkey. Answers a new session in place of this one.
package struct ConfirmByPasskey: Procedure {
    package typealias Answer = SignedIn
    package static let name = "passkeys.confirm", access = Access([.web, .operations], .person), kind = ProcedureKind.write
    package var proof = PasskeyProof()
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("proof", &proof) }
}

// MARK: One's own

/// What the browser needs to make a passkey of the person's.
package struct BeginPasskey: Procedure {
    package struct Answer: Record {
        package var question = PasskeyQuestion()
        /// By which the device remembers whose it is; says nothing to anybody else.
        package var handle: [UInt8] = []
        package var email = ""
        package var name = ""
        package init() {}
        package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
            try visit.field("question", &question)
            try visit.field("handle", &handle)
            try visit.field("email", &email)
            try visit.field("name", &name)
        }
    }
    package static let name = "passkeys.begin", access = Access.freshPerson, kind = ProcedureKind.read
    package var origin = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("origin", &origin) }
}

package struct AddPasskey: Procedure {
    package typealias Answer = PasskeyItem
    package static let name = "passkeys.add", access = Access.freshPerson, kind = ProcedureKind.write
    /// What its person calls it.
    package var name = ""
    package var clientData: [UInt8] = []
    package var authenticatorData: [UInt8] = []
    package var origin = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("name", &name)
        try visit.field("client_data", &clientData)
        try visit.field("authenticator_data", &authenticatorData)
        try visit.field("origin", &origin)
    }
}

package struct RenamePasskey: Procedure {
    package typealias Answer = PasskeyItem
    package static let name = "passkeys.rename", access = Access([.web, .operations], .person), kind = ProcedureKind.write
    package var id = ""
    package var name = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) {
        try visit.field("id", &id)
        try visit.field("name", &name)
    }
}

package struct RemovePasskey: Procedure {
    package typealias Answer = Done
    package static let name = "passkeys.remove", access = Access.freshPerson, kind = ProcedureKind.write
    package var id = ""
    package init() {}
    package mutating func fields(_ visit: inout some FieldVisitor) throws(Failure) { try visit.field("id", &id) }
}
