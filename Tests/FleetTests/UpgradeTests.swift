// Nodes are replaced by new processes while people work; nothing of it may be felt.
import Foundation
import Testing
import TestSupport
import Wire

@Suite(.serialized) struct UpgradeTests {
    @Test func `balancers and web nodes are upgraded under load: no request fails, nobody is signed out, counters go on`() throws {
        let fleet = try Fleet()
        defer { fleet.remove() }
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")
        try person.signIn()
        let kept = try Load(fleet.url + "/api/v1/tickets", cookie: person.cookieHeader(), seconds: 12)
        // Every request on a connection of its own: the moment a balancer stops accepting is hit.
        let opened = try Load(fleet.url + "/sign-in", headers: ["Connection: close"], connections: 4, seconds: 12)
        usleep(1_000_000)
        let before = try fleet.nodes()
        for name in ["balancer-1", "web-1", "balancer-2", "web-2", "balancer-3"] {
            let result = try fleet.ctl("upgrade", name)
            #expect(result.status == 0, "\(name): \(result.errors)")
        }
        for result in [kept.finish(), opened.finish()] {
            #expect(result.requests > 0 && result.refused == 0 && result.socketErrors == 0, "\(result)")
        }
        let after = try fleet.nodes()
        for old in before where ["balancer", "web"].contains(old.tier) {
            let new = try #require(after.first { $0.name == old.name })
            #expect(new.state == "ready" && new.pid != old.pid, "\(new)")
            #expect(new.requests >= old.requests, "\(new.name): \(old.requests) requests before, \(new.requests) after")
            if old.tier == "web" { #expect(fleet.eventually { !isAlive(old.pid) }, "the old process of \(old.name) ends once nobody uses it") }
        }
        #expect(try person.get("/api/v1/tickets").status == 200)
    }

    @Test func `the other nodes are restarted as planned, and requests wait for them`() throws {
        let fleet = try Fleet("single-server")
        defer { fleet.remove() }
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")
        try person.signIn()
        let load = try Load(fleet.url + "/api/v1/tickets", cookie: person.cookieHeader(), seconds: 6)
        usleep(500_000)
        for name in ["management-1", "data-1"] {
            let old = try fleet.node(name)?.pid
            let result = try fleet.ctl("upgrade", name)
            #expect(result.status == 0, "\(name): \(result.errors)")
            #expect(try fleet.node(name)?.pid != old)
        }
        let result = load.finish()
        #expect(result.requests > 0 && result.refused == 0 && result.socketErrors == 0, "\(result)")
    }

    @Test func `a download under way when its balancer is upgraded ends whole, whatever becomes of the supervisor`() throws {
        let directory = try Command.temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let size = 24 << 20
        try Data(repeating: 0x66, count: size).write(to: URL(fileURLWithPath: directory + "/large"))
        let port = FreePort.some(1)[0]
        let origin = try Companion("/usr/bin/env", ["python3", "-m", "http.server", "--bind", "127.0.0.1", "\(port)"], in: directory, log: "origin.log")
        defer { origin.kill() }
        let plain = "listen: {http: 127.0.0.1:0}\nname: localhost\nnodes:\n  - {name: balancer-1, tier: balancer}\n  - {name: web-1, tier: web, origin: \"http://127.0.0.1:\(port)\"}\n"
        let fleet = try Fleet(demo: false) { $0 = plain }
        #expect(fleet.eventually { try Command.run("curl", ["-skf", "-o", "/dev/null", fleet.url + "/"]).status == 0 })
        let old = try fleet.node("balancer-1")?.pid ?? 0
        let download = try BackgroundCommand("curl", ["-sk", "--limit-rate", "6M", "-o", directory + "/got", "-w", "%{size_download}\n", fleet.url + "/large"])
        #expect(fleet.eventually { (try FileManager.default.attributesOfItem(atPath: directory + "/got")[.size] as? Int ?? 0) > 1 << 20 })
        #expect(try fleet.ctl("upgrade", "balancer-1").status == 0)
        #expect(isAlive(old), "the old process finishes what it has")
        kill(fleet.pid, SIGKILL)
        let again = try Fleet(demo: false, state: URL(fileURLWithPath: fleet.state).deletingLastPathComponent().path) { $0 = plain }
        defer { again.remove() }
        #expect(isAlive(old), "and so under the next supervisor")
        #expect(download.line(within: 30) { $0 == "\(size)" } != nil, "\(download.output)")
        #expect(again.eventually { !isAlive(old) }, "and then ends")
    }
}
