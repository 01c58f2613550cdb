// What the server does with requests that are right but unusual: pipelines, pieces, expectations, half-closed connections.
import CLinux
import Engine
import Glibc
import Logging
import Telemetry
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct ServerRulesTests {
    private static func routes(_ router: HTTPRouter) {
        router.answer(.get, "/echo/{text}") { exchange throws(Failure) in .text(exchange.parameters["text"] ?? "") }
        router.answer(.post, "/body") { exchange throws(Failure) in
            let body: [UInt8] = try await exchange.body(limit: 1000)
            return .bytes(body, type: "text/plain")
        }
        router.on(.post, "/unread") { exchange in await exchange.respond(.text("unread")) }
        router.on(.get, "/chunks") { exchange in
            do throws(Failure) {
                try await exchange.begin(ResponseHead(status: .ok), length: nil)
                for piece in ["one", "two"] { try await exchange.write(Array(piece.utf8)) }
                try await exchange.end(trailers: ["Digest": "x"])
            } catch {
                Issue.record("\(error)")
            }
        }
        router.on(.get, "/silent") { _ in }
        router.on(.get, "/who") { exchange in
            await exchange.respond(.text("\(exchange.peer.processID ?? 0) \(exchange.peer.userID ?? 0)"))
        }
    }

    private func converse(_ said: String, options: HTTPServerOptions = HTTPServerOptions(), bytewise: Bool = false) async throws -> String {
        let server = try await TestServer.start(options: options) { Self.routes($0) }
        let client = try RawClient(server.address)
        if bytewise {
            var one: CInt = 1
            setsockopt(client.descriptor, linux_ipproto_tcp, TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
            for byte in said.utf8 { try client.send([byte]) }
        } else {
            try client.send(said)
        }
        client.endSending()
        let answer = try await client.readToEnd()
        await server.stop()
        return answer
    }

    @Test func `pipelined requests are answered in their order, even after our peer stopped sending`() async throws {
        let said = (1...20).map { "GET /echo/n\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
        let answer = try await converse(said)
        let bodies = answer.split(separator: "\r\n\r\n").dropFirst().map { $0.prefix { $0 != "H" } }
        #expect(bodies.map(String.init) == (1...20).map { "n\($0)" })
    }

    @Test func `bodies of both kinds between pipelined requests are told apart, byte by byte too`() async throws {
        let said = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloPOST /body HTTP/1.1\r\nHost: x\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\nPOST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n123"
            + "GET /echo/last HTTP/1.1\r\nHost: x\r\n\r\n"
        for bytewise in [false, true] {
            let answer = try await converse(said, bytewise: bytewise)
            for body in ["\r\n\r\nhello", "\r\n\r\nonetwo", "\r\n\r\nunread", "\r\n\r\nlast"] { #expect(answer.contains(body)) }
        }
    }

    @Test func `HEAD has the fields of GET and no body`() async throws {
        let answer = try await converse("HEAD /echo/hello HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.contains("Content-Length: 5\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test func `an answer without known length is chunked, to HTTP/1.0 it ends with the connection`() async throws {
        let chunked = try await converse("GET /chunks HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(chunked.contains("Transfer-Encoding: chunked\r\n"))
        #expect(chunked.hasSuffix("3\r\none\r\n3\r\ntwo\r\n0\r\nDigest: x\r\n\r\n"))
        let plain = try await converse("GET /chunks HTTP/1.0\r\n\r\n")
        #expect(!plain.contains("chunked"))
        #expect(plain.contains("Connection: close\r\n"))
        #expect(plain.hasSuffix("\r\n\r\nonetwo"))
    }

    @Test func `a client that waits for 100 Continue is told to go on, once its body is wanted`() async throws {
        let server = try await TestServer.start { Self.routes($0) }
        let client = try RawClient(server.address)
        try client.send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(String(decoding: try await client.read(), as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
        try client.send("ok")
        #expect(try await client.answer().hasSuffix("ok"))
        // Whose body nobody wants is answered without it, and may not go on with this connection.
        try client.send("POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        let answer = try await client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.contains("Connection: close\r\n"))
        await server.stop()
    }

    @Test func `a body beyond the handler's limit is 413 and the connection ends`() async throws {
        for framing in ["Content-Length: 2000\r\n\r\n" + String(repeating: "x", count: 2000),
            "Transfer-Encoding: chunked\r\n\r\n7d0\r\n" + String(repeating: "x", count: 2000) + "\r\n0\r\n\r\n"]
        {
            let answer = try await converse("POST /body HTTP/1.1\r\nHost: x\r\n\(framing)")
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            #expect(answer.contains("\"body-too-large\""))
            #expect(answer.contains("Connection: close\r\n"))
        }
    }

    @Test func `a length beyond the limit for bodies is 413 at once, before any of it is read`() async throws {
        var options = HTTPServerOptions()
        options.bodyBytes = 100
        let answer = try await converse("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n", options: options)
        #expect(answer.hasPrefix("HTTP/1.1 413"))
        #expect(answer.contains("Connection: close\r\n"))
    }

    @Test func `a name that is not served here is 421, with or without a port`() async throws {
        var options = HTTPServerOptions()
        options.hosts = ["portal.example"]
        #expect(try await converse("GET /echo/a HTTP/1.1\r\nHost: Portal.example:8443\r\n\r\n", options: options).hasPrefix("HTTP/1.1 200"))
        #expect(try await converse("GET /echo/a HTTP/1.1\r\nHost: other.example\r\n\r\n", options: options).hasPrefix("HTTP/1.1 421"))
    }

    @Test func `a refusal is a page for people and a problem document for programs, and the last word`() async throws {
        let page = try await converse("GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nA : b\r\n\r\nGET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(page.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(page.contains("<h1>"))
        #expect(!page.contains("200 OK"))
        let problem = try await converse("GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n")
        #expect(problem.contains("application/problem+json"))
        #expect(problem.contains("RFC 9112 5.1"))
        #expect(problem.contains("Connection: close\r\n"))
    }

    @Test func `an unanswered request is 500, an unknown path 404, a wrong method 405 with Allow`() async throws {
        #expect(try await converse("GET /silent HTTP/1.1\r\nHost: x\r\n\r\n").hasPrefix("HTTP/1.1 500"))
        #expect(try await converse("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n").hasPrefix("HTTP/1.1 404"))
        let wrong = try await converse("DELETE /echo/a HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(wrong.hasPrefix("HTTP/1.1 405"))
        #expect(wrong.contains("Allow: GET, HEAD, OPTIONS\r\n"))
        #expect(try await converse("OPTIONS /echo/a HTTP/1.1\r\nHost: x\r\n\r\n").contains("Allow: GET, HEAD, OPTIONS\r\n"))
    }

    @Test func `a server with a name counts what it answers`() async throws {
        var options = HTTPServerOptions()
        options.metricsName = "counted"
        _ = try await converse("GET /echo/a HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", options: options)
        let text = String(decoding: Metrics.prometheus(), as: UTF8.self)
        for line in ["fitech_http_requests_total{listener=\"counted\",status=\"2xx\"} 1", "status=\"4xx\"} 1", "fitech_http_connections{listener=\"counted\"} 0"] {
            #expect(text.contains(line))
        }
    }

    @Test func `every answer has a Date and exactly one framing`() async throws {
        let answer = try await converse("GET /echo/a HTTP/1.1\r\nHost: x\r\n\r\n")
        let date = try #require(answer.range(of: "\r\nDate: "))
        #expect(answer[date.upperBound...].prefix(29).hasSuffix(" GMT"))
        #expect(answer.range(of: "Content-Length")?.lowerBound != nil)
        #expect(!answer.contains("Transfer-Encoding"))
    }

    @Test func `the other end of a Unix socket is known by process and user`() async throws {
        let scratch = ScratchDirectory()
        let server = try await TestServer.start(at: .unix(scratch.path + "/s")) { Self.routes($0) }
        let client = try RawClient(server.address)
        try client.send("GET /who HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await client.answer().hasSuffix("\r\n\r\n\(getpid()) \(getuid())"))
        await server.stop()
    }

    @Test func `a Unix socket may have a longer path than the kernel takes`() async throws {
        let scratch = ScratchDirectory()
        let long = scratch.path + "/" + String(repeating: "d", count: 120)
        mkdir(long, 0o700)
        let server = try await TestServer.start(at: .unix(long + "/s")) { Self.routes($0) }
        let status = try await server.loop.run { loop in
            try await HTTPClient(loop: loop).send(method: .get, target: "/echo/a", to: Endpoint(address: server.address)).status
        }
        #expect(status == .ok)
        await server.stop()
        unlink(long + "/s")
        rmdir(long)
    }
}
