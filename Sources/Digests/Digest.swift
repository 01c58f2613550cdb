// SHA-256, HMAC-SHA-256 and the comparison that tells a listener nothing.
import COpenSSL

package enum Digest {
    /// OpenSSL's SHA-256 looked up once: a lookup per hash takes two locks in OpenSSL 3.0.
    // nonisolated(unsafe): fetched once, never changed or freed; OpenSSL allows sharing an EVP_MD between threads.
    nonisolated(unsafe) static let sha256Algorithm: OpaquePointer = {
        guard let algorithm = EVP_MD_fetch(nil, "SHA2-256", nil) else { fatalError("OpenSSL offers no SHA-256") }
        return algorithm
    }()

    /// The 32 bytes of SHA-256 over `bytes` (FIPS 180-4).
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { out, count in
            let done = bytes.withUnsafeBytes { EVP_Digest($0.baseAddress, $0.count, out.baseAddress, nil, sha256Algorithm, nil) }
            precondition(done == 1, "OpenSSL refused to hash \(bytes.count) bytes")
            count = 32
        }
    }

    /// The 32 bytes of SHA-256 over the UTF-8 of `text`.
    package static func sha256(_ text: String) -> [UInt8] { sha256(Array(text.utf8)) }

    /// The 32 bytes of HMAC-SHA-256 (RFC 2104) over `bytes`; `key` may have any length.
    package static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256Stream()
        var block = key.count > 64 ? sha256(key) : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        hash.update(block.map { $0 ^ 0x36 })
        hash.update(bytes)
        let inner = hash.finish()
        hash = SHA256Stream()
        hash.update(block.map { $0 ^ 0x5c })
        hash.update(inner)
        return hash.finish()
    }

    /// Whether both are equal, in a time that depends on their length alone; unequal lengths are unequal at once.
    package static func constantTimeEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        return CRYPTO_memcmp(one, other, one.count) == 0
    }
}
