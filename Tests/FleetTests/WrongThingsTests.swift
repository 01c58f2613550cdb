// Every wrong thing gets the right status and a body that helps.
import Testing
import TestSupport
import Wire

@Suite(.serialized) struct WrongThingsTests {
    @Test func `each wrong request is told apart and answered with a hint`() throws {
        let fleet = try Fleet("single-server")
        defer { fleet.remove() }
        let clinic = try fleet.demoPerson(role: "administrator", customer: "clinic")
        let club = try fleet.demoPerson(role: "administrator", customer: "club")
        try clinic.signIn()
        try club.signIn()
        let subject = try #require(try club.get("/api/v1/subjects").json?["items"]?.array?.first?["id"]?.string)
        let json = ["content-type: application/json", "origin: \(fleet.url)"]

        func large(_ count: Int) -> String { "x-large: " + String(repeating: "a", count: count) }
        let wrong: [(String, Int, WebAnswer)] = [
            ("no token", 401, try clinic.request("GET", "/api/v1/tickets", cookies: false)),
            ("a made-up token", 401, try clinic.request("GET", "/api/v1/tickets", headers: ["authorization: Bearer clinic.nonsense"], cookies: false)),
            ("another customer's subject", 404, try clinic.get("/api/v1/subjects/\(subject)")),
            ("bad JSON", 400, try clinic.request("POST", "/api/v1/tickets", headers: json, body: "{\"title\": }")),
            ("a missing member", 422, try clinic.request("POST", "/api/v1/tickets", headers: json, body: "{\"title\": \"x\"}")),
            // curl does not send more than 64 KB of fields over HTTP/2, to nobody.
            ("a large header over HTTP/1.1", 431, try clinic.request("GET", "/api/v1/tickets", headers: [large(100_000)], options: ["--http1.1"])),
            ("a large header over HTTP/2", 431, try clinic.request("GET", "/api/v1/tickets", headers: [large(50_000)])),
            ("an unknown path", 404, try clinic.get("/api/v1/nothing-here")),
            ("a wrong method", 405, try clinic.request("DELETE", "/api/v1/tickets", headers: json)),
            ("a wrong media type", 415, try clinic.request("POST", "/api/v1/tickets", headers: ["content-type: text/plain", "origin: \(fleet.url)"], body: "x")),
            ("a foreign Origin", 403, try clinic.request("POST", "/api/v1/tickets", headers: ["content-type: application/json", "origin: https://evil.example"], body: "{\"title\": \"x\", \"body\": \"y\"}")),
        ]
        for (what, status, answer) in wrong {
            #expect(answer.status == status, "\(what): \(answer.status) \(answer.body)")
            #expect(answer.header("content-type")?.hasPrefix("application/problem+json") == true, "\(what): \(answer.headers)")
            #expect(answer.json?["hint"]?.string?.isEmpty == false, "\(what): \(answer.body)")
        }
        #expect(wrong.first { $0.0 == "a wrong method" }?.2.header("allow")?.contains("POST") == true)
    }

    @Test func `as many header fields as the balancer admits reach the node, with those it adds`() throws {
        let fleet = try Fleet("single-server")
        defer { fleet.remove() }
        let clinic = try fleet.demoPerson(role: "administrator", customer: "clinic")
        try clinic.signIn()
        for version in ["--http1.1", "--http2"] {
            let many = (1...120).map { "x-\($0): a" }
            let answer = try clinic.request("GET", "/api/v1/tickets", headers: many, options: [version])
            #expect(answer.status == 200, "\(version): \(answer.body)")
        }
    }

    @Test func `a page that does not exist helps a person on`() throws {
        let fleet = try Fleet("single-server")
        defer { fleet.remove() }
        let person = try fleet.demoPerson(role: "administrator", customer: "clinic")
        let answer = try person.get("/nowhere", headers: ["accept: text/html"])
        #expect(answer.status == 404 && answer.header("content-type")?.hasPrefix("text/html") == true)
    }

    @Test func `a verb of a later issue is unknown, not stubbed`() throws {
        let result = try Command.run("\(Command.binaries)/fitech-ctl", ["sla", "report"])
        #expect(result.status == 64)
    }
}
