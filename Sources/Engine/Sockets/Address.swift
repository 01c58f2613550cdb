// Where a listener stands or a peer is found: a Unix socket or a TCP port.
import CLinux
import Glibc

/// A place to listen at or to connect to.
package enum Address: Hashable, Sendable, CustomStringConvertible {
    /// The path of a Unix socket.
    case unix(String)
    /// A host name or a numeric IPv4 or IPv6 address (without brackets), and a port.
    case tcp(host: String, port: Int)

    /// `unix:/run/web-1.sock` or `127.0.0.1:8443`, `[::1]:8443`.
    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    /// Reads what `description` writes; a path that begins with `/` or `.` is a Unix socket too. Nil when it is neither.
    package init?(_ text: String) {
        if text.hasPrefix("unix:") {
            self = .unix(String(text.dropFirst(5)))
            return
        }
        if text.hasPrefix("/") || text.hasPrefix("./") {
            self = .unix(text)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            port >= 0, port < 65536
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        self = .tcp(host: String(host), port: port)
    }
}

/// A socket address as the kernel takes it.
struct SocketAddress: Sendable {
    var storage: sockaddr_storage
    var length: socklen_t

    init() {
        storage = sockaddr_storage()
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    }

    var family: CInt { CInt(storage.ss_family) }

    func with<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    mutating func fill(_ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt) -> CInt {
        withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { base in
                withUnsafeMutablePointer(to: &length) { body(base, $0) }
            }
        }
    }

    /// A Unix socket's address. The kernel takes 107 bytes of path; `reach` makes longer ones fit.
    static func unix(_ path: String) throws(SystemError) -> SocketAddress {
        var result = SocketAddress()
        let bytes = Array(path.utf8)
        guard bytes.count <= 107, !bytes.isEmpty else { throw SystemError("socket path \(path)", code: ENAMETOOLONG) }
        result.storage.ss_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &result.storage) { raw in
            for (index, byte) in bytes.enumerated() { raw[2 + index] = byte }
        }
        result.length = socklen_t(2 + bytes.count + 1)
        return result
    }

    /// Calls `body` with a path to the same socket short enough for the kernel: a long one goes through an open
    /// descriptor of its directory.
    static func reach<R>(_ path: String, _ body: (String) throws(SystemError) -> R) throws(SystemError) -> R {
        if path.utf8.count <= 107 { return try body(path) }
        let cut = path.lastIndex(of: "/") ?? path.startIndex
        let directory = open(String(path[..<cut]), linux_o_path | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw SystemError("open \(path[..<cut])") }
        defer { close(directory) }
        return try body("/proc/self/fd/\(directory)\(path[cut...])")
    }

    /// The address of a numeric host; nil when `host` is a name.
    static func numeric(_ host: String, port: Int) -> SocketAddress? {
        var result = SocketAddress()
        let found: Bool = withUnsafeMutablePointer(to: &result.storage) { pointer in
            let four = pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                address.pointee.sin_port = in_port_t(port).bigEndian
                return inet_pton(AF_INET, host, &address.pointee.sin_addr) == 1
            }
            if four {
                pointer.pointee.ss_family = sa_family_t(AF_INET)
                return true
            }
            let six = pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                address.pointee = sockaddr_in6()
                address.pointee.sin6_port = in_port_t(port).bigEndian
                return inet_pton(AF_INET6, host, &address.pointee.sin6_addr) == 1
            }
            if six { pointer.pointee.ss_family = sa_family_t(AF_INET6) }
            return six
        }
        guard found else { return nil }
        result.length = socklen_t(result.family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size)
        return result
    }

    /// The numeric host and port; `unix` and the path (empty for an unnamed peer) for a Unix socket.
    var address: Address {
        withUnsafeBytes(of: storage) { raw in
            switch family {
            case AF_INET:
                let host = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
                    text[0] = 0
                    inet_ntop(AF_INET, raw.baseAddress?.advanced(by: 4), text.baseAddress, 64)
                    return text.baseAddress.map { String(cString: $0) } ?? ""
                }
                return .tcp(host: host, port: Int(raw[2]) << 8 | Int(raw[3]))
            case AF_INET6:
                let host = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
                    text[0] = 0
                    inet_ntop(AF_INET6, raw.baseAddress?.advanced(by: 8), text.baseAddress, 64)
                    return text.baseAddress.map { String(cString: $0) } ?? ""
                }
                return .tcp(host: host.hasPrefix("::ffff:") && host.contains(".") ? String(host.dropFirst(7)) : host,
                    port: Int(raw[2]) << 8 | Int(raw[3]))
            default:
                let bytes = raw[2..<max(2, min(Int(length), raw.count))].prefix { $0 != 0 }
                return .unix(String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
