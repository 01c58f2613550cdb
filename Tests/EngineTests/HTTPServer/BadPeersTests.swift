// Peers that stall, drip, flood, lie about lengths or vanish: none of them holds what others need.
import CLinux
import Engine
import Glibc
import Logging
import Synchronization
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct BadPeersTests {
    private static let quick: HTTPServerOptions = {
        var options = HTTPServerOptions()
        options.headTime = .milliseconds(900)
        options.bodyTime = .milliseconds(900)
        options.idleTime = .milliseconds(1200)
        options.writeTime = .milliseconds(900)
        options.handshakeTime = .milliseconds(900)
        return options
    }()

    private static func routes(_ router: HTTPRouter) {
        router.on(.get, "/") { exchange in await exchange.respond(.text("ok")) }
        router.answer(.post, "/") { exchange throws(Failure) in
            let body: [UInt8] = try await exchange.body(limit: 1 << 20)
            return .text("\(body.count)")
        }
    }

    private func start(_ options: HTTPServerOptions = quick) async throws -> TestServer {
        try await TestServer.start(options: options) { Self.routes($0) }
    }

    @Test func `a head that stalls is answered with 408 and closed`() async throws {
        let server = try await start()
        let client = try RawClient(server.address)
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n")
        let answer = try await client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 408"))
        #expect(answer.contains("Connection: close"))
        await server.stop()
    }

    @Test func `a head that drips does not win time by dripping`() async throws {
        let server = try await start()
        let client = try RawClient(server.address)
        try client.send("GET / HTTP/1.1\r\n")
        var refused = false
        for _ in 0..<200 {
            do { try client.send("A: b\r\n") } catch { refused = true }
            var waiting = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&waiting, 1, 20) > 0 { refused = true }
            if refused { break }
        }
        #expect(refused)
        await server.stop()
    }

    @Test func `a connection that says nothing is closed without a word`() async throws {
        let server = try await start()
        #expect(try await RawClient(server.address).readToEnd() == "")
        let client = try RawClient(server.address)
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await client.answer().hasSuffix("ok"))
        #expect(try await client.readToEnd() == "")
        await server.stop()
    }

    @Test func `a body that stalls is 408`() async throws {
        let server = try await start()
        let client = try RawClient(server.address)
        try client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
        #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 408"))
        await server.stop()
    }

    @Test func `a body shorter than its length never reaches the handler as whole`() async throws {
        let server = try await start()
        for said in ["Content-Length: 10\r\n\r\n12345", "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\n123"] {
            let client = try RawClient(server.address)
            try client.send("POST / HTTP/1.1\r\nHost: x\r\n\(said)")
            client.endSending()
            #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 400"))
        }
        await server.stop()
    }

    @Test func `a body longer than its length is the next request, and refused as such`() async throws {
        let server = try await start()
        let client = try RawClient(server.address)
        try client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n123456 / HTTP/9.9\r\n\r\n")
        let answer = try await client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.contains("HTTP/1.1 505"))
        await server.stop()
    }

    @Test func `a flood without a line end is cut at the limit of a head`() async throws {
        let server = try await start()
        let client = try RawClient(server.address)
        let answer = Task { try await client.readToEnd() }
        try client.send("GET / HTTP/1.1\r\nA: ")
        for _ in 0..<100 { if (try? client.send(Array(repeating: 97, count: 10_000))) == nil { break } }
        #expect(try await answer.value.hasPrefix("HTTP/1.1 431"))
        await server.stop()
    }

    @Test func `a peer that vanishes in the middle of anything leaves nothing behind`() async throws {
        let server = try await start()
        for said in ["", "G", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123"] {
            for abrupt in [true, false] {
                let client = try RawClient(server.address)
                if !said.isEmpty { try client.send(said) }
                if abrupt {
                    var now = linger(l_onoff: 1, l_linger: 0)
                    setsockopt(client.descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
                }
            }
        }
        for _ in 0..<200 where await server.server.connectionCount() > 0 { usleep(20_000) }
        #expect(await server.server.connectionCount() == 0)
        await server.stop()
    }

    @Test func `a reader that takes nothing is cut, and only then is more of the answer made`() async throws {
        let produced = Atomic<Int>(0)
        let shared = Shared(produced: { produced.load(ordering: .relaxed) }, add: { produced.add($0, ordering: .relaxed) })
        let server = try await TestServer.start(options: Self.quick) { router in
            router.on(.get, "/flood") { exchange in
                do throws(Failure) {
                    try await exchange.begin(ResponseHead(status: .ok), length: nil)
                    let piece = [UInt8](repeating: 120, count: 100_000)
                    for _ in 0..<10_000 {
                        try await exchange.write(piece)
                        shared.add(piece.count)
                    }
                    Issue.record("all was written")
                } catch {
                    #expect(error.code == "client-gone")
                }
            }
        }
        let client = try RawClient(server.address)
        try client.send("GET /flood HTTP/1.1\r\nHost: x\r\n\r\n")
        for _ in 0..<500 where await server.server.connectionCount() > 0 || shared.produced() == 0 { usleep(10_000) }
        #expect(await server.server.connectionCount() == 0)
        // What the kernel's buffers on both sides hold, and no more: a gigabyte was on offer.
        #expect(shared.produced() < 100_000_000)
        withExtendedLifetime(client) {}
        await server.stop()
    }

    /// Counts across the loop and the test.
    struct Shared: Sendable {
        let produced: @Sendable () -> Int
        let add: @Sendable (Int) -> Void
    }

    @Test func `a body is not read before the handler asks for it`() async throws {
        let server = try await TestServer.start { router in
            router.on(.post, "/slow") { exchange in
                await exchange.loop.sleep(.milliseconds(300))
                do throws(Failure) {
                    var total = 0
                    while let chunk = try await exchange.nextChunk() { total += chunk.count }
                    await exchange.respond(.text("\(total)"))
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
        let client = try RawClient(server.address)
        let size = 30_000_000
        let sent = Task.detached { () -> Int in
            try client.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
            _ = linux_fcntl(client.descriptor, F_SETFL, O_NONBLOCK)
            var piece = [UInt8](repeating: 120, count: 1 << 20)
            var count = 0
            while count < size {
                let went = send(client.descriptor, &piece, min(piece.count, size - count), linux_msg_nosignal)
                if went <= 0 { break }
                count += went
            }
            _ = linux_fcntl(client.descriptor, F_SETFL, 0)
            return count
        }
        let before = try await sent.value
        #expect(before < size)
        try await Task.detached { try client.send(Array(repeating: 120, count: size - before)) }.value
        #expect(try await client.answer().hasSuffix("\r\n\r\n\(size)"))
        await server.stop()
    }

    @Test(arguments: ["Content-Length: 100000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nffff\r\n"])
    func `a body that drips below the minimum rate is 408, however steadily it drips`(framing: String) async throws {
        let server = try await start()
        let client = try RawClient(server.address)
        try client.send("POST / HTTP/1.1\r\nHost: x\r\n\(framing)")
        for _ in 0..<1000 {
            guard (try? client.send("x")) != nil else { break }
            var waiting = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&waiting, 1, 20) > 0 { break }
        }
        #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 408"))
        await server.stop()
    }

    @Test func `a reader who takes nothing has little copied for it`() async throws {
        let taken = Atomic<Int>(0)
        let server = try await TestServer.start { router in
            router.on(.get, "/") { exchange in
                do throws(Failure) {
                    try await exchange.begin(ResponseHead(status: .ok), length: nil)
                    for _ in 0..<1000 {
                        try await exchange.write([UInt8](repeating: 120, count: 16_384))
                        taken.add(16_384, ordering: .relaxed)
                    }
                } catch {}
            }
        }
        let client = try RawClient(server.address)
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        // Until nothing more goes: twice the same.
        var before = -1
        while before != taken.load(ordering: .relaxed) || before == 0 {
            before = taken.load(ordering: .relaxed)
            try await Task.sleep(for: .milliseconds(300))
        }
        #expect(before < 1_200_000, "what the peer's window holds, and our 128 KiB, not as much as the kernel would buffer")
        await server.stop()
    }

    @Test func `a reader who sips below the minimum rate is cut`() async throws {
        let server = try await TestServer.start(options: Self.quick) { router in
            router.on(.get, "/") { exchange in await exchange.respond(HTTPResponse(body: [UInt8](repeating: 120, count: 64 << 20))) }
        }
        let client = try RawClient(server.address)
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        var byte: UInt8 = 0
        var sips = 0
        while sips < 2000, recv(client.descriptor, &byte, 1, 0) == 1, await server.server.connectionCount() > 0 {
            sips += 1
            usleep(10_000)
        }
        #expect(await server.server.connectionCount() == 0)
        await server.stop()
    }

    @Test func `who asks without taking answers is not read any further`() async throws {
        let answered = Atomic<Int>(0)
        let shared = Shared(produced: { answered.load(ordering: .relaxed) }, add: { answered.add($0, ordering: .relaxed) })
        let server = try await TestServer.start(options: Self.quick) { router in
            router.on(.get, "/") { exchange in
                shared.add(1)
                await exchange.respond(HTTPResponse(body: [UInt8](repeating: 120, count: 10_000)))
            }
        }
        let client = try RawClient(server.address)
        _ = linux_fcntl(client.descriptor, F_SETFL, O_NONBLOCK)
        let one = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        let requests = Array(String(repeating: one, count: 1000).utf8)
        var offset = 0  // within one request: what was sent in part goes on where it stopped
        for _ in 0..<3000 {
            let went = requests.withUnsafeBytes { send(client.descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset, linux_msg_nosignal) }
            if went > 0 { offset = (offset + went) % one.utf8.count }
            if went < 0, shared.produced() > 0, await server.server.connectionCount() == 0 { break }
            usleep(2_000)
        }
        #expect(await server.server.connectionCount() == 0)
        #expect(shared.produced() < 10_000, "answers were made that nobody took")
        await server.stop()
    }

    @Test func `an address with too many connections is told so, and with far too many not even that`() async throws {
        var options = HTTPServerOptions()
        options.connectionsPerAddress = 2
        let server = try await start(options)
        let served = try [RawClient(server.address), RawClient(server.address)]
        for client in served {
            try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.answer().hasSuffix("ok"))
        }
        let crowded = try [RawClient(server.address), RawClient(server.address)]
        for _ in 0..<500 where await server.server.connectionCount() < 4 { usleep(5_000) }
        #expect(try await RawClient(server.address).readToEnd() == "")
        for client in crowded {
            try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try await client.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 429"))
            #expect(answer.contains("\r\nRetry-After: 5\r\n"))
        }
        for _ in 0..<500 where await server.server.connectionCount() > 2 { usleep(5_000) }
        withExtendedLifetime(served) {}
        for client in served { client.endSending() }
        for client in served { #expect(try await client.readToEnd() == "") }
        for _ in 0..<500 where await server.server.connectionCount() > 0 { usleep(5_000) }
        let next = try RawClient(server.address)
        try next.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await next.answer().hasSuffix("ok"))
        await server.stop()
    }

    @Test func `connections beyond the limit wait their turn`() async throws {
        var options = HTTPServerOptions()
        options.connections = 2
        let server = try await start(options)
        var clients: [RawClient] = []
        for _ in 0..<4 {
            let client = try RawClient(server.address)
            try client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            clients.append(client)
        }
        for client in clients { #expect(try await client.readToEnd().hasSuffix("ok")) }
        await server.stop()
    }
}
