// A connection that rests keeps nothing but itself, and serves on as if it had not.
import Logging
import Testing
import Wire

@testable import Engine

@Suite(.timeLimit(.minutes(1))) struct RestingConnectionTests {
    private func start(idle: Duration = .seconds(75)) async throws -> TestServer {
        var options = HTTPServerOptions()
        options.restTime = .milliseconds(20)
        options.idleTime = idle
        return try await TestServer.start(options: options) { router in
            router.on(.get, "/") { exchange in await exchange.respond(.text("here")) }
        }
    }

    /// How many connections rest now.
    private func resting(_ loop: EventLoop) async -> Int {
        await loop.run { loop in
            loop.residents.values.reduce(0) { count, resident in
                count + ((resident as? ServerShare)?.connections.count { $0.connection.rests } ?? 0)
            }
        }
    }

    @Test func `a connection at rest serves the next request, time and again`() async throws {
        let server = try await start()
        let client = try RawClient(server.address)
        for _ in 0..<3 {
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.answer().hasSuffix("here"))
            while await resting(server.loop) == 0 { await server.loop.sleep(.milliseconds(10)) }
        }
        await server.stop()
    }

    @Test func `a connection at rest is closed when its idle time is over`() async throws {
        let server = try await start(idle: .milliseconds(200))
        let client = try RawClient(server.address)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await client.answer().hasSuffix("here"))
        #expect(try await client.readToEnd().isEmpty)
        #expect(await server.server.connectionCount() == 0)
        await server.stop()
    }

    @Test func `a connection at rest whose client leaves is gone`() async throws {
        let server = try await start()
        do {
            let client = try RawClient(server.address)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await client.answer()
            while await resting(server.loop) == 0 { await server.loop.sleep(.milliseconds(10)) }
            client.endSending()
            #expect(try await client.readToEnd().isEmpty)
        }
        while await server.server.connectionCount() > 0 { await server.loop.sleep(.milliseconds(10)) }
        await server.stop()
    }

    @Test func `a server that stops closes connections at rest at once`() async throws {
        let server = try await start()
        let client = try RawClient(server.address)
        try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try await client.answer()
        while await resting(server.loop) == 0 { await server.loop.sleep(.milliseconds(10)) }
        await server.server.stop(within: .seconds(30))
        #expect(try await client.readToEnd().isEmpty)
        server.loop.stop()
    }
}
