// A real Kannel with a fake phone network behind it (Debian kannel and kannel-extras).
import CLinux
import Foundation

/// bearerbox, smsbox and fakesmsc, wired as Debian's check_sendsms.sh wires them.
package final class Kannel: Sendable {
    static let fakePhone = "/usr/lib/kannel/test/fakesmsc"
    package static let isInstalled = ["/usr/sbin/bearerbox", "/usr/sbin/smsbox", fakePhone].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

    package let directory: String
    package let url: String
    package let secret = "kannel-secret"
    private let network: Int
    private let boxes: [Companion]
    private let phone: Companion

    package init() throws {
        directory = NSTemporaryDirectory() + "/fitech-kannel-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let ports = FreePort.some(4)
        network = ports[3]
        url = "http://127.0.0.1:\(ports[2])/cgi-bin/sendsms"
        try """
            group = core
            admin-port = \(ports[0])
            smsbox-port = \(ports[1])
            admin-password = none
            admin-deny-ip = "*.*.*.*"
            box-allow-ip = "127.0.0.1"
            dlr-storage = internal

            group = smsc
            smsc = fake
            smsc-id = fake
            port = \(ports[3])
            connect-allow-ip = 127.0.0.1

            group = smsbox
            bearerbox-host = 127.0.0.1
            sendsms-port = \(ports[2])

            group = sendsms-user
            username = fitech
            password = \(secret)
            max-messages = 3
            concatenation = true

            group = sms-service
            keyword = default
            text = "No service."
            max-messages = 0

            """.write(toFile: directory + "/kannel.conf", atomically: true, encoding: .utf8)
        let bearer = try Companion("/usr/sbin/bearerbox", ["-v", "1", "kannel.conf"], in: directory, log: "bearerbox.log")
        Self.wait(for: ports[1])
        let sms = try Companion("/usr/sbin/smsbox", ["-v", "1", "kannel.conf"], in: directory, log: "smsbox.log")
        Self.wait(for: ports[2])
        boxes = [sms, bearer]
        // It needs a message even to send none.
        phone = try Companion(
            Self.fakePhone, ["-H", "127.0.0.1", "-r", "\(network)", "-i", "1", "-m", "0", "447700900001 13013 text nop"], in: directory, log: "phone.log")
    }

    /// What the phone network was given: `Got message 1: <FROM TO text TEXT>`.
    package var messages: [String] {
        phone.output.split(separator: "\n").compactMap { line in
            guard line.contains("Got message"), let start = line.firstIndex(of: "<"), let end = line.lastIndex(of: ">") else { return nil }
            return String(line[line.index(after: start)..<end])
        }
    }

    package func remove() {
        phone.kill()
        for box in boxes { box.kill() }
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Waits until somebody listens on a port, ten seconds at most.
    private static func wait(for port: Int) {
        for _ in 0..<200 {
            if isOpen(port) { return }
            usleep(50_000)
        }
    }

    private static func isOpen(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, linux_sock_stream, 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
    }
}
