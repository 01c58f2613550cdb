// Taking over the nodes of a supervisor that was killed: same processes, nothing interrupted.
import Control
import Digests
import Engine
import Glibc
import Logging
import Wire

extension Supervisor {
    /// What a node's start is made of besides its program: equal for two starts that come to the same.
    static func fingerprint(_ configuration: Configuration, publicURL: String?) -> String {
        let file = ((try? DurableFile.read(configuration.path)) ?? nil) ?? []
        let parts = [Array(configuration.path.utf8), file] + configuration.overrides.map { Array($0.utf8) } + [Array((publicURL ?? "").utf8)]
        // Lengths go before the parts, so that nothing can move from one to the next unseen.
        let bytes = parts.flatMap { Array("\($0.count):".utf8) + $0 }
        return Hex.encode(Array(Digest.sha256(bytes).prefix(16)))
    }

    /// Watches these processes as if they had been started here. Call it before `launchAll`, which starts what is missing.
    func adopt(_ plan: AdoptionPlan) {
        for (name, survivor) in plan.kept.sorted(by: { $0.key < $1.key }) {
            var run = NodeRun()
            run.pid = survivor.pid
            // It serves, or it is asked until it does.
            run.isReady = survivor.holdsSocket
            run.hasBeenReady = survivor.holdsSocket
            runs[name] = run
            watchEnd(of: survivor)
            // What the file says of it may be from before: of the process it took over from.
            observe(.process(name, pid: survivor.pid, release: fleet.node(name)?.release ?? release))
            if survivor.holdsSocket { observe(.ready(name)) }
            log.info("\(name) lives on as process \(survivor.pid)")
        }
        for survivor in plan.leaving {
            retiring[survivor.pid] = survivor.name
            watchEnd(of: survivor)
            kill(survivor.pid, SIGUSR1)
            log.info("process \(survivor.pid) of \(survivor.name) finishes what it has and ends")
        }
        for name in Set(plan.kept.keys).union(plan.leaving.map(\.name)) { noteProcesses(of: name) }
    }

    private func watchEnd(of survivor: Survivor) {
        let name = survivor.name
        children.adopt(name: name, pid: survivor.pid, end: survivor.end, log: state.log(of: name)) { [weak self] pid, end in
            Task { await self?.ended(name, pid, end) }
        }
    }

    /// Replaces, one after another, processes of another release or configuration. One that cannot be replaced stays as it is.
    func replaceMisfits(_ names: [String]) async {
        for name in names where !isStopping && fleet.node(name) != nil {
            log.info("\(name) runs another release or configuration: it is replaced")
            do throws(Failure) {
                try await replaceProcess(of: name, program: program(of: name), Progress { _, _, _ in })
            } catch {
                log.error("\(name) could not be replaced and goes on as it was: \(error.reason) \(error.hint)")
            }
        }
    }
}
