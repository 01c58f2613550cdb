// The PROXY protocol, versions 1 and 2, as HAProxy's proxy-protocol.txt has it; every header also byte by byte.
import Testing

@testable import Wire

struct ProxyHeaderTests {
    /// The same from bytes that arrive one at a time: only the last may complete it, and none before may refuse it.
    private func read(_ bytes: [UInt8], then more: [UInt8] = []) throws -> ProxyHeader {
        for count in 0..<bytes.count { #expect(try ProxyHeaderParser.parse(bytes[..<count]) == nil, "complete after \(count) bytes") }
        let (header, count) = try #require(try ProxyHeaderParser.parse((bytes + more)[...]))
        #expect(count == bytes.count)
        return header
    }

    private func v2(_ command: UInt8, _ family: UInt8, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
        let length = length ?? body.count
        return [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, command, family, UInt8(length >> 8), UInt8(length & 255)] + body
    }

    private let four: [UInt8] = [192, 0, 2, 7, 198, 51, 100, 1, 0xD4, 0x31, 0x01, 0xBB]

    @Test(arguments: [
        ("PROXY TCP4 192.0.2.7 198.51.100.1 54321 443\r\n", "192.0.2.7", 54321), ("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n", "0.0.0.0", 0),
        ("PROXY TCP6 2001:db8::7 2001:db8::1 65535 1\r\n", "2001:db8::7", 65535),
        ("PROXY TCP6 ffff:f:f:f:f:f:f:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", "ffff:f:f:f:f:f:f:ffff", 65535),
    ])
    func `a line of version 1 names the client (section 2.1)`(line: String, address: String, port: Int) throws {
        let header = try read(Array(line.utf8), then: Array("GET / HTTP/1.1\r\n".utf8))
        #expect(header.ends?.source == .tcp(try #require(IPAddress(address)), port: port))
    }

    @Test(arguments: ["PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"])
    func `UNKNOWN leaves the connection what it seems (section 2.1)`(line: String) throws {
        #expect(try read(Array(line.utf8)).ends == nil)
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n", "PROXY  TCP4 1.2.3.4 1.2.3.4 1 1\r\n", "proxy TCP4 1.2.3.4 1.2.3.4 1 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1\r\n", "PROXY TCP4 1.2.3.4  1.2.3.4 1 1\r\n", "PROXY TCP4 ::1 ::1 1 1\r\n", "PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n",
        "PROXY TCP4 1.2.3.04 1.2.3.4 1 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 01 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 -1 1\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\rX", "PROXY UDP4 1.2.3.4 1.2.3.4 1 1\r\n", "PROXY UNKNOWNS\r\n", "PROXY \r\n", "\r\n\r\n\u{0}X",
        "PROXY UNKNOWN " + String(repeating: "x", count: 200),
    ])
    func `a line that is not exactly so is refused`(line: String) {
        #expect(throws: ProxyHeaderError.self) { try ProxyHeaderParser.parse(Array(line.utf8)[...]) }
    }

    @Test func `version 2 names the client (section 2.2)`() throws {
        let header = try read(v2(0x21, 0x11, four), then: [1, 2, 3])
        #expect(header.ends?.source == .tcp(IPAddress(v4: 0xC000_0207), port: 54321))
        #expect(header.ends?.destination == .tcp(IPAddress(v4: 0xC633_6401), port: 443))
        let six: [UInt8] = [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7] + [UInt8](repeating: 0, count: 15) + [1, 0, 80, 1, 187]
        #expect(try read(v2(0x21, 0x21, six)).ends?.source == .tcp(try #require(IPAddress("2001:db8::7")), port: 80))
        let unix = Array("/run/a".utf8) + [UInt8](repeating: 0, count: 102) + Array("/run/b".utf8) + [UInt8](repeating: 0, count: 102)
        #expect(try read(v2(0x21, 0x31, unix)).ends?.source == .unix("/run/a"))
    }

    @Test func `LOCAL and UNSPEC leave the connection what it seems, whatever they carry`() throws {
        #expect(try read(v2(0x20, 0x00, [])).ends == nil)
        #expect(try read(v2(0x20, 0x11, four)).ends == nil)
        #expect(try read(v2(0x20, 0x11, [1, 2, 3])).ends == nil)
        #expect(try read(v2(0x20, 0xFF, [1, 2, 3])).ends == nil)
        #expect(try read(v2(0x21, 0x00, [])).ends == nil)
        #expect(try read(v2(0x21, 0x00, [0x04, 0, 1, 9])).ends == nil)
    }

    @Test func `typed values are passed over, a checksum among them is checked (section 2.2.3)`() throws {
        let authority: [UInt8] = [0x02, 0, 3, 97, 46, 98], padding: [UInt8] = [0x04, 0, 2, 0, 0]
        #expect(try read(v2(0x21, 0x11, four + authority + padding)).ends != nil)
        #expect(ProxyHeaderBinary.crc32c(Array("123456789".utf8)) == 0xE306_9283)
        let blank = v2(0x21, 0x11, four + authority + [0x03, 0, 4, 0, 0, 0, 0])
        let sum = ProxyHeaderBinary.crc32c(blank)
        let right = blank.dropLast(4) + [UInt8(sum >> 24), UInt8(sum >> 16 & 255), UInt8(sum >> 8 & 255), UInt8(sum & 255)]
        #expect(try read(Array(right)).ends != nil)
        var wrong = Array(right)
        wrong[wrong.count - 1] ^= 1
        #expect(throws: ProxyHeaderError.self) { try ProxyHeaderParser.parse(wrong[...]) }
    }

    @Test func `a header of version 2 that is not exactly so is refused`() {
        for bytes in [
            v2(0x11, 0x11, four), v2(0x22, 0x11, four), v2(0x21, 0x12, four), v2(0x21, 0x22, []), v2(0x21, 0x41, four), v2(0x21, 0x11, Array(four.dropLast())),
            v2(0x21, 0x21, four), v2(0x21, 0x31, four), v2(0x21, 0x11, four + [1]), v2(0x21, 0x11, four + [1, 0, 5, 0]), v2(0x21, 0x11, four + [3, 0, 1, 0]),
            v2(0x21, 0x11, four, length: 4081), [13, 10, 13, 10, 1],
        ] {
            #expect(throws: ProxyHeaderError.self, "\(bytes)") { try ProxyHeaderParser.parse(bytes[...]) }
        }
    }

    @Test func `whatever bytes come, they are read, refused or waited for, and never more than the limit`() {
        var random = SystemRandomNumberGenerator()
        let seeds = [Array("PROXY TCP4 192.0.2.7 198.51.100.1 54321 443\r\n".utf8), v2(0x21, 0x11, four + [4, 0, 1, 0])]
        for _ in 0..<5000 {
            var bytes = seeds.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &random) { bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random) }
            let more = bytes + [UInt8](repeating: 0, count: 5000)
            guard let found = try? ProxyHeaderParser.parse(more[...]) else { continue }
            #expect(found.count <= ProxyHeaderParser.limit)
        }
    }
}
