// Maintenance windows, which the management node keeps: added, listed and called off by operations.
import Control
import SupportCentre
import Wire

extension Supervisor {
    func listMaintenance(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only()
        return try await caller.json(.get, "/management/maintenance", to: try watcher())
    }

    func addMaintenance(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only("title", "starts", "ends", "for", "services", "by")
        var body: [(String, JSON)] = [("title", .string(try arguments.text("title")))]
        var starts = Timestamp.now
        if let text = try arguments.optionalText("starts") {
            starts = try Self.moment(text)
            body.append(("starts", .string(starts.iso8601)))
        }
        switch (try arguments.optionalText("ends"), try arguments.optionalText("for")) {
        case (let ends?, nil): body.append(("ends", .string(try Self.moment(ends).iso8601)))
        case (nil, .some): body.append(("ends", .string(starts.adding(try arguments.duration("for", otherwise: .zero)).iso8601)))
        default: throw .invalid("The window has no end, or two.", hint: "Send either ends or for.", code: "wrong-argument")
        }
        let services = try arguments.optionalText("services")?.split(whereSeparator: { $0 == "," || $0 == " " }) ?? []
        body.append(("services", .array(services.map { .string(String($0)) })))
        if let by = try arguments.optionalText("by") ?? arguments.by.person { body.append(("by", .string(by))) }
        return try await caller.json(.post, "/management/maintenance", to: try watcher(), body: .object(body))
    }

    func cancelMaintenance(_ arguments: Arguments) async throws(Failure) -> JSON {
        try arguments.only("window")
        return try await caller.json(.post, "/management/maintenance/\(PercentCoding.encode(try arguments.text("window")))/cancel", to: try watcher(), body: .object([]))
    }

    private static func moment(_ text: String) throws(Failure) -> Timestamp {
        guard let moment = Timestamp(iso8601: text) else {
            throw .invalid("`\(text)` is not a time.", hint: "Use ISO 8601 with a zone, such as 2026-11-22T02:00:00Z.", code: "wrong-time")
        }
        return moment
    }
}
