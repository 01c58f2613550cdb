// What commands ask of the management node: technicians, who is on call, incidents.
import Control
import Engine
import Wire

extension Supervisor {
    func watcher() throws(Failure) -> String {
        guard let node = fleet.nodes(of: .management).first else {
            throw .conflict("This fleet has no management node.", hint: "Add - {name: management-1, tier: management} to the configuration.", code: "no-management")
        }
        return node.name
    }

    func listTechnicians(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only()
        return try await caller.json(.get, "/management/technicians", to: try watcher())
    }

    func addTechnician(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only("name", "number", "zone", "email")
        let number = try arguments.text("number"), zone = try arguments.text("zone")
        guard Syntax.mobile(number) != nil else {
            throw .invalid("`\(number)` is not a mobile number of the United Kingdom or Australia.", hint: "Write +447 and 9 digits, or +614 and 8 digits.", code: "wrong-number")
        }
        guard Syntax.isZone(zone) else { throw .invalid("`\(zone)` is not a time zone.", hint: "Write an IANA name, such as Europe/London or Australia/Sydney.", code: "wrong-zone") }
        var body: [(String, JSON)] = [("name", .string(try arguments.text("name"))), ("number", .string(number)), ("zone", .string(zone))]
        if let email = try arguments.optionalText("email") { body.append(("email", .string(email))) }
        return try await caller.json(.post, "/management/technicians", to: try watcher(), body: .object(body))
    }

    /// Sends a text that says it is a test.
    func testTechnician(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("name")
        let name = try arguments.text("name")
        progress(0.2, "texting \(name)")
        return try await caller.json(.post, "/management/technicians/\(PercentCoding.encode(name))/test", to: try watcher(), body: .object([]), timeout: .seconds(60))
    }

    func onCall(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only("at")
        var target = "/management/on-call"
        if let at = try arguments.optionalText("at") {
            guard Timestamp(iso8601: at) != nil else {
                throw .invalid("`\(at)` is not a time.", hint: "Use ISO 8601 with a zone, such as 2026-11-22T15:00:00Z.", code: "wrong-time")
            }
            target += "?at=\(PercentCoding.encode(at))"
        }
        return try await caller.json(.get, target, to: try watcher())
    }

    func listIncidents(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only()
        return try await caller.json(.get, "/management/incidents", to: try watcher())
    }

    func acknowledgeIncident(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only("incident", "by")
        let incident = try arguments.text("incident")
        var body: [(String, JSON)] = []
        if let by = try arguments.optionalText("by") ?? arguments.by.person { body.append(("by", .string(by))) }
        return try await caller.json(.post, "/management/incidents/\(PercentCoding.encode(incident))/ack", to: try watcher(), body: .object(body))
    }
}
