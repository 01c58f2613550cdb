// A backup becomes primary: after it has everything of the old one, or by saying what would be lost.
import Control
import Engine
import Nodes
import Procedures
import Storage
import Wire

extension DataNode {
    /// Makes this node the primary. With `acceptLoss` also when the old primary cannot be reached.
    /// Answers the new epoch and, if something was lost, since when.
    func promote(acceptLoss: Bool, _ client: HTTPClient, _ progress: Progress) async throws -> JSON {
        if case .primary(let epoch) = store.role.now { return ["role": "primary", "epoch": .integer(Int64(epoch)), "lost_since": nil] }
        if store.role.now == .starting, pendingEpoch.value > 0 { return try await promoteWithOwnFiles() }
        guard store.role.now == .backup else {
            throw Failure.conflict("This node is handing over just now.", hint: "Wait until the roles have settled: fitech-ctl status.")
        }
        // From before the old primary is fenced until this node is primary: meanwhile the old one must not call it off.
        promoting.set(1)
        defer { promoting.set(0) }
        await progress(0.05, "looking for the primary")
        guard let old = await reachablePrimary(client) else { return try await promoteFromRestorePoint(acceptLoss: acceptLoss, client, progress) }
        await progress(0.1, "copying what changed while \(old.name) still serves")
        _ = try await makeRestorePoint(client)
        await operations.enter(Self.operation)
        defer { operations.leave(Self.operation) }
        await progress(0.5, "\(old.name) stops writing")
        let epoch = Int(try await old.ask(.post, "/demote", [:])["epoch"]?.integer ?? 0)
        guard epoch > 0 else { throw Failure.conflict("\(old.name) is no primary any more.", hint: "Look at fitech-ctl status, then try again.") }
        do {
            await progress(0.6, "taking over the last writes")
            let (_, offers) = try await old.offers()
            let shelf = shelf
            let newest = try await store.copies.run { shelf.newest }
            let staging = try await stage()
            for offer in offers {
                let target = "\(staging)/\(PointDatabase.file(offer.name))"
                if let newest, let known = newest.database(offer.name), known.tag == offer.tag, newest.epoch == epoch {
                    let from = shelf.file(offer.name, of: newest)
                    try await store.copies.run { try DurableFiles.copy(from, to: target) }
                } else {
                    _ = try await old.fetch(offer.name, to: target)
                }
            }
            // Whatever happened meanwhile, two nodes never write: the old one must still be fenced.
            guard let last = await peerRole(old), last.role == "fenced", last.epoch == epoch else {
                throw Failure.conflict("\(old.name) went on as primary meanwhile.", hint: "Look at fitech-ctl status, then promote again.")
            }
            try await install(staging, epoch: epoch + 1)
        } catch {
            // The old primary has lost nothing: it goes on, and what was half installed here must not look like a primary's.
            _ = try? await putFilesAside()
            _ = try? await old.ask(.post, "/demote", ["cancel": true])
            throw error
        }
        await progress(1, "\(node.name) is the primary")
        return ["role": "primary", "epoch": .integer(Int64(epoch + 1)), "from": .string(old.name), "lost_since": nil]
    }

    private func reachablePrimary(_ client: HTTPClient) async -> RemoteNode? {
        for peer in others(client) {
            if let role = await peerRole(peer), role.role == "primary" || role.role == "fenced" { return peer }
        }
        return nil
    }

    /// The old primary is gone: what it wrote after the newest restore point is gone with it.
    private func promoteFromRestorePoint(acceptLoss: Bool, _ client: HTTPClient, _ progress: Progress) async throws -> JSON {
        let (shelf, second) = (shelf, offsiteShelf)
        let found = try await store.copies.run { () -> (RestorePointShelf, RestorePoint)? in
            let own = shelf.newest, far = second?.newest
            if let far, let second, far.taken > own?.taken ?? Timestamp(milliseconds: 0) { return (second, far) }
            return own.map { (shelf, $0) }
        }
        guard let (place, point) = found else {
            throw Failure(whose: .ours, retry: .never, status: 409, code: "nothing-to-promote", reason: "The primary does not answer, and this backup holds no restore point.", hint: "Bring the primary back: fitech-ctl start \(node.fleet.primary?.name ?? "data-1").")
        }
        guard acceptLoss else {
            throw Failure(whose: .ours, retry: .never, status: 409, code: "would-lose",
                          reason: "The primary does not answer. Everything written since restore point \(point.id) (\(point.taken.iso8601)) would be lost.",
                          hint: "Bring the primary back, or repeat with --accept-loss.")
        }
        await operations.enter(Self.operation)
        defer { operations.leave(Self.operation) }
        await progress(0.3, "restore point \(point.id) becomes the data")
        let staging = try await stage()
        for database in point.databases {
            let (from, target) = (place.file(database.name, of: point), "\(staging)/\(database.file)")
            try await store.copies.run {
                try DurableFiles.copy(from, to: target)
                guard try FileDigest.sha256(target).sha256 == database.sha256 else {
                    throw Failure.fault("Restore point \(point.id) is damaged: the SHA-256 of \(database.name) is wrong.", hint: "Promote from another: move \(from) away.")
                }
            }
        }
        // Beyond everything this node ever met: whatever comes back of the lost primary is older.
        let epoch = max(point.epoch, Int(highestEpoch.value)) + 1
        try await install(staging, epoch: epoch)
        try await noteLoss(point)
        await progress(1, "\(node.name) is the primary")
        store.log.warning("promoted with loss", ("since", point.taken.iso8601))
        return ["role": "primary", "epoch": .integer(Int64(epoch)), "from": .string(point.id), "lost_since": .string(point.taken.iso8601)]
    }

    /// This node was primary once and holds the newest data, though the fleet has it down as a backup.
    private func promoteWithOwnFiles() async throws -> JSON {
        try await servePrimary()
        let epoch = max(Int(pendingEpoch.value), Int(highestEpoch.value)) + 1
        try await met(epoch)
        try await Epoch.write(epoch, store)
        store.role.set(.primary(epoch: epoch))
        pendingEpoch.set(0)
        return ["role": "primary", "epoch": .integer(Int64(epoch)), "from": .string(node.name), "lost_since": nil]
    }

    /// The audit logs are of the restore point now: their verification learns here that they may be shorter than they were.
    private func noteLoss(_ point: RestorePoint) async throws {
        let audit = Audit(actor: .node(.operations), request: nil, now: .now)
        _ = try await store.write(store.directory) { database in
            for one in point.databases { try audit.note("restored a customer", .customer(one.name), detail: "promoted with what restore point \(point.id) holds", in: database) }
        }
    }

    private func stage() async throws -> String {
        let path = node.files + "/incoming"
        try await store.copies.run {
            try DurableFiles.remove(path)
            try DurableFiles.makeDirectory(path + "/customers")
        }
        return path
    }

    /// The staged databases become the live ones under a new epoch, and this node the primary.
    private func install(_ staging: String, epoch: Int) async throws {
        let files = node.files
        if let place = try await putFilesAside() { store.log.warning("databases of an earlier time were put aside", ("path", place)) }
        try await store.copies.run {
            for name in DurableFiles.names(in: staging + "/customers") {
                try DurableFiles.move("\(staging)/customers/\(name)", to: "\(files)/customers/\(name)")
            }
            try DurableFiles.move(staging + "/directory.db", to: files + "/directory.db")
            try DurableFiles.remove(staging)
        }
        try await met(epoch)
        try await Epoch.write(epoch, store)
        try await store.load()
        store.role.set(.primary(epoch: epoch))
        store.log.info("this node is the primary", ("epoch", "\(epoch)"))
        node.loops[0].spawn { [store] _ in await DataRoom(store: store).sweep() }
    }
}
