// The public listeners: handed over by the supervisor, else opened as `listen` says.
import Control
import Engine
import Wire

struct PublicListeners {
    var https: Listener?
    var http: Listener?

    /// With the names LISTEN_FDS gives them.
    var all: [(name: String, descriptor: CInt)] {
        [("https", https), ("http", http)].compactMap { name, listener in listener.map { (name, $0.descriptor) } }
    }

    /// Adopts what `LISTEN_FDS` names `https` and `http`; opens the rest of what the configuration asks for.
    static func open(_ listen: Configuration.Listen) throws(Failure) -> PublicListeners {
        let inherited = InheritedListeners.take()
        var found = PublicListeners()
        found.https = try one("https", inherited, listen.https)
        found.http = try one("http", inherited, listen.http)
        guard found.https != nil || found.http != nil else {
            throw .invalid(
                "There is nothing to listen at.", hint: "Write listen: {https: 0.0.0.0:8443} into the configuration, or hand listeners over.",
                code: "no-listener")
        }
        return found
    }

    private static func one(_ name: String, _ inherited: [String: CInt], _ wanted: HostPort?) throws(Failure) -> Listener? {
        do throws(SystemError) {
            if let descriptor = inherited[name] { return try Listener.adopt(descriptor) }
            guard let wanted else { return nil }
            return try Listener.open(.tcp(host: wanted.host, port: wanted.port))
        } catch {
            throw .fault(
                "The \(name) listener\(wanted.map { " \($0)" } ?? "") cannot be opened: \(error).",
                hint: "See who holds the port (ss -ltnp), or choose another with --set listen.\(name)=HOST:PORT.")
        }
    }
}

extension Listener {
    /// The TCP port it really listens at; nil for a Unix socket.
    var port: Int? { if case .tcp(_, let port) = address { port } else { nil } }
}
