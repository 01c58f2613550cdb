// Request ids and replay ids, made on the loop without asking the system for randomness each time.
import Digests

/// xoshiro256** (Blackman and Vigna 2018) seeded from the system: 128 unguessed bits a replay id, so two balancers never
/// make the same one. They are names, not secrets: clients cannot send one, and the data tier keeps them per person.
package struct IdentifierSource: Sendable {
    private var a, b, c, d: UInt64
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    package init() { self.init(seed: RandomBytes.make(32)) }

    /// `seed` is 32 bytes; tests give the same twice to get the same ids.
    package init(seed: [UInt8]) {
        precondition(seed.count == 32, "a seed has 32 bytes")
        func word(_ index: Int) -> UInt64 { seed[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        (a, b, c, d) = (word(0) | 1, word(1), word(2), word(3))  // never all zero
    }

    private mutating func next() -> UInt64 {
        let product = b &* 5
        let result = (product << 7 | product >> 57) &* 9
        let shifted = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = d << 45 | d >> 19
        return result
    }

    /// 16 letters (80 bits) for `X-Request-Id`.
    package mutating func appendRequestID(to out: inout [UInt8]) { append(16, to: &out) }

    /// 26 letters (130 bits, 128 of them random) for `Fitech-Replay-Id`.
    package mutating func appendReplayID(to out: inout [UInt8]) { append(26, to: &out) }

    private mutating func append(_ count: Int, to out: inout [UInt8]) {
        out.reserveCapacity(out.count + count)
        var left = count
        while left > 0 {
            var bits = next()
            for _ in 0..<min(left, 12) {
                out.append(IdentifierSource.alphabet[Int(bits & 31)])
                bits >>= 5
            }
            left -= 12
        }
    }
}
