// Programs the tests run beside the fleet, ended by their own id when the test is over.
import Foundation
import Glibc

package final class Companion: Sendable {
    private let process: Process
    package let log: String

    /// Starts a program whose output goes to a file.
    package init(_ program: String, _ arguments: [String], in directory: String, log: String) throws {
        self.log = directory + "/" + log
        _ = FileManager.default.createFile(atPath: self.log, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let handle = FileHandle(forWritingAtPath: self.log)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        self.process = process
    }

    package var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// Ends it at once.
    package func kill() {
        guard process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    deinit { kill() }
}

/// Ports the kernel has free at this moment, for programs that cannot take port 0.
package enum FreePort {
    package static func some(_ count: Int) -> [Int] {
        var sockets: [Int32] = [], ports: [Int] = []
        for _ in 0..<count {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(descriptor, $0, length)
                    getsockname(descriptor, $0, &length)
                }
            }
            sockets.append(descriptor)
            ports.append(Int(UInt16(bigEndian: address.sin_port)))
        }
        for descriptor in sockets { close(descriptor) }
        return ports
    }
}
