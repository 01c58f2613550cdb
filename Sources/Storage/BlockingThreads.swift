// A few threads with a bounded queue, for work that blocks or burns: password hashes, copies, checks of files.
import Synchronization

/// Runs blocking bodies on threads of its own, at most so many at once, and refuses when too many wait.
package final class BlockingThreads: Sendable {
    /// Thrown by `run` when the queue is full; nothing was started.
    package struct Overloaded: Error, Sendable {
        package let waiting: Int
    }

    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var next = 0
        var stopped = false
        var count: Int { waiting.count - next }

        mutating func take() -> (@Sendable () -> Void)? {
            guard next < waiting.count else { return nil }
            defer {
                next += 1
                if next == waiting.count { waiting.removeAll(keepingCapacity: true); next = 0 }
            }
            return waiting[next]
        }
    }

    private let state = Mutex(State())
    private let bell = Bell()
    private let threads: Int
    private let limit: Int

    /// - Parameters:
    ///   - limit: how many bodies may wait; the one beyond is refused.
    ///   - yielding: for work nobody waits for: whoever is served meanwhile comes first.
    package init(name: String, threads: Int, limit: Int, yielding: Bool = false) {
        self.threads = threads
        self.limit = limit
        let state = SharedState(owner: self)
        for index in 0..<threads {
            SystemThread.start(name: "\(name)-\(index + 1)") {
                if yielding { SystemThread.giveWay() }
                state.owner.serve()
            }
        }
    }

    private struct SharedState: Sendable {
        let owner: BlockingThreads
    }

    private func serve() {
        while true {
            let (job, stopped) = state.withLock { ($0.take(), $0.stopped) }
            if let job { job(); continue }
            if stopped { bell.ring(); return }
            bell.wait()
        }
    }

    /// How many bodies wait for a thread.
    package var waiting: Int { state.withLock { $0.count } }

    /// Runs a body on one of the threads. Throws `Overloaded` at once when too many wait, else what the body throws.
    package func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let refused: Int? = state.withLock { state in
                guard state.count < limit, !state.stopped else { return state.count }
                state.waiting.append { continuation.resume(with: Result { try body() }) }
                return nil
            }
            if let refused { continuation.resume(throwing: Overloaded(waiting: refused)) } else { bell.ring() }
        }
    }

    /// Lets the threads end after what waits is done.
    package func stop() {
        state.withLock { $0.stopped = true }
        bell.ring()
    }
}
