// Nodes join, drain and leave while people work; nothing of it may be felt.
import Foundation
import Testing
import TestSupport
import Wire

@Suite(.serialized) struct FleetChangeTests {
    @Test func `a cloned node serves under load and no request fails`() throws {
        let fleet = try Fleet()
        defer { fleet.remove() }
        let load = try Load(fleet.url + "/sign-in", seconds: 6)
        usleep(1_000_000)
        let clone = try fleet.ctlJSON("clone-node", "web-1")
        let name = try #require(clone["name"]?.string)
        #expect(try fleet.node(name)?.state == "ready")
        let result = load.finish()
        #expect(result.requests > 0 && result.refused == 0 && result.socketErrors == 0, "\(result)")
        #expect((try fleet.node(name)?.requests ?? 0) > 0, "the new node must have served")
    }

    @Test func `draining and removing a node fails no request and signs nobody out`() throws {
        let fleet = try Fleet()
        defer { fleet.remove() }
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")
        try person.signIn()
        // Each person sticks to one node; with this many, both nodes have some.
        let load = try Load(fleet.url + "/api/v1/tickets", cookie: person.cookieHeader(), seconds: 7)
        usleep(500_000)
        #expect(try fleet.ctl("drain", "web-1", "--deadline", "1s", "--wait").status == 0)
        #expect(try fleet.node("web-1")?.state == "drained")
        #expect(try fleet.ctl("remove-node", "web-1").status == 0)
        let result = load.finish()
        #expect(result.requests > 0 && result.refused == 0 && result.socketErrors == 0, "\(result)")
        #expect(try fleet.node("web-1") == nil)
        #expect(try person.get("/api/v1/tickets").status == 200)
    }

    @Test func `what was changed by command survives a restart of the fleet`() throws {
        let fleet = try Fleet()
        _ = try fleet.ctlJSON("clone-node", "web-1", "--name", "web-9")
        try fleet.ctl("remove-node", "web-2")
        fleet.stop()
        let again = try Fleet(demo: false, state: URL(fileURLWithPath: fleet.state).deletingLastPathComponent().path)
        defer { again.remove() }
        let names = try again.nodes().filter { $0.tier == "web" }.map(\.name)
        #expect(names.sorted() == ["web-1", "web-9"])
    }
}
