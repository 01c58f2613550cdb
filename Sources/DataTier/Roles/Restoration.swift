// Bringing databases back from restore points: verified before anything is replaced, the damaged file kept aside.
import Control
import Engine
import Nodes
import Procedures
import Storage
import Wire

/// What is to be restored, from when, to where.
struct RestoreRequest: Sendable {
    /// Nil for everything.
    var customer: String?
    /// Nil for the latest.
    var at: Timestamp?
    /// A directory for the copies; nil to replace the live databases.
    var directory: String?

    init(json: JSON) throws(Failure) {
        var problems: [Failure.FieldProblem] = []
        customer = json["customer"]?.string
        if customer == "all" { customer = nil }
        if let customer, customer != "directory", let problem = CustomerName.problem(customer) {
            problems.append(.init(field: "customer", reason: problem, hint: "Look at fitech-ctl customer list."))
        }
        let at = json["at"]?.string ?? "latest"
        if at != "latest" {
            self.at = Timestamp(iso8601: at)
            if self.at == nil { problems.append(.init(field: "at", reason: "\"\(at)\" is no time.", hint: "Write latest, or ISO 8601 with a zone like 2026-11-22T15:00:00Z.")) }
        }
        directory = json["to"]?.string
        let inPlace = json["in_place"]?.bool ?? false
        if inPlace == (directory != nil) {
            problems.append(.init(field: "to", reason: "Say either where to, or in place.", hint: "Use --to DIR or --in-place."))
        }
        if let directory, !directory.hasPrefix("/") {
            problems.append(.init(field: "to", reason: "\"\(directory)\" is not an absolute path.", hint: "Write the whole path of the directory."))
        }
        guard problems.isEmpty else { throw .unacceptable(problems) }
    }
}

/// A place restore points can be taken from.
private enum PointPlace {
    case shelf(RestorePointShelf)
    case node(RemoteNode)

    var name: String {
        switch self {
        case .shelf(let shelf): shelf.path
        case .node(let node): node.name
        }
    }
}

extension DataNode {
    /// Restores and answers what was done: `{"databases": [{"name", "restore_point", "taken", "from"}], "aside": PATH|null}`.
    func restore(_ request: RestoreRequest, _ client: HTTPClient, _ room: DataRoom, _ progress: Progress) async throws -> JSON {
        guard request.directory != nil || store.role.mayWrite else { throw RoleState.notPrimary }
        await operations.enter(Self.operation)
        defer { operations.leave(Self.operation) }
        await progress(0.02, "looking for restore points")
        let points = try await allPoints(client)
        let limit = request.at ?? Timestamp(milliseconds: .max)
        let eligible = points.filter { $0.1.taken <= limit }
        guard !eligible.isEmpty else {
            let oldest = points.last?.1.taken.iso8601
            throw Failure(whose: .client, retry: .never, status: 404, code: "no-restore-point",
                          reason: oldest.map { "There is no restore point at or before \(limit.iso8601); the oldest is of \($0)." } ?? "There is no restore point yet.",
                          hint: oldest.map { "Use --at \($0) or later." } ?? "Make one with fitech-ctl backup now.")
        }
        let names = try wanted(request, eligible)
        let staging = node.files + "/restoring"
        try await store.copies.run {
            try DurableFiles.remove(staging)
            try DurableFiles.makeDirectory(staging + "/customers")
        }
        var chosen: [(name: String, point: RestorePoint, from: String)] = []
        for (index, name) in names.enumerated() {
            await progress(0.05 + 0.7 * Double(index) / Double(names.count), "fetching and checking \(name)")
            chosen.append(try await fetch(name, from: eligible, to: "\(staging)/\(PointDatabase.file(name))"))
        }
        var aside: String?
        if let directory = request.directory {
            let found = chosen.map(\.name)
            try await store.copies.run {
                try DurableFiles.makeDirectory(directory + "/customers")
                for name in found {
                    let target = "\(directory)/\(PointDatabase.file(name))"
                    guard !DurableFiles.exists(target) else { throw Failure.conflict("There is a file \(target) already.", hint: "Choose an empty directory.") }
                    try DurableFiles.copy("\(staging)/\(PointDatabase.file(name))", to: target)
                }
                try DurableFiles.remove(staging)
            }
        } else {
            aside = try await replace(chosen, everything: request.customer == nil, staging: staging, room, progress)
        }
        await progress(1, "restored \(chosen.count) database\(chosen.count == 1 ? "" : "s")")
        let note = request.directory != nil ? "The live databases were not touched." : "Everybody of what was restored has to sign in again; API tokens of that time work."
        return [
            "databases": .array(chosen.map { ["name": .string($0.name), "restore_point": .string($0.point.id), "taken": .string($0.point.taken.iso8601), "from": .string($0.from)] }),
            "aside": aside.map(JSON.string) ?? .null, "note": .string(note),
        ]
    }

    private func wanted(_ request: RestoreRequest, _ eligible: [(PointPlace, RestorePoint)]) throws(Failure) -> [String] {
        if let customer = request.customer {
            guard eligible.contains(where: { $0.1.database(customer) != nil }) else {
                throw .init(whose: .client, retry: .never, status: 404, code: "no-restore-point", reason: "No restore point at or before that time holds \(customer).", hint: "Look at fitech-ctl backup list.")
            }
            return [customer]
        }
        return eligible[0].1.databases.map(\.name)
    }

    /// The points of every place that answers, newest first; of the same point the nearest place comes first.
    private func allPoints(_ client: HTTPClient) async throws -> [(PointPlace, RestorePoint)] {
        var found: [(PointPlace, RestorePoint)] = []
        for shelf in [shelf, offsiteShelf].compactMap({ $0 }) {
            found += try await store.copies.run { shelf.all() }.map { (.shelf(shelf), $0) }
        }
        for peer in others(client) {
            guard let json = try? await peer.ask(.get, "/restore-points") else {
                store.log.warning("a data node's restore points cannot be asked for", ("node", peer.name))
                continue
            }
            found += (json["items"]?.array ?? []).compactMap(RestorePoint.init(json:)).map { (.node(peer), $0) }
        }
        return found.sorted { ($0.1.taken, $0.1.id) > ($1.1.taken, $1.1.id) }
    }

    /// Fetches the newest copy that is what its manifest says and sound; a damaged one is passed over for the one before.
    private func fetch(_ name: String, from points: [(PointPlace, RestorePoint)], to target: String) async throws -> (name: String, point: RestorePoint, from: String) {
        var last: any Error = Failure.notFound("restore point")
        for (place, point) in points {
            guard let database = point.database(name) else { continue }
            do {
                switch place {
                case .shelf(let shelf):
                    let from = shelf.file(name, of: point)
                    try await store.copies.run { try DurableFiles.copy(from, to: target) }
                case .node(let peer):
                    _ = try await peer.fetch(target: "/restore-points/\(point.id)/\(name)", to: target)
                }
                let fault = try await store.copies.run { () -> String? in
                    if try FileDigest.sha256(target).sha256 != database.sha256 { return "its SHA-256 is not the one in the manifest" }
                    return DatabaseCheck.faults(path: target).first
                }
                guard let fault else { return (name, point, place.name) }
                throw Failure.fault("Restore point \(point.id) of \(name) is damaged: \(fault).", hint: "Use another point.")
            } catch {
                store.log.error("a restore point cannot be used", ("restore_point", point.id), ("database", name), ("from", place.name), ("error", "\(error)"))
                last = error
            }
        }
        throw last
    }

    /// Puts the fetched databases in the place of the live ones, each in one step.
    private func replace(_ chosen: [(name: String, point: RestorePoint, from: String)], everything: Bool, staging: String, _ room: DataRoom, _ progress: Progress) async throws -> String {
        let aside = store.recoveredPath + "/" + RestorePoint.makeID(.now)
        try await store.copies.run { try DurableFiles.makeDirectory(aside + "/customers") }
        let epoch = store.role.epoch ?? 1
        var knownCustomers: [Carried] = []
        let before = chosen.contains { $0.name == "directory" }
        if before {
            // Ticket numbers given out since must not be given out again.
            knownCustomers = store.allCustomers.map { Carried(name: $0.name, displayName: $0.displayName) }
        }
        let erased = await SubjectErasure.remembered(store)
        let highest = try? await store.directory.alone { try $0.int("SELECT next FROM counter WHERE name = 'ticket'") }
        for (index, one) in chosen.enumerated() {
            await progress(0.78 + 0.15 * Double(index) / Double(chosen.count), "replacing \(one.name)")
            let file = one.name == "directory" ? store.directory : store.enter(one.name, displayName: store.customer(one.name)?.displayName ?? one.name).file
            let relative = PointDatabase.file(one.name)
            let path = file.path
            try await file.whileClosed {
                for ending in ["", "-wal", "-shm"] where DurableFiles.exists(path + ending) {
                    try DurableFiles.move(path + ending, to: "\(aside)/\(relative)\(ending)")
                }
                try DurableFiles.move("\(staging)/\(relative)", to: path)
            }
            // Sessions of that time may since have been ended, links used: nobody is let in by them again.
            _ = try await file.write { database in
                try database.execute("DELETE FROM session WHERE kind = 'session'")
                try database.execute("DELETE FROM link")
                try database.execute("DELETE FROM answer")
                if try database.int("SELECT 1 FROM sqlite_schema WHERE name = 'export_link'") != nil { try database.execute("DELETE FROM export_link") }
                // Nor does anything leave the house by a schedule that somebody may have ended since.
                if try database.int("SELECT 1 FROM sqlite_schema WHERE name = 'export_schedule'") != nil {
                    try database.execute("DELETE FROM export_schedule")
                    try ScheduleRows.drop("the customer was restored", now: .now, in: database)
                }
                try Self.restored.note("was restored", .customer(one.name), detail: "from restore point \(one.point.id)", in: database)
                // Whoever was erased since stays erased.
                if one.name != "directory" { try SubjectErasure.again(erased[one.name] ?? [], Self.restored, in: database) }
                if one.name == "directory" {
                    for (customer, ids) in erased {
                        for id in ids { try database.execute("INSERT OR IGNORE INTO erased_subject (customer, subject) VALUES (?, ?)", customer, id) }
                    }
                }
            }
        }
        if before {
            let next = (highest ?? nil) ?? 0
            _ = try await store.directory.write { database in
                try database.execute("INSERT OR REPLACE INTO setting (name, value) VALUES ('epoch', ?)", String(epoch))
                // Where the counter could not be read a generous step keeps the numbers apart.
                try database.execute("UPDATE counter SET next = max(next + ?, ?) WHERE name = 'ticket'", next == 0 ? 10_000 : 0, next)
            }
            try await store.load()
            for customer in knownCustomers where store.customer(customer.name) == nil {
                store.log.warning("a customer is newer than the restored directory; its database is kept aside", ("customer", customer.name))
                let path = "\(store.customersPath)/\(customer.name).db"
                try await store.copies.run {
                    for ending in ["", "-wal", "-shm"] where DurableFiles.exists(path + ending) {
                        try DurableFiles.move(path + ending, to: "\(aside)/customers/\(customer.name).db\(ending)")
                    }
                }
            }
        }
        await progress(0.95, "bringing the directory into line")
        for one in chosen where one.name != "directory" { try await align(one.name, room) }
        _ = try? await store.copies.run { try DurableFiles.remove(staging) }
        await room.sweep()
        return aside
    }

    private static var restored: Audit { Audit(actor: .node(.operations), request: nil, now: .now) }

    private struct Carried: Sendable {
        let name: String
        let displayName: String
    }

    /// The directory follows a restored customer: its addresses and its tickets are those of the restored file.
    private func align(_ name: String, _ room: DataRoom) async throws {
        guard let customer = store.customer(name) else { return }
        let people = try await room.read(customer.file) { try $0.query("SELECT email, id FROM person") { ($0.text(0), $0.text(1)) } }
        let passkeys = try await room.read(customer.file) { try $0.query("SELECT credential FROM passkey") { $0.bytes(0) } }
        try await store.write(store.directory) { database in
            try database.execute("INSERT OR IGNORE INTO customer (name, display_name, created) VALUES (?, ?, ?)", name, customer.displayName, Timestamp.now.milliseconds)
            try database.execute("DELETE FROM address WHERE customer = ?", name)
            for (email, id) in people { try database.execute("INSERT OR IGNORE INTO address (email, customer, person) VALUES (?, ?, ?)", email, name, id) }
            try PasskeyPlaces.align(name, credentials: passkeys, in: database)
            try database.execute("DELETE FROM ticket WHERE customer = ?", name)
            try database.execute("DELETE FROM bin_item WHERE customer = ?", name)
            try database.execute("DELETE FROM change_index WHERE customer = ?", name)
            try StaffWords.remove(customer: name, in: database)
            try database.execute("UPDATE customer SET ticket_revision = 0, change_revision = 0 WHERE name = ?", name)
            // The customer's own log is of that time now: its verification learns here that it may be shorter than it was.
            try Self.restored.note("restored a customer", .customer(name), in: database)
        }
    }
}
