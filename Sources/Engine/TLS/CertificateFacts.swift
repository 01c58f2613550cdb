// What a certificate file says of its certificate: for whom, from whom, until when.
import CLinux
import COpenSSL
import Glibc

/// Of the first certificate of a PEM file; the chain behind it is not judged here.
package struct CertificateFacts: Sendable, Equatable {
    package enum KeyKind: String, Sendable, CaseIterable {
        /// Elliptic curves.
        case ecdsa
        case rsa
    }

    /// DNS names, lower case, `*.` first for wildcards, and IP addresses; the common name when there are none (RFC 6125 6.4.4).
    package var names: [String]
    /// The issuer's organisation and common name, as far as it has them.
    package var issuer: String
    /// UTC seconds since 1970.
    package var starts: Int64
    package var expires: Int64
    package var key: KeyKind
    /// Where its OCSP responder is; nil when it names none.
    package var responder: String?
    package var isSelfSigned: Bool

    /// Of the PEM file at `path`.
    package init(file path: String) throws(TLSError) { try self.init(pem: try TLSContext.contents(path), name: path) }

    /// `name` is for the error.
    package init(pem: [UInt8], name: String) throws(TLSError) {
        ERR_clear_error()
        let read = pem.withUnsafeBytes { raw -> OpaquePointer? in
            guard let memory = BIO_new_mem_buf(raw.baseAddress, CInt(raw.count)) else { return nil }
            defer { BIO_free(memory) }
            return PEM_read_bio_X509(memory, nil, nil, nil)
        }
        guard let certificate = read else { throw TLSError(queueAfter: "\(name) holds no certificate") }
        defer { X509_free(certificate) }
        guard let kind = Self.kind(of: certificate) else { throw TLSError("\(name): its key is neither ECDSA nor RSA") }
        key = kind
        names = Self.names(of: certificate)
        let issuer = X509_get_issuer_name(certificate)
        let parts = [NID_organizationName, NID_commonName].compactMap { Self.field($0, of: issuer) }
        self.issuer = parts.joined(separator: " ")
        starts = Self.seconds(X509_get0_notBefore(certificate))
        expires = Self.seconds(X509_get0_notAfter(certificate))
        isSelfSigned = X509_self_signed(certificate, 0) == 1
        var url = [CChar](repeating: 0, count: 1024)
        responder = tls_responder(certificate, &url, url.count) == 1 ? String(decoding: url.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
        ERR_clear_error()
    }

    /// Whole days left at `now` (UTC seconds since 1970), negative once it is over.
    package func daysLeft(now: Int64) -> Int { Int((Double(expires - now) / 86_400).rounded(.down)) }

    /// Whether one of the names is for `host`; a wildcard stands for one label (RFC 6125 6.4.3).
    package func covers(_ host: String) -> Bool {
        let host = host.lowercased()
        if names.contains(host) { return true }
        guard let dot = host.firstIndex(of: ".") else { return false }
        return names.contains("*" + host[dot...])
    }

    private static func kind(of certificate: OpaquePointer) -> KeyKind? {
        switch EVP_PKEY_get_base_id(X509_get0_pubkey(certificate)) {
        case EVP_PKEY_EC: .ecdsa
        case EVP_PKEY_RSA: .rsa
        default: nil
        }
    }

    private static func names(of certificate: OpaquePointer) -> [String] {
        var found: [String] = []
        if let names = tls_alternative_names(certificate) {
            defer { tls_names_free(names) }
            for index in 0..<tls_name_count(names) {
                var bytes: UnsafePointer<UInt8>?
                var isAddress: CInt = 0
                let count = tls_name_at(names, index, &bytes, &isAddress)
                guard count > 0, let bytes else { continue }
                let name = UnsafeBufferPointer(start: bytes, count: Int(count))
                if isAddress == 0 {
                    found.append(String(decoding: name, as: UTF8.self).lowercased())
                } else if let address = text(address: Array(name)) {
                    found.append(address)
                }
            }
        }
        if found.isEmpty, let name = field(NID_commonName, of: X509_get_subject_name(certificate)) { found.append(name.lowercased()) }
        return found
    }

    private static func text(address: [UInt8]) -> String? {
        guard address.count == 4 || address.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: 64)
        guard inet_ntop(address.count == 4 ? AF_INET : AF_INET6, address, &text, 64) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func field(_ nid: CInt, of name: OpaquePointer?) -> String? {
        var text = [CChar](repeating: 0, count: 256)
        let count = X509_NAME_get_text_by_NID(name, nid, &text, 256)
        return count <= 0 ? nil : String(decoding: text.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var parts = tm()
        return ASN1_TIME_to_tm(time, &parts) == 1 ? Int64(timegm(&parts)) : 0
    }
}
