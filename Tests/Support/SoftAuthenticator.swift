// A security key made of software: holds one passkey, answers as a browser with a device would, and can be told to answer wrongly.
import COpenSSL
import Digests
import Wire

/// Confined to its test.
package final class SoftAuthenticator {
    package enum Kind: Sendable, CaseIterable { case es256, eddsa, rs256 }

    package static let present: UInt8 = 0x01, verified: UInt8 = 0x04, holdsKey: UInt8 = 0x40

    package let kind: Kind
    package var credential = RandomBytes.make(32)
    package var site: String
    package var origin: String
    package var flags = SoftAuthenticator.present | SoftAuthenticator.verified
    package var counter: UInt32 = 0
    /// Written into the client data behind what always stands there, like `,"crossOrigin":true`.
    package var more = #","crossOrigin":false"#
    private let key: OpaquePointer

    package init(_ kind: Kind = .es256, site: String = "portal.example", origin: String? = nil) {
        (self.kind, self.site, self.origin) = (kind, site, origin ?? "https://" + site)
        let id = kind == .es256 ? EVP_PKEY_EC : kind == .rs256 ? EVP_PKEY_RSA : EVP_PKEY_ED25519
        let context = EVP_PKEY_CTX_new_id(id, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var made: OpaquePointer?
        EVP_PKEY_keygen_init(context)
        if kind == .es256 { EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) }
        if kind == .rs256 { EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048) }
        guard EVP_PKEY_keygen(context, &made) == 1, let made else { fatalError("OpenSSL makes no key") }
        key = made
    }

    deinit { EVP_PKEY_free(key) }

    // MARK: What a browser sends

    package func clientData(_ type: String, _ challenge: [UInt8]) -> [UInt8] {
        Array(#"{"type":"\#(type)","challenge":"\#(Base64URL.encode(challenge))","origin":"\#(origin)"\#(more)}"#.utf8)
    }

    package func authenticatorData(withKey: Bool) -> [UInt8] {
        var data = Digest.sha256(site) + [flags | (withKey ? Self.holdsKey : 0)]
        data += (0..<4).map { UInt8(truncatingIfNeeded: counter >> (24 - 8 * $0)) }
        guard withKey else { return data }
        return data + [UInt8](repeating: 0, count: 16) + [UInt8(credential.count >> 8), UInt8(credential.count & 255)] + credential + publicKey
    }

    package func signature(_ client: [UInt8], _ data: [UInt8]) -> [UInt8] {
        let signed = data + Digest.sha256(client)
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var count = 512, bytes = [UInt8](repeating: 0, count: 512)
        guard EVP_DigestSignInit(context, nil, kind == .eddsa ? nil : EVP_sha256(), nil, key) == 1, EVP_DigestSign(context, &bytes, &count, signed, signed.count) == 1 else { fatalError("OpenSSL signs nothing") }
        return Array(bytes.prefix(count))
    }

    /// The answer to being asked to make a passkey.
    package func make(_ challenge: [UInt8]) -> (client: [UInt8], data: [UInt8]) { (clientData("webauthn.create", challenge), authenticatorData(withKey: true)) }

    /// The answer to a question; counts on by one where it counts at all.
    package func answer(_ challenge: [UInt8]) -> (client: [UInt8], data: [UInt8], signature: [UInt8]) {
        if counter > 0 { counter += 1 }
        let client = clientData("webauthn.get", challenge), data = authenticatorData(withKey: false)
        return (client, data, signature(client, data))
    }

    // MARK: The key as COSE writes it (RFC 9052)

    package var publicKey: [UInt8] {
        switch kind {
        case .es256:
            var bytes = [UInt8](repeating: 0, count: 65), count = 0
            EVP_PKEY_get_octet_string_param(key, "pub", &bytes, bytes.count, &count)
            return [0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32] + bytes[1..<33] + [0x22, 0x58, 32] + bytes[33..<65]
        case .eddsa:
            var bytes = [UInt8](repeating: 0, count: 32), count = 32
            EVP_PKEY_get_raw_public_key(key, &bytes, &count)
            return [0xA4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32] + bytes
        case .rs256:
            var number: OpaquePointer?, bytes = [UInt8](repeating: 0, count: 256)
            EVP_PKEY_get_bn_param(key, "n", &number)
            BN_bn2binpad(number, &bytes, 256)
            BN_free(number)
            return [0xA4, 1, 3, 3, 0x39, 1, 0, 0x20, 0x59, 1, 0] + bytes + [0x21, 0x43, 1, 0, 1]
        }
    }
}
