// The client reaches a server over TCP and Unix sockets, keeps its connections and streams.
import CLinux
import Engine
import Glibc
import Logging
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct ClientBasicsTests {
    @Test(arguments: [true, false])
    func `a connection is used again for the next request`(overUnix: Bool) async throws {
        let path = "/tmp/fitech-test-\(getpid())-\(UInt32.random(in: 0...(.max))).sock"
        let server = try await TestServer.start(at: overUnix ? .unix(path) : .tcp(host: "127.0.0.1", port: 0)) { router in
            router.answer(.post, "/echo") { exchange throws(Failure) in
                .bytes(try await exchange.body(limit: 1 << 20), type: "text/plain")
            }
        }
        defer { unlink(path) }
        let endpoint = Endpoint(address: server.address)
        let (answers, kept, connections) = try await server.loop.run { loop in
            let client = HTTPClient(loop: loop)
            var answers: [String] = []
            for text in ["one", "two", "three"] {
                let answer = try await client.send(method: .post, target: "/echo", body: Array(text.utf8), to: endpoint)
                #expect(answer.status == .ok)
                answers.append(String(decoding: answer.body, as: UTF8.self))
                loop.checkIsolated()
            }
            return (answers, client.idleCount(endpoint), 1)
        }
        #expect(answers == ["one", "two", "three"])
        #expect(kept == connections)
        await server.stop()
    }

    @Test func `a streamed body arrives in a streamed answer`() async throws {
        let server = try await TestServer.start { router in
            router.on(.post, "/stream") { exchange in
                do throws(Failure) {
                    try await exchange.begin(ResponseHead(status: .ok), length: nil)
                    while let chunk = try await exchange.nextChunk() { try await exchange.write(chunk) }
                    try await exchange.end()
                } catch {
                    Issue.record("\(error)")
                }
            }
        }
        let endpoint = Endpoint(address: server.address)
        let total = try await server.loop.run { loop in
            let client = HTTPClient(loop: loop)
            let exchange = try await client.open(method: .post, target: "/stream", framing: .chunked, to: endpoint)
            var total = 0
            for size in [1, 70_000, 5] {
                try await exchange.write(Array(repeating: 120, count: size))
            }
            try await exchange.end()
            #expect(try await exchange.head().status == .ok)
            while let chunk = try await exchange.nextChunk() { total += chunk.count }
            #expect(client.idleCount(endpoint) == 1)
            return total
        }
        #expect(total == 70_006)
        await server.stop()
    }

    @Test func `a request to nobody says that nothing was reached`() async throws {
        let loop = try EventLoop.start(name: "client")
        defer { loop.stop() }
        await loop.run { loop in
            let client = HTTPClient(loop: loop)
            for address in [Address.unix("/tmp/fitech-nobody.sock"), .tcp(host: "127.0.0.1", port: 1), .tcp(host: "localhost", port: 1)] {
                do throws(HTTPClientFailure) {
                    _ = try await client.send(method: .get, target: "/", to: Endpoint(address: address))
                    Issue.record("answered")
                } catch {
                    #expect(error.reached == .nothing)
                    #expect(error.cause == .connect)
                }
                loop.checkIsolated()
            }
        }
    }
}
