// The status page and incident links work whoever else is down.
import Digests
import Engine
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct StatusRouteTests {
    private func management(_ site: Fixture) async throws -> FakeNode {
        let node = try site.node("management-1") { exchange, node in
            switch exchange.head.path {
            case "/status":
                let page = Array("<html><body><main id=m><h1>All well</h1><p>\(String(repeating: "Everything works. ", count: 20))</p></main></body></html>".utf8)
                await exchange.respond(FixedContent(page, type: "text/html; charset=utf-8").answer(to: exchange.head))
            case "/api/v1/status": await exchange.respond(.json(["state": "well"]))
            default: await exchange.respond(.text("\(exchange.head.method) \(exchange.head.target)"))
            }
        }
        let endpoint = Endpoint(address: .unix(node.path))
        await site.bound.loop.run { [bound = site.bound] loop in bound.get(on: loop).management = endpoint }
        return node
    }

    @Test func `status and links go to management with no web node up, everything else does not`() async throws {
        try await withBalancer { site in
            let management = try await management(site)
            #expect(try await site.get("/status").text.contains("All well"))
            #expect(try await site.get("/api/v1/status").text == #"{"state":"well"}"#)
            #expect(try await site.get("/i/abc?x=1").text == "GET /i/abc?x=1")
            #expect(try await site.request(.post, "/i/abc", body: [1]).text == "POST /i/abc")
            #expect(management.lastBody == [1])
            #expect(management.lastHead?.fields["x-forwarded-for"] == "127.0.0.1")
            for path in ["/status/", "/statusx", "/Status", "/api/v1/status/x", "/i", "/ix/a"] {
                #expect(try await site.get(path).status.code == 503, "\(path)")
            }
            let wrong = try await site.request(.post, "/status")
            #expect(wrong.status.code == 405)
            #expect(wrong.fields["allow"] == "GET, HEAD")
            #expect(try await site.request(.head, "/status").fields["content-length"] != "0")
        }
    }

    @Test func `when management is gone the last status is served with its age, a link says when to come back`() async throws {
        try await withBalancer { site in
            let management = try await management(site)
            _ = try await site.get("/status")
            _ = try await site.get("/api/v1/status")
            await management.stop()
            let page = try await site.get("/status")
            #expect(page.status == .ok)
            #expect(page.text.contains("<main id=m><p class=\"notice stale\" role=\"status\">As of "))
            #expect(page.fields["age"] != nil)
            #expect(page.fields["warning"]?.hasPrefix("110") == true)
            let json = try JSON.parse(try await site.get("/api/v1/status").body)
            #expect(json["stale"] == .bool(true))
            #expect(json["age_seconds"]?.integer != nil)
            #expect(json["state"]?.string == "well")
            let link = try await site.get("/i/abc")
            #expect(link.status.code == 503)
            #expect(link.fields["retry-after"] == "5")
        }
    }

    @Test func `the status comes compressed, in parts or not at all as the customer asks, and what is held is still marked with its age`() async throws {
        try await withBalancer { site in
            let management = try await management(site)
            let whole = try await site.get("/status")
            let tag = try #require(whole.fields["etag"])
            let packed = try await site.get("/status", [("Accept-Encoding", "gzip")])
            #expect(packed.fields["content-encoding"] == "gzip" && packed.fields["vary"] == "Accept-Encoding")
            #expect(Gzip.decompress(packed.body, limit: 1 << 20) == whole.body)
            #expect(try await site.get("/status", [("If-None-Match", tag)]).status == .notModified)
            let part = try await site.get("/status", [("Range", "bytes=0-5")])
            #expect(part.status == .partialContent && part.text == "<html>")
            #expect(try await site.request(.head, "/status", [("Range", "bytes=0-5")]).status == .ok)
            await management.stop()
            #expect(try await site.get("/status", [("Accept-Encoding", "gzip")]).text.contains("<main id=m><p class=\"notice stale\""))
        }
    }

    @Test func `without any status ever seen the answer is 503`() async throws {
        try await withBalancer { site in
            let management = try await management(site)
            await management.stop()
            #expect(try await site.get("/status").status.code == 503)
        }
    }

    @Test func `the status is held before anybody asks`() async throws {
        try await withBalancer { site in
            let management = try await management(site)
            await site.bound.loop.run { [bound = site.bound] loop in await bound.get(on: loop).refreshStatus() }
            await management.stop()
            #expect(try await site.get("/status").text.contains("All well"))
        }
    }
}
