// The path through every tier: sign in, work, be answered, with real processes.
import Testing
import TestSupport
import Wire

@Suite(.serialized) struct PathTests {
    @Test func `a person signs in through every tier, opens a ticket, support answers it, the person reads and closes it`() throws {
        let fleet = try Fleet()
        defer { fleet.remove() }
        let administrator = try fleet.demoPerson(role: "administrator", customer: "clinic")
        let support = try fleet.demoPerson(role: "support")
        #expect(try administrator.get("/api/v1/tickets").status == 401)
        #expect(try administrator.signIn().status == 200)
        #expect(try support.signIn().status == 200)

        let opened = try administrator.post("/api/v1/tickets", ["title": "The scales show pounds", "body": "Since this morning."])
        #expect(opened.status == 201, "\(opened.body)")
        let number = try #require(opened.json?["number"]?.integer)
        #expect(opened.header("location") == "/api/v1/tickets/\(number)")

        let queue = try support.get("/api/v1/tickets")
        #expect(queue.json?["items"]?.array?.contains { $0["number"]?.integer == number && $0["customer"]?.string == "clinic" } == true)
        #expect(try support.post("/api/v1/tickets/\(number)/replies", ["body": "Press the unit key."]).status == 201)
        let answered = try administrator.get("/api/v1/tickets/\(number)")
        #expect(answered.json?["state"]?.string == "answered")
        #expect(try administrator.request("PATCH", "/api/v1/tickets/\(number)", headers: ["content-type: application/json", "origin: \(fleet.url)"], body: #"{"state":"closed"}"#).status == 200)
        #expect(try support.get("/api/v1/tickets/\(number)").json?["state"]?.string == "closed")
    }

    @Test func `a creation repeated with its Idempotency-Key answers the first thing again and makes no second`() throws {
        let fleet = try Fleet("single-server")
        defer { fleet.remove() }
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")
        try person.signIn()
        let ticket: JSON = ["title": "Once", "body": "Only."]
        let first = try person.post("/api/v1/tickets", ticket, headers: ["idempotency-key: a-key-of-mine"])
        let second = try person.post("/api/v1/tickets", ticket, headers: ["idempotency-key: a-key-of-mine"])
        #expect(first.status == 201 && second.status == 201)
        #expect(first.json == second.json)
        #expect(second.header("idempotency-replayed") == "true")
    }

    @Test(arguments: ["portal", "reseller", "single-server"])
    func `every edition starts, answers and stops without leaving a process`(edition: String) throws {
        let fleet = try Fleet(edition)
        defer { fleet.remove() }
        let nodes = try fleet.nodes()
        #expect(nodes.allSatisfy { $0.state == "ready" }, "\(nodes)")
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")
        #expect(try person.signIn().status == 200)
        #expect(try person.get("/api/v1/subjects").json?["items"]?.array?.count == 20)
        #expect(fleet.stop(), "SIGTERM alone must end it")
        for node in nodes { #expect(!isAlive(node.pid), "\(node.name) outlived its supervisor") }
    }

    @Test func `a second fleet on the same state directory is refused and the first goes on`() throws {
        let fleet = try Fleet("single-server")
        defer { fleet.remove() }
        let second = try Command.run("\(Command.binaries)/fitech", ["up", "--config", "\(Command.root)/Config/single-server.yaml", "--state", fleet.state])
        #expect(second.status == 1)
        #expect(second.errors.contains("\(fleet.pid)"), "\(second.errors)")
        #expect(try fleet.nodes().allSatisfy { $0.state == "ready" })
    }

    @Test func `a taken port refuses the start and names its holder`() throws {
        let fleet = try Fleet("single-server")
        defer { fleet.remove() }
        let other = try Command.temporaryDirectory()
        let second = try Command.run("\(Command.binaries)/fitech", [
            "up", "--config", "\(Command.root)/Config/single-server.yaml", "--state", other + "/state",
            "--set", "listen.https=127.0.0.1:\(fleet.port)", "--set", "listen.http=127.0.0.1:0",
        ])
        #expect(second.status == 1)
        #expect(second.errors.contains("\(fleet.port)") && second.errors.contains("fitech"), "\(second.errors)")
    }
}
