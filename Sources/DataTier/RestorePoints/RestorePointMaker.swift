// Makes restore points: on a backup from the primary, in a fleet of one data node from its own databases.
import Control
import Engine
import Nodes
import Storage
import Telemetry
import Wire

/// Lines of what a long operation is doing, for whoever watches.
typealias Progress = (_ share: Double, _ text: String) async -> Void

extension DataNode {
    /// Where this node keeps its restore points: its own directory, or offsite where it is the only data node.
    var shelf: RestorePointShelf {
        if isAlone, let offsite { return RestorePointShelf(path: offsite, kept: options.restorePointsKept, period: node.configuration.restorePoints.every.milliseconds) }
        return RestorePointShelf(path: node.files + "/restore-points", kept: options.restorePointsKept, period: node.configuration.restorePoints.every.milliseconds)
    }

    /// The second place of restore points; nil without one in the configuration, or where it is the first place already.
    var offsiteShelf: RestorePointShelf? {
        isAlone ? nil : offsite.map { RestorePointShelf(path: $0, kept: options.offsiteKept, period: node.configuration.offsite?.every.milliseconds ?? 86_400_000) }
    }

    private var offsite: String? { node.configuration.offsite.flatMap { node.state.resolve(fileURL: $0.url) }.map { $0 + "/restore-points" } }

    /// Whether the fleet has no other data node.
    var isAlone: Bool { !node.fleet.nodes(of: .data).contains { $0.name != node.name } }

    /// The other data nodes, the primary first.
    func others(_ client: HTTPClient) -> [RemoteNode] {
        node.fleet.nodes(of: .data).filter { $0.name != node.name }.sorted { $0.role == .primary && $1.role != .primary }.compactMap { other in
            guard let endpoint = try? node.endpoint(of: other) else { return nil }
            return RemoteNode(name: other.name, endpoint: endpoint, client: client, store: store)
        }
    }

    /// Makes a restore point now and puts it on this node's shelf. One at a time.
    func makeRestorePoint(_ client: HTTPClient, _ progress: Progress = { _, _ in }) async throws -> RestorePoint {
        await operations.enter(Self.operation)
        defer { operations.leave(Self.operation) }
        let source: any CopySource
        if store.role.now == .backup {
            guard let primary = node.fleet.primary, let remote = others(client).first(where: { $0.name == primary.name }) else {
                throw Failure.unavailable("There is no primary data node to copy from.", after: 5)
            }
            source = remote
        } else {
            source = LocalCopies(store: store)
        }
        let point = try await make(from: source, on: shelf, progress)
        newestPoint.set(point.taken.milliseconds)
        store.log.info("made a restore point", ("restore_point", point.id), ("databases", "\(point.databases.count)"), ("problems", "\(point.problems.count)"))
        return point
    }

    static let operation: [UInt8] = [1]

    /// Copies every database that changed since the newest point and shares the others with it.
    private func make(from source: any CopySource, on shelf: RestorePointShelf, _ progress: Progress) async throws -> RestorePoint {
        let now = Timestamp.now
        let (epoch, offers) = try await source.offers()
        guard offers.contains(where: { $0.name == "directory" }) else {
            throw Failure.unavailable("The primary offers no directory to copy.", after: 5, hint: "Bring it back with fitech-ctl restore --at latest --in-place.")
        }
        try await met(epoch)
        let before = try await store.copies.run { shelf.newest }
        var point = RestorePoint(id: RestorePoint.makeID(now), taken: now, epoch: epoch, databases: [])
        let id = point.id
        let partial = try await store.copies.run { try shelf.begin(id) }
        do {
            for (index, offer) in offers.enumerated() {
                let target = "\(partial)/\(PointDatabase.file(offer.name))"
                if let known = before?.database(offer.name), let before, !known.tag.isEmpty, known.tag == offer.tag, before.epoch == epoch {
                    let from = shelf.file(offer.name, of: before)
                    try await store.copies.run { try DurableFiles.link(from, to: target) }
                    point.databases.append(known)
                    continue
                }
                await progress(Double(index) / Double(offers.count), "copying \(offer.name)")
                do {
                    let copied = try await source.fetch(offer.name, to: target)
                    let faults = try await store.copies.run { DatabaseCheck.faults(path: target) }
                    guard faults.isEmpty else { throw Failure.fault("the copy is damaged: \(faults[0])") }
                    point.databases.append(PointDatabase(name: offer.name, bytes: copied.bytes, sha256: copied.sha256, tag: copied.tag, taken: now))
                } catch where offer.name != "directory" {
                    // One customer's damage must not cost the others their restore point.
                    try? DurableFiles.remove(target)
                    let reason = (error as? Failure)?.reason ?? "\(error)"
                    if let failure = error as? Failure, failure.code == "node-unreachable" { throw failure }
                    point.problems.append("\(offer.name): \(reason)")
                    store.log.error("a database could not be copied", ("customer", offer.name), ("reason", reason))
                }
            }
            let made = point
            try await store.copies.run { try shelf.finish(made, from: partial) }
            await progress(1, "restore point \(id) has \(point.databases.count) databases")
            return point
        } catch {
            _ = try? await store.copies.run { try DurableFiles.remove(partial) }
            throw error
        }
    }

    /// Copies the newest point offsite when the last one there is old enough.
    func copyOffsite(now: Timestamp = .now) async {
        guard let offsiteShelf, let every = node.configuration.offsite?.every else { return }
        let own = shelf
        do {
            try await store.copies.run {
                guard let newest = own.newest else { return }
                if let last = offsiteShelf.newest, newest.taken.milliseconds - last.taken.milliseconds < every.milliseconds { return }
                try offsiteShelf.take(newest, from: own)
            }
        } catch {
            store.log.error("the restore point could not be copied offsite", ("path", offsiteShelf.path), ("error", "\(error)"))
        }
    }

    /// Whether this node is the one that makes restore points now: a backup, or the only data node.
    var keepsRestorePoints: Bool { store.role.now == .backup || (isAlone && store.role.mayWrite) }

    /// Makes restore points at the turn of every period (the hour), and soon after the start when the newest is too old.
    func runSchedule(_ loop: isolated EventLoop) async {
        let client = HTTPClient(loop: loop)
        let every = max(1000, node.configuration.restorePoints.every.milliseconds)
        _ = try? await store.copies.run { [shelf] in shelf.sweep() }
        await loop.sleep(.seconds(2))
        if let newest = try? await store.copies.run({ [shelf] in shelf.newest }) { newestPoint.set(newest.taken.milliseconds) }
        let age = Metrics.gauge(.restorePointAge), waiting = Metrics.gauge(.passwordsWaiting)
        var last = Int64(0)
        var kept = keepsRestorePoints
        while !node.isStopping {
            let now = Timestamp.now.milliseconds
            let keeps = keepsRestorePoints
            age.set(newestPoint.value == 0 ? 0 : Int((now - newestPoint.value) / 1000))
            waiting.set(store.passwords.waiting)
            // A node that just became the backup holds nothing of the new primary's time yet.
            let fresh = keeps && !kept
            kept = keeps
            if fresh {
                do {
                    _ = try await makeRestorePoint(client)
                    last = now
                } catch {
                    kept = false
                    store.log.warning("no restore point could be made", ("error", (error as? Failure)?.reason ?? "\(error)"))
                    await loop.sleep(.seconds(2))
                    continue
                }
            }
            if keeps, now / every != last / every {
                let newest = try? await store.copies.run { [shelf] in shelf.newest }
                let since = newest.flatMap { $0 }.map { now - $0.taken.milliseconds } ?? .max
                if since >= every || now / every != (now - since) / every {
                    do {
                        _ = try await makeRestorePoint(client)
                        last = now
                        await copyOffsite()
                    } catch {
                        store.log.warning("no restore point could be made", ("error", (error as? Failure)?.reason ?? "\(error)"))
                        await loop.sleep(.seconds(5))
                    }
                } else {
                    last = now
                }
            }
            await loop.sleep(.milliseconds(500))
        }
    }
}
