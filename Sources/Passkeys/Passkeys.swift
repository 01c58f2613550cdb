// Passkeys (WebAuthn) checked by libfido2: a new one's key is read, a known one's signature verified. No device, no network.
#if PASSKEYS
import CFido2
#endif
import Digests

/// The public half of a passkey, as it is kept.
package struct PasskeyKey: Sendable, Equatable {
    /// The authenticator's name for it.
    package var credential: [UInt8]
    /// COSE's number: -7 ES256, -8 EdDSA, -257 RS256.
    package var algorithm: Int
    package var bytes: [UInt8]
    package init(credential: [UInt8], algorithm: Int, bytes: [UInt8]) { (self.credential, self.algorithm, self.bytes) = (credential, algorithm, bytes) }
}

package enum Passkeys {
#if PASSKEYS
    package static let areBuilt = true
#else
    package static let areBuilt = false
#endif

    /// In the order they are asked for.
    package static let algorithms = [-7, -8, -257]

    /// Reads the key out of a new passkey's answer. Its attestation is not asked for: whose make the device is does not matter here, so nothing
    /// is signed, and the client data (`ClientData`) are for the caller to have checked.
    package static func read(authenticatorData: [UInt8], site: String) throws(PasskeyRefusal) -> (key: PasskeyKey, counter: UInt32) {
        guard authenticatorData.count <= PasskeyLimits.authenticatorData else { throw .tooLarge }
#if PASSKEYS
        _ = begun
        // What is CBOR stands behind digest, flags, counter, make, and the id with its length.
        if authenticatorData.count >= 55, authenticatorData[32] & UInt8(CTAP_AUTHDATA_ATT_CRED) != 0 {
            let count = Int(authenticatorData[53]) << 8 | Int(authenticatorData[54])
            guard CBORClaims.hold(authenticatorData.dropFirst(55 + count)) else { throw .unknownKey }
        } else if authenticatorData.count > 37 {
            guard CBORClaims.hold(authenticatorData.dropFirst(37)) else { throw .noKey }
        }
        // The library wants the algorithm said before it reads.
        for algorithm in algorithms {
            guard let found = try read(authenticatorData, as: algorithm, site: site) else { continue }
            return found
        }
        // Nothing fits: a head that can be read says better what is wrong.
        try checkHead(authenticatorData, site: site)
        throw authenticatorData[32] & 0x40 == 0 ? .noKey : .unknownKey
#else
        throw .notBuilt
#endif
    }

    /// Verifies a passkey's answer. Gives its sign counter, 0 of those that keep none.
    package static func verify(_ client: ClientData, authenticatorData: [UInt8], signature: [UInt8], by key: PasskeyKey, site: String) throws(PasskeyRefusal) -> UInt32 {
        guard authenticatorData.count <= PasskeyLimits.authenticatorData, signature.count <= PasskeyLimits.signature else { throw .tooLarge }
#if PASSKEYS
        _ = begun
        try checkHead(authenticatorData, site: site)
        guard CBORClaims.hold(authenticatorData.dropFirst(37)) else { throw .unreadable }
        let algorithm = CInt(key.algorithm)
        guard let known = key.bytes.withUnsafeBufferPointer({ fido_key_new(algorithm, $0.baseAddress, $0.count) }) else { throw .unknownKey }
        defer { fido_key_free(algorithm, known) }
        var made = fido_assert_new()
        defer { fido_assert_free(&made) }
        // Nil when memory is out.
        guard let assertion = made else { throw .unreadable }
        guard fido_assert_set_rp(assertion, site) == FIDO_OK, fido_assert_set_clientdata(assertion, client.bytes, client.bytes.count) == FIDO_OK,
            fido_assert_set_count(assertion, 1) == FIDO_OK, fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK, fido_assert_set_uv(assertion, FIDO_OPT_TRUE) == FIDO_OK,
            fido_assert_set_authdata_raw(assertion, 0, authenticatorData, authenticatorData.count) == FIDO_OK
        else { throw .unreadable }
        guard fido_assert_set_sig(assertion, 0, signature, signature.count) == FIDO_OK, fido_assert_verify(assertion, 0, algorithm, known) == FIDO_OK else { throw .wrongSignature }
        return fido_assert_sigcount(assertion, 0)
#else
        throw .notBuilt
#endif
    }

#if PASSKEYS
    private static let begun: Void = fido_init(0)

    /// Whose answer it is and how it came about: the digest of the site's name, then the flags (WebAuthn 3 section 6.1).
    private static func checkHead(_ data: [UInt8], site: String) throws(PasskeyRefusal) {
        guard data.count >= 37 else { throw .unreadable }
        guard Digest.constantTimeEqual(Array(data.prefix(32)), Digest.sha256(site)) else { throw .wrongSite }
        if data[32] & UInt8(CTAP_AUTHDATA_USER_PRESENT) == 0 { throw .notPresent }
        if data[32] & UInt8(CTAP_AUTHDATA_USER_VERIFIED) == 0 { throw .notVerified }
    }

    /// Nil where the data hold no key of this algorithm.
    private static func read(_ data: [UInt8], as algorithm: Int, site: String) throws(PasskeyRefusal) -> (key: PasskeyKey, counter: UInt32)? {
        var made = fido_cred_new()
        defer { fido_cred_free(&made) }
        guard let made, fido_cred_set_type(made, CInt(algorithm)) == FIDO_OK, fido_cred_set_authdata_raw(made, data, data.count) == FIDO_OK else { return nil }
        try checkHead(data, site: site)
        guard let id = fido_cred_id_ptr(made), let key = fido_cred_pubkey_ptr(made), fido_cred_flags(made) & UInt8(CTAP_AUTHDATA_ATT_CRED) != 0 else { throw .noKey }
        let found = PasskeyKey(
            credential: Array(UnsafeBufferPointer(start: id, count: fido_cred_id_len(made))), algorithm: algorithm,
            bytes: Array(UnsafeBufferPointer(start: key, count: fido_cred_pubkey_len(made))))
        guard PasskeyLimits.credential.contains(found.credential.count) else { throw found.credential.count > PasskeyLimits.credential.upperBound ? .tooLarge : .noKey }
        guard let sound = found.bytes.withUnsafeBufferPointer({ fido_key_new(CInt(algorithm), $0.baseAddress, $0.count) }) else { throw .unknownKey }
        fido_key_free(CInt(algorithm), sound)
        return (found, fido_cred_sigcount(made))
    }
#endif
}
