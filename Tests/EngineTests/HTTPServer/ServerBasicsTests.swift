// The server answers, keeps connections and routes: the shortest way through everything.
import CLinux
import Engine
import Glibc
import Logging
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct ServerBasicsTests {
    @Test func `a request over TCP is answered and the connection kept`() async throws {
        let server = try await TestServer.start { router in
            router.on(.get, "/hello/{name}") { exchange in
                await exchange.respond(.text("hello \(exchange.parameters["name"] ?? "")"))
            }
        }
        let client = try RawClient(server.address)
        for name in ["ana", "b%20o"] {
            try client.send("GET /hello/\(name) HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try await client.answer()
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix(name == "ana" ? "hello ana" : "hello b o"))
        }
        await server.stop()
    }
}
