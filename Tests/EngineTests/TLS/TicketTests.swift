// TLS session tickets: keys that servers share and rotate, what a TLS session is bound to, what a ticket carries.
import COpenSSL
import Engine
import Glibc
import Testing
import TestSupport
import Wire

private let versions = [TLS1_2_VERSION, TLS1_3_VERSION].map(Int.init)

@Suite struct TicketKeysTests {
    @Test func `the next key is known a whole period before it seals, the previous one still opens`() throws {
        let first = TicketKeys(now: 1000)
        let second = first.rotated(now: 2000)
        #expect(second.current == first.next)
        #expect(second.previous == first.current)
        #expect(second.next != first.next && second.next != nil)
        #expect(second.since == 2000)
        let third = second.rotated(now: 3000)
        #expect(third.current == second.next && third.previous == second.current)
    }

    @Test func `what is written is read again, whatever its kind`() throws {
        for keys in [TicketKeys(now: 7), TicketKeys(now: -1).rotated(now: 1 << 40)] {
            #expect(TicketKeys(file: keys.file) == keys)
        }
        let old = (0..<80).map { UInt8($0) }
        let first = try #require(TicketKeys(file: old))
        #expect(first.file == old)
        // The key in use stays while its first successor becomes known.
        let next = first.rotated(now: 5)
        #expect(next.current == old && next.next != nil && next.previous == nil)
        #expect(TicketKeys(file: next.file) == next)
    }

    @Test func `a file that is cut, longer or of another kind is none`() {
        let file = TicketKeys(now: 7).file
        for bytes in [[], Array(file.dropLast()), file + [0], Array(file[..<16]), [0] + file.dropFirst(), Array(repeating: 1, count: 81)] as [[UInt8]] {
            #expect(TicketKeys(file: bytes) == nil)
        }
    }

    @Test func `a rotation is due after the period, at once without a successor, and when the clock was turned back`() throws {
        let keys = TicketKeys(now: 1000)
        #expect(!keys.isDue(now: 1099, period: 100))
        #expect(keys.isDue(now: 1100, period: 100))
        #expect(keys.isDue(now: 900, period: 100))
        #expect(try #require(TicketKeys(file: Array(repeating: 1, count: 80))).isDue(now: 0, period: 100))
    }
}

@Suite(.timeLimit(.minutes(1)))
struct TicketTests {
    /// A server that answers with the tag its client brought, and gives it the tag the query asks for.
    private struct Tagging {
        let server: TestServer
        let port: Int
        let context: TLSServerContext

        func ask(_ target: String = "/", version: Int, session: [UInt8]? = nil) async throws -> (text: String, resumed: Bool, session: [UInt8]?) {
            var wish = TLSClient.Wish()
            wish.version = version
            wish.session = session
            return try await TLSClient.on(port: port, wish) { client in (try client.ask(target), client.isResumed, client.session) }
        }
    }

    private final class TaggingHandler: HTTPHandler {
        func handle(_ exchange: HTTPExchange) async {
            if let query = exchange.head.query, query.hasPrefix("tag="), exchange.awaitsSessionTag {
                exchange.setSessionTag(Array(query.dropFirst(4).utf8))
            }
            await exchange.respond(.text("<\(exchange.sessionTag.map { String(decoding: $0, as: UTF8.self) } ?? "none")>"))
        }

        func sessionTag(after previous: [UInt8]?) -> [UInt8]? { (previous ?? Array("first".utf8)) + Array("+".utf8) }
    }

    private func start(_ files: (certificate: String, key: String), tickets: String?) async throws -> Tagging {
        let context = try TLSServerContext(certificateFile: files.certificate, keyFile: files.key, ticketKeyFile: tickets)
        let server = try await TestServer.start(tls: context, handler: { TaggingHandler() })
        guard case .tcp(_, let port) = server.address else { throw SystemError("port") }
        return Tagging(server: server, port: port, context: context)
    }

    private func withTwo(_ body: (Tagging, Tagging, ScratchDirectory) async throws -> Void) async throws {
        let authority = try TestAuthority()
        let files = try authority.issue("server")
        authority.directory.write(TicketKeys(now: 0).file, to: "tickets")
        let path = authority.directory.path + "/tickets"
        let one = try await start(files, tickets: path), two = try await start(files, tickets: path)
        try await body(one, two, authority.directory)
        await one.server.stop()
        await two.server.stop()
    }

    @Test(arguments: versions) func `a TLS session is resumed by any server with the same keys`(version: Int) async throws {
        try await withTwo { one, two, _ in
            let first = try await one.ask(version: version)
            #expect(!first.resumed)
            let second = try await two.ask(version: version, session: first.session)
            #expect(second.resumed)
            let third = try await one.ask(version: version, session: second.session)
            #expect(third.resumed)
        }
    }

    @Test(arguments: versions) func `a change of keys costs nobody a full handshake, a second one forgets the ticket`(version: Int) async throws {
        try await withTwo { one, two, directory in
            let path = directory.path + "/tickets"
            var keys = try #require(TicketKeys(file: try ScratchDirectory.contents(path)))
            let old = try #require(try await one.ask(version: version).session)
            keys = keys.rotated(now: 10)
            directory.write(keys.file, to: "tickets")
            #expect(try one.context.reloadIfChanged())
            // One has changed, two has not looked yet: each opens what the other sealed.
            let new = try #require(try await one.ask(version: version).session)
            #expect(try await two.ask(version: version, session: new).resumed)
            #expect(try await one.ask(version: version, session: old).resumed)
            #expect(try two.context.reloadIfChanged())
            #expect(try await two.ask(version: version, session: old).resumed)
            keys = keys.rotated(now: 20)
            directory.write(keys.file, to: "tickets")
            #expect(try two.context.reloadIfChanged())
            #expect(try await two.ask(version: version, session: new).resumed)
            let forgotten = try await two.ask(version: version, session: old)
            #expect(!forgotten.resumed)
            #expect(forgotten.text.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test(arguments: versions) func `one key of 80 bytes still seals and opens`(version: Int) async throws {
        try await withTwo { one, two, directory in
            directory.write(Array(repeating: 7, count: 80), to: "tickets")
            #expect(try one.context.reloadIfChanged())
            #expect(try two.context.reloadIfChanged())
            let first = try await one.ask(version: version)
            #expect(try await two.ask(version: version, session: first.session).resumed)
        }
    }

    @Test(arguments: versions) func `a ticket of one certificate is worth nothing with another, though the keys are the same`(version: Int) async throws {
        try await withTwo { one, _, directory in
            let other = try TestAuthority("other", in: directory)
            let stranger = try await start(try other.issue("stranger"), tickets: directory.path + "/tickets")
            let first = try await one.ask("/?tag=web-1", version: version)
            let session = try #require(first.session)
            let second = try await stranger.ask(version: version, session: session)
            #expect(!second.resumed)
            #expect(second.text.hasPrefix("HTTP/1.1 200"))
            #expect(!second.text.contains("web-1"))
            await stranger.server.stop()
        }
    }

    @Test(arguments: versions) func `mutual TLS gives no ticket and takes none`(version: Int) async throws {
        let authority = try TestAuthority()
        let files = try authority.issue("server")
        authority.directory.write(TicketKeys(now: 0).file, to: "tickets")
        let path = authority.directory.path + "/tickets"
        let open = try await start(files, tickets: path)
        let session = try #require(try await open.ask(version: version).session)
        let context = try TLSServerContext(
            certificateFile: files.certificate, keyFile: files.key, clientAuthority: authority.file, ticketKeyFile: path)
        let closed = try await TestServer.start(tls: context, handler: { TaggingHandler() })
        guard case .tcp(_, let port) = closed.address else { throw SystemError("port") }
        var wish = TLSClient.Wish()
        wish.version = version
        wish.session = session
        // Without a certificate of its own the client must not get in by a ticket of the open door.
        await #expect(throws: TLSClient.Fault.self) { try await TLSClient.on(port: port, wish) { try $0.ask() } }
        await open.server.stop()
        await closed.stop()
    }

    @Test(arguments: versions, [100, 40, 3]) func `a ticket that was changed is none, and its client is served`(version: Int, place: Int) async throws {
        try await withTwo { one, _, _ in
            var session = try #require(try await one.ask("/?tag=web-1", version: version).session)
            session[session.count - place] ^= 1
            guard let answer = try? await one.ask(version: version, session: session) else { return }  // the client itself refused to read it
            #expect(answer.text.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `TLS 1.3: the tag of the first answer comes back through another server, and a later one replaces it`() async throws {
        let version = Int(TLS1_3_VERSION)
        try await withTwo { one, two, _ in
            let first = try await one.ask("/?tag=web-1", version: version)
            #expect(first.text.hasSuffix("<none>"))
            let second = try await two.ask(version: version, session: first.session)
            #expect(second.resumed && second.text.hasSuffix("<web-1>"))
            // An answer without a tag passes the old one on.
            let third = try await one.ask("/?tag=web-2", version: version, session: second.session)
            #expect(third.text.hasSuffix("<web-1>"))
            #expect(try await two.ask(version: version, session: third.session).text.hasSuffix("<web-2>"))
        }
    }

    @Test func `TLS 1.3: a connection gets one ticket, and a second only for a tag that came late`() async throws {
        try await withTwo { one, two, _ in
            var wish = TLSClient.Wish()
            wish.version = Int(TLS1_3_VERSION)
            let late = try await TLSClient.on(port: one.port, wish) { client -> [UInt8]? in
                _ = try client.ask()
                let first = client.session
                _ = try client.ask()
                #expect(client.session == first)
                _ = try client.ask("/?tag=web-3")
                let tagged = client.session
                #expect(tagged != first)
                _ = try client.ask("/?tag=web-4")
                #expect(client.session == tagged)
                return tagged
            }
            #expect(try await two.ask(version: Int(TLS1_3_VERSION), session: late).text.hasSuffix("<web-3>"))
        }
    }

    @Test func `TLS 1.2: the tag is made in the handshake, holds for that connection and is renewed by the next`() async throws {
        let version = Int(TLS1_2_VERSION)
        try await withTwo { one, two, _ in
            let first = try await one.ask("/?tag=ignored", version: version)
            #expect(first.text.hasSuffix("<first+>"))
            let second = try await two.ask(version: version, session: first.session)
            #expect(second.resumed && second.text.hasSuffix("<first++>"))
            let third = try await one.ask(version: version, session: second.session)
            #expect(third.resumed && third.text.hasSuffix("<first+++>"))
        }
    }

    @Test func `a ticket key file of the wrong size is refused by name`() throws {
        let authority = try TestAuthority()
        let files = try authority.issue("server")
        authority.directory.write([1, 2, 3], to: "tickets")
        let path = authority.directory.path + "/tickets"
        #expect {
            try TLSServerContext(certificateFile: files.certificate, keyFile: files.key, ticketKeyFile: path)
        } throws: { error in
            "\(error)".contains(path)
        }
    }
}
