// The public listeners: opened once and exclusively by the supervisor, handed on to every balancer.
import Control
import Engine
import Glibc
import Logging
import Wire

enum PublicPorts {
    typealias Open = (name: String, listener: Listener)

    /// Opens what `listen` names, when there are balancers to serve it, or takes it from what balancers that live on still serve: not
    /// a connection is refused meanwhile. A taken port refuses the start and names its holder.
    static func open(_ configuration: Configuration, _ fleet: FleetState, surviving balancers: [Survivor], _ state: StateDirectory, _ log: Logger) throws(Failure) -> [Open] {
        var inherited = handedOver(by: balancers, state, log)
        defer { for listener in inherited.values { listener.close() } }
        guard !fleet.nodes(of: .balancer).isEmpty else { return [] }
        var opened: [Open] = []
        for (name, address) in [("https", configuration.listen.https), ("http", configuration.listen.http)] {
            guard let address else { continue }
            if let listener = inherited[name], isThere(listener.address, address) {
                inherited[name] = nil
                opened.append((name, listener))
                continue
            }
            do throws(SystemError) {
                opened.append((name, try Listener.open(.tcp(host: address.host, port: address.port))))
            } catch {
                for (_, listener) in opened { listener.close() }
                throw refusal(name, address, error.code)
            }
        }
        return opened
    }

    /// What the first balancer that answers gives.
    private static func handedOver(by balancers: [Survivor], _ state: StateDirectory, _ log: Logger) -> [String: Listener] {
        for balancer in balancers where balancer.holdsSocket {
            do throws(SystemError) {
                return try listeners(of: balancer, state)
            } catch {
                // It hangs, and would keep the ports from its successors.
                log.warning("\(balancer.name) (process \(balancer.pid)) hands over no listeners and is killed: \(error)")
                kill(balancer.pid, SIGKILL)
            }
        }
        // The rest retire, and have closed theirs, or are about to start, and will offer them in a moment.
        var others = balancers.filter { !$0.holdsSocket }
        for _ in 0..<30 where !others.isEmpty {
            for balancer in others { if let found = try? listeners(of: balancer, state) { return found } }
            usleep(100_000)
            others.removeAll { Survivors.hasEnded($0.end) }
        }
        return [:]
    }

    private static func listeners(of balancer: Survivor, _ state: StateDirectory) throws(SystemError) -> [String: Listener] {
        var listeners: [String: Listener] = [:]
        for (name, descriptor) in try ListenerHandover.ask(at: state.listeners(of: balancer.pid)) { listeners[name] = try Listener.adopt(descriptor) }
        return listeners
    }

    private static func isThere(_ address: Address, _ wanted: HostPort) -> Bool {
        guard case .tcp(let host, let port) = address else { return false }
        return host == (wanted.host.isEmpty || wanted.host == "*" ? "0.0.0.0" : wanted.host) && (wanted.port == 0 || wanted.port == port)
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
