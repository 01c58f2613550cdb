// Whether a certificate still stands, asked of the responder it names (RFC 6960), so that balancers can staple the answer.
import COpenSSL
import Engine
import Wire

enum OCSP {
    /// A question about one certificate.
    struct Question {
        /// DER, the body of the POST.
        let request: [UInt8]
        fileprivate let leaf: Certificate
        fileprivate let issuer: Certificate
    }

    /// Asks about the first certificate of `pem`, which the second issued; nil without a second.
    static func question(pem: [UInt8]) throws(Failure) -> Question? {
        let chain = CertificateChain.certificates(in: pem)
        guard chain.count > 1 else { return nil }
        guard let request = OCSP_REQUEST_new() else { throw OpenSSLFault.last("ask about a certificate") }
        defer { OCSP_REQUEST_free(request) }
        // The request takes the id over. SHA-1 only names the issuer here, and is what every responder knows (RFC 5019 2.1.1).
        guard let id = OCSP_cert_to_id(EVP_sha1(), chain[0].pointer, chain[1].pointer), OCSP_request_add0_id(request, id) != nil else {
            throw OpenSSLFault.last("ask about a certificate")
        }
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = i2d_OCSP_REQUEST(request, &bytes)
        guard count > 0, let bytes else { throw OpenSSLFault.last("ask about a certificate") }
        defer { CRYPTO_free(bytes, #file, 0) }
        return Question(request: Array(UnsafeBufferPointer(start: bytes, count: Int(count))), leaf: chain[0], issuer: chain[1])
    }

    /// Checks a responder's answer at `now` (seconds since 1970): signed by the issuer or for it, about this certificate, good,
    /// current. What may be stapled, and until when.
    static func judge(_ answer: [UInt8], to question: Question, now: Int64) throws(Failure) -> Staple {
        defer { ERR_clear_error() }
        let response = answer.withUnsafeBufferPointer { raw in
            var start = raw.baseAddress
            return d2i_OCSP_RESPONSE(nil, &start, raw.count)
        }
        guard let response else { throw refused("its answer is no OCSP response") }
        defer { OCSP_RESPONSE_free(response) }
        let status = OCSP_response_status(response)
        guard status == OCSP_RESPONSE_STATUS_SUCCESSFUL else { throw refused("it answers \(String(cString: OCSP_response_status_str(Int(status))))") }
        guard let basic = OCSP_response_get1_basic(response) else { throw refused("its answer is no basic response") }
        defer { OCSP_BASICRESP_free(basic) }
        guard isSigned(basic, by: question.issuer) else { throw refused("its answer is not signed by the certificate's issuer") }
        guard let id = OCSP_cert_to_id(EVP_sha1(), question.leaf.pointer, question.issuer.pointer) else { throw refused("memory is out") }
        defer { OCSP_CERTID_free(id) }
        var verdict: Int32 = -1, reason: Int32 = -1
        var from: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?, until: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
        guard OCSP_resp_find_status(basic, id, &verdict, &reason, nil, &from, &until) == 1 else { throw refused("its answer is about another certificate") }
        guard verdict != V_OCSP_CERTSTATUS_REVOKED else {
            throw Failure(
                whose: .upstream, retry: .never, status: 502, code: "certificate-revoked", reason: "The certificate was revoked by its issuer.",
                hint: "Request and install another: fitech-ctl certificate request NAME.")
        }
        guard verdict == V_OCSP_CERTSTATUS_GOOD else { throw refused("it does not know the certificate") }
        let starts = Certificate.seconds(from), ends = Certificate.seconds(until)
        guard starts > 0, starts <= now + 300, until == nil || ends > now else { throw refused("its answer is not current") }
        // Without nextUpdate newer information is always available (RFC 6960 4.2.2.1): ours is then for an hour.
        return Staple(until: until == nil ? now + 3600 : Int64(ends), response: answer)
    }

    private static func isSigned(_ basic: OpaquePointer, by issuer: Certificate) -> Bool {
        guard let store = X509_STORE_new(), let others = OPENSSL_sk_new_null() else { return false }
        defer {
            X509_STORE_free(store)
            OPENSSL_sk_free(others)
        }
        X509_STORE_add_cert(store, issuer.pointer)
        OPENSSL_sk_push(others, UnsafeRawPointer(issuer.pointer))
        // The issuer is the anchor itself, be it a root or not.
        X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        return OCSP_basic_verify(basic, others, store, 0) == 1
    }

    private static func refused(_ what: String) -> Failure {
        Failure(whose: .upstream, retry: .after(seconds: 300), status: 502, code: "ocsp", reason: "The OCSP responder cannot be used: \(what).", hint: "It is asked again by itself; browsers do without.")
    }
}
