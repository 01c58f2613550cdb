// Compression: what goes in comes out, the same each time, and damage is noticed.
import Digests
import Testing

struct GzipTests {
    @Test(arguments: [0, 1, 1000, 1_000_000])
    func `what is compressed comes out again, the same bytes each time`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7 &* 31) }
        for level in [Gzip.Level.quick, .best] {
            let packed = try #require(Gzip.compress(bytes, level))
            #expect(packed.prefix(4) == [0x1F, 0x8B, 8, 0])
            #expect(Gzip.decompress(packed, limit: count) == bytes)
            #expect(Gzip.compress(bytes, level) == packed)
        }
    }

    @Test func `damage, an end too early, more behind it and more than the limit are refused`() throws {
        let packed = try #require(Gzip.compress(Array("hello, hello, hello, hello".utf8), .best))
        #expect(Gzip.decompress(Array(packed.dropLast()), limit: 100) == nil)
        #expect(Gzip.decompress(packed + [0], limit: 100) == nil)
        #expect(Gzip.decompress(packed, limit: 25) == nil)
        var damaged = packed
        damaged[packed.count - 6] ^= 1
        #expect(Gzip.decompress(damaged, limit: 100) == nil)
    }
}
