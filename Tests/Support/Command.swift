// Runs real commands: to their end with what they printed, or in the background until they are stopped.

import Foundation

/// What a finished command left.
package struct CommandResult: Sendable {
    package var status: Int32
    package var output: String
    package var errors: String
}

package enum Command {
    /// Runs a program to its end. The program is looked up in PATH unless it is a path.
    @discardableResult
    package static func run(_ program: String, _ arguments: [String], input: Data? = nil, environment: [String: String] = [:]) throws -> CommandResult {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe(), errors = Pipe(), stdin = Pipe()
        (process.standardOutput, process.standardError, process.standardInput) = (output, errors, stdin)
        try process.run()
        if let input { try stdin.fileHandleForWriting.write(contentsOf: input) }
        try stdin.fileHandleForWriting.close()
        // Both pipes are read at once: a command that fills one while the other is awaited would never end.
        let collected = BackgroundRead(errors.fileHandleForReading)
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return CommandResult(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            errors: String(decoding: collected.wait(), as: UTF8.self))
    }

    /// The directory of the built programs: Scripts/test says where; else the debug build beside the tests.
    package static var binaries: String {
        ProcessInfo.processInfo.environment["FITECH_BINARIES"] ?? root + "/.build/debug"
    }

    /// The checkout the tests were built from.
    package static var root: String {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }

    /// A fresh directory under the system's temporary one.
    package static func temporaryDirectory() throws -> String {
        // Short: a Unix socket's path has at most 107 bytes.
        let path = "/tmp/fitech-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return path
    }
}

/// Reads a handle to its end on a thread of its own.
private final class BackgroundRead: @unchecked Sendable {  // `data` is written before `done` is signalled, read after.
    private var data = Data()
    private let done = DispatchSemaphore(value: 0)

    init(_ handle: FileHandle) {
        Thread.detachNewThread { [self] in
            data = handle.readDataToEndOfFile()
            done.signal()
        }
    }

    func wait() -> Data {
        done.wait()
        return data
    }
}

/// A program running beside the test.
package final class BackgroundCommand: @unchecked Sendable {  // Guarded by `lock`.
    private let process = Process()
    private let lock = NSCondition()
    private var lines: [String] = []
    private var rest = Data()
    private var ended = false

    package var pid: Int32 { process.processIdentifier }

    /// - Parameter errors: the file its standard error goes to.
    package init(_ program: String, _ arguments: [String], errors: String? = nil, environment: [String: String] = [:]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        if let errors {
            _ = FileManager.default.createFile(atPath: errors, contents: nil)
            process.standardError = FileHandle(forWritingAtPath: errors)
        } else {
            process.standardError = FileHandle.nullDevice
        }
        try process.run()
        Thread.detachNewThread { [self] in read(output.fileHandleForReading) }
    }

    private func read(_ handle: FileHandle) {
        while true {
            let chunk = handle.availableData
            lock.lock()
            rest.append(chunk)
            while let end = rest.firstIndex(of: 0x0A) {
                lines.append(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                rest = Data(rest[(end + 1)...])
            }
            if chunk.isEmpty { ended = true }
            lock.broadcast()
            lock.unlock()
            if chunk.isEmpty { return }
        }
    }

    /// The first line of its output that `matches`; nil when it ended or the time was up before.
    package func line(within seconds: Double, where matches: (String) -> Bool) -> String? {
        lock.lock()
        defer { lock.unlock() }
        let deadline = Date(timeIntervalSinceNow: seconds)
        while true {
            if let found = lines.first(where: matches) { return found }
            if ended || !lock.wait(until: deadline) { return lines.first(where: matches) }
        }
    }

    package var output: [String] {
        lock.lock()
        defer { lock.unlock() }
        return lines
    }

    package var isRunning: Bool { process.isRunning }

    /// SIGTERM, and SIGKILL when that does not end it in time. Answers whether SIGTERM sufficed.
    @discardableResult
    package func stop(within seconds: Double = 15) -> Bool {
        guard process.isRunning else { return true }
        kill(process.processIdentifier, SIGTERM)
        let deadline = Date(timeIntervalSinceNow: seconds)
        while process.isRunning, Date() < deadline { usleep(20_000) }
        guard process.isRunning else { return true }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return false
    }

    package var status: Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
