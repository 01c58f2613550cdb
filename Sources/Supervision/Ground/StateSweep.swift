// Clears away what a supervisor that was killed left behind; only ever called under the lock.
import Control
import Glibc
import Wire

enum StateSweep {
    static func sweep(_ state: StateDirectory) throws(Failure) {
        unlink(state.controlSocket)
        for name in try StateGround.entries(state.run) {
            // The children of a killed supervisor die with it; one that hangs in the kernel would hold its files still.
            if name.hasSuffix(".pid"), let bytes = try DurableFile.read("\(state.run)/\(name)"),
                let pid = Int32(String(decoding: bytes.prefix { (48...57).contains($0) }, as: UTF8.self)), pid > 1, isOurs(pid, state) {
                kill(pid, SIGKILL)
            }
            unlink("\(state.run)/\(name)")
        }
    }

    /// Whether that process is a node of this state directory: the number may belong to somebody else by now.
    private static func isOurs(_ pid: Int32, _ state: StateDirectory) -> Bool {
        guard let bytes = ((try? DurableFile.read("/proc/\(pid)/cmdline")) ?? nil) else { return false }
        let words = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard let at = words.firstIndex(of: "--state"), at + 1 < words.count else { return false }
        return words[at + 1] == state.path && words.contains("--node")
    }
}
