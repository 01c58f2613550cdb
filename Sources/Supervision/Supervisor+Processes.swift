// Starting nodes, starting them again when they die, holding them down, ending them.
import CLinux
import Control
import Engine
import Glibc
import Logging
import Wire

extension Supervisor {
    /// How soon after its start a death counts as one of a row.
    private static let quick = Duration.seconds(2)
    /// Deaths in a row after which a node counts as failed.
    private static let patience = 4

    /// Starts the process of a node of ours, unless it runs, is held down or everything stops.
    func launch(_ name: String) async {
        guard !isStopping, let node = fleet.node(name), node.origin == nil, node.state != .stopped, runs[name]?.pid == nil else { return }
        var run = runs[name] ?? NodeRun()
        guard run.pid == nil else { return }
        // Claimed before the first suspension, so that two callers do not start two.
        run.pid = 0
        run.startedAt = .now
        run.isReady = false
        run.hasBeenReady = false
        run.silentSince = nil
        run.toldVersion = -1
        run.admitted = []
        run.failedProbes = 0
        run.isTelling = false
        runs[name] = run
        do throws(Failure) {
            let pid = try await startProcess(of: node, program: program(of: name))
            runs[name]?.pid = pid
            noteProcesses(of: name)
            observe(.process(name, pid: pid, release: release))
            if let end = earlyEnds.removeValue(forKey: pid) { Task { await ended(name, pid, end) } }
        } catch {
            log.error("\(name) cannot be started: \(error.reason) \(error.hint)")
            guard runs[name]?.pid == 0 else { return }
            runs[name]?.pid = nil
            if !upgrading.contains(name) { await again(name) }
        }
    }

    /// Starts a process that runs `node`; its end comes to `ended`.
    func startProcess(of node: FleetNode, program: String, asSuccessor: Bool = false) async throws(Failure) -> Int32 {
        let name = node.name
        try keys.prepare(node: name, tier: node.tier)
        let process = ChildProcess(
            name: name, program: program,
            arguments: [node.tier.rawValue, "--config", configuration.path, "--state", state.path, "--node", name]
                + configuration.overrides.flatMap { ["--set", $0] } + (asSuccessor ? ["--successor"] : []),
            environment: [Survivors.mark: fingerprint].merging(publicURL.map { ["FITECH_PUBLIC_URL": $0] } ?? [:]) { $1 },
            listeners: node.tier == .balancer ? listeners : [], log: state.log(of: name))
        return try await children.start(process) { [weak self] pid, end in
            Task { await self?.ended(name, pid, end) }
        }
    }

    /// Writes which processes act for a node, so that its peers know them.
    func noteProcesses(of name: String) {
        let pids = [runs[name]?.pid ?? 0].filter { $0 > 1 } + retiring.filter { $0.value == name }.keys.sorted()
        guard !pids.isEmpty else {
            unlink(state.processFile(of: name))
            return
        }
        do throws(Failure) {
            try DurableFile.write(Array(pids.map { "\($0)\n" }.joined().utf8), to: state.processFile(of: name), sync: false)
        } catch {
            // A full disk must not take a node away that runs.
            log.warning("\(error.reason) \(error.hint)")
        }
    }

    /// A process is gone.
    func ended(_ name: String, _ pid: Int32, _ end: ProcessEnd) async {
        if retiring.removeValue(forKey: pid) != nil {
            noteProcesses(of: name)
            log.info("\(name): the process \(pid), which had retired, \(end)")
            return
        }
        if successors[name] == pid {
            successors[name] = nil
            log.error("\(name): the process \(pid), which was to take over, \(end)")
            return
        }
        guard var run = runs[name], run.pid == pid else {
            earlyEnds[pid] = end
            return
        }
        let lived = ContinuousClock.now - run.startedAt
        run.pid = nil
        run.isReady = false
        run.toldVersion = -1
        run.quickDeaths = lived < Self.quick ? run.quickDeaths + 1 : 0
        runs[name] = run
        noteProcesses(of: name)
        unlink(state.socket(of: name))
        observe(.process(name, pid: nil, release: fleet.node(name)?.release ?? release))
        observe(.starting(name))
        guard let node = fleet.node(name) else {
            runs[name] = nil
            return
        }
        guard !isStopping, node.state != .stopped else { return }
        guard !upgrading.contains(name) else { return log.info("\(name) \(end); its upgrade goes on") }
        log.error("\(name) \(end); it is started again")
        await again(name)
    }

    /// At once the first time; in a row of deaths with growing pauses, at most 1 s at first and 5 s in the end.
    private func again(_ name: String) async {
        let deaths = runs[name]?.quickDeaths ?? 0
        let pauses: [Duration] = [.zero, .milliseconds(50), .milliseconds(200), .milliseconds(500), .seconds(1)]
        let pause = deaths < pauses.count ? pauses[deaths] : deaths < 12 ? .seconds(1) : .seconds(5)
        if deaths == Self.patience {
            observe(.failed(name))
            log.error("\(name) died \(deaths) times right after its start; it is tried every second from now on (fitech-ctl logs \(name))")
        }
        if pause > .zero { await loop.sleep(pause) }
        await launch(name)
    }

    /// Sends a signal to the process of a node; false when there is none.
    @discardableResult
    func signal(_ name: String, _ number: Int32) -> Bool {
        guard let pid = runs[name]?.pid, pid > 1 else { return false }
        return kill(pid, number) == 0
    }

    /// Ends the process of a node: SIGTERM, and SIGKILL after `limit`. True when SIGTERM sufficed.
    @discardableResult
    func end(_ name: String, within limit: Duration) async -> Bool {
        _ = await eventually(within: .seconds(2)) { runs[name]?.pid != 0 }
        guard signal(name, SIGTERM) else { return true }
        if await eventually(within: limit, { runs[name]?.pid == nil }) { return true }
        log.warning("\(name) did not end in time and is killed")
        signal(name, SIGKILL)
        _ = await eventually(within: .seconds(2)) { runs[name]?.pid == nil }
        return false
    }

    /// Lets the process of a node finish what it has, without its name: it accepts nothing any more and ends by itself.
    func retire(_ name: String) {
        guard let pid = runs[name]?.pid, pid > 1 else { return }
        runs[name]?.pid = nil
        runs[name]?.isReady = false
        retiring[pid] = name
        noteProcesses(of: name)
        kill(pid, SIGUSR1)
        observe(.process(name, pid: nil, release: fleet.node(name)?.release ?? release))
    }

    /// Ends everything within 10 s, from the customers' side inwards, so that what is under way can finish.
    package func stop() async {
        guard !isStopping else { return }
        isStopping = true
        let phases: [(tiers: [Tier], limit: Duration)] = [([.balancer], .milliseconds(5500)), ([.web, .reporting], .milliseconds(1700)), ([.management, .data], .milliseconds(1700))]
        let leaving = Set(retiring.keys).union(successors.values)
        for pid in leaving { kill(pid, SIGTERM) }
        for (tiers, limit) in phases {
            let names = fleet.nodes.filter { tiers.contains($0.tier) && runs[$0.name]?.pid != nil }.map(\.name)
            await withTaskGroup(of: Void.self) { group in
                for name in names { group.addTask { await self.end(name, within: limit) } }
            }
        }
        if !(await eventually(within: .milliseconds(300), { retiring.isEmpty && successors.isEmpty })) {
            for pid in leaving where retiring[pid] != nil || successors.values.contains(pid) { kill(pid, SIGKILL) }
            _ = await eventually(within: .milliseconds(300)) { retiring.isEmpty && successors.isEmpty }
        }
        saveFacts()
        for node in fleet.nodes {
            unlink(state.processFile(of: node.name))
            unlink(state.socket(of: node.name))
            unlink(state.successorSocket(of: node.name))
        }
    }

    /// Ends everything at once: a second Ctrl-C.
    package func abandon() {
        isStopping = true
        for name in runs.keys { signal(name, SIGKILL) }
        for pid in Set(retiring.keys).union(successors.values) { kill(pid, SIGKILL) }
    }
}
