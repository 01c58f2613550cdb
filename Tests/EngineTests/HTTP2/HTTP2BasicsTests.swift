#if HTTP2
// Requests over HTTP/2: chosen by ALPN, answered as over HTTP/1.1, many at once on one connection.
import CLinux
import Engine
import Glibc
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct HTTP2BasicsTests {
    @Test(arguments: [
        (["h2", "http/1.1"], true, "h2"), (["http/1.1", "h2"], true, "h2"), (["http/1.1"], true, "http/1.1"), ([], true, ""),
        (["h2", "http/1.1"], false, "http/1.1"), (["h3", "h2"], true, "h2"),
    ])
    func `HTTP/2 is chosen by ALPN and only where it is offered (RFC 7301)`(offered: [String], http2: Bool, chosen: String) async throws {
        let site = try await HTTP2Site.start(http2: http2)
        #expect(try FrameClient(port: site.port, protocols: offered, preface: false).protocolName == chosen)
        await site.stop()
    }

    @Test func `who offers nothing but what is not spoken here is refused (RFC 7301 3.2)`() async throws {
        let site = try await HTTP2Site.start(http2: false)
        for offer in [["h2"], ["h3"]] {
            #expect(throws: FrameClient.Ended.self) { try FrameClient(port: site.port, protocols: offer, preface: false) }
        }
        await site.stop()
    }

    @Test func `a request is answered with the fields of HTTP/1.1, less those of its connection (8.2.2, 8.3.2)`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.request(1, "GET", "/?a=b", [("accept", "text/plain"), ("cookie", "a=1"), ("cookie", "b=2")])
        let answer = try client.answer(1)
        #expect(answer.status == 200)
        #expect(answer.text == "ok")
        #expect(answer["content-type"] == "text/plain; charset=utf-8")
        #expect(answer["content-length"] == "2")
        #expect(answer["x-mine"] == "1")
        #expect(answer["date"]?.hasSuffix("GMT") == true)
        #expect(answer["connection"] == nil)
        #expect(answer["keep-alive"] == nil)
        #expect(answer.reset == nil)
        let head = try #require(site.seen.now.heads.first)
        #expect(head.target == "/?a=b")
        #expect(head.authority == "localhost")
        #expect(head.fields["cookie"] == "a=1; b=2")
        await site.stop()
    }

    @Test func `our settings say what we put up with (6.5.2)`() async throws {
        var options = HTTPServerOptions()
        options.http2.streams = 7
        options.http2.streamWindow = 70_000
        options.head.headBytes = 9000
        let site = try await HTTP2Site.start(options)
        let client = try site.client()
        try client.settle()
        #expect(client.settings == [3: 7, 4: 70_000, 6: 9000, 9: 1])
        await site.stop()
    }

    @Test func `HEAD, 204 and 304 have no body`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.request(1, "HEAD", "/")
        try client.request(3, "GET", "/nothing")
        try client.request(5, "GET", "/same")
        let (head, nothing, same) = (try client.answer(1), try client.answer(3), try client.answer(5))
        #expect(head.status == 200 && head["content-length"] == "8" && head.body.isEmpty)
        #expect(nothing.status == 204 && nothing["content-length"] == nil && nothing.body.isEmpty)
        #expect(same.status == 304 && same["etag"] == "\"1\"" && same.body.isEmpty)
        await site.stop()
    }

    @Test func `an answer in pieces, with trailers at its end (8.1)`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.request(1, "GET", "/pieces")
        let answer = try client.answer(1)
        #expect(answer.text == "onetwo")
        #expect(answer["content-length"] == nil)
        #expect(answer.trailers.map(\.name) == ["digest"])
        await site.stop()
    }

    @Test(arguments: [0, 1, 16_384, 16_385, 3_000_000])
    func `bodies of every size go both ways`(size: Int) async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        // In steps that the windows allow: a window is 64 KB until the server has opened it.
        try client.settle()
        try client.headers(1, FrameClient.fields("POST", "/echo"), ends: false)
        var start = 0
        while start < size {
            let end = min(size, start + 50_000)
            try client.data(1, Array(body[start..<end]), ends: false)
            try client.settle()
            start = end
        }
        try client.data(1, [], ends: true)
        let answer = try client.answer(1)
        #expect(answer.status == 200)
        #expect(answer.body == body)
        await site.stop()
    }

    @Test func `a request with trailers is whole (8.1)`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.headers(1, FrameClient.fields("POST", "/echo"), ends: false)
        try client.data(1, Array("body".utf8), ends: false)
        try client.headers(1, [("x-sum", "42")])
        #expect(try client.answer(1).text == "body")
        #expect(site.seen.now.trailers.first?["x-sum"] == "42")
        await site.stop()
    }

    @Test func `who waits for 100 is told to go on when the body is wanted (RFC 9110 10.1.1)`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.headers(1, FrameClient.fields("POST", "/echo", [("expect", "100-continue")]), ends: false)
        while client.answers[1] == nil { try client.next() }
        #expect(client.answers[1]?.informational == [100])
        try client.data(1, Array("body".utf8))
        let answer = try client.answer(1)
        #expect(answer.status == 200)
        #expect(answer.text == "body")
        try client.headers(3, FrameClient.fields("POST", "/unread", [("expect", "100-continue")]), ends: false)
        #expect(try client.answer(3).informational.isEmpty)
        await site.stop()
    }

    @Test func `streams are served side by side, a slow one holds up nobody (5.1.2)`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        for index in 0..<20 { try client.request(1 + 2 * index, "GET", "/wait") }
        await until { site.seen.now.entered == 20 }
        try client.request(101, "GET", "/")
        #expect(try client.answer(101).text == "ok")
        #expect(client.answers[1] == nil)
        site.seen.change { $0.isReleased = true }
        for index in 0..<20 { #expect(try client.answer(1 + 2 * index).text == "waited") }
        await site.stop()
    }

    @Test func `an answer that is not read to its end by us stops its body without fault (8.1)`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.headers(1, FrameClient.fields("POST", "/unread"), ends: false)
        let answer = try client.answer(1)
        #expect(answer.status == 200 && answer.text == "unread")
        while client.answers[1]?.reset == nil { try client.next() }
        #expect(client.answers[1]?.reset == 0)
        try client.request(3, "GET", "/")
        #expect(try client.answer(3).text == "ok")
        await site.stop()
    }

    @Test func `no answer is 500, half an answer is reset so that it looks like one`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.request(1, "GET", "/silent")
        #expect(try client.answer(1).status == 500)
        try client.request(3, "GET", "/cut")
        #expect(try client.answer(3).reset == 2)
        await site.stop()
    }

    @Test func `a body over the limit is 413, another host is 421`() async throws {
        var options = HTTPServerOptions()
        options.hosts = ["localhost"]
        let site = try await HTTP2Site.start(options)
        let client = try site.client()
        try client.request(1, "POST", "/small", [("content-length", "2000")], body: [UInt8](repeating: 1, count: 2000))
        #expect(try client.answer(1).status == 413)
        try client.request(3, "POST", "/small", body: [UInt8](repeating: 1, count: 2000))
        #expect(try client.answer(3).status == 413)
        try client.request(5, "GET", "/", host: "other.example")
        #expect(try client.answer(5).status == 421)
        try client.request(7, "GET", "/")
        #expect(try client.answer(7).status == 200)
        await site.stop()
    }

    @Test func `stopping takes nothing new, names the last stream and lets it finish (6.8)`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.request(1, "GET", "/wait")
        await until { site.seen.now.entered == 1 }
        let stopped = Task { await site.server.server.stop(within: .seconds(20)) }
        while client.goAways == 0 { try client.next() }
        #expect(client.goAway?.last == Int(Int32.max))
        // What was under way when the first GOAWAY came is still taken.
        try client.request(3, "GET", "/")
        while client.goAways < 2 { try client.next() }
        #expect(client.goAway?.code == 0)
        let last = try #require(client.goAway?.last)
        site.seen.change { $0.isReleased = true }
        #expect(try client.answer(1).text == "waited")
        if last >= 3 { #expect(try client.answer(3).text == "ok") }
        #expect(client.ending() == 0)
        await stopped.value
        site.server.loop.stop()
    }

    @Test func `a server that retires serves what was asked and sends its clients to its successor (6.8)`() async throws {
        let site = try await HTTP2Site.start()
        let client = try site.client()
        try client.request(1, "GET", "/wait")
        await until { site.seen.now.entered == 1 }
        let retired = Task { await site.server.server.retire(within: .seconds(20)) }
        while client.goAways < 2 { try client.next() }
        site.seen.change { $0.isReleased = true }
        #expect(try client.answer(1).text == "waited")
        #expect(client.ending() == 0)
        await retired.value
        site.server.loop.stop()
    }

    @Test func `stopping ends idle connections at once, and a client that does not answer in time`() async throws {
        let site = try await HTTP2Site.start(HTTP2Site.quick)
        let client = try site.client()
        try client.settle()
        let mute = try site.client()
        try mute.settle()
        await site.server.server.stop(within: .seconds(20))
        #expect(client.ending() == 0)
        #expect(mute.ending() == 0)
        site.server.loop.stop()
    }

    @Test func `after so many requests a connection is ended gracefully`() async throws {
        var options = HTTPServerOptions()
        options.requestsPerConnection = 3
        let site = try await HTTP2Site.start(options)
        let client = try site.client()
        for stream in [1, 3, 5] {
            try client.request(stream, "GET", "/")
            #expect(try client.answer(stream).status == 200)
        }
        #expect(client.ending() == 0)
        await site.stop()
    }

    @Test func `curl speaks HTTP/2 with us`() async throws {
        let site = try await HTTP2Site.start()
        let url = "https://localhost:\(site.port)"
        let curl = try Command.run("curl", ["-sk", "--http2", "-w", "%{http_version} %{http_code}", "\(url)/"])
        #expect(curl.output == "ok2 200")
        let post = try Command.run("curl", ["-sk", "--http2", "-o", "/dev/null", "-w", "%{size_download}", "--data-binary", String(repeating: "x", count: 100_000), "\(url)/echo"])
        #expect(post.output == "100000")
        await site.stop()
    }
}

/// What speaks HTTP/2 where HTTP/1.1 is spoken.
@Suite(.timeLimit(.minutes(1)))
struct ClearHTTP2Tests {
    private func server() async throws -> TestServer {
        try await TestServer.start { router in router.on(.get, "/") { await $0.respond(.text("ok")) } }
    }

    @Test func `an upgrade to h2c is not taken: the answer is HTTP/1.1 (RFC 9110 7.8)`() async throws {
        let server = try await server()
        let client = try RawClient(server.address)
        try client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
        let answer = try await client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.hasSuffix("ok"))
        await server.stop()
    }

    @Test func `HTTP/2 with prior knowledge in the clear is refused once (3.3)`() async throws {
        let server = try await server()
        let client = try RawClient(server.address)
        try client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0")
        let answer = try await client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 505"))
        await server.stop()
    }
}
#endif
