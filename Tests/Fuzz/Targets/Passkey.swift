// What browsers send of passkeys: client data, a zero byte, authenticator data. Read by us and by libfido2.
import Digests
import Passkeys
import Wire

extension FuzzTarget {
    static let passkey = FuzzTarget("passkey") { bytes in
        let site = "x.example", (front, back) = halves(bytes), data = Array(back)
        for act in [ClientData.Act.create, .get] {
            guard let client = try? ClientData(Array(front), act, origin: "https://" + site) else { continue }
            let json = try? JSON.parse(Array(front))
            if json?["origin"]?.string != "https://" + site || json?["type"]?.string != act.rawValue { return "client data of another page or act are taken" }
            if (try? PasskeyChallenge.check(client.challenge, for: .add, whom: "", now: Timestamp(), key: [7])) != nil { return "a question nobody asked is known" }
        }
        guard let found = try? Passkeys.read(authenticatorData: data, site: site) else { return nil }
        // The id stands behind digest, flags, counter, make and its own length (WebAuthn 3 section 6.5.1).
        let count = found.key.credential.count
        guard PasskeyLimits.credential.contains(count), data.count > 55 + count, Array(data[55..<55 + count]) == found.key.credential else { return "the id is not the one that stands there" }
        if Array(data.prefix(32)) != Digest.sha256(site) { return "a passkey of another site is taken" }
        if data[32] & 0x45 != 0x45 { return "a passkey without presence, verification or key is taken" }
        guard let client = try? ClientData(Array(#"{"type":"webauthn.get","challenge":"YQ","origin":"https://x.example"}"#.utf8), .get, origin: "https://" + site) else { return "plain client data are refused" }
        // Nobody has signed anything.
        if (try? Passkeys.verify(client, authenticatorData: Array(data.prefix(37)), signature: Array(front.prefix(PasskeyLimits.signature)), by: found.key, site: site)) != nil { return "a signature nobody made is taken" }
        return nil
    }
}
