// Whether a process is still there.

import Foundation

package func isAlive(_ pid: Int32) -> Bool {
    guard pid > 1, kill(pid, 0) == 0 else { return false }
    // A zombie that nobody reaped yet is dead for our purposes.
    let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    return status.split(separator: ")").last?.split(separator: " ").first != "Z"
}
