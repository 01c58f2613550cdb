// Connections through a proxy that speaks the PROXY protocol: whose word is taken, and for how long it is waited for.
import CLinux
import Engine
import Glibc
import Logging
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct ProxyIntroductionTests {
    private func start(from: [String] = ["127.0.0.0/8"], time: Duration = .seconds(10), tls: TLSServerContext? = nil) async throws -> (server: HTTPServer, loop: EventLoop, address: Address) {
        let loop = try EventLoop.start(name: "test")
        let listener = try Listener.open(.tcp(host: "127.0.0.1", port: 0))
        var log = Logger(label: "test")
        log.logLevel = .critical
        let server = HTTPServer(loops: [loop], log: log) { _ in
            let router = HTTPRouter()
            router.on(.get, "/") { exchange in await exchange.respond(.text("\(exchange.peer.address) \(exchange.peer.port ?? 0)")) }
            return router
        }
        server.listen(listener, tls: tls, proxies: ProxyTrust(from: from.compactMap { IPPrefix($0) }, time: time))
        return (server, loop, listener.address)
    }

    private static let asking = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    private static let v2: [UInt8] = [
        13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x21, 0x11, 0, 12, 192, 0, 2, 7, 198, 51, 100, 1, 0, 77, 1, 187,
    ]

    @Test func `the peer is whom a trusted proxy names`() async throws {
        let (server, loop, address) = try await start()
        let named: [([UInt8], String)] = [
            (Array("PROXY TCP4 192.0.2.7 198.51.100.1 54321 443\r\n".utf8), "192.0.2.7 54321"),
            (Array("PROXY TCP6 2001:DB8::7 2001:db8::1 9 443\r\n".utf8), "2001:db8::7 9"), (Self.v2, "192.0.2.7 77"),
        ]
        for (header, peer) in named {
            let client = try RawClient(address)
            try client.send(header + Array(Self.asking.utf8))
            #expect(try await client.readToEnd().hasSuffix("\r\n\r\n\(peer)"))
        }
        for header in [Array("PROXY UNKNOWN\r\n".utf8), [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x20, 0, 0, 0]] {
            let client = try RawClient(address)
            try client.send(header + Array(Self.asking.utf8))
            #expect(try await client.readToEnd().contains("\r\n\r\n127.0.0.1 "))
        }
        await server.stop(within: .zero)
        loop.stop()
    }

    @Test func `a header may come in pieces`() async throws {
        let (server, loop, address) = try await start()
        let client = try RawClient(address)
        for byte in Self.v2 {
            try client.send([byte])
            usleep(2_000)
        }
        try client.send(Self.asking)
        #expect(try await client.readToEnd().hasSuffix("\r\n\r\n192.0.2.7 77"))
        await server.stop(within: .zero)
        loop.stop()
    }

    @Test func `a trusted proxy that says nothing of who connects is not served`() async throws {
        let (server, loop, address) = try await start()
        for said in [Self.asking, "PROXY TCP4 1.2.3.4\r\n", "PROXY TC"] {
            let client = try RawClient(address)
            try client.send(said)
            client.endSending()
            #expect(try await client.readToEnd() == "")
        }
        await server.stop(within: .zero)
        loop.stop()
    }

    @Test func `nobody else's word is taken`() async throws {
        let (server, loop, address) = try await start(from: ["192.0.2.0/24", "::1"])
        let liar = try RawClient(address)
        try liar.send("PROXY TCP4 192.0.2.7 198.51.100.1 54321 443\r\n\(Self.asking)")
        #expect(try await liar.readToEnd().hasPrefix("HTTP/1.1 400 "))
        let binary = try RawClient(address)
        try binary.send(Self.v2 + Array(Self.asking.utf8))
        #expect(try await binary.readToEnd().hasPrefix("HTTP/1.1 400 "))
        let honest = try RawClient(address)
        try honest.send(Self.asking)
        #expect(try await honest.readToEnd().contains("\r\n\r\n127.0.0.1 "))
        await server.stop(within: .zero)
        loop.stop()
    }

    @Test func `a header that stalls or drips is waited for so long and no longer`() async throws {
        let (server, loop, address) = try await start(time: .milliseconds(400))
        let silent = try RawClient(address)
        #expect(try await silent.readToEnd() == "")
        let dripping = try RawClient(address)
        var isCut = false
        for byte in "PROXY UNKNOWN ".utf8 + [UInt8](repeating: 120, count: 90) {
            var waiting = pollfd(fd: dripping.descriptor, events: Int16(POLLIN), revents: 0)
            if (try? dripping.send([byte])) == nil || poll(&waiting, 1, 40) > 0 {
                isCut = true
                break
            }
        }
        #expect(isCut)
        await server.stop(within: .zero)
        loop.stop()
    }

    @Test func `TLS begins behind the header`() async throws {
        let authority = try TestAuthority()
        let files = try authority.issue("server")
        let (server, loop, address) = try await start(tls: try TLSServerContext(certificateFile: files.certificate, keyFile: files.key))
        let relay = try Relay(to: address, first: Self.v2)
        let tls = try TLSClientContext(authority: authority.file)
        let clientLoop = try EventLoop.start(name: "client")
        let answer = try await clientLoop.run { loop in
            try await HTTPClient(loop: loop).send(method: .get, target: "/", to: Endpoint(address: relay.address, tls: tls))
        }
        #expect(String(decoding: answer.body, as: UTF8.self) == "192.0.2.7 77")
        await server.stop(within: .zero)
        loop.stop()
        clientLoop.stop()
    }

    /// A proxy for one connection: says `first` and then only passes on.
    private final class Relay: Sendable {
        let address: Address

        init(to target: Address, first: [UInt8]) throws {
            let listener = try Listener.open(.tcp(host: "127.0.0.1", port: 0))
            address = listener.address
            _ = linux_fcntl(listener.descriptor, F_SETFL, 0)
            try Thread.start(name: "relay") {
                let downstream = accept(listener.descriptor, nil, nil)
                listener.close()
                guard downstream >= 0, let upstream = try? RawClient(target), (try? upstream.send(first)) != nil else { return }
                var ends = [pollfd(fd: downstream, events: Int16(POLLIN), revents: 0), pollfd(fd: upstream.descriptor, events: Int16(POLLIN), revents: 0)]
                var buffer = [UInt8](repeating: 0, count: 65_536)
                relaying: while poll(&ends, 2, 20_000) > 0 {
                    for index in 0..<2 where ends[index].revents != 0 {
                        let count = recv(ends[index].fd, &buffer, buffer.count, 0)
                        guard count > 0, send(ends[1 - index].fd, buffer, count, linux_msg_nosignal) == count else { break relaying }
                    }
                }
                close(downstream)
            }
        }
    }
}
