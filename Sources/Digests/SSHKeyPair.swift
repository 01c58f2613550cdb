// A key pair for signing in to SSH servers: ECDSA on P-256, as every server and libssh2 know it.
import COpenSSL

package struct SSHKeyPair: Sendable {
    /// PEM (PKCS #8): a secret.
    package let privatePEM: String
    /// `ecdsa-sha2-nistp256 AAAA...`, as `authorized_keys` has it (RFC 5656 3.1); without a comment.
    package let publicLine: String

    /// A new pair; nil when OpenSSL cannot make one.
    package static func make() -> SSHKeyPair? {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var made: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) > 0, EVP_PKEY_CTX_set_group_name(context, "P-256") > 0, EVP_PKEY_generate(context, &made) > 0, let key = made else { return nil }
        defer { EVP_PKEY_free(key) }
        var point = [UInt8](repeating: 0, count: 65), count = 0
        guard EVP_PKEY_get_octet_string_param(key, "pub", &point, point.count, &count) > 0, count == 65, let pem = pem(of: key) else { return nil }
        var blob: [UInt8] = []
        for part in [Array("ecdsa-sha2-nistp256".utf8), Array("nistp256".utf8), point] {
            blob += [0, 0, UInt8(part.count >> 8), UInt8(part.count & 255)] + part
        }
        return SSHKeyPair(privatePEM: pem, publicLine: "ecdsa-sha2-nistp256 \(Base64.encode(blob))")
    }

    private static func pem(of key: OpaquePointer) -> String? {
        guard let memory = BIO_new(BIO_s_mem()) else { return nil }
        defer { BIO_free(memory) }
        guard PEM_write_bio_PrivateKey(memory, key, nil, nil, 0, nil, nil) == 1 else { return nil }
        var text = [UInt8](repeating: 0, count: 2048)
        let count = BIO_read(memory, &text, Int32(text.count))
        return count > 0 ? String(decoding: text[..<Int(count)], as: UTF8.self) : nil
    }
}
