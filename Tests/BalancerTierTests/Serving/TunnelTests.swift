// Upgrade through a balancer (RFC 9110 7.8): when it becomes a tunnel, when it does not, and how a tunnel ends.
import Engine
import Glibc
import Synchronization
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct TunnelTests {
    static let asking = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n"
    static let switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n\r\n"

    /// A node that takes the upgrade up and hands every byte back.
    static let echo: RawNode.Play = { _, peer in
        try peer.send(switching)
        while true {
            let bytes = try peer.read()
            if bytes.isEmpty { break }
            try peer.send(bytes)
        }
        peer.endSending()
    }

    @Test func `after the node's 101 bytes pass both ways, and half-closing passes too`() async throws {
        try await withBalancer { site in
            let node = try site.rawNode(TunnelTests.echo)
            await site.apply([node.member])
            let (head, first, rest) = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send(TunnelTests.asking)
                let head = try customer.readHead()
                try customer.send("ping\n")
                let first = try customer.read(through: "ping\n")
                try customer.send("last\n")
                customer.endSending()
                return (head, first, try customer.readToEnd())
            }
            #expect(head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
            #expect(head.contains("\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"))
            #expect(head.contains("\r\nSec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=\r\n"))
            #expect(head.contains("\r\nSet-Cookie: "))
            #expect((first, rest) == ("ping\n", "last\n"))
            let asked = try #require(node.requests.first)
            #expect(asked.contains("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"))
            #expect(asked.contains("\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n"))
            await site.until { $0.table.entries.allSatisfy { $0.inFlight == 0 && $0.tunnels == 0 } }
        }
    }

    @Test func `what follows the head waits for the 101 (CVE-2025-4366, CVE-2026-2833)`() async throws {
        try await withBalancer { site in
            let early = Mutex<Bool?>(nil)
            let node = try site.rawNode { head, peer in
                early.withLock { $0 = !head.hasSuffix("\r\n\r\n") || peer.hasNews(within: 300) }
                try peer.send(TunnelTests.switching + "mine\n")
                try peer.send(try peer.read())
                peer.close()
            }
            await site.apply([node.member])
            let smuggled = "GET /admin HTTP/1.1\r\nHost: a\r\n\r\n"
            let said = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send(TunnelTests.asking + smuggled)
                return try customer.readToEnd()
            }
            #expect(early.withLock { $0 } == false)
            #expect(said.hasSuffix("\r\n\r\nmine\n\(smuggled)"))
            #expect(node.requests.count == 1)
        }
    }

    @Test(arguments: ["200 OK", "426 Upgrade Required", "403 Forbidden"])
    func `a node that answers otherwise leaves a plain exchange, and its connection is not used again`(status: String) async throws {
        try await withBalancer { site in
            let node = try site.rawNode { _, peer in try peer.send("HTTP/1.1 \(status)\r\nContent-Length: 2\r\n\r\nno") }
            await site.apply([node.member])
            let said = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send(TunnelTests.asking + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
                customer.endSending()
                return try customer.readToEnd()
            }
            #expect(said.components(of: "HTTP/1.1 \(status)\r\n") == 2)
            #expect(node.requests.count == 2)
            #expect(node.requests.last?.hasPrefix("GET /next ") == true)
            #expect(node.connections == 2)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n",
    ])
    func `a 101 for what was not offered is a bad answer`(answer: String) async throws {
        try await withBalancer(options: Fixture.quick { $0.attempts = 1 }) { site in
            let node = try site.rawNode { _, peer in try peer.send(answer) }
            await site.apply([node.member])
            for asking in [TunnelTests.asking, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"] {
                let said = try await script { [address = site.address] in
                    let customer = try RawPeer(address)
                    try customer.send(asking)
                    return try customer.readHead()
                }
                #expect(said.hasPrefix("HTTP/1.1 502 "))
            }
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ])
    func `an upgrade that may not be is not passed on`(asking: String) async throws {
        try await withBalancer { site in
            let node = try site.rawNode { _, peer in try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
            await site.apply([node.member])
            let said = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send(asking)
                return try customer.readHead()
            }
            #expect(said.hasPrefix("HTTP/1.1 200 "))
            #expect(node.requests.allSatisfy { !$0.lowercased().contains("upgrade") && !$0.lowercased().contains("http2-settings") })
        }
    }

    @Test func `of several protocols only those that may be are offered to the node`() {
        var head = RequestHead(
            method: .get, target: "/",
            fields: ["Host": "a", "Connection": "upgrade", "Upgrade": "h2c, WebSocket", "upgrade": "websocket , TLS/1.0,,websocket"])
        var ids = IdentifierSource()
        let rewriter = RequestRewriter(isSecure: true, cookie: StickyCookie(isSecure: true), upgrades: ["websocket"])
        #expect(String(decoding: rewriter.rewrite(head, peer: Array("192.0.2.7".utf8), ids: &ids).upgrade, as: UTF8.self) == "WebSocket")
        head.fields["Connection"] = "keep-alive"
        #expect(rewriter.rewrite(head, peer: Array("192.0.2.7".utf8), ids: &ids).upgrade.isEmpty)
    }

    @Test func `who takes nothing stops the other side, and nothing is lost`() async throws {
        let size = 24 << 20
        let bytes = (0..<size).map { UInt8(97 + ($0 &* 131 >> 3) % 26) }
        try await withBalancer { site in
            let went = Mutex((down: 0, up: 0))
            let received = Mutex<[UInt8]>([])
            let node = try site.rawNode { _, peer in
                try peer.send(TunnelTests.switching)
                let down = peer.sendUntilFull(bytes)
                went.withLock { $0.down = down }
                _ = try peer.read(count: 3)
                try peer.send(Array(bytes[down...]))
                _ = peer.hasNews(within: 10_000)
                usleep(600_000)
                let all = Array(try peer.readToEnd().utf8)
                received.withLock { $0 = all }
                peer.endSending()
            }
            await site.apply([node.member])
            let down = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send(TunnelTests.asking)
                let head = try customer.readHead()
                let begun = head.range(of: "\r\n\r\n").map { Array(head[$0.upperBound...].utf8) } ?? []
                usleep(600_000)
                try customer.send("go\n")
                let all = begun + (try customer.read(count: size - begun.count))
                let up = customer.sendUntilFull(bytes)
                went.withLock { $0.up = up }
                try customer.send(Array(bytes[up...]))
                customer.endSending()
                _ = try customer.readToEnd()
                return all
            }
            #expect(down == bytes)
            #expect(received.withLock { $0 } == bytes)
            #expect(went.withLock { $0.down } < size, "a customer who takes nothing did not stop the node")
            #expect(went.withLock { $0.up } < size, "a node that takes nothing did not stop the customer")
        }
    }

    @Test func `a tunnel in which nothing moves is closed`() async throws {
        try await withBalancer(options: Fixture.quick { $0.tunnels.idleTime = .milliseconds(300) }) { site in
            let node = try site.rawNode(TunnelTests.echo)
            await site.apply([node.member])
            let rest = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send(TunnelTests.asking)
                _ = try customer.readHead()
                try customer.send("x\n")
                _ = try customer.read(through: "x\n")
                return try customer.readToEnd()
            }
            #expect(rest.isEmpty)
            await site.until { $0.table.entries.allSatisfy { $0.inFlight == 0 && $0.tunnels == 0 } }
        }
    }

    @Test func `a tunnel whose side ended does not wait for the other for ever`() async throws {
        try await withBalancer(options: Fixture.quick { $0.tunnels.halfClosedTime = .milliseconds(300) }) { site in
            let node = try site.rawNode { _, peer in
                try peer.send(TunnelTests.switching)
                _ = try peer.readToEnd()  // its end, and then not a word
                _ = peer.hasNews(within: 10_000)
                usleep(3_000_000)
            }
            await site.apply([node.member])
            try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send(TunnelTests.asking)
                _ = try customer.readHead()
                customer.endSending()
                _ = try customer.readToEnd()
            }
            await site.until { $0.table.entries.allSatisfy { $0.inFlight == 0 && $0.tunnels == 0 } }
        }
    }

    @Test func `open tunnels are counted, and stopping closes them when its time is over`() async throws {
        try await withBalancer { site in
            let node = try site.rawNode(TunnelTests.echo)
            await site.apply([node.member])
            let customers = try await script { [address = site.address] in
                try (0..<3).map { _ in
                    let customer = try RawPeer(address)
                    try customer.send(TunnelTests.asking)
                    _ = try customer.readHead()
                    return customer
                }
            }
            #expect(await site.ask { $0.table.entries[0].tunnels } == 3)
            #expect(await site.ask { $0.table.entries[0].inFlight } == 3)
            await site.server.stop(within: .milliseconds(100))
            for customer in customers { #expect(try await script { try customer.readToEnd() }.isEmpty) }
            await site.until { $0.table.entries.allSatisfy { $0.inFlight == 0 && $0.tunnels == 0 } }
        }
    }

    @Test(arguments: [true, false])
    func `a side that breaks off takes the other with it`(customerBreaks: Bool) async throws {
        try await withBalancer { site in
            let over = Atomic<Bool>(false)
            let told = Told { over.store(true, ordering: .relaxed) }
            let node = try site.rawNode { _, peer in
                try peer.send(TunnelTests.switching)
                _ = try peer.read(through: "x\n")
                if customerBreaks { _ = try peer.readToEnd() } else { peer.reset() }
                told.tell()
            }
            await site.apply([node.member])
            let rest = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send(TunnelTests.asking)
                _ = try customer.readHead()
                try customer.send("x\n")
                if !customerBreaks { return try customer.readToEnd() }
                usleep(50_000)
                customer.reset()
                return ""
            }
            #expect(rest.isEmpty)
            while !over.load(ordering: .relaxed) { await site.clientLoop.sleep(.milliseconds(5)) }
            await site.until { $0.table.entries.allSatisfy { $0.inFlight == 0 && $0.tunnels == 0 } }
        }
    }

    struct Told: Sendable { let tell: @Sendable () -> Void }
}

extension String {
    /// How often `text` stands in it.
    func components(of text: String) -> Int {
        var count = 0, from = startIndex
        while from < endIndex {
            if self[from...].hasPrefix(text) { count += 1 }
            from = index(after: from)
        }
        return count
    }

    /// The first place of `text`, without Foundation.
    func range(of text: String) -> Range<Index>? {
        var from = startIndex
        while from < endIndex {
            if self[from...].hasPrefix(text) { return from..<index(from, offsetBy: text.count) }
            from = index(after: from)
        }
        return nil
    }
}
