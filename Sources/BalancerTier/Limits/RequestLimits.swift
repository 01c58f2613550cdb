// How often an address or a session may ask, counted together by all loops of a balancer.
import CLinux
import Synchronization
import Wire

/// Made only when a limit is configured. Sixteen tables under a lock each: loops seldom meet at one.
package final class RequestLimits: Sendable {
    /// The limits, per second; nil is none.
    package struct Options: Sendable {
        package var perAddress: Int?
        package var perSession: Int?
        /// How long a time's worth of requests may come at once.
        package var burst = Duration.seconds(10)
        /// Senders remembered of each kind, 16 bytes each; of more the quietest are forgotten. Default 65536.
        package var remembered = 1 << 16

        package init() {}
        package var isOff: Bool { perAddress == nil && perSession == nil }
    }

    private final class Shard: Sendable {
        let table: Mutex<RateTable>
        init(_ table: RateTable) { self.table = Mutex(table) }
    }

    private let addresses: [Shard]
    private let sessions: [Shard]

    package init(_ options: Options) {
        let parts = options.burst.components
        let burst = UInt64(max(0, parts.seconds)) * 1_000_000_000 + UInt64(max(0, parts.attoseconds / 1_000_000_000))
        func shards(_ rate: Int?) -> [Shard] {
            guard let rate else { return [] }
            return (0..<16).map { _ in Shard(RateTable(rate: rate, burst: burst, capacity: options.remembered / 16)) }
        }
        addresses = shards(options.perAddress)
        sessions = shards(options.perSession)
    }

    /// Whether sessions are counted at all: finding one in a request costs something.
    var countsSessions: Bool { !sessions.isEmpty }

    /// Whole seconds, at least 1, that a request from `address` comes too early; nil when it may come. IPv6 counts by its /64.
    func wait(address: String, now: UInt64 = linux_monotonic()) -> Int? {
        guard !addresses.isEmpty, let ip = IPAddress(address) else { return nil }
        return wait(addresses, (ip.isV6 ? IPPrefix.cut(ip, 64) : ip).hashValue, now)
    }

    /// The same for a session, by the bytes of its cookie.
    func wait(session: ArraySlice<UInt8>, now: UInt64 = linux_monotonic()) -> Int? {
        guard !sessions.isEmpty else { return nil }
        return wait(sessions, session.hashValue, now)
    }

    /// Swift's hash is keyed afresh in each process, so nobody can choose addresses or cookies that meet in the table.
    private func wait(_ shards: [Shard], _ hash: Int, _ now: UInt64) -> Int? {
        let key = UInt64(bitPattern: Int64(hash))
        let early = shards[Int(key >> 60)].table.withLock { $0.admit(key, now: now) }
        return early == 0 ? nil : Int((early + 999_999_999) / 1_000_000_000)
    }

    private static let sessionName = Array("__Host-fitech-session=".utf8)

    /// What counts as the session of a request: its session cookie, else its stickiness token. `fields` are those a node sees.
    static func session(in fields: HTTPFields, token: ArraySlice<UInt8>?) -> ArraySlice<UInt8>? {
        for index in 0..<fields.count where fields.isNamed(index, "cookie") {
            for pair in fields.valueBytes(at: index).split(separator: UInt8(ascii: ";")) {
                let pair = pair.drop { $0 == 32 }
                if pair.starts(with: sessionName) { return pair.dropFirst(sessionName.count) }
            }
        }
        return token
    }

    static func tooMany(after seconds: Int) -> Failure {
        Failure(
            whose: .client, retry: .after(seconds: seconds), status: 429, code: "too-many-requests",
            reason: "More requests came from you than are taken in so short a time.",
            hint: "Try again in \(seconds == 1 ? "a second" : "\(seconds) seconds"), and send fewer at once.")
    }
}
