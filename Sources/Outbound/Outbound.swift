// Talks to the outside world by libcurl on a thread of its own, so that no event loop ever waits for a stranger.
import CCurl
import CLinux
import Glibc
import Synchronization

/// Any number of requests at once on one thread. Safe to use from anywhere; each `send` returns where it was called.
package final class Outbound: Sendable {
    /// What a caller left for the thread.
    struct Order: Sendable {
        var request: OutboundRequest
        var answer: CheckedContinuation<Result<OutboundResponse, OutboundFailure>, Never>
    }

    private struct State {
        var orders: [Order] = []
        var stopping = false
        var ended = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    /// The multi handle as a number: all calls on it are made by the thread, but for `curl_multi_wakeup`, which libcurl
    /// allows from any thread as long as the handle lives; the thread frees it only after `ended` is set under the lock.
    private let multi: UInt

    package init(name: String = "outbound") {
        _ = Self.library
        multi = UInt(bitPattern: curl_multi_init())
        let owner = self
        Self.startThread(name: name) { owner.serve() }
    }

    /// Sends one request and waits for its answer.
    package func send(_ request: OutboundRequest) async throws(OutboundFailure) -> OutboundResponse {
        let result = await withCheckedContinuation { (answer: CheckedContinuation<Result<OutboundResponse, OutboundFailure>, Never>) in
            let refused = state.withLock { state -> Bool in
                guard !state.stopping else { return true }
                state.orders.append(Order(request: request, answer: answer))
                wake()
                return false
            }
            if refused { answer.resume(returning: .failure(OutboundFailure(reason: "stopping", code: 0, status: 0))) }
        }
        return try result.get()
    }

    /// Ends the thread once what was begun is answered; nothing new is taken.
    package func stop() async {
        await withCheckedContinuation { waiter in
            let done = state.withLock { state -> Bool in
                guard !state.ended else { return true }
                state.stopping = true
                state.waiters.append(waiter)
                wake()
                return false
            }
            if done { waiter.resume() }
        }
    }

    private func wake() { curl_multi_wakeup(UnsafeMutableRawPointer(bitPattern: multi)) }

    // MARK: The thread

    private func serve() {
        guard let multi = UnsafeMutableRawPointer(bitPattern: multi) else { return }
        var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
        while true {
            let (orders, stopping) = state.withLock { state -> ([Order], Bool) in
                defer { state.orders = [] }
                return (state.orders, state.stopping)
            }
            for order in orders {
                guard let transfer = Transfer(order) else { continue }
                transfers[transfer.easy] = transfer
                curl_multi_add_handle(multi, transfer.easy)
            }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            var left: Int32 = 0
            while let message = curl_multi_info_read(multi, &left) {
                guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
                let result = fitech_curl_result(message)
                curl_multi_remove_handle(multi, easy)
                transfers.removeValue(forKey: easy)?.finish(result)
            }
            if stopping && transfers.isEmpty { break }
            curl_multi_poll(multi, nil, 0, 30_000, nil)
        }
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.ended = true
            defer { state.waiters = [] }
            return state.waiters
        }
        curl_multi_cleanup(multi)
        for waiter in waiters { waiter.resume() }
    }

    /// libcurl's own set-up, once per process and before any thread of ours uses it.
    private static let library: CURLcode = curl_global_init(Int(CURL_GLOBAL_ALL))

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Signals stay with the main thread.
    private static func startThread(name: String, _ run: @escaping @Sendable () -> Void) {
        var every = sigset_t(), before = sigset_t()
        sigfillset(&every)
        pthread_sigmask(SIG_SETMASK, &every, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let body = Unmanaged.passRetained(Body(run))
        let result = pthread_create(&thread, nil, { context in
            guard let context else { return nil }
            pthread_setname_np(pthread_self(), "outbound")
            Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, body.toOpaque())
        precondition(result == 0, "the system refused a thread (\(name)): \(String(cString: strerror(result)))")
        pthread_detach(thread)
    }
}
