// The sockets pings go out by: datagram where the kernel allows it, else raw, else a TCP connection in their place.
import CLinux
import Glibc

/// How hosts are pinged here. Which one it is depends on what the process may do, and is shown beside the results.
package enum PingMethod: String, Sendable {
    /// `SOCK_DGRAM` ICMP, allowed by net.ipv4.ping_group_range.
    case datagram
    /// `SOCK_RAW` ICMP, needs CAP_NET_RAW.
    case raw
    /// A TCP connection: an answer of any kind, a refusal too, shows that the host is there.
    case connect
}

/// A place to ping or to connect to.
package struct ProbeAddress: Hashable, Sendable {
    var bytes: [UInt8]

    var family: Int32 { bytes.count >= 2 ? Int32(UInt16(bytes[0]) | UInt16(bytes[1]) << 8) : 0 }
    var isIPv6: Bool { family == AF_INET6 }

    func with<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        // Copied into storage that is aligned for any family.
        var storage = sockaddr_storage()
        return withUnsafeMutableBytes(of: &storage) { raw in
            raw.copyBytes(from: bytes.prefix(raw.count))
            guard let base = raw.baseAddress else { preconditionFailure("storage of a local variable has an address") }
            return body(UnsafePointer(base.assumingMemoryBound(to: sockaddr.self)), socklen_t(min(bytes.count, raw.count)))
        }
    }

    /// The IP address alone, to compare where a reply came from.
    var host: [UInt8] {
        switch family {
        case AF_INET: Array(bytes[4..<8])
        case AF_INET6: Array(bytes[8..<24])
        default: bytes
        }
    }

    init(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) {
        bytes = Array(UnsafeRawBufferPointer(start: address, count: Int(length)))
    }

    /// A Unix socket; nil when the path is too long for the kernel (107 bytes).
    init?(unix path: String) {
        let name = Array(path.utf8)
        guard !name.isEmpty, name.count <= 107 else { return nil }
        bytes = [UInt8(AF_UNIX), 0] + name + [0]
    }

    /// Looks a host up; blocks, so only on a thread for it.
    static func resolve(_ host: String, port: Int) throws -> ProbeAddress {
        var hints = addrinfo(), list: UnsafeMutablePointer<addrinfo>?
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        let code = getaddrinfo(host, String(port), &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard code == 0, let first = list else { throw ResolveFailure(reason: "no address for \(host): \(String(cString: gai_strerror(code)))") }
        return ProbeAddress(first.pointee.ai_addr, first.pointee.ai_addrlen)
    }

    struct ResolveFailure: Error { var reason: String }
}

/// One open ICMP socket.
struct PingSocket {
    let descriptor: Int32
    let method: PingMethod
    let family: ICMPEcho.Family
    private let identifier = UInt16(truncatingIfNeeded: getpid())

    /// The best this process may open; nil when it may open neither kind.
    init?(_ family: ICMPEcho.Family) {
        let domain = family == .ipv4 ? AF_INET : AF_INET6
        let number = Int32(family == .ipv4 ? IPPROTO_ICMP : Int(IPPROTO_ICMPV6))
        let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        self.family = family
        let datagram = socket(domain, Int32(SOCK_DGRAM.rawValue) | flags, number)
        if datagram >= 0 {
            (descriptor, method) = (datagram, .datagram)
            return
        }
        let raw = socket(domain, Int32(SOCK_RAW.rawValue) | flags, number)
        guard raw >= 0 else { return nil }
        (descriptor, method) = (raw, .raw)
    }

    /// Sends one echo; the answer is nil or what the kernel said.
    func send(_ echo: ICMPEcho, to address: ProbeAddress) -> String? {
        let bytes = echo.request(family, identifier: identifier)
        let sent = address.with { sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, $1) }
        return sent == bytes.count ? nil : String(cString: strerror(errno))
    }

    /// The next echo reply waiting in the socket, with where it came from.
    func receive() -> (ICMPEcho, ProbeAddress)? {
        var buffer = [UInt8](repeating: 0, count: 2048)
        while true {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let (count, source) = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    let count = recvfrom(descriptor, &buffer, buffer.count, 0, address, &length)
                    return (count, ProbeAddress(address, count >= 0 ? length : 0))
                }
            }
            guard count >= 0 else {
                // An ICMP error for one host must not hide replies of others.
                if errno == EINTR || errno == EHOSTUNREACH || errno == ENETUNREACH || errno == ECONNREFUSED { continue }
                return nil
            }
            if let echo = ICMPEcho(reply: Array(buffer[..<count]), family, hasIPHeader: family == .ipv4 && method == .raw) {
                return (echo, source)
            }
        }
    }
}
