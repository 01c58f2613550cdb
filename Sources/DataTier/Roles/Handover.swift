// Giving the role of primary away: the fence, and what becomes of the files of a node that is primary no more.
import Control
import Engine
import Nodes
import Storage
import Wire

extension DataNode {
    /// Says on disk that every write of this node was handed to a successor; without it a returning node's files may
    /// hold writes nobody else has.
    private var marker: String { node.files + "/handed-over.json" }

    /// Stops writing for good unless `cancelHandover` follows: what was acknowledged is in the files when this returns.
    /// Answers the epoch handed over, 0 from a node that is a backup already.
    func fence() async throws -> Int {
        switch store.role.now {
        case .primary(let epoch):
            // First the time, then the fence: a watch that saw the fence with an old time would call it off at once.
            fencedSince.set(Timestamp.now.milliseconds)
            store.role.set(.fenced(epoch: epoch))
            await store.passWriters()
            let path = marker
            let text: JSON = ["epoch": .integer(Int64(epoch))]
            try await store.copies.run { try DurableFiles.replace(path, with: text.bytes) }
            store.log.info("fenced: this node hands over", ("epoch", "\(epoch)"))
            return epoch
        case .fenced(let epoch):
            return epoch
        case .backup:
            // Asked again after it has stepped down: there is nothing left to hand over.
            return 0
        case .starting:
            throw RoleState.notPrimary
        }
    }

    /// The successor could not take over: goes on as primary.
    func cancelHandover() async throws {
        guard case .fenced(let epoch) = store.role.now else { return }
        let path = marker
        try await store.copies.run { try DurableFiles.remove(path) }
        store.role.set(.primary(epoch: epoch))
        store.log.info("the handover was called off", ("epoch", "\(epoch)"))
    }

    /// Whether there are live databases in this node's directory.
    var hasLiveFiles: Bool { DurableFiles.exists(store.directory.path) }

    /// Puts the live databases of a former primary aside: to `handed-over`, which a later one replaces, when a successor has
    /// every write of them, else to `recovered`, where they stay until somebody has looked at them. Gives the place.
    func putFilesAside() async throws -> String? {
        guard hasLiveFiles else { return nil }
        await store.closeAll()
        let files = node.files, marker = marker, recovered = store.recoveredPath
        return try await store.copies.run {
            let complete = DurableFiles.exists(marker)
            let place = complete ? files + "/handed-over" : recovered + "/" + RestorePoint.makeID(.now)
            if complete { try DurableFiles.remove(place) }
            try DurableFiles.makeDirectory(place)
            for name in ["customers", "directory.db", "directory.db-wal", "directory.db-shm"] where DurableFiles.exists("\(files)/\(name)") {
                try DurableFiles.move("\(files)/\(name)", to: "\(place)/\(name)")
            }
            try DurableFiles.makeDirectory(files + "/customers")
            try DurableFiles.remove(marker)
            return place
        }
    }

    /// Becomes a backup of a primary that has a higher epoch.
    func becomeBackup() async throws {
        store.role.set(.backup)
        await store.passWriters()
        let place = try await putFilesAside()
        for entry in store.allCustomers { store.forget(entry.name) }
        if let place, place.contains("/recovered/") {
            store.log.warning("this node's databases held writes its successor may lack; they are kept", ("path", place))
        }
        store.log.info("this node is a backup")
    }

    // MARK: Watching the roles

    /// What another data node says it is; nil when it does not answer.
    func peerRole(_ peer: RemoteNode) async -> (role: String, epoch: Int)? {
        guard let json = try? await peer.ask(.get, "/role", timeout: .seconds(2)), let role = json["role"]?.string else { return nil }
        let epoch = Int(json["epoch"]?.integer ?? 0)
        do { try await met(epoch) } catch { store.log.warning("an epoch could not be kept", ("error", "\(error)")) }
        return (role, epoch)
    }

    /// Steps down when another node is primary under a higher epoch; calls a handover off that never came to an end.
    func watchRole(_ loop: isolated EventLoop) async {
        let client = HTTPClient(loop: loop)
        while !node.isStopping {
            await loop.sleep(.milliseconds(500))
            guard let epoch = store.role.epoch, !isAlone else { continue }
            var fenced = false
            if case .fenced = store.role.now { fenced = true }
            guard fenced || node.entry?.role == .backup else { continue }
            var answers: [(role: String, epoch: Int)?] = []
            for peer in others(client) { answers.append(await peerRole(peer)) }
            do {
                if answers.contains(where: { $0.map { $0.role == "primary" && $0.epoch > epoch } ?? false }) {
                    try await becomeBackup()
                } else if fenced, node.entry?.role == .primary,
                    // Every other node answers, and none is about to take over: a promotion may take long.
                    answers.allSatisfy({ $0.map { $0.role == "backup" } ?? false }),
                    Timestamp.now.milliseconds - fencedSince.value > 30_000 {
                    try await cancelHandover()
                }
            } catch {
                store.log.error("the change of role failed", ("error", "\(error)"))
            }
        }
    }

    /// Begins as what the fleet says, unless that would bring back an older past: the higher epoch is right.
    func begin(_ client: HTTPClient) async throws {
        recallEpoch()
        let isPrimary = node.entry?.role != .backup
        if hasLiveFiles {
            let epoch = try await liveEpoch()
            for peer in others(client) {
                guard let theirs = await peerRole(peer), theirs.epoch > 0 else { continue }
                if theirs.role == "primary", theirs.epoch > epoch || (!isPrimary && theirs.epoch == epoch) {
                    store.log.warning("another data node is primary under a higher epoch", ("node", peer.name), ("epoch", "\(theirs.epoch)"))
                    return try await becomeBackup()
                }
            }
            if !isPrimary {
                // Nobody is known to have what these files hold. They are neither served nor put away until that is clear.
                let complete = DurableFiles.exists(marker)
                if complete { return try await becomeBackup() }
                pendingEpoch.set(Int64(epoch))
                store.role.set(.starting)
                store.log.warning("this node holds databases of epoch \(epoch) that no primary in reach is known to have; they wait until one with that epoch answers, or until this node is promoted")
                return
            }
        }
        if isPrimary { try await beginPrimary(client) } else { store.role.set(.backup) }
    }

    /// A directory that cannot be read, or is gone, does not keep the node from starting: its calls say what is wrong, and
    /// restore works.
    private func beginPrimary(_ client: HTTPClient) async throws {
        do {
            if !hasLiveFiles {
                if let point = try await anyRestorePoint(client) {
                    store.role.set(.primary(epoch: point.epoch))
                    store.log.error("the databases of this node are gone, but there are restore points: nothing is served until they are restored (fitech-ctl restore --at latest --in-place) or a backup is promoted", ("newest", point.id))
                    _ = try? await store.load()
                    return
                }
                try await store.makeDirectory()
            }
            try await servePrimary()
            let path = marker
            _ = try? await store.copies.run { try DurableFiles.remove(path) }
        } catch let error as StorageError where error.kind == .corrupt {
            store.role.set(.primary(epoch: (try? await anyRestorePoint(client))??.epoch ?? 1))
            store.log.error("the directory is damaged: nothing can be served until it is restored", ("error", "\(error)"))
        } catch let error as StorageError {
            throw Failure.fault("The data node cannot open its directory: \(error.message).", hint: error.hint)
        }
    }

    /// The newest restore point anywhere in reach.
    private func anyRestorePoint(_ client: HTTPClient) async throws -> RestorePoint? {
        var newest: RestorePoint?
        for shelf in [shelf, offsiteShelf].compactMap({ $0 }) {
            let found = try await store.copies.run { shelf.newest }
            if let found, found.taken > newest?.taken ?? Timestamp(milliseconds: 0) { newest = found }
        }
        for peer in others(client) {
            let json = try? await peer.ask(.get, "/restore-points", timeout: .seconds(2))
            if let found = (json?["items"]?.array ?? []).compactMap(RestorePoint.init(json:)).max(by: { $0.taken < $1.taken }), found.taken > newest?.taken ?? Timestamp(milliseconds: 0) { newest = found }
        }
        return newest
    }

    private func liveEpoch() async throws -> Int {
        do { return try await Epoch.read(store) } catch let error as StorageError where error.kind == .corrupt { return 0 }
    }

    /// A backup that found live files at its start: puts them aside once a primary with the same or a higher epoch answers.
    func settlePending(_ client: HTTPClient) async {
        guard store.role.now == .starting, pendingEpoch.value > 0 else { return }
        for peer in others(client) {
            guard let theirs = await peerRole(peer), theirs.role == "primary", theirs.epoch >= Int(pendingEpoch.value) else { continue }
            do { try await becomeBackup() } catch { store.log.error("the change of role failed", ("error", "\(error)")) }
            return
        }
    }
}
