// What the client believes, what it refuses, and which connections it uses again.
import CLinux
import Engine
import Glibc
import Synchronization
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct ClientRulesTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    /// Sends one request after the other; answers each body, or how it failed.
    private func ask(
        _ script: [ScriptedServer.Say], methods: [HTTPMethod], pause: Duration? = .milliseconds(30), timeout: Duration = .milliseconds(400),
        limit: Int = 1000
    ) async throws -> (said: [String], server: ScriptedServer, idle: Int) {
        let server = try ScriptedServer(script)
        let endpoint = Endpoint(address: server.address)
        let loop = try EventLoop.start(name: "client")
        defer { loop.stop() }
        let (said, idle) = await loop.run { loop in
            let client = HTTPClient(loop: loop)
            var said: [String] = []
            for method in methods {
                do throws(HTTPClientFailure) {
                    let answer = try await client.send(method: method, target: "/", to: endpoint, timeout: timeout, limit: limit)
                    said.append(String(decoding: answer.body, as: UTF8.self))
                } catch {
                    said.append("\(error.cause) \(error.reached)")
                }
                loop.checkIsolated()
                if let pause { await loop.sleep(pause) }
                loop.checkIsolated()
            }
            return (said, client.idleCount(endpoint))
        }
        return (said, server, idle)
    }

    @Test func `an answer of any delivery is read to its end and the connection kept`() async throws {
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3;x\r\ntwo\r\n0\r\nA: b\r\n\r\n"
        let interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + Self.ok
        let result = try await ask(
            [.answer(Self.ok), .drip(chunked), .drip(interim), .answer("HTTP/1.1 204 No Content\r\n\r\n"), .drip(Self.ok)],
            methods: [.get, .get, .post, .get, .get])
        #expect(result.said == ["ok", "onetwo", "ok", "", "ok"])
        #expect(result.server.connections == 1)
        #expect(result.idle == 1)
    }

    @Test func `HEAD is answered without a body whatever length is said`() async throws {
        let result = try await ask([.answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), .answer(Self.ok)], methods: [.head, .get])
        #expect(result.said == ["", "ok"])
        #expect(result.server.connections == 1)
    }

    @Test func `an answer without framing ends with its connection`() async throws {
        let result = try await ask([.answerAndClose("HTTP/1.1 200 OK\r\n\r\nall of it"), .answer(Self.ok)], methods: [.get, .get])
        #expect(result.said == ["all of it", "ok"])
        #expect(result.server.connections == 2)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2 \r\nok\r\n0\r\n\r\n", "nonsense that is no HTTP at all\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
    ])
    func `a bad answer is refused and its connection never used again`(answer: String) async throws {
        let result = try await ask([.answer(answer), .answer(Self.ok)], methods: [.post, .get])
        #expect(result.said == ["badAnswer answerBegun", "ok"])
        #expect(result.server.connections == 2)
    }

    @Test func `interim answers without end are a bad answer`() async throws {
        let limit = HTTPClientOptions().interimAnswers
        func interim(_ count: Int) -> String { String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: count) }
        #expect(try await ask([.answer(interim(limit + 1) + Self.ok)], methods: [.get]).said == ["badAnswer answerBegun"])
        #expect(try await ask([.answer(interim(limit) + Self.ok)], methods: [.get]).said == ["ok"])
    }

    @Test func `what comes unasked after an answer belongs to no request`() async throws {
        let result = try await ask([.answer(Self.ok + Self.ok), .answer(Self.ok)], methods: [.get, .get])
        #expect(result.said == ["ok", "ok"])
        #expect(result.server.connections == 2)
        let late = try await ask([.answer(Self.ok), .answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew")], methods: [.get, .get], pause: nil)
        #expect(late.said == ["ok", "new"])
    }

    @Test func `a connection that ended while idle is noticed before it is used`() async throws {
        let result = try await ask([.answerAndClose(Self.ok), .answer(Self.ok)], methods: [.post, .post])
        #expect(result.said == ["ok", "ok"])
        #expect(result.server.connections == 2)
    }

    @Test func `a request lost on a kept connection is repeated once if that is harmless`() async throws {
        let result = try await ask([.answer(Self.ok), .answerAndClose(""), .answer(Self.ok)], methods: [.get, .get])
        #expect(result.said == ["ok", "ok"])
        #expect(result.server.requests.count == 3)
        let unsafe = try await ask([.answer(Self.ok), .answerAndClose(""), .answer(Self.ok)], methods: [.get, .post])
        #expect(unsafe.said == ["ok", "broken request"])
    }

    @Test func `a failure says how far the request came`() async throws {
        #expect(try await ask([.answerAndClose("")], methods: [.get]).said == ["broken request"])
        #expect(try await ask([.hang("")], methods: [.get]).said == ["timeout request"])
        #expect(try await ask([.hang("HTTP/1.1 2")], methods: [.get]).said == ["timeout answerBegun"])
        #expect(try await ask([.answerAndClose("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12")], methods: [.get]).said == ["broken answerBegun"])
        #expect(try await ask([.answerAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12")], methods: [.get]).said == ["broken answerBegun"])
        #expect(try await ask([.hang("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12")], methods: [.get]).said == ["timeout answerBegun"])
    }

    @Test func `an answer beyond the limit is refused`() async throws {
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n"
        #expect(try await ask([.answer(chunked)], methods: [.get], limit: 10).said == ["badAnswer answerBegun"])
    }

    @Test func `an answer that comes before the end of the request is read`() async throws {
        let server = try ScriptedServer([.answerAndClose("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")])
        let loop = try EventLoop.start(name: "client")
        defer { loop.stop() }
        let (status, reached) = try await loop.run { loop in
            let client = HTTPClient(loop: loop)
            let exchange = try await client.open(method: .post, target: "/", framing: .chunked, to: Endpoint(address: server.address))
            var reached = HTTPClientFailure.Reached.nothing
            for _ in 0..<100 {
                do throws(HTTPClientFailure) {
                    try await exchange.write(Array(repeating: 120, count: 10))
                } catch {
                    reached = error.reached
                    break
                }
                await loop.sleep(.milliseconds(10))
            }
            return (try await exchange.head().status.code, reached)
        }
        #expect(status == 413)
        #expect(reached == .answerBegun)
    }

    @Test func `many requests at once each get their own answer`() async throws {
        let server = try await TestServer.start { router in
            router.on(.get, "/{n}") { exchange in
                await exchange.loop.sleep(.milliseconds(Int.random(in: 0...5)))
                await exchange.respond(.text(exchange.parameters["n"] ?? ""))
            }
        }
        let endpoint = Endpoint(address: server.address)
        let loops = try (0..<2).map { try EventLoop.start(name: "client-\($0)") }
        let right = await withTaskGroup(of: Int.self) { group in
            for loop in loops {
                group.addTask {
                    await loop.run { loop in
                        let client = HTTPClient(loop: loop)
                        var right = 0
                        for round in 0..<20 {
                            var open: [(String, ClientExchange)] = []
                            for number in 0..<10 {
                                guard let exchange = try? await client.open(method: .get, target: "/\(round)-\(number)", to: endpoint) else { continue }
                                try? await exchange.end()
                                open.append(("\(round)-\(number)", exchange))
                            }
                            for (name, exchange) in open {
                                if let body = try? await exchange.body(limit: 100), body == Array(name.utf8) { right += 1 }
                            }
                        }
                        #expect(client.idleCount(endpoint) == 10)
                        return right
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(right == 400)
        for loop in loops { loop.stop() }
        await server.stop()
    }

    @Test func `an idle connection is closed after its time`() async throws {
        let server = try await TestServer.start { router in router.on(.get, "/") { await $0.respond(.text("ok")) } }
        let endpoint = Endpoint(address: server.address)
        let idle = try await server.loop.run { loop in
            var options = HTTPClientOptions()
            options.idleTime = .milliseconds(50)
            let client = HTTPClient(loop: loop, options: options)
            _ = try await client.send(method: .get, target: "/", to: endpoint)
            let before = client.idleCount(endpoint)
            for _ in 0..<100 where client.idleCount(endpoint) > 0 { await loop.sleep(.milliseconds(20)) }
            return (before, client.idleCount(endpoint))
        }
        #expect(idle == (1, 0))
        await server.stop()
    }
}
