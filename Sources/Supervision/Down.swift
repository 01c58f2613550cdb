// `fitech down`: ends a fleet whether or not its supervisor lives.
import CLinux
import Control
import Glibc
import Wire

package enum Down {
    /// How long a supervisor may take to end everything; it promises 10 s.
    private static let patience = 15

    /// Ends the supervisor of a state directory and every node in it; answers what it found.
    package static func run(state path: String) throws(Failure) -> String {
        guard access(path, F_OK) == 0 else { throw .notFound("state directory as \(path)", hint: "Name it with --state.") }
        var supervisor: Int32 = 0
        for _ in 0..<Self.patience * 20 {
            do throws(Failure) {
                // Whoever holds the lock may end what is left: no supervisor can start meanwhile.
                let ground = try StateGround.prepare(path, locking: true)
                let survivors = try Survivors.find(ground.state)
                Survivors.end(survivors)
                try StateSweep.sweep(ground.state, keeping: [])
                if supervisor > 0 { return "Everything has stopped." }
                return survivors.isEmpty ? "Nothing was running." : "\(survivors.count) nodes without a supervisor have stopped."
            } catch {
                guard error.code == "already-up" else { throw error }
            }
            if supervisor == 0, let pid = StateGround.lockHolder(StateDirectory(path)) {
                supervisor = pid
                kill(pid, SIGTERM)
            }
            usleep(50_000)
        }
        throw Failure(
            whose: .ours, retry: .safe, status: 504, code: "still-up", reason: "The supervisor (process \(supervisor)) has not ended in \(Self.patience) seconds.",
            hint: "Kill it (kill -9 \(supervisor)) and run fitech down again.")
    }
}
