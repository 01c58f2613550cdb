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
        runs[name] = run
        do throws(Failure) {
            try keys.prepare(node: name, tier: node.tier)
            let process = ChildProcess(
                name: name, program: program,
                arguments: [node.tier.rawValue, "--config", configuration.path, "--state", state.path, "--node", name] + configuration.overrides.flatMap { ["--set", $0] },
                environment: publicURL.map { ["FITECH_PUBLIC_URL": $0] } ?? [:],
                listeners: node.tier == .balancer ? listeners : [], log: state.log(of: name))
            let pid = try await children.start(process) { [weak self] end in
                Task { await self?.ended(name, end) }
            }
            runs[name]?.pid = pid
            do throws(Failure) {
                try DurableFile.write(Array("\(pid)\n".utf8), to: state.processFile(of: name), sync: false)
            } catch {
                // A full disk must not take a node away that runs.
                log.warning("\(error.reason) \(error.hint)")
            }
            observe(.process(name, pid: pid, release: release))
        } catch {
            log.error("\(name) cannot be started: \(error.reason) \(error.hint)")
            if runs[name]?.pid == 0 {
                runs[name]?.pid = nil
                await again(name)
            }
        }
    }

    /// The process of a node is gone.
    private func ended(_ name: String, _ end: ProcessEnd) async {
        unlink(state.processFile(of: name))
        unlink(state.socket(of: name))
        guard var run = runs[name] else { return }
        let lived = ContinuousClock.now - run.startedAt
        run.pid = nil
        run.isReady = false
        run.toldVersion = -1
        run.quickDeaths = lived < Self.quick ? run.quickDeaths + 1 : 0
        runs[name] = run
        observe(.process(name, pid: nil, release: fleet.node(name)?.release ?? release))
        observe(.starting(name))
        guard let node = fleet.node(name) else {
            runs[name] = nil
            return
        }
        guard !isStopping, node.state != .stopped else { return }
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

    /// Ends everything within 10 s, from the customers' side inwards, so that what is under way can finish.
    package func stop() async {
        guard !isStopping else { return }
        isStopping = true
        let phases: [(tiers: [Tier], limit: Duration)] = [([.balancer], .milliseconds(5500)), ([.web, .reporting], .milliseconds(1700)), ([.management, .data], .milliseconds(1700))]
        for (tiers, limit) in phases {
            let names = fleet.nodes.filter { tiers.contains($0.tier) && runs[$0.name]?.pid != nil }.map(\.name)
            await withTaskGroup(of: Void.self) { group in
                for name in names { group.addTask { await self.end(name, within: limit) } }
            }
        }
        saveFacts()
        for node in fleet.nodes {
            unlink(state.processFile(of: node.name))
            unlink(state.socket(of: node.name))
        }
    }

    /// Ends everything at once: a second Ctrl-C.
    package func abandon() {
        isStopping = true
        for name in runs.keys { signal(name, SIGKILL) }
    }
}
