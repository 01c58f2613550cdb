// RFC 9112 sections 4 and 6 for answers: a client that guesses can be made to smuggle.
import Testing
import Wire

struct ResponseParserTests {
    private func parse(_ text: String, to method: HTTPMethod = .get) throws(HTTPParseError) -> ResponseHead? {
        var head = ResponseHead(status: .ok)
        let bytes = Array(text.utf8)
        return try ResponseParser.parse(bytes.span, to: method, into: &head) == nil ? nil : head
    }

    static let refused = [
        "HTTP/2.0 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\nxx", "HTTP/1.1 20 OK\r\n\r\nxx", "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\r\nxx", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 \0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1 999 OK\r\n\r\n",
        "HTTP/1.1 204 No\r\nContent-Length: 1\r\n\r\n", "HTTP/1.1 103 Hints\r\nContent-Length: 1\r\n\r\n",
    ]

    @Test(arguments: refused)
    func `a bad answer is refused (RFC 9112 4, 6)`(text: String) {
        #expect(throws: HTTPParseError.self) { try parse(text) }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", HTTPMethod.get, BodyFraming.length(5), true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .head, .none, true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .get, .chunked, true),
        ("HTTP/1.1 200 OK\r\n\r\n", .get, .untilClose, false),
        ("HTTP/1.1 204 No Content\r\n\r\n", .get, .none, true),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", .get, .none, true),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", .get, .none, true),
        ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", .get, .length(1), false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n", .get, .length(1), true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n", .get, .length(1), false),
    ])
    func `the end of an answer follows from request and fields (RFC 9112 6.3)`(
        text: String, method: HTTPMethod, framing: BodyFraming, lives: Bool
    ) throws {
        let head = try #require(try parse(text, to: method))
        #expect(head.framing == framing)
        #expect(head.keepAlive == lives)
        for count in 0..<text.utf8.count {
            #expect(try parse(String(decoding: Array(text.utf8)[..<count], as: UTF8.self), to: method) == nil)
        }
    }
}
