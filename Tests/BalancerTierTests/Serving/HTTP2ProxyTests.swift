#if HTTP2
// HTTP/2 towards customers, HTTP/1.1 towards nodes: the same balancer, and nothing of one version gets into the other.
import Engine
import Glibc
import Synchronization
import TestSupport
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct HTTP2ProxyTests {
    /// A balancer that also listens with TLS, and that listener's port.
    private func withSecureBalancer(
        options: BalancerOptions = Fixture.quick(), acceptsAnyHost: Bool = true, _ body: (Fixture, Int) async throws -> Void
    ) async throws {
        try await withBalancer(options: options, acceptsAnyHost: acceptsAnyHost) { site in
            let files = ["\(site.directory)/crt", "\(site.directory)/key"]
            defer { for file in files { unlink(file) } }
            try SelfSigned.write(name: "portal.example", certificate: files[0], key: files[1])
            let listener = try Listener.open(.tcp(host: "127.0.0.1", port: 0))
            site.server.listen(listener, tls: try TLSServerContext(certificateFile: files[0], keyFile: files[1], http2: true))
            try await body(site, listener.port ?? 0)
        }
    }

    @Test func `a request reaches a node as one of HTTP/1.1, its answer comes back without the node's connection (RFC 9113 8.2.2)`() async throws {
        try await withSecureBalancer { site, port in
            let node = try site.node("web-1") { exchange, _ in
                await exchange.respond(.text("hello").with("X-Mine", "1").with("Connection", "X-Secret").with("X-Secret", "1").with("Keep-Alive", "timeout=5"))
            }
            await site.apply([node.member])
            let client = try FrameClient(port: port)
            try client.request(1, "GET", "/tickets?after=7", host: "portal.example", [
                ("x-forwarded-for", "10.1.1.1"), ("fitech-session", "stolen"), ("accept", "text/html"), ("te", "trailers"), ("cookie", "a=1"), ("cookie", "b=2"),
            ])
            let answer = try client.answer(1)
            #expect(answer.status == 200)
            #expect(answer.text == "hello")
            #expect(answer["x-mine"] == "1")
            #expect(answer["connection"] == nil)
            #expect(answer["keep-alive"] == nil)
            #expect(answer["strict-transport-security"] == "max-age=31536000")
            #expect(answer["content-length"] == "5")
            let head = try #require(node.lastHead)
            #expect(head.target == "/tickets?after=7")
            #expect(head.version == .http11)
            #expect(head.fields.values("x-forwarded-for") == ["127.0.0.1"])
            #expect(head.fields["x-forwarded-proto"] == "https")
            #expect(head.fields.values("host") == ["portal.example"])
            #expect(head.fields["fitech-session"] == nil)
            #expect(head.fields.values("te") == ["trailers"], "our own, since the customer takes trailers")
            #expect(head.fields.values("cookie") == ["a=1; b=2"])
        }
    }

    @Test func `people stick to their node over HTTP/2 as over HTTP/1.1`() async throws {
        try await withSecureBalancer { site, port in
            let nodes = try (1...3).map { try site.node("web-\($0)") }
            await site.apply(nodes.map(\.member))
            let client = try FrameClient(port: port)
            try client.request(1, "GET", "/", host: "portal.example")
            let first = try client.answer(1)
            let cookie = try #require(first.fields.first { $0.name == "set-cookie" }?.value.split(separator: ";").first)
            #expect(cookie.hasPrefix("__Host-fitech-node="))
            let other = try FrameClient(port: port)
            for stream in [1, 3, 5, 7, 9] {
                try other.request(stream, "GET", "/", host: "portal.example", [("cookie", "x=y"), ("cookie", String(cookie))])
                let answer = try other.answer(stream)
                #expect(answer.text == first.text)
                #expect(answer["set-cookie"] == nil)
            }
            #expect(nodes.first { $0.name == first.text }?.lastHead?.fields.values("cookie") == ["x=y"])
        }
    }

    @Test(arguments: [0, 1, 100_000]) func `bodies go both ways, with a length and without`(size: Int) async throws {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await withSecureBalancer(options: Fixture.quick { $0.heldBody = 30_000; $0.heldAnswer = 30_000 }) { site, port in
            let node = try site.node("web-1") { exchange, node in await exchange.respond(HTTPResponse(body: node.lastBody)) }
            await site.apply([node.member])
            let client = try FrameClient(port: port)
            try client.settle()
            for (stream, fields) in [(1, [("content-length", "\(size)")]), (3, [])] {
                try client.request(stream, "POST", "/", host: "portal.example", fields, body: body)
                let answer = try client.answer(stream)
                #expect(answer.status == 200)
                #expect(answer.body == body)
            }
            #expect(await site.ask(\.heldBytes) == 0)
        }
    }

    @Test func `events come through one by one, and end with their customer`() async throws {
        try await withSecureBalancer { site, port in
            let next = Mutex(1)
            let node = try site.node("web-1") { exchange, _ in
                try? await exchange.begin(ResponseHead(status: .ok, fields: ["Content-Type": "text/event-stream"]), length: nil)
                try? await exchange.flush()
                for number in 1...3 {
                    while next.withLock({ $0 }) < number { await exchange.loop.sleep(.milliseconds(2)) }
                    try? await exchange.write(Array("data: \(number)\n\n".utf8))
                }
                await exchange.loop.sleep(.seconds(5))
            }
            await site.apply([node.member])
            let client = try FrameClient(port: port)
            try client.request(1, "GET", "/", host: "portal.example")
            for number in 1...3 {
                while client.answers[1]?.text.hasSuffix("data: \(number)\n\n") != true { try client.next() }
                next.withLock { $0 += 1 }
            }
            try client.reset(1)
            await site.until { $0.table.entries.allSatisfy { $0.inFlight == 0 && $0.tunnels == 0 } }
        }
    }

    @Test func `a node that dies in the middle of an answer costs its stream and no other`() async throws {
        try await withSecureBalancer { site, port in
            let node = try site.node("web-1") { exchange, node in
                if exchange.head.path == "/cut" { await FakeNode.dieInPieces(exchange, node) } else { await FakeNode.sayName(exchange, node) }
            }
            await site.apply([node.member])
            let client = try FrameClient(port: port)
            try client.request(1, "GET", "/cut", host: "portal.example")
            #expect(try client.answer(1).reset == 2)
            try client.request(3, "GET", "/", host: "portal.example")
            #expect(try client.answer(3).text == "web-1")
        }
    }

    @Test func `another host is 421, TRACE is 405, a page says why`() async throws {
        try await withSecureBalancer(acceptsAnyHost: false) { _, port in
            let client = try FrameClient(port: port)
            try client.request(1, "GET", "/", host: "evil.example")
            #expect(try client.answer(1).status == 421)
            try client.request(3, "TRACE", "/", host: "portal.example")
            let trace = try client.answer(3)
            #expect(trace.status == 405)
            #expect(trace["allow"]?.contains("GET") == true)
        }
    }

    /// What another balancer let through as two requests (Kettle, HTTP/2: The Sequel is Always Worse), and its like.
    static let smuggled: [(rule: String, fields: [(String, String)], body: String?)] = [
        ("8.1.1 H2.CL a length below the body", FrameClient.fields("POST", "/", host: "portal.example", [("content-length", "0")]), "GET /evil HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("8.1.1 H2.CL a length above the body", FrameClient.fields("POST", "/", host: "portal.example", [("content-length", "100")]), "x"),
        ("8.2.2 H2.TE", FrameClient.fields("POST", "/", host: "portal.example", [("transfer-encoding", "chunked")]), "0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n"),
        ("8.2.1 H2.TE in a value", FrameClient.fields("POST", "/", host: "portal.example", [("x", "y\r\ntransfer-encoding: chunked")]), "0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n"),
        ("8.2.1 H2.TE in a name", FrameClient.fields("POST", "/", host: "portal.example", [("x: y\r\ntransfer-encoding", "chunked")]), "0\r\n\r\n"),
        ("8.3.1 a request line in the method", [(":method", "GET /evil HTTP/1.1\r\nx: y"), (":scheme", "https"), (":authority", "portal.example"), (":path", "/")], nil),
        ("8.3.1 a request line in the path", FrameClient.fields("GET", "/ HTTP/1.1\r\nhost: evil\r\n\r\nGET /evil", host: "portal.example"), nil),
        ("8.3.1 a field in the authority", FrameClient.fields("GET", "/", host: "portal.example\r\nx: y"), nil),
        ("8.3.1 a prefix in the scheme", [(":method", "GET"), (":scheme", "https://evil/?"), (":authority", "portal.example"), (":path", "/")], nil),
        ("8.3.1 two authorities", FrameClient.fields("GET", "/", host: "portal.example") + [(":authority", "evil")], nil),
        ("8.3.1 a Host beside the authority", FrameClient.fields("GET", "/", host: "portal.example", [("host", "evil")]), nil),
        ("8.2.1 NUL in a cookie", FrameClient.fields("GET", "/", host: "portal.example", [("cookie", "a=\0")]), nil),
        ("8.2.2 an upgrade", FrameClient.fields("GET", "/", host: "portal.example", [("upgrade", "websocket"), ("connection", "upgrade")]), nil),
        ("8.5 a tunnel", [(":method", "CONNECT"), (":authority", "127.0.0.1:22")], nil),
    ]

    @Test(arguments: smuggled.indices) func `what would be another request over HTTP/1.1 reaches no node`(index: Int) async throws {
        let (rule, fields, body) = Self.smuggled[index]
        try await withSecureBalancer { site, port in
            let node = try site.node("web-1")
            await site.apply([node.member])
            let client = try FrameClient(port: port)
            try client.headers(1, fields, ends: body == nil)
            if let body { try client.data(1, Array(body.utf8)) }
            let answer = try client.answer(1)
            #expect(answer.status >= 400 || answer.reset ?? 0 != 0, "\(rule): \(answer)")
            #expect(node.requests == 0, "\(rule)")
            try client.request(3, "GET", "/", host: "portal.example")
            #expect(try client.answer(3).text == "web-1")
            #expect(node.requests == 1)
            #expect(await site.ask(\.heldBytes) == 0)
        }
    }
}
#endif
