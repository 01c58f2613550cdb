// A directory of restore points: each made whole or not at all, unchanged databases shared with the point before.
import Storage
import Wire

/// Blocking file work: for blocking threads, or for loops where a few small files are concerned.
struct RestorePointShelf: Sendable {
    /// The directory that holds one directory for each point.
    let path: String
    /// How many periods are kept: of each the newest point.
    let kept: Int
    /// The length of a period in milliseconds.
    var period: Int64 = 3_600_000
    /// The newest points, however many fall into one period.
    static let newestKept = 8

    func directory(of id: String) -> String { "\(path)/\(id)" }

    func file(_ name: String, of point: RestorePoint) -> String { "\(directory(of: point.id))/\(PointDatabase.file(name))" }

    /// The complete points, oldest first. What is not complete or cannot be read is passed over.
    func all() -> [RestorePoint] {
        DurableFiles.names(in: path).filter(RestorePoint.isID).compactMap(read).sorted { ($0.taken, $0.id) < ($1.taken, $1.id) }
    }

    /// One point by its id; nil for one that is not complete.
    func read(_ id: String) -> RestorePoint? {
        guard let bytes = try? DurableFiles.read("\(path)/\(id)/manifest.json"), let json = try? JSON.parse(bytes), let point = RestorePoint(json: json), point.id == id else { return nil }
        return point
    }

    /// The id of the newest point. Ids sort by time, so that no manifest has to be read for it.
    var latestID: String? { DurableFiles.names(in: path).filter(RestorePoint.isID).max() }

    var newest: RestorePoint? { all().last }

    func find(_ id: String) -> RestorePoint? { RestorePoint.isID(id) ? all().first { $0.id == id } : nil }

    /// A place to put a point together; whatever an interrupted one left there is removed.
    func begin(_ id: String) throws -> String {
        try DurableFiles.makeDirectory(path)
        let partial = "\(path)/.\(id).partial"
        try DurableFiles.remove(partial)
        try DurableFiles.makeDirectory(partial + "/customers")
        return partial
    }

    /// Makes the put-together point appear, durable, in one step; then removes what is too old.
    func finish(_ point: RestorePoint, from partial: String) throws {
        try DurableFiles.write(point.json.bytes, to: partial + "/manifest.json")
        try DurableFiles.flush(partial + "/customers")
        try DurableFiles.flush(partial)
        try DurableFiles.move(partial, to: directory(of: point.id))
        prune()
    }

    /// The points that are kept no longer: points made on demand must not push the hours before out.
    func surplus(_ points: [RestorePoint]) -> [RestorePoint] {
        var periods: Set<Int64> = []
        var surplus: [RestorePoint] = []
        for (age, point) in points.reversed().enumerated() {
            let period = point.taken.milliseconds / max(1, self.period)
            let first = periods.count < max(1, kept) && periods.insert(period).inserted
            if age >= Self.newestKept, !first { surplus.append(point) }
        }
        return surplus
    }

    /// Removes what is kept no longer. A point disappears by its manifest first.
    func prune() {
        for point in surplus(all()) {
            // What cannot be removed now is tried again after the next point.
            try? DurableFiles.remove(directory(of: point.id) + "/manifest.json")
            try? DiskPace.remove(directory(of: point.id))
        }
    }

    /// Removes what interrupted work left behind.
    func sweep() {
        for name in DurableFiles.hiddenNames(in: path) where name.hasSuffix(".partial") { try? DiskPace.remove("\(path)/\(name)") }
        for id in DurableFiles.names(in: path) where RestorePoint.isID(id) && !DurableFiles.exists("\(path)/\(id)/manifest.json") {
            try? DiskPace.remove("\(path)/\(id)")
        }
    }

    /// Copies a point of another shelf, sharing what this one has already.
    func take(_ point: RestorePoint, from other: RestorePointShelf) throws {
        if find(point.id) != nil { return }
        let before = newest
        let partial = try begin(point.id)
        do {
            for database in point.databases {
                let target = "\(partial)/\(database.file)"
                if let known = before?.database(database.name), known.sha256 == database.sha256, let before {
                    try DurableFiles.link(file(database.name, of: before), to: target)
                } else {
                    try DurableFiles.copy(other.file(database.name, of: point), to: target)
                    guard try FileDigest.sha256(target).sha256 == database.sha256 else {
                        throw StorageError(kind: .corrupt, operation: "copy", path: other.file(database.name, of: point), message: "its SHA-256 is not the one in the manifest")
                    }
                }
            }
            try finish(point, from: partial)
        } catch {
            try? DurableFiles.remove(partial)
            throw error
        }
    }
}
