// Many certificates on one port: which is shown to whom, and what happens when they change under a running server.
import COpenSSL
import Engine
import Glibc
import Synchronization
import Testing
import TestSupport
import Wire

@Suite(.timeLimit(.minutes(1)))
struct CertificateTests {
    private struct Shop {
        let server: TestServer
        let port: Int
        let context: TLSServerContext
        let authority: TestAuthority
        let directory: ScratchDirectory
        let problems: Problems

        /// Whose certificate is shown, by its common name.
        func shown(_ name: String?, version: Int? = nil) async throws -> String {
            var wish = TLSClient.Wish()
            wish.name = name
            wish.version = version
            return try await TLSClient.on(port: port, wish) { $0.certificate.name }
        }
    }

    private final class Problems: Sendable {
        let all = Mutex<[String]>([])
    }

    private func start(name: String = "portal.example", _ fill: (TestAuthority, ScratchDirectory) throws -> Void) async throws -> Shop {
        let authority = try TestAuthority(), directory = ScratchDirectory(), problems = Problems()
        let first = try authority.issue("own", alternatives: "DNS:portal.example,DNS:localhost")
        try fill(authority, directory)
        authority.directory.write(TicketKeys(now: 0).file, to: "tickets")
        let context = try TLSServerContext(
            certificateFile: first.certificate, keyFile: first.key,
            installed: .init(directory: directory.path, name: name) { problem in problems.all.withLock { $0.append(problem) } },
            ticketKeyFile: authority.directory.path + "/tickets")
        let server = try await TestServer.start(tls: context) { router in router.on(.get, "/") { await $0.respond(.text("ok")) } }
        guard case .tcp(_, let port) = server.address else { throw SystemError("port") }
        return Shop(server: server, port: port, context: context, authority: authority, directory: directory, problems: problems)
    }

    @Test(arguments: [Int(TLS1_2_VERSION), Int(TLS1_3_VERSION)])
    func `a client is shown the certificate of the name it asks for (RFC 6066 3)`(version: Int) async throws {
        let shop = try await start { authority, directory in
            try authority.install("shop", "DNS:shop.example", in: directory, as: "shop.ecdsa.pem")
            try authority.install("any", "DNS:*.example.org,DNS:example.org", in: directory, as: "any.ecdsa.pem")
            try authority.install("exact", "DNS:exact.example.org", in: directory, as: "exact.ecdsa.pem")
        }
        for (name, expected) in [
            ("shop.example", "shop"), ("SHOP.Example", "shop"), ("a.example.org", "any"), ("example.org", "any"), ("exact.example.org", "exact"),
            ("a.b.example.org", "own"), ("nobody.test", "own"), ("portal.example", "own"), ("localhost", "own"),
        ] { #expect(try await shop.shown(name, version: version) == expected, "\(name)") }
        #expect(try await shop.shown(nil, version: version) == "own")
        await shop.server.stop()
    }

    @Test func `what is installed for the site's own name is shown to all, our own stays for the rest of its names`() async throws {
        let shop = try await start { authority, directory in
            try authority.install("bought", "DNS:portal.example", in: directory, as: "portal.example.ecdsa.pem")
        }
        for name in ["portal.example", "nobody.test", nil] { #expect(try await shop.shown(name) == "bought") }
        #expect(try await shop.shown("localhost") == "own")
        await shop.server.stop()
    }

    @Test(arguments: [Int(TLS1_2_VERSION), Int(TLS1_3_VERSION)])
    func `ECDSA is shown to whoever takes it, RSA to the others`(version: Int) async throws {
        let shop = try await start { authority, directory in
            try authority.install("shop", "DNS:shop.example", in: directory, as: "shop.ecdsa.pem")
            try authority.install("shop", "DNS:shop.example", rsa: true, in: directory, as: "shop.rsa.pem")
        }
        var wish = TLSClient.Wish()
        wish.name = "shop.example"
        wish.version = version
        #expect(try await TLSClient.on(port: shop.port, wish) { $0.certificate.key } == EVP_PKEY_EC)
        wish.signatures = "RSA-PSS+SHA256:RSA+SHA256"
        #expect(try await TLSClient.on(port: shop.port, wish) { $0.certificate.key } == EVP_PKEY_RSA)
        await shop.server.stop()
    }

    @Test func `certificates come, change and go while connections stay`() async throws {
        let shop = try await start { _, _ in }
        let held = try await TLSClient.on(port: shop.port) { Held($0) }
        #expect(try await held.ask().hasSuffix("ok"))
        #expect(try await shop.shown("shop.example") == "own")
        try shop.authority.install("one", "DNS:shop.example", in: shop.directory, as: "shop.ecdsa.pem")
        #expect(try shop.context.reloadIfChanged())
        #expect(try await shop.shown("shop.example") == "one")
        try shop.authority.install("two", "DNS:shop.example", in: shop.directory, as: "shop.ecdsa.pem")
        #expect(try shop.context.reloadIfChanged())
        #expect(try await shop.shown("shop.example") == "two")
        unlink(shop.directory.path + "/shop.ecdsa.pem")
        #expect(try shop.context.reloadIfChanged())
        #expect(try await shop.shown("shop.example") == "own")
        #expect(try !shop.context.reloadIfChanged())
        #expect(try await held.ask().hasSuffix("ok"))
        await shop.server.stop()
    }

    @Test(arguments: [Int(TLS1_2_VERSION), Int(TLS1_3_VERSION)])
    func `a TLS session of one name is not resumed under another's certificate, but under its own`(version: Int) async throws {
        let shop = try await start { authority, directory in
            try authority.install("shop", "DNS:shop.example,DNS:shop2.example", in: directory, as: "shop.ecdsa.pem")
            try authority.install("other", "DNS:other.example", in: directory, as: "other.ecdsa.pem")
        }
        var wish = TLSClient.Wish()
        wish.version = version
        wish.name = "shop.example"
        wish.session = try await TLSClient.on(port: shop.port, wish) { client in
            _ = try client.ask()
            return client.session
        }
        #expect(wish.session != nil)
        for (name, resumes) in [("shop.example", true), ("other.example", false), ("portal.example", false)] {
            wish.name = name
            let (isResumed, answer) = try await TLSClient.on(port: shop.port, wish) { ($0.isResumed, try $0.ask()) }
            #expect(isResumed == resumes, "\(name)")
            #expect(answer.hasSuffix("ok"))
        }
        await shop.server.stop()
    }

    @Test func `a staple goes with its own certificate, to whoever asks, until its time is over (RFC 6066 8)`() async throws {
        let response: [UInt8] = [0x30, 3, 1, 1, 0xFF]
        let shop = try await start { authority, directory in
            try authority.install("shop", "DNS:shop.example", in: directory, as: "shop.ecdsa.pem")
            try authority.install("other", "DNS:other.example", in: directory, as: "other.ecdsa.pem")
            directory.write(Staple(until: Int64(time(nil)) + 3600, response: response).file, to: "shop.ecdsa.ocsp")
        }
        var wish = TLSClient.Wish()
        wish.name = "shop.example"
        #expect(try await TLSClient.on(port: shop.port, wish) { $0.staple } == nil)
        wish.wantsStaple = true
        #expect(try await TLSClient.on(port: shop.port, wish) { $0.staple } == response)
        wish.name = "other.example"
        #expect(try await TLSClient.on(port: shop.port, wish) { $0.staple } == nil)
        shop.directory.write(Staple(until: Int64(time(nil)) - 1, response: response).file, to: "shop.ecdsa.ocsp")
        #expect(try shop.context.reloadIfChanged())
        wish.name = "shop.example"
        #expect(try await TLSClient.on(port: shop.port, wish) { $0.staple } == nil)
        await shop.server.stop()
    }

    @Test func `a file that cannot be used is told of and hurts nobody else`() async throws {
        let shop = try await start { authority, directory in
            try authority.install("shop", "DNS:shop.example", in: directory, as: "shop.ecdsa.pem")
            directory.write(Array("nonsense".utf8), to: "bad.ecdsa.pem")
            let one = try authority.issue("one", alternatives: "DNS:one.example"), two = try authority.issue("two", alternatives: "DNS:two.example")
            directory.write(try ScratchDirectory.contents(one.certificate) + ScratchDirectory.contents(two.key), to: "mixed.ecdsa.pem")
        }
        #expect(try await shop.shown("shop.example") == "shop")
        #expect(try await shop.shown("one.example") == "own")
        let problems = shop.problems.all.withLock { $0 }
        #expect(problems.contains { $0.contains("bad.ecdsa.pem") })
        #expect(problems.contains { $0.contains("mixed.ecdsa.pem") })
        await shop.server.stop()
    }

    @Test func `a certificate file says for whom it is, from whom and until when`() throws {
        let authority = try TestAuthority("An authority")
        let files = try authority.issue("x", alternatives: "DNS:Shop.example,DNS:*.example.org,IP:127.0.0.1,IP:::1", rsa: true)
        let facts = try CertificateFacts(file: files.certificate)
        #expect(facts.names == ["shop.example", "*.example.org", "127.0.0.1", "::1"])
        #expect(facts.issuer == "An authority")
        #expect(facts.key == .rsa)
        #expect(facts.daysLeft(now: Int64(time(nil))) == 0)
        #expect(facts.daysLeft(now: facts.expires + 1) == -1)
        #expect(facts.responder == nil && !facts.isSelfSigned)
        #expect(facts.covers("a.example.org") && facts.covers("SHOP.example") && !facts.covers("a.b.example.org") && !facts.covers("example.org"))
    }
}

/// A connection that stays open between questions.
// @unchecked: asked by one task at a time, each awaiting the last.
private final class Held: @unchecked Sendable {
    private let client: TLSClient
    init(_ client: TLSClient) { self.client = client }
    func ask() async throws -> String { try await Task.detached { [self] in try client.ask() }.value }
}
