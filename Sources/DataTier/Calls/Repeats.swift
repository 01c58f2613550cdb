// Repeats of a write that come while the first still runs wait for it.
import Procedures
import Storage
import Synchronization

/// One queue per replay key; shared by all loops.
final class Repeats: Sendable {
    private let running = Mutex<[[UInt8]: [CheckedContinuation<Void, Never>]]>([:])

    /// Returns when nobody else runs a write of this key.
    func enter(_ key: [UInt8]) async {
        await withCheckedContinuation { continuation in
            let free = running.withLock { running in
                guard running[key] != nil else {
                    running[key] = []
                    return true
                }
                running[key]!.append(continuation)
                return false
            }
            if free { continuation.resume() }
        }
    }

    /// Lets the next one in.
    func leave(_ key: [UInt8]) {
        let next: CheckedContinuation<Void, Never>? = running.withLock { running in
            guard let waiting = running[key], !waiting.isEmpty else {
                running[key] = nil
                return nil
            }
            return running[key]!.removeFirst()
        }
        next?.resume()
    }
}

extension DataRoom {
    /// The answer kept for this call's replay id, for writes of several steps that must not begin again.
    func kept<A: Record>(_ call: Call, _ file: DatabaseFile) async throws -> A? {
        guard let replay = Replay(call), let bytes = try await read(file, { try replay.found(in: $0) }) else { return nil }
        call.replayed = true
        return try CompactCodec.decode(from: bytes)
    }
}
