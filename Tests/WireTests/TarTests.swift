// Headers of tar archives: as other programs read them, and strict about what comes back.
import Testing
@testable import Wire

struct TarTests {
    @Test func `a header reads back as it was, also of a file larger than octal digits can tell`() throws {
        for bytes in [0, 1, 511, 512, 513, (1 << 33) - 1, 1 << 33, 1 << 45] {
            let header = TarHeader(path: "clinic-2026/attachments/a1", bytes: bytes, modified: 1_795_000_000)
            #expect(header.block.count == 512)
            #expect(try TarHeader.read(header.block) == header)
            #expect((bytes + header.padding) % 512 == 0 && header.padding < 512)
        }
        #expect(try TarHeader.read([UInt8](repeating: 0, count: 512)) == nil)
    }

    @Test func `the fields stand where POSIX has them`() {
        let block = TarHeader(path: "a/b", bytes: 10, modified: 8).block
        func text(_ range: Range<Int>) -> String { String(decoding: block[range].prefix { $0 != 0 }, as: UTF8.self) }
        #expect(text(0..<100) == "a/b" && text(100..<108) == "0000600" && text(124..<136) == "00000000012" && text(136..<148) == "00000000010")
        #expect(text(257..<263) == "ustar" && text(263..<265) == "00" && block[156] == UInt8(ascii: "0"))
    }

    @Test func `a header with any bit changed is refused, or says the same`() {
        let header = TarHeader(path: "clinic/customer.db", bytes: 4096, modified: 1_795_000_000)
        for bit in 0..<512 * 8 {
            var block = header.block
            block[bit / 8] ^= 1 << UInt8(bit % 8)
            let read = try? TarHeader.read(block)
            #expect(read == nil || read == .some(.some(header)) , "bit \(bit)")
        }
    }

    @Test func `paths that lead out of their directory are refused`() {
        for path in ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", "./a", "a\\b", "a b", "é", String(repeating: "a", count: 101)] { #expect(!TarHeader.isSafe(path), "\(path)") }
        #expect(TarHeader.isSafe("clinic-2026-11-25T1200/attachments/x.1"))
        // What a header of somebody else's says: a link, a directory, a long name in a prefix.
        for (place, byte) in [(156, UInt8(ascii: "2")), (156, UInt8(ascii: "5")), (345, UInt8(ascii: "x"))] {
            var block = TarHeader(path: "a/b", bytes: 0, modified: 0).block
            block[place] = byte
            for index in 148..<156 { block[index] = 0x20 }
            let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
            for (index, digit) in (String(repeating: "0", count: 6 - sum.count) + sum).utf8.enumerated() { block[148 + index] = digit }
            block[154] = 0
            #expect(throws: TarHeader.Malformed.self) { try TarHeader.read(block) }
        }
    }
}
