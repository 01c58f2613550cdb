// A plain thread, for work that blocks.
import CLinux
import Glibc

/// Threads of our own for calls that block; the loops and Swift's pool never run them.
package enum Thread {
    /// Starts a detached thread that runs `body` and ends.
    package static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let box = Unmanaged.passRetained(Body(name: name, body: body))
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { argument in
            guard let argument else { return nil }
            let box = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
            linux_name_thread(box.name)
            box.body()
            return nil
        }, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw SystemError("pthread_create", code: code)
        }
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = String(decoding: name.utf8.prefix(15), as: UTF8.self)
            self.body = body
        }
    }
}
