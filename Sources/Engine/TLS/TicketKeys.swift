// The keys of TLS session tickets: shared by all processes of a service, replaced in turn, never all at once.
import Digests

/// Three keys in a row: tickets are sealed with the current one and opened with any. The next is known to everybody for a
/// whole period before it is used, and the previous is still honoured, so a change of keys costs nobody a full handshake,
/// whichever process reads the file first.
package struct TicketKeys: Sendable, Equatable {
    /// A key is a name of 16 bytes, an HMAC key of 32 and an AES key of 32.
    package static let keyLength = 80
    private static let mark = Array("FTICKET1".utf8)

    /// Seals, and opens.
    package private(set) var current: [UInt8]
    /// Only opens as yet; nil in a file of the first kind, which was one key of 80 bytes.
    package private(set) var next: [UInt8]?
    /// Only opens now; nil before the first rotation.
    package private(set) var previous: [UInt8]?
    /// When the current key came into use, UTC seconds since 1970; 0 when the file does not say.
    package private(set) var since: Int64

    /// New keys, in use from `now`.
    package init(now: Int64) {
        current = RandomBytes.make(Self.keyLength)
        next = RandomBytes.make(Self.keyLength)
        since = now
    }

    /// The contents of a key file: a mark of 8 bytes, `since` in 8 (big-endian), the current, the next and perhaps the
    /// previous key; or 80 bytes alone, a current key without a date. Nil for anything else.
    package init?(file: [UInt8]) {
        if file.count == Self.keyLength {
            (current, since) = (file, 0)
            return
        }
        let keys = (file.count - 16) / Self.keyLength
        guard file.starts(with: Self.mark), keys == 2 || keys == 3, file.count == 16 + keys * Self.keyLength else { return nil }
        since = Int64(bitPattern: file[8..<16].reduce(0) { $0 << 8 | UInt64($1) })
        func key(_ index: Int) -> [UInt8] { Array(file[16 + index * Self.keyLength..<16 + (index + 1) * Self.keyLength]) }
        (current, next) = (key(0), key(1))
        if keys == 3 { previous = key(2) }
    }

    /// What belongs into the key file.
    package var file: [UInt8] {
        guard let next else { return current }
        return Self.mark + withUnsafeBytes(of: since.bigEndian) { Array($0) } + current + next + (previous ?? [])
    }

    /// Those that open tickets, the one that seals first.
    var inOrder: [[UInt8]] { [current] + [next, previous].compactMap { $0 } }

    /// Whether the current key has been in use for `period` seconds at `now` (UTC seconds since 1970), or its date is in
    /// the future, where nothing would ever be due.
    package func isDue(now: Int64, period: Int64) -> Bool {
        next == nil || now - since >= period || since > now + 60
    }

    /// The keys of the next period. A current key nobody knew a successor of stays, so that the new one is known before it
    /// is used.
    package func rotated(now: Int64) -> TicketKeys {
        var changed = self
        changed.since = now
        changed.next = RandomBytes.make(Self.keyLength)
        if let next {
            changed.current = next
            changed.previous = current
        }
        return changed
    }
}
