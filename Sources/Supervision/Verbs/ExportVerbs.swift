// `customer export` and the import of such a file: asked of the data tier, followed to the end.
import Control
import Engine
import Procedures
import Wire

extension Supervisor {
    /// Asks for an export and follows it: where the file is, how large, its SHA-256.
    func exportCustomer(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("name", "fresh")
        var ask = ExportForCustomer()
        ask.customer = try arguments.text("name")
        ask.fresh = try arguments.flag("fresh")
        var answer = try await call(ask)
        ask.id = answer.export.id
        progress(0, "waiting for the node that keeps restore points")
        while answer.file == nil {
            switch answer.export.state {
            case .waiting, .running, .done: break
            case .failed:
                throw Failure(whose: .ours, retry: .never, status: 500, code: "export-failed", reason: answer.export.problem ?? "The export could not be made.", hint: answer.export.hint ?? "See the log of the data node.")
            case .expired: throw .conflict("Somebody ended the export.", hint: "Ask again.", code: "export-ended")
            }
            guard !isStopping else { throw .unavailable("The supervisor is stopping; the export goes on.", whose: .ours) }
            await loop.sleep(.milliseconds(500))
            answer = try await call(ask)
            progress(answer.export.progress, answer.export.step)
        }
        guard let file = answer.file else { throw .fault("The export has no file.") }
        let export = answer.export
        return [
            "id": .string(export.id), "customer": .string(export.customer), "as_of": export.asOf.map { .string($0.iso8601) } ?? .null, "rows": .integer(Int64(export.rows ?? 0)),
            "attachments": .integer(Int64(export.attachments ?? 0)), "bytes": .integer(Int64(file.bytes)), "sha256": .string(file.sha256), "file_name": .string(file.fileName),
            "node": .string(file.node), "path": .string("\(state.files(of: file.node))/exports/\(file.file).tar"),
            "url": publicURL.map { .string("\($0)/exports?customer=\(export.customer)") } ?? .null,
        ]
    }

    /// Brings an export in as a new customer, by the primary, which reads the file where it lies.
    func importCustomer(_ arguments: Arguments, _ progress: Progress) async throws(Failure) -> JSON {
        try arguments.only("name", "path", "invite")
        let name = try arguments.text("name"), path = try arguments.text("path")
        let invites = try arguments.flag("invite")
        guard let primary = fleet.primary?.name else { throw .unavailable("No data node is primary.", whose: .ours, hint: "Promote one: fitech-ctl promote NODE.") }
        let body: JSON = ["customer": .string(name), "path": .string(path), "invite": .bool(invites), "origin": publicURL.map { .string($0) } ?? .null]
        progress(0.01, "reading \(path)")
        return try await caller.work("/customers", on: primary, body: body, timeout: .seconds(6 * 3600), progress)
    }
}
