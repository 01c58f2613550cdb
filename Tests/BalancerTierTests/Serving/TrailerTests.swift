// Trailers, Expect and HEAD through a balancer, by the sections of RFC 9110 and 9112.
import Engine
import Glibc
import Synchronization
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct TrailerTests {
    private func say(_ request: String, to site: Fixture) async throws -> String {
        try await script { [address = site.address] in
            let customer = try RawPeer(address)
            try customer.send(request)
            return try customer.readToEnd()
        }
    }

    private static let answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\nSet-Cookie: a=b\r\nContent-Encoding: gzip\r\nConnection: x\r\n\r\n"

    @Test func `trailers of an answer reach a customer who takes them, but for those that may not be (RFC 9110 6.5.1, 10.1.4)`() async throws {
        try await withBalancer { site in
            let node = try site.rawNode { _, peer in try peer.send(TrailerTests.answer) }
            await site.apply([node.member])
            let taking = try await say("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n", to: site)
            #expect(taking.hasSuffix("\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n"))
            #expect(node.requests.last?.contains("\r\nTE: trailers\r\n") == true)
            #expect(node.requests.last?.contains("\r\nConnection: TE\r\n") == true)
            let plain = try await say("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", to: site)
            #expect(plain.hasSuffix("\r\n\r\n2\r\nok\r\n0\r\n\r\n"))
            #expect(node.requests.last?.contains("TE: ") == false)
            let old = try await say("GET / HTTP/1.0\r\nHost: a\r\nTE: trailers\r\n\r\n", to: site)
            #expect(old.hasSuffix("\r\n\r\nok"))
        }
    }

    @Test(arguments: [100, 3_000_000])
    func `trailers of a request go no further, whether its body is held or not (RFC 9110 6.5.1)`(size: Int) async throws {
        try await withBalancer { site in
            let node = try site.node("web-1") { exchange, _ in
                await exchange.respond(.text("\(exchange.trailers.count) \(exchange.head.fields["x-sum"] ?? "-")"))
            }
            await site.apply([node.member])
            let body = String(size, radix: 16) + "\r\n" + String(repeating: "x", count: size) + "\r\n0\r\nX-Sum: 7\r\n\r\n"
            let said = try await say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nConnection: close\r\n\r\n" + body, to: site)
            #expect(said.hasSuffix("\r\n\r\n0 -"))
            #expect(node.lastBody.count == size)
            #expect(node.lastHead?.fields["trailer"] == nil)
        }
    }

    @Test(arguments: ["Content-Length: 3", "Host: b", "Transfer-Encoding: chunked"])
    func `a trailer that would change how the message is read refuses the request (RFC 9112 7.1.2)`(trailer: String) async throws {
        try await withBalancer { site in
            let node = try site.node("web-1")
            await site.apply([node.member])
            let said = try await say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\(trailer)\r\n\r\n", to: site)
            #expect(said.hasPrefix("HTTP/1.1 400 "))
            #expect(node.requests == 0)
        }
    }

    @Test func `who waits for 100 Continue is told to go on, and the node is not asked again (RFC 9110 10.1.1)`() async throws {
        try await withBalancer { site in
            let node = try site.node("web-1") { exchange, node in await exchange.respond(.text("\(node.lastBody.count)")) }
            await site.apply([node.member])
            let (first, rest) = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n")
                let first = try customer.readHead()
                try customer.send("hello")
                return (first, try customer.readToEnd())
            }
            #expect(first == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(rest.hasPrefix("HTTP/1.1 200 OK\r\n") && rest.hasSuffix("\r\n\r\n5"))
            #expect(node.lastHead?.fields["expect"] == nil)
        }
    }

    @Test func `who waits for 100 Continue and is refused gets no 100 and may not send the body after all (RFC 9110 10.1.1)`() async throws {
        try await withBalancer(acceptsAnyHost: false) { site in
            let said = try await say("POST / HTTP/1.1\r\nHost: evil.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", to: site)
            #expect(said.hasPrefix("HTTP/1.1 421 "))
            #expect(said.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test func `an answer to HEAD has the head of GET and no body, and the connection goes on (RFC 9110 9.3.2)`() async throws {
        try await withBalancer { site in
            let node = try site.rawNode { head, peer in
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + (head.hasPrefix("HEAD") ? "" : "hello"))
            }
            await site.apply([node.member])
            let said = try await say(
                "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", to: site)
            #expect(said.components(of: "Content-Length: 5\r\n") == 3)
            #expect(said.components(of: "hello") == 1)
            #expect(said.hasSuffix("\r\n\r\n"))
            #expect(node.connections == 1)
        }
    }
}
