// Full-text indexes are written in pieces, and every search looks into all of them: a while after something was written they are merged,
// so little at a time that whoever writes meanwhile hardly waits.
import Engine
import Storage

enum SearchMerging {
    /// Pages of an index in one transaction, and more only where a single word has more: its rows are not divided.
    private static let pages = 16

    private static let shared: [StaticString] = [
        "INSERT INTO ticket_words (ticket_words, rank) VALUES ('merge', ?)", "INSERT INTO ticket_titles (ticket_titles, rank) VALUES ('merge', ?)",
        "INSERT INTO change_words (change_words, rank) VALUES ('merge', ?)",
    ]
    private static let ofCustomer = shared + ["INSERT INTO subject_words (subject_words, rank) VALUES ('merge', ?)"]
    private static let ofDirectory = shared + [
        "INSERT INTO post_words (post_words, rank) VALUES ('merge', ?)", "INSERT INTO announcement_words (announcement_words, rank) VALUES ('merge', ?)",
    ]

    /// Merges some of the first index that has two pieces of like size.
    /// - Returns: whether there was anything to merge.
    static func step(isDirectory: Bool, in database: Database) throws -> Bool {
        for merge in isDirectory ? ofDirectory : ofCustomer {
            let before = database.totalChanges
            try database.execute(merge, pages)
            // Where it has done nothing, FTS5 counts the statement itself and no more (sqlite.org/fts5.html, "The 'merge' Command").
            if database.totalChanges - before >= 2 { return true }
        }
        return false
    }
}

extension DataRoom {
    /// Merges the indexes of every database that was written since the last look, while this node is the primary.
    func watchIndexes(_ loop: isolated EventLoop, until stopping: () -> Bool) async {
        var seen: [String: Int] = [:]
        while !stopping() {
            await loop.sleep(.seconds(15))
            for file in [store.directory] + store.allCustomers.map(\.file) where file.commitCount != seen[file.path] ?? -1 {
                guard store.role.mayWrite, !stopping() else { break }
                if await mergeSome(file, loop) { seen[file.path] = file.commitCount }
            }
        }
    }

    /// Merges for some seconds at most: a database that is written all the time does not keep the others waiting.
    /// - Returns: false when there is more. What cannot be merged is not tried again before something else is written.
    private func mergeSome(_ file: DatabaseFile, _ loop: isolated EventLoop) async -> Bool {
        do {
            for _ in 0..<200 {
                guard try await mergeOnce(file) else { return true }
                await loop.sleep(.milliseconds(20))
            }
            return false
        } catch {
            // Another node may have become the primary meanwhile.
            if store.role.mayWrite { store.log.warning("an index of searching cannot be merged", ("database", file.path), ("error", "\(error)")) }
            return true
        }
    }

    func mergeOnce(_ file: DatabaseFile) async throws -> Bool {
        let isDirectory = file === store.directory
        return try await store.write(file) { try SearchMerging.step(isDirectory: isDirectory, in: $0) }
    }
}
