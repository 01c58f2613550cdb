// A private key as OpenSSL holds it, on P-256 unless said otherwise, to and from PEM.
import COpenSSL
import Engine
import Wire

/// Freed with its last reference; not shared between threads.
final class KeyPair {
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }
    deinit { EVP_PKEY_free(pointer) }

    /// A new key on P-256, or of RSA with 3072 bits.
    static func make(_ kind: CertificateFacts.KeyKind = .ecdsa) throws(Failure) -> KeyPair {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, kind == .ecdsa ? "EC" : "RSA", nil) else { throw OpenSSLFault.last("make a key") }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) > 0,
            (kind == .ecdsa ? EVP_PKEY_CTX_set_group_name(context, "P-256") : EVP_PKEY_CTX_set_rsa_keygen_bits(context, 3072)) > 0,
            EVP_PKEY_generate(context, &key) > 0, let key
        else { throw OpenSSLFault.last("make a key") }
        return KeyPair(owning: key)
    }

    /// PKCS #8 PEM; `name` only for the message when it is not one.
    init(pem: [UInt8], name: String) throws(Failure) {
        let key = Memory.reading(pem) { PEM_read_bio_PrivateKey($0, nil, nil, nil) }
        guard let key else { throw OpenSSLFault.last("read the key \(name)", hint: "Move \(name) away to have a new one made.") }
        pointer = key
    }

    func pem() throws(Failure) -> [UInt8] {
        try Memory.writing { PEM_write_bio_PKCS8PrivateKey($0, pointer, nil, nil, 0, nil, nil) > 0 }
    }
}

/// Bytes through OpenSSL's memory BIO.
enum Memory {
    /// The memory BIO only borrows the bytes, so it lives and dies within their closure.
    static func reading(_ bytes: [UInt8], _ body: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
        bytes.withUnsafeBytes { buffer in
            guard let memory = BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count)) else { return nil }
            defer { BIO_free(memory) }
            return body(memory)
        }
    }

    static func writing(_ body: (OpaquePointer) -> Bool) throws(Failure) -> [UInt8] {
        guard let memory = BIO_new(BIO_s_mem()) else { throw OpenSSLFault.last("write PEM") }
        defer { BIO_free(memory) }
        guard body(memory) else { throw OpenSSLFault.last("write PEM") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = BIO_read(memory, &buffer, Int32(buffer.count))
            guard count > 0 else { return bytes }
            bytes += buffer[..<Int(count)]
        }
    }
}

/// What OpenSSL says went wrong.
enum OpenSSLFault {
    static func last(_ what: String, hint: String = "See the reason; the system's OpenSSL may be damaged.") -> Failure {
        var text = [CChar](repeating: 0, count: 256)
        let code = ERR_get_error()
        ERR_error_string_n(code, &text, text.count)
        ERR_clear_error()
        let said = code == 0 ? "" : ": " + String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return .fault("Cannot \(what)\(said).", hint: hint)
    }
}
