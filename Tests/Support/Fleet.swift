// A whole fleet of real processes in a directory of its own, on ports the kernel chose.

import Foundation
import Wire

package final class Fleet: Sendable {
    package let state: String
    /// `https://localhost:PORT`.
    package let url: String
    let supervisor: BackgroundCommand

    package struct StartFailure: Error, CustomStringConvertible {
        package var description: String
    }

    /// Starts `fitech up` and waits until it says that it is ready.
    ///
    /// - Parameters:
    ///   - edition: a file of Config/, without its ending.
    ///   - edit: changes the text of that file first.
    package init(
        _ edition: String = "portal", demo: Bool = true, state: String? = nil, set: [String] = [], environment: [String: String] = [:],
        edit: (inout String) -> Void = { _ in }
    ) throws {
        let directory = try state ?? Command.temporaryDirectory()
        self.state = directory + "/state"
        var yaml = try String(contentsOfFile: "\(Command.root)/Config/\(edition).yaml", encoding: .utf8)
        edit(&yaml)
        let file = directory + "/fleet.yaml"
        try yaml.write(toFile: file, atomically: true, encoding: .utf8)
        var arguments = ["up", "--config", file, "--state", self.state]
        for pair in ["listen.https=127.0.0.1:0", "listen.http=127.0.0.1:0"] + set { arguments += ["--set", pair] }
        if demo { arguments.append("--demo") }
        let errors = directory + "/errors.log"
        supervisor = try BackgroundCommand("\(Command.binaries)/fitech", arguments, errors: errors, environment: environment)
        try Self.endWithTests(supervisor.pid, directory)
        guard let line = supervisor.line(within: 60, where: { $0.hasPrefix("ready ") }) else {
            supervisor.stop()
            let log = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
            throw StartFailure(description: "the fleet did not get ready: \(supervisor.output)\n\(log.suffix(4000))")
        }
        url = String(line.dropFirst(6)).trimmingCharacters(in: .whitespaces)
    }

    /// A test run that is killed leaves nothing for ever: once it is gone, so are the supervisor and the files, and without its
    /// files every node ends by itself.
    private static func endWithTests(_ supervisor: Int32, _ directory: String) throws {
        let script = "while [ -d \(directory) ]; do sleep 2; kill -0 \(getpid()) 2>/dev/null || { kill -9 \(supervisor); rm -rf \(directory); }; done"
        let guardian = Process()
        guardian.executableURL = URL(fileURLWithPath: "/bin/sh")
        guardian.arguments = ["-c", script]
        (guardian.standardInput, guardian.standardOutput, guardian.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice, FileHandle.nullDevice)
        try guardian.run()
    }

    package var port: Int { Int(url.split(separator: ":").last ?? "") ?? 0 }
    package var pid: Int32 { supervisor.pid }

    /// Stops everything; answers whether it ended in time by itself.
    @discardableResult
    package func stop() -> Bool { supervisor.stop() }

    /// Stops and removes the files.
    package func remove() {
        stop()
        try? FileManager.default.removeItem(atPath: URL(fileURLWithPath: state).deletingLastPathComponent().path)
    }

    /// Runs `fitech-ctl` against this fleet.
    @discardableResult
    package func ctl(_ arguments: String...) throws -> CommandResult {
        try Command.run("\(Command.binaries)/fitech-ctl", ["--state", state] + arguments)
    }

    /// Runs `fitech-ctl VERB --json` and reads what it printed.
    package func ctlJSON(_ arguments: String...) throws -> JSON {
        let result = try Command.run("\(Command.binaries)/fitech-ctl", ["--state", state] + arguments + ["--json"])
        guard result.status == 0 else { throw StartFailure(description: "fitech-ctl \(arguments): \(result.errors)") }
        return try JSON.parse(result.output)
    }

    package struct NodeStatus: Sendable {
        package var name, tier, state: String
        package var role: String?
        package var pid: Int32
        package var requests: Int
    }

    package func nodes() throws -> [NodeStatus] {
        (try ctlJSON("status")["nodes"]?.array ?? []).map {
            NodeStatus(
                name: $0["name"]?.string ?? "", tier: $0["tier"]?.string ?? "", state: $0["state"]?.string ?? "",
                role: $0["role"]?.string, pid: Int32($0["pid"]?.integer ?? 0), requests: Int($0["requests"]?.integer ?? 0))
        }
    }

    package func node(_ name: String) throws -> NodeStatus? { try nodes().first { $0.name == name } }

    /// kill -9, as power failures and bugs do it.
    package func kill9(_ name: String) throws {
        guard let pid = try node(name)?.pid, pid > 1 else { throw StartFailure(description: "\(name) has no process") }
        kill(pid, SIGKILL)
    }

    /// Asks again and again until it is true; false when the time is up.
    package func eventually(within seconds: Double = 20, _ question: () throws -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        repeat {
            if (try? question()) == true { return true }
            usleep(50_000)
        } while Date() < deadline
        return false
    }

    /// The demo person of that role (of that customer).
    package func demoPerson(role: String, customer: String? = nil) throws -> Person {
        let json = try JSON.parse(Array(Data(contentsOf: URL(fileURLWithPath: state + "/demo.json"))))
        for person in json["people"]?.array ?? [] {
            guard person["role"]?.string == role, customer == nil || person["customer"]?.string == customer,
                let email = person["email"]?.string, let password = person["password"]?.string
            else { continue }
            return Person(fleet: self, email: email, password: password)
        }
        throw StartFailure(description: "there is no \(role) in demo.json")
    }
}
