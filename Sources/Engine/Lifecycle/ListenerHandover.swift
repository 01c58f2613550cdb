// Listening sockets given from process to process over a Unix socket (SCM_RIGHTS, unix(7)): how a supervisor that starts anew
// gets back what the balancers it finds still serve.
import CLinux
import Glibc

package enum ListenerHandover {
    /// Listeners at most, as with LISTEN_FDS.
    private static let most = 16

    /// Gives these listeners to whoever of the same user (or root) connects to the Unix socket at `path`, until `close`.
    package static func offer(_ listeners: [(name: String, descriptor: CInt)], at path: String) throws(SystemError) -> Offer {
        unlink(path)
        let listener = try Listener.open(.unix(path))
        let bell = eventfd(0, CInt(EFD_CLOEXEC))
        guard bell >= 0 else { throw SystemError("eventfd") }
        let names = Array(listeners.map(\.name).joined(separator: ":").utf8)
        let descriptors = Array(listeners.prefix(most).map(\.descriptor))
        try Thread.start(name: "listeners") {
            var polled = [pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
            while true {
                guard poll(&polled, 2, -1) >= 0 else { continue }
                if polled[1].revents != 0 { break }
                let asking = accept4(listener.descriptor, nil, nil, linux_sock_cloexec)
                guard asking >= 0 else { continue }
                var pid: CInt = 0
                var user: UInt32 = .max
                linux_peer_credentials(asking, &pid, &user)
                if user == geteuid() || user == 0 { _ = linux_send_descriptors(asking, descriptors, CInt(descriptors.count), names, names.count) }
                Glibc.close(asking)
            }
            listener.close(unlinking: true)
            Glibc.close(bell)
        }
        return Offer(bell: bell)
    }

    /// An offer that stands until it is closed.
    package struct Offer: Sendable {
        fileprivate let bell: CInt

        /// Ends the offer; call it once. The listeners themselves are their owner's.
        package func close() {
            var one: UInt64 = 1
            _ = write(bell, &one, 8)
        }
    }

    /// Asks for what is offered at `path`: descriptors of our own by their names. Throws when nobody gives any within `limit` seconds.
    package static func ask(at path: String, limit: Int = 2) throws(SystemError) -> [String: CInt] {
        let descriptor = socket(AF_UNIX, linux_sock_stream | linux_sock_cloexec, 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        defer { Glibc.close(descriptor) }
        var patience = timeval(tv_sec: limit, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        try SocketAddress.reach(path) { (short) throws(SystemError) in
            let address = try SocketAddress.unix(short)
            guard address.with({ connect(descriptor, $0, $1) }) == 0 else { throw SystemError("connect to \(path)") }
        }
        var descriptors = [CInt](repeating: -1, count: most)
        var count = CInt(most)
        var text = [UInt8](repeating: 0, count: 1024)
        let length = linux_receive_descriptors(descriptor, &descriptors, &count, &text, text.count)
        guard length > 0, count > 0 else { throw SystemError("receive listeners at \(path)", code: length < 0 ? errno : ENODATA) }
        let names = String(decoding: text[..<length], as: UTF8.self).split(separator: ":").map(String.init)
        var found: [String: CInt] = [:]
        for index in 0..<Int(count) {
            if index < names.count, found[names[index]] == nil { found[names[index]] = descriptors[index] } else { Glibc.close(descriptors[index]) }
        }
        return found
    }
}
