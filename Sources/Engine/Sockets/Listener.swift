// A listening socket: opened here, or taken over from the process that opened it.
import CLinux
import Glibc

/// How a listener is opened.
package struct ListenerOptions: Sendable {
    /// Connections the kernel holds until they are accepted. Default 1024 (the kernel caps it at `net.core.somaxconn`).
    package var backlog = 1024
    /// Permissions of a Unix socket. Default 0600.
    package var mode: UInt32 = 0o600
    /// Whether a Unix socket that nobody listens at any more is removed first. Default true.
    package var replacesStale = true
    /// Bytes of an answer that the kernel holds for a peer beyond what is on its way to it. Default 128 KiB: a reader that takes
    /// its time must not have megabytes copied on its behalf (as much as `net.ipv4.tcp_wmem` allows, else).
    package var unsentBytes = 131_072

    package init() {}
}

/// A listening socket. Closed by `close`, not by letting go of it: its descriptor may have been handed on.
package final class Listener: Sendable {
    package let descriptor: CInt
    /// Where it listens; the real port when 0 was asked for.
    package let address: Address

    /// The file of a Unix socket that was opened here.
    private let file: FileIdentity?

    private init(descriptor: CInt, address: Address, file: FileIdentity? = nil) {
        self.descriptor = descriptor
        self.address = address
        self.file = file
    }

    /// Opens a listener, exclusively: a port or socket that somebody else serves is refused with EADDRINUSE.
    package static func open(_ address: Address, options: ListenerOptions = ListenerOptions()) throws(SystemError) -> Listener {
        switch address {
        case .unix(let path): return try openUnix(path, options)
        case .tcp(let host, let port): return try openTCP(host, port, options)
        }
    }

    /// Takes over a descriptor that already listens, e.g. one handed on by a supervisor.
    package static func adopt(_ descriptor: CInt) throws(SystemError) -> Listener {
        var listening: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0, listening != 0 else {
            throw SystemError("descriptor \(descriptor) does not listen", code: ENOTSOCK)
        }
        _ = linux_fcntl(descriptor, F_SETFL, linux_fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK)
        _ = linux_fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return Listener(descriptor: descriptor, address: name(of: descriptor))
    }

    package static func adopt(fd: CInt) throws(SystemError) -> Listener { try adopt(fd) }

    /// Whether the Unix socket at `path` is this listener's, under whatever name it was bound: a successor may have put its own there.
    package func isBound(at path: String) -> Bool {
        guard let file else { return false }
        return FileIdentity(at: path) == file
    }

    /// Stops listening; a Unix socket's file is removed when `unlinking`.
    package func close(unlinking: Bool = false) {
        Glibc.close(descriptor)
        if unlinking, case .unix(let path) = address { unlink(path) }
    }

    private static func name(of descriptor: CInt) -> Address {
        var local = SocketAddress()
        _ = local.fill { getsockname(descriptor, $0, $1) }
        return local.address
    }

    private static func openTCP(_ host: String, _ port: Int, _ options: ListenerOptions) throws(SystemError) -> Listener {
        let wanted = host.isEmpty || host == "*" ? "0.0.0.0" : host
        var found = SocketAddress.numeric(wanted, port: port)
        if found == nil { found = try Resolver.lookUp(wanted, port: port).first }
        guard let address = found else { throw SystemError("resolve \(wanted)", code: EADDRNOTAVAIL) }
        let descriptor = socket(address.family, linux_sock_stream | linux_sock_cloexec | linux_sock_nonblock, 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        var one: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<CInt>.size))
        var unsent = CInt(clamping: options.unsentBytes)  // what is accepted inherits it
        setsockopt(descriptor, linux_ipproto_tcp, TCP_NOTSENT_LOWAT, &unsent, socklen_t(MemoryLayout<CInt>.size))
        guard address.with({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, CInt(options.backlog)) == 0 else {
            let error = SystemError("listen at \(Address.tcp(host: wanted, port: port))")
            Glibc.close(descriptor)
            throw error
        }
        return Listener(descriptor: descriptor, address: name(of: descriptor))
    }

    private static func openUnix(_ path: String, _ options: ListenerOptions) throws(SystemError) -> Listener {
        let descriptor = socket(AF_UNIX, linux_sock_stream | linux_sock_cloexec | linux_sock_nonblock, 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        do throws(SystemError) {
            try SocketAddress.reach(path) { (short) throws(SystemError) in
                let address = try SocketAddress.unix(short)
                if address.with({ bind(descriptor, $0, $1) }) != 0 {
                    guard errno == EADDRINUSE, options.replacesStale, isStale(address) else {
                        throw SystemError("listen at \(path)")
                    }
                    unlink(short)
                    guard address.with({ bind(descriptor, $0, $1) }) == 0 else { throw SystemError("listen at \(path)") }
                }
                chmod(short, mode_t(options.mode))
            }
            guard listen(descriptor, CInt(options.backlog)) == 0 else { throw SystemError("listen at \(path)") }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        return Listener(descriptor: descriptor, address: .unix(path), file: FileIdentity(at: path))
    }

    /// Whether nobody listens at this socket any more.
    private static func isStale(_ address: SocketAddress) -> Bool {
        let probe = socket(AF_UNIX, linux_sock_stream | linux_sock_cloexec | linux_sock_nonblock, 0)
        guard probe >= 0 else { return false }
        defer { Glibc.close(probe) }
        return address.with { connect(probe, $0, $1) } != 0 && errno == ECONNREFUSED
    }
}
