// Host names to addresses, never on a loop's thread: getaddrinfo blocks.
import CLinux
import Glibc

enum Resolver {
    /// The addresses of `host`, in the order the system prefers. Numeric hosts are answered at once; names are looked
    /// up on a thread of their own.
    static func resolve(_ host: String, port: Int) async throws(SystemError) -> [SocketAddress] {
        if let numeric = SocketAddress.numeric(host, port: port) { return [numeric] }
        let found: Result<[SocketAddress], SystemError> = await withUnsafeContinuation { continuation in
            do throws(SystemError) {
                try Thread.start(name: "resolver") {
                    do throws(SystemError) {
                        continuation.resume(returning: .success(try lookUp(host, port: port)))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try found.get()
    }

    /// The same, blocking.
    static func lookUp(_ host: String, port: Int) throws(SystemError) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = linux_sock_stream
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            throw SystemError("resolve \(host) (\(String(cString: gai_strerror(code))))", code: EADDRNOTAVAIL)
        }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        while let entry = next {
            var address = SocketAddress()
            address.length = entry.pointee.ai_addrlen
            withUnsafeMutableBytes(of: &address.storage) { raw in
                raw.copyMemory(from: UnsafeRawBufferPointer(start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen)))
            }
            found.append(address)
            next = entry.pointee.ai_next
        }
        return found
    }
}
