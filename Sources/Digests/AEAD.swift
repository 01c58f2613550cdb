// Authenticated encryption: AES-256-GCM with a random nonce in front.
import COpenSSL

/// Seals small things (cookies, tokens, secrets in a table) under one key. A random 96-bit nonce allows 2^32 seals
/// under one key (NIST SP 800-38D 8.3); at a thousand a second that is 49 days, so what seals that often changes its key.
package struct AEAD: Sendable {
    package static let keyLength = 32
    /// What sealing adds: 12 bytes of nonce in front, 16 of tag behind.
    package static let overhead = 28

    // nonisolated(unsafe): fetched once, never changed or freed; OpenSSL allows sharing an EVP_CIPHER between threads.
    nonisolated(unsafe) static let algorithm: OpaquePointer = {
        guard let found = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else { fatalError("OpenSSL offers no AES-256-GCM") }
        return found
    }()

    private let key: [UInt8]

    /// `key` is 32 bytes; another length is a fault of the program.
    package init(key: [UInt8]) {
        precondition(key.count == AEAD.keyLength, "an AEAD key has 32 bytes, not \(key.count)")
        self.key = key
    }

    /// nonce + ciphertext + tag. `context` is authenticated, not stored: the same must be given to `open`, so that what was
    /// sealed for one purpose opens for no other.
    package func seal(_ bytes: [UInt8], context: [UInt8] = []) -> [UInt8] {
        seal(bytes, context: context, nonce: RandomBytes.make(12))
    }

    /// With a nonce of the caller's, for published vectors only: a nonce used twice gives the key away.
    func seal(_ bytes: [UInt8], context: [UInt8], nonce: [UInt8]) -> [UInt8] {
        let cipher = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(cipher) }
        var out = nonce + [UInt8](repeating: 0, count: bytes.count + 16)
        var written: Int32 = 0
        let done = out.withUnsafeMutableBufferPointer { buffer -> Bool in
            guard let base = buffer.baseAddress else { return false }
            return EVP_EncryptInit_ex2(cipher, AEAD.algorithm, key, nonce, nil) == 1
                && (context.isEmpty || EVP_EncryptUpdate(cipher, nil, &written, context, Int32(context.count)) == 1)
                && (bytes.isEmpty || EVP_EncryptUpdate(cipher, base + 12, &written, bytes, Int32(bytes.count)) == 1)
                && EVP_EncryptFinal_ex(cipher, base + 12 + bytes.count, &written) == 1
                && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, 16, base + 12 + bytes.count) == 1
        }
        precondition(done, "OpenSSL refused to seal \(bytes.count) bytes")
        return out
    }

    /// What was sealed, or nil when it is cut, changed, sealed by another key or for another context.
    package func open(_ sealed: [UInt8], context: [UInt8] = []) -> [UInt8]? {
        let length = sealed.count - AEAD.overhead
        guard length >= 0 else { return nil }
        let cipher = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(cipher) }
        var written: Int32 = 0
        var tag = Array(sealed[(12 + length)...])
        let opened = sealed.withUnsafeBufferPointer { input -> [UInt8]? in
            guard let base = input.baseAddress,
                EVP_DecryptInit_ex2(cipher, AEAD.algorithm, key, base, nil) == 1,
                context.isEmpty || EVP_DecryptUpdate(cipher, nil, &written, context, Int32(context.count)) == 1
            else { return nil }
            var out = [UInt8](repeating: 0, count: length)
            guard length == 0 || EVP_DecryptUpdate(cipher, &out, &written, base + 12, Int32(length)) == 1 else { return nil }
            guard EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, 16, &tag) == 1 else { return nil }
            var rest = [UInt8](repeating: 0, count: 16)
            return EVP_DecryptFinal_ex(cipher, &rest, &written) == 1 ? out : nil
        }
        if opened == nil { ERR_clear_error() }
        return opened
    }
}
