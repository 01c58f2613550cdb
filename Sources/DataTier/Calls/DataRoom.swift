// What one loop of a data node works with: its own read handles over the shared store.
import Procedures
import Storage
import Wire

/// One per loop; never leaves it.
final class DataRoom {
    let store: DataStore
    let reads: ReadHandles

    init(store: DataStore) {
        self.store = store
        reads = ReadHandles(limit: store.options.openDatabases)
    }

    /// A room for one piece of work that must see each database as it was at one moment.
    init(snapshotsOf store: DataStore) {
        self.store = store
        reads = ReadHandles(limit: 2, holdingSnapshots: true)
    }

    /// Reads right here on the loop, for a bounded time.
    func read<T>(_ file: DatabaseFile, _ body: (Database) throws -> T) async throws -> T {
        try await reads.read(file, milliseconds: store.options.readMilliseconds, body)
    }

    /// A durable transaction, once per replay id.
    func write<A: Record>(_ call: Call, _ file: DatabaseFile, _ body: @escaping @Sendable (Database) throws -> A) async throws -> A {
        try await call.write(file, in: store, body)
    }

    /// A durable transaction whose answer is a secret and is never kept for repeats.
    func writeSecret<T: Sendable>(_ file: DatabaseFile, _ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await store.write(file, body)
    }
}
