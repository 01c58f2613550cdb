// Nodes that stall, flood, lie about lengths or vanish: the customer is told, or sees the answer cut, and nothing of one
// exchange reaches another.
import Engine
import Glibc
import Synchronization
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct BadNodesTests {
    private static let options = Fixture.quick {
        $0.attempts = 1
        $0.answerTimeout = .milliseconds(400)
        $0.heldAnswer = 1000
    }

    /// What a customer sees of one request when a node plays so.
    private func see(_ play: @escaping RawNode.Play, method: String = "GET") async throws -> String {
        let seen = Mutex("")
        try await withBalancer(options: BadNodesTests.options) { site in
            let node = try site.rawNode(play)
            await site.apply([node.member])
            let said = try await script { [address = site.address] in
                let customer = try RawPeer(address)
                try customer.send("\(method) / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                return try customer.readToEnd()
            }
            seen.withLock { $0 = said }
            await site.until { $0.table.entries.allSatisfy { $0.inFlight == 0 } && $0.heldBytes == 0 }
        }
        return seen.withLock { $0 }
    }

    private static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", chunked, chunked + "5\r\n", chunked + "fff;x=",
        "HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",
    ])
    func `a node that stalls before a customer saw anything is a 504`(said: String) async throws {
        let seen = try await see { _, peer in
            try peer.send(said)
            _ = try peer.readToEnd()
        }
        #expect(seen.hasPrefix("HTTP/1.1 504 "), "\(seen)")
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n12345", chunked + "5\r\n12345\r\n", chunked + "ff\r\n12345", "HTTP/1.1 200 OK\r\n\r\n12345",
    ])
    func `a node that stalls in an answer that had begun leaves it visibly cut`(said: String) async throws {
        let seen = try await see { _, peer in
            try peer.send(said)
            _ = try peer.readToEnd()
        }
        #expect(seen.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(seen.contains("12345") && !seen.hasSuffix("0\r\n\r\n"))
        // What the customer was promised did not come: a length, or a last chunk.
        #expect(seen.contains("Content-Length: 5000\r\n") || seen.contains("Transfer-Encoding: chunked\r\n"))
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", chunked, chunked + "5\r\n", chunked + "zz\r\n", chunked + "5;\u{1}\r\n", chunked + "-1\r\n",
        chunked + "8000000000000000\r\n", chunked + "0\r\nContent-Length: 3\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", "HTTP", "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n", "HTTP/2 200\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 99 Low\r\n\r\n", "HTTP/1.1 200 OK\r\nX Y: z\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ])
    func `a node that breaks off or talks nonsense before a customer saw anything is a 502`(said: String) async throws {
        let seen = try await see { _, peer in
            try peer.send(said)
            peer.close()
        }
        #expect(seen.hasPrefix("HTTP/1.1 502 "), "\(seen)")
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n", "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"), ("HTTP/1.1 200 OK\r\nX: ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), ("", "HTTP/1.1 100 Continue\r\n\r\n"), (chunked + "5;", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        (chunked + "0\r\n", "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"),
    ])
    func `a node that never comes to the point is a 502 at a limit, not at the end of memory or patience`(begin: String, more: String) async throws {
        let sent = Atomic<Int>(0)
        let count = Counting { sent.add($0, ordering: .relaxed) }
        let seen = try await see { _, peer in
            try peer.send(begin)
            let piece = String(repeating: more, count: 100)
            for _ in 0..<100_000 {
                try peer.send(piece)
                count.add(piece.utf8.count)
            }
        }
        #expect(seen.hasPrefix("HTTP/1.1 502 "), "\(seen.prefix(200))")
        #expect(sent.load(ordering: .relaxed) < 8 << 20)
    }

    struct Counting: Sendable { let add: @Sendable (Int) -> Void }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more than was announced",
        chunked + "2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\r\n",
    ])
    func `what a node sends beyond its answer belongs to nobody, and that connection is not used again`(said: String) async throws {
        try await withBalancer(options: BadNodesTests.options) { site in
            let first = Mutex(true)
            let node = try site.rawNode { _, peer in
                let isFirst = first.withLock { first in
                    defer { first = false }
                    return first
                }
                try peer.send(isFirst ? said : "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine")
            }
            await site.apply([node.member])
            #expect(try await site.get("/").text == "ok")
            #expect(try await site.get("/").text == "mine")
            #expect(node.connections == 2)
        }
    }

    @Test(arguments: [
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen"), ("GET", "HTTP/1.1 304 Not Modified\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen"),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\nstolen"),
    ])
    func `a body where none may be reaches nobody`(method: String, said: String) async throws {
        let seen = try await see({ _, peer in try peer.send(said) }, method: method)
        #expect(seen.hasPrefix("HTTP/1.1 2") || seen.hasPrefix("HTTP/1.1 304"))
        #expect(seen.hasSuffix("\r\n\r\n") && !seen.contains("stolen"))
    }

    @Test func `a request that a kept connection lost goes to the same node once more, which has not failed`() async throws {
        try await withBalancer(options: BadNodesTests.options) { site in
            let count = Mutex(0)
            let node = try site.rawNode { _, peer in
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                // The second comes at the moment at which the node gives the connection up.
                if number == 2 { throw SystemError("idle for too long", code: ETIMEDOUT) }
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
            await site.apply([node.member])
            for _ in 0..<3 { #expect(try await site.get("/").text == "ok") }
            #expect(await site.ask { $0.table.entries[0].failures } == 0)
            #expect(node.connections == 2 && node.requests.count == 4)
        }
    }

    @Test func `a node that answers and ends its side is believed, and its connection is not used again`() async throws {
        try await withBalancer(options: BadNodesTests.options) { site in
            let node = try site.rawNode { _, peer in
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                peer.endSending()
            }
            await site.apply([node.member])
            for _ in 0..<5 { #expect(try await site.get("/").text == "ok") }
            #expect(await site.ask { $0.table.entries[0].failures } == 0)
        }
    }

    @Test func `interim answers before the answer are passed over`() async throws {
        let seen = try await see { _, peer in
            try peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        #expect(seen.hasPrefix("HTTP/1.1 200 OK\r\n") && seen.hasSuffix("\r\n\r\nok"))
    }

    @Test func `a node that drips its answer is waited for while it moves`() async throws {
        let seen = try await see { _, peer in
            for byte in "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello, world".utf8.dropLast(0) { try peer.send([byte]) }
        }
        #expect(seen.hasSuffix("hello, world"))
    }
}
