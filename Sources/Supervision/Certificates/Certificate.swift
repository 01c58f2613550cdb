// Issues and inspects X.509 certificates over OpenSSL.
import CLinux
import COpenSSL
import Digests
import Wire

/// An X.509 certificate; freed with its last reference; not shared between threads.
final class Certificate {
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }
    deinit { X509_free(pointer) }

    /// What a certificate is for: it decides the extensions.
    enum Purpose: Equatable {
        /// Signs the others; never shown to people.
        case authority
        /// Server and client of the private network.
        case node
        /// What browsers are shown.
        case `public`
    }

    struct Request {
        var commonName: String
        /// The certificate role of a node: its tier.
        var unit: String?
        var purpose: Purpose
        /// DNS names and IP addresses it is valid for.
        var names: [String] = []
        var days: Int
    }

    /// Issues a certificate for `key`. Without an issuer it signs itself. Valid from five minutes ago, for clocks that differ.
    static func issue(
        _ request: Request, key: KeyPair, issuer: (certificate: Certificate, key: KeyPair)? = nil, now: Int = Clock.seconds()
    ) throws(Failure) -> Certificate {
        guard let x509 = X509_new() else { throw OpenSSLFault.last("make a certificate") }
        let certificate = Certificate(owning: x509)
        guard let subject = X509_NAME_new() else { throw OpenSSLFault.last("make a certificate") }
        defer { X509_NAME_free(subject) }
        for (field, text) in [("O", "Fitech"), ("OU", request.unit ?? ""), ("CN", request.commonName)] where !text.isEmpty {
            // MBSTRING_UTF8 is a macro over 0x1000. CN is limited to 64 bytes by RFC 5280; the names carry the whole.
            guard X509_NAME_add_entry_by_txt(subject, field, 0x1000, String(text.prefix(64)), -1, -1, 0) == 1 else { throw OpenSSLFault.last("name the certificate of \(request.commonName)") }
        }
        // Positive, 159 random bits (RFC 5280 4.1.2.2).
        var serial = RandomBytes.make(20)
        serial[0] = serial[0] & 0x7F | 0x40
        guard let number = BN_bin2bn(serial, 20, nil) else { throw OpenSSLFault.last("number a certificate") }
        defer { BN_free(number) }
        let issuerName = issuer.map { X509_get_subject_name($0.certificate.pointer) } ?? subject
        guard X509_set_version(x509, 2) == 1, BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != nil,
            ASN1_TIME_set(X509_getm_notBefore(x509), time_t(now - 300)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(x509), time_t(now + request.days * 86_400)) != nil,
            X509_set_subject_name(x509, subject) == 1, X509_set_issuer_name(x509, issuerName) == 1, X509_set_pubkey(x509, key.pointer) == 1
        else { throw OpenSSLFault.last("make a certificate for \(request.commonName)") }
        try certificate.extend(request, issuer: issuer?.certificate ?? certificate)
        guard X509_sign(x509, (issuer?.key ?? key).pointer, EVP_sha256()) > 0 else { throw OpenSSLFault.last("sign the certificate of \(request.commonName)") }
        return certificate
    }

    private func extend(_ request: Request, issuer: Certificate) throws(Failure) {
        var lines: [(Int32, String)] = [(NID_subject_key_identifier, "hash")]
        switch request.purpose {
        case .authority: lines += [(NID_basic_constraints, "critical,CA:TRUE,pathlen:0"), (NID_key_usage, "critical,keyCertSign,cRLSign")]
        case .node: lines += [(NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"), (NID_ext_key_usage, "serverAuth,clientAuth")]
        case .public: lines += [(NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"), (NID_ext_key_usage, "serverAuth")]
        }
        if request.purpose != .authority { lines.append((NID_authority_key_identifier, "keyid")) }
        if !request.names.isEmpty {
            lines.append((NID_subject_alt_name, request.names.map { (Self.isAddress($0) ? "IP:" : "DNS:") + $0 }.joined(separator: ",")))
        }
        for (number, value) in lines {
            var context = X509V3_CTX()
            X509V3_set_ctx(&context, issuer.pointer, pointer, nil, nil, 0)
            guard let made = X509V3_EXT_conf_nid(nil, &context, number, value) else { throw OpenSSLFault.last("give the certificate of \(request.commonName) `\(value)`") }
            defer { X509_EXTENSION_free(made) }
            guard X509_add_ext(pointer, made, -1) == 1 else { throw OpenSSLFault.last("extend the certificate of \(request.commonName)") }
        }
    }

    /// PEM; `name` only for the message when it is not one.
    init(pem: [UInt8], name: String) throws(Failure) {
        let read = Memory.reading(pem) { PEM_read_bio_X509($0, nil, nil, nil) }
        guard let read else { throw OpenSSLFault.last("read the certificate \(name)", hint: "Move \(name) away to have a new one made.") }
        pointer = read
    }

    func pem() throws(Failure) -> [UInt8] { try Memory.writing { PEM_write_bio_X509($0, pointer) == 1 } }

    /// Seconds since 1970 when it stops being valid.
    var expires: Int { Self.seconds(X509_get0_notAfter(pointer)) }
    /// Seconds since 1970 when it became valid.
    var starts: Int { Self.seconds(X509_get0_notBefore(pointer)) }

    /// Whether `authority` signed it and `key` is its key.
    func belongs(to key: KeyPair, signedBy authority: KeyPair) -> Bool {
        defer { ERR_clear_error() }
        return X509_check_private_key(pointer, key.pointer) == 1 && X509_verify(pointer, authority.pointer) == 1
    }

    /// Whether it is valid for the host name or address.
    func covers(_ name: String) -> Bool {
        defer { ERR_clear_error() }
        return Self.isAddress(name) ? X509_check_ip_asc(pointer, name, 0) == 1 : X509_check_host(pointer, name, name.utf8.count, 0, nil) == 1
    }

    /// A field of its subject, `CN` or `OU`.
    func subject(_ field: String) -> String? {
        let number = OBJ_txt2nid(field)
        var text = [CChar](repeating: 0, count: 256)
        let count = X509_NAME_get_text_by_NID(X509_get_subject_name(pointer), number, &text, 256)
        return count < 0 ? nil : String(decoding: text.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Seconds since 1970; 0 for what is no time.
    static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int {
        var parts = tm()
        guard ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return Int(timegm(&parts))
    }

    static func isAddress(_ name: String) -> Bool {
        guard let octets = a2i_IPADDRESS(name) else {
            ERR_clear_error()
            return false
        }
        ASN1_OCTET_STRING_free(octets)
        return true
    }
}
