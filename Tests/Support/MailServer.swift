// A mail relay for tests: aiosmtpd in Python, which writes every mail it takes to a directory.
import Foundation

package final class MailServer: Sendable {
    /// The Python that Scripts/test prepared, else the system's.
    private static let python = ProcessInfo.processInfo.environment["FITECH_TEST_PYTHON"] ?? "python3"

    /// Whether Python and aiosmtpd are here.
    package static let isInstalled: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python, "-c", "import aiosmtpd"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    package let directory: String
    package let port: Int
    private let script: String
    private let server: Companion

    /// - Parameter port: nil for a free one.
    package init(port: Int? = nil) throws {
        directory = NSTemporaryDirectory() + "/fitech-mail-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        self.port = port ?? FreePort.some(1)[0]
        script = directory + "/server.py"
        try """
            import json, sys, threading
            from aiosmtpd.controller import Controller
            from email import message_from_bytes, policy

            class Keeper:
                count = 0
                async def handle_RCPT(self, server, session, envelope, address, options):
                    if address.startswith("nobody@"):
                        return "550 5.1.1 no such mailbox"
                    envelope.rcpt_tos.append(address)
                    return "250 OK"
                async def handle_DATA(self, server, session, envelope):
                    Keeper.count += 1
                    mail = message_from_bytes(envelope.content, policy=policy.default)
                    with open(f"{sys.argv[2]}/mail-{Keeper.count}.json.part", "w") as file:
                        json.dump({"from": envelope.mail_from, "to": envelope.rcpt_tos, "headers": [[k, str(v)] for k, v in mail.items()],
                                   "body": mail.get_content(), "defects": [str(d) for d in mail.defects]}, file)
                    import os
                    os.rename(f"{sys.argv[2]}/mail-{Keeper.count}.json.part", f"{sys.argv[2]}/mail-{Keeper.count}.json")
                    return "250 OK"

            controller = Controller(Keeper(), hostname="127.0.0.1", port=int(sys.argv[1]))
            controller.start()
            print("ready", flush=True)
            threading.Event().wait()

            """.write(toFile: script, atomically: true, encoding: .utf8)
        server = try Companion("/usr/bin/env", [Self.python, script, "\(self.port)", directory], in: directory, log: "server.log")
        for _ in 0..<200 {
            if server.output.contains("ready") { break }
            usleep(50_000)
        }
    }

    package struct Mail: Decodable {
        package var from: String
        package var to: [String]
        package var headers: [[String]]
        package var body: String
        package var defects: [String]

        package subscript(name: String) -> String? { headers.first { $0[0].lowercased() == name.lowercased() }?[1] }
    }

    /// Every mail taken so far, oldest first.
    package var mails: [Mail] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory))?.filter { $0.hasSuffix(".json") }.sorted() ?? []
        return names.compactMap { name in
            FileManager.default.contents(atPath: directory + "/" + name).flatMap { try? JSONDecoder().decode(Mail.self, from: $0) }
        }
    }

    package func remove() {
        server.kill()
        try? FileManager.default.removeItem(atPath: directory)
    }
}
