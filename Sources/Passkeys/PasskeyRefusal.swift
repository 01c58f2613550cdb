// Why something a browser sent as a passkey's is not taken, each by its name.
import Wire

/// What is too much; nothing longer is looked at.
package enum PasskeyLimits {
    /// Bytes of `clientDataJSON`: some two hundred in practice.
    package static let clientData = 4096
    /// Bytes of authenticator data: the longest holds an id of 1023 bytes and an RSA key.
    package static let authenticatorData = 2048
    /// Bytes of a signature: 256 of RSA.
    package static let signature = 512
    /// Bytes of a credential's id (WebAuthn 3 section 4).
    package static let credential = 16...1023
    /// Bytes of the handle by which a device remembers whose a passkey is.
    package static let handle = 64
}

package enum PasskeyRefusal: String, Error, Sendable, CaseIterable {
    /// This build has no libfido2.
    case notBuilt = "not-built"
    case tooLarge = "too-large"
    /// The client data are no JSON, or not what a browser writes.
    case unreadable
    /// Made for signing in where adding was asked for, or the other way round.
    case wrongAct = "wrong-act"
    /// Not a challenge of ours, for something else, or for somebody else.
    case wrongChallenge = "wrong-challenge"
    case challengeEnded = "challenge-ended"
    case challengeUsed = "challenge-used"
    case wrongOrigin = "wrong-origin"
    /// Asked for by a page inside another site's page.
    case foreignFrame = "foreign-frame"
    /// The authenticator answered for another name.
    case wrongSite = "wrong-site"
    case notPresent = "not-present"
    case notVerified = "not-verified"
    /// The authenticator data hold no key, or are cut short.
    case noKey = "no-key"
    /// An algorithm that was not asked for, or a key that is none.
    case unknownKey = "unknown-key"
    case wrongSignature = "wrong-signature"

    package var reason: String {
        switch self {
        case .notBuilt: "This build of Fitech has no passkeys."
        case .tooLarge: "What the browser sent is longer than any passkey's answer."
        case .unreadable: "What the browser sent is no passkey's answer."
        case .wrongAct: "The passkey answered another question than was asked."
        case .wrongChallenge: "The passkey answered a question that was not ours."
        case .challengeEnded: "The passkey's answer came too late."
        case .challengeUsed: "This answer of the passkey was used already."
        case .wrongOrigin: "The passkey was asked by a page of another address."
        case .foreignFrame: "The passkey was asked by a page inside another site's page."
        case .wrongSite: "The passkey belongs to another portal."
        case .notPresent: "The passkey answered without anybody touching the device."
        case .notVerified: "The device did not check who is before it."
        case .noKey: "The device sent no passkey."
        case .unknownKey: "The device made a kind of key that is not taken here."
        case .wrongSignature: "The passkey's signature is wrong."
        }
    }

    package var hint: String {
        switch self {
        case .notBuilt: "Use your password. Operations can build with the package trait PASSKEYS."
        case .challengeEnded, .challengeUsed, .wrongChallenge: "Press the button again and answer within five minutes."
        case .wrongOrigin, .foreignFrame, .wrongSite: "Open the portal by its own address and do it there."
        case .notPresent, .notVerified: "Unlock the device by fingerprint, face or PIN when the browser asks for it."
        case .noKey, .unknownKey: "Use another device or security key."
        case .tooLarge, .unreadable, .wrongAct, .wrongSignature: "Press the button again; if it never works, remove the passkey and make a new one."
        }
    }

    /// As the caller is told. `code` for programs is `passkey-` and the name.
    package var failure: Failure {
        var failure = Failure.unacceptable([.init(field: "passkey", reason: reason, hint: hint)])
        failure.code = "passkey-" + rawValue
        if self == .notBuilt { (failure.status, failure.fields) = (409, []) }
        return failure
    }
}
