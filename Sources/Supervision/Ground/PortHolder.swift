// Who listens on a port, so that a refusal can name the process: the socket's inode from /proc/net/tcp, looked for in /proc/*/fd.
import Glibc
import Wire

enum PortHolder {
    /// `nginx (process 812)`, or nil when nobody listens there or the holder belongs to another user.
    static func name(port: Int) -> String? {
        let inodes = Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listening(in: text($0), port: port) })
        guard !inodes.isEmpty else { return nil }
        let links = inodes.map { "socket:[\($0)]" }
        for process in (try? StateGround.entries("/proc")) ?? [] where process.utf8.allSatisfy({ (48...57).contains($0) }) {
            for file in (try? StateGround.entries("/proc/\(process)/fd")) ?? [] {
                guard let target = link("/proc/\(process)/fd/\(file)"), links.contains(target) else { continue }
                let command = text("/proc/\(process)/comm").split(separator: "\n").first.map(String.init) ?? "a program"
                return "\(command) (process \(process))"
            }
        }
        return nil
    }

    /// Inodes of listening sockets (state 0A) on `port`, from the text of /proc/net/tcp or tcp6.
    static func listening(in table: String, port: Int) -> [String] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let cells = line.split(separator: " ")
            guard cells.count > 9, cells[3] == "0A", let hex = cells[1].split(separator: ":").last, Int(hex, radix: 16) == port else { return nil }
            return String(cells[9])
        }
    }

    private static func text(_ path: String) -> String {
        String(decoding: ((try? DurableFile.read(path)) ?? nil) ?? [], as: UTF8.self)
    }

    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
