// Odd but right requests, and bodies that break off; what is to be refused is the table of Hostile/SmugglingTests.
import Engine
import Glibc
import Testing
import Wire

@testable import BalancerTier

@Suite(.timeLimit(.minutes(1))) struct HostileRequestTests {
    /// Sends `text` on a connection of its own and reads until the other side closes or a whole answer without more is there.
    private func raw(_ text: String, to address: Address) async throws -> String {
        guard case .tcp(_, let port) = address else { return "" }
        return await withCheckedContinuation { done in
            Task.detached {
                let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                defer { close(socket) }
                var to = sockaddr_in()
                to.sin_family = sa_family_t(AF_INET)
                to.sin_port = in_port_t(port).bigEndian
                inet_pton(AF_INET, "127.0.0.1", &to.sin_addr)
                _ = withUnsafePointer(to: to) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
                }
                let bytes = Array(text.utf8)
                send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                shutdown(socket, Int32(SHUT_WR))
                var all: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while true {
                    let count = recv(socket, &buffer, buffer.count, 0)
                    guard count > 0 else { break }
                    all += buffer[..<count]
                }
                done.resume(returning: String(decoding: all, as: UTF8.self))
            }
        }
    }

    @Test(arguments: [
        ("GET http://portal.example HTTP/1.1\r\nHost: portal.example\r\n\r\n", "/"),
        ("GET http://portal.example/a?b HTTP/1.1\r\nHost: portal.example\r\n\r\n", "/a?b"),
        ("OPTIONS * HTTP/1.1\r\nHost: portal.example\r\n\r\n", "*"),
        ("GET / HTTP/1.0\r\n\r\n", "/"),
    ])
    func `every form of target reaches a node in origin form (RFC 9112 3.2)`(request: String, target: String) async throws {
        try await withBalancer { site in
            let node = try site.node("web-1")
            await site.apply([node.member])
            let answer = try await raw(request, to: site.address)
            #expect(answer.hasPrefix("HTTP/1.1 200"), "\(answer)")
            #expect(node.lastHead?.target == target)
        }
    }

    @Test func `a body that breaks off reaches no node and takes nobody down`() async throws {
        try await withBalancer { site in
            let node = try site.node("web-1")
            await site.apply([node.member])
            _ = try await raw("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc", to: site.address)
            _ = try await raw("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", to: site.address)
            #expect(node.requests == 0)
            #expect(try await site.get("/").text == "web-1")
            #expect(await site.ask(\.heldBytes) == 0)
            #expect(await site.ask { $0.table.entries.allSatisfy { $0.inFlight == 0 } })
        }
    }

    @Test func `pipelined requests are answered in order, whichever node is quicker`() async throws {
        try await withBalancer { site in
            let nodes = try (1...2).map { number in
                try site.node("web-\(number)") { exchange, _ in
                    if number == 1 { await exchange.loop.sleep(.milliseconds(20)) }
                    await exchange.respond(.text("[\(exchange.head.path)]"))
                }
            }
            await site.apply(nodes.map(\.member))
            let answer = try await raw((1...6).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined(), to: site.address)
            #expect(answer.split(separator: "[").dropFirst().map { $0.prefix { $0 != "]" } } == ["/1", "/2", "/3", "/4", "/5", "/6"])
        }
    }
}
