// Restore points, restoring one customer, and changing roles between the data nodes.
import Foundation
import Testing
import TestSupport
import Wire

@Suite(.serialized) struct SafetyTests {
    @Test func `a damaged customer comes back from the newest restore point and the other customer is untouched`() throws {
        let fleet = try Fleet()
        defer { fleet.remove() }
        let clinic = try fleet.demoPerson(role: "administrator", customer: "clinic")
        let club = try fleet.demoPerson(role: "administrator", customer: "club")
        try clinic.signIn()
        try club.signIn()
        let before = try clinic.get("/api/v1/subjects?limit=5").json
        #expect(try fleet.ctl("backup", "now").status == 0)
        let later = try club.post("/api/v1/tickets", ["title": "After the restore point", "body": "Must stay."])
        let number = try #require(later.json?["number"]?.integer)

        // Garbage over the first pages, as a broken disk would leave them.
        let file = fleet.state + "/nodes/data-1/customers/clinic.db"
        let handle = try #require(FileHandle(forWritingAtPath: file))
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 20_000))
        try handle.close()
        try? FileManager.default.removeItem(atPath: file + "-wal")

        let restored = try fleet.ctl("restore", "--customer", "clinic", "--at", "latest", "--in-place")
        #expect(restored.status == 0, "\(restored.errors)")
        // Sessions younger than the restore point are gone with the damage.
        if try clinic.get("/api/v1/subjects?limit=5").status == 401 { try clinic.signIn() }
        #expect(try clinic.get("/api/v1/subjects?limit=5").json?["items"] == before?["items"])
        #expect(try club.get("/api/v1/tickets/\(number)").status == 200)
    }

    @Test func `restore points are listed with their time`() throws {
        let fleet = try Fleet("single-server")
        defer { fleet.remove() }
        #expect(try fleet.ctl("backup", "now").status == 0)
        let list = try fleet.ctlJSON("backup", "list")
        #expect((list["items"]?.array ?? list.array ?? []).count >= 1, "\(list.text)")
    }

    @Test func `a promoted backup has everything the primary had, and the old primary comes back as backup`() throws {
        let fleet = try Fleet()
        defer { fleet.remove() }
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")
        try person.signIn()
        let ticket = try person.post("/api/v1/tickets", ["title": "Before", "body": "x"])
        let number = try #require(ticket.json?["number"]?.integer)
        let promoted = try fleet.ctl("promote", "data-2")
        #expect(promoted.status == 0, "\(promoted.errors)")
        #expect(try person.get("/api/v1/tickets/\(number)").status == 200)
        #expect(try person.post("/api/v1/tickets", ["title": "After", "body": "x"]).status == 201)
        #expect(fleet.eventually { try fleet.node("data-2")?.role == "primary" && fleet.node("data-1")?.role == "backup" })
    }

    @Test func `without the primary a promotion names what would be lost and needs --accept-loss`() throws {
        let fleet = try Fleet()
        defer { fleet.remove() }
        #expect(try fleet.ctl("backup", "now").status == 0)
        #expect(try fleet.ctl("stop", "data-1", "--kill").status == 0)
        let refused = try fleet.ctl("promote", "data-2")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("--accept-loss"), "\(refused.errors)")
        let accepted = try fleet.ctl("promote", "data-2", "--accept-loss")
        #expect(accepted.status == 0, "\(accepted.errors)")
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")
        #expect(try person.signIn().status == 200)
        #expect(try fleet.ctl("start", "data-1").status == 0)
        #expect(fleet.eventually { try fleet.node("data-1")?.role == "backup" && fleet.node("data-1")?.state == "ready" })
    }
}
