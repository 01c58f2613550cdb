// People stay with their node, on any balancer, through drains and deaths.
import Digests
import Engine
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct StickinessTests {
    /// The cookie an answer sets, as a request sends it back.
    private func nodeCookie(_ answer: HTTPResponse) -> String? {
        answer.fields.values("set-cookie").first { $0.hasPrefix("fitech-node=") }.map { String($0.prefix { $0 != ";" }) }
    }

    @Test func `the first answer sets the cookie and is private, later ones do not; the node never sees it`() async throws {
        try await withBalancer { site in
            let nodes = try (1...3).map { try site.node("web-\($0)") }
            await site.apply(nodes.map(\.member))
            let first = try await site.get("/")
            let cookie = try #require(nodeCookie(first))
            #expect(first.fields["cache-control"] == "private")
            for _ in 0..<12 {
                let answer = try await site.get("/", [("Cookie", "a=1; \(cookie)")])
                #expect(answer.text == first.text)
                #expect(nodeCookie(answer) == nil)
                #expect(answer.fields["cache-control"] == nil)
            }
            let node = try #require(nodes.first { $0.name == first.text })
            #expect(node.lastHead?.fields["cookie"] == "a=1")
            #expect(await site.ask { $0.rows().map(\.sessions).reduce(0, +) } == 1)
        }
    }

    @Test func `two balancers with the same key honour each other's cookie, one with another key starts anew`() async throws {
        let secret = RandomBytes.make(32)
        try await withBalancer(secret: secret) { one in
            let nodes = try (1...3).map { try one.node("web-\($0)") }
            await one.apply(nodes.map(\.member))
            let first = try await one.get("/")
            let cookie = try #require(nodeCookie(first))
            try await withBalancer(secret: secret) { two in
                await two.apply(nodes.map(\.member))
                for _ in 0..<6 {
                    let answer = try await two.get("/", [("Cookie", cookie)])
                    #expect(answer.text == first.text)
                    #expect(nodeCookie(answer) == nil)
                }
            }
            try await withBalancer { stranger in
                await stranger.apply(nodes.map(\.member))
                let answer = try await stranger.get("/", [("Cookie", cookie)])
                #expect(answer.status == .ok)
                #expect(nodeCookie(answer) != nil)
            }
        }
    }

    @Test(arguments: ["fitech-node=", "fitech-node=garbage", "fitech-node=AAAA; fitech-node=BBBB", "fitech-node=\u{ff}"])
    func `a bad token is as good as none`(cookie: String) async throws {
        try await withBalancer { site in
            let node = try site.node("web-1")
            await site.apply([node.member])
            let answer = try await site.get("/", [("Cookie", cookie)])
            #expect(answer.status == .ok)
            #expect(nodeCookie(answer) != nil)
            #expect(node.lastHead?.fields["cookie"] == nil)
        }
    }

    @Test func `a draining node keeps its people until the deadline, then they move with a new cookie and nothing fails`() async throws {
        try await withBalancer { site in
            let nodes = try (1...2).map { try site.node("web-\($0)") }
            await site.apply(nodes.map(\.member))
            let first = try await site.get("/")
            let cookie = try #require(nodeCookie(first))
            var members = nodes.map(\.member)
            let index = try #require(members.firstIndex { $0.name == first.text })
            let other = members[1 - index].name
            members[index].isDraining = true
            members[index].drainDeadline = Balancer.wallMilliseconds() + 3_600_000
            await site.apply(members)
            for _ in 0..<4 {
                #expect(try await site.get("/", [("Cookie", cookie)]).text == first.text)
                #expect(try await site.get("/").text == other)
            }
            members[index].drainDeadline = Balancer.wallMilliseconds() - 1
            await site.apply(members)
            let moved = try await site.get("/", [("Cookie", cookie)])
            #expect(moved.text == other)
            let fresh = try #require(nodeCookie(moved))
            members.remove(at: index)
            await site.apply(members)
            #expect(try await site.get("/", [("Cookie", cookie)]).text == other)
            #expect(nodeCookie(try await site.get("/", [("Cookie", fresh)])) == nil)
        }
    }

    @Test func `people of a dead node are served by another and given a new cookie`() async throws {
        try await withBalancer { site in
            let nodes = try (1...2).map { try site.node("web-\($0)") }
            await site.apply(nodes.map(\.member))
            let first = try await site.get("/")
            let cookie = try #require(nodeCookie(first))
            let dead = try #require(nodes.first { $0.name == first.text })
            await dead.stop()
            #expect(try await site.get("/", [("Cookie", cookie)]).status == .ok)
            await site.until { !$0.isUp(dead.name) }
            let moved = try await site.get("/", [("Cookie", cookie)])
            #expect(moved.text != first.text)
            #expect(nodeCookie(moved) != nil)
        }
    }

    @Test func `a token in use is renewed for the same node before it is void`() async throws {
        try await withBalancer(options: Fixture.quick { $0.sticky.renew = 0 }) { site in
            let nodes = try (1...3).map { try site.node("web-\($0)") }
            await site.apply(nodes.map(\.member))
            let first = try await site.get("/")
            let answer = try await site.get("/", [("Cookie", try #require(nodeCookie(first)))])
            #expect(answer.text == first.text)
            #expect(nodeCookie(answer) != nil)
        }
    }

    @Test func `an answer for shared caches carries no cookie`() async throws {
        try await withBalancer { site in
            let node = try site.node("web-1") { exchange, _ in await exchange.respond(.text("x").with("Cache-Control", "public, max-age=60")) }
            await site.apply([node.member])
            let answer = try await site.get("/style.css")
            #expect(nodeCookie(answer) == nil)
            #expect(answer.fields.values("cache-control") == ["public, max-age=60"])
        }
    }

    @Test func `a node that joins while requests run serves, and none fails`() async throws {
        try await withBalancer { site in
            let one = try site.node("web-1")
            await site.apply([one.member])
            let load = Task {
                var failed = 0
                for _ in 0..<300 where try await site.get("/").status != .ok { failed += 1 }
                return failed
            }
            let two = try site.node("web-2")
            await site.apply([one.member, two.member])
            #expect(try await load.value == 0)
            #expect(two.requests > 0)
        }
    }
}
