// Server-sent events through a balancer: nothing is held back, and who leaves takes the other side with them.
import Engine
import Glibc
import Synchronization
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct EventStreamTests {
    static let asking = "GET /events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n"
    static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test func `the head of an event stream arrives before its first event`() async throws {
        try await withBalancer { site in
            let node = try site.rawNode { _, peer in
                try peer.send(EventStreamTests.head)
                _ = try peer.read()
            }
            await site.apply([node.member])
            let head = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send(EventStreamTests.asking)
                return try customer.readHead()
            }
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(head.lowercased().contains("transfer-encoding: chunked"))
        }
    }

    @Test func `a customer who leaves ends the node's part while the node is silent`() async throws {
        try await withBalancer { site in
            let hasEnded = Mutex(false)
            let node = try site.rawNode { _, peer in
                try peer.send(EventStreamTests.head)
                let more = try peer.read()
                hasEnded.withLock { $0 = more.isEmpty }
                peer.close()
            }
            await site.apply([node.member])
            let customer = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send(EventStreamTests.asking)
                _ = try customer.readHead()
                return customer
            }
            await site.until { $0.table.entries[0].tunnels == 1 }
            customer.close()
            while !hasEnded.withLock({ $0 }) { await site.clientLoop.sleep(.milliseconds(5)) }
            await site.until { $0.table.entries[0].inFlight == 0 && $0.table.entries[0].tunnels == 0 }
            #expect(await site.ask { $0.table.entries[0].failures } == 0)
        }
    }

    @Test func `a node that breaks off ends the customer's stream, visibly cut`() async throws {
        try await withBalancer { site in
            let node = try site.rawNode { _, peer in
                try peer.send(EventStreamTests.head + "9\r\ndata: 1\n\n\r\n")
                usleep(100_000)
                peer.close()
            }
            await site.apply([node.member])
            let said = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send(EventStreamTests.asking)
                return try customer.readToEnd()
            }
            #expect(said.hasSuffix("\r\n\r\n9\r\ndata: 1\n\n\r\n"))
            await site.until { $0.table.entries[0].inFlight == 0 && $0.table.entries[0].tunnels == 0 }
        }
    }

    @Test func `an event stream may be silent for longer than an answer, but not for ever`() async throws {
        let options = Fixture.quick {
            $0.answerTimeout = .milliseconds(200)
            $0.eventStreamIdle = .milliseconds(1200)
        }
        try await withBalancer(options: options) { site in
            let node = try site.rawNode { _, peer in
                try peer.send(EventStreamTests.head)
                usleep(600_000)
                try peer.send("9\r\ndata: 1\n\n\r\n")
                _ = try peer.read()
                peer.close()
            }
            await site.apply([node.member])
            let said = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send(EventStreamTests.asking)
                return try customer.readToEnd()
            }
            #expect(said.hasSuffix("data: 1\n\n\r\n"))
        }
    }

    @Test func `a customer who ends their side early still gets an ordinary answer`() async throws {
        try await withBalancer { site in
            let node = try site.rawNode { _, peer in
                usleep(100_000)
                try peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n")
                usleep(100_000)
                try peer.send("0\r\n\r\n")
            }
            await site.apply([node.member])
            let said = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                customer.endSending()
                return try customer.readToEnd()
            }
            #expect(said.hasSuffix("2\r\nok\r\n0\r\n\r\n"))
        }
    }
}
