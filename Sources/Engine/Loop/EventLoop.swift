// One thread, one epoll: an actor that is its own serial executor and task executor, so that a whole exchange, awaits
// included, runs on one thread without a hop.
import CLinux
import Glibc
import Synchronization

/// An event loop. Everything that belongs to it is reached through `isolated EventLoop` and proven confined by the compiler.
///
/// It is both executors on purpose: as serial executor alone every await would pass through the global pool, at half
/// again the cost per request.
package actor EventLoop: SerialExecutor, TaskExecutor {
    /// The thread's name, for logs and `top -H`.
    package nonisolated let name: String

    private struct Inbox: Sendable {
        var jobs: [UnownedJob] = []
        var isSleeping = false
        var isStopping = false
    }
    private nonisolated let inbox = Mutex(Inbox())
    private nonisolated let wakeDescriptor: CInt
    private nonisolated let thread = Atomic<UInt>(0)

    /// The descriptors, deadlines and buffers of this loop: not Sendable, so provably only touched on its thread.
    let reactor: Reactor
    private let anchor: (instant: ContinuousClock.Instant, nanoseconds: UInt64)
    /// What stands on this loop and is found again by number: the shares of servers.
    var residents: [Int: AnyObject] = [:]

    /// Starts a loop on a thread of its own.
    package static func start(name: String) throws(SystemError) -> EventLoop {
        let poll = epoll_create1(linux_cloexec)
        guard poll >= 0 else { throw SystemError("epoll_create1") }
        let wake = eventfd(0, linux_cloexec | linux_nonblock)
        guard wake >= 0 else {
            let error = SystemError("eventfd")
            close(poll)
            throw error
        }
        var event = epoll_event(events: linux_epoll_in, data: epoll_data_t(u64: .max))
        epoll_ctl(poll, EPOLL_CTL_ADD, wake, &event)
        let loop = EventLoop(name: name, poll: poll, wake: wake)
        var thread = pthread_t()
        let box = Unmanaged.passRetained(loop)
        let code = pthread_create(&thread, nil, { argument in
            guard let argument else { return nil }
            Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().turn()
            return nil
        }, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw SystemError("pthread_create", code: code)
        }
        pthread_detach(thread)
        return loop
    }

    private init(name: String, poll: CInt, wake: CInt) {
        self.name = name
        wakeDescriptor = wake
        reactor = Reactor(poll: poll)
        anchor = (.now, linux_monotonic())
    }

    // MARK: Executor

    package nonisolated var unownedExecutor: UnownedSerialExecutor { asUnownedSerialExecutor() }

    package nonisolated func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustWake = inbox.withLock { inbox in
            inbox.jobs.append(job)
            defer { inbox.isSleeping = false }
            return inbox.isSleeping
        }
        if mustWake { wake() }
    }

    package nonisolated func isIsolatingCurrentContext() -> Bool? {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    package nonisolated func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the thread of event loop \(name)")
    }

    private nonisolated func wake() {
        var one: UInt64 = 1
        _ = write(wakeDescriptor, &one, 8)
    }

    // MARK: Work given from anywhere

    /// Runs `body` on this loop and answers what it answers.
    package nonisolated func run<T: Sendable>(
        _ body: @Sendable (isolated EventLoop) async throws -> T
    ) async rethrows -> T {
        try await withTaskExecutorPreference(self) { try await self.perform(body) }
    }

    private func perform<T: Sendable>(_ body: @Sendable (isolated EventLoop) async throws -> T) async rethrows -> T {
        try await body(self)
    }

    /// Starts `body` on this loop and does not wait for it.
    package nonisolated func spawn(_ body: @escaping @Sendable (isolated EventLoop) async -> Void) {
        Task(executorPreference: self) { await self.perform(body) }
    }

    /// Ends the thread after the jobs it holds. Descriptors still registered stay open with whoever owns them.
    package nonisolated func stop() {
        inbox.withLock { $0.isStopping = true }
        wake()
    }

    /// Lets the others on this loop have a turn, for work that finds its sockets ready again and again.
    package nonisolated func giveWay() async { await Task.yield() }

    // MARK: Time

    /// The time this turn of the loop began; as exact as timeouts need, and free.
    package var now: ContinuousClock.Instant {
        anchor.instant.advanced(by: .nanoseconds(Int64(bitPattern: reactor.nanoseconds &- anchor.nanoseconds)))
    }

    // MARK: The turn

    private nonisolated func turn() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        linux_name_thread(String(name.utf8.prefix(15)) ?? "loop")
        let serial = asUnownedSerialExecutor()
        let task = asUnownedTaskExecutor()
        var batch: [UnownedJob] = []
        while true {
            inbox.withLock { swap(&$0.jobs, &batch) }
            for job in batch { job.runSynchronously(isolatedTo: serial, taskExecutor: task) }
            batch.removeAll(keepingCapacity: true)
            if !assumeIsolated({ $0.pollOnce() }) { break }
        }
        assumeIsolated { _ = close($0.reactor.poll) }
        close(wakeDescriptor)
    }

    /// Waits for events (not when jobs are waiting) and tells the watchers. False when the loop shall end.
    private func pollOnce() -> Bool {
        let (mayBlock, isStopping) = inbox.withLock { inbox in
            inbox.isSleeping = inbox.jobs.isEmpty && !inbox.isStopping
            return (inbox.isSleeping, inbox.isStopping && inbox.jobs.isEmpty)
        }
        if isStopping { return false }
        let count = reactor.wait(mayBlock: mayBlock)
        // Before the watchers are told: what they resume need not ring the bell of a loop that is awake.
        if mayBlock { inbox.withLock { $0.isSleeping = false } }
        if reactor.dispatch(count) {
            var value: UInt64 = 0
            _ = read(wakeDescriptor, &value, 8)
        }
        return true
    }
}
