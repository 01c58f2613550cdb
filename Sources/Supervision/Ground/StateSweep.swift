// Clears away what a supervisor that was killed left behind, the sockets of nodes that live on apart; only ever called under the lock.
import Control
import Glibc
import Wire

enum StateSweep {
    static func sweep(_ state: StateDirectory, keeping survivors: [Survivor]) throws(Failure) {
        unlink(state.controlSocket)
        // A survivor that is still starting may open its socket at any moment.
        let kept = Set(survivors.flatMap { [state.socket(of: $0.name), state.processFile(of: $0.name), state.listeners(of: $0.pid)] })
        for name in try StateGround.entries(state.run) where !kept.contains("\(state.run)/\(name)") { unlink("\(state.run)/\(name)") }
    }
}
