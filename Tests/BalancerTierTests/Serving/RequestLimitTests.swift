// Senders who ask too often, through a balancer: 429 that says when to come back, and nobody else notices.
import Engine
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct RequestLimitTests {
    private func set(_ site: Fixture, perAddress: Int? = nil, perSession: Int? = nil) async {
        await site.bound.loop.run { [bound = site.bound] loop in
            var options = RequestLimits.Options()
            (options.perAddress, options.perSession, options.burst) = (perAddress, perSession, .seconds(3))
            bound.get(on: loop).limits = RequestLimits(options)
        }
    }

    @Test func `an address that asks too often is told 429 and when to come back (RFC 6585 4)`() async throws {
        try await withBalancer { site in
            let node = try site.node("web-1")
            await site.apply([node.member])
            await set(site, perAddress: 1)
            var last = try await site.get("/")
            for _ in 0..<20 where last.status == .ok { last = try await site.get("/", [("Accept", "application/json")]) }
            #expect(last.status == .tooManyRequests)
            #expect(last.fields["retry-after"].flatMap { Int($0) }.map { (1...3).contains($0) } == true)
            #expect(last.text.contains("too-many-requests"))
            #expect(node.requests <= 20)
            #expect(await site.ask(\.limited) >= 1)
        }
    }

    @Test func `a session that asks too often is stopped, another from the same address is not`() async throws {
        try await withBalancer { site in
            let node = try site.node("web-1")
            await site.apply([node.member])
            await set(site, perSession: 1)
            let mine = [("Cookie", "theme=dark; __Host-fitech-session=aaa")], theirs = [("Cookie", "__Host-fitech-session=bbb")]
            var last = try await site.get("/", mine)
            for _ in 0..<20 where last.status == .ok { last = try await site.get("/", mine) }
            #expect(last.status == .tooManyRequests)
            #expect(try await site.get("/", theirs).status == .ok)
            #expect(try await site.get("/").status == .ok)
        }
    }

    @Test func `without limits nobody is counted`() async throws {
        try await withBalancer { site in
            let node = try site.node("web-1")
            await site.apply([node.member])
            for _ in 0..<50 { #expect(try await site.get("/").status == .ok) }
            #expect(await site.ask { $0.limits == nil })
        }
    }
}
