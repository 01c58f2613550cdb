// Upgrading a node in place: a new process of it takes over while the one before finishes what it has.
import CLinux
import Control
import Engine
import Glibc
import Logging
import Wire

extension Supervisor {
    /// How long a new process may take to get ready; then the one before stays.
    private static let readyWithin = Duration.seconds(20)
    /// Processes of one node that may finish what they have at the same time; the oldest is ended when there are more.
    private static let mostRetiring = 4

    /// Whether a new process of this node can start beside the one that runs. A private TCP port of its own belongs to one only.
    private func overlaps(_ node: FleetNode) -> Bool {
        node.tier.canOverlap && configuration.node(node.name)?.listen == nil
    }

    /// Replaces the process of a node by a new one of `program`, and remembers the program. On failure the node is as it was.
    func replaceProcess(of name: String, program: String, _ progress: Progress) async throws(Failure) {
        let node = try node(name)
        guard upgrading.insert(name).inserted else {
            throw .conflict("\(name) is being upgraded already.", hint: "See fitech-ctl status.", code: "upgrading")
        }
        defer { upgrading.remove(name) }
        do throws(Failure) {
            if overlaps(node), let pid = runs[name]?.pid, pid > 1 {
                try await takeOver(node, program, progress)
            } else {
                try await restart(node, program, progress)
            }
        } catch {
            // Whatever died meanwhile was left to the upgrade.
            if runs[name]?.pid == nil { Task { await launch(name) } }
            throw error
        }
    }

    // MARK: Beside the one that runs

    private func takeOver(_ node: FleetNode, _ program: String, _ progress: Progress) async throws(Failure) {
        let name = node.name
        progress(0.1, "starting the new process of \(name)")
        unlink(state.successorSocket(of: name))
        let pid = try await startProcess(of: node, program: program, asSuccessor: true)
        successors[name] = pid
        FaultPoint.pass(.successorStarted)
        if earlyEnds.removeValue(forKey: pid) != nil { successors[name] = nil }
        guard await untilSuccessorIsReady(name, pid) else { throw await dismiss(pid, of: name) }
        FaultPoint.pass(.successorReady)
        do throws(Failure) {
            // Nothing may have been decided otherwise while it started.
            guard let now = fleet.node(name), now.state != .stopped, !isStopping else {
                throw .conflict("\(name) was stopped or removed while its new process started.", hint: "See fitech-ctl status.", code: "changed-meanwhile")
            }
            // The program is good now. Whatever happens from here on, the next start takes the new one.
            try remember(program: program, of: name)
            FaultPoint.pass(.programRemembered)
        } catch {
            _ = await dismiss(pid, of: name)
            throw error
        }
        progress(0.6, "\(name): process \(pid) takes over")
        await giveName(name, to: pid)
        let isKnown =
            node.tier == .web ? await untilAdmitted(name, within: .seconds(10)) : await eventually(within: .seconds(5)) { runs[name]?.toldVersion ?? 0 >= fleet.version }
        if !isKnown { log.warning("\(name): the new process serves, but not everybody has said so") }
        progress(1, "\(name) is process \(pid)")
    }

    private func untilSuccessorIsReady(_ name: String, _ pid: Int32) async -> Bool {
        let deadline = ContinuousClock.now.advanced(by: Self.readyWithin)
        while successors[name] == pid, ContinuousClock.now < deadline, !isStopping {
            let answer = try? await caller.send(.get, "/readyz", to: name, timeout: .seconds(1), limit: 1 << 16, at: state.successorSocket(of: name))
            if answer?.status.code == 200 { return successors[name] == pid }
            await loop.sleep(.milliseconds(15))
        }
        return false
    }

    /// The one moment of an upgrade: the node's name leads to the new process, and the one before is told to finish.
    private func giveName(_ name: String, to pid: Int32) async {
        let old = runs[name]?.pid
        successors[name] = nil
        var run = NodeRun()
        run.pid = pid
        run.isReady = true
        run.hasBeenReady = true
        runs[name] = run
        if let old, old > 1 { retiring[old] = name }
        // Known to its peers before it can be reached as that node; renaming leaves no moment without a listener.
        noteProcesses(of: name)
        FaultPoint.pass(.processesNoted)
        rename(state.successorSocket(of: name), state.socket(of: name))
        FaultPoint.pass(.nameGiven)
        await caller.forget(name)
        observe(.process(name, pid: pid, release: release))
        observe(.ready(name))
        if let old, old > 1 { kill(old, SIGUSR1) }
        FaultPoint.pass(.predecessorTold)
        for extra in retiring.filter({ $0.value == name }).keys.sorted().dropLast(Self.mostRetiring) { kill(extra, SIGTERM) }
    }

    /// Ends a process that did not get as far as taking over; answers why.
    private func dismiss(_ pid: Int32, of name: String) async -> Failure {
        let died = successors[name] != pid
        if !died {
            successors[name] = nil
            retiring[pid] = name
            kill(pid, SIGTERM)
            if !(await eventually(within: .seconds(5), { retiring[pid] == nil })) { kill(pid, SIGKILL) }
        }
        unlink(state.successorSocket(of: name))
        return Self.notReady(name, died: died)
    }

    private static func notReady(_ name: String, died: Bool) -> Failure {
        Failure(
            whose: .ours, retry: .safe, status: 500, code: "upgrade-not-ready",
            reason: died ? "The new process of \(name) ended before it was ready." : "The new process of \(name) did not get ready.",
            hint: "The one before serves as before. See fitech-ctl logs \(name) for the reason.")
    }

    // MARK: After the one that runs

    /// For nodes of which there can be one process only: a planned restart, which the others wait for.
    private func restart(_ node: FleetNode, _ program: String, _ progress: Progress) async throws(Failure) {
        let name = node.name, before = self.program(of: name)
        try remember(program: program, of: name)
        progress(0.2, "stopping \(name)")
        await end(name, within: .seconds(8))
        progress(0.5, "starting \(name)")
        runs[name]?.quickDeaths = 0
        await launch(name)
        let pid = runs[name]?.pid
        if await eventually(within: Self.readyWithin, every: .milliseconds(5), { pid == nil || runs[name]?.isReady == true || runs[name]?.pid != pid }), runs[name]?.isReady == true {
            progress(1, "\(name) is process \(pid ?? 0)")
            return
        }
        let died = pid == nil || runs[name]?.pid != pid
        try remember(program: before, of: name)
        await end(name, within: .seconds(3))
        await launch(name)
        throw Self.notReady(name, died: died)
    }
}
