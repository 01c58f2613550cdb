// RFC 9112 sections 2, 3, 5 and 6 as a table: what a request head may be, and what it may not.
import Testing
import Wire

/// One input, told as it stands on the wire.
struct RefusedRequest: Sendable, CustomTestStringConvertible {
    let rule: String
    let status: Int
    let text: String
    var testDescription: String { "\(rule): \(text.debugDescription.prefix(70))" }

    init(_ rule: String, _ text: String) { self.init(rule, 400, text) }

    init(_ rule: String, _ status: Int, _ text: String) {
        self.rule = rule
        self.status = status
        self.text = text
    }
}

func parse(_ text: String, limits: HeadLimits = HeadLimits()) throws(HTTPParseError) -> (RequestHead, Int)? {
    try parse(Array(text.utf8)[...], limits: limits)
}

func parse(_ bytes: ArraySlice<UInt8>, limits: HeadLimits = HeadLimits()) throws(HTTPParseError) -> (RequestHead, Int)? {
    var head = RequestHead()
    let all = Array(bytes)
    guard let end = try RequestParser.parse(all.span, limits: limits, into: &head) else { return nil }
    return (head, end)
}

struct RequestParserTests {
    static let ok = "GET / HTTP/1.1\r\nHost: x\r\n"

    static let refused: [RefusedRequest] = [
        // 2.2 Message parsing
        .init("2.2 bare LF ends the request line", "GET / HTTP/1.1\nHost: x\r\n\r\n"),
        .init("2.2 bare LF ends a field", "GET / HTTP/1.1\r\nHost: x\n\r\n"),
        .init("2.2 bare LF ends the head", "GET / HTTP/1.1\r\nHost: x\r\n\n"),
        .init("2.2 bare CR in the request line", "GET /\r HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("2.2 bare CR in a value", "\(ok)A: b\rc\r\n\r\n"),
        .init("2.2 bare CR before the blank line", "\(ok)\rA: b\r\n\r\n"),
        .init("2.2 space before the first field", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
        .init("2.2 two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("2.2 NUL in a name", "\(ok)A\0: b\r\n\r\n"),
        .init("2.2 NUL in a value", "\(ok)A: b\0\r\n\r\n"),
        .init("2.2 TLS on a clear port", "\u{16}\u{3}\u{1}\0\u{5}"),
        // 2.3 Version
        .init("2.3 version in small letters", "GET / http/1.1\r\nHost: x\r\n\r\n"),
        .init("2.3 version in letters of both cases", "GET / HTTp/1.1\r\nHost: x\r\n\r\n"),
        .init("2.3 version in letters of both cases, the other way", "GET / HTtP/1.1\r\nHost: x\r\n\r\n"),
        .init("2.3 HTTP/0.9", "GET /\r\n\r\n"),
        .init("2.3 HTTP/2.0", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        .init("2.3 HTTP/3.1", 505, "GET / HTTP/3.1\r\nHost: x\r\n\r\n"),
        .init("2.3 HTTP/1.10", "GET / HTTP/1.10\r\nHost: x\r\n\r\n"),
        .init("2.3 HTTP/01.1", "GET / HTTP/01.1\r\nHost: x\r\n\r\n"),
        .init("2.3 no version", "GET / \r\nHost: x\r\n\r\n"),
        // 3 Request line
        .init("3 two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3 two spaces before the version", "GET /  HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3 tab for space", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3 leading space", " GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3 trailing space", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n"),
        .init("3.1 a method that is no token", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3.1 a method without end", 501, String(repeating: "G", count: 40)),
        .init("3.2 a space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3.2 a fragment", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3.2 a byte above 127 in the target", "GET /\u{e9} HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3.2 a control character in the target", "GET /\u{1} HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3.2 neither path nor address", "GET a HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3.2 another scheme", "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3.2 asterisk for GET", "GET * HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3.2 CONNECT", 501, "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n"),
        .init("3.2.3 CONNECT in origin form", 501, "CONNECT / HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3.2.3 CONNECT for the asterisk", 501, "CONNECT * HTTP/1.1\r\nHost: x\r\n\r\n"),
        .init("3.2 no Host", "GET / HTTP/1.1\r\n\r\n"),
        .init("3.2 two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"),
        .init("3.2 an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        .init("3.2 a list of hosts", "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"),
        .init("3.2 user information in Host", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
        .init("3.2 a path in Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        .init("3.2 a space in Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        .init("3.2 two ports", "GET / HTTP/1.1\r\nHost: a:80:81\r\n\r\n"),
        .init("3.2 a port that is no number", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"),
        .init("3.2 a port beyond all ports", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"),
        .init("3.2 a port of nobody", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"),
        .init("3.2 an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
        .init("3.2 empty brackets", "GET / HTTP/1.1\r\nHost: []\r\n\r\n"),
        .init("3.2 something behind the bracket", "GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n"),
        .init("3.2 brackets inside", "GET / HTTP/1.1\r\nHost: a[::1]\r\n\r\n"),
        .init("3.2 an escape in Host", "GET / HTTP/1.1\r\nHost: %61\r\n\r\n"),
        .init("3.2.2 the target's host is not Host", "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n"),
        .init("3.2.2 a comma in the authority", "GET http://a,b/ HTTP/1.1\r\nHost: a,b\r\n\r\n"),
        .init("3.2.2 no authority", "GET http:/// HTTP/1.1\r\nHost: x\r\n\r\n"),
        // 5 Fields
        .init("5.1 space before the colon", "\(ok)A : b\r\n\r\n"),
        .init("5.1 tab before the colon", "\(ok)A\t: b\r\n\r\n"),
        .init("5.1 no name", "\(ok): b\r\n\r\n"),
        .init("5.1 no colon", "\(ok)A\r\n\r\n"),
        .init("5.1 a name that is no token", "\(ok)A(: b\r\n\r\n"),
        .init("5.1 a name above 127", "\(ok)\u{e9}: b\r\n\r\n"),
        .init("5.2 a folded line", "\(ok)A: b\r\n c\r\n\r\n"),
        .init("5.2 a line folded by a tab", "\(ok)A: b\r\n\tc\r\n\r\n"),
        .init("5.5 DEL in a value", "\(ok)A: \u{7f}\r\n\r\n"),
        .init("5.5 a control character in a value", "\(ok)A: \u{8}\r\n\r\n"),
        // 6.1 Transfer-Encoding
        .init("6.1 with Content-Length", "\(ok)Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
        .init("6.1 before Content-Length", "\(ok)Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"),
        .init("6.1 twice", "\(ok)Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
        .init("6.1 in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        .init("6.1 identity", "\(ok)Transfer-Encoding: identity\r\n\r\n"),
        .init("6.1 a list", "\(ok)Transfer-Encoding: gzip, chunked\r\n\r\n"),
        .init("6.1 chunked twice", "\(ok)Transfer-Encoding: chunked, chunked\r\n\r\n"),
        .init("6.1 not last", "\(ok)Transfer-Encoding: chunked, identity\r\n\r\n"),
        .init("6.1 resembling", "\(ok)Transfer-Encoding: xchunked\r\n\r\n"),
        .init("6.1 quoted", "\(ok)Transfer-Encoding: \"chunked\"\r\n\r\n"),
        .init("6.1 with a parameter", "\(ok)Transfer-Encoding: chunked;q=1\r\n\r\n"),
        .init("6.1 empty", "\(ok)Transfer-Encoding:\r\n\r\n"),
        .init("6.1 vertical tab", "\(ok)Transfer-Encoding: \u{b}chunked\r\n\r\n"),
        .init("6.1 gzip", 501, "\(ok)Transfer-Encoding: gzip\r\n\r\n"),
        // 6.2 Content-Length
        .init("6.2 twice the same", "\(ok)Content-Length: 3\r\nContent-Length: 3\r\n\r\n"),
        .init("6.2 twice differing", "\(ok)Content-Length: 3\r\nContent-Length: 4\r\n\r\n"),
        .init("6.2 a list", "\(ok)Content-Length: 3, 3\r\n\r\n"),
        .init("6.2 plus", "\(ok)Content-Length: +3\r\n\r\n"),
        .init("6.2 minus", "\(ok)Content-Length: -3\r\n\r\n"),
        .init("6.2 hexadecimal", "\(ok)Content-Length: 0x3\r\n\r\n"),
        .init("6.2 a space inside", "\(ok)Content-Length: 3 3\r\n\r\n"),
        .init("6.2 empty", "\(ok)Content-Length:\r\n\r\n"),
        .init("6.2 overflow", "\(ok)Content-Length: 18446744073709551617\r\n\r\n"),
        .init("6.2 nineteen digits that no integer holds", "\(ok)Content-Length: 9999999999999999999\r\n\r\n"),
        .init("6.2 a fraction", "\(ok)Content-Length: 3.0\r\n\r\n"),
        // RFC 9110
        .init("9110 10.1.1 another expectation", 417, "\(ok)Expect: 200-ok\r\n\r\n"),
    ]

    @Test(arguments: refused)
    func `what could be understood in two ways is refused, however it arrives`(input: RefusedRequest) throws {
        let bytes = Array(input.text.utf8)
        do throws(HTTPParseError) {
            let result = try parse(bytes[...])
            Issue.record("accepted: \(String(describing: result))")
        } catch {
            #expect(error.status.code == input.status, "\(error.reason)")
        }
        var refusedAt: Int?
        for count in 0..<bytes.count {
            do throws(HTTPParseError) {
                let result = try parse(bytes[..<count])
                #expect(result == nil, "accepted after \(count) bytes")
                #expect(refusedAt == nil, "refused after \(refusedAt ?? 0) bytes but not after \(count)")
            } catch {
                #expect(error.status.code == input.status, "after \(count) bytes: \(error.reason)")
                refusedAt = refusedAt ?? count
            }
        }
    }

    static let accepted: [String] = [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.9\r\nHost: x\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://x:80/a?b HTTP/1.1\r\nHost: x:80\r\n\r\n",
        "GET http://x HTTP/1.1\r\nHost: X\r\n\r\n",
        "GET http://x?a HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /a%20b?c=d&e HTTP/1.1\r\nhOsT: [::1]:8443\r\nContent-Length: 5\r\nA:\r\nB: \t v w \t\r\nC: \u{e9}\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n",
        "PROPFIND / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, close\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0003\r\nExpect: 100-Continue\r\n\r\n",
    ]

    @Test(arguments: accepted)
    func `a good head is complete with its last byte and not before`(text: String) throws {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count { #expect(try parse(bytes[..<count]) == nil, "after \(count) bytes") }
        let (_, end) = try #require(try parse(bytes + Array("GET /next".utf8)))
        #expect(end == bytes.count)
    }

    private func parse(_ bytes: [UInt8]) throws(HTTPParseError) -> (RequestHead, Int)? { try WireTests.parse(bytes[...]) }
    private func parse(_ bytes: ArraySlice<UInt8>) throws(HTTPParseError) -> (RequestHead, Int)? { try WireTests.parse(bytes) }

    @Test func `the parts of a head are what was sent (RFC 9112 3, 5)`() throws {
        let (head, _) = try #require(try WireTests.parse(Self.accepted[8]))
        #expect(head.method == .post)
        #expect(head.target == "/a%20b?c=d&e")
        #expect(head.path == "/a%20b")
        #expect(head.query == "c=d&e")
        #expect(head.authority == "[::1]:8443")
        #expect(head.host == "[::1]")
        #expect(head.framing == .length(5))
        #expect(head.keepAlive)
        #expect(head.fields["HOST"] == "[::1]:8443")
        #expect(head.fields["a"] == "")
        #expect(head.fields["b"] == "v w")
        #expect(head.fields.map(\.name) == ["hOsT", "Content-Length", "A", "B", "C"])
    }

    @Test(arguments: [
        ("GET http://x/a?b HTTP/1.1\r\nHost: x\r\n\r\n", "/a", "b", "/a?b"),
        ("GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", "/", nil, "/"),
        ("GET http://x?a=/b HTTP/1.1\r\nHost: x\r\n\r\n", "/", "a=/b", "/?a=/b"),
        ("GET http://x:80? HTTP/1.1\r\nHost: x:80\r\n\r\n", "/", "", "/?"),
        ("GET /? HTTP/1.1\r\nHost: x\r\n\r\n", "/", "", "/?"),
        ("GET /?a?b HTTP/1.1\r\nHost: x\r\n\r\n", "/", "a?b", "/?a?b"),
        ("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "*", nil, "*"),
    ] as [(String, String, String?, String)])
    func `path and query come from any form of target (RFC 9112 3.2)`(text: String, path: String, query: String?, origin: String) throws {
        let (head, _) = try #require(try WireTests.parse(text))
        #expect(head.path == path)
        #expect(head.query == query)
        #expect(String(decoding: head.originTargetBytes, as: UTF8.self) == origin)
        #expect(head.host == "x")
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false), ("HTTP/1.1", "Connection: x, Close\r\n", false),
        ("HTTP/1.0", "", false), ("HTTP/1.0", "Connection: keep-alive\r\n", true),
        ("HTTP/1.1", "Connection: closed\r\n", true),
    ])
    func `the connection lives as version and Connection say (RFC 9112 9.3)`(version: String, field: String, lives: Bool) throws {
        let (head, _) = try #require(try WireTests.parse("GET / \(version)\r\nHost: x\r\n\(field)\r\n"))
        #expect(head.keepAlive == lives)
    }

    @Test func `limits are answered with their own status`() throws {
        var limits = HeadLimits()
        limits.headBytes = 200
        limits.targetBytes = 20
        limits.fieldCount = 3
        func status(_ text: String) -> Int? {
            do throws(HTTPParseError) {
                _ = try WireTests.parse(text, limits: limits)
                return nil
            } catch {
                return error.status.code
            }
        }
        #expect(status("GET /\(String(repeating: "a", count: 30))") == 414)
        #expect(status("GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: 300))") == 431)
        #expect(status("GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: 300))\r\n\r\n") == 431)
        #expect(status("GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n") == 431)
        #expect(status("GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\nB: 2\r\n\r\n") == nil)
    }

    @Test func `a head used again holds nothing of the one before`() throws {
        var head = RequestHead()
        let first = Array("POST /long/path?q HTTP/1.1\r\nHost: first\r\nContent-Length: 3\r\nExpect: 100-continue\r\nX: y\r\n\r\n".utf8)
        let second = Array("GET / HTTP/1.0\r\n\r\n".utf8)
        _ = try RequestParser.parse(first.span, into: &head)
        #expect(head.expectsContinue)
        _ = try RequestParser.parse(second.span, into: &head)
        #expect(head.fields.isEmpty)
        #expect(head.host == nil)
        #expect(head.query == nil)
        #expect(head.framing == .none)
        #expect(!head.expectsContinue)
    }
}
