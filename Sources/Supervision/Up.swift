// `fitech up`: from a configuration file to a fleet that is ready, and to its end.
import CLinux
import Control
import Engine
import Glibc
import Logging
import Synchronization
import Wire

/// What `fitech up` is called with.
package struct UpOptions: Sendable {
    package var configuration = "Config/portal.yaml"
    package var state = ".fitech"
    package var overrides: [String] = []
    package var demo = false
    /// This very program, absolute: nodes are started with it.
    package var program: String
    package init(program: String) { self.program = program }
}

package enum Up {
    /// Runs a fleet until SIGTERM or SIGINT; returns when everything has ended. Throws what refuses the start.
    package static func run(_ options: UpOptions) async throws(Failure) {
        let log = Logger(label: "supervisor")
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try Configuration.load(path: options.configuration, overrides: options.overrides)
        } catch {
            throw Failure(
                whose: .client, retry: .never, status: 400, code: "configuration", reason: error.description,
                hint: "Nothing was started. Config/README.md explains every key; fitech-ctl config check FILE looks at a file.")
        }
        for warning in configuration.warnings { log.warning("\(warning)") }
        let ground = try StateGround.prepare(options.state, locking: true)
        var survivors = try Survivors.find(ground.state)
        FaultPoint.pass(.survivorsFound)
        let plan = DemoPlan(ground.state)
        if options.demo, plan.isPending {
            // What was half-made is cleared away: nobody may have it open.
            Survivors.end(survivors)
            survivors = []
        }
        let makesDemo = options.demo ? try plan.begin(isNew: ground.isNew) : false
        if options.demo, !makesDemo { log.info("\(ground.state.path) is not empty, so --demo leaves it as it is") }
        let saved = try FleetFile.read(ground.state)
        let living = Dictionary(survivors.filter(\.holdsSocket).map { ($0.name, $0.pid) }) { first, _ in first }
        let file = FleetFile.start(configuration, ground.state, saved: saved, release: Release.text, living: living)
        try KeyStore(ground.state, ticketPeriod: configuration.tls.rotateTickets).prepare(name: configuration.name, nodes: file.fleet.nodes.filter { $0.origin == nil }.map { ($0.name, $0.tier) })
        let listeners = try PublicPorts.open(configuration, file.fleet, surviving: survivors.filter { $0.tier == .balancer }, ground.state, log)
        FaultPoint.pass(.listenersTaken)
        try StateSweep.sweep(ground.state, keeping: survivors)
        try DurableFile.write(file.json.bytes, to: ground.state.fleet)
        FaultPoint.pass(.fleetSaved)

        let loop: EventLoop
        let children: ChildProcesses
        do {
            loop = try EventLoop.start(name: "supervisor")
            children = try ChildProcesses { lines in _ = write(STDERR_FILENO, lines, lines.count) }
        } catch {
            throw .fault("The supervisor cannot start: \(error).", hint: "Check the limits of open files and threads (ulimit -a).")
        }
        let supervisor = Supervisor(
            loop: loop, configuration: configuration, state: ground.state, file: file, program: options.program, release: Release.text, children: children,
            listeners: listeners.map { ($0.listener.descriptor, $0.name) }, publicURL: PublicPorts.url(configuration, listeners), log: log)
        let stopping = try StopSignal.listen(supervisor)
        let server = HTTPServer(loops: [loop], log: log) { _ in ControlHandler(supervisor) }
        do {
            server.listen(try Listener.open(.unix(ground.state.controlSocket)))
        } catch {
            throw .fault("The control socket cannot be opened: \(error).", hint: "Check \(ground.state.controlSocket).")
        }

        let adoption = AdoptionPlan.decide(survivors, fleet: file.fleet, fingerprint: supervisor.fingerprint) { name in FileIdentity(at: file.programs[name] ?? options.program) }
        await supervisor.adopt(adoption)
        FaultPoint.pass(.nodesAdopted)
        await supervisor.launchAll()
        // The supervisor's copies are kept: a balancer that dies is started again with them.
        Task { await supervisor.watch() }
        Task { await supervisor.keepKeysFresh() }
        Task { await supervisor.keepTicketKeysFresh() }
        Task { await supervisor.keepStaplesFresh() }
        Task {
            await supervisor.replaceMisfits(adoption.misfits)
            await becomeReady(supervisor, makesDemo ? plan : nil, isFirst: ground.isNew && !makesDemo, log)
        }
        await stopping.wait()
        await supervisor.stop()
        await server.stop(within: .milliseconds(200))
        unlink(ground.state.controlSocket)
        log.info("everything has stopped")
    }

    private static func becomeReady(_ supervisor: Supervisor, _ demo: DemoPlan?, isFirst: Bool, _ log: Logger) async {
        while !(await supervisor.untilReady(within: .seconds(10))) {
            let names = await supervisor.unready()
            log.warning("not ready yet: \(names.joined(separator: ", "))")
        }
        guard !(await supervisor.isStopping) else { return }
        do throws(Failure) {
            if let demo {
                try await supervisor.loadDemo()
                demo.finish()
            }
        } catch {
            log.error("the demo could not be made: \(error.reason) \(error.hint)")
            return
        }
        for node in await supervisor.resumeDrains() { log.info("\(node) is still draining") }
        await supervisor.untilBalancersKnow()
        if let url = supervisor.publicURL {
            say("ready \(url)")
        } else {
            say("ready")
        }
        if isFirst || demo == nil { await hintAtFirstPeople(supervisor) }
    }

    /// A fleet without customers and staff is of use to nobody: says how to make the first of each.
    private static func hintAtFirstPeople(_ supervisor: Supervisor) async {
        guard await supervisor.hasNobody() else { return }
        let ctl = "fitech-ctl --state \(supervisor.state.path)"
        say("There are no customers yet. Make the first staff person and the first customer:")
        say("  \(ctl) user add YOU@EXAMPLE.COM --staff --role operations")
        say("  \(ctl) customer add NAME --display-name \"The customer's full name\"")
    }

    /// A line on standard output, at once.
    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }
}

/// Waits for SIGTERM or SIGINT; a second one ends everything at once.
struct StopSignal {
    private let stream: AsyncStream<Void>

    static func listen(_ supervisor: Supervisor) throws(Failure) -> StopSignal {
        let (stream, told) = AsyncStream<Void>.makeStream()
        let signals = Counter()
        do {
            try Signals.onTermination {
                if signals.next() == 1 { told.finish() } else { Task { await supervisor.abandon() } }
            }
        } catch {
            throw .fault("Signals cannot be waited for: \(error).")
        }
        return StopSignal(stream: stream)
    }

    func wait() async { for await _ in stream {} }

    private final class Counter: Sendable {
        private let count = Atomic<Int>(0)
        func next() -> Int { count.add(1, ordering: .relaxed).newValue }
    }
}
