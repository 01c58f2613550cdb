// After an erasure the customer's database is written anew: then its file has nothing left of the subject in free space either.
import Engine
import Storage
import Wire

enum ErasureTraces {
    /// What files begin with that are beside a database only while it is written anew.
    static let files = "anew-"

    /// In the transaction of the erasure.
    /// - Parameter entry: what the audit log tells of it.
    static func note(_ entry: Int64, in database: Database) throws {
        try database.execute("INSERT INTO erasure_trace (entry) VALUES (?)", entry)
    }

    static func areLeft(in database: Database) throws -> Bool { try database.int("SELECT 1 FROM erasure_trace LIMIT 1") != nil }

    /// In the fresh file, which has none: so both become true at once.
    static func clear(in database: Database) throws { try database.execute("DELETE FROM erasure_trace") }
}

extension DataRoom {
    /// Writes databases anew while this node is the primary. Not at once: who erases one subject often erases another.
    func watchTraces(_ loop: isolated EventLoop, until stopping: () -> Bool) async {
        var rests: [String: (end: ContinuousClock.Instant, length: Duration)] = [:]
        var oldFiles: [String: ContinuousClock.Instant] = [:]
        while !stopping() {
            await loop.sleep(.seconds(10))
            await removeOldFiles(seen: &oldFiles)
            for name in store.traces.all where rests[name].map({ $0.end <= .now }) ?? true {
                guard store.role.mayWrite, !stopping() else { break }
                guard await !overwriteTraces(of: name) else { rests[name] = nil; continue }
                // A try ends with the first commit beside it, and costs no more than was copied until then.
                let length = min((rests[name]?.length ?? .seconds(5)) * 2, .seconds(60))
                rests[name] = (.now + length, length)
            }
        }
    }

    private static let old = ".old"

    /// - Returns: false when it has to be tried again.
    func overwriteTraces(of name: String) async -> Bool {
        guard let customer = store.customer(name) else { store.traces.clear(name); return true }
        do {
            guard try await read(customer.file, ErasureTraces.areLeft) else {
                store.traces.clear(name)
                // One that was noted between the two.
                if try await read(customer.file, ErasureTraces.areLeft) { store.traces.note(name) }
                return true
            }
            let path = "\(store.path)/\(ErasureTraces.files)\(name)"
            let isDone = try await customer.file.rewrite(
                through: path + ".db", old: path + Self.old, on: store.rewriting, goesOn: { [role = store.role] in role.mayWrite }, finish: ErasureTraces.clear)
            guard isDone else { return false }
            store.log.info("wrote a database anew after an erasure", ("customer", name))
            return await overwriteTraces(of: name)
        } catch {
            // Another node may have become the primary meanwhile.
            if store.role.mayWrite { store.log.warning("a database cannot be written anew after an erasure", ("customer", name), ("error", "\(error)")) }
            return false
        }
    }

    /// Removes files whose place a fresh one has taken, once nobody has them open any more, but after a minute in any case: whoever still has one
    /// open then makes room for it when it is closed.
    /// - Parameter seen: since when they are known.
    func removeOldFiles(seen: inout [String: ContinuousClock.Instant], now: ContinuousClock.Instant = .now) async {
        reads.closeReplaced()
        let names = DurableFiles.names(in: store.path).filter { $0.hasPrefix(ErasureTraces.files) && $0.hasSuffix(Self.old) }
        seen = Dictionary(uniqueKeysWithValues: names.map { ($0, seen[$0] ?? now) })
        for (name, since) in seen {
            let path = "\(store.path)/\(name)", isOverdue = now - since >= .seconds(60)
            do {
                try await store.rewriting.run { if try !DiskPace.removeOnceUnused(path), isOverdue { try DiskPace.remove(path) } }
            } catch {
                store.log.warning("an old file of a database cannot be removed", ("file", name), ("error", "\(error)"))
            }
        }
    }
}
