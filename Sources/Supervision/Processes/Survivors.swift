// The nodes of a supervisor that was killed: they live on, and are found by what their processes say of themselves.
import CLinux
import Control
import Engine
import Glibc
import Wire

/// A process that runs a node of a state directory and was started by a supervisor that is gone.
struct Survivor: Sendable, Equatable {
    var name: String
    var tier: Tier
    var pid: Int32
    /// Readable when it ends; ours to close.
    var end: CInt
    /// It was started to take a node over.
    var isSuccessor: Bool
    /// The file it runs.
    var program: FileIdentity?
    /// What its configuration came to when it was started (`Fingerprint`).
    var fingerprint: String
    /// `run/NAME.sock` leads to it.
    var holdsSocket: Bool
}

enum Survivors {
    /// The variable of the environment that says with which configuration a node was started, and that a supervisor did it.
    static let mark = "FITECH_FINGERPRINT"

    /// Every living process of this state directory that a supervisor started, in the order of their numbers. Files are not asked:
    /// a supervisor may be killed between a start and the writing of any file.
    static func find(_ state: StateDirectory) throws(Failure) -> [Survivor] {
        var found: [Survivor] = []
        for number in try StateGround.entries("/proc").compactMap({ Int32($0) }).sorted() where number > 1 && number != getpid() {
            guard names(number, state) != nil else { continue }
            let end = linux_pidfd_open(number)
            guard end >= 0 else { continue }
            // Looked at again: only now the number cannot become somebody else's unseen.
            guard !hasEnded(end), let (name, tier, isSuccessor) = names(number, state), let fingerprint = fingerprint(number) else {
                close(end)
                continue
            }
            found.append(
                Survivor(
                    name: name, tier: tier, pid: number, end: end, isSuccessor: isSuccessor, program: FileIdentity(at: "/proc/\(number)/exe"),
                    fingerprint: fingerprint, holdsSocket: listener(at: state.socket(of: name)) == number))
        }
        return found
    }

    /// Ends them all: SIGTERM, and SIGKILL after `limit` milliseconds. Balancers first, data last, as `fitech up` does.
    static func end(_ survivors: [Survivor], within limit: Int = 5000) {
        for tiers in [[Tier.balancer], [.web, .reporting], [.management, .data]] {
            let some = survivors.filter { tiers.contains($0.tier) }
            for survivor in some { kill(survivor.pid, SIGTERM) }
            wait(for: some, limit)
            for survivor in some where !hasEnded(survivor.end) { kill(survivor.pid, SIGKILL) }
            wait(for: some, 2000)
            for survivor in some { close(survivor.end) }
        }
    }

    private static func wait(for survivors: [Survivor], _ limit: Int) {
        for _ in 0..<max(1, limit / 20) where survivors.contains(where: { !hasEnded($0.end) }) { usleep(20_000) }
    }

    static func hasEnded(_ process: CInt) -> Bool {
        var polled = pollfd(fd: process, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) > 0
    }

    /// Its command line: `fitech web --config FILE --state DIR --node NAME ...`. Empty for a process that has ended.
    private static func names(_ number: Int32, _ state: StateDirectory) -> (name: String, tier: Tier, isSuccessor: Bool)? {
        let words = list("/proc/\(number)/cmdline")
        guard words.count > 5, let tier = Tier(rawValue: words[1]), let at = words.firstIndex(of: "--state"), at + 1 < words.count, words[at + 1] == state.path,
            let node = words.firstIndex(of: "--node"), node + 1 < words.count
        else { return nil }
        return (words[node + 1], tier, words.contains("--successor"))
    }

    private static func fingerprint(_ number: Int32) -> String? {
        list("/proc/\(number)/environ").first { $0.hasPrefix(mark + "=") }.map { String($0.dropFirst(mark.utf8.count + 1)) }
    }

    private static func list(_ path: String) -> [String] {
        // Gone meanwhile, or another user's: not ours either way.
        let bytes = ((try? DurableFile.read(path)) ?? nil) ?? []
        return bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The process that listens at a Unix socket; 0 when nobody does.
    private static func listener(at path: String) -> Int32 {
        let descriptor = socket(AF_UNIX, linux_sock_stream | linux_sock_cloexec | linux_sock_nonblock, 0)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        for _ in 0..<100 {
            let connected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
            }
            if connected == 0 { return linux_peer_process(descriptor) }
            // A full backlog: somebody listens, who is told when there is room.
            guard errno == EAGAIN else { break }
            usleep(10_000)
        }
        return 0
    }
}
