// SMS end to end: the watch, a real Kannel, and a fake phone that receives.
import Control
import Engine
import Foundation
import TestSupport
import Testing
import Wire
@testable import ManagementTier

@Suite(.timeLimit(.minutes(2)), .enabled(if: Kannel.isInstalled, "apt-get install kannel kannel-extras"))
struct KannelTests {
    @Test func `an outage reaches the phone through Kannel, and so does its end`() async throws {
        let kannel = try Kannel()
        defer { kannel.remove() }
        let secretFile = kannel.directory + "/kannel.secret"
        try (kannel.secret + "\n").write(toFile: secretFile, atomically: true, encoding: .utf8)
        let house = try WatchHouse(providers: [
            Configuration.SMSProvider(name: "kannel", kind: .kannel, url: kannel.url, countries: ["GB", "AU"], user: "fitech", secretFile: secretFile)
        ])
        defer { house.remove() }
        let one = try house.ready("web-1"), two = try house.ready("web-2")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1", "web-2") })
        await two.stop()
        #expect(await eventually { !kannel.messages.isEmpty })
        // This Kannel has no sender of its own: the text names one rather than not arriving.
        let down = try #require(kannel.messages.first)
        #expect(down.hasPrefix("Fitech +447700900001 text #1 web-2 DOWN https://localhost:8443/i/"))
        let again = try house.ready("web-2")
        #expect(await eventually { kannel.messages.count == 2 })
        #expect(kannel.messages.last?.contains("#1 web-2 UP") == true)
        try await watch.stop()
        await one.stop()
        await again.stop()
    }

    @Test func `every character of the alphabet arrives as it was written`() async throws {
        let kannel = try Kannel()
        defer { kannel.remove() }
        setenv("FITECH_TEST_KANNEL", kannel.secret, 1)
        let house = try WatchHouse(providers: [
            Configuration.SMSProvider(name: "kannel", kind: .kannel, url: kannel.url, user: "fitech", from: "+447700900999", secretVariable: "FITECH_TEST_KANNEL")
        ])
        defer { house.remove() }
        let watch = try house.start()
        #expect(await eventually { (try? await watch.text("/healthz")) == "alive\n" })
        let body: JSON = ["name": "Zoë [x]_{y}", "number": "+61491570006", "zone": "Australia/Sydney"]
        #expect(try await watch.ask(.post, "/management/technicians", body: body).status.code == 200)
        let answer = try await watch.json(.post, "/management/technicians/Zo%C3%AB%20%5Bx%5D_%7By%7D/test")
        #expect(answer["state"] == "accepted" || answer["state"] == "delivered")
        #expect(await eventually { kannel.messages.contains { $0.contains("reach you, Zoe [x]_{y}.") } })
        try await watch.stop()
    }
}
