// Counts the frames that cost a client less than us, and says when it is enough.

/// The rates of one connection. Pure: takes the time in milliseconds, keeps no clock.
struct FrameBudgets {
    enum Kind: Int, CaseIterable { case resets, settings, pings, emptyFrames, priorities, otherFrames, windowUpdates }

    /// In thousandths of a frame, so that a rate per second adds up in milliseconds.
    private struct Bucket {
        let capacity: Int
        let perSecond: Int
        var level: Int
        var filled: UInt64

        init(_ rate: HTTP2Options.Rate, now: UInt64) {
            capacity = rate.burst * 1000
            perSecond = rate.perSecond
            level = capacity
            filled = now
        }

        mutating func spend(now: UInt64) -> Bool {
            level = min(capacity, level + Int(min(now &- filled, 1_000_000)) * perSecond)
            filled = now
            guard level >= 1000 else { return false }
            level -= 1000
            return true
        }
    }

    private var buckets: [Bucket]
    private let bytesPerWindowUpdate: Int
    /// Bytes sent that do not make up a whole window update yet.
    private var change = 0

    init(_ options: HTTP2Options, now: UInt64) {
        buckets = Kind.allCases.map { kind in
            let rate: HTTP2Options.Rate =
                switch kind {
                case .resets: options.resets
                case .settings: options.settings
                case .pings: options.pings
                case .emptyFrames: options.emptyFrames
                case .priorities: options.priorities
                case .otherFrames: options.otherFrames
                case .windowUpdates: options.windowUpdates
                }
            return Bucket(rate, now: now)
        }
        bytesPerWindowUpdate = max(1, options.bytesPerWindowUpdate)
    }

    /// Whether one more of this kind is within what the client may do.
    mutating func spend(_ kind: Kind, now: UInt64) -> Bool { buckets[kind.rawValue].spend(now: now) }

    /// So many bytes of an answer went out: the client will open its window again.
    mutating func sent(_ bytes: Int) {
        change += bytes
        let updates = change / bytesPerWindowUpdate
        change -= updates * bytesPerWindowUpdate
        let index = Kind.windowUpdates.rawValue
        buckets[index].level = min(buckets[index].capacity, buckets[index].level + updates * 1000)
    }
}

/// How long a client was waited for, and how much moved in the meantime; the two that a `Pace` judges by.
struct Stall {
    private var bytes = 0
    private var waited: UInt64 = 0
    /// When the wait that lasts now began; nil while nothing is waited for.
    private(set) var since: UInt64?

    mutating func begin(now: UInt64) { if since == nil { since = now } }

    mutating func moved(_ count: Int, now: UInt64) {
        bytes += count
        if let since { waited += now - since }
        since = nil
    }

    /// When patience ends; `.max` while nothing is waited for.
    func deadline(_ pace: Pace) -> UInt64 { since.map { $0 + pace.patience(after: bytes, waited: waited) } ?? .max }
}
