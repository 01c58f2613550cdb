// What the browser says of itself beside a passkey's answer: which question it was, who asked. Signed by the passkey with the rest.
import Digests
import Wire

package struct ClientData: Sendable {
    package enum Act: String, Sendable { case create = "webauthn.create", get = "webauthn.get" }

    /// As they came: their digest is part of what is signed.
    let bytes: [UInt8]
    /// The question, as it was made.
    package let challenge: [UInt8]

    /// Reads them strictly and checks all that can be checked without the authenticator's part.
    /// - Parameter origin: the one origin they may name.
    package init(_ bytes: [UInt8], _ act: Act, origin: String) throws(PasskeyRefusal) {
        guard bytes.count <= PasskeyLimits.clientData else { throw .tooLarge }
        let json: JSON
        do { json = try JSON.parse(bytes, maximumDepth: 8) } catch { throw .unreadable }
        guard json.object != nil, let type = json["type"]?.string, let sent = json["challenge"]?.string, let asker = json["origin"]?.string, let challenge = Base64URL.decode(sent) else {
            throw .unreadable
        }
        switch json["crossOrigin"] {
        case nil: break
        case .bool(let crosses)?: if crosses { throw .foreignFrame }
        default: throw .unreadable
        }
        // Only written where there is another page around (WebAuthn 3 section 5.8.1).
        guard json["topOrigin"] == nil else { throw .foreignFrame }
        guard type == act.rawValue else { throw .wrongAct }
        guard asker == origin else { throw .wrongOrigin }
        (self.bytes, self.challenge) = (bytes, challenge)
    }
}
