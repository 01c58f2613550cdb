// Mail end to end: incidents and what the data tier asks for, through a real SMTP server that parses what it gets.
import Control
import Engine
import Foundation
import Logging
import Procedures
import Synchronization
import TestSupport
import Testing
import Wire
@testable import ManagementTier

/// A primary data node that hands out mails until they are finished.
final class FakePrimary: HTTPHandler {
    final class Desk: Sendable {
        let open = Mutex<[MailEffect]>([])
        let windows = Mutex<[WindowEffect]>([])
        let pulls = Mutex(0)
        let told = Mutex<[MailOutcome]>([])
        /// How many reports are refused before one is taken.
        let deaf = Mutex(0)
    }
    private let desk: Desk
    init(_ desk: Desk) { self.desk = desk }

    func handle(_ exchange: HTTPExchange) async {
        switch exchange.head.path {
        case "/readyz": await exchange.respond(.text("ready\n"))
        case "/procedures/effects.pull":
            var answer = PullEffects.Answer()
            answer.mails = desk.open.withLock { $0 }
            answer.windows = desk.windows.withLock { $0 }
            desk.pulls.withLock { $0 += 1 }
            await exchange.respond(.bytes(CompactCodec.encode(answer), type: CompactCodec.mediaType))
        case "/procedures/effects.done":
            guard let body = try? await exchange.body(limit: 1 << 20), let done = try? CompactCodec.decode(FinishEffects.self, from: body) else { return }
            desk.open.withLock { $0.removeAll { done.ids.contains($0.id) } }
            desk.windows.withLock { $0.removeAll { done.ids.contains($0.id) } }
            await exchange.respond(.bytes(CompactCodec.encode(Done()), type: CompactCodec.mediaType))
        case "/procedures/effects.report":
            guard let body = try? await exchange.body(limit: 1 << 20), let report = try? CompactCodec.decode(ReportMails.self, from: body) else { return }
            if desk.deaf.withLock({ deaf in deaf -= 1; return deaf >= 0 }) { return await exchange.respond(.problem(.fault("deaf"))) }
            desk.told.withLock { $0 += report.items }
            await exchange.respond(.bytes(CompactCodec.encode(Done()), type: CompactCodec.mediaType))
        default: await exchange.respond(.problem(.notFound("address")))
        }
    }
}

@Suite(.timeLimit(.minutes(2)), .enabled(if: MailServer.isInstalled, "pip install aiosmtpd"))
struct WatchMailTests {
    func house(_ port: Int, nodes: [NodeSpec] = [NodeSpec(name: "web-1", tier: .web)]) throws -> WatchHouse {
        try WatchHouse(nodes: nodes, technicians: [TechnicianSpec(name: "Ana", number: "+447700900001", zone: "Europe/London", email: "ana@example.com")]) {
            $0.mail = Configuration.Mail(relay: "smtp://127.0.0.1:\(port)", from: "support@localhost")
        }
    }

    @Test func `an incident is mailed to the technician with the link, and its end too`() async throws {
        let server = try MailServer()
        defer { server.remove() }
        let house = try house(server.port)
        defer { house.remove() }
        let one = try house.ready("web-1")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1") })
        await one.stop()
        #expect(await eventually { server.mails.count == 1 })
        let mail = try #require(server.mails.first)
        #expect(mail.from == "support@localhost")
        #expect(mail.to == ["ana@example.com"])
        #expect(mail["Subject"] == "#1 web-1 is down")
        #expect(mail["Auto-Submitted"] == "auto-generated")
        #expect(mail["Message-ID"]?.hasSuffix("@localhost>") == true)
        #expect(mail.body.contains("https://localhost:8443/i/"))
        #expect(mail.defects.isEmpty)
        let again = try house.ready("web-1")
        #expect(await eventually { server.mails.contains { $0["Subject"] == "#1 web-1 is up again" } })
        try await watch.stop()
        await again.stop()
    }

    @Test func `mails the data tier asks for are sent once, in any language, and a wrong address is refused and shown`() async throws {
        let server = try MailServer()
        defer { server.remove() }
        let house = try house(server.port, nodes: [NodeSpec(name: "data-1", tier: .data, role: .primary)])
        defer { house.remove() }
        let desk = FakePrimary.Desk()
        let loop = try EventLoop.start(name: "primary")
        let primary = HTTPServer(loops: [loop], log: Logger(label: "primary")) { _ in FakePrimary(desk) }
        primary.listen(try Listener.open(.unix(house.state.socket(of: "data-1"))), tls: nil)
        let watch = try house.start()
        #expect(await eventually { (try? await watch.text("/healthz")) == "alive\n" })
        var reset = MailEffect()
        (reset.id, reset.to, reset.subject, reset.body) = ("reset-1", "zoe@example.com", "Passwort zurücksetzen\r\nBcc: x@y", "Grüße\n.\nFrom here: https://localhost/reset?t=1=2\n")
        var lost = MailEffect()
        (lost.id, lost.to, lost.subject, lost.body) = ("lost-1", "nobody@example.com", "Hello", "Hello")
        var broken = MailEffect()
        (broken.id, broken.to, broken.subject, broken.body) = ("broken-1", "a@b\r\nRCPT TO:<c@d>", "Hello", "Hello")
        desk.open.withLock { $0 = [reset, lost, broken] }
        desk.deaf.withLock { $0 = 2 }
        try await watch.tell(["data-1": .ready])
        #expect(await eventually { server.mails.count == 1 && desk.open.withLock { $0.isEmpty } })
        let mail = try #require(server.mails.first)
        #expect(mail["Subject"] == "Passwort zurücksetzen  Bcc: x@y")
        #expect(mail["Bcc"] == nil)
        #expect(mail.body.replacingOccurrences(of: "\r\n", with: "\n") == reset.body)
        #expect(mail["Message-ID"] == "<effect-reset-1@localhost>")
        // Handed out again after a crash between taking over and finishing: known by its key.
        desk.open.withLock { $0 = [reset] }
        #expect(await eventually { desk.open.withLock { $0.isEmpty } })
        #expect(try await eventually {
            let mails = try await watch.json(.get, "/management/outbox")["mails"]?.array ?? []
            return mails.count == 3 && mails.filter { $0["state"] == "failed" }.count == 2 && mails.filter { $0["state"] == "sent" }.count == 1
        })
        #expect(server.mails.count == 1)
        // How each fares is told until the data tier has heard it, by the id of its effect.
        #expect(await eventually { Set(desk.told.withLock { $0.map(\.id) }) == ["reset-1", "lost-1", "broken-1"] })
        let told = desk.told.withLock { Dictionary($0.map { ($0.id, $0) }, uniquingKeysWith: { $1 }) }
        #expect(told["reset-1"]?.state == .delivered && told["lost-1"]?.state == .failed && told["broken-1"]?.state == .failed)
        #expect(told["lost-1"]?.reason.isEmpty == false)
        // What waits and what was given up is told, and what failed can be sent again by hand: both are refused once more.
        func work() async throws -> JSON? { try await watch.json(.get, "/management/outbox")["work"]?.array?.first { $0["kind"] == "mails" } }
        #expect(try await work()?["failed"]?.integer == 2)
        #expect(try await work()?["waiting"]?.integer == 0)
        #expect(try await watch.json(.post, "/management/mails/retry")["mails"]?.integer == 2)
        #expect(try await watch.json(.get, "/management/outbox")["mails"]?.array?.filter { $0["state"] == "sent" }.count == 1)
        #expect(try await eventually {
            let now = try await work()
            return now?["failed"]?.integer == 2 && now?["waiting"]?.integer == 0
        })
        #expect(server.mails.count == 1)
        try await watch.stop()
        await primary.stop(within: .milliseconds(50))
    }

    @Test func `while the relay is away mail waits, can be read in outbox, and goes out when it is back`() async throws {
        let port = FreePort.some(1)[0]
        let house = try house(port)
        defer { house.remove() }
        let one = try house.ready("web-1")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1") })
        await one.stop()
        #expect(try await eventually { try await watch.json(.get, "/management/outbox")["mail_problem"]?.string?.isEmpty == false })
        let files = { (try? FileManager.default.contentsOfDirectory(atPath: house.state.outbox))?.filter { $0.hasSuffix(".eml") } ?? [] }
        #expect(await eventually { files().count == 1 })
        let server = try MailServer(port: port)
        defer { server.remove() }
        #expect(await eventually { server.mails.count == 1 })
        try await watch.stop()
    }
}
