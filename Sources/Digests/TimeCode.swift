// The codes of authenticator apps: HMAC-SHA-1 over half minutes (RFC 6238 over RFC 4226).
import COpenSSL

/// What a person reads from their authenticator app. Knows no clock: the time step is given.
package enum TimeCode {
    /// Seconds a code is shown.
    package static let period: Int64 = 30
    /// Apps on the market take SHA-1, six digits and 30 seconds whatever the link says; the secret has the length of the hash (RFC 4226 R6).
    package static let secretBytes = 20

    /// The step a moment belongs to.
    package static func step(ofMilliseconds time: Int64) -> Int64 { time / 1000 / period }

    package static func code(secret: [UInt8], step: Int64, digits: Int = 6) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * Int64($0))) }
        let mac = Digest.hmacSHA1(key: secret, counter)
        let start = Int(mac[19] & 15)
        let word = mac[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
        var modulus = 1
        for _ in 0..<digits { modulus *= 10 }
        let number = String(word % modulus)
        return String(repeating: "0", count: digits - number.count) + number
    }

    /// The step a typed code belongs to: the present one, or the one before or after for clocks that differ. Steps up to `last` are
    /// used up, so a code that was read over somebody's shoulder opens nothing. Nil for a wrong code. Every step is compared.
    package static func accept(_ typed: String, secret: [UInt8], now: Int64, last: Int64) -> Int64? {
        let sent = Array(typed.utf8)
        var found: Int64?
        for step in now - 1...now + 1 where Digest.constantTimeEqual(sent, Array(code(secret: secret, step: step).utf8)) && step > last { found = step }
        return found
    }
}

extension Digest {
    /// The 20 bytes of HMAC-SHA-1 (RFC 2104), which is what authenticator apps compute; for nothing else.
    package static func hmacSHA1(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: 20), count: UInt32 = 0
        let done = HMAC(EVP_sha1(), key, Int32(key.count), bytes, bytes.count, &out, &count)
        precondition(done != nil && count == 20, "OpenSSL refused an HMAC-SHA-1")
        return out
    }
}
