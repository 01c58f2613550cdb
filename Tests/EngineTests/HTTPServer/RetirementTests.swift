// A server whose successor listens already: nothing a client may be about to use is taken from it.
import CLinux
import Engine
import Glibc
import Synchronization
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct RetirementTests {
    /// Opened by the test when a handler may go on.
    private final class Gate: Sendable {
        private let (stream, told) = AsyncStream<Void>.makeStream()
        func open() { told.finish() }
        func pass() async { for await _ in stream {} }
    }

    private static let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    private func start(_ gate: Gate = Gate()) async throws -> TestServer {
        try await TestServer.start { router in
            router.on(.get, "/") { await $0.respond(.text("ok")) }
            router.on(.get, "/slow") { exchange in
                try? await exchange.begin(ResponseHead(status: .ok), length: 4)
                try? await exchange.write(Array("sl".utf8))
                await gate.pass()
                try? await exchange.write(Array("ow".utf8))
                try? await exchange.end()
            }
        }
    }

    /// Begins the retirement and waits until nothing is accepted any more.
    private func retire(_ test: TestServer, isCut: @escaping @Sendable () -> Bool = { false }) async -> Task<Void, Never> {
        let task = Task { await test.server.retire(within: .seconds(30), unless: isCut) }
        while (try? RawClient(test.address)) != nil { await test.loop.sleep(.milliseconds(5)) }
        return task
    }

    @Test func `an idle connection carries one more request and is told to close`() async throws {
        let test = try await start()
        let client = try RawClient(test.address)
        try client.send(Self.request)
        #expect(!(try await client.answer()).contains("Connection: close"))
        let end = await retire(test)
        try client.send(Self.request)
        let answer = try await client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("Connection: close"))
        await end.value
        test.loop.stop()
    }

    @Test func `a connection that comes to rest in the retirement is not closed for it`() async throws {
        let test = try await start()
        let client = try RawClient(test.address)
        try client.send(Self.request)
        _ = try await client.answer()
        let end = await retire(test)
        // Longer than a connection keeps its task (HTTPServerOptions.restTime).
        await test.loop.sleep(.milliseconds(400))
        try client.send(Self.request)
        let answer = try await client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains("Connection: close"))
        await end.value
        test.loop.stop()
    }

    @Test func `an answer that promised to keep the connection keeps its promise`() async throws {
        let gate = Gate()
        let test = try await start(gate)
        let client = try RawClient(test.address)
        try client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        var first = String(decoding: try await client.read(), as: UTF8.self)
        let end = await retire(test)
        gate.open()
        while !first.hasSuffix("slow") { first += String(decoding: try await client.read(), as: UTF8.self) }
        #expect(!first.contains("Connection: close"))
        try client.send(Self.request)
        #expect(try await client.readToEnd().contains("Connection: close"))
        await end.value
        test.loop.stop()
    }

    @Test func `a connection that waits in the kernel when the server retires is served`() async throws {
        let test = try await start()
        let first = try RawClient(test.address)
        try first.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        _ = try await first.readToEnd()
        // The loop is busy, so that the kernel's queue is where the connection is when the retirement begins.
        test.loop.spawn { _ in usleep(200_000) }
        let client = try RawClient(test.address)
        try client.send(Self.request)
        let end = Task { await test.server.retire(within: .seconds(30)) }
        var answer = try await client.answer()
        #expect(answer.hasSuffix("ok"))
        // On a busy machine it may have been served before the retirement after all: then it goes on until that has begun.
        while !answer.contains("Connection: close") {
            try await Task.sleep(for: .milliseconds(5))
            try client.send(Self.request)
            answer = try await client.answer()
        }
        #expect(answer.hasSuffix("ok"))
        await end.value
        test.loop.stop()
    }

    @Test func `a retirement that is cut closes what is left`() async throws {
        let test = try await start()
        let client = try RawClient(test.address)
        try client.send(Self.request)
        _ = try await client.answer()
        let isCut = Mutex(false)
        let end = await retire(test) { isCut.withLock { $0 } }
        isCut.withLock { $0 = true }
        await end.value
        #expect(try await client.readToEnd() == "")
        test.loop.stop()
    }

    @Test func `a socket's file is ours under another name, and not once another took its place`() throws {
        let scratch = ScratchDirectory()
        let first = try Listener.open(.unix(scratch.path + "/next"))
        #expect(first.isBound(at: scratch.path + "/next"))
        rename(scratch.path + "/next", scratch.path + "/s")
        #expect(first.isBound(at: scratch.path + "/s") && !first.isBound(at: scratch.path + "/next"))
        let second = try Listener.open(.unix(scratch.path + "/next"))
        rename(scratch.path + "/next", scratch.path + "/s")
        #expect(second.isBound(at: scratch.path + "/s") && !first.isBound(at: scratch.path + "/s"))
        first.close()
        second.close()
    }
}
