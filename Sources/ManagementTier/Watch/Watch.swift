// The watch itself: holds the pure machines and carries out what they decide, on one event loop.
import Control
import Engine
import Logging
import Nodes
import Outbound
import Pages
import ProcedureClient
import Procedures
import Storage
import SupportCentre
import Telemetry
import Wire

/// What belongs to one loop and is handed to an actor whose executor is that very loop: it never leaves its thread,
/// which the compiler cannot see.
struct OnLoop<Value>: @unchecked Sendable {
    let value: Value
}

/// Everything the management node knows and does. Its executor is an event loop, so that it may use that loop's client.
actor Watch {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.unownedExecutor }

    nonisolated let node: Node
    nonisolated let queue: WriteQueue
    nonisolated let outbound = Outbound()
    nonisolated let pinger = Pinger()
    nonisolated let resolver = BlockingThreads(name: "resolve", threads: 2, limit: 200)
    /// Signs the links in texts.
    nonisolated let linkKey: [UInt8]
    /// Where people reach the portal: `https://localhost:8443`.
    nonisolated let publicURL: String
    let client: HTTPClient
    let procedures: ProcedureClient

    var technicians: [Technician] = []
    var machine = IncidentMachine()
    var bundle = PageBundle()
    var told: [Int: Set<Int>] = [:]

    var probes: [Probe] = []
    /// Confirmed failures whose verdict is not in yet.
    var pending: [Subject: PendingVerdict] = [:]

    var providers: [TextProvider] = []
    var texts: [OutgoingText] = []
    var nextText = 1
    var receipts: Set<String> = []

    var mails: [OutgoingMail] = []
    var nextMail = 1
    /// How mails fare that the data tier asked for, until it has been told; by the mail's id.
    var outcomes: [Int: MailOutcome] = [:]
    var reporting = false
    var mailProblem: String?
    var mailBusy = false
    var effectsProblem: String?
    var pulling = false
    /// Deliveries being made, or made and not reported yet.
    var callsUnderWay: Set<String> = []
    var callOutcomes: [WebhookOutcome] = []
    var reportingCalls = false
    /// Exports being sent to customers' servers, and what became of those before, until it is reported.
    var uploadsUnderWay: Set<String> = []
    var uploadOutcomes: [UploadOutcome] = []
    var reportingUploads = false
    /// Bytes of exports that are being fetched or lie here.
    var spooledBytes = 0
    nonisolated let uploads = Outbound(name: "uploads")
    nonisolated let spool = BlockingThreads(name: "spool", threads: 1, limit: 8)
    /// The status page as last made, with what it was made of.
    var heldStatus: ServedStatus?

    /// When which part of the service is worked on.
    var plan = MaintenancePlan()
    var isPlanning = false
    var certificateAlarm = CertificateAlarm()

    var members: [(id: Int, node: String, service: ServicePart)] = []
    var nextMember = 1
    private var watched = 1
    private var lastWatched: Milliseconds = 0
    private var ticking: Task<Void, Never>?
    private var stopping = false
    nonisolated let started: Milliseconds
    nonisolated let metrics = WatchMetrics()

    static func open(_ node: Node) async throws -> Watch {
        let thread = WriterThread(name: "management")
        let file = DatabaseFile(path: node.files + "/management.db", schema: ManagementSchema.schema, thread: thread)
        let now = Timestamp.now.milliseconds
        let state = try await take(file, seed: node.configuration.technicians, log: node.log, at: now)
        let key = try LinkKey.load(node.state.linkKey)
        let loop = node.loops[0]
        let client = await loop.run { OnLoop(value: HTTPClient(loop: $0)) }
        let procedures = await loop.run { loop in OnLoop(value: ProcedureClient(node: node, loop: loop)) }
        return Watch(
            node, loop: loop, queue: WriteQueue(file, log: node.log), key: key, client: client, procedures: procedures, state: state, at: now)
    }

    /// Reads what is stored. A damaged database is set aside and a new one begun with the technicians of the file: a
    /// watch that knows less still wakes somebody, one that does not start wakes nobody.
    private static func take(_ file: DatabaseFile, seed: [TechnicianSpec], log: Logger, at now: Milliseconds) async throws -> StoredState {
        do {
            return try await file.write { try StoredState.load($0, seed: seed, at: now) }
        } catch let error as StorageError where error.kind == .corrupt {
            let aside = file.path + ".damaged-\(now)"
            log.critical("management.db is damaged; it was set aside and a new one begun", metadata: ["reason": "\(error)", "aside": "\(aside)"])
            try await file.whileClosed {
                try DurableFiles.move(file.path, to: aside)
                for ending in ["-wal", "-shm"] { try DurableFiles.remove(file.path + ending) }
            }
            return try await file.write { try StoredState.load($0, seed: seed, at: now) }
        }
    }

    private init(
        _ node: Node, loop: EventLoop, queue: WriteQueue, key: [UInt8], client: OnLoop<HTTPClient>,
        procedures: OnLoop<ProcedureClient>, state: StoredState, at now: Milliseconds
    ) {
        self.node = node
        self.loop = loop
        self.queue = queue
        linkKey = key
        publicURL = PublicURL.of(node.configuration)
        self.client = client.value
        self.procedures = procedures.value
        self.procedures.patience = .milliseconds(300)
        self.procedures.timeout = .seconds(3)
        started = now
        technicians = state.technicians
        machine = IncidentMachine(open: state.open, recent: state.recent, nextID: state.nextIncident)
        texts = state.texts
        nextText = state.nextText
        receipts = state.receipts
        told = state.told
        mails = state.mails
        nextMail = state.nextMail
        outcomes = state.outcomes
        plan = state.plan
        certificateAlarm = CertificateAlarm(told: state.certificatesTold)
        members = state.members
        nextMember = state.nextMember
        watched = state.watch
        providers = TextProvider.all(of: node.configuration.sms, log: node.log)
    }

    // MARK: Running

    func start() {
        follow(node.fleet)
        // What a watch that was killed had fetched, and the key beside it. The thread does one thing after another: this first.
        let left = node.files + "/uploads"
        Task { try? await spool.run { try DurableFiles.remove(left) } }
        ticking = Task { await self.turn() }
    }

    /// One short step after another: nothing in them waits for a disk, a network or a provider.
    private func turn() async {
        var nextEffects: Milliseconds = 0, nextCertificates: Milliseconds = 0
        while !stopping {
            let now = Timestamp.now.milliseconds
            beginProbes(at: now)
            decidePending(at: now)
            apply(machine.tick(technicians: technicians, planned: plannedUntil(at: now), at: now), at: now)
            for tellings in bundle.tick(at: now) { sendBundle(tellings, at: now) }
            sendTexts(at: now)
            sendMails(at: now)
            if now >= nextEffects {
                nextEffects = now + 1000
                Task {
                    // Reported first: what is done is not handed out again.
                    await self.reportCalls()
                    await self.reportUploads()
                    await self.pullEffects()
                    await self.reportMails()
                }
            }
            if Clock.isDue(nextCertificates, at: now, longest: Self.certificatePause) {
                nextCertificates = now + Self.certificatePause
                Task { await self.lookAtCertificates() }
            }
            if abs(now - lastWatched) >= 10_000 { markWatched(at: now) }
            await loop.sleep(.milliseconds(50))
        }
    }

    /// Writes down until when the watch was running: time after it counts as not seen.
    private func markWatched(at now: Milliseconds) {
        let id = watched
        // After a long sleep of the machine the time between was not watched.
        if lastWatched > 0, abs(now - lastWatched) > 60_000 {
            lastWatched = now
            queue.save { try $0.execute("INSERT INTO watched(begun, ended) VALUES (?, ?)", now, now) }
            Task { await self.renewWatched() }
            return
        }
        lastWatched = now
        queue.save { try $0.execute("UPDATE watched SET ended = ? WHERE id = ?", now, id) }
    }

    private func renewWatched() async {
        await queue.flush()
        if let id = try? await queue.file.write({ try $0.int("SELECT max(id) FROM watched") }) { watched = id }
    }

    /// Stops at once: what the fleet does from here on is no outage, it is being stopped as a whole.
    func stop() async {
        stopping = true
        ticking?.cancel()
        await ticking?.value
        markWatched(at: Timestamp.now.milliseconds)
        pinger.stop()
        await queue.flush()
        await queue.file.thread.stop()
    }
}

/// What the watch counts, under the names of `MetricName`.
struct WatchMetrics: Sendable {
    let probes = Metrics.counter(.probes), probeFailures = Metrics.counter(.probeFailures)
    let incidentsOpen = Metrics.gauge(.incidentsOpen)
    let textsSent = Metrics.counter(.textsSent), textsFailed = Metrics.counter(.textsFailed)
    let mailsSent = Metrics.counter(.mailsSent), mailsFailed = Metrics.counter(.mailsFailed)
}

/// The key that signs links in texts.
enum LinkKey {
    /// The 32 bytes of `keys/link.key`; the supervisor made the file.
    static func load(_ path: String) throws -> [UInt8] {
        let bytes: [UInt8]
        do { bytes = try DurableFiles.read(path) } catch {
            throw Failure.fault("The key of the links in texts cannot be read: \(error).", hint: "Start the fleet with fitech up: it makes \(path).")
        }
        guard bytes.count >= 32 else {
            throw Failure.fault("\(path) holds \(bytes.count) bytes, not 32.", hint: "Remove it: the next fitech up makes a new one. Links already sent stop working.")
        }
        return Array(bytes.prefix(32))
    }
}
