// Which file a path leads to, whatever it is called by then.
import Glibc

/// Equal for two paths that lead to the same file, or for one path before and after as long as nobody put another file there.
package struct FileIdentity: Sendable, Equatable {
    private let device: UInt64
    private let number: UInt64

    /// Nil where nothing is. Symbolic links are followed, /proc/PID/exe included.
    package init?(at path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        device = UInt64(info.st_dev)
        number = UInt64(info.st_ino)
    }
}
