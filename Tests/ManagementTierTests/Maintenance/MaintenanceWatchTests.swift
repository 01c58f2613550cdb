// Planned work through the whole watch: added and called off over its private listener, kept over a restart, made by changes.
import Control
import Engine
import Foundation
import Logging
import Procedures
import SupportCentre
import Synchronization
import TestSupport
import Testing
import Wire
@testable import ManagementTier

@Suite(.timeLimit(.minutes(3))) struct MaintenanceWatchTests {
    private func add(_ watch: WatchHouse.Running, for length: Int, services: [String] = ["pages"], title: String = "New disks <b>") async throws -> JSON {
        let ends = Timestamp.now.adding(.seconds(length)).iso8601
        return try await watch.json(.post, "/management/maintenance", body: ["title": .string(title), "ends": .string(ends), "services": .array(services.map(JSON.string)), "by": "Mei"])
    }

    @Test func `during a window nobody is texted, the status page says why, and called off it texts at once`() async throws {
        let phones = try FakePhones()
        let house = try WatchHouse(providers: [WatchHouse.provider(phones)])
        defer { house.remove() }
        let one = try house.ready("web-1"), two = try house.ready("web-2")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1", "web-2") })
        let window = try await add(watch, for: 600)
        #expect(window["id"] == 1 && window["state"] == "running" && window["by"] == "Mei")
        await two.stop()
        #expect(try await eventually { try await watch.json(.get, "/management/incidents")["items"]?.array?.count == 1 })
        let status = try await watch.json(.get, "/api/v1/status")
        #expect(status["state"] == "planned" && status["planned"]?.array?.first?["state"] == "running")
        let page = try await watch.text("/status")
        #expect(page.contains("Planned work is under way") && page.contains("New disks &lt;b&gt;") && !page.contains("<b>New"))
        try await Task.sleep(for: .seconds(2))
        #expect(phones.texts.isEmpty)

        // A watch that starts anew holds what it held.
        try await watch.stop()
        let second = try house.start()
        #expect(await eventually { (try? await second.text("/healthz")) == "alive\n" })
        #expect(try await eventually { try await second.json(.get, "/management/maintenance")["items"]?.array?.first?["state"] == "running" })
        try await Task.sleep(for: .seconds(2))
        #expect(phones.texts.isEmpty)
        #expect(try await second.json(.post, "/management/maintenance/1/cancel")["state"] == "over")
        #expect(await eventually { phones.texts.contains { $0.text.contains("web-2 DOWN") } })
        #expect(try await eventually { try await second.json(.get, "/api/v1/status")["state"] == "reduced" })
        #expect(try await second.ask(.post, "/management/maintenance/1/cancel").status.code == 409)
        #expect(try await second.ask(.post, "/management/maintenance/7/cancel").status.code == 404)
        try await second.stop()
        await one.stop()
    }

    @Test func `a window over another part keeps nobody asleep, and its end wakes whoever is on duty`() async throws {
        let phones = try FakePhones()
        let house = try WatchHouse(providers: [WatchHouse.provider(phones)])
        defer { house.remove() }
        let one = try house.ready("web-1"), two = try house.ready("web-2")
        let watch = try house.start()
        #expect(try await eventually { try await watch.seesUp("web-1", "web-2") })
        _ = try await add(watch, for: 600, services: ["records", "reports"])
        _ = try await add(watch, for: 4)
        await two.stop()
        #expect(await eventually { phones.texts.contains { $0.text.contains("web-2 DOWN") } })
        #expect(try await watch.json(.get, "/management/maintenance")["items"]?.array?.map { $0["state"] } == ["running", "over"])
        try await watch.stop()
        await one.stop()
    }

    static let refused: [(JSON, String)] = [
        (["title": "x"], "ends"), (["title": "", "ends": "2099-01-01T00:00:00Z"], "title"), (["title": "x", "ends": "2001-01-01T00:00:00Z"], "ends"),
        (["title": "x", "ends": "soon"], "ends"), (["title": "x", "ends": "2099-01-01T00:00:00Z"], "ends"),
        (["title": "x", "starts": "2099-01-01T00:00:00Z", "ends": "2099-01-01T01:00:00Z", "services": ["kitchen"]], "services"),
    ]

    @Test(arguments: refused) func `a window nobody can mean is refused with what to do`(body: JSON, field: String) async throws {
        let house = try WatchHouse()
        defer { house.remove() }
        let watch = try house.start()
        #expect(await eventually { (try? await watch.text("/healthz")) == "alive\n" })
        let response = try await watch.ask(.post, "/management/maintenance", body: body)
        let problem = try JSON.parse(response.body)
        #expect(response.status.code == 422 && problem["fields"]?.array?.first?["field"]?.string == field, "\(problem.text)")
        try await watch.stop()
    }

    @Test func `a change makes its window, moves it and calls it off, each word once`() async throws {
        let house = try WatchHouse(nodes: [NodeSpec(name: "data-1", tier: .data, role: .primary)])
        defer { house.remove() }
        let desk = FakePrimary.Desk()
        let primary = HTTPServer(loops: [try EventLoop.start(name: "primary")], log: Logger(label: "primary")) { _ in FakePrimary(desk) }
        primary.listen(try Listener.open(.unix(house.state.socket(of: "data-1"))), tls: nil)
        let watch = try house.start()
        #expect(await eventually { (try? await watch.text("/healthz")) == "alive\n" })
        let starts = Timestamp(milliseconds: Timestamp.now.milliseconds / 1000 * 1000 + 3_600_000)
        func word(_ version: Int, hours: Int = 0, cancelled: Bool = false) -> WindowEffect {
            var effect = WindowEffect()
            (effect.id, effect.change, effect.version, effect.title, effect.parts, effect.cancelled) = ("clinic.\(version)", 101, version, "Planned maintenance", ["pages"], cancelled)
            (effect.starts, effect.ends) = (starts.adding(.seconds(hours * 3600)), starts.adding(.seconds((hours + 1) * 3600)))
            return effect
        }
        func windows() async throws -> [JSON] { try await watch.json(.get, "/management/maintenance")["items"]?.array ?? [] }
        desk.windows.withLock { $0 = [word(1)] }
        try await watch.tell(["data-1": .ready])
        #expect(try await eventually { try await windows().first?["state"] == "coming" })
        #expect(await eventually { desk.windows.withLock { $0.isEmpty } })
        #expect(try await windows().first?["source"] == "change-101")
        // Handed out again after a crash, and moved.
        desk.windows.withLock { $0 = [word(1), word(2, hours: 5)] }
        #expect(try await eventually { try await windows().first?["starts"]?.string == starts.adding(.seconds(5 * 3600)).iso8601 })
        #expect(try await windows().count == 1)
        desk.windows.withLock { $0 = [word(3, hours: 5, cancelled: true)] }
        #expect(try await eventually { try await windows().first?["state"] == "cancelled" })
        try await watch.stop()
        await primary.stop(within: .milliseconds(50))
    }
}
