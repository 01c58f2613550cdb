// What nodes and operations ask of a data node besides procedures: copies, restore points, roles, restore.
import Control
import Digests
import Engine
import Glibc
import Nodes
import Procedures
import Storage
import Wire

/// One per loop.
final class Duties {
    let data: DataNode
    let client: HTTPClient

    init(data: DataNode, client: HTTPClient) {
        self.data = data
        self.client = client
    }

    private static let everybody: Set<Access.Certificate> = [.data, .management, .reporting, .operations]
    private static let readers: Set<Access.Certificate> = [.data, .reporting, .operations]
    private static let exporters: Set<Access.Certificate> = [.web, .data, .management, .operations]
    private static let watchers: Set<Access.Certificate> = [.web, .operations]
    private static let data: Set<Access.Certificate> = [.data, .operations]
    private static let operations: Set<Access.Certificate> = [.operations]

    func handle(_ exchange: HTTPExchange, identity: PeerIdentity, certificate: Access.Certificate, room: DataRoom) async {
        do throws(Failure) {
            let parts = exchange.head.path.split(separator: "/", omittingEmptySubsequences: true).map { PercentCoding.decode($0) ?? "" }
            switch (exchange.head.method, parts.first ?? "", parts.count) {
            case (.get, "role", 1):
                try allow(certificate, Self.everybody)
                await exchange.respond(.json(data.roleJSON))
            case (.get, "copies", 1):
                try allow(certificate, Self.data)
                try data.store.role.checkServes()
                await exchange.respond(.json(data.offersJSON))
            case (.get, "copies", 2):
                try allow(certificate, Self.data)
                try data.store.role.checkServes()
                try await sendCopy(parts[1], exchange)
            case (.get, "restore-points", 1):
                try allow(certificate, Self.everybody)
                let shelf = data.shelf
                let points = try await blocking { shelf.all() }
                await exchange.respond(.json(["items": .array(points.reversed().map(\.json)), "next": nil]))
            case (.get, "restore-points", 3):
                try allow(certificate, Self.readers)
                try await sendPoint(parts[1], parts[2], exchange)
            case (.get, "exports", 2):
                try allow(certificate, Self.exporters)
                try await sendExport(parts[1], exchange)
            case (.get, "happenings", 1):
                try allow(certificate, Self.watchers)
                try data.store.role.checkServes()
                let query = try? Form(query: exchange.head.query)
                let batch = await data.store.happenings.wait(after: query?["after"], on: exchange.loop, atMost: .seconds(25))
                await exchange.respond(.json(["next": .string(batch.next), "topics": batch.topics.map { .array($0.map(JSON.string)) } ?? .null]))
            case (.post, "restore-points", 1):
                try allow(certificate, Self.readers)
                _ = try await exchange.body(limit: 1 << 16)
                try await work(exchange) { progress in
                    let point = try await self.data.makeRestorePoint(self.client, progress)
                    return point.json
                }
            case (.post, "promote", 1):
                try allow(certificate, Self.operations)
                let asked = try await body(exchange)
                try await work(exchange) { try await self.data.promote(acceptLoss: asked["accept_loss"]?.bool ?? false, self.client, $0) }
            case (.post, "demote", 1):
                try allow(certificate, Self.data)
                let asked = try await body(exchange)
                try await work(exchange) { _ in
                    if asked["cancel"]?.bool == true {
                        try await self.data.cancelHandover()
                        return self.data.roleJSON
                    }
                    return ["epoch": .integer(Int64(try await self.data.fence()))]
                }
            case (.post, "restore", 1):
                try allow(certificate, Self.operations)
                let asked = try RestoreRequest(json: try await body(exchange))
                try await work(exchange) { try await self.data.restore(asked, self.client, room, $0) }
            case (.post, "customers", 1):
                try allow(certificate, Self.operations)
                let asked = try CustomerImportRequest(json: try await body(exchange))
                try await work(exchange) { try await self.data.importCustomer(asked, room, $0) }
            default:
                throw .notFound("page on a data node", hint: "There are POST /procedures/NAME, /restore-points, /promote, /demote, /restore, /customers and GET /role, /copies, /restore-points.")
            }
        } catch {
            await exchange.respond(.problem(error))
        }
    }

    private func allow(_ certificate: Access.Certificate, _ allowed: Set<Access.Certificate>) throws(Failure) {
        guard allowed.contains(certificate) else {
            throw .forbidden("A \(certificate.rawValue) node may not ask for this.", hint: "It takes one of: \(allowed.map(\.rawValue).sorted().joined(separator: ", ")).")
        }
    }

    private func body(_ exchange: HTTPExchange) async throws(Failure) -> JSON {
        let bytes = try await exchange.body(limit: 1 << 16)
        if bytes.isEmpty { return [:] }
        do { return try JSON.parse(bytes) } catch { throw error.failure }
    }

    private func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws(Failure) -> T {
        do { return try await data.store.copies.run(body) } catch { throw failure(error) }
    }

    private func failure(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: return failure
        case let error as StorageError:
            data.store.log.error("a duty failed", ("error", "\(error)"))
            var failure = error.failure
            // These callers are operations and nodes: they may know the path.
            failure.reason = "\(error.kind.rawValue) while trying to \(error.operation) \(error.path): \(error.message)."
            failure.hint = error.hint
            return failure
        default:
            data.store.log.error("a duty failed", ("error", "\(error)"))
            return .fault("\(error)")
        }
    }

    /// Long work: lines of progress for those who accept `application/x-ndjson`, else the result alone.
    private func work(_ exchange: HTTPExchange, _ body: (Progress) async throws -> JSON) async throws(Failure) {
        guard exchange.head.fields["accept"]?.contains("application/x-ndjson") == true else {
            let result: JSON
            do { result = try await body { _, _ in } } catch { throw failure(error) }
            await exchange.respond(.json(result))
            return
        }
        var head = ResponseHead(status: .ok)
        head.fields.add("Content-Type", "application/x-ndjson")
        try await exchange.begin(head, length: nil)
        var last: JSON
        do {
            last = ["result": try await body { share, text in
                let line: JSON = ["progress": .number(share), "text": .string(text)]
                // Whoever watched may have gone; the work goes on.
                try? await exchange.write(line.bytes + [10])
            }]
        } catch {
            last = ["error": failure(error).json()]
        }
        try await exchange.write(last.bytes + [10])
        try await exchange.end()
    }

    // MARK: Files

    private func sendCopy(_ name: String, _ exchange: HTTPExchange) async throws(Failure) {
        let path = "\(data.node.files)/copy-\(Identifier.make()).db"
        let copied: Copied
        do {
            copied = try await data.store.copy(name, to: path)
        } catch {
            throw failure(error)
        }
        var fields = HTTPFields()
        fields.add(CopyField.sha256, copied.sha256)
        fields.add(CopyField.tag, copied.tag)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        unlink(path)
        guard descriptor >= 0 else { throw .fault("The copy of \(name) disappeared.") }
        defer { close(descriptor) }
        try await FileDigest.send(descriptor, bytes: copied.bytes, fields: fields, exchange)
    }

    /// A part of an export's file, from `?from=` so many bytes as `count=` says. Its secret name is all the proof that is needed: only
    /// the primary knows it, and tells it to who may.
    private func sendExport(_ name: String, _ exchange: HTTPExchange) async throws(Failure) {
        let path = data.exportPath(name)
        let descriptor = ExportName.isOne(name) ? open(path, O_RDONLY | O_CLOEXEC) : -1
        guard descriptor >= 0 else { throw .notFound("export on this node") }
        defer { close(descriptor) }
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw .fault("The file cannot be read.") }
        let query = try? Form(query: exchange.head.query)
        let from = query?["from"].flatMap { Int($0) } ?? 0
        let count = query?["count"].flatMap { Int($0) } ?? Int(info.st_size) - from
        guard from >= 0, count >= 0, from <= Int(info.st_size) - count, lseek(descriptor, from, SEEK_SET) == from else {
            throw .invalid("The file has \(info.st_size) bytes.", hint: "Ask for a part of it.")
        }
        try await FileDigest.send(descriptor, bytes: count, fields: HTTPFields(), exchange)
    }

    private func sendPoint(_ id: String, _ name: String, _ exchange: HTTPExchange) async throws(Failure) {
        let shelf = data.shelf
        guard let point = try await blocking({ shelf.find(id) }), let database = point.database(name) else { throw .notFound("restore point") }
        let descriptor = open(shelf.file(name, of: point), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .notFound("file in the restore point") }
        defer { close(descriptor) }
        var fields = HTTPFields()
        fields.add(CopyField.sha256, database.sha256)
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw .fault("The file cannot be read.") }
        try await FileDigest.send(descriptor, bytes: Int(info.st_size), fields: fields, exchange)
    }
}

extension DataNode {
    var roleJSON: JSON {
        let (role, epoch): (String, Int) = switch store.role.now {
        case .starting: ("starting", Int(pendingEpoch.value))
        case .primary(let epoch): ("primary", epoch)
        case .fenced(let epoch): ("fenced", epoch)
        case .backup: (promoting.value == 1 ? "promoting" : "backup", 0)
        }
        return ["role": .string(role), "epoch": .integer(Int64(epoch)), "customers": .integer(Int64(store.allCustomers.count))]
    }

    var offersJSON: JSON {
        [
            "epoch": .integer(Int64(store.role.epoch ?? 0)),
            "items": .array(store.offers().map { ["name": .string($0.name), "tag": .string($0.tag)] }),
        ]
    }
}
