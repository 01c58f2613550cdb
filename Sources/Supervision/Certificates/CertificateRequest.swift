// A request an authority signs (PKCS #10, RFC 2986).
import COpenSSL
import Wire

enum CertificateRequest {
    /// PEM of a request for `names` (DNS names, wildcards, addresses), signed by `key`. The first is the common name too.
    static func make(_ names: [String], key: KeyPair) throws(Failure) -> [UInt8] {
        let what = "request a certificate for \(names.first ?? "")"
        guard let request = X509_REQ_new() else { throw OpenSSLFault.last(what) }
        defer { X509_REQ_free(request) }
        // A common name has at most 64 characters (RFC 5280 A.1); the alternative names carry them all.
        if let first = names.first, first.utf8.count <= 64 {
            guard X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request), "CN", 0x1000, first, -1, -1, 0) == 1 else { throw OpenSSLFault.last(what) }
        }
        let text = names.map { (Certificate.isAddress($0) ? "IP:" : "DNS:") + $0 }.joined(separator: ",")
        guard let alternatives = X509V3_EXT_conf_nid(nil, nil, NID_subject_alt_name, text) else { throw OpenSSLFault.last(what) }
        let extensions = OPENSSL_sk_new_null()
        OPENSSL_sk_push(extensions, UnsafeRawPointer(alternatives))
        defer {
            X509_EXTENSION_free(alternatives)
            OPENSSL_sk_free(extensions)
        }
        guard X509_REQ_set_version(request, 0) == 1, X509_REQ_set_pubkey(request, key.pointer) == 1, X509_REQ_add_extensions(request, extensions) == 1,
            X509_REQ_sign(request, key.pointer, EVP_sha256()) > 0
        else { throw OpenSSLFault.last(what) }
        return try Memory.writing { PEM_write_bio_X509_REQ($0, request) == 1 }
    }
}
