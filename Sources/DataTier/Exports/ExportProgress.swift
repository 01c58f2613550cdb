// How far the making of an export has come: written by the thread that works, read by the loop that tells.
import Glibc
import Synchronization

final class ExportProgress: Sendable {
    private struct State {
        var step = "beginning"
        var base = 0.0
        var span = 0.0
        var growing: String?
        var expected = 1
        var isOver = false
        var isStopped = false
    }
    private let state = Mutex(State())

    /// From now on this is done, which takes the share from `base` to `base + span`; how much of it is done shows in the size of `growing`.
    func step(_ text: String, from base: Double, span: Double, growing: String? = nil, expected: Int = 1) {
        state.withLock { state in
            (state.step, state.base, state.span, state.growing, state.expected) = (text, base, span, growing, max(1, expected))
        }
    }

    /// The work has ended, however it did.
    func end() { state.withLock { $0.isOver = true } }
    var isOver: Bool { state.withLock { $0.isOver } }

    /// Nobody wants it any more.
    func stop() { state.withLock { $0.isStopped = true } }
    var isStopped: Bool { state.withLock { $0.isStopped } }

    var now: (share: Double, step: String) {
        let state = self.state.withLock { $0 }
        var info = stat()
        guard let path = state.growing, stat(path, &info) == 0 else { return (state.base, state.step) }
        return (state.base + state.span * min(1, Double(info.st_size) / Double(state.expected)), state.step)
    }
}
