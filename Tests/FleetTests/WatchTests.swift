// The promises of the watch with real processes: a dead node reaches a phone through Kannel, mail reaches a mailbox.
import Foundation
import Testing
import TestSupport
import Wire

@Suite(.serialized) struct WatchTests {
    /// The options that hand texts to this Kannel.
    static func options(_ kannel: Kannel) throws -> [String] {
        let secret = kannel.directory + "/kannel.secret"
        try (kannel.secret + "\n").write(toFile: secret, atomically: true, encoding: .utf8)
        return ["sms.providers=[{name: kannel, kind: kannel, url: \"\(kannel.url)\", countries: [GB, AU], user: fitech, secret-file: \(secret)}]"]
    }

    @Test(.enabled(if: Kannel.isInstalled, "apt-get install kannel kannel-extras"))
    func `a stopped node is texted by name, acknowledged by the link, and texted again when it is back`() throws {
        let kannel = try Kannel()
        defer { kannel.remove() }
        let fleet = try Fleet(demo: false, set: try Self.options(kannel))
        defer { fleet.remove() }
        let visitor = Person(fleet: fleet, email: "", password: "")
        #expect(fleet.eventually { try visitor.get("/api/v1/status").json?["state"] == "operational" })

        #expect(try fleet.ctl("stop", "web-2", "--kill").status == 0)
        #expect(fleet.eventually(within: 30) { kannel.messages.contains { $0.contains("web-2 DOWN") } })
        let text = try #require(kannel.messages.first { $0.contains("web-2 DOWN") })
        #expect(try visitor.get("/status").body.contains("web-2"))
        #expect(try visitor.get("/api/v1/status").json?["incidents"]?.array?.count == 1)

        let link = try #require(text.split(separator: " ").first { $0.hasPrefix(fleet.url + "/i/") })
        let path = String(link.dropFirst(fleet.url.count))
        #expect(try visitor.get(path).body.contains("I have it"))
        #expect(try visitor.request("POST", path).status == 303)
        #expect(try fleet.ctlJSON("incident", "list")["items"]?.array?.first?["state"] == "acknowledged")

        #expect(try fleet.ctl("start", "web-2").status == 0)
        #expect(fleet.eventually { kannel.messages.contains { $0.contains("web-2 UP") } })
        #expect(fleet.eventually { try visitor.get("/api/v1/status").json?["state"] == "operational" })
    }

    @Test(.enabled(if: Kannel.isInstalled, "apt-get install kannel kannel-extras"))
    func `what the supervisor brings back within the confirm time wakes nobody, and neither does the end of the fleet`() throws {
        let kannel = try Kannel()
        defer { kannel.remove() }
        let fleet = try Fleet(demo: false, set: try Self.options(kannel))
        defer { fleet.remove() }
        let visitor = Person(fleet: fleet, email: "", password: "")
        #expect(fleet.eventually { try visitor.get("/api/v1/status").json?["state"] == "operational" })
        for name in ["web-1", "data-2", "reporting-1", "management-1"] { try fleet.kill9(name) }
        #expect(fleet.eventually { try fleet.nodes().allSatisfy { $0.state == "ready" } })
        #expect(try fleet.ctl("drain", "web-1", "--deadline", "1s", "--wait").status == 0)
        #expect(try fleet.ctl("remove-node", "web-1").status == 0)
        // Long enough for anything that was wrongly seen to be confirmed and texted.
        sleep(6)
        #expect(kannel.messages.isEmpty, "\(kannel.messages)")
        fleet.stop()
        sleep(1)
        #expect(kannel.messages.isEmpty, "\(kannel.messages)")
    }

    @Test(.enabled(if: MailServer.isInstalled, "pip install aiosmtpd"))
    func `what staff answer is mailed to the customer's person`() throws {
        let server = try MailServer()
        defer { server.remove() }
        let fleet = try Fleet(set: ["mail.relay=smtp://127.0.0.1:\(server.port)"])
        defer { fleet.remove() }
        let clinic = try fleet.demoPerson(role: "administrator", customer: "clinic"), staff = try fleet.demoPerson(role: "support")
        try clinic.signIn()
        try staff.signIn()
        let ticket = try clinic.post("/api/v1/tickets", ["title": "Größe in inches", "body": "How?"])
        let number = try #require(ticket.json?["number"]?.integer)
        #expect(try staff.post("/api/v1/tickets/\(number)/replies", ["body": "Choose imperial units in your account."]).status == 201)
        #expect(fleet.eventually { server.mails.contains { ($0["Subject"] ?? "").contains("Größe in inches") } })
        let mail = try #require(server.mails.first { ($0["Subject"] ?? "").contains("Größe in inches") })
        #expect(mail.to == [clinic.email])
        #expect(mail["Auto-Submitted"] == "auto-generated")
        #expect(mail.body.contains("imperial units"))
        #expect(mail.defects.isEmpty)
    }
}
