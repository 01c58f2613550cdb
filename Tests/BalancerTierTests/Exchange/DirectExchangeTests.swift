// The short way of an exchange answers as the long way does, and leaves it to it where it must.
import Engine
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct DirectExchangeTests {
    /// Fields that differ from one exchange to the next by their nature.
    private static let own: Set<String> = ["date", "x-request-id", "set-cookie"]

    private func comparable(_ fields: HTTPFields) -> [String] {
        fields.filter { !Self.own.contains($0.name.lowercased()) }.map { "\($0.name): \($0.value)" }
    }

    @Test(arguments: [0, 1, 100, 5_000, 15_000, 200_000])
    func `a request over a kept connection and one over a fresh one reach the node alike and come back alike`(count: Int) async throws {
        let body = [UInt8](repeating: 120, count: count)
        try await withBalancer(options: Fixture.quick { $0.health.interval = .seconds(60) }) { site in
            let node = try site.node("web-1") { exchange, _ in
                await exchange.respond(
                    HTTPResponse(status: exchange.head.path == "/other" ? .notFound : .ok, fields: ["X-A": "1", "Cache-Control": "max-age=3", "x-b": ""], body: body))
            }
            await site.apply([node.member])
            for path in ["/", "/other?x=%20y"] {
                let fields = [("Cookie", "a=1; fitech-node=junk; b=2"), ("X-Forwarded-For", "10.0.0.1"), ("Accept", "*/*"), ("Connection", "x-gone"), ("X-Gone", "1")]
                await site.ask { $0.client.closeIdle() }
                let before = await site.ask(\.servedDirectly)
                let long = try await site.get(path, fields)
                let longHead = try #require(node.lastHead)
                #expect(await site.ask(\.servedDirectly) == before)
                let short = try await site.get(path, fields)
                let shortHead = try #require(node.lastHead)
                #expect(await site.ask(\.servedDirectly) == before + (count == 0 || count > 16_000 ? 0 : 1))
                #expect(short.status == long.status)
                #expect(short.body == body && long.body == body)
                #expect(comparable(short.fields) == comparable(long.fields))
                #expect(short.fields.contains("set-cookie") && long.fields.contains("set-cookie"))
                #expect(comparable(shortHead.fields) == comparable(longHead.fields))
                #expect(shortHead.target == path && longHead.target == path)
                #expect(shortHead.fields["cookie"] == "a=1; b=2")
                #expect(shortHead.fields["x-request-id"]?.utf8.count == 16)
            }
        }
    }

    @Test func `a node that dies under a request on the short way is replaced by another`() async throws {
        try await withBalancer { site in
            let dying = try site.dyingNode()
            let node = try site.node("web-1")
            await site.apply([dying.member, node.member])
            for _ in 0..<40 { #expect(try await site.get("/").text == "web-1") }
            #expect(dying.requests > 0)
            #expect(await site.ask { $0.table.entries.allSatisfy { $0.inFlight == 0 } })
        }
    }

    @Test func `a node that stalls on the short way is given up after the time for an answer`() async throws {
        try await withBalancer(options: Fixture.quick { $0.answerTimeout = .milliseconds(300) }) { site in
            let node = try site.node("web-1", behaviour: FakeNode.stall)
            await site.apply([node.member])
            let answer = try await site.get("/")
            #expect(answer.status.code == 504)
            #expect(await site.ask { $0.table.entries.allSatisfy { $0.inFlight == 0 } })
        }
    }

    @Test func `an answer that breaks off after its beginning was on the short way is tried at another node`() async throws {
        try await withBalancer { site in
            let first = try site.node("web-1", behaviour: FakeNode.dieInBody)
            let second = try site.node("web-2")
            await site.apply([first.member, second.member])
            for _ in 0..<10 { #expect(try await site.get("/").text == "web-2") }
            #expect(first.requests > 0)
        }
    }

    @Test func `a request over a kept connection keeps the id its client gave it`() async throws {
        try await withBalancer { site in
            let node = try site.node("web-1")
            await site.apply([node.member])
            for _ in 0..<3 {
                _ = try await site.get("/", [("X-Request-Id", "from-the-client-1")])
                #expect(node.lastHead?.fields.values("x-request-id") == ["from-the-client-1"])
            }
        }
    }
}
