// The questions passkeys answer. Nothing is kept of one until it is used: it says by itself what it is for, for whom and how long, under
// a MAC, so nobody can fill a table by asking.
import Digests
import Wire

package enum PasskeyChallenge {
    package enum Use: String, Sendable { case signIn = "sign-in", code, confirm, add }

    package static let bytes = 8 + 16 + 32

    /// - Parameter whom: whose passkey is asked; empty where that is not known yet.
    package static func make(for use: Use, whom: String, until end: Timestamp, key: [UInt8]) -> [UInt8] {
        let head = (0..<8).map { UInt8(truncatingIfNeeded: end.milliseconds >> (56 - 8 * $0)) } + RandomBytes.make(16)
        return head + mac(head, use, whom, key)
    }

    /// Until when a challenge may be answered; its use is for the caller to remember that long.
    package static func check(_ challenge: [UInt8], for use: Use, whom: String, now: Timestamp, key: [UInt8]) throws(PasskeyRefusal) -> Timestamp {
        guard challenge.count == bytes else { throw .wrongChallenge }
        let head = Array(challenge.prefix(24))
        guard Digest.constantTimeEqual(mac(head, use, whom, key), Array(challenge.dropFirst(24))) else { throw .wrongChallenge }
        let end = Timestamp(milliseconds: head.prefix(8).reduce(0) { $0 << 8 | Int64($1) })
        guard now.milliseconds < end.milliseconds else { throw .challengeEnded }
        return end
    }

    private static func mac(_ head: [UInt8], _ use: Use, _ whom: String, _ key: [UInt8]) -> [UInt8] {
        Digest.hmacSHA256(key: key, Array("passkey \(use.rawValue) \(whom)\u{0}".utf8) + head)
    }
}
