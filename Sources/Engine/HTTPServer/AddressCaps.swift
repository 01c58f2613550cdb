// How many connections each address has open, over all loops of a server.
import Synchronization
import Wire

/// Holds an entry for each address that has a connection, so it is no larger than what is open. Addresses of IPv6 count by
/// their /64, which is what one customer is given.
final class AddressCaps: Sendable {
    enum Admission: Equatable {
        case free
        /// One too many: it is told so.
        case crowded
        /// So many too many that telling each would be the harm: it is closed unheard.
        case full
    }

    private let cap: Int
    private let shards: [Shard]

    /// A part of the addresses under a lock of its own.
    private final class Shard: Sendable {
        let counts = Mutex<[IPAddress: Int]>([:])
    }

    init(cap: Int) {
        self.cap = cap
        shards = (0..<16).map { _ in Shard() }
    }

    /// Counts a connection; what came back as anything but `.full` must `leave`.
    func enter(_ address: IPAddress) -> Admission {
        let key = AddressCaps.key(address)
        return shard(key).counts.withLock { counts in
            let open = counts[key, default: 0]
            guard open < 2 * cap else { return .full }
            counts[key] = open + 1
            return open < cap ? .free : .crowded
        }
    }

    func leave(_ address: IPAddress) {
        let key = AddressCaps.key(address)
        shard(key).counts.withLock { counts in
            let open = counts[key, default: 0]
            counts[key] = open > 1 ? open - 1 : nil
        }
    }

    /// Addresses with a connection.
    var count: Int { shards.reduce(0) { sum, shard in sum + shard.counts.withLock { $0.count } } }

    private func shard(_ key: IPAddress) -> Shard { shards[Int(truncatingIfNeeded: ((key.low ^ key.high) &* 0x9E37_79B9_7F4A_7C15) >> 60)] }

    /// What counts as one peer.
    static func key(_ address: IPAddress) -> IPAddress { address.isV6 ? IPPrefix.cut(address, 64) : address }
}
