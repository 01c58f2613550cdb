// Watching the nodes: are they ready, and do they know the fleet as it is now?
import Control
import Engine
import Glibc
import Logging
import Procedures
import Wire

extension Supervisor {
    /// How often a ready node is asked again.
    private static let pace = Duration.seconds(1)
    /// Unanswered probes in a row after which a node no longer counts as ready; its own word (503) counts at once.
    private static let patience = 3
    /// How long a node that was ready may be silent before its process counts as hung and is started anew.
    private static let silence = Duration.seconds(30)

    /// Runs until everything stops.
    package func watch() async {
        while !isStopping {
            probeNodes()
            tellNodes()
            saveFacts()
            let busy = runs.contains { $0.value.pid != nil && !$0.value.isReady }
            await loop.sleep(busy ? .milliseconds(15) : .milliseconds(250))
        }
    }

    private func probeNodes() {
        let now = ContinuousClock.now
        for (name, run) in runs {
            guard let pid = run.pid, pid > 1, !run.isProbing else { continue }
            // A node that starts is asked all the time at first, so that nobody waits for it longer than it takes.
            let pause = run.isReady ? Self.pace : now - run.startedAt > .seconds(10) ? .milliseconds(200) : .zero
            if let last = run.lastProbe, now - last < pause { continue }
            runs[name]?.isProbing = true
            runs[name]?.lastProbe = now
            Task { await self.probe(name, pid) }
        }
    }

    private func probe(_ name: String, _ pid: Int32) async {
        let answer: Int? = try? await caller.send(.get, "/readyz", to: name, timeout: .seconds(2), limit: 1 << 16).status.code
        runs[name]?.isProbing = false
        guard let run = runs[name], run.pid == pid else { return }
        if answer != nil { runs[name]?.silentSince = nil }
        if answer == 200 {
            runs[name]?.failedProbes = 0
            runs[name]?.hasBeenReady = true
            if !run.isReady {
                runs[name]?.isReady = true
                if run.quickDeaths > 0, ContinuousClock.now - run.startedAt > .seconds(2) { runs[name]?.quickDeaths = 0 }
                observe(.ready(name))
                log.info("\(name) is ready")
            }
            return
        }
        if answer == nil, run.hasBeenReady {
            let since = run.silentSince ?? .now
            runs[name]?.silentSince = since
            if ContinuousClock.now - since > Self.silence {
                log.error("\(name) has not answered for \(DurationText.text(Self.silence)): its process hangs and is killed")
                signal(name, SIGKILL)
                return
            }
        }
        guard run.isReady else { return }
        runs[name]?.failedProbes += 1
        guard answer != nil || run.failedProbes + 1 >= Self.patience else { return }
        runs[name]?.isReady = false
        observe(.starting(name))
        log.warning("\(name) is not ready any more: it \(answer.map { "answers \($0)" } ?? "does not answer")")
    }

    /// Sends the fleet to every node that does not know it as it is now.
    func tellNodes() {
        for (name, run) in runs where run.isReady && !run.isTelling && run.toldVersion < fleet.version {
            guard let pid = run.pid else { continue }
            runs[name]?.isTelling = true
            Task { await self.tell(name, pid) }
        }
    }

    private func tell(_ name: String, _ pid: Int32) async {
        let told = fleet
        let answer = try? await caller.json(.put, "/fleet", to: name, body: told.json, timeout: .seconds(5))
        // Another process may have taken over while we spoke to the one before: it has a state of its own.
        guard let run = runs[name], run.pid == pid else { return }
        runs[name]?.isTelling = false
        guard run.isReady else { return }
        if let known = answer?["version"]?.integer, known > told.version {
            // From before our time: what a supervisor saw last may not have been saved when it was killed.
            file.fleet.outrun(Int(known))
            isUnsaved = true
            tellNodes()
        } else if let answer {
            runs[name]?.toldVersion = told.version
            runs[name]?.admitted = Set((answer["admitted"]?.array ?? []).compactMap(\.string))
            // Its own word: the file it was started from may be another release than ours.
            if let release = answer["release"]?.string, release != fleet.node(name)?.release { observe(.process(name, pid: pid, release: release)) }
            // It may have changed meanwhile.
            if told.version < fleet.version { tellNodes() }
        } else {
            log.debug("\(name) did not take the fleet; it is told again")
        }
    }

    /// Makes every balancer answer anew whom it has admitted.
    func askBalancersAgain() {
        for node in fleet.nodes(of: .balancer) where runs[node.name]?.isTelling == false { runs[node.name]?.toldVersion = -1 }
        tellNodes()
    }

    /// Whether every balancer that runs knows the fleet as it is now (and has admitted `name`).
    func balancersKnow(admitted name: String? = nil) -> Bool {
        fleet.nodes(of: .balancer).allSatisfy { balancer in
            guard let run = runs[balancer.name], run.isReady, balancer.state != .stopped else { return true }
            guard run.toldVersion >= fleet.version else { return false }
            return name.map { run.admitted.contains($0) } ?? true
        }
    }

    /// Waits until every balancer has admitted a node; false after `limit`.
    func untilAdmitted(_ name: String, within limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now.advanced(by: limit)
        while true {
            if await eventually(within: .milliseconds(200), every: .milliseconds(5), { balancersKnow(admitted: name) }) { return true }
            guard ContinuousClock.now < deadline else { return false }
            askBalancersAgain()
        }
    }

    /// Waits until every node of ours that is not held down is ready.
    package func untilReady(within limit: Duration) async -> Bool {
        await eventually(within: limit, every: .milliseconds(5)) {
            isStopping || fleet.nodes.allSatisfy { $0.origin != nil || $0.state == .stopped || runs[$0.name]?.isReady == true }
        }
    }

    /// Starts every node, all at once.
    package func launchAll() async {
        await withTaskGroup(of: Void.self) { group in
            for node in fleet.nodes { group.addTask { await self.launch(node.name) } }
        }
    }

    /// Renews certificates that age; nodes notice the new files by themselves.
    package func keepKeysFresh() async {
        while !isStopping {
            await loop.sleep(.seconds(3600))
            do throws(Failure) {
                let renewed = try keys.prepare(name: configuration.name, nodes: fleet.nodes.filter { $0.origin == nil }.map { ($0.name, $0.tier) })
                if !renewed.isEmpty { log.info("new certificates for \(renewed.joined(separator: ", "))") }
            } catch {
                log.error("certificates cannot be renewed: \(error.reason) \(error.hint)")
            }
        }
    }
}

extension Supervisor {
    /// Nodes that keep the fleet from being ready, with what is known about them.
    func unready() -> [String] {
        fleet.nodes.filter { $0.origin == nil && $0.state != .stopped && runs[$0.name]?.isReady != true }.map {
            runs[$0.name]?.pid == nil ? "\($0.name) (no process)" : "\($0.name) (starting)"
        }
    }

    /// Draining goes on where it was when the supervisor ended.
    func resumeDrains() -> [String] {
        let names = fleet.nodes.filter { $0.state == .draining }.map(\.name)
        for name in names { watchDrain(name) }
        return names
    }

    /// Waits until every balancer has admitted every web node that is ready; not for ever, since an origin may be down.
    func untilBalancersKnow() async {
        for node in fleet.nodes(of: .web) where node.state == .ready && node.origin == nil {
            guard await untilAdmitted(node.name, within: .seconds(5)) else { return }
        }
        _ = await eventually(within: .seconds(1)) { balancersKnow() }
    }

    /// No customer and hence nobody who could sign in; false when that cannot be found out.
    func hasNobody() async -> Bool {
        guard fleet.primary != nil, let customers = try? await call(ListCustomers()) else { return false }
        return customers.items.isEmpty
    }
}
