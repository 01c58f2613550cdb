// How a node ends: at once because it is told to stop, or in its own time because a successor has taken over.

import CLinux
import Control
import Engine
import Glibc
import Logging
import Synchronization
import Wire

/// What `Node.untilStopped` came to.
package enum NodeEnding: Sendable {
    /// SIGTERM or SIGINT: within seconds.
    case stop
    /// SIGUSR1: a successor accepts; finish what is open.
    case retire
}

extension Node {
    /// Whether SIGTERM has come.
    package var isStopping: Bool { shared.withLock { $0.stopping } }

    /// Whether a successor has taken over. `/readyz` goes on saying what the node is: the name is in service.
    package var isRetiring: Bool { shared.withLock { $0.retiring } }

    /// Returns when SIGTERM (or SIGINT) or SIGUSR1 has come; the tier then finishes what it has begun and returns from `run`.
    @discardableResult
    package func untilStopped() async -> NodeEnding {
        await withCheckedContinuation { waiter in
            let late = shared.withLock { shared -> Bool in
                let late = shared.stopping || shared.retiring
                if !late { shared.waiters.append(waiter) }
                return late
            }
            if late { waiter.resume() }
        }
        return isStopping ? .stop : .retire
    }

    /// Says that the end has come; more than once is harmless. Cuts a retirement short.
    package func stop() { end { $0.stopping = true } }

    /// Says that a successor has taken over. A tier that cannot be two processes at once stops instead.
    package func retire() {
        guard tier.canOverlap else { return stop() }
        end { $0.retiring = true }
        loops.first?.spawn { [weak self] loop in
            while let node = self, !node.isStopping {
                await node.followFleetFile()
                await loop.sleep(.milliseconds(500))
            }
        }
    }

    /// From now on the node ends when its state directory does: without it there is nothing to serve from, no supervisor can find
    /// the process any more and nobody else would end it. For programs only: it may end the whole process.
    package func endWithStateDirectory() {
        let ground = FileIdentity(at: state.path)
        loops.first?.spawn { [weak self] loop in
            var missing = 0
            while missing < 2, let node = self, !node.isStopping {
                await loop.sleep(.seconds(2))
                missing = FileIdentity(at: node.state.path) == ground ? 0 : missing + 1
            }
            guard let node = self, !node.isStopping else { return }
            node.log.error("the state directory is gone: this process ends", metadata: ["path": "\(node.state.path)"])
            node.stop()
            await loop.sleep(.seconds(8))
            _exit(1)
        }
    }

    private func end(_ change: @Sendable (inout Shared) -> Void) {
        let waiters = shared.withLock { shared -> [CheckedContinuation<Void, Never>] in
            change(&shared)
            defer { shared.waiters = [] }
            return shared.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// The supervisor tells the successor only: what changes meanwhile is read from its file.
    private func followFleetFile() async {
        guard let saved = try? Self.savedFleet(state), saved.version > fleet.version else { return }
        _ = await take(saved)
    }

    /// Whether `run/NAME.sock` leads to this process.
    package var holdsSocket: Bool { shared.withLock { $0.listener }?.isBound(at: state.socket(of: name)) ?? false }

    /// Stops the private listener, giving exchanges under way this long; in a retirement, as long as that may take.
    package func close(within limit: Duration = .seconds(5)) async {
        let server = shared.withLock { $0.server }
        if isRetiring, !isStopping {
            await server?.retire(within: configuration.retireWithin) { self.isStopping }
        } else {
            await server?.stop(within: limit)
        }
        if holdsSocket { unlink(state.socket(of: name)) }
    }
}
