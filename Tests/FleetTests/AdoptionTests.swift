// The supervisor is killed, at any moment: nodes serve on, and the next one takes them over.
import Foundation
import Testing
import TestSupport
import Wire

@Suite(.serialized) struct AdoptionTests {
    private func directory(_ fleet: Fleet) -> String { URL(fileURLWithPath: fleet.state).deletingLastPathComponent().path }

    @Test func `nodes outlive a killed supervisor; the next one adopts them, and no request fails meanwhile`() throws {
        let fleet = try Fleet()
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")
        try person.signIn()
        let kept = try Load(fleet.url + "/api/v1/tickets", cookie: person.cookieHeader(), seconds: 9)
        let opened = try Load(fleet.url + "/sign-in", headers: ["Connection: close"], connections: 4, seconds: 9)
        let before = try fleet.nodes()
        usleep(500_000)
        kill(fleet.pid, SIGKILL)
        usleep(1_000_000)
        #expect(try person.get("/api/v1/tickets").status == 200, "nobody supervises, everybody serves")
        let again = try Fleet(demo: false, state: directory(fleet))
        defer { again.remove() }
        #expect(again.url == fleet.url)
        let after = try again.nodes()
        #expect(after.map(\.pid) == before.map(\.pid))
        #expect(after.allSatisfy { $0.state == "ready" }, "\(after)")
        for result in [kept.finish(), opened.finish()] {
            #expect(result.requests > 0 && result.refused == 0 && result.socketErrors == 0, "\(result)")
        }
        // They are watched and led like those it started itself.
        try again.kill9("web-1")
        #expect(again.eventually { try again.node("web-1")?.state == "ready" && again.node("web-1")?.pid != before.first { $0.name == "web-1" }?.pid })
        #expect(try again.ctl("clone-node", "web-2").status == 0)
        #expect(try again.ctl("logs", "web-2").status == 0)
        let last = try again.nodes().map(\.pid)
        #expect(again.stop(), "in time")
        for pid in last { #expect(!isAlive(pid)) }
    }

    @Test func `another configuration adopts first and replaces then: no request fails`() throws {
        let fleet = try Fleet("single-server", demo: false)
        let before = try fleet.nodes()
        let load = try Load(fleet.url + "/sign-in", headers: ["Connection: close"], connections: 4, seconds: 9)
        usleep(300_000)
        kill(fleet.pid, SIGKILL)
        let again = try Fleet("single-server", demo: false, state: directory(fleet), set: ["probes.every=2s"])
        defer { again.remove() }
        let result = load.finish()
        #expect(result.requests > 0 && result.refused == 0 && result.socketErrors == 0, "\(result)")
        for (old, new) in zip(before, try again.nodes()) { #expect(old.name == new.name && old.pid != new.pid && new.state == "ready", "\(new)") }
    }

    @Test func `a second supervisor is refused while the first lives, also one that adopted`() throws {
        let fleet = try Fleet("single-server", demo: false)
        kill(fleet.pid, SIGKILL)
        let again = try Fleet("single-server", demo: false, state: directory(fleet))
        defer { again.remove() }
        let refused = try Command.run("\(Command.binaries)/fitech", ["up", "--config", "\(Command.root)/Config/single-server.yaml", "--state", again.state])
        #expect(refused.status == 1 && refused.errors.contains("process \(again.pid)"), "\(refused.errors)")
    }

    @Test func `what a killed supervisor left is ended by down, or by itself once its directory is gone`() throws {
        let fleet = try Fleet("single-server", demo: false)
        let nodes = try fleet.nodes()
        kill(fleet.pid, SIGKILL)
        usleep(200_000)
        #expect(nodes.allSatisfy { isAlive($0.pid) })
        let down = try Command.run("\(Command.binaries)/fitech", ["down", "--state", fleet.state])
        #expect(down.status == 0, "\(down.errors)")
        #expect(nodes.allSatisfy { !isAlive($0.pid) })

        let again = try Fleet("single-server", demo: false, state: directory(fleet))
        let orphans = try again.nodes()
        kill(again.pid, SIGKILL)
        try FileManager.default.removeItem(atPath: directory(fleet))
        #expect(again.eventually(within: 30) { orphans.allSatisfy { !isAlive($0.pid) } })
    }

    @Test(arguments: [
        "successor-started", "successor-ready", "program-remembered", "processes-noted", "name-given", "predecessor-told",
    ])
    func `a supervisor killed in an upgrade leaves what the next one can go on with`(moment: String) throws {
        let fleet = try Fleet("single-server", demo: false, environment: ["FITECH_FAULT_AT": moment])
        let load = try Load(fleet.url + "/sign-in", headers: ["Connection: close"], connections: 2, seconds: 6)
        for name in ["balancer-1"] { #expect(try fleet.ctl("upgrade", name).status != 0, "its supervisor died") }
        #expect(fleet.eventually { !isAlive(fleet.pid) })
        let again = try Fleet("single-server", demo: false, state: directory(fleet))
        defer { again.remove() }
        let nodes = try again.nodes()
        #expect(nodes.allSatisfy { $0.state == "ready" && isAlive($0.pid) }, "\(nodes)")
        let result = load.finish()
        #expect(result.requests > 0 && result.refused == 0 && result.socketErrors == 0, "\(result)")
        #expect(again.eventually(within: 5) { processes(of: again.state).count == nodes.count }, "one process for each node: \(processes(of: again.state))")
        #expect(try again.ctl("upgrade", "balancer-1").status == 0)
    }

    @Test(arguments: ["survivors-found", "listeners-taken", "fleet-saved", "nodes-adopted"])
    func `a supervisor killed while it adopts leaves what the next one can go on with`(moment: String) throws {
        let fleet = try Fleet("single-server", demo: false)
        let before = try fleet.nodes().map(\.pid)
        kill(fleet.pid, SIGKILL)
        #expect(throws: Fleet.StartFailure.self) {
            try Fleet("single-server", demo: false, state: directory(fleet), environment: ["FITECH_FAULT_AT": moment])
        }
        let again = try Fleet("single-server", demo: false, state: directory(fleet))
        defer { again.remove() }
        #expect(try again.nodes().map(\.pid) == before)
        #expect(try Command.run("curl", ["-skf", "-o", "/dev/null", again.url + "/sign-in"]).status == 0)
    }

    /// Process numbers of every node of a state directory.
    private func processes(of state: String) -> [Int32] {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) }.filter { pid in
            let words = (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8))?.split(separator: "\0") ?? []
            return words.contains("--node") && words.contains(Substring(state))
        } ?? []
    }
}
