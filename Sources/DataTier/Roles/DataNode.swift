// A data node while it runs: its store, its role in the fleet, and the duties that come with it.
import CLinux
import Control
import Engine
import Glibc
import Logging
import Nodes
import Storage
import Wire

/// Shared by all loops of the node.
final class DataNode: Sendable {
    let node: Node
    let store: DataStore
    let options: DataOptions
    /// One long operation at a time: a restore point, a promotion, a restore.
    let operations = Repeats()
    let claims = ExportClaims()
    /// When the fence was set, milliseconds since 1970.
    let fencedSince = SharedValue()
    /// When the newest restore point on this node was taken; 0 before there is one.
    let newestPoint = SharedValue()
    /// The highest epoch this node ever met, also kept on disk.
    let highestEpoch = SharedValue()
    /// 1 while this backup is being made the primary.
    let promoting = SharedValue()
    /// The epoch of live files found by a node that starts as a backup; 0 when there are none.
    let pendingEpoch = SharedValue()

    init(node: Node, options: DataOptions) {
        self.node = node
        self.options = options
        let log = node.log
        store = DataStore(path: node.files, options: options, log: DataLog { level, text, values in
            var metadata: [String: Logger.MetadataValue] = [:]
            for (name, value) in values { metadata[name] = .string(value) }
            log.log(level: level == .info ? .info : level == .warning ? .warning : .error, "\(text)", metadata: metadata)
        })
    }

    /// Checks the node's directory before anything depends on it.
    func checkDirectory() throws(Failure) {
        let path = node.files
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            throw .fault("The data node cannot read and write \(path): \(String(cString: strerror(errno))).", hint: "Give the account that runs fitech all rights to it, or choose another place with --state.")
        }
        do {
            try DurableFiles.makeDirectory(store.customersPath)
            // What interrupted copies, rewritings and restores left behind.
            for name in DurableFiles.names(in: path) where name.hasPrefix("copy-") || name.hasPrefix(ErasureTraces.files) || name == "restoring" || name == "incoming" {
                try DurableFiles.remove("\(path)/\(name)")
            }
            let probe = path + "/.probe"
            try DurableFiles.write([UInt8](repeating: 0x70, count: 4096), to: probe)
            try DurableFiles.remove(probe)
        } catch {
            throw .fault("The data node cannot write into \(path): \(error.message).", hint: error.hint)
        }
    }

    // MARK: Epochs

    private var epochFile: String { node.files + "/epoch" }

    /// Reads the highest epoch met by earlier runs.
    func recallEpoch() {
        guard let bytes = try? DurableFiles.read(epochFile), let epoch = Int64(FieldCheck.trimmed(String(decoding: bytes, as: UTF8.self))) else { return }
        highestEpoch.set(max(highestEpoch.value, epoch))
    }

    /// Remembers an epoch: a promotion of this node, also one that cannot ask anybody, goes beyond every epoch it ever met.
    func met(_ epoch: Int) async throws {
        guard Int64(epoch) > highestEpoch.value else { return }
        highestEpoch.set(Int64(epoch))
        let path = epochFile
        try await store.copies.run { try DurableFiles.replace(path, with: Array("\(epoch)\n".utf8)) }
    }

    // MARK: Becoming primary

    /// Opens the directory and serves. With a directory that cannot be read every call says so until it is restored.
    func servePrimary() async throws {
        try await store.load()
        let epoch = try await Epoch.read(store)
        try await met(epoch)
        store.role.set(.primary(epoch: epoch))
        store.log.info("this node is the primary", ("epoch", "\(epoch)"), ("customers", "\(store.allCustomers.count)"))
    }
}

/// The epoch of a directory: it grows with every promotion, and a node that meets a higher one never writes.
enum Epoch {
    static func read(_ store: DataStore) async throws -> Int {
        try await store.directory.alone { database in
            if let found = try database.first("SELECT value FROM setting WHERE name = 'epoch'", row: { Int($0.text(0)) }), let found { return found }
            try database.execute("INSERT OR REPLACE INTO setting (name, value) VALUES ('epoch', '1')")
            return 1
        }
    }

    static func write(_ epoch: Int, _ store: DataStore) async throws {
        _ = try await store.directory.alone { try $0.execute("INSERT OR REPLACE INTO setting (name, value) VALUES ('epoch', ?)", String(epoch)) }
    }
}
