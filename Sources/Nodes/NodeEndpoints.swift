// How to reach another node of the fleet: its Unix socket here, mutual TLS elsewhere; certificates renewed meanwhile.

import CLinux
import Control
import Engine
import Glibc
import Logging
import Synchronization
import Wire

extension Node {
    /// Where another node listens privately. One without a socket in this state directory runs on another machine: it
    /// is reached at the address of its `listen` key, both ends showing certificates of the private authority.
    package func endpoint(of other: FleetNode) throws(Failure) -> Endpoint {
        if other.address.hasPrefix("unix:") {
            let path = String(other.address.dropFirst(5))
            guard access(path, F_OK) != 0, let address = configuration.node(other.name)?.listen else {
                return Endpoint(address: .unix(path))
            }
            return try secured(address, other.name)
        }
        guard let address = HostPort(other.address) else {
            throw .fault("The address \"\(other.address)\" of \(other.name) is neither unix:PATH nor HOST:PORT.", hint: "Correct the fleet's configuration.")
        }
        return try secured(address, other.name)
    }

    private func secured(_ address: HostPort, _ other: String) throws(Failure) -> Endpoint {
        let context: TLSClientContext
        do throws(TLSError) {
            context = try shared.withLock { (shared) throws(TLSError) -> TLSClientContext in
                if let known = shared.clientContexts[other] { return known }
                let made = try TLSClientContext(
                    authority: state.authorityCertificate, certificateFile: state.certificate(of: name),
                    keyFile: state.key(of: name), name: other)
                shared.clientContexts[other] = made
                return made
            }
        } catch {
            throw .fault("The certificate of \(name) cannot be used: \(error).", hint: "Look at \(state.keys).")
        }
        return Endpoint(address: .tcp(host: address.host, port: address.port), tls: context)
    }

    /// Looks once a minute whether the supervisor has renewed the certificates; new connections then use them.
    func watchCertificates(_ server: TLSServerContext) {
        guard let loop = loops.first else { return }
        loop.spawn { [weak self] loop in
            while let node = self, !node.isStopping {
                await loop.sleep(.seconds(60))
                do throws(TLSError) {
                    _ = try server.reloadIfChanged()
                    for context in node.shared.withLock({ Array($0.clientContexts.values) }) { _ = try context.reloadIfChanged() }
                } catch {
                    node.log.warning("renewed certificates cannot be read yet", metadata: ["reason": "\(error)"])
                }
            }
        }
    }
}
