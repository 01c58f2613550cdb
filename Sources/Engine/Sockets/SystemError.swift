// A system call that failed, named, with its errno.
import CLinux
import Glibc

/// A failed system call.
package struct SystemError: Error, Sendable, CustomStringConvertible {
    /// What was tried, e.g. `bind /run/web-1.sock`.
    package let operation: String
    /// The errno.
    package let code: CInt

    package init(_ operation: String, code: CInt = errno) {
        self.operation = operation
        self.code = code
    }

    package var description: String { "\(operation): \(String(cString: strerror(code)))" }
}
