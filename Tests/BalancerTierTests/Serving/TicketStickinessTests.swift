// Clients without cookies: their TLS session brings them back to their node, through any balancer that shares the keys.
import COpenSSL
import Digests
import Engine
import Glibc
import Testing
import TestSupport
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct TicketStickinessTests {
    static let versions = [TLS1_2_VERSION, TLS1_3_VERSION].map(Int.init)

    private struct Answer: Sendable {
        var text: String
        var resumed: Bool
        var session: [UInt8]?
        var node: String { String(text.split(separator: "\r\n").last ?? "") }
        var cookie: String? {
            text.split(separator: "\r\n").first { $0.hasPrefix("Set-Cookie: __Host-fitech-node=") }.map { String($0.dropFirst(12).prefix { $0 != ";" }) }
        }
    }

    private func ask(_ port: Int, _ version: Int, session: [UInt8]? = nil, cookie: String? = nil) async throws -> Answer {
        var wish = TLSClient.Wish()
        wish.version = version
        wish.session = session
        return try await TLSClient.on(port: port, wish) { client in
            let text = try client.ask(fields: cookie.map { "Cookie: \($0)\r\n" } ?? "")
            return Answer(text: text, resumed: client.isResumed, session: client.session)
        }
    }

    /// Two balancers with the same keys, both before the same three nodes.
    private func withTwo(options: BalancerOptions = Fixture.quick(), _ body: (Fixture, Int, Fixture, Int, [FakeNode]) async throws -> Void) async throws {
        let secret = RandomBytes.make(32)
        try await withBalancer(options: options, secret: secret) { one in
            try await withBalancer(options: options, secret: secret) { two in
                let files = (certificate: one.directory + "/tls.crt", key: one.directory + "/tls.key", tickets: one.directory + "/tickets")
                defer { for file in [files.certificate, files.key, files.tickets] { unlink(file) } }
                try SelfSigned.write(name: "portal.example", certificate: files.certificate, key: files.key)
                let file = open(files.tickets, O_WRONLY | O_CREAT, 0o600)
                let keys = TicketKeys(now: 0).file
                write(file, keys, keys.count)
                close(file)
                var ports: [Int] = []
                for fixture in [one, two] {
                    let listener = try Listener.open(.tcp(host: "127.0.0.1", port: 0))
                    ports.append(try #require(listener.port))
                    fixture.server.listen(
                        listener, tls: try TLSServerContext(certificateFile: files.certificate, keyFile: files.key, ticketKeyFile: files.tickets, http2: true))
                }
                let nodes = try (1...3).map { try one.node("web-\($0)") }
                await one.apply(nodes.map(\.member))
                await two.apply(nodes.map(\.member))
                try await body(one, ports[0], two, ports[1], nodes)
            }
        }
    }

    @Test(arguments: versions) func `a resumed TLS session returns to its node through either balancer`(version: Int) async throws {
        try await withTwo { _, one, _, two, _ in
            for _ in 0..<4 {
                var last = try await ask(one, version)
                let node = last.node
                for port in [two, one, two, one] {
                    // Somebody else between, so that turns alone would not bring them back.
                    _ = try await ask(port, version)
                    last = try await ask(port, version, session: last.session)
                    #expect(last.resumed && last.node == node)
                }
            }
        }
    }

    @Test(arguments: versions) func `the cookie wins over the ticket, a cookie that is none does not`(version: Int) async throws {
        try await withTwo { _, one, _, two, _ in
            let first = try await ask(one, version)
            var other = first
            while other.node == first.node { other = try await ask(one, version) }
            let session = try #require(first.session), cookie = try #require(other.cookie)
            let both = try await ask(two, version, session: session, cookie: cookie)
            #expect(both.resumed && both.node == other.node && both.cookie == nil)
            let tampered = try await ask(two, version, session: session, cookie: String(cookie.dropLast(2)) + "xx")
            #expect(tampered.node == first.node && tampered.cookie != nil)
        }
    }

    @Test(arguments: versions) func `a tag whose time is over, or whose node has left, means new and is replaced`(version: Int) async throws {
        let options = Fixture.quick { $0.sticky.absolute = 0 }
        try await withTwo(options: options) { _, one, _, two, _ in
            var nodes = Set<String>()
            let session = try #require(try await ask(one, version).session)
            for _ in 0..<6 {
                let answer = try await ask(two, version, session: session)
                #expect(answer.resumed && answer.text.hasPrefix("HTTP/1.1 200"))
                nodes.insert(answer.node)
            }
            #expect(nodes.count > 1)
        }
        try await withTwo { _, one, second, two, nodes in
            let first = try await ask(one, version)
            let rest = nodes.filter { $0.name != first.node }
            await second.apply(rest.map(\.member))
            let moved = try await ask(two, version, session: first.session)
            #expect(moved.resumed && rest.contains { $0.name == moved.node })
            // From now on that is its node.
            let again = try await ask(two, version, session: moved.session)
            #expect(again.node == moved.node)
        }
    }

    @Test(arguments: versions) func `a draining node keeps whom a ticket names, until the deadline`(version: Int) async throws {
        try await withTwo { _, one, second, two, nodes in
            let first = try await ask(one, version)
            var members = nodes.map(\.member)
            let index = try #require(members.firstIndex { $0.name == first.node })
            members[index].isDraining = true
            members[index].drainDeadline = Balancer.wallMilliseconds() + 3_600_000
            await second.apply(members)
            let kept = try await ask(two, version, session: first.session)
            #expect(kept.node == first.node)
            members[index].drainDeadline = Balancer.wallMilliseconds() - 1
            await second.apply(members)
            let moved = try await ask(two, version, session: kept.session)
            #expect(moved.resumed && moved.node != first.node)
        }
    }

#if HTTP2
    @Test(arguments: versions) func `a session resumed over HTTP/2 returns to its node too, and one of HTTP/1.1 goes on over HTTP/2`(version: Int) async throws {
        func ask2(_ port: Int, session: [UInt8]?) throws -> (node: String, resumed: Bool, session: [UInt8]?) {
            let client = try FrameClient(port: port, session: session, version: version)
            var nodes = Set<String>()
            for stream in [1, 3, 5] {
                try client.request(stream, "GET", "/", host: "localhost")
                nodes.insert(try client.answer(stream).text)
            }
            // On a connection that was not resumed each request is placed by itself; the first gave the ticket its node.
            let resumed = client.isResumed
            #expect(!resumed || nodes.count == 1)
            return (nodes.count == 1 ? nodes.first ?? "" : "", resumed, client.session)
        }
        try await withTwo { _, one, _, two, _ in
            for _ in 0..<3 {
                let first = try await ask(one, version)
                var session = first.session
                for port in [two, one, two] {
                    _ = try ask2(port, session: nil)
                    let again = try ask2(port, session: session)
                    #expect(again.resumed && again.node == first.node)
                    session = again.session
                }
                let back = try await ask(one, version, session: session)
                #expect(back.resumed && back.node == first.node)
            }
            // A ticket given over HTTP/2 holds the node that answered.
            let given = try FrameClient(port: one, version: version)
            try given.request(1, "GET", "/", host: "localhost")
            let node = try given.answer(1).text
            for _ in 0..<3 { _ = try await ask(two, version) }
            let resumed = try ask2(two, session: given.session)
            #expect(resumed.resumed && resumed.node == node)
        }
    }
#endif
}
