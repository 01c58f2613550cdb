// Processes are started with what they were promised, and their end is noticed.
import CLinux
import Foundation
import Synchronization
import Testing

@testable import Supervision

@Suite struct ChildProcessesTests {
    let scratch = ScratchDirectory()

    /// Runs a shell script to its end; answers its output and how it ended.
    private func run(_ script: String, listeners: [(descriptor: CInt, name: String)] = []) async throws -> (lines: String, end: ProcessEnd) {
        let written = Mutex<[UInt8]>([])
        let children = try ChildProcesses { lines in written.withLock { $0 += lines } }
        let (ends, told) = AsyncStream<ProcessEnd>.makeStream()
        _ = try await children.start(
            ChildProcess(name: "test", program: "/bin/sh", arguments: ["-c", script], environment: ["GREETING": "hello"], listeners: listeners, log: scratch.path + "/test.log")
        ) { _, end in
            told.yield(end)
            told.finish()
        }
        var last = ProcessEnd.exited(-1)
        for await end in ends { last = end }
        return (String(decoding: written.withLock { $0 }, as: UTF8.self), last)
    }

    @Test func `its output is echoed line by line and kept in its log`() async throws {
        let (lines, end) = try await run("echo $GREETING; echo two >&2; printf three")
        #expect(lines == "hello\ntwo\nthree\n")
        #expect(end == .exited(0))
        #expect(try String(contentsOfFile: scratch.path + "/test.log", encoding: .utf8) == lines)
    }

    @Test func `how it ended is told`() async throws {
        #expect(try await run("exit 7").end == .exited(7))
        #expect(try await run("kill -9 $$").end == .killed(signal: 9))
    }

    @Test func `listeners arrive at 3 and up with LISTEN_PID naming the child`() async throws {
        let file = scratch.path + "/given"
        try "given".write(toFile: file, atomically: true, encoding: .utf8)
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        let (lines, _) = try await run("echo $LISTEN_FDS $LISTEN_FDNAMES; [ $LISTEN_PID = $$ ] && echo mine; cat <&3", listeners: [(descriptor, "https")])
        #expect(lines == "1 https\nmine\ngiven\n")
    }

    @Test func `a process that another supervisor started is read from and its end is noticed`() async throws {
        let written = Mutex<[UInt8]>([])
        // Both read from now on, and the kernel tells either that it ended.
        let first = try ChildProcesses { lines in written.withLock { $0 += lines } }
        let (told, given) = AsyncStream<Void>.makeStream()
        let script = "while [ ! -e \(scratch.path)/go ]; do sleep 0.05; done; echo later"
        let pid = try await first.start(ChildProcess(name: "test", program: "/bin/sh", arguments: ["-c", script], log: "/dev/null")) { _, _ in given.finish() }
        let second = try ChildProcesses { lines in written.withLock { $0 += lines } }
        let (ends, ended) = AsyncStream<pid_t>.makeStream()
        let process = linux_pidfd_open(pid)
        #expect(process >= 0)
        second.adopt(name: "test", pid: pid, end: process, log: scratch.path + "/adopted.log") { pid, _ in
            ended.yield(pid)
            ended.finish()
        }
        try "".write(toFile: scratch.path + "/go", atomically: true, encoding: .utf8)
        for await end in ends { #expect(end == pid) }
        for await _ in told {}
        #expect(String(decoding: written.withLock { $0 }, as: UTF8.self) == "later\n")
    }

    @Test func `a process whose supervisor reads no more neither ends nor waits`() throws {
        // Started as ChildProcesses does it, and then the only reader is closed.
        var pipes: [CInt] = [-1, -1]
        #expect(pipe(&pipes) == 0)
        let output = open("/proc/self/fd/\(pipes[1])", O_RDWR | O_CLOEXEC)
        close(pipes[1])
        close(pipes[0])
        defer { close(output) }
        #expect(write(output, "line\n", 5) == 5, "no broken pipe")
        let reader = open("/proc/self/fd/\(output)", O_RDONLY | O_CLOEXEC)
        defer { close(reader) }
        var bytes = [UInt8](repeating: 0, count: 8)
        #expect(read(reader, &bytes, 8) == 5, "and whoever comes reads what was written meanwhile")
    }

    @Test func `a program that cannot be started is refused with the reason`() async throws {
        let children = try ChildProcesses { _ in }
        await #expect(throws: (any Error).self) {
            _ = try await children.start(ChildProcess(name: "x", program: "/nowhere/fitech", arguments: [], log: scratch.path + "/x.log")) { _, _ in }
        }
    }

    @Test func `a log turns at its limit and keeps one older`() throws {
        let log = NodeLog(path: scratch.path + "/turn.log", limit: 100)
        for number in 0..<20 { _ = log.append(Array("line number \(number)\n".utf8)[...]) }
        #expect(FileManager.default.fileExists(atPath: scratch.path + "/turn.log.1"))
        #expect(try FileManager.default.attributesOfItem(atPath: scratch.path + "/turn.log")[.size] as? Int ?? 999 <= 100)
        #expect(try String(contentsOfFile: scratch.path + "/turn.log", encoding: .utf8).contains("line number 19"))
    }
}
