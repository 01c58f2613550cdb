// Starts processes, reads what they write and notices their end, all on one thread of its own.
import CLinux
import Glibc
import Synchronization
import Wire

/// A process to start.
package struct ChildProcess: Sendable {
    /// The node's name, for its log.
    package var name: String
    package var program: String
    package var arguments: [String]
    /// Added to the environment of this process.
    package var environment: [String: String]
    /// Given on as descriptors 3, 4, ... by the LISTEN_FDS convention, with their names.
    package var listeners: [(descriptor: CInt, name: String)]
    package var log: String

    package init(name: String, program: String, arguments: [String], environment: [String: String] = [:], listeners: [(descriptor: CInt, name: String)] = [], log: String) {
        self.name = name
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.listeners = listeners
        self.log = log
    }
}

/// How a process ended.
package enum ProcessEnd: Sendable, Equatable, CustomStringConvertible {
    case exited(Int32)
    case killed(signal: Int32)
    /// It was not our child.
    case unknown

    init(status: Int32) {
        self = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F)
    }

    package var description: String {
        switch self {
        case .exited(let code): "exited with \(code)"
        case .unknown: "ended"
        case .killed(let signal): "was killed by signal \(signal) (\(String(cString: strsignal(signal))))"
        }
    }
}

/// Children, and processes that an earlier supervisor started: how those ended is not told by the kernel, only that they did.
package final class ChildProcesses: Sendable {
    private struct Running {
        var name: String
        var pid: pid_t
        /// Readable when the process ends; -1 once it has been seen.
        var end: CInt
        /// What it writes; -1 once closed.
        var output: CInt
        var log: NodeLog
        var ended: @Sendable (pid_t, ProcessEnd) -> Void
    }

    private typealias Ended = @Sendable (pid_t, ProcessEnd) -> Void
    private typealias Start = (process: ChildProcess, ended: @Sendable (pid_t, ProcessEnd) -> Void, answer: CheckedContinuation<Result<pid_t, Failure>, Never>)

    private struct Waiting {
        var starts: [Start] = []
        var adopted: [Running] = []
    }

    private let waiting = Mutex(Waiting())
    /// F_SETPIPE_SZ, which Glibc's module leaves out, and how much a node may write while nobody reads it.
    private static let setPipeSize: CInt = 1031
    private static let pipeSize: CInt = 1 << 20

    private let wake: CInt
    private let echo: @Sendable ([UInt8]) -> Void

    /// `echo` gets every whole line any of them writes, on the thread of this.
    package init(echo: @escaping @Sendable ([UInt8]) -> Void) throws(Failure) {
        self.echo = echo
        wake = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard wake >= 0 else { throw DurableFile.refusal("make", "an event descriptor") }
        var thread = pthread_t()
        let keep = Unmanaged.passRetained(self)
        let made = pthread_create(&thread, nil, { argument in
            guard let argument else { return nil }
            Unmanaged<ChildProcesses>.fromOpaque(argument).takeRetainedValue().loop()
            return nil
        }, keep.toOpaque())
        guard made == 0 else {
            keep.release()
            throw DurableFile.refusal("start", "a thread", code: made)
        }
        pthread_detach(thread)
    }

    /// Starts it; `ended` is called once, on the thread of this, after its last line was read. Throws when it cannot be started.
    package func start(_ process: ChildProcess, ended: @escaping @Sendable (pid_t, ProcessEnd) -> Void) async throws(Failure) -> pid_t {
        let result = await withCheckedContinuation { answer in
            waiting.withLock { $0.starts.append((process, ended, answer)) }
            ring()
        }
        return try result.get()
    }

    /// Watches a process that somebody else started: `end` becomes readable when it ends (a pidfd, ours from now on). What it
    /// writes is read from the pipe that is its standard error, if it is one.
    package func adopt(name: String, pid: pid_t, end: CInt, log: String, ended: @escaping @Sendable (pid_t, ProcessEnd) -> Void) {
        let path = "/proc/\(pid)/fd/2"
        var info = stat()
        let isPipe = stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFIFO
        let output = isPipe ? open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1
        waiting.withLock { $0.adopted.append(Running(name: name, pid: pid, end: end, output: output, log: NodeLog(path: log), ended: ended)) }
        ring()
    }

    private func ring() {
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
    }

    /// Runs for the life of the program.
    private func loop() {
        linux_name_thread("children")
        var running: [Running] = []
        while true {
            var polled = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
            for child in running {
                polled.append(pollfd(fd: child.end, events: Int16(POLLIN), revents: 0))
                polled.append(pollfd(fd: child.output, events: Int16(POLLIN), revents: 0))
            }
            guard poll(&polled, nfds_t(polled.count), -1) >= 0 else { continue }
            if polled[0].revents != 0 {
                var count: UInt64 = 0
                _ = read(wake, &count, 8)
            }
            for index in running.indices {
                if polled[2 + 2 * index].revents != 0 { drain(&running[index], once: true) }
                if polled[1 + 2 * index].revents != 0 { bury(&running[index]) }
            }
            running.removeAll { $0.end < 0 }
            let taken = takeWaiting()
            running += taken.adopted
            for (process, ended, answer) in taken.starts {
                switch start(process, ended) {
                case .success(let child):
                    running.append(child)
                    answer.resume(returning: .success(child.pid))
                case .failure(let failure): answer.resume(returning: .failure(failure))
                }
            }
        }
    }

    private func takeWaiting() -> Waiting {
        waiting.withLock { list in
            let taken = list
            list = Waiting()
            return taken
        }
    }

    private func start(_ process: ChildProcess, _ ended: @escaping @Sendable (pid_t, ProcessEnd) -> Void) -> Result<Running, Failure> {
        var pipes: [CInt] = [-1, -1]
        guard pipe2(&pipes, O_CLOEXEC | O_NONBLOCK) == 0 else { return .failure(DurableFile.refusal("make", "a pipe")) }
        // The child's end blocks, as programs expect of their standard error, and is open for reading too: so it never breaks. A node
        // that outlives us fills the pipe and then drops log lines, and whoever adopts it reads on.
        let output = open("/proc/self/fd/\(pipes[1])", O_RDWR | O_CLOEXEC)
        close(pipes[1])
        guard output >= 0 else {
            let failure = DurableFile.refusal("open", "a pipe (is /proc mounted?)")
            close(pipes[0])
            return .failure(failure)
        }
        defer { close(output) }
        _ = fcntl(output, Self.setPipeSize, Self.pipeSize)
        var lines: [String] = []
        var at = environ
        while let entry = at.pointee {
            let line = String(cString: entry)
            if !line.hasPrefix("LISTEN_"), !process.environment.keys.contains(where: { line.hasPrefix($0 + "=") }) { lines.append(line) }
            at += 1
        }
        lines += process.environment.map { "\($0)=\($1)" }
        if !process.listeners.isEmpty {
            lines.append("LISTEN_FDS=\(process.listeners.count)")
            lines.append("LISTEN_FDNAMES=" + process.listeners.map(\.name).joined(separator: ":"))
            lines.append("LISTEN_PID=00000000000")
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = ([process.program] + process.arguments).map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = lines.map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        // The child writes its own number over the zeros.
        let listenPid = process.listeners.isEmpty ? nil : environment[lines.count - 1].map { $0 + "LISTEN_PID=".utf8.count }
        let pid = linux_spawn(process.program, &arguments, &environment, process.listeners.map(\.descriptor), Int32(process.listeners.count), output, listenPid)
        guard pid > 0 else {
            let failure = DurableFile.refusal("start", process.program)
            close(pipes[0])
            return .failure(failure)
        }
        let end = linux_pidfd_open(pid)
        guard end >= 0 else {
            let failure = DurableFile.refusal("watch", "process \(pid)")
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            close(pipes[0])
            return .failure(failure)
        }
        return .success(Running(name: process.name, pid: pid, end: end, output: pipes[0], log: NodeLog(path: process.log), ended: ended))
    }

    /// Reads what is there; `once` reads one bufferful so that a chatty child cannot keep the others waiting.
    private func drain(_ child: inout Running, once: Bool) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while child.output >= 0 {
            let count = read(child.output, &buffer, buffer.count)
            if count > 0 {
                let lines = child.log.append(buffer[..<count])
                if !lines.isEmpty { echo(lines) }
                if once { return }
                continue
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            close(child.output)
            child.output = -1
        }
    }

    private func bury(_ child: inout Running) {
        var status: Int32 = 0
        var end = ProcessEnd.unknown
        switch waitpid(child.pid, &status, WNOHANG) {
        case child.pid: end = ProcessEnd(status: status)
        case -1: break
        default: return
        }
        drain(&child, once: false)
        let rest = child.log.finish()
        if !rest.isEmpty { echo(rest) }
        if child.output >= 0 { close(child.output) }
        close(child.end)
        child.end = -1
        child.ended(child.pid, end)
    }
}
