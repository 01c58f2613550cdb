// A server that says what it is told to, whatever it is asked: for what a client must not believe.
import CLinux
import Engine
import Glibc
import Synchronization

/// Accepts connections one after the other on a thread of its own. Each request is answered with the next line of the
/// script, until the script is used up; then everything is closed.
final class ScriptedServer: Sendable {
    enum Say: Sendable {
        /// These bytes, and the connection stays.
        case answer(String)
        /// These bytes one by one, and the connection stays.
        case drip(String)
        /// These bytes, and the connection ends.
        case answerAndClose(String)
        /// These bytes, then nothing for a second.
        case hang(String)
    }

    let address: Address
    private let listener: Listener
    private let accepted = Atomic<Int>(0)
    private let asked = Mutex<[String]>([])

    /// Connections accepted so far.
    var connections: Int { accepted.load(ordering: .relaxed) }
    /// The requests read so far.
    var requests: [String] { asked.withLock { $0 } }

    init(_ script: [Say]) throws {
        listener = try Listener.open(.tcp(host: "127.0.0.1", port: 0))
        address = listener.address
        _ = linux_fcntl(listener.descriptor, F_SETFL, 0)
        try Thread.start(name: "scripted") { [self] in play(script) }
    }

    private func play(_ script: [Say]) {
        var rest = script[...]
        while !rest.isEmpty {
            let connection = accept(listener.descriptor, nil, nil)
            guard connection >= 0 else { break }
            accepted.add(1, ordering: .relaxed)
            var held = ""
            serving: while true {
                while held.range(of: "\r\n\r\n") == nil {
                    var buffer = [UInt8](repeating: 0, count: 65536)
                    let count = recv(connection, &buffer, buffer.count, 0)
                    guard count > 0 else { break serving }
                    held += String(decoding: buffer[..<count], as: UTF8.self)
                }
                asked.withLock { $0.append(held) }
                held = ""
                guard let next = rest.popFirst() else { break }
                switch next {
                case .answer(let text): say(text, connection)
                case .drip(let text):
                    for byte in text.utf8 {
                        _ = [byte].withUnsafeBytes { send(connection, $0.baseAddress, 1, linux_msg_nosignal) }
                        usleep(200)
                    }
                case .answerAndClose(let text):
                    say(text, connection)
                    break serving
                case .hang(let text):
                    say(text, connection)
                    usleep(1_000_000)
                    break serving
                }
            }
            close(connection)
        }
        listener.close()
    }

    private func say(_ text: String, _ connection: CInt) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, linux_msg_nosignal) }
    }
}
