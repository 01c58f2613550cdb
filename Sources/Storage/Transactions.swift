// Transactions, savepoints, checkpoints and checks of one handle.
import CSQLite

extension Database {
    /// True while a transaction is open. A full disk or broken device makes SQLite roll back by itself.
    package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Runs a body in a write transaction; a thrown error rolls everything back.
    package func transaction<T>(_ body: () throws -> T) throws -> T {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try commit()
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs a body on one consistent state of the database.
    package func snapshot<T>(_ body: () throws -> T) throws -> T {
        try execute("BEGIN DEFERRED")
        defer { rollBack() }
        return try body()
    }

    func commit() throws { try execute("COMMIT") }

    func rollBack() {
        guard isInTransaction else { return }
        // A rollback can only fail when there is nothing left to roll back.
        _ = try? execute("ROLLBACK")
    }

    /// Runs a body as a part of the open transaction that can be undone alone.
    package func savepoint<T>(_ body: () throws -> T) throws -> T {
        try execute("SAVEPOINT part")
        do {
            let result = try body()
            try execute("RELEASE part")
            return result
        } catch {
            if isInTransaction {
                try execute("ROLLBACK TO part")
                try execute("RELEASE part")
            }
            throw error
        }
    }

    /// Moves the log into the file and cuts it to nothing, if no reader stands in the way. For the write handle only.
    /// - Parameter waiting: for a reader to end, as long as this handle waits for anything.
    @discardableResult
    package func checkpoint(waiting: Bool = true) throws(StorageError) -> Bool {
        checkThread()
        if !waiting { sqlite3_busy_timeout(handle, 0) }
        defer { if !waiting { sqlite3_busy_timeout(handle, Int32(busyMilliseconds)) } }
        let result = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        if result == SQLITE_BUSY { return false }
        try check(result, "checkpoint")
        return true
    }

    /// Every fault found in the file, by page, index and foreign key; empty when it is sound.
    package func faults(limit: Int = 20) throws -> [String] {
        let pages = try queryBuilt("PRAGMA integrity_check(\(limit))") { $0.text(0) }.filter { $0 != "ok" }
        let keys = try queryBuilt("PRAGMA foreign_key_check") { "row \($0.int64(1)) of \($0.text(0)) refers to a missing \($0.text(2))" }
        return pages + keys.prefix(limit)
    }
}
