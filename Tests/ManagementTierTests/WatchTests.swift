// The whole watch over real sockets: an outage becomes a text, a link, a line of the status page, and an end.
import Control
import Engine
import Foundation
import SupportCentre
import Testing
import Wire
@testable import ManagementTier

@Suite(.timeLimit(.minutes(3))) struct WatchTests {
    @Test func `a dead node is texted, acknowledged by its link, shown on the status page and texted again when it is back`() async throws {
        let phones = try FakePhones()
        let house = try WatchHouse(providers: [WatchHouse.provider(phones)])
        defer { house.remove() }
        let one = try house.ready("web-1"), two = try house.ready("web-2")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1", "web-2") })
        #expect(try await watch.text("/status").contains("Everything works"))

        await two.stop()
        #expect(await eventually { !phones.texts.isEmpty })
        let text = try #require(phones.texts.first)
        #expect(text.to == "+447700900001")
        #expect(text.text.hasPrefix("#1 web-2 DOWN https://localhost:8443/i/"))
        #expect(TextLength(text.text).parts == 1)

        let page = try await watch.text("/status")
        #expect(page.contains("Everything works, with less in reserve"))
        #expect(page.contains("web-2"))
        let status = try await watch.json(.get, "/api/v1/status")
        #expect(status["state"] == "reduced")
        #expect(status["incidents"]?.array?.count == 1)

        // The link shows without a sign-in; opening it changes nothing, the button does.
        let token = String(text.text.split(separator: " ")[3].split(separator: "/").last ?? "")
        let shown = try await watch.text("/i/\(token)")
        #expect(shown.contains("I have it") && shown.contains("web-2"))
        #expect(try await watch.json(.get, "/management/incidents")["items"]?.array?.first?["state"] == "open")
        #expect(try await watch.ask(.post, "/i/\(token)").status.code == 303)
        #expect(try await watch.text("/i/\(token)").contains("in hand"))
        #expect(try await watch.json(.get, "/management/incidents")["items"]?.array?.first?["acknowledged_by"] == "Ana")

        let again = try house.ready("web-2")
        #expect(await eventually { phones.texts.count == 2 })
        #expect(phones.texts.last?.text.hasPrefix("#1 web-2 UP https://") == true)
        #expect(try await eventually { try await watch.json(.get, "/api/v1/status")["state"] == "operational" })
        #expect(try await watch.json(.get, "/api/v1/status")["past"]?.array?.count == 1)
        #expect(try await watch.text("/i/\(token)").contains("over"))
        try await watch.stop()
        await one.stop()
        await again.stop()
    }

    @Test func `a node that is back within the confirm time is no incident, one that is not ready is`() async throws {
        let phones = try FakePhones()
        let house = try WatchHouse(providers: [WatchHouse.provider(phones)]) { $0.probes.every = .seconds(1) }
        defer { house.remove() }
        let one = try house.ready("web-1")
        var two = try house.ready("web-2")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1", "web-2") })
        await two.stop()
        try await Task.sleep(for: .milliseconds(900))
        two = try house.ready("web-2")
        try await Task.sleep(for: .seconds(3))
        #expect(phones.texts.isEmpty)
        two.behave(.answer(503, "not ready: no primary"))
        #expect(await eventually { !phones.texts.isEmpty })
        #expect(phones.texts.first?.text.contains("answers 503 not ready: no primary") == true)
        try await watch.stop()
        await one.stop()
        await two.stop()
    }

    @Test func `a provider that stalls and one that fails are passed over, and the text arrives by the third`() async throws {
        let stalled = try FakePhones(.stall), broken = try FakePhones(.answer(503, "Temporal failure, try again later.")), good = try FakePhones()
        let house = try WatchHouse(providers: [
            WatchHouse.provider(stalled, name: "stalled"), WatchHouse.provider(broken, name: "broken"), WatchHouse.provider(good, name: "good"),
        ])
        defer { house.remove() }
        let one = try house.ready("web-1")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1") })
        await one.stop()
        #expect(await eventually { !good.texts.isEmpty })
        #expect(stalled.texts.count == 1 && broken.texts.count == 1)
        let item = try #require(try await watch.json(.get, "/management/outbox")["items"]?.array?.first)
        #expect(item["attempts"] == 3)
        #expect(item["provider"] == "good")
        try await watch.stop()
    }

    @Test func `when no provider takes the text it is filed, the next person is asked, and it goes out once a provider is back`() async throws {
        let phones = try FakePhones(.answer(503, "no"))
        let house = try WatchHouse(
            providers: [WatchHouse.provider(phones)],
            technicians: [
                TechnicianSpec(name: "Ana", number: "+447700900001", zone: "Europe/London"),
                TechnicianSpec(name: "Cy", number: "+447700900002", zone: "Europe/London"),
            ])
        defer { house.remove() }
        let one = try house.ready("web-1")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1") })
        await one.stop()
        #expect(await eventually { Set(phones.texts.map(\.to)).count == 2 })
        let files = { (try? FileManager.default.contentsOfDirectory(atPath: house.state.outbox))?.filter { $0.hasSuffix(".txt") } ?? [] }
        #expect(await eventually { files().count >= 2 })
        #expect(files().allSatisfy { $0.hasSuffix("-Ana.txt") || $0.hasSuffix("-Cy.txt") })
        phones.service.behave(.answer(202, "0: Accepted for delivery"))
        #expect(try await eventually {
            let items = try await watch.json(.get, "/management/outbox")["items"]?.array ?? []
            return items.contains { $0["state"] == "accepted" && $0["to"] == "+447700900001" }
        })
        try await watch.stop()
    }

    @Test func `without a provider texts are files that read as the phone would`() async throws {
        let house = try WatchHouse()
        defer { house.remove() }
        let one = try house.ready("web-1"), two = try house.ready("web-2")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1", "web-2") })
        let test = try await watch.json(.post, "/management/technicians/Ana/test")
        #expect(test["state"] == "filed")
        let names = try FileManager.default.contentsOfDirectory(atPath: house.state.outbox)
        #expect(names.count == 1)
        let text = try String(contentsOfFile: house.state.outbox + "/" + names[0], encoding: .utf8)
        #expect(text.hasPrefix("To: +447700900001 (Ana)\n"))
        #expect(text.contains("This is only a test"))
        try await watch.stop()
        await one.stop()
        await two.stop()
    }

    @Test func `what is drained or removed on purpose is no incident, what is stopped is`() async throws {
        let phones = try FakePhones()
        let house = try WatchHouse(providers: [WatchHouse.provider(phones)])
        defer { house.remove() }
        let one = try house.ready("web-1"), two = try house.ready("web-2")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1", "web-2") })
        try await watch.tell(["web-2": .draining])
        await two.stop()
        try await Task.sleep(for: .seconds(2))
        #expect(phones.texts.isEmpty)
        try await watch.tell(["web-1": .stopped])
        await one.stop()
        #expect(await eventually { phones.texts.contains { $0.text.contains("web-1 DOWN") } })
        // Removing it while it is down ends the incident and says so.
        try await watch.tell(["web-1": .drained])
        #expect(await eventually { phones.texts.contains { $0.text.contains("web-1 OUT") } })
        try await watch.stop()
    }

    @Test func `a node that dies right after the supervisor saw it ready is texted at once`() async throws {
        let phones = try FakePhones()
        let house = try WatchHouse(providers: [WatchHouse.provider(phones)])
        defer { house.remove() }
        let watch = try house.start()
        #expect(await eventually { (try? await watch.text("/healthz")) == "alive\n" })
        try await watch.tell(["web-1": .ready, "web-2": .stopped])
        #expect(await eventually { phones.texts.contains { $0.text.contains("web-1 DOWN") } && phones.texts.contains { $0.text.contains("web-2 DOWN") } })
        try await watch.stop()
    }

    @Test func `the watch goes on after its own death, and pages nobody twice`() async throws {
        let phones = try FakePhones()
        let house = try WatchHouse(providers: [WatchHouse.provider(phones)])
        defer { house.remove() }
        let one = try house.ready("web-1"), two = try house.ready("web-2")
        var watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1", "web-2") })
        await two.stop()
        #expect(await eventually { phones.texts.count == 1 })
        try await watch.stop()
        watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1") })
        try await Task.sleep(for: .seconds(2))
        #expect(phones.texts.count == 1)
        let again = try house.ready("web-2")
        #expect(await eventually { phones.texts.count == 2 })
        #expect(phones.texts.last?.text.contains("web-2 UP") == true)
        try await watch.stop()
        await one.stop()
        await again.stop()
    }

    @Test func `a receipt makes the text delivered, and its link is good for nothing else`() async throws {
        let phones = try FakePhones()
        let house = try WatchHouse(providers: [WatchHouse.provider(phones)])
        defer { house.remove() }
        let watch = try house.start()
        #expect(await eventually { (try? await watch.text("/healthz")) == "alive\n" })
        _ = try await watch.json(.post, "/management/technicians/Ana/test")
        let url = try #require(phones.texts.first?.receiptURL)
        let path = "/i/" + (url.split(separator: "/").last.map(String.init) ?? "").replacingOccurrences(of: "%d", with: "1")
        #expect(try await watch.ask(.get, path).status.code == 204)
        #expect(try await eventually { try await watch.json(.get, "/management/outbox")["items"]?.array?.first?["state"] == "delivered" })
        #expect(try await watch.ask(.post, String(path.split(separator: "?")[0])).status.code == 404)
        try await watch.stop()
    }
}

@Suite(.timeLimit(.minutes(2))) struct ManagementRoutesTests {
    @Test func `technicians are added by command, checked field by field, and are on call by their clock`() async throws {
        let house = try WatchHouse()
        defer { house.remove() }
        let watch = try house.start()
        #expect(await eventually { (try? await watch.text("/healthz")) == "alive\n" })
        let bo: JSON = ["name": "Bo", "number": "+61 491 570 006", "zone": "Australia/Sydney", "email": "bo@example.com"]
        #expect(try await watch.ask(.post, "/management/technicians", body: bo).status.code == 200)
        #expect(try await watch.json(.get, "/management/technicians")["items"]?.array?.count == 2)
        #expect(try await watch.json(.get, "/management/on-call?at=2026-11-22T02:00:00Z")["name"] == "Bo")
        let noon = try await watch.json(.get, "/management/on-call?at=2026-11-22T12:00:00Z")
        #expect(noon["name"] == "Ana")
        #expect(noon["until"] == "2026-11-22T19:31:00Z")

        let wrong: JSON = ["name": "Bo", "number": "07700900001", "zone": "Europe/Londn", "email": "x\r\n@y"]
        let refused = try await watch.ask(.post, "/management/technicians", body: wrong)
        #expect(refused.status.code == 422)
        let failure = try #require(Failure(json: try JSON.parse(refused.body)))
        #expect(failure.fields.map(\.field) == ["name", "number", "zone", "email"])
        #expect(failure.fields.allSatisfy { !$0.hint.isEmpty })
        try await watch.stop()

        // The list of the file seeds the first start only.
        let again = try house.start()
        #expect(await eventually { (try? await again.text("/healthz")) == "alive\n" })
        #expect(try await again.json(.get, "/management/technicians")["items"]?.array?.count == 2)
        try await again.stop()
    }

    @Test(arguments: [
        ("GET", "/management/on-call?at=yesterday", 400), ("POST", "/management/incidents/x/ack", 400), ("POST", "/management/incidents/99/ack", 409),
        ("POST", "/management/technicians/Nobody/test", 404), ("GET", "/management/outbox?limit=0", 400), ("GET", "/i/AAAAAAAAAAAAAAAA", 404),
        ("GET", "/i/..%2f", 404), ("DELETE", "/status", 405), ("GET", "/nothing", 404),
    ])
    func `what cannot be done says why and what to do`(method: String, target: String, status: Int) async throws {
        let house = try WatchHouse()
        defer { house.remove() }
        let watch = try house.start()
        #expect(await eventually { (try? await watch.text("/healthz")) == "alive\n" })
        let response = try await watch.ask(HTTPMethod(method), target)
        #expect(response.status.code == status)
        let failure = try #require(Failure(json: try JSON.parse(response.body)))
        #expect(!failure.hint.isEmpty)
        try await watch.stop()
    }

    @Test func `who is on duty is told once that the certificate people are shown ends, and again when less time is left`() async throws {
        let phones = try FakePhones()
        let house = try WatchHouse(providers: [WatchHouse.provider(phones)])
        defer { house.remove() }
        let services = [try house.ready("web-1"), try house.ready("web-2")]
        func show(days: Int) throws {
            let openssl = Process()
            openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            openssl.arguments = [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "\(days)", "-subj", "/CN=clinic.example",
                "-addext", "subjectAltName=DNS:clinic.example", "-keyout", house.state.publicKey, "-out", house.state.publicCertificate,
            ]
            openssl.standardError = FileHandle.nullDevice
            try openssl.run()
            openssl.waitUntilExit()
            #expect(openssl.terminationStatus == 0)
        }
        func told() -> [String] { phones.texts.map(\.text).filter { $0.contains("certificate") } }

        try show(days: 10)
        var watch = try house.start()
        #expect(await eventually { !told().isEmpty })
        // Whole days are told, and the second it was made in may be over.
        #expect(["9", "10"].contains { told().first?.hasPrefix("Fitech certificate of clinic.example ends in \($0) days") == true })
        #expect(phones.texts.first?.to == "+447700900001")
        #expect(try await eventually { try await watch.seesUp("web-1", "web-2") })
        try await watch.stop()

        watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1", "web-2") })
        try await watch.stop()
        #expect(told().count == 1, "a restart is no reason to tell it again")

        try show(days: 2)
        watch = try house.start()
        #expect(await eventually { told().count == 2 })
        #expect(["ends tomorrow", "ends in 2 days"].contains { told().last?.contains($0) == true })
        try await watch.stop()
        for service in services { await service.stop() }
    }

    @Test func `the public sees the status and links, and nothing else`() async throws {
        let house = try WatchHouse()
        defer { house.remove() }
        let watch = try house.start()
        #expect(await eventually { (try? await watch.text("/healthz")) == "alive\n" })
        let forwarded: HTTPFields = ["X-Forwarded-For": "203.0.113.9"]
        let status = try await watch.ask(.get, "/status", fields: forwarded)
        #expect(status.status.code == 200)
        #expect(status.fields["content-security-policy"]?.contains("default-src 'none'") == true)
        #expect(try await watch.ask(.head, "/status", fields: forwarded).status.code == 200)
        let packed = try await watch.ask(.get, "/status", fields: ["X-Forwarded-For": "203.0.113.9", "Accept-Encoding": "gzip"])
        #expect(packed.fields["content-encoding"] == "gzip" && packed.fields["etag"] != nil && packed.body.count < status.body.count)
        #expect(try await watch.ask(.get, "/api/v1/status", fields: forwarded).status.code == 200)
        for path in ["/management/technicians", "/management/outbox", "/management/incidents", "/management/probes"] {
            #expect(try await watch.ask(.get, path, fields: forwarded).status.code == 403)
        }
        try await watch.stop()
    }
}
