// Tokens say who serves somebody and can be neither read, nor made up, nor kept for ever.
import Digests
import Testing

@testable import BalancerTier

struct StickySealTests {
    private let secret = RandomBytes.make(32)

    @Test func `a token opens in another balancer with the same key`() throws {
        let one = try #require(StickySeal(secret: secret)), other = try #require(StickySeal(secret: secret))
        let token = one.sealer().seal(node: "web-1", issued: 1_000, renewed: 1_500)
        let reading = try #require(other.open(token, now: 2_000))
        #expect(String(decoding: reading.node, as: UTF8.self) == "web-1")
        #expect(reading.issued == 1_000)
        #expect(reading.renewed == 1_500)
    }

    @Test func `a token shows neither a name nor an address, and no two are the same`() throws {
        let seal = try #require(StickySeal(secret: secret))
        let token = String(decoding: seal.sealer().seal(node: "web-1", issued: 0, renewed: 0), as: UTF8.self)
        #expect(!token.contains("web") && !token.contains("d2Vi"))
        #expect(token != String(decoding: seal.sealer().seal(node: "web-1", issued: 0, renewed: 0), as: UTF8.self))
        #expect(token.utf8.count < 100)
    }

    @Test func `any change of a token makes it no token`() throws {
        let seal = try #require(StickySeal(secret: secret))
        let token = seal.sealer().seal(node: "web-1", issued: 0, renewed: 0)
        for index in token.indices {
            var changed = token
            changed[index] = changed[index] == 65 ? 66 : 65
            #expect(seal.open(changed, now: 1) == nil)
        }
        for length in token.indices { #expect(seal.open(Array(token[..<length]), now: 1) == nil) }
        #expect(seal.open([UInt8](repeating: 65, count: 100_000), now: 1) == nil)
        let stranger = try #require(StickySeal(secret: RandomBytes.make(32)))
        #expect(seal.open(stranger.sealer().seal(node: "web-1", issued: 0, renewed: 0), now: 1) == nil)
    }

    @Test func `a token is void when idle too long, too old, or from the future`() throws {
        let seal = try #require(StickySeal(secret: secret)), options = seal.options
        let token = seal.sealer().seal(node: "web-1", issued: 0, renewed: 0)
        #expect(seal.open(token, now: options.idle - 1) != nil)
        #expect(seal.open(token, now: options.idle) == nil)
        let busy = seal.sealer().seal(node: "web-1", issued: 0, renewed: options.absolute - 10)
        #expect(seal.open(busy, now: options.absolute - 1) != nil)
        #expect(seal.open(busy, now: options.absolute) == nil)
        #expect(seal.open(token, now: -30) != nil)
        #expect(seal.open(token, now: -61) == nil)
        #expect(!seal.wantsRenewal(renewed: 0, now: options.renew - 1))
        #expect(seal.wantsRenewal(renewed: 0, now: options.renew))
    }

    @Test func `keys rotate: the first seals, all open`() throws {
        let old = RandomBytes.make(32)
        let before = try #require(StickySeal(secret: old)), after = try #require(StickySeal(secret: secret + old))
        #expect(after.open(before.sealer().seal(node: "web-1", issued: 0, renewed: 0), now: 1) != nil)
        #expect(before.open(after.sealer().seal(node: "web-1", issued: 0, renewed: 0), now: 1) == nil)
        #expect(StickySeal(secret: []) == nil)
        #expect(StickySeal(secret: RandomBytes.make(31)) == nil)
    }

    @Test func `memory finds what it was told, forgets a node, and counts who was there lately`() {
        var memory = StickyMemory(capacity: 1024)
        let hashes = (0..<100).map { StickyMemory.hash(Array("token \($0)".utf8)[...]) }
        #expect(memory.find(hashes[0], now: 0) == nil)
        for (index, hash) in hashes.enumerated() { memory.remember(hash, .init(slot: index % 2, issued: 1, renewed: 2), now: 100) }
        #expect(memory.find(hashes[99], now: 200)?.slot == 1)
        #expect(memory.sessions(since: 150, slots: 2) == [0, 1])
        let all = memory.sessions(since: 0, slots: 2)
        #expect(all[0] + all[1] > 80)  // two places per hash: a few of a hundred in 1024 may have been pushed out
        memory.forget(1)
        #expect(memory.find(hashes[99], now: 200) == nil)
        #expect(memory.sessions(since: 0, slots: 2)[1] == 0)
    }
}
