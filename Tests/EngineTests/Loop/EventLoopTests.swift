// A loop runs everything of its own on its own thread, whatever is awaited there.
import CLinux
import Engine
import Glibc
import Logging
import Synchronization
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct EventLoopTests {
    private final class Confined {
        var count = 0
        // A plain method of a class that is not Sendable: it runs where its caller runs.
        func wait(on loop: EventLoop) async {
            await loop.sleep(.milliseconds(1))
            loop.checkIsolated()
            await Task.yield()
            loop.checkIsolated()
            count += 1
        }
    }

    @Test func `after every await a task is on its loop's thread`() async throws {
        let loop = try EventLoop.start(name: "home")
        let other = try EventLoop.start(name: "other")
        defer {
            loop.stop()
            other.stop()
        }
        let count = await loop.run { loop in
            let confined = Confined()
            for _ in 0..<20 {
                await confined.wait(on: loop)
                loop.checkIsolated()
                let there = await other.run { other in
                    other.checkIsolated()
                    return other.isIsolatingCurrentContext()
                }
                #expect(there == true)
                loop.checkIsolated()
                await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                    other.spawn { _ in continuation.resume() }
                }
                loop.checkIsolated()
                await Task.detached {}.value
                loop.checkIsolated()
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await Task.yield() }
                }
                loop.checkIsolated()
            }
            return confined.count
        }
        #expect(count == 20)
    }

    @Test func `a handler stays on its loop after each await of the engine`() async throws {
        let upstream = try await TestServer.start { router in
            router.answer(.post, "/") { exchange throws(Failure) in .bytes(try await exchange.body(limit: 1 << 22), type: "text/plain") }
        }
        let endpoint = Endpoint(address: upstream.address)
        let server = try await TestServer.start { router in
            router.on(.post, "/") { exchange in
                do {
                    let body: [UInt8] = try await exchange.body(limit: 1 << 22)
                    exchange.loop.checkIsolated()
                    let answer = try await exchange.loop.run { loop in
                        try await HTTPClient(loop: loop).send(method: .post, target: "/", body: body, to: endpoint)
                    }
                    exchange.loop.checkIsolated()
                    try await exchange.begin(ResponseHead(status: .ok), length: answer.body.count)
                    try await exchange.write(answer.body)
                    exchange.loop.checkIsolated()
                    try await exchange.end()
                    exchange.loop.checkIsolated()
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
        let body = [UInt8](repeating: 5, count: 2_000_000)
        let count = try await upstream.loop.run { loop in
            try await HTTPClient(loop: loop).send(method: .post, target: "/", body: body, to: Endpoint(address: server.address)).body.count
        }
        #expect(count == body.count)
        await server.stop()
        await upstream.stop()
    }

    @Test func `sleepers wake in the order of their time, cancelled ones at once`() async throws {
        let loop = try EventLoop.start(name: "sleep")
        defer { loop.stop() }
        let order = Order()
        await withTaskGroup(of: Void.self) { group in
            for (name, wait) in [(3, 60), (1, 5), (2, 30)] {
                group.addTask {
                    await loop.sleep(.milliseconds(wait))
                    order.names.withLock { $0.append(name) }
                }
            }
        }
        #expect(order.names.withLock { $0 } == [1, 2, 3])
        let long = Task { await loop.sleep(.seconds(3600)) }
        await loop.sleep(.milliseconds(5))
        long.cancel()
        await long.value
    }

    @Test func `work given from many threads is all done`() async throws {
        let loop = try EventLoop.start(name: "busy")
        defer { loop.stop() }
        let total = await withTaskGroup(of: Int.self) { group in
            for number in 0..<500 { group.addTask { await Self.there(loop, number) } }
            return await group.reduce(0, +)
        }
        #expect(total == 499 * 500 / 2)
    }

    private final class Order: Sendable {
        let names = Mutex<[Int]>([])
    }

    private static func there(_ loop: EventLoop, _ number: Int) async -> Int { await loop.run { _ in number } }

    @Test func `several loops share one listener and each connection is served once`() async throws {
        let loops = try (0..<3).map { try EventLoop.start(name: "share-\($0)") }
        let listener = try Listener.open(.tcp(host: "127.0.0.1", port: 0))
        // The second server stands for a second process with the inherited descriptor.
        let adopted = try Listener.adopt(dup(listener.descriptor))
        #expect(adopted.address == listener.address)
        let servers = [(listener, Array(loops[..<2])), (adopted, Array(loops[2...]))].map { listener, loops in
            let server = HTTPServer(loops: loops, log: Logger(label: "test")) { _ in
                let router = HTTPRouter()
                router.on(.get, "/") { await $0.respond(.text("ok")) }
                return router
            }
            server.listen(listener)
            return server
        }
        for _ in 0..<60 {
            let client = try RawClient(listener.address)
            try client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(try await client.readToEnd().hasSuffix("ok"))
        }
        for server in servers { await server.stop(within: .milliseconds(200)) }
        for loop in loops { loop.stop() }
    }

    @Test func `a taken port is refused, a stale socket is not`() throws {
        let first = try Listener.open(.tcp(host: "127.0.0.1", port: 0))
        #expect(throws: SystemError.self) { try Listener.open(first.address) }
        first.close()
        let scratch = ScratchDirectory()
        let path = Address.unix(scratch.path + "/s")
        let socket = try Listener.open(path)
        #expect(throws: SystemError.self) { try Listener.open(path) }
        socket.close()
        try Listener.open(path).close(unlinking: true)
    }
}
