// A certificate that signs itself, for one test.
import COpenSSL
import Engine

enum SelfSigned {
    /// Writes `certificate` and `key` (PEM, P-256) for `name`, `localhost` and 127.0.0.1.
    static func write(name: String, certificate: String, key: String) throws {
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw SystemError("key") }
        defer { EVP_PKEY_CTX_free(context) }
        var made: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(context, &made) == 1, let pair = made, let x509 = X509_new()
        else { throw SystemError("key") }
        defer {
            EVP_PKEY_free(pair)
            X509_free(x509)
        }
        X509_set_version(x509, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(x509), 1)
        X509_gmtime_adj(X509_getm_notBefore(x509), -60)
        X509_gmtime_adj(X509_getm_notAfter(x509), 3600)
        X509_set_pubkey(x509, pair)
        let subject = X509_get_subject_name(x509)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0)
        X509_set_issuer_name(x509, subject)
        var v3 = X509V3_CTX()
        X509V3_set_ctx(&v3, x509, x509, nil, nil, 0)
        guard let names = X509V3_EXT_conf_nid(nil, &v3, NID_subject_alt_name, "DNS:\(name),DNS:localhost,IP:127.0.0.1") else { throw SystemError("names") }
        X509_add_ext(x509, names, -1)
        X509_EXTENSION_free(names)
        guard X509_sign(x509, pair, EVP_sha256()) > 0, let certificateFile = BIO_new_file(certificate, "w"), let keyFile = BIO_new_file(key, "w"),
            PEM_write_bio_X509(certificateFile, x509) == 1, PEM_write_bio_PrivateKey(keyFile, pair, nil, nil, 0, nil, nil) == 1
        else { throw SystemError("certificate") }
        BIO_free(certificateFile)
        BIO_free(keyFile)
    }
}
