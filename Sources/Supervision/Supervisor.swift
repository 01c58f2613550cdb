// The supervisor: owns the fleet as a value, the processes that are it, and every change of either.
import Control
import Engine
import Glibc
import Logging
import Wire

/// Runs on one loop; everything that changes the fleet goes through `apply`.
package actor Supervisor {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.unownedExecutor }

    package nonisolated let configuration: Configuration
    package nonisolated let state: StateDirectory
    nonisolated let program: String
    nonisolated let release: String
    nonisolated let caller: NodeCaller
    nonisolated let children: ChildProcesses
    nonisolated let keys: KeyStore
    nonisolated let log: Logger
    nonisolated let startedAt = Timestamp.now

    var file: FleetFile
    var fleet: FleetState { file.fleet }
    var runs: [String: NodeRun] = [:]
    /// Processes that finish what they have while another has their node's name.
    var retiring: [Int32: String] = [:]
    /// Processes that are to take a node over, by its name.
    var successors: [String: Int32] = [:]
    /// Nodes an upgrade is under way for.
    var upgrading: Set<String> = []
    /// Ends that came before their start was known.
    var earlyEnds: [Int32: ProcessEnd] = [:]
    var isStopping = false
    /// Relayed actions by their replay id, so that each takes effect once.
    var replays: [String: Task<Outcome, Never>] = [:]
    /// When to fetch the OCSP staple of each certificate file, and how often that is looked at, in seconds.
    var staples: [String: StaplePlan] = [:]
    nonisolated let staplePause = 20
    /// Facts changed since the file was written; commands are written at once.
    var isUnsaved = false
    /// Handed on to balancers.
    nonisolated let listeners: [(descriptor: CInt, name: String)]
    /// `https://NAME:PORT`, the real one.
    package nonisolated let publicURL: String?
    /// Told to every process that is started, so that whoever adopts it knows how.
    nonisolated let fingerprint: String

    package init(
        loop: EventLoop, configuration: Configuration, state: StateDirectory, file: FleetFile, program: String, release: String,
        children: ChildProcesses, listeners: [(descriptor: CInt, name: String)], publicURL: String?, log: Logger
    ) {
        self.loop = loop
        self.configuration = configuration
        self.state = state
        self.file = file
        self.program = program
        self.release = release
        self.children = children
        self.listeners = listeners
        self.publicURL = publicURL
        fingerprint = Self.fingerprint(configuration, publicURL: publicURL)
        self.log = log
        caller = NodeCaller(loop: loop, state: state)
        keys = KeyStore(state, ticketPeriod: configuration.tls.rotateTickets)
    }

    /// Carries a command out: changes the value, saves it, tells the nodes. What is thrown changed nothing.
    func apply(_ command: FleetCommand) throws(Failure) {
        var next = file
        try next.fleet.apply(command)
        switch command {
        case .remove(let name, _):
            if next.cloned.remove(name) == nil { next.removed.insert(name) }
            next.programs[name] = nil
        case .add(let node):
            next.removed.remove(node.name)
            if configuration.node(node.name) == nil { next.cloned.insert(node.name) }
        default: break
        }
        guard next != file else { return }
        if command.isFact {
            isUnsaved = true
        } else {
            try save(next)
        }
        file = next
        tellNodes()
    }

    /// Written before it takes effect: what was answered survives a power failure.
    private func save(_ next: FleetFile) throws(Failure) {
        try DurableFile.write(next.json.bytes, to: state.fleet)
        isUnsaved = false
    }

    /// The program this node is started with from now on.
    func remember(program path: String, of name: String) throws(Failure) {
        var next = file
        next.programs[name] = path == program ? nil : path
        guard next != file else { return }
        try save(next)
        file = next
    }

    /// The program a node is started with; the supervisor's own where the one it was given is gone.
    func program(of name: String) -> String {
        guard let given = file.programs[name] else { return program }
        guard access(given, X_OK) == 0 else {
            log.warning("\(name) is started with \(program): \(given), which it was upgraded to, is no longer there")
            return program
        }
        return given
    }

    /// A fact the supervisor sees cannot be refused; it only concerns nodes that are there.
    func observe(_ fact: FleetCommand) {
        do throws(Failure) { try apply(fact) } catch { log.debug("\(fact.node): \(error.reason)") }
    }

    func saveFacts() {
        guard isUnsaved else { return }
        isUnsaved = false
        do throws(Failure) { try DurableFile.write(file.json.bytes, to: state.fleet, sync: false) } catch { log.warning("\(error.reason) \(error.hint)") }
    }

    /// The node of that name, or the failure that names the others.
    func node(_ name: String) throws(Failure) -> FleetNode {
        if let node = fleet.node(name) { return node }
        throw .notFound("node as \(name)", hint: "The nodes are " + fleet.nodes.map(\.name).joined(separator: ", ") + ".")
    }

    /// Waits until `condition` holds; false when it did not within `limit`.
    func eventually(within limit: Duration, every pause: Duration = .milliseconds(10), _ condition: () -> Bool) async -> Bool {
        let deadline = ContinuousClock.now.advanced(by: limit)
        while !condition() {
            guard ContinuousClock.now < deadline else { return condition() }
            await loop.sleep(pause)
        }
        return true
    }
}

/// What is known about the process that runs a node.
struct NodeRun {
    var pid: Int32?
    var startedAt = ContinuousClock.now
    /// Deaths in a row soon after the start.
    var quickDeaths = 0
    var isReady = false
    /// Since it was started this time.
    var hasBeenReady = false
    /// When it stopped answering at all.
    var silentSince: ContinuousClock.Instant?
    var isProbing = false
    var isTelling = false
    var failedProbes = 0
    var lastProbe: ContinuousClock.Instant?
    /// The fleet's version it has answered for, and whom it had admitted then (balancers).
    var toldVersion = -1
    var admitted: Set<String> = []
}

extension FleetCommand {
    /// What the supervisor sees rather than what somebody decided: need not survive a power failure.
    var isFact: Bool {
        switch self {
        case .process, .ready, .starting, .failed: true
        default: false
        }
    }
}
