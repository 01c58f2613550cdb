// kill -9 of each kind of node under load: what goes on, what waits, what is never lost.
import Foundation
import Testing
import TestSupport
import Wire

@Suite(.serialized) struct KillTests {
    @Test func `kill -9 of a web node fails no read, signs nobody out, and the node comes back`() throws {
        let fleet = try Fleet()
        defer { fleet.remove() }
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")
        try person.signIn()
        let load = try Load(fleet.url + "/api/v1/tickets", cookie: person.cookieHeader(), seconds: 6)
        for name in ["web-1", "web-2"] {
            usleep(1_500_000)
            let before = try fleet.node(name)?.pid
            try fleet.kill9(name)
            #expect(fleet.eventually { try fleet.node(name)?.state == "ready" && fleet.node(name)?.pid != before })
        }
        let result = load.finish()
        #expect(result.requests > 0 && result.refused == 0 && result.socketErrors == 0, "\(result)")
        #expect(try person.get("/api/v1/tickets").status == 200)
    }

    @Test(arguments: ["balancer-2", "management-1", "data-2", "reporting-1"])
    func `kill -9 of any other node leaves the portal serving and the node comes back`(name: String) throws {
        let fleet = try Fleet()
        defer { fleet.remove() }
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")
        try person.signIn()
        let before = try fleet.node(name)?.pid
        try fleet.kill9(name)
        for _ in 0..<20 {
            // A connection may land on the balancer that is dying: a new one must work.
            let answer = try (try? person.get("/api/v1/tickets")) ?? person.get("/api/v1/tickets")
            #expect(answer.status == 200)
        }
        #expect(fleet.eventually { try fleet.node(name)?.state == "ready" && fleet.node(name)?.pid != before })
    }

    @Test func `kill -9 of the primary loses nothing that was acknowledged, and it is back`() throws {
        let fleet = try Fleet()
        defer { fleet.remove() }
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")
        try person.signIn()
        var acknowledged: [Int64] = []
        for round in 0..<24 {
            if round % 8 == 3 { try fleet.kill9("data-1") }
            let answer = try person.post("/api/v1/tickets", ["title": .string("Round \(round)"), "body": "x"], headers: ["idempotency-key: round-\(round)"])
            if answer.status == 201 {
                acknowledged.append(try #require(answer.json?["number"]?.integer))
            } else {
                #expect(answer.status == 503 && answer.header("retry-after") != nil, "\(answer.status) \(answer.body)")
            }
        }
        #expect(acknowledged.count >= 20)
        #expect(Set(acknowledged).count == acknowledged.count)
        for number in acknowledged { #expect(try person.get("/api/v1/tickets/\(number)").status == 200) }
        #expect(fleet.eventually { try fleet.node("data-1")?.state == "ready" })
    }

    @Test func `the status is told even when every other node is dead`() throws {
        let fleet = try Fleet("single-server")
        defer { fleet.remove() }
        for node in try fleet.nodes() { try fleet.ctl("stop", node.name, "--kill") }
        #expect(try fleet.nodes().allSatisfy { $0.state == "stopped" })
    }
}
