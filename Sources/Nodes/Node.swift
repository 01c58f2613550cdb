// What every node has, whatever its tier: its configuration, its loops, the fleet as it stands, readiness and an end.

import CLinux
import Glibc
import Control
import Engine
import Logging
import Synchronization
import Telemetry
import Wire

/// One running member of a tier. Made once at the start of a node's process and shared by all its loops.
package final class Node: Sendable {
    package let configuration: Configuration
    package let state: StateDirectory
    package let name: String
    package let tier: Tier
    /// The private TCP listener of the file, beside the Unix socket.
    package let privateListen: HostPort?
    package let loops: [EventLoop]
    package let log: Logger
    /// Started beside a process that runs this node: waits at a socket of its own until the supervisor gives it the node's name.
    package let isSuccessor: Bool

    /// Answers to `PUT /fleet`: the nodes this one has admitted in consequence (a balancer's word to `clone-node`).
    package typealias FleetObserver = @Sendable (FleetState) async -> [String]

    struct Shared {
        var fleet: FleetState
        var notReady: String? = "starting"
        /// What this node asks of the balancers.
        var wish = LoadReport()
        var observers: [FleetObserver] = []
        var stopping = false
        var retiring = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var server: HTTPServer?
        /// The listener at `run/NAME.sock`.
        var listener: Listener?
        var clientContexts: [String: TLSClientContext] = [:]
    }
    let shared: Mutex<Shared>
    /// Requests for this node's tier under way, over all loops.
    let inFlight = Atomic<Int>(0)
    let identities: PeerIdentities

    /// Starts the loops of a node. It serves nothing until `serve` is called.
    ///
    /// - Parameters:
    ///   - name: a node of the fleet (`fleet.json` in the state directory) or of the configuration.
    ///   - isSuccessor: it is to take over from a process that runs this node now.
    package static func start(
        configuration: Configuration, state: StateDirectory, name: String, tier: Tier, loops count: Int = 1, isSuccessor: Bool = false
    ) throws -> Node {
        DescriptorLimit.raise()
        KeptMemory.settle()
        let fleet = try savedFleet(state) ?? initialFleet(configuration, state)
        let spec = configuration.node(name)
        guard let entry = fleet.node(name) else {
            throw Failure.invalid(
                "There is no node \"\(name)\" in the configuration or the running fleet.",
                hint: "Name one of: \(fleet.nodes.map(\.name).joined(separator: ", ")).", code: "unknown-node")
        }
        guard entry.tier == tier else {
            throw Failure.invalid(
                "\(name) is a node of tier \(entry.tier.rawValue), not \(tier.rawValue).",
                hint: "Start it with: fitech \(entry.tier.rawValue) --node \(name) ...", code: "wrong-tier")
        }
        for directory in [state.path, state.run, state.nodes, state.files(of: name)] {
            guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
                throw Failure.fault(
                    "The directory \(directory) cannot be made: \(String(cString: strerror(errno))).",
                    hint: "Check its permissions and the free space, or choose another with --state.")
            }
        }
        var log = Logger(label: name)
        log[metadataKey: "node"] = .string(name)
        let loops = try (0..<count).map { try EventLoop.start(name: "\(name)/\($0)") }
        return Node(configuration: configuration, state: state, entry: entry, listen: spec?.listen, fleet: fleet, loops: loops, log: log, isSuccessor: isSuccessor)
    }

    private init(
        configuration: Configuration, state: StateDirectory, entry: FleetNode, listen: HostPort?, fleet: FleetState,
        loops: [EventLoop], log: Logger, isSuccessor: Bool
    ) {
        (self.configuration, self.state, self.name, self.tier) = (configuration, state, entry.name, entry.tier)
        (self.privateListen, self.loops, self.log, self.isSuccessor) = (listen, loops, log, isSuccessor)
        shared = Mutex(Shared(fleet: fleet))
        identities = PeerIdentities(state: state)
    }

    /// The directory of this node's own files.
    package var files: String { state.files(of: name) }

    // MARK: The fleet

    /// The fleet as the supervisor last told it.
    package var fleet: FleetState { shared.withLock { $0.fleet } }

    /// This node's own entry; its role may change while it runs.
    package var entry: FleetNode? { fleet.node(name) }

    /// Calls `observer` after every change of the fleet, in the order of registration.
    package func onFleetChange(_ observer: @escaping FleetObserver) {
        shared.withLock { $0.observers.append(observer) }
    }

    /// Takes over what the supervisor says, unless something newer is known. Answers the nodes admitted.
    func take(_ fleet: FleetState) async -> [String] {
        let observers = shared.withLock { shared -> [FleetObserver] in
            guard fleet.version >= shared.fleet.version else { return [] }
            shared.fleet = fleet
            return shared.observers
        }
        identities.forget()
        var admitted: [String] = []
        for observer in observers { admitted += await observer(fleet) }
        return admitted
    }

    // MARK: Readiness

    /// From now on `/readyz` answers 200.
    package func setReady() { shared.withLock { $0.notReady = nil } }

    /// From now on `/readyz` answers 503 with this reason.
    package func setNotReady(_ reason: String) { shared.withLock { $0.notReady = reason } }

    /// Why this node may not take traffic; nil when it may.
    package var notReadyReason: String? { shared.withLock { $0.stopping ? "stopping" : $0.notReady } }

    /// From now on the balancers give this node `weight` hundredths of its share (1 to 100), and nobody new while it
    /// `wantsDrain`: for a node that knows better than its checks tell.
    package func ask(weight: Int = 100, wantsDrain: Bool = false) {
        shared.withLock { $0.wish = LoadReport(weight: min(100, max(1, weight)), wantsDrain: wantsDrain) }
    }

    /// What it tells the balancers with every check.
    package var loadReport: LoadReport {
        var report = shared.withLock { $0.wish }
        report.inFlight = inFlight.load(ordering: .relaxed)
        return report
    }
}

extension Node {
    /// What the supervisor saved; nil before there was one (a node started by itself).
    static func savedFleet(_ state: StateDirectory) throws -> FleetState? {
        guard let bytes = contents(of: state.fleet) else { return nil }
        do { return try FleetState(json: JSON.parse(bytes)) } catch {
            throw Failure.fault(
                "\(state.fleet) cannot be read as a fleet.", hint: "Move it away; it is made anew from the configuration.")
        }
    }

    /// The fleet of a configuration file, before any command changed it.
    package static func initialFleet(_ configuration: Configuration, _ state: StateDirectory) -> FleetState {
        FleetState(version: 0, nodes: configuration.nodes.map { spec in
            FleetNode(
                name: spec.name, tier: spec.tier, role: spec.role, state: .starting,
                address: spec.origin ?? "unix:\(state.socket(of: spec.name))", origin: spec.origin, check: spec.check, weight: spec.weight)
        })
    }
}
