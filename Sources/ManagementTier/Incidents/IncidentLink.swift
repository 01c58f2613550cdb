// The short signed link in a text: it shows and acknowledges one incident for one technician, without a sign-in.
import Digests

/// Sixteen characters: who and what in six bytes, six bytes of HMAC over them. Guessing one takes 2^47 tries against a
/// server that answers each, for the right to see that a node is down; a longer token would push words out of the text.
package struct IncidentLink: Equatable, Sendable {
    /// What the token is good for. It is part of what is signed, so one kind never passes for the other.
    package enum Purpose: UInt8, Sendable { case incident = 1, receipt = 2 }

    /// The number of the incident (0: everything open), or of the text for a receipt. Below 2^24.
    package var number: Int
    /// The technician's id. Below 2^12.
    package var technician: Int
    /// The last day it works, counted from 2026-01-01. Below 2^12.
    package var lastDay: Int

    /// Days a link works: long enough to read up on an incident after a weekend.
    package static let lifetimeDays = 7
    private static let firstDay: Milliseconds = 1_767_225_600_000
    private static let day: Milliseconds = 86_400_000
    private static let size = 6

    package init(number: Int, technician: Int, at now: Milliseconds) {
        self.number = number & 0xFF_FFFF
        self.technician = technician & 0xFFF
        lastDay = Int(max(0, (now - Self.firstDay) / Self.day)) + Self.lifetimeDays
    }

    /// The token for `/i/TOKEN`.
    package func token(_ purpose: Purpose = .incident, key: [UInt8]) -> String {
        let packed = UInt64(number) << 24 | UInt64(technician) << 12 | UInt64(lastDay & 0xFFF)
        let bytes = (0..<Self.size).reversed().map { UInt8(truncatingIfNeeded: packed >> UInt64($0 * 8)) }
        return Base64URL.encode(bytes + Self.seal(bytes, purpose, key))
    }

    /// Reads a token; nil when it is not ours, for another purpose, or too old.
    package init?(token: String, _ purpose: Purpose = .incident, key: [UInt8], at now: Milliseconds) {
        guard token.utf8.count == 16, let all = Base64URL.decode(token), all.count == 12 else { return nil }
        let bytes = Array(all[..<Self.size])
        guard Digest.constantTimeEqual(Array(all[Self.size...]), Self.seal(bytes, purpose, key)) else { return nil }
        let packed = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        number = Int(packed >> 24)
        technician = Int(packed >> 12 & 0xFFF)
        lastDay = Int(packed & 0xFFF)
        guard (now - Self.firstDay) / Self.day <= Milliseconds(lastDay) else { return nil }
    }

    private static func seal(_ bytes: [UInt8], _ purpose: Purpose, _ key: [UInt8]) -> [UInt8] {
        Array(Digest.hmacSHA256(key: key, [purpose.rawValue] + bytes)[..<size])
    }
}
