// All databases of this data node: the directory, the customers, and the threads that serve them.
import Storage
import Synchronization
import Telemetry
import Wire

/// Shared by every loop. Opens nothing until asked: the directory and each customer's file open at their first use.
final class DataStore: Sendable {
    let path: String
    let options: DataOptions
    let directory: DatabaseFile
    let passwords: BlockingThreads
    /// Copies, checks and file work.
    let copies: BlockingThreads
    /// Reading of files people send.
    let work: BlockingThreads
    let limits: AttemptLimits
    let apiLimits = AttemptLimits(window: .seconds(60))
    let numbers = TicketNumbers()
    /// Whose mails, calls and the like have yet to be carried out.
    let effects = PendingPlaces()
    /// Whose tickets the directory's index has yet to take over in numbers: after an import, an upgrade, a new plan of support.
    let behind = PendingPlaces()
    /// Whose are being taken over from beginning to end: after a start, an import.
    let following = PendingPlaces()
    /// Whose file may still have traces of an erased subject.
    let traces = PendingPlaces()
    let shown = ShownAnnouncements()
    let happenings = Happenings()
    let presence = TicketPresence()
    let announcing = AnnouncementRuns()
    let role = RoleState()
    let repeats = Repeats()
    let listsUnderWay = UnderWay()
    let exports = ExportBoard()
    /// Exports of customers.
    let exporting: BlockingThreads
    /// Writing of databases anew.
    let rewriting: BlockingThreads
    let log: DataLog

    private static let commits = Metrics.counter(.databaseCommits)
    private let writers: [WriterThread]
    private let directoryWriter: WriterThread
    private let customers = Mutex<[String: CustomerEntry]>([:])
    private let broken = Mutex<StorageError?>(nil)

    /// - Parameter path: the node's own directory, which holds `directory.db` and `customers/`.
    init(path: String, options: DataOptions, log: DataLog) {
        self.path = path
        self.log = log
        self.options = options
        directoryWriter = WriterThread(name: "write-dir", openLimit: 2)
        writers = (0..<max(1, options.writerThreads)).map { WriterThread(name: "write-\($0 + 1)", openLimit: max(1, options.openDatabases / max(1, options.writerThreads))) }
        directory = DatabaseFile(path: path + "/directory.db", schema: DirectorySchema.schema, thread: directoryWriter, create: false)
        passwords = BlockingThreads(name: "password", threads: options.passwordThreads, limit: options.passwordQueue)
        copies = BlockingThreads(name: "copy", threads: 1, limit: 1024)
        work = BlockingThreads(name: "work", threads: 1, limit: 64)
        exporting = BlockingThreads(name: "export", threads: max(1, options.exportsAtOnce), limit: 16, yielding: true)
        rewriting = BlockingThreads(name: "rewrite", threads: 1, limit: 16, yielding: true)
        limits = AttemptLimits(window: options.limitWindow)
    }

    var customersPath: String { path + "/customers" }
    var recoveredPath: String { path + "/recovered" }

    // MARK: Customers

    func customer(_ name: String) -> CustomerEntry? { customers.withLock { $0[name] } }

    var allCustomers: [CustomerEntry] { customers.withLock { $0.values.sorted { $0.name < $1.name } } }

    /// The file a customer of this name has or would have; always the same object for the same name.
    func enter(_ name: String, displayName: String) -> CustomerEntry {
        customers.withLock { customers in
            var settings = DatabaseOptions()
            settings.maximumPages = options.customerPages
            let file = customers[name]?.file ?? DatabaseFile(
                path: "\(customersPath)/\(name).db", schema: CustomerSchema.schema,
                thread: writers[Self.place(name, of: writers.count)], create: false, options: settings)
            let entry = CustomerEntry(name: name, displayName: displayName, file: file)
            customers[name] = entry
            return entry
        }
    }

    func forget(_ name: String) { _ = customers.withLock { $0.removeValue(forKey: name) } }

    // MARK: Writing

    /// A durable transaction, refused unless this node is the primary at the moment it runs.
    func write<T: Sendable>(_ file: DatabaseFile, _ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        let role = self.role
        let result = try await file.write { database in
            try role.checkMayWrite()
            return try body(database)
        }
        Self.commits.add()
        return result
    }

    /// Waits until every writer has finished what was queued before.
    func passWriters() async {
        await withTaskGroup(of: Void.self) { group in
            for writer in writers + [directoryWriter] { group.addTask { await writer.pass() } }
        }
    }

    // MARK: Opening

    /// Makes the first directory; for a portal that never had one.
    func makeDirectory() async throws {
        let path = directory.path
        try DurableFiles.makeDirectory(customersPath)
        try await directory.whileClosed {
            let database = try Database(path: path, mode: .write(create: true))
            try DirectorySchema.schema.migrate(database)
            try database.checkpoint()
            try DurableFiles.flush(DurableFiles.directory(of: path))
        }
    }

    /// Why the directory cannot be read, if so: then every call is refused with it, instead of denying that anybody exists.
    func checkDirectory() throws(StorageError) {
        if let error = broken.withLock({ $0 }) { throw error }
    }

    /// Reads which customers there are.
    func load() async throws {
        try DurableFiles.makeDirectory(customersPath)
        let found: [(String, String)]
        do {
            found = try await directory.alone { database in
                try database.query("SELECT name, display_name FROM customer") { ($0.text(0), $0.text(1)) }
            }
        } catch {
            if let error = error as? StorageError { broken.withLock { $0 = error } }
            throw error
        }
        broken.withLock { $0 = nil }
        let names = Set(found.map(\.0))
        for entry in allCustomers where !names.contains(entry.name) { forget(entry.name) }
        for (name, displayName) in found { _ = enter(name, displayName: displayName) }
        try await reloadAnnouncements()
        numbers.forget()
    }

    /// Makes a new customer's file with its tables; one with people in it must not be there.
    func makeFile(_ entry: CustomerEntry) async throws {
        let path = entry.file.path
        try await entry.file.whileClosed {
            let database = try Database(path: path, mode: .write(create: true))
            try CustomerSchema.schema.migrate(database)
            // One without people was left by a start that was cut off; it is taken over.
            guard try database.int("SELECT count(*) FROM person") == 0 else {
                throw Failure.conflict("There is a database of a customer \(entry.name) that the directory does not know.", hint: "Choose another name, or move \(path) away.")
            }
            try database.checkpoint()
            try DurableFiles.flush(DurableFiles.directory(of: path))
        }
    }

    private static func place(_ name: String, of count: Int) -> Int {
        // FNV-1a: the same thread for the same name in every run, spread evenly.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int(hash % UInt64(count))
    }

    /// Finishes what is queued, checkpoints and closes everything.
    func stop() async {
        await numbers.giveBack(to: directory)
        for writer in writers { await writer.stop() }
        await directoryWriter.stop()
        passwords.stop()
        copies.stop()
        work.stop()
        exporting.stop()
        rewriting.stop()
    }

    /// Closes every open file, so that files may be replaced; the next use opens them anew.
    func closeAll() async {
        for entry in allCustomers { await entry.file.close() }
        await directory.close()
    }
}
