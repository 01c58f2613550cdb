// RFC 9112 section 7.1: chunked bodies, taken apart from pieces of any size.
import Testing
import Wire

struct ChunkedDecoderTests {
    /// Feeds the pieces one after the other; answers the data, or nil when the body did not end.
    private func decode(_ pieces: [[UInt8]]) throws(HTTPParseError) -> (data: [UInt8], trailers: HTTPFields, rest: Int)? {
        var decoder = ChunkedDecoder()
        var data: [UInt8] = []
        for piece in pieces {
            var at = 0
            var more = true
            while more {
                switch try decoder.step(piece.span, at: &at) {
                case .needsMore: more = false
                case .data(let start, let count): data += piece[start..<start + count]
                case .end: return (data, decoder.trailers, piece.count - at)
                }
            }
        }
        return nil
    }

    static let good: [(String, String)] = [
        ("0\r\n\r\n", ""),
        ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("5\r\nhello\r\n6\r\n world\r\n000\r\n\r\n", "hello world"),
        ("A;name=value;q=\"x\"\r\n0123456789\r\n0;last\r\n\r\n", "0123456789"),
        ("1\r\na\r\n0\r\nDigest: x\r\nB: c\r\n\r\n", "a"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
    ]

    @Test(arguments: good)
    func `data and end do not depend on how the bytes arrive`(text: String, data: String) throws {
        let bytes = Array(text.utf8)
        #expect(try decode([bytes])?.data == Array(data.utf8))
        #expect(try decode(bytes.map { [$0] })?.data == Array(data.utf8))
        for index in 0...bytes.count {
            #expect(try decode([Array(bytes[..<index]), Array(bytes[index...])])?.data == Array(data.utf8), "split at \(index)")
            if index < bytes.count { #expect(try decode([Array(bytes[..<index])])?.data == nil) }
        }
    }

    static let bad = [
        "\r\n", "g\r\n", "-1\r\n", "+1\r\na\r\n", "0x1\r\na\r\n", " 1\r\na\r\n", "1 \r\na\r\n", "1\na\r\n0\r\n\r\n", "1\r\nab\r\n",
        "1\r\na\n0\r\n\r\n", "1\r\na0\r\n\r\n", "1\ra\r\n", "1;a\nb\r\na\r\n", "1;\0\r\na\r\n", "10000000000000000\r\n",
        "FFFFFFFFFFFFFFFF\r\n", "0\r\nA : b\r\n\r\n", "0\r\n folded\r\n\r\n", "0\r\nA: b\n\n", "0\r\nContent-Length: 3\r\n\r\n",
        "0\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\nHost: x\r\n\r\n", "0\r\n\n",
        "1;" + String(repeating: "x", count: 5000) + "\r\n", "0\r\nA: " + String(repeating: "x", count: 9000),
    ]

    @Test(arguments: bad)
    func `a chunk that could be read in two ways is refused`(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: HTTPParseError.self) { _ = try decode([bytes]) }
        #expect(throws: HTTPParseError.self) { _ = try decode(bytes.map { [$0] }) }
    }

    @Test func `trailers are kept, and what follows is left alone`() throws {
        let result = try #require(try decode([Array("0\r\nDigest: x\r\n\r\nGET /".utf8)]))
        #expect(result.trailers["digest"] == "x")
        #expect(result.rest == 5)
    }
}
