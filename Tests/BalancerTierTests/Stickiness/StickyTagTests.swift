// The tag inside TLS tickets: what it says, and that anything else says nothing.
import Testing

@testable import BalancerTier

@Suite struct StickyTagTests {
    @Test func `a tag says the node and both times`() throws {
        let tag = try #require(StickyTag.make(node: "web-12", issued: 1_700_000_000, renewed: 1_700_000_500))
        let reading = try #require(StickyTag.read(tag))
        #expect(String(decoding: reading.node, as: UTF8.self) == "web-12")
        #expect(reading.issued == 1_700_000_000 && reading.renewed == 1_700_000_500)
    }

    @Test func `a name too long for a ticket makes none`() {
        #expect(StickyTag.make(node: String(repeating: "x", count: 129), issued: 1, renewed: 1) == nil)
    }

    @Test(arguments: [[], [1], [1] + Array(repeating: 0, count: 16), [2] + Array(repeating: 65, count: 30), Array(repeating: 1, count: 146)] as [[UInt8]])
    func `what is no tag says nothing`(bytes: [UInt8]) {
        #expect(StickyTag.read(bytes) == nil)
    }
}
