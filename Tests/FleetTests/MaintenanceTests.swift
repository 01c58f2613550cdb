// Planned work with real processes: the window is on and a node dies, no text leaves; it is called off, and the phone rings.
import Foundation
import Testing
import TestSupport
import Wire

@Suite(.serialized) struct MaintenanceTests {
    @Test(.enabled(if: Kannel.isInstalled, "apt-get install kannel kannel-extras"))
    func `a node killed during planned work wakes nobody until the window is off`() throws {
        let kannel = try Kannel()
        defer { kannel.remove() }
        let fleet = try Fleet(demo: false, set: try WatchTests.options(kannel))
        defer { fleet.remove() }
        let visitor = Person(fleet: fleet, email: "", password: "")
        #expect(fleet.eventually { try visitor.get("/api/v1/status").json?["state"] == "operational" })

        let window = try fleet.ctlJSON("maintenance", "add", "New disks", "--for", "1h", "--service", "pages")
        #expect(window["state"] == "running")
        #expect(try fleet.ctl("stop", "web-2", "--kill").status == 0)
        #expect(fleet.eventually(within: 30) { try fleet.ctlJSON("incident", "list")["items"]?.array?.contains { $0["subject"] == "web-2" && $0["state"] == "open" } == true })
        let status = try visitor.get("/api/v1/status").json
        #expect(status?["state"] == "planned" && status?["planned"]?.array?.first?["title"] == "New disks")
        #expect(try visitor.get("/status").body.contains("Planned work is under way"))
        // Long enough for anything that was wrongly decided to be texted.
        sleep(6)
        #expect(kannel.messages.isEmpty, "\(kannel.messages)")

        // Another part of the service is none of this window's.
        #expect(try fleet.ctl("stop", "reporting-1", "--kill").status == 0)
        #expect(fleet.eventually(within: 30) { kannel.messages.contains { $0.contains("reporting-1 DOWN") } })
        #expect(!kannel.messages.contains { $0.contains("web-2") })

        let id = try #require(window["id"]?.integer)
        #expect(try fleet.ctlJSON("maintenance", "cancel", "\(id)")["state"] == "over")
        #expect(fleet.eventually(within: 30) { kannel.messages.contains { $0.contains("web-2 DOWN") } })
        #expect(try fleet.ctlJSON("maintenance", "list")["items"]?.array?.count == 1)
        #expect(try fleet.ctl("maintenance", "cancel", "\(id)").status == 1)
    }
}
