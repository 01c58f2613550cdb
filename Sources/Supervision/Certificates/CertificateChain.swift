// A chain of certificates as somebody brings it, and whether it may be shown to people.
import COpenSSL
import Engine
import Wire

/// The server's own certificate, then each one's issuer.
struct CertificateChain {
    let certificates: [Certificate]
    let facts: CertificateFacts
    /// The private key that stood in the same file.
    let key: KeyPair?

    var leaf: Certificate { certificates[0] }

    /// Reads and checks `pem` at `now` (seconds since 1970): order, dates, purpose, key. Says what to do about what is wrong.
    init(pem: [UInt8], now: Int) throws(Failure) {
        let found = Self.certificates(in: pem)
        guard let first = found.first else {
            throw Self.refused("The file holds no certificate.", "Give the PEM file the authority sent: -----BEGIN CERTIFICATE----- lines, the server's own first.")
        }
        certificates = found
        let own = try first.pem()
        do throws(TLSError) { facts = try CertificateFacts(pem: own, name: "the certificate") } catch {
            throw Self.refused("\(error).", "Ask the authority for a certificate with an ECDSA or RSA key.")
        }
        key = Memory.reading(pem, { PEM_read_bio_PrivateKey($0, nil, nil, nil) }).map { KeyPair(owning: $0) }
        ERR_clear_error()
        try checkOrder()
        try checkDates(now)
        guard X509_check_purpose(leaf.pointer, X509_PURPOSE_SSL_SERVER, 0) == 1 else {
            throw Self.refused("The certificate of \(title) is not for servers.", "Ask the authority for a TLS server certificate (extended key usage serverAuth).")
        }
        guard let shown = X509_get0_pubkey(leaf.pointer), facts.key != .rsa || EVP_PKEY_get_bits(shown) >= 2048 else {
            throw Self.refused("The RSA key of \(title) is too short.", "Make a new request: fitech-ctl certificate request NAME.")
        }
        guard !facts.names.isEmpty else {
            throw Self.refused("The certificate names no host.", "Ask the authority for one with subject alternative names.")
        }
    }

    private var title: String { facts.names.first ?? leaf.subject("CN") ?? "this name" }

    /// The chain as it is sent, a root at its end left out: clients have theirs or trust nobody else's.
    func pem() throws(Failure) -> [UInt8] {
        var all: [UInt8] = []
        for (index, certificate) in certificates.enumerated() where index == 0 || X509_self_signed(certificate.pointer, 0) != 1 { all += try certificate.pem() }
        return all
    }

    /// Who issued the last of them, when it is not itself and this machine's store does not know it.
    func unknownIssuer() -> String? {
        guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new() else { return nil }
        defer {
            X509_STORE_CTX_free(context)
            X509_STORE_free(store)
            ERR_clear_error()
        }
        let others = OPENSSL_sk_new_null()
        defer { OPENSSL_sk_free(others) }
        for certificate in certificates.dropFirst() { OPENSSL_sk_push(others, UnsafeRawPointer(certificate.pointer)) }
        guard X509_STORE_set_default_paths(store) == 1, X509_STORE_CTX_init(context, store, leaf.pointer, others) == 1 else { return nil }
        if X509_verify_cert(context) == 1 { return nil }
        guard let last = certificates.last, X509_self_signed(last.pointer, 0) != 1 else { return certificates.last?.subject("CN") ?? "itself" }
        return (try? CertificateFacts(pem: (try? last.pem()) ?? [], name: "chain"))?.issuer ?? "its issuer"
    }

    private func checkOrder() throws(Failure) {
        if certificates.count > 1, X509_check_ca(leaf.pointer) > 0 {
            throw Self.refused(
                "The first certificate of the file is an authority's (\(leaf.subject("CN") ?? "unnamed")).", "Put the server's own certificate first, then its issuer, and so on.")
        }
        for (index, pair) in zip(certificates, certificates.dropFirst()).enumerated() {
            let (subject, issuer) = pair
            guard X509_check_issued(issuer.pointer, subject.pointer) == 0, let key = X509_get0_pubkey(issuer.pointer), X509_verify(subject.pointer, key) == 1 else {
                throw Self.refused(
                    "Certificate \(index + 2) of the file (\(issuer.subject("CN") ?? "unnamed")) did not issue certificate \(index + 1) (\(subject.subject("CN") ?? "unnamed")).",
                    "Put the server's own certificate first, then its issuer, then that one's issuer, and leave out the others.")
            }
        }
    }

    private func checkDates(_ now: Int) throws(Failure) {
        for certificate in certificates {
            let name = certificate.subject("CN") ?? title
            guard certificate.expires > now else {
                throw Self.refused("The certificate of \(name) ended on \(Self.day(certificate.expires)).", "Ask the authority for a new one: fitech-ctl certificate request NAME makes the request.")
            }
            guard certificate.starts <= now + 300 else {
                throw Self.refused("The certificate of \(name) is not valid before \(Self.day(certificate.starts)).", "Install it from then on; if that day has come, check this machine's clock.")
            }
        }
    }

    static func day(_ seconds: Int) -> String { String(Timestamp(milliseconds: Int64(seconds) * 1000).iso8601.prefix(10)) }

    static func refused(_ reason: String, _ hint: String) -> Failure { .invalid(reason, hint: hint, code: "certificate-refused") }

    /// Those of a PEM file, in its order; what else is in it is passed over.
    static func certificates(in pem: [UInt8]) -> [Certificate] {
        var found: [Certificate] = []
        pem.withUnsafeBytes { raw in
            guard let memory = BIO_new_mem_buf(raw.baseAddress, Int32(raw.count)) else { return }
            defer { BIO_free(memory) }
            while found.count < 20, let next = PEM_read_bio_X509(memory, nil, nil, nil) { found.append(Certificate(owning: next)) }
        }
        ERR_clear_error()
        return found
    }
}
