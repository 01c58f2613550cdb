// What decides who is asked, with real nodes: their own reports, their failures, a browser's first pages.
import Control
import Engine
import Nodes
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct ChoosingTests {
    private let page = [("Accept", "text/html"), ("User-Agent", "Browser/1")]

    @Test func `a node that asks for drain with its checks gets nobody new and keeps its people; a balancer tells it`() async throws {
        try await withBalancer { site in
            let nodes = try (1...2).map { try site.node("web-\($0)") }
            await site.apply(nodes.map(\.member))
            var cookie = ""
            for _ in 0..<2 {
                let answer = try await site.get("/")
                if answer.text == "web-1" { cookie = answer.fields["set-cookie"].map { String($0.prefix { $0 != ";" }) } ?? "" }
            }
            nodes[0].set(load: LoadReport(inFlight: 3, weight: 50, wantsDrain: true).value)
            await site.until { $0.table.entries[0].report.wantsDrain }
            for _ in 0..<4 { #expect(try await site.get("/").text == "web-2") }
            #expect(try await site.get("/", [("Cookie", cookie)]).text == "web-1")
            let row = try #require(await site.ask { $0.rows().first { $0.name == "web-1" } })
            #expect(row.isDraining && row.share == 500)
            nodes[0].set(load: "nonsense=")
            await site.until { !$0.table.entries[0].report.wantsDrain }
        }
    }

    @Test func `a node that answers nothing but errors while the other is well is ejected, its people are served elsewhere and come back`() async throws {
        let options = Fixture.quick {
            $0.passive.errors = 3
            $0.passive.base = .milliseconds(400)
        }
        try await withBalancer(options: options) { site in
            let nodes = try (1...2).map { try site.node("web-\($0)") }
            await site.apply(nodes.map(\.member))
            let first = try await site.get("/")
            let cookie = String(try #require(first.fields["set-cookie"]).prefix { $0 != ";" })
            let sick = try #require(nodes.first { $0.name == first.text })
            sick.set { exchange, _ in await exchange.respond(.text("broken", status: .internalServerError)) }
            for _ in 0..<3 { #expect(try await site.get("/", [("Cookie", cookie)]).status.code == 500) }
            let elsewhere = try await site.get("/", [("Cookie", cookie)])
            #expect(elsewhere.status == .ok && elsewhere.text != sick.name)
            #expect(elsewhere.fields["set-cookie"] == nil, "they keep their node")
            for _ in 0..<4 { #expect(try await site.get("/").text != sick.name) }
            sick.set(FakeNode.sayName)
            await site.until { balancer in balancer.table.entries.allSatisfy { !$0.passive.isEjected } }
            #expect(try await site.get("/", [("Cookie", cookie)]).text == sick.name)
        }
    }

    @Test func `pages one browser asks for at once, before it has a token, come from one node`() async throws {
        try await withBalancer { site in
            let nodes = try (1...4).map { try site.node("web-\($0)") { exchange, node in
                await exchange.loop.sleep(.milliseconds(20))
                await exchange.respond(.text(node.name))
            } }
            await site.apply(nodes.map(\.member))
            let page = page
            let names = await withTaskGroup(of: String.self) { group in
                for _ in 0..<3 { group.addTask { (try? await site.get("/", page).text) ?? "failed" } }
                return await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(names.count == 1, "\(names)")
            var others: Set<String> = []
            for number in 0..<8 { others.insert(try await site.get("/", [("Accept", "text/html"), ("User-Agent", "Browser/\(number + 2)")]).text) }
            #expect(others.count == 4, "other browsers are spread: \(others)")
        }
    }

    @Test func `hashed by path sends a path where it went before`() async throws {
        let options = Fixture.quick {
            $0.method = .hashed
            $0.hashBy = .path
        }
        try await withBalancer(options: options) { site in
            let nodes = try (1...3).map { try site.node("web-\($0)") }
            await site.apply(nodes.map(\.member))
            var seen: Set<String> = []
            for number in 0..<12 {
                let first = try await site.get("/file-\(number)").text
                seen.insert(first)
                #expect(try await site.get("/file-\(number)").text == first)
            }
            #expect(seen.count == 3)
        }
    }

    @Test(arguments: [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"), ("2001:db8::1", "2001:db8::1"), ("::1", "::1")])
    func `an address is hashed by its network`(address: String, network: String) {
        #expect(Balancer.network(of: address) == network)
    }
}
