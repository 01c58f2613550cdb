// Peers that keep TLS itself busy: key updates, renegotiations.
import CLinux
import COpenSSL
import Engine
import Glibc
import Synchronization
import Testing
import TestSupport
import Wire

@Suite(.timeLimit(.minutes(1)))
struct AbusiveTLSPeerTests {
    private func start(_ limits: TLSLimits = TLSLimits()) async throws -> (server: TestServer, port: Int) {
        let authority = try TestAuthority()
        let files = try authority.issue("server")
        var options = HTTPServerOptions()
        options.tls = limits
        let server = try await TestServer.start(options: options, tls: try TLSServerContext(certificateFile: files.certificate, keyFile: files.key)) { router in
            router.on(.get, "/") { await $0.respond(.text("ok")) }
        }
        guard case .tcp(_, let port) = server.address else { throw SystemError("port") }
        return (server, port)
    }

    private func untilNobody(_ server: TestServer) async -> Bool {
        for _ in 0..<1000 where await server.server.connectionCount() > 0 { usleep(10_000) }
        return await server.server.connectionCount() == 0
    }

    private static func version(_ version: Int32) -> TLSClient.Wish {
        var wish = TLSClient.Wish()
        wish.version = Int(version)
        return wish
    }

    /// Updates its keys up to `count` times, with `between` sent after each; stops when the connection is gone.
    private static func updateKeys(_ client: TLSClient, _ count: Int, between: String = "") {
        for _ in 0..<count {
            guard SSL_key_update(client.ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1, SSL_do_handshake(client.ssl) == 1 else { return }
            if !between.isEmpty, (try? client.send(between)) == nil { return }
        }
    }

    @Test(arguments: ["", "a"]) func `a peer that keeps updating its keys is cut, whether it sends data between or not`(between: String) async throws {
        var limits = TLSLimits()
        limits.keyUpdatesPerSecond = 20
        let (server, port) = try await start(limits)
        // Not how many could be sent: all of them may fit into the kernel's buffers before the cut. The client holds on
        // until the server has let go of it.
        let isCut = try await TLSClient.on(port: port, Self.version(TLS1_3_VERSION)) { client in
            if !between.isEmpty { try client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: ") }
            Self.updateKeys(client, 3000, between: between)
            var byte: UInt8 = 0
            return SSL_read(client.ssl, &byte, 1) <= 0
        }
        #expect(isCut)
        #expect(await untilNobody(server))
        await server.stop()
    }

    @Test func `some key updates are nobody's fault`() async throws {
        let (server, port) = try await start()
        let answer = try await TLSClient.on(port: port, Self.version(TLS1_3_VERSION)) { client in
            Self.updateKeys(client, 50)
            return try client.ask()
        }
        #expect(answer.hasSuffix("ok"))
        await server.stop()
    }

    /// Asks for a renegotiation without hearing the answer (hearing it, OpenSSL's client would give up by itself), and holds
    /// the connection while `body` looks at the server.
    private func renegotiating(_ port: Int, _ body: () async -> Void) async throws {
        let gate = Gate()
        async let said = TLSClient.on(port: port, Self.version(TLS1_2_VERSION)) { client in
            let answer = try client.ask()
            var deaf: [CInt] = [0, 0]
            socketpair(AF_UNIX, linux_sock_stream | linux_sock_nonblock, 0, &deaf)
            SSL_set_rfd(client.ssl, deaf[0])
            SSL_renegotiate(client.ssl)
            let code = SSL_do_handshake(client.ssl)
            let waits = SSL_get_error(client.ssl, code) == SSL_ERROR_WANT_READ
            gate.asked.store(true, ordering: .releasing)
            while !gate.mayLeave.load(ordering: .acquiring) { usleep(5000) }
            for descriptor in deaf { close(descriptor) }
            return answer.hasSuffix("ok") && waits
        }
        while !gate.asked.load(ordering: .acquiring) { usleep(5000) }
        await body()
        gate.mayLeave.store(true, ordering: .releasing)
        #expect(try await said)
    }

    @Test func `TLS 1.2: renegotiation is refused, by a warning at first`() async throws {
        let (server, port) = try await start()
        try await renegotiating(port) {
            usleep(100_000)
            #expect(await server.server.connectionCount() == 1)
        }
        await server.stop()
    }

    @Test func `TLS 1.2: a peer that asks for more renegotiations than are put up with is cut`() async throws {
        var limits = TLSLimits()
        limits.renegotiations = 0
        let (server, port) = try await start(limits)
        try await renegotiating(port) { #expect(await untilNobody(server)) }
        await server.stop()
    }
}

private final class Gate: Sendable {
    let asked = Atomic(false), mayLeave = Atomic(false)
}
