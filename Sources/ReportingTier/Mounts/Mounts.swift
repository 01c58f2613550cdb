// Keeps the newest restore point of each customer that asks, as a verified file of this node's own.
import Control
import Digests
import Engine
import Logging
import Nodes
import Storage
import Wire

/// A customer's database as it was at a restore point, on this node's disk.
struct Mount: Sendable, Equatable {
    let customer: String
    let id: String
    let taken: Timestamp
    let path: String
}

/// The mounts of one loop. Fetches from the backup data node, or from the primary where the fleet has no backup; when neither answers,
/// what is mounted goes on serving, and its time says how old it is.
final class Mounts {
    private let node: Node
    private let loop: EventLoop
    private let client: HTTPClient
    private let threads: BlockingThreads
    private var mounted: [String: Mount] = [:]
    /// Customers being fetched for now: the others wait for the same file.
    private var fetching: Set<String> = []
    private var askedForOne: UInt64?
    private var serial = 0

    init(node: Node, loop: isolated EventLoop, threads: BlockingThreads) {
        self.node = node
        self.loop = loop
        self.threads = threads
        client = HTTPClient(loop: loop, options: HTTPClientOptions())
    }

    /// The newest restore point that holds the customer, mounted. Fails with what to do when there is none yet.
    func newest(of customer: String) async throws(Failure) -> Mount {
        guard !customer.isEmpty, customer.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }) else {
            throw .fault("\"\(customer)\" is not a customer's name.")
        }
        // Only one at a time looks and fetches for a customer.
        while !fetching.insert(customer).inserted { await loop.sleep(.milliseconds(20)) }
        defer { fetching.remove(customer) }
        if mounted[customer] == nil { mounted[customer] = await kept(customer) }
        do throws(Failure) {
            return try await fetchNewest(of: customer)
        } catch {
            // A verified older mount is better than none, and the report says of when it is.
            guard let known = mounted[customer] else { throw error }
            node.log.warning("the restore points cannot be had; serving the one mounted", metadata: ["customer": .string(customer), "reason": .string(error.reason)])
            return known
        }
    }

    /// Forgets a mount that turned out unusable, and its file.
    func discard(_ mount: Mount) async {
        if mounted[mount.customer] == mount { mounted[mount.customer] = nil }
        try? DurableFiles.remove(mount.path)
    }

    // MARK: choosing

    private static let noRestorePoint = "no-restore-point"

    private func fetchNewest(of customer: String) async throws(Failure) -> Mount {
        let source = try source()
        var points = try await list(source)
        let known = mounted[customer].flatMap { DurableFiles.exists($0.path) ? $0 : nil }
        if known == nil, !points.contains(where: { $0.database(of: customer) != nil }), try await askForOne(source) { points = try await list(source) }
        // Never back in time: while the backup is away, the primary may keep older points, or none.
        let newest = points.first { $0.database(of: customer) != nil }
        if let known, newest.map({ $0.taken <= known.taken }) ?? true { return known }
        guard let point = newest, let database = point.database(of: customer) else {
            throw Failure(
                whose: .ours, retry: .never, status: 503, code: Self.noRestorePoint,
                reason: "There is no restore point of \(customer) yet, and reports are made from restore points only.",
                hint: "Operations make one with fitech-ctl backup now; else wait for the next, they are made regularly.")
        }
        let mount = Mount(customer: customer, id: point.id, taken: point.taken, path: path(customer, point))
        try await fetch(database, of: point, from: source, to: mount)
        let old = mounted.updateValue(mount, forKey: customer)
        node.log.info("mounted a restore point", metadata: ["customer": .string(customer), "restore_point": .string(point.id)])
        // The one before stays until the next: a report may be about to open it.
        for name in DurableFiles.names(in: node.files) where name.hasPrefix("\(customer)@") {
            let path = "\(node.files)/\(name)"
            if path != mount.path && path != old?.path { try? DurableFiles.remove(path) }
        }
        return mount
    }

    /// The backup data node, or the primary where there is none.
    private func source() throws(Failure) -> (node: FleetNode, endpoint: Endpoint) {
        let data = node.fleet.nodes(of: .data)
        guard let chosen = data.first(where: { $0.role == .backup && $0.state != .stopped && $0.state != .failed }) ?? node.fleet.primary else {
            throw .unavailable("There is no data node in the fleet.", after: 5)
        }
        return (chosen, try node.endpoint(of: chosen))
    }

    private func list(_ source: (node: FleetNode, endpoint: Endpoint)) async throws(Failure) -> [RestorePoint] {
        let answer = try await ask(source, .get, "/restore-points", limit: 16 << 20)
        return try RestorePoint.list(answer)
    }

    /// Where no restore point holds the customer, one is asked for, at most once a minute.
    private func askForOne(_ source: (node: FleetNode, endpoint: Endpoint)) async throws(Failure) -> Bool {
        let now = UInt64(Timestamp.now.milliseconds)
        if let last = askedForOne, now < last + 60_000 { return false }
        askedForOne = now
        do throws(Failure) {
            _ = try await ask(source, .post, "/restore-points", limit: 16 << 20)
            return true
        } catch {
            node.log.warning("no restore point could be made", metadata: ["at": .string(source.node.name), "reason": .string(error.reason)])
            return false
        }
    }

    private func ask(_ source: (node: FleetNode, endpoint: Endpoint), _ method: HTTPMethod, _ target: String, limit: Int) async throws(Failure) -> [UInt8] {
        let response: HTTPResponse
        do throws(HTTPClientFailure) {
            response = try await client.send(method: method, target: target, to: source.endpoint, timeout: .seconds(60), limit: limit)
        } catch {
            throw .unavailable("\(source.node.name) does not answer at the moment (\(error.reason)).", after: 2)
        }
        if (200..<300).contains(response.status.code) { return response.body }
        throw (try? JSON.parse(response.body)).flatMap { Failure(json: $0) } ?? .fault("\(source.node.name) answered \(response.status.code) to \(target).")
    }

    // MARK: the file

    /// The name carries what the mount is: customer, id, time and the digest it was verified against.
    private func path(_ customer: String, _ point: RestorePoint) -> String {
        let digest = point.database(of: customer)?.sha256 ?? ""
        return "\(node.files)/\(customer)@\(point.id)@\(point.taken.milliseconds)@\(digest).db"
    }

    /// The newest mount of an earlier run of this node, if its file still has the digest in its name; damaged ones are removed.
    private func kept(_ customer: String) async -> Mount? {
        let files = node.files
        let found = DurableFiles.names(in: files).compactMap { name -> (mount: Mount, digest: String)? in
            let parts = name.split(separator: "@")
            guard parts.count == 4, parts[0] == customer, name.hasSuffix(".db"), let taken = Int64(parts[2]) else { return nil }
            return (Mount(customer: customer, id: String(parts[1]), taken: Timestamp(milliseconds: taken), path: "\(files)/\(name)"), String(parts[3].dropLast(3)))
        }
        for (mount, digest) in found.sorted(by: { $0.mount.taken > $1.mount.taken }) {
            let actual = try? await threads.run { try Hex.encode(PartialFile.digest(of: mount.path)) }
            if actual == digest { return mount }
            try? DurableFiles.remove(mount.path)
        }
        return nil
    }

    private func fetch(_ database: RestoredDatabase, of point: RestorePoint, from source: (node: FleetNode, endpoint: Endpoint), to mount: Mount) async throws(Failure) {
        serial += 1
        let partial = "\(node.files)/.\(mount.customer).\(serial).partial"
        defer { try? DurableFiles.remove(partial) }
        let received: [UInt8]
        do {
            let file = try PartialFile(partial)
            let target = "/restore-points/\(point.id)/\(PercentCoding.encode(database.name))"
            let exchange = try await client.open(method: .get, target: target, to: source.endpoint, timeout: .seconds(600))
            try await exchange.end()
            let head = try await exchange.head()
            guard head.status.code == 200 else {
                throw Failure.fault("\(source.node.name) answered \(head.status.code) to \(target).", hint: "Look at its log.")
            }
            while let chunk = try await exchange.nextChunk() { try file.append(chunk) }
            received = try file.finish()
        } catch let failure as Failure {
            throw failure
        } catch let failure as HTTPClientFailure {
            throw .unavailable("The restore point could not be fetched from \(source.node.name) (\(failure.reason)).", after: 2)
        } catch {
            throw .unavailable("The restore point could not be written (\(error)).", after: 30, whose: .ours, hint: "Free space under \(node.files).")
        }
        guard Hex.encode(received) == database.sha256 else {
            throw Failure(
                whose: .upstream, retry: .never, status: 502, code: "damaged-restore-point",
                reason: "Restore point \(point.id) of \(mount.customer) is damaged: its SHA-256 is not the one \(source.node.name) recorded.",
                hint: "Make another with fitech-ctl backup now, and look at the disk of \(source.node.name).")
        }
        do {
            try DurableFiles.move(partial, to: mount.path)
        } catch {
            throw .unavailable("The restore point could not be put in place (\(error)).", after: 30, whose: .ours, hint: "Look at \(node.files).")
        }
    }
}
