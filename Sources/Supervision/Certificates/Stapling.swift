// When to ask which responder, as a pure machine: early enough, never in a hurry, never twice at once.
import Engine

/// One certificate's staple. Times are UTC seconds since 1970.
struct StaplePlan: Equatable {
    /// Until when the staple we have may be shown; 0 for none.
    private(set) var until: Int64
    private(set) var next: Int64
    private(set) var failures = 0
    /// What `certificate list` says of it.
    private(set) var word: String

    /// The pause after the first failure, doubled up to the longest.
    static let firstPause: Int64 = 60
    static let longestPause: Int64 = 3600

    /// `fetched`: when the staple we found was fetched.
    init(found: Staple?, fetched: Int64, now: Int64) {
        until = found?.until ?? 0
        next = found.map { Self.renewal($0.until, fetched) } ?? now
        word = until > now ? "stapled" : "none yet"
    }

    func isDue(_ now: Int64) -> Bool { now >= next }

    mutating func fetched(_ staple: Staple, now: Int64) {
        self = StaplePlan(found: staple, fetched: now, now: now)
    }

    /// The staple we have stays until it is over.
    mutating func failed(isRevoked: Bool, now: Int64) {
        failures += 1
        next = now + min(Self.longestPause, Self.firstPause << Int64(min(failures - 1, 10)))
        if isRevoked { until = 0 }
        word = isRevoked ? "revoked" : until > now ? "stapled, responder silent" : "responder silent"
    }

    /// Half of its life before it ends: a responder may be gone for as long.
    private static func renewal(_ until: Int64, _ fetched: Int64) -> Int64 { fetched + max(30, (until - fetched) / 2) }
}
