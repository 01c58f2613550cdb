// Listening descriptors handed over by whoever started this process, by the LISTEN_FDS convention (sd_listen_fds(3)).

import CLinux
import Glibc

package enum InheritedListeners {
    /// The descriptors from 3 on, by the names of LISTEN_FDNAMES (`https`, `http`); empty when none were handed to this
    /// very process. The environment is cleared, so that they are not taken for a child's.
    package static func take() -> [String: CInt] {
        func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        defer {
            for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
        }
        guard value("LISTEN_PID").flatMap({ Int32($0) }) == getpid(),
            let count = value("LISTEN_FDS").flatMap({ CInt($0) }), count > 0, count < 64
        else { return [:] }
        let names = (value("LISTEN_FDNAMES") ?? "").split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var found: [String: CInt] = [:]
        for index in 0..<Int(count) {
            let descriptor = CInt(3 + index)
            _ = linux_fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            found[index < names.count && !names[index].isEmpty ? names[index] : "fd\(descriptor)"] = descriptor
        }
        return found
    }
}
