// TLS between our own client and server: who is trusted, who is refused, what a renewed certificate does.
import COpenSSL
import Engine
import Glibc
import Logging
import Testing
import Wire

@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
    private func echo(_ router: HTTPRouter) {
        router.answer(.post, "/echo") { exchange throws(Failure) in
            let who = exchange.peer.certificate.map { "\($0.role)/\($0.name):" } ?? ""
            let body: [UInt8] = try await exchange.body(limit: 8 << 20)
            return HTTPResponse.bytes(Array(who.utf8) + body, type: "text/plain")
        }
    }

    private func post(_ loop: EventLoop, _ body: [UInt8], to endpoint: Endpoint) async throws -> [UInt8] {
        try await loop.run { loop in
            let client = HTTPClient(loop: loop)
            var last: [UInt8] = []
            for _ in 0..<3 {
                last = try await client.send(method: .post, target: "/echo", body: body, to: endpoint).body
                loop.checkIsolated()
            }
            #expect(client.idleCount(endpoint) == 1)
            return last
        }
    }

    @Test(arguments: [0, 5, 16_384, 3_000_000])
    func `bodies of any size pass through TLS and the connection is kept`(size: Int) async throws {
        let authority = try TestAuthority()
        let files = try authority.issue("server")
        let tls = try TLSServerContext(certificateFile: files.certificate, keyFile: files.key)
        let server = try await TestServer.start(tls: tls) { echo($0) }
        let endpoint = Endpoint(address: server.address, tls: try TLSClientContext(authority: authority.file))
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try await post(server.loop, body, to: endpoint) == body)
        await server.stop()
    }

    @Test func `mutual TLS tells the handler role and name of the client`() async throws {
        let authority = try TestAuthority()
        let own = try authority.issue("data-1", role: "data")
        let client = try authority.issue("web-7", role: "web")
        let tls = try TLSServerContext(certificateFile: own.certificate, keyFile: own.key, clientAuthority: authority.file)
        let server = try await TestServer.start(tls: tls) { echo($0) }
        let endpoint = Endpoint(address: server.address, tls: try TLSClientContext(
            authority: authority.file, certificateFile: client.certificate, keyFile: client.key, name: "localhost"))
        #expect(try await post(server.loop, [33], to: endpoint) == Array("web/web-7:!".utf8))
        await server.stop()
    }

    enum Wrong: CaseIterable { case authority, name, noCertificate, strangerCertificate }

    @Test(arguments: Wrong.allCases)
    func `a peer that is not who it should be is refused`(wrong: Wrong) async throws {
        let authority = try TestAuthority()
        let stranger = try TestAuthority("stranger", in: authority.directory)
        let own = try authority.issue("data-1", role: "data")
        let mutual = wrong == .noCertificate || wrong == .strangerCertificate
        let tls = try TLSServerContext(
            certificateFile: own.certificate, keyFile: own.key, clientAuthority: mutual ? authority.file : nil)
        let server = try await TestServer.start(tls: tls) { echo($0) }
        let theirs = try stranger.issue("web-1")
        let context = switch wrong {
        case .authority: try TLSClientContext(authority: stranger.file)
        case .name: try TLSClientContext(authority: authority.file, name: "other.example")
        case .noCertificate: try TLSClientContext(authority: authority.file)
        case .strangerCertificate: try TLSClientContext(authority: authority.file, certificateFile: theirs.certificate, keyFile: theirs.key)
        }
        let endpoint = Endpoint(address: server.address, tls: context)
        await server.loop.run { loop in
            let client = HTTPClient(loop: loop)
            do throws(HTTPClientFailure) {
                _ = try await client.send(method: .post, target: "/echo", body: [1], to: endpoint)
                Issue.record("answered")
            } catch {
                // In TLS 1.3 a client learns only after its first bytes that its own certificate is not accepted.
                #expect(error.cause == (mutual ? .broken : .tls), "\(error)")
                #expect(error.reached == (mutual ? .request : .nothing))
            }
        }
        await server.stop()
    }

    @Test func `a renewed certificate is served without a restart`() async throws {
        let authority = try TestAuthority()
        let next = try TestAuthority("next", in: authority.directory)
        let files = try authority.issue("server")
        let tls = try TLSServerContext(certificateFile: files.certificate, keyFile: files.key)
        let server = try await TestServer.start(tls: tls) { echo($0) }
        #expect(try tls.reloadIfChanged() == false)
        _ = try next.issue("server")
        #expect(try tls.reloadIfChanged() == true)
        let endpoint = Endpoint(address: server.address, tls: try TLSClientContext(authority: next.file))
        #expect(try await post(server.loop, [1], to: endpoint) == [1])
        await server.stop()
    }

    @Test func `HTTP in the clear on a TLS port is told so`() async throws {
        let authority = try TestAuthority()
        let files = try authority.issue("server")
        let server = try await TestServer.start(tls: try TLSServerContext(certificateFile: files.certificate, keyFile: files.key)) { echo($0) }
        let client = try RawClient(server.address)
        try client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = try await client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 400"))
        #expect(answer.contains("https://"))
        await server.stop()
    }
}

/// Peers of a TLS port that do not mean it.
@Suite(.timeLimit(.minutes(1)))
struct BadTLSPeersTests {
    private func start(patience: Duration = .milliseconds(900)) async throws -> TestServer {
        let authority = try TestAuthority()
        let files = try authority.issue("server")
        var options = HTTPServerOptions()
        options.handshakeTime = patience
        return try await TestServer.start(options: options, tls: try TLSServerContext(certificateFile: files.certificate, keyFile: files.key)) { router in
            router.on(.get, "/") { await $0.respond(.text("ok")) }
        }
    }

    @Test(arguments: [[], [22], [22, 3, 1, 0], Array(repeating: 0, count: 100), [22, 3, 1, 255, 255] + Array(repeating: 1, count: 20_000)] as [[UInt8]])
    func `a handshake that stalls or is none ends the connection`(said: [UInt8]) async throws {
        let server = try await start()
        let client = try RawClient(server.address)
        if !said.isEmpty { try client.send(said) }
        let answer = try await client.readToEnd()
        // At most an alert.
        #expect(answer.utf8.count < 50)
        for _ in 0..<200 where await server.server.connectionCount() > 0 { usleep(10_000) }
        #expect(await server.server.connectionCount() == 0)
        await server.stop()
    }
}
