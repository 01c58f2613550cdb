// What a loop keeps of descriptors: registration, events, deadlines, buffers.
import CLinux
import Glibc

/// The kernel side of one loop. Not Sendable: it and all its watchers live and die on the loop's thread.
final class Reactor {
    let poll: CInt
    @exclusivity(unchecked) private var events: [epoll_event]
    @exclusivity(unchecked) private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    @exclusivity(unchecked) private var wheel = DeadlineWheel()
    @exclusivity(unchecked) var timers = TimerHeap()
    /// Monotonic nanoseconds, taken once per turn of the loop.
    private(set) var nanoseconds: UInt64
    /// The same in milliseconds, the unit of deadlines.
    var milliseconds: UInt64 { nanoseconds / 1_000_000 }
    /// Input buffers nobody uses just now.
    @exclusivity(unchecked) private var spareBuffers: [[UInt8]] = []
    /// A buffer to assemble what is sent at once; never held over an await.
    @exclusivity(unchecked) var scratch: [UInt8] = []
    @exclusivity(unchecked) private var dateLine = DateLine()

    private struct Slot {
        var generation: UInt32 = 0
        var watcher: Watcher?
    }

    init(poll: CInt) {
        self.poll = poll
        nanoseconds = linux_monotonic()
        events = Array(repeating: epoll_event(), count: 256)
    }

    /// Waits for events, not at all when `mayBlock` is false. Answers how many there are for `dispatch`.
    func wait(mayBlock: Bool) -> Int {
        var timeout: CInt = 0
        if mayBlock {
            let next = min(wheel.nextTick, timers.next.map { $0 / 1_000_000 + 1 } ?? .max)
            let now = linux_monotonic() / 1_000_000
            timeout = next == .max ? -1 : next <= now ? 0 : CInt(min(next - now, 60_000))
        }
        let count = events.withUnsafeMutableBufferPointer { epoll_wait(poll, $0.baseAddress, CInt($0.count), timeout) }
        nanoseconds = linux_monotonic()
        return max(0, Int(count))
    }

    /// Tells the watchers of the first `count` events, and those whose time has come. True when the loop's wake
    /// descriptor was among them.
    func dispatch(_ count: Int) -> Bool {
        var woken = false
        for index in 0..<count {
            let data = events[index].data.u64
            if data == .max {
                woken = true
                continue
            }
            let slot = Int(data & 0xFFFF_FFFF)
            // An event may be about a descriptor closed earlier in this batch: the generation tells.
            guard slots[slot].generation == UInt32(data >> 32), let watcher = slots[slot].watcher else { continue }
            watcher.ready(events[index].events)
        }
        if milliseconds >= wheel.nextTick { checkDeadlines() }
        while let due = timers.popDue(nanoseconds) { due.resume() }
        return woken
    }

    /// The `Date` line of an answer sent now.
    func appendDate(to out: inout [UInt8]) {
        dateLine.refresh(nanoseconds)
        out.append(contentsOf: dateLine.bytes)
    }

    /// Registers `watcher` for these epoll events. The loop keeps it until `unwatch`.
    func watch(_ watcher: Watcher, events: UInt32) throws(SystemError) {
        let slot = freeSlots.popLast() ?? {
            slots.append(Slot())
            return slots.count - 1
        }()
        slots[slot].generation &+= 1
        slots[slot].watcher = watcher
        watcher.slot = slot
        var event = epoll_event(events: events, data: epoll_data_t(u64: UInt64(slots[slot].generation) << 32 | UInt64(slot)))
        guard epoll_ctl(poll, EPOLL_CTL_ADD, watcher.descriptor, &event) == 0 else {
            let error = SystemError("epoll_ctl")
            release(watcher)
            throw error
        }
    }

    func watcher(_ slot: Int) -> Watcher? { slots[slot].watcher }

    /// Ends the registration; the descriptor stays open.
    func unwatch(_ watcher: Watcher) {
        guard watcher.slot >= 0 else { return }
        epoll_ctl(poll, EPOLL_CTL_DEL, watcher.descriptor, nil)
        release(watcher)
    }

    /// Ends the registration of a descriptor that is about to be closed, which itself removes it from epoll.
    func release(_ watcher: Watcher) {
        guard watcher.slot >= 0 else { return }
        slots[watcher.slot].watcher = nil
        slots[watcher.slot].generation &+= 1
        freeSlots.append(watcher.slot)
        watcher.slot = -1
        watcher.checkAt = .max
        watcher.deadline = .max
    }

    /// Sets when `watcher.expired` is called, `.max` for never. Usually one store: the wheel is touched only when the
    /// new deadline lies before the moment the loop would look anyway.
    func setDeadline(_ watcher: Watcher, _ deadline: UInt64) {
        watcher.deadline = deadline
        guard deadline < watcher.checkAt, watcher.slot >= 0 else { return }
        watcher.checkAt = wheel.insert(
            slot: watcher.slot, generation: slots[watcher.slot].generation, at: deadline, now: milliseconds)
    }

    func setDeadline(_ watcher: Watcher, after milliseconds: UInt64) {
        setDeadline(watcher, self.milliseconds + milliseconds)
    }

    /// Looks at the watchers whose moment has come; those whose deadline moved on are put back.
    func checkDeadlines() {
        let now = milliseconds
        for entry in wheel.due(now) {
            guard slots[entry.slot].generation == entry.generation, let watcher = slots[entry.slot].watcher,
                watcher.checkAt <= now
            else { continue }
            watcher.checkAt = .max
            if watcher.deadline <= now {
                watcher.deadline = .max
                watcher.expired()
            } else if watcher.deadline != .max {
                setDeadline(watcher, watcher.deadline)
            }
        }
    }

    // MARK: Buffers

    /// Size of a fresh input buffer.
    static let bufferSize = 16384

    func borrowBuffer() -> [UInt8] {
        spareBuffers.popLast() ?? Array(repeating: 0, count: Self.bufferSize)
    }

    func returnBuffer(_ buffer: consuming [UInt8]) {
        if buffer.count == Self.bufferSize, spareBuffers.count < 64 { spareBuffers.append(buffer) }
    }
}

extension EventLoop {
    /// Suspends for at least `duration` without blocking the loop. Returns early, without error, when the task is cancelled.
    package func sleep(_ duration: Duration) async {
        let parts = duration.components
        let wait = max(0, parts.seconds) * 1_000_000_000 + max(0, parts.attoseconds / 1_000_000_000)
        let id = reactor.timers.nextID()
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                if Task.isCancelled { return continuation.resume() }
                reactor.timers.insert(at: linux_monotonic() + UInt64(wait), id: id, continuation)
            }
        } onCancel: {
            spawn { $0.reactor.timers.cancel(id)?.resume() }
        }
    }
}

/// The `Date` line of answers, made anew once a second.
struct DateLine {
    private(set) var bytes: [UInt8] = []
    private var second: Int64 = -1
    private var validUntil: UInt64 = 0

    mutating func refresh(_ nanoseconds: UInt64) {
        guard nanoseconds >= validUntil else { return }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        validUntil = nanoseconds + UInt64(1_000_000_000 - now.tv_nsec)
        guard Int64(now.tv_sec) != second else { return }
        second = Int64(now.tv_sec)
        bytes = Array("Date: ".utf8)
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
            guard let base = text.baseAddress else { return }
            linux_http_date(second, base)
            for index in 0..<29 { bytes.append(UInt8(bitPattern: base[index])) }
        }
        bytes += [13, 10]
    }
}
