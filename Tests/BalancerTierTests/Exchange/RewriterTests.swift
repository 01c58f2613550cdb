// What of a customer's request reaches a node, and what of a node's answer reaches the customer.
import Testing
import Wire

@testable import BalancerTier

struct RewriterTests {
    private func rewrite(
        _ fields: [(String, String)], method: HTTPMethod = .get, isSecure: Bool = true, peer: String = "192.0.2.7"
    ) -> RequestRewriter.Rewritten {
        var ids = IdentifierSource(seed: [UInt8](repeating: 7, count: 32))
        let rewriter = RequestRewriter(isSecure: isSecure, cookie: StickyCookie(isSecure: isSecure))
        let head = RequestHead(method: method, target: "/tickets?after=7", fields: HTTPFields([("Host", "portal.example:8443")] + fields))
        return rewriter.rewrite(head, peer: Array(peer.utf8), ids: &ids)
    }

    @Test func `what a node relies on is set by us alone, whatever the client claims`() {
        let out = rewrite([
            ("X-Forwarded-For", "10.0.0.1"), ("x-forwarded-proto", "http"), ("X-Forwarded-Host", "evil"), ("X-Forwarded-Port", "1"),
            ("X-Forwarded", "for=1"), ("Forwarded", "for=10.0.0.1"), ("X-Real-IP", "10.0.0.1"), ("Fitech-Session", "stolen"),
            ("FITECH-REPLAY-ID", "mine"), ("fitech-anything", "x"),
        ]).fields
        #expect(out.values("x-forwarded-for") == ["192.0.2.7"])
        #expect(out.values("x-forwarded-proto") == ["https"])
        #expect(out.values("x-forwarded-host") == ["portal.example:8443"])
        #expect(out.values("host") == ["portal.example:8443"])
        #expect(out.values("forwarded") == ["for=192.0.2.7;proto=https;host=\"portal.example:8443\""])
        for name in ["x-forwarded", "x-forwarded-port", "x-real-ip", "fitech-session", "fitech-replay-id", "fitech-anything"] {
            #expect(!out.contains(name), "\(name)")
        }
        #expect(rewrite([], isSecure: false).fields["x-forwarded-proto"] == "http")
    }

    @Test(arguments: [("192.0.2.7", "for=192.0.2.7"), ("2001:db8::7", "for=\"[2001:db8::7]\""), ("unix", "for=unknown"), ("", "for=unknown")])
    func `Forwarded names the customer as RFC 7239 6 wants an address written`(peer: String, element: String) {
        #expect(rewrite([], isSecure: false, peer: peer).fields.values("forwarded") == ["\(element);proto=http;host=\"portal.example:8443\""])
    }

    @Test func `the way a request came is told behind what others told (RFC 9110 7.6.3)`() {
        #expect(rewrite([("Via", "1.1 elsewhere")]).fields.values("via") == ["1.1 elsewhere", "1.1 fitech"])
    }

    @Test func `fields of the connection stay on it (RFC 9110 7.6.1)`() {
        let out = rewrite([
            ("Connection", "keep-alive, X-Mine , close"), ("X-Mine", "1"), ("Keep-Alive", "5"), ("Proxy-Connection", "x"), ("TE", "trailers"),
            ("Trailer", "x"), ("Transfer-Encoding", "chunked"), ("Upgrade", "websocket"), ("Content-Length", "3"), ("Expect", "100-continue"),
            ("Proxy-Authorization", "x"), ("HTTP2-Settings", "x"), ("Accept", "text/html"), ("Authorization", "Bearer x"),
        ]).fields
        #expect(Set(out.map { $0.name.lowercased() }) == [
            "accept", "authorization", "host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-request-id", "forwarded", "via", "te",
        ])
        #expect(out["te"] == "trailers")
        #expect(rewrite([("TE", "gzip, deflate;q=0.5")]).fields["te"] == nil)
        #expect(rewrite([("TE", "gzip"), ("te", "deflate, Trailers")]).takesTrailers)
    }

    @Test func `a name with other letters than [A-Za-z0-9-] goes no further`() {
        let out = rewrite([("X_Forwarded_For", "1"), ("Content_Length", "3"), ("a.b", "1"), ("X-Good", "1"), ("_x", "1")]).fields
        #expect(out.contains("x-good"))
        #expect(!out.contains("x_forwarded_for") && !out.contains("content_length") && !out.contains("a.b") && !out.contains("_x"))
    }

    @Test func `the stickiness cookie is taken out, other cookies go on`() {
        let out = rewrite([("Cookie", "__Host-fitech-session=s; __Host-fitech-node=t; theme=dark"), ("Cookie", "__Host-fitech-node=u")])
        #expect(out.stickyToken == Array("t".utf8)[...])
        #expect(out.fields.values("cookie") == ["__Host-fitech-session=s; theme=dark"])
        #expect(rewrite([("Cookie", "a=1")]).fields.values("cookie") == ["a=1"])
        #expect(rewrite([("Cookie", "a=1")]).stickyToken == nil)
    }

    @Test(arguments: [HTTPMethod.post, .put, .patch, .delete, .other("PROPFIND")])
    func `an unsafe request gets a replay id`(method: HTTPMethod) {
        let out = rewrite([], method: method).fields.values("fitech-replay-id")
        #expect(out.count == 1)
        #expect(out.first?.utf8.count == 26)
    }

    @Test(arguments: [HTTPMethod.get, .head, .options])
    func `a safe request gets none`(method: HTTPMethod) {
        #expect(!rewrite([], method: method).fields.contains("fitech-replay-id"))
    }

    @Test(arguments: [
        ("4bf92f3577b34da6", true), ("a.b-c_d~e:f/g+h=i", true), ("has space", false), ("", false), ("semi;colon", false), ("quote\"", false),
        (String(repeating: "a", count: 128), true), (String(repeating: "a", count: 129), false), ("<script>", false), ("caf\u{e9}", false),
    ])
    func `a well-formed X-Request-Id is kept, another is replaced`(id: String, isKept: Bool) {
        let out = rewrite([("X-Request-Id", id)])
        #expect((out.fields.values("x-request-id") == [id]) == isKept)
        #expect(out.fields.values("x-request-id").count == 1)
        #expect(out.fields["x-request-id"].map { Array($0.utf8)[...] } == out.requestID)
        if !isKept { #expect(out.requestID.count == 16) }
    }

    @Test func `trace context is passed on`() {
        #expect(rewrite([("traceparent", "00-1-2-01")]).fields["traceparent"] == "00-1-2-01")
    }

    @Test func `a nominated name cannot take away what we set`() {
        let out = rewrite([("Connection", "x-forwarded-for, host, fitech-replay-id, x-request-id")], method: .post).fields
        for name in ["x-forwarded-for", "host", "fitech-replay-id", "x-request-id"] { #expect(out.values(name).count == 1, "\(name)") }
    }

    @Test func `an answer loses the fields of the node's connection and gains HSTS`() {
        let rewriter = AnswerRewriter(strictTransportSecurity: 60)
        let out = rewriter.rewrite(
            ResponseHead(
                status: .ok,
                fields: HTTPFields([
                    ("Connection", "close, X-Mine"), ("X-Mine", "1"), ("Keep-Alive", "5"), ("Transfer-Encoding", "chunked"), ("Content-Length", "1"),
                    ("Upgrade", "h2c"), ("Content-Type", "text/html"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"),
                ])))
        #expect(out.map(\.name) == ["Content-Type", "Set-Cookie", "Set-Cookie", "Strict-Transport-Security"])
        #expect(out["strict-transport-security"] == "max-age=60")
        #expect(AnswerRewriter(strictTransportSecurity: 0).rewrite(ResponseHead(status: .ok)).isEmpty)
        let own = ResponseHead(status: .ok, fields: ["Strict-Transport-Security": "max-age=5"])
        #expect(rewriter.rewrite(own).values("strict-transport-security") == ["max-age=5"])
    }

    @Test func `an answer with our cookie is private, one for shared caches gets no cookie`() {
        let rewriter = AnswerRewriter(strictTransportSecurity: 0)
        func added(_ control: String?) -> (Bool, [String], Int) {
            var fields = control.map { HTTPFields([("Cache-Control", $0)]) } ?? HTTPFields()
            let done = rewriter.addCookie(Array("n=v".utf8), to: &fields)
            return (done, fields.values("cache-control"), fields.values("set-cookie").count)
        }
        #expect(added(nil) == (true, ["private"], 1))
        #expect(added("max-age=60") == (true, ["max-age=60", "private"], 1))
        #expect(added("no-store") == (true, ["no-store"], 1))
        #expect(added("private, max-age=1") == (true, ["private, max-age=1"], 1))
        #expect(added("Public, max-age=60") == (false, ["Public, max-age=60"], 0))
    }

    @Test func `identifiers are the right length and never the same`() {
        var ids = IdentifierSource(), seen: Set<[UInt8]> = []
        for _ in 0..<1000 {
            var one: [UInt8] = []
            ids.appendReplayID(to: &one)
            #expect(one.count == 26)
            #expect(seen.insert(one).inserted)
        }
    }
}
