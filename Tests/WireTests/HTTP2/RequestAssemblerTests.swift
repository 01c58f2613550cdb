// RFC 9113 sections 8.1 to 8.3 as tables: what the fields of a request may be, and what they may not.
import Testing
import Wire

/// The fields of one header block.
struct RequestFields: Sendable, CustomTestStringConvertible {
    let rule: String
    let status: Int
    let fields: [(String, String)]
    var ends = true
    var testDescription: String { rule }

    init(_ rule: String, _ fields: [(String, String)], ends: Bool = true) { self.init(rule, 400, fields, ends: ends) }

    init(_ rule: String, _ status: Int, _ fields: [(String, String)], ends: Bool = true) {
        self.rule = rule
        self.status = status
        self.fields = fields
        self.ends = ends
    }
}

struct RequestAssemblerTests {
    static let ok = [(":method", "GET"), (":scheme", "https"), (":authority", "x.example"), (":path", "/a?b=c")]

    static func with(_ name: String, _ value: String) -> [(String, String)] { ok + [(name, value)] }
    static func changed(_ name: String, _ value: String?) -> [(String, String)] {
        ok.compactMap { field in field.0 == name ? value.map { (name, $0) } : field }
    }

    private func assemble(_ fields: [(String, String)], ends: Bool = true, limits: HeadLimits = HeadLimits()) throws(HTTPParseError) -> RequestHead {
        var assembler = RequestAssembler(limits: limits)
        for (name, value) in fields {
            // Latin-1, so that a table can name any byte.
            let name = name.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }, value = value.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            assembler.add(name: name.span, value: value.span)
        }
        var head = RequestHead()
        try assembler.finish(endsStream: ends, scheme: "https", into: &head)
        return head
    }

    static let refused: [RequestFields] = [
        // 8.1.1 Malformed messages
        .init("8.1.1 a length without a body", with("content-length", "5")),
        .init("8.1.1 a length that is no number", with("content-length", "+5"), ends: false),
        .init("8.1.1 two lengths", with("content-length", "5") + [("content-length", "5")], ends: false),
        .init("8.1.1 a list of lengths", with("content-length", "5, 5"), ends: false),
        .init("8.1.1 an empty length", with("content-length", ""), ends: false),
        // 8.2.1 Field validity
        .init("8.2.1 a capital in a name", with("X-Capital", "1")),
        .init("8.2.1 an empty name", with("", "1")),
        .init("8.2.1 a space in a name", with("x y", "1")),
        .init("8.2.1 a colon in a name", with("x:y", "1")),
        .init("8.2.1 CR LF in a name", with("x\r\ny", "1")),
        .init("8.2.1 NUL in a name", with("x\0", "1")),
        .init("8.2.1 a byte above 127 in a name", with("x\u{e9}", "1")),
        .init("8.2.1 CR LF in a value", with("x", "1\r\nhost: evil")),
        .init("8.2.1 LF in a value", with("x", "1\ny: 2")),
        .init("8.2.1 CR in a value", with("x", "1\r")),
        .init("8.2.1 NUL in a value", with("x", "1\0")),
        .init("8.2.1 DEL in a value", with("x", "1\u{7f}")),
        .init("8.2.1 a space before a value", with("x", " 1")),
        .init("8.2.1 a tab behind a value", with("x", "1\t")),
        .init("8.2.1 CR LF in a cookie crumb", with("cookie", "a=1\r\nx: y")),
        // 8.2.2 Connection-specific fields
        .init("8.2.2 connection", with("connection", "close")),
        .init("8.2.2 keep-alive", with("keep-alive", "timeout=5")),
        .init("8.2.2 proxy-connection", with("proxy-connection", "keep-alive")),
        .init("8.2.2 transfer-encoding", with("transfer-encoding", "chunked"), ends: false),
        .init("8.2.2 upgrade", with("upgrade", "h2c")),
        .init("8.2.2 TE other than trailers", with("te", "gzip")),
        .init("8.2.2 TE with more than trailers", with("te", "trailers, deflate")),
        // 8.3 Pseudo-header fields
        .init("8.3 one behind a regular field", [(":method", "GET"), (":scheme", "https"), ("x", "y"), (":path", "/"), (":authority", "a")]),
        .init("8.3 one of answers", with(":status", "200")),
        .init("8.3 an unknown one", with(":protocol", "websocket")),
        .init("8.3 one in capitals", [(":Method", "GET")] + changed(":method", nil)),
        .init("8.3 nothing but a colon", with(":", "x")),
        // 8.3.1 Request pseudo-header fields
        .init("8.3.1 two methods", with(":method", "GET")),
        .init("8.3.1 two paths", with(":path", "/")),
        .init("8.3.1 two schemes", with(":scheme", "https")),
        .init("8.3.1 two authorities", with(":authority", "x.example")),
        .init("8.3.1 no method", changed(":method", nil)),
        .init("8.3.1 no path", changed(":path", nil)),
        .init("8.3.1 no scheme", changed(":scheme", nil)),
        .init("8.3.1 no host at all", changed(":authority", nil)),
        .init("8.3.1 an empty method", changed(":method", "")),
        .init("8.3.1 an empty path", changed(":path", "")),
        .init("8.3.1 an empty authority", changed(":authority", "")),
        .init("8.3.1 a space in the method", changed(":method", "GET / HTTP/1.1\r\n")),
        .init("8.3.1 a space in the path", changed(":path", "/ HTTP/1.1")),
        .init("8.3.1 CR LF in the path", changed(":path", "/\r\nx: y")),
        .init("8.3.1 a fragment in the path", changed(":path", "/#a")),
        .init("8.3.1 a path above ASCII", changed(":path", "/\u{e9}")),
        .init("8.3.1 a path without a slash", changed(":path", "a")),
        .init("8.3.1 a whole address for a path", changed(":path", "https://x.example/")),
        .init("8.3.1 an asterisk for GET", changed(":path", "*")),
        .init("8.3.1 another scheme than the connection's", changed(":scheme", "http")),
        .init("8.3.1 a scheme that is none", changed(":scheme", "https://x/?")),
        .init("8.3.1 a user in the authority", changed(":authority", "u@x.example")),
        .init("8.3.1 CR LF in the authority", changed(":authority", "x\r\ny: z")),
        .init("8.3.1 a list in the authority", changed(":authority", "x,y")),
        .init("8.3.1 a Host that differs", with("host", "y.example")),
        .init("8.3.1 two Hosts", with("host", "x.example") + [("host", "x.example")]),
        .init("8.3.1 an empty Host alone", changed(":authority", nil) + [("host", "")]),
        // 8.5 CONNECT, and what HTTP/1.1 refuses too
        .init("8.5 CONNECT", 501, [(":method", "CONNECT"), (":authority", "x:1")]),
        .init("RFC 8441 CONNECT with a protocol", [(":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":authority", "x"), (":path", "/")]),
        .init("RFC 9110 10.1.1 another expectation", 417, with("expect", "200-ok")),
        .init("RFC 9112 3 a method beyond measure", 501, changed(":method", String(repeating: "A", count: 40))),
        .init("RFC 9112 3 a target beyond measure", 414, changed(":path", "/" + String(repeating: "a", count: 9000))),
        .init("RFC 6585 5 a field beyond measure", 431, with("x", String(repeating: "a", count: 40000))),
        .init("RFC 6585 5 fields without number", 431, ok + Array(repeating: ("x", "y"), count: 200)),
    ]

    @Test(arguments: refused) func `what RFC 9113 forbids is refused`(request: RequestFields) {
        do throws(HTTPParseError) {
            _ = try assemble(request.fields, ends: request.ends)
            Issue.record("accepted: \(request.rule)")
        } catch {
            #expect(error.status.code == request.status, "\(error.reason)")
        }
    }

    @Test func `a request has the same parts as over HTTP/1.1 (8.3.1)`() throws {
        let head = try assemble(Self.ok + [("user-agent", "t"), ("accept", "")])
        #expect(head.method == .get)
        #expect(head.target == "/a?b=c")
        #expect(head.path == "/a")
        #expect(head.query == "b=c")
        #expect(head.authority == "x.example")
        #expect(head.fields["user-agent"] == "t")
        #expect(head.fields["accept"] == "")
        #expect(head.framing == .none)
        var out: [UInt8] = []
        head.fields.write(into: &out)
        #expect(String(decoding: out, as: UTF8.self) == "host: x.example\r\nuser-agent: t\r\naccept: \r\n")
    }

    @Test func `Host may stand in for the authority, or say the same (8.3.1)`() throws {
        #expect(try assemble(Self.changed(":authority", nil) + [("host", "y:8443")]).authority == "y:8443")
        let both = try assemble(Self.with("host", "X.example"))
        #expect(both.authority == "x.example")
        #expect(both.fields.values("host") == ["x.example"])
    }

    @Test func `crumbs of a cookie are put together (8.2.3)`() throws {
        let head = try assemble(Self.ok + [("cookie", "a=1"), ("x", "y"), ("cookie", "b=2"), ("cookie", "c=3")])
        #expect(head.fields.values("cookie") == ["a=1; b=2; c=3"])
    }

    @Test func `a body without a length is read to the end of the stream (8.1)`() throws {
        #expect(try assemble(Self.ok, ends: false).framing == .chunked)
        #expect(try assemble(Self.with("content-length", "7"), ends: false).framing == .length(7))
        #expect(try assemble(Self.with("content-length", "0"), ends: false).framing == .length(0))
        #expect(try assemble(Self.with("content-length", "0")).framing == .none)
    }

    @Test func `who wants 100 before the body is known (RFC 9110 10.1.1)`() throws {
        #expect(try assemble(Self.with("expect", "100-continue"), ends: false).expectsContinue)
        #expect(try assemble(Self.with("expect", "100-continue") + [("content-length", "7")], ends: false).expectsContinue)
        #expect(try !assemble(Self.with("expect", "100-continue")).expectsContinue)
    }

    @Test func `OPTIONS may ask about everything, TE may say trailers (8.3.1, 8.2.2)`() throws {
        let head = try assemble([(":method", "OPTIONS"), (":scheme", "https"), (":authority", "a"), (":path", "*"), ("te", "trailers")])
        #expect(head.target == "*")
        #expect(head.fields["te"] == "trailers")
    }

    @Test func `the size of a list counts 32 for every field (10.5.1)`() {
        var assembler = RequestAssembler(limits: HeadLimits())
        let name = Array("ab".utf8), value = Array("cde".utf8)
        for _ in 0..<3 { assembler.add(name: name.span, value: value.span) }
        #expect(assembler.listBytes == 3 * 37)
    }

    @Test(arguments: [(":path", "/"), ("content-length", "1"), ("host", "x"), ("connection", "close"), ("transfer-encoding", "chunked"), ("X", "y"), ("x", "a\r\nb")])
    func `trailers that would change the message are refused (8.1)`(name: String, value: String) {
        var trailers = HTTPFields()
        let bytes = (Array(name.utf8), Array(value.utf8))
        #expect(throws: HTTPParseError.self) { try RequestAssembler.addTrailer(name: bytes.0.span, value: bytes.1.span, to: &trailers) }
        #expect(trailers.isEmpty)
    }
}
