// Ticket numbers, unique over all customers: reserved from the directory in blocks, so that most tickets cost one commit there less.
import Storage
import Synchronization

final class TicketNumbers: Sendable {
    private struct Block {
        var next = 0
        var end = 0
    }

    static let size = 16
    private let block = Mutex(Block())

    /// Forgets what was reserved under another directory file.
    func forget() { block.withLock { $0 = Block() } }

    /// The next number. After a crash the rest of a block is left out: numbers are unique, not gapless.
    func next(in store: DataStore) async throws -> Int {
        if let number = take() { return number }
        let start = try await store.write(store.directory) { database -> Int in
            let next = try database.int("SELECT next FROM counter WHERE name = 'ticket'") ?? 1001
            try database.execute("UPDATE counter SET next = ? WHERE name = 'ticket'", next + Self.size)
            return next
        }
        // Two callers may have reserved at once: both blocks are good, the one not kept leaves a gap.
        block.withLock { $0 = Block(next: start + 1, end: start + Self.size) }
        return start
    }

    private func take() -> Int? {
        block.withLock { block in
            guard block.next < block.end else { return nil }
            defer { block.next += 1 }
            return block.next
        }
    }

    /// On a clean stop: the next start goes on where this one ended.
    func giveBack(to directory: DatabaseFile) async {
        let rest = block.withLock { block in
            defer { block = Block() }
            return block
        }
        guard rest.next < rest.end else { return }
        // Only if nobody has reserved since; a failure leaves a gap, nothing else.
        _ = try? await directory.write { try $0.execute("UPDATE counter SET next = ? WHERE name = 'ticket' AND next = ?", rest.next, rest.end) }
    }
}
