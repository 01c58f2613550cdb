// Nodes that refuse, die and stall: what customers notice of it.
import Engine
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct FailingNodesTests {
    @Test func `a node that dies when asked costs no GET, and no POST that carries a replay id`() async throws {
        try await withBalancer(options: Fixture.quick { $0.health.interval = .seconds(30) }) { site in
            let dying = try site.dyingNode(), good = try site.node("web-1")
            await site.apply([dying.member, good.member])
            for _ in 0..<4 { #expect(try await site.get("/").text == "web-1") }
            // Two requests at least reach the dying node before its turn is over.
            for _ in 0..<4 { #expect(try await site.request(.post, "/", body: [1, 2, 3]).text == "web-1") }
            #expect(good.lastBody == [1, 2, 3])
            #expect(dying.requests > 0)
        }
    }

    @Test func `an unsafe request keeps its replay id from node to node`() async throws {
        try await withBalancer { site in
            let one = try site.node("web-1", behaviour: FakeNode.dieInBody), two = try site.node("web-2")
            await site.apply([one.member, two.member])
            for _ in 0..<2 { #expect(try await site.request(.post, "/", [("Fitech-Replay-Id", "mine")], body: [1]).text == "web-2") }
            #expect(one.replayIDs.count == 1 || one.replayIDs.count == 2)
            #expect(Set(one.replayIDs).isSubset(of: Set(two.replayIDs)))
            #expect(!two.replayIDs.contains("mine"))
            #expect(Set(two.replayIDs).count == 2)
        }
    }

    @Test func `an unsafe request is not repeated to an origin that may have done it`() async throws {
        try await withBalancer { site in
            let dying = try site.dyingNode()
            var member = dying.member
            member.isOrigin = true
            await site.apply([member])
            let answer = try await site.request(.post, "/", [("Accept", "application/json")], body: [1])
            #expect(answer.status.code == 502)
            let problem = try JSON.parse(answer.body)
            #expect(problem["whose"]?.string == "upstream")
            #expect(problem["retry"]?.string == "never")
            #expect(dying.requests == 1)
        }
    }

    @Test func `a node that dies in the middle of a small answer is replaced before the customer sees a byte`() async throws {
        try await withBalancer { site in
            let dying = try site.node("web-1", behaviour: FakeNode.dieInBody), good = try site.node("web-2")
            await site.apply([dying.member, good.member])
            for _ in 0..<6 { #expect(try await site.get("/").text == "web-2") }
            #expect(dying.requests > 0)
        }
    }

    @Test func `an answer that had begun is cut, so that it looks cut`() async throws {
        try await withBalancer { site in
            let dying = try site.node("web-1", behaviour: FakeNode.dieInPieces)
            await site.apply([dying.member])
            await #expect(throws: HTTPClientFailure.self) { try await site.get("/") }
        }
    }

    @Test func `a node that is not there is skipped, whatever the method`() async throws {
        try await withBalancer { site in
            let gone = try site.node("web-1"), good = try site.node("web-2")
            await site.apply([gone.member, good.member])
            await gone.stop()
            for _ in 0..<6 { #expect(try await site.request(.post, "/", body: [1]).text == "web-2") }
            await site.until { !$0.isUp("web-1") }
            #expect(await site.ask { $0.isUp("web-2") })
        }
    }

    @Test func `a node that stalls costs a 504 that says so, not a second copy of the request`() async throws {
        try await withBalancer(options: Fixture.quick { $0.answerTimeout = .milliseconds(300) }) { site in
            let slow = try site.node("web-1", behaviour: FakeNode.stall), other = try site.node("web-2", behaviour: FakeNode.stall)
            await site.apply([slow.member, other.member])
            let answer = try await site.get("/", [("Accept", "application/json")])
            #expect(answer.status.code == 504)
            #expect(slow.requests + other.requests == 1)
        }
    }

    @Test func `503 with Retry-After and a page that helps when no node is up`() async throws {
        try await withBalancer { site in
            let node = try site.node("web-1")
            node.set(ready: false)
            await site.apply([node.member], up: [])
            let page = try await site.get("/", [("Accept", "text/html")])
            #expect(page.status.code == 503)
            #expect(page.fields["retry-after"] == "2")
            #expect(page.text.contains("Back in a moment"))
            #expect(page.fields["content-security-policy"]?.contains("default-src 'none'") == true)
            let problem = try await site.get("/api/v1/tickets")
            #expect(problem.fields["content-type"] == "application/problem+json")
            #expect(try JSON.parse(problem.body)["code"]?.string == "no-node-ready")
            #expect(node.requests == 0)
        }
    }

    @Test func `a request waits for a node that is about to be ready`() async throws {
        try await withBalancer(options: Fixture.quick { $0.waitForNode = .seconds(20) }) { site in
            let node = try site.node("web-1")
            node.set(ready: false)
            await site.apply([node.member], up: [])
            async let answer = site.get("/")
            try await Task.sleep(for: .milliseconds(50))
            node.set(ready: true)
            #expect(try await answer.text == "web-1")
        }
    }

    @Test func `the only node dies and comes back: GETs wait and succeed`() async throws {
        try await withBalancer(options: Fixture.quick { $0.waitForNode = .seconds(20) }) { site in
            let node = try site.node("web-1")
            await site.apply([node.member])
            await node.stop()
            async let answer = site.get("/")
            try await Task.sleep(for: .milliseconds(50))
            let again = try site.node("web-1")
            #expect(try await answer.text == "web-1")
            #expect(again.requests == 1)
        }
    }

    @Test func `a node that says not ready gets nothing more, and is back after two good checks`() async throws {
        try await withBalancer { site in
            let one = try site.node("web-1"), two = try site.node("web-2")
            await site.apply([one.member, two.member])
            one.set(ready: false)
            await site.until { !$0.isUp("web-1") }
            let before = one.requests
            for _ in 0..<6 { #expect(try await site.get("/").text == "web-2") }
            #expect(one.requests == before)
            one.set(ready: true)
            await site.until { $0.isUp("web-1") }
        }
    }

    @Test func `an origin is well when it accepts a connection, or by its own check`() async throws {
        try await withBalancer { site in
            let plain = try site.node("web-1"), checked = try site.node("web-2")
            plain.set(ready: false)  // nobody asks it
            checked.set { exchange, node in await exchange.respond(.text(node.name, status: exchange.head.path == "/health" ? .found : .ok)) }
            var one = plain.member, two = checked.member
            (one.isOrigin, two.isOrigin, two.check) = (true, true, "/health")
            await site.apply([one, two])
            checked.set { exchange, node in await exchange.respond(.text(node.name, status: .internalServerError)) }
            await site.until { !$0.isUp("web-2") }
            #expect(await site.ask { $0.isUp("web-1") })
            await plain.stop()
            await site.until { !$0.isUp("web-1") }
        }
    }
}
