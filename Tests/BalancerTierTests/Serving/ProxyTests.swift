// Requests through a balancer over real sockets: what arrives at a node, what comes back.
import Engine
import Synchronization
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct ProxyTests {
    @Test func `a request reaches a node re-serialised, its answer comes back`() async throws {
        try await withBalancer { site in
            let node = try site.node("web-1") { exchange, _ in
                await exchange.respond(.text("hello").with("X-Mine", "1"))
            }
            await site.apply([node.member])
            let answer = try await site.get(
                "/tickets?after=7", [("Host", "portal.example"), ("X-Forwarded-For", "10.1.1.1"), ("Fitech-Session", "stolen"), ("Accept", "text/html")])
            #expect(answer.status == .ok)
            #expect(answer.text == "hello")
            #expect(answer.fields["x-mine"] == "1")
            let head = try #require(node.lastHead)
            #expect(head.target == "/tickets?after=7")
            #expect(head.fields.values("x-forwarded-for") == ["127.0.0.1"])
            #expect(head.fields["x-forwarded-proto"] == "http")
            #expect(head.fields["host"] == "portal.example")
            #expect(head.fields["fitech-session"] == nil)
            #expect(head.fields["x-request-id"]?.utf8.count == 16)
            #expect(head.fields["accept"] == "text/html")
        }
    }

    @Test(arguments: [0, 1, 5_000, 100_000, 3_000_000])
    func `bodies of every size go both ways, with a length and in pieces`(count: Int) async throws {
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await withBalancer(options: Fixture.quick { $0.heldBody = 64 << 10; $0.heldAnswer = 64 << 10 }) { site in
            let node = try site.node("web-1") { exchange, node in
                if exchange.head.query == "pieces" {
                    try? await exchange.begin(ResponseHead(status: .ok), length: nil)
                    try? await exchange.write(node.lastBody)
                    try? await exchange.end()
                } else {
                    await exchange.respond(HTTPResponse(body: node.lastBody))
                }
            }
            await site.apply([node.member])
            #expect(try await site.request(.post, "/", body: body).body == body)
            #expect(try await site.request(.put, "/?pieces", body: body).body == body)
            let pieces: [UInt8] = try await site.clientLoop.run { [address = site.address] loop in
                let exchange = try await HTTPClient(loop: loop).open(method: .post, target: "/", framing: .chunked, to: Endpoint(address: address))
                for start in stride(from: 0, to: body.count, by: 30_000) { try await exchange.write(Array(body[start..<min(body.count, start + 30_000)])) }
                try await exchange.end()
                return try await exchange.body(limit: 10 << 20)
            }
            #expect(pieces == body)
            #expect(await site.ask(\.heldBytes) == 0)
        }
    }

    @Test func `HEAD and 304 tell of a body that does not follow`() async throws {
        try await withBalancer { site in
            let node = try site.node("web-1") { exchange, _ in
                if exchange.head.path == "/same" {
                    await exchange.respond(HTTPResponse(status: .notModified, fields: ["ETag": "\"1\""]))
                } else {
                    try? await exchange.begin(ResponseHead(status: .ok, fields: ["Content-Type": "text/plain"]), length: 1234)
                    try? await exchange.end()
                }
            }
            await site.apply([node.member])
            let head = try await site.request(.head, "/")
            #expect(head.fields["content-length"] == "1234")
            #expect(head.body.isEmpty)
            let same = try await site.get("/same")
            #expect(same.status == .notModified)
            #expect(same.fields["etag"] == "\"1\"")
        }
    }

    @Test func `events come through one by one, their head before the first`() async throws {
        try await withBalancer { site in
            let next = Mutex(0)
            let node = try site.node("web-1") { exchange, _ in
                try? await exchange.begin(ResponseHead(status: .ok, fields: ["Content-Type": "text/event-stream"]), length: nil)
                try? await exchange.flush()
                for number in 1...3 {
                    // Not before the one before has arrived at the other end.
                    while next.withLock({ $0 }) < number { await exchange.loop.sleep(.milliseconds(2)) }
                    try? await exchange.write(Array("data: \(number)\n\n".utf8))
                }
                try? await exchange.end()
            }
            await site.apply([node.member])
            let got: [String] = try await site.clientLoop.run { [address = site.address] loop in
                let exchange = try await HTTPClient(loop: loop).open(method: .get, target: "/", to: Endpoint(address: address), timeout: .seconds(20))
                try await exchange.end()
                _ = try await exchange.head()
                var got: [String] = []
                next.withLock { $0 = 1 }
                while let chunk = try await exchange.nextChunk() {
                    got.append(String(decoding: chunk, as: UTF8.self))
                    next.withLock { $0 += 1 }
                }
                return got
            }
            #expect(got == ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"])
        }
    }

    @Test func `requests on kept connections go to the node with least in flight, in turns`() async throws {
        try await withBalancer { site in
            let nodes = try (1...3).map { try site.node("web-\($0)") }
            await site.apply(nodes.map(\.member))
            for _ in 0..<30 { _ = try await site.get("/") }
            for node in nodes { #expect(node.requests == 10) }
            #expect(await site.ask { $0.table.entries.allSatisfy { $0.inFlight == 0 && $0.requests == 10 } })
        }
    }

    @Test func `clear requests are sent to https by 308 when there is https`() async throws {
        try await withBalancer(httpsPort: 8443, acceptsAnyHost: false) { site in
            let answer = try await site.request(.post, "/sign-in?next=%2F", [("Host", "portal.example:8080")])
            #expect(answer.status == .permanentRedirect)
            #expect(answer.fields["location"] == "https://portal.example:8443/sign-in?next=%2F")
        }
    }

    @Test(arguments: [
        ("portal.example", 200), ("PORTAL.example:1234", 200), ("portal.example.", 200), ("localhost", 200), ("127.0.0.1:99", 200), ("[::1]:5", 200),
        ("evil.example", 421), ("portal.example.evil", 421), ("1.2.3.4.5", 421), ("999.1.1.1", 421),
    ])
    func `only our own host is served, whatever its port (RFC 9110 15.5.20)`(host: String, status: Int) async throws {
        try await withBalancer(acceptsAnyHost: false) { site in
            let node = try site.node("web-1")
            await site.apply([node.member])
            #expect(try await site.get("/", [("Host", host)]).status.code == status)
        }
    }

    @Test func `Max-Forwards of OPTIONS is counted down, and at 0 the answer is ours (RFC 9110 7.6.2)`() async throws {
        try await withBalancer { site in
            let node = try site.node("web-1") { exchange, _ in await exchange.respond(.text("from the node")) }
            await site.apply([node.member])
            for (sent, arrives) in [("7", "6"), ("1", "0"), ("000012", "11"), ("x", "x"), ("-1", "-1"), ("1234567890", "1234567890")] {
                #expect(try await site.request(.options, "/tickets", [("Max-Forwards", sent)]).text == "from the node")
                #expect(node.lastHead?.fields.values("max-forwards") == [arrives])
            }
            #expect(try await site.get("/", [("Max-Forwards", "0")]).text == "from the node", "it means nothing for GET")
            for fields in [[("Max-Forwards", "0")], [("Max-Forwards", "3"), ("Max-Forwards", "00")]] {
                let answer = try await site.request(.options, "/tickets", fields)
                #expect(answer.status == .noContent && answer.fields["allow"]?.contains("OPTIONS") == true)
            }
        }
    }

    @Test func `TRACE is refused and says what is taken`() async throws {
        try await withBalancer { site in
            let answer = try await site.request(.trace, "/")
            #expect(answer.status.code == 405)
            #expect(answer.fields["allow"]?.contains("GET") == true)
        }
    }
}
