// Passwords as scrypt hashes (RFC 7914) in one line of text that names its own cost.
import COpenSSL

/// `$scrypt$ln=17,r=8,p=1$SALT$HASH`, both parts base64 without padding. Making or verifying at the shipped cost blocks for
/// about 0.3 s and takes 128 MB: only on a thread set apart for it, and few at once.
package enum PasswordHash {
    /// What a hash costs: 2^logN blocks of r * 128 bytes, p times over.
    package struct Cost: Sendable, Equatable {
        package var logN: Int
        package var r: Int
        package var p: Int

        package init(logN: Int, r: Int = 8, p: Int = 1) {
            self.logN = logN
            self.r = r
            self.p = p
        }

        /// OWASP's first choice: N = 2^17, r = 8, p = 1.
        package static let shipped = Cost(logN: 17)

        var memory: UInt64 { 128 * UInt64(r) * (UInt64(1) << UInt64(logN)) }

        /// A hash read from a table may not ask for more than 1 GB or a minute.
        var isReasonable: Bool { (1...20).contains(logN) && (1...32).contains(r) && (1...16).contains(p) && memory <= 1 << 30 }
    }

    /// A new salted hash of `password` (its UTF-8, as it is: normalising is the caller's decision).
    package static func make(_ password: String, cost: Cost = .shipped) -> String {
        let salt = RandomBytes.make(16)
        guard let hash = derive(password, salt: salt, cost: cost, length: 32) else {
            fatalError("no memory for a password hash (\(cost.memory >> 20) MB)")
        }
        return "$scrypt$ln=\(cost.logN),r=\(cost.r),p=\(cost.p)$\(Base64.encodeUnpadded(salt))$\(Base64.encodeUnpadded(hash))"
    }

    /// Whether `stored` was made from `password`. Anything that is not a hash of this format is false, never an error.
    package static func verify(_ password: String, against stored: String) -> Bool {
        guard let (cost, salt, hash) = parse(stored), let found = derive(password, salt: salt, cost: cost, length: hash.count) else {
            return false
        }
        return Digest.constantTimeEqual(found, hash)
    }

    /// Whether `stored` was made at another cost than `cost`, so the next sign-in should replace it.
    package static func wantsRenewal(_ stored: String, cost: Cost = .shipped) -> Bool { parse(stored)?.cost != cost }

    static func derive(_ password: String, salt: [UInt8], cost: Cost, length: Int) -> [UInt8]? {
        guard cost.isReasonable, length > 0 else { return nil }
        var out = [UInt8](repeating: 0, count: length)
        let text = Array(password.utf8)
        let done = text.withUnsafeBytes { letters in
            // maxmem: the default of 32 MB refuses the shipped cost; p and a little room come on top of V.
            EVP_PBE_scrypt(
                letters.assumingMemoryBound(to: CChar.self).baseAddress, letters.count, salt, salt.count, UInt64(1) << UInt64(cost.logN),
                UInt64(cost.r), UInt64(cost.p), cost.memory + UInt64(cost.p * cost.r) * 256 + (1 << 20), &out, length)
        }
        if done != 1 { ERR_clear_error() }
        return done == 1 ? out : nil
    }

    private static func parse(_ stored: String) -> (cost: Cost, salt: [UInt8], hash: [UInt8])? {
        let parts = stored.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        let costs = parts[2].split(separator: ",", omittingEmptySubsequences: false)
        guard costs.count == 3, let logN = number(costs[0], after: "ln="), let r = number(costs[1], after: "r="),
            let p = number(costs[2], after: "p="), let salt = Base64.decode(String(parts[3])),
            let hash = Base64.decode(String(parts[4])), (16...64).contains(hash.count)
        else { return nil }
        let cost = Cost(logN: logN, r: r, p: p)
        return cost.isReasonable ? (cost, salt, hash) : nil
    }

    private static func number(_ text: Substring, after name: String) -> Int? {
        guard text.hasPrefix(name) else { return nil }
        let digits = text.dropFirst(name.count)
        guard !digits.isEmpty, digits.count <= 4, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(digits)
    }
}
