// The public listeners: opened once and exclusively by the supervisor, handed on to every balancer.
import Control
import Engine
import Glibc
import Wire

enum PublicPorts {
    typealias Open = (name: String, listener: Listener)

    /// Opens what `listen` names, when there are balancers to serve it. A taken port refuses the start and names its holder.
    static func open(_ configuration: Configuration, _ fleet: FleetState) throws(Failure) -> [Open] {
        guard !fleet.nodes(of: .balancer).isEmpty else { return [] }
        var opened: [Open] = []
        for (name, address) in [("https", configuration.listen.https), ("http", configuration.listen.http)] {
            guard let address else { continue }
            do throws(SystemError) {
                opened.append((name, try Listener.open(.tcp(host: address.host, port: address.port))))
            } catch {
                for (_, listener) in opened { listener.close() }
                throw refusal(name, address, error.code)
            }
        }
        return opened
    }

    private static func refusal(_ name: String, _ address: HostPort, _ code: CInt) -> Failure {
        let change = "or choose another with --set listen.\(name)=\(address.host):PORT (0 lets the kernel choose)."
        switch code {
        case EADDRINUSE:
            let holder = PortHolder.name(port: address.port)
            return Failure(
                whose: .client, retry: .never, status: 409, code: "port-taken", reason: "Port \(address.port) (listen.\(name)) is taken by \(holder ?? "another user's process").",
                hint: "Stop it, \(change)")
        case EACCES:
            return Failure(
                whose: .client, retry: .never, status: 403, code: "port-forbidden", reason: "Port \(address.port) (listen.\(name)) is reserved for root.",
                hint: "Give the program the right to it (setcap cap_net_bind_service+ep), \(change)")
        case EADDRNOTAVAIL:
            return Failure(
                whose: .client, retry: .never, status: 400, code: "address-not-here", reason: "\(address.host) (listen.\(name)) is no address of this machine.",
                hint: "Write 0.0.0.0:\(address.port) for all of its addresses.")
        default:
            return .fault("\(address) (listen.\(name)) cannot be opened: \(String(cString: strerror(code))).", hint: "Check the address.")
        }
    }

    /// `https://NAME:PORT` with the real port; clear HTTP when there is no `https`.
    static func url(_ configuration: Configuration, _ listeners: [Open]) -> String? {
        for scheme in ["https", "http"] {
            if let found = listeners.first(where: { $0.name == scheme }), case .tcp(_, let port) = found.listener.address {
                return "\(scheme)://\(HostPort(host: configuration.name, port: port))"
            }
        }
        return nil
    }
}
