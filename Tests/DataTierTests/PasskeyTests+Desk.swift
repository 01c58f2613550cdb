// What the tests of passkeys do again and again: a customer with somebody in it, a device that answers, the steps of signing in.
import Control
import Digests
import Passkeys
import Procedures
import TestSupport
import Testing
import Wire
@testable import DataTier

#if PASSKEYS
extension PasskeyTests {
    static let origin = "https://portal.example"

    func clinic(_ change: (inout DataOptions) -> Void = { _ in }) async throws -> (house: House, ann: String) {
        let house = try await House {
            $0.passkeyOrigins = PasskeyOrigins(name: "portal.example", publicURL: Self.origin)
            change(&$0)
        }
        try await house.customer("clinic")
        try await house.person("ann@clinic.example", .administrator, of: "clinic")
        return (house, try await house.signIn("ann@clinic.example"))
    }

    func begin(_ house: House, as token: String, origin: String = PasskeyTests.origin) async throws -> BeginPasskey.Answer {
        var asked = BeginPasskey()
        asked.origin = origin
        return try await house.call(asked, as: token)
    }

    func addition(_ key: SoftAuthenticator, _ challenge: [UInt8], _ name: String = "Phone") -> AddPasskey {
        var asked = AddPasskey()
        (asked.name, asked.origin) = (name, Self.origin)
        (asked.clientData, asked.authenticatorData) = key.make(challenge)
        return asked
    }

    /// A passkey of somebody's; answers the device that holds it and the handle it remembers them by.
    @discardableResult
    func add(_ house: House, as token: String, _ kind: SoftAuthenticator.Kind = .es256, name: String = "Phone", counter: UInt32 = 1) async throws -> (key: SoftAuthenticator, handle: [UInt8], item: PasskeyItem) {
        let begun = try await begin(house, as: token), key = SoftAuthenticator(kind)
        key.counter = counter
        return (key, begun.handle, try await house.call(addition(key, begun.question.challenge, name), as: token))
    }

    func proof(_ key: SoftAuthenticator, _ challenge: [UInt8], handle: [UInt8] = []) -> PasskeyProof {
        var proof = PasskeyProof()
        let (client, data, signature) = key.answer(challenge)
        (proof.credential, proof.clientData, proof.authenticatorData, proof.signature, proof.handle, proof.origin) = (key.credential, client, data, signature, handle, Self.origin)
        return proof
    }

    func question(_ house: House) async throws -> [UInt8] {
        var asked = BeginPasskeySignIn()
        asked.origin = Self.origin
        let question = try await house.call(asked)
        #expect(question.site == "portal.example" && question.credentials.isEmpty)
        return question.challenge
    }

    func signIn(_ house: House, _ proof: PasskeyProof, replay: String? = nil, address: String = "203.0.113.9") async throws -> SignedIn {
        var asked = SignInByPasskey()
        (asked.proof, asked.address, asked.device) = (proof, address, "Safari on iPhone")
        return try await house.call(asked, replay: replay)
    }

    func ask(_ house: House, as token: String) async throws -> PasskeyQuestion {
        var asked = AskPasskey()
        asked.origin = Self.origin
        return try await house.call(asked, as: token)
    }

    func finish(_ house: House, _ proof: PasskeyProof, as token: String, replay: String? = nil) async throws -> SignedIn {
        var asked = FinishSignInByPasskey()
        asked.proof = proof
        return try await house.call(asked, as: token, replay: replay)
    }

    func confirm(_ house: House, _ proof: PasskeyProof, as token: String) async throws -> SignedIn {
        var asked = ConfirmByPasskey()
        asked.proof = proof
        return try await house.call(asked, as: token)
    }

    func turnOnTwoStep(_ house: House, as token: String) async throws -> String {
        let secret = try await house.call(BeginTwoStep(), as: token).secret
        var asked = ConfirmTwoStep()
        asked.code = TimeCode.code(secret: Base32.decode(secret)!, step: TimeCode.step(ofMilliseconds: house.now.milliseconds))
        return try #require(try await house.call(asked, as: token).signedIn).token
    }

    func audit(_ house: House, as token: String) async throws -> [AuditEntry] { try await house.call(ListAudit(), as: token).items }
    func mails(_ house: House) async throws -> [String] { try await house.call(PullEffects(), by: .management).mails.map(\.subject) }
}
#endif
