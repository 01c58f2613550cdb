// Writes to management.db in the order they were asked for, without making the watch wait for the disk.
import Logging
import Storage
import Synchronization

/// A page goes out whether or not the disk takes it: changes are queued, written many to a transaction, and kept and
/// tried again while the disk is full.
final class WriteQueue: Sendable {
    typealias Change = @Sendable (Database) throws -> Void

    private struct State {
        var waiting: [Change] = []
        var isWriting = false
        var failure: String?
        var idle: [CheckedContinuation<Void, Never>] = []
    }

    let file: DatabaseFile
    private let log: Logger
    private let state = Mutex(State())
    /// What waits beyond this is dropped, oldest first, with a line in the log: memory is finite while a disk is full.
    private static let most = 100_000

    init(_ file: DatabaseFile, log: Logger) {
        self.file = file
        self.log = log
    }

    /// Why nothing can be written at present; nil when all is well. For the staff page and `/readyz`.
    var failure: String? { state.withLock { $0.failure } }

    func save(_ change: @escaping Change) {
        let begin = state.withLock { state -> Bool in
            if state.waiting.count >= Self.most { state.waiting.removeFirst() }
            state.waiting.append(change)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begin { Task { await self.drain() } }
    }

    private func drain() async {
        while true {
            let batch = state.withLock { state -> [Change] in
                let batch = Array(state.waiting.prefix(500))
                if batch.isEmpty { state.isWriting = false }
                return batch
            }
            guard !batch.isEmpty else {
                for waiter in state.withLock({ state in let idle = state.idle; state.idle = []; return idle }) { waiter.resume() }
                return
            }
            do {
                try await file.write { database in for change in batch { try change(database) } }
                finished(batch.count, nil)
            } catch let error as StorageError where [.constraint, .fault].contains(error.kind) {
                // One change the database refuses for good must not block the others for ever.
                log.error("a change of management.db was refused", metadata: ["reason": "\(error)"])
                for change in batch {
                    do { try await file.write { try change($0) } } catch { log.error("refused", metadata: ["reason": "\(error)"]) }
                }
                finished(batch.count, nil)
            } catch {
                let (isNews, idle) = state.withLock { state in
                    defer { (state.failure, state.idle) = ("\(error)", []) }
                    return (state.failure == nil, state.idle)
                }
                // Whoever waits for what was asked so far reads without it rather than not at all.
                for waiter in idle { waiter.resume() }
                if isNews { log.error("management.db cannot be written, trying again every second", metadata: ["reason": "\(error)"]) }
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func finished(_ count: Int, _ failure: String?) {
        state.withLock { state in
            state.waiting.removeFirst(min(count, state.waiting.count))
            state.failure = failure
        }
    }

    /// Returns when everything asked for so far is written, or cannot be for now.
    func flush() async {
        await withCheckedContinuation { waiter in
            let done = state.withLock { state -> Bool in
                if state.isWriting { state.idle.append(waiter) }
                return !state.isWriting
            }
            if done { waiter.resume() }
        }
    }
}
