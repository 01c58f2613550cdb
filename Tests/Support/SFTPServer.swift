// A customer's server for tests: OpenSSH on a loopback port, with a host key of its own and its account the tests'.
import Foundation

package final class SFTPServer: Sendable {
    package static let program = "/usr/sbin/sshd"
    package let directory: String
    package let port: Int
    /// `SHA256:...` of its key.
    package let fingerprint: String
    private let server: Companion

    /// Where uploads end: the server's root is the machine's, so this is a path of it.
    package var folder: String { directory + "/in/" }
    package var address: String { "sftp://\(NSUserName())@127.0.0.1:\(port)\(folder)" }
    package var log: String { server.output }

    package init() throws {
        let directory = try Command.temporaryDirectory()
        self.directory = directory
        port = FreePort.some(1)[0]
        // All the keys a server has as it is installed; clients choose, and ours takes ECDSA first.
        let keys = ["ed25519", "ecdsa", "rsa"].map { ($0, "\(directory)/host_\($0)") }
        for (kind, path) in keys { _ = try Command.run("ssh-keygen", ["-q", "-t", kind, "-N", "", "-f", path]) }
        let shown = try Command.run("ssh-keygen", ["-l", "-f", directory + "/host_ecdsa.pub"]).output
        fingerprint = shown.split(separator: " ").map(String.init).first { $0.hasPrefix("SHA256:") } ?? ""
        try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        try """
            ListenAddress 127.0.0.1
            Port \(port)
            \(keys.map { "HostKey \($0.1)" }.joined(separator: "\n"))
            PidFile none
            AuthorizedKeysFile \(directory)/authorized_keys
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            LogLevel VERBOSE
            Subsystem sftp internal-sftp

            """.write(toFile: directory + "/config", atomically: true, encoding: .utf8)
        // sshd closes every descriptor it inherits, the one too by which Foundation sees that a process ended: a shell keeps it. It takes sshd along when it is killed.
        let command = "setpriv --pdeathsig KILL \"$0\" -D -e -f config; exit"
        server = try Companion("/bin/sh", ["-c", command, Self.program], in: directory, log: "server.log")
        for _ in 0..<200 {
            if server.output.contains("Server listening") { break }
            usleep(20_000)
        }
    }

    /// Lets this key in, and no other.
    package func trust(_ line: String) throws { try (line + "\n").write(toFile: directory + "/authorized_keys", atomically: true, encoding: .utf8) }

    package var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }
    package func contents(_ name: String) -> [UInt8]? { FileManager.default.contents(atPath: folder + name).map(Array.init) }

    package func remove() {
        server.kill()
        try? FileManager.default.removeItem(atPath: directory)
    }
}
