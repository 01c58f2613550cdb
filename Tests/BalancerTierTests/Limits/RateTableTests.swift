// How often a sender may come: the rule, its bounds, and what becomes of it in a table of fixed size.
import Testing

@testable import BalancerTier

struct RateTableTests {
    private let second: UInt64 = 1_000_000_000

    @Test func `a burst may come at once, then one for each interval`() {
        var table = RateTable(rate: 10, burst: 2 * second, capacity: 64)
        for _ in 0..<20 { #expect(table.admit(7, now: 5 * second) == 0) }
        #expect(table.admit(7, now: 5 * second) == second / 10)
        #expect(table.admit(7, now: 5 * second + second / 20) == second / 20)
        #expect(table.admit(7, now: 5 * second + second / 10) == 0)
        #expect(table.admit(7, now: 5 * second + second / 10) > 0)
    }

    @Test func `who keeps to the rate is never stopped`() {
        var table = RateTable(rate: 100, burst: 1, capacity: 64)
        for step in 0..<10_000 { #expect(table.admit(7, now: second + UInt64(step) * second / 100) == 0) }
    }

    @Test func `what was refused does not count`() {
        var table = RateTable(rate: 1, burst: 1, capacity: 64)
        #expect(table.admit(7, now: second) == 0)
        for _ in 0..<100 { #expect(table.admit(7, now: second + 1) > 0) }
        #expect(table.admit(7, now: 2 * second) == 0)
    }

    @Test func `senders do not count for each other while the table holds them`() {
        var table = RateTable(rate: 1, burst: 3 * second, capacity: 1024)
        // Evenly spread keys, as a hash gives them.
        let keys = (0..<64).map { UInt64($0 + 1) &* 0x9E37_79B9_7F4A_7C15 }
        for _ in 0..<3 { for key in keys { #expect(table.admit(key, now: second) == 0) } }
        for key in keys { #expect(table.admit(key, now: second) > 0) }
    }

    @Test func `a flood of senders forgets the quietest first and never the one who floods`() {
        var table = RateTable(rate: 1, burst: 100 * second, capacity: 256)
        let loud: UInt64 = 0xDEAD_BEEF_0000_0001
        while table.admit(loud, now: second) == 0 {}
        for other in 1...100_000 {
            _ = table.admit(UInt64(other) &* 0x9E37_79B9_7F4A_7C15, now: second)
            #expect(table.admit(loud, now: second) > 0)
        }
    }

    @Test func `limits count IPv6 by what one customer is given, and each kind for itself`() {
        var options = RequestLimits.Options()
        options.perAddress = 1
        options.burst = .seconds(1)
        let limits = RequestLimits(options)
        #expect(limits.wait(address: "2001:db8:0:1::7", now: second) == nil)
        #expect(limits.wait(address: "2001:db8:0:1:ffff::8", now: second) == 1)
        #expect(limits.wait(address: "2001:db8:0:2::7", now: second) == nil)
        #expect(limits.wait(address: "192.0.2.7", now: second) == nil)
        #expect(limits.wait(address: "192.0.2.7", now: second) == 1)
        #expect(limits.wait(address: "unix", now: second) == nil)
        #expect(limits.wait(session: [1, 2, 3], now: second) == nil)
        #expect(!limits.countsSessions)
    }
}
