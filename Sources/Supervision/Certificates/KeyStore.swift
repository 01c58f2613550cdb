// The keys directory: the private authority, every node's certificate, the public one, and the keys balancers share.
import Control
import Digests
import Glibc
import Wire

/// Makes what is missing, renews what ages, leaves alone what somebody else installed. Files are 0600 and replaced whole.
package struct KeyStore: Sendable {
    let state: StateDirectory
    /// Seconds since 1970; a test moves it.
    var now: @Sendable () -> Int = { Clock.seconds() }

    /// How long a key seals TLS session tickets.
    var ticketPeriod: Duration

    static let nodeDays = 30
    /// A node's certificate is replaced when fewer days than these are left: 20 days after it was made.
    static let nodeRenewal = 10
    static let publicDays = 397
    static let publicRenewal = 60
    static let authorityDays = 3650

    package init(_ state: StateDirectory, ticketPeriod: Duration = .seconds(12 * 3600)) {
        self.state = state
        self.ticketPeriod = ticketPeriod
    }

    /// Everything a fleet needs before its nodes start: authority, public certificate for `name`, shared keys, each node's pair.
    /// Answers the nodes (`public` for the public one) whose certificate was made or renewed.
    @discardableResult
    package func prepare(name: String, nodes: [(name: String, tier: Tier)]) throws(Failure) -> [String] {
        for path in [state.stickyKey, state.linkKey] { try ensureSecret(path, 32) }
        try rotateTickets()
        let authority = try authority()
        var renewed: [String] = []
        if try ensurePublic(name, authority) { renewed.append("public") }
        for node in nodes where try ensureNode(node.name, node.tier, authority) { renewed.append(node.name) }
        return renewed
    }

    /// A node that joined later.
    package func prepare(node: String, tier: Tier) throws(Failure) {
        _ = try ensureNode(node, tier, try authority())
    }

    /// A node that left takes its keys along.
    package func remove(node: String) {
        unlink(state.key(of: node))
        unlink(state.certificate(of: node))
    }

    private typealias Authority = (certificate: Certificate, key: KeyPair)

    private func authority() throws(Failure) -> Authority {
        if let key = try DurableFile.read(state.authorityKey), let certificate = try DurableFile.read(state.authorityCertificate) {
            return (try Certificate(pem: certificate, name: state.authorityCertificate), try KeyPair(pem: key, name: state.authorityKey))
        }
        let key = try KeyPair.make()
        let certificate = try Certificate.issue(.init(commonName: "Fitech private authority \(Identifier.make().prefix(6))", purpose: .authority, days: Self.authorityDays), key: key, now: now())
        try DurableFile.write(try key.pem(), to: state.authorityKey)
        try DurableFile.write(try certificate.pem(), to: state.authorityCertificate)
        return (certificate, key)
    }

    private func ensureNode(_ node: String, _ tier: Tier, _ authority: Authority) throws(Failure) -> Bool {
        let request = Certificate.Request(commonName: node, unit: tier.rawValue, purpose: .node, names: [node, "localhost", "127.0.0.1", "::1"], days: Self.nodeDays)
        return try ensure(request, key: state.key(of: node), certificate: state.certificate(of: node), authority, renewal: Self.nodeRenewal) {
            $0.subject("OU") == tier.rawValue && $0.subject("CN") == node
        }
    }

    private func ensurePublic(_ name: String, _ authority: Authority) throws(Failure) -> Bool {
        // One that somebody installed (not signed by our authority) is theirs to renew.
        if let pem = try DurableFile.read(state.publicCertificate), let certificate = try? Certificate(pem: pem, name: state.publicCertificate),
            let key = try DurableFile.read(state.publicKey), let pair = try? KeyPair(pem: key, name: state.publicKey),
            !certificate.belongs(to: pair, signedBy: authority.key) { return false }
        var names = [name]
        for more in ["localhost", "127.0.0.1", "::1"] where more != name { names.append(more) }
        let request = Certificate.Request(commonName: name, purpose: .public, names: names, days: Self.publicDays)
        return try ensure(request, key: state.publicKey, certificate: state.publicCertificate, authority, renewal: Self.publicRenewal) { certificate in
            names.allSatisfy { certificate.covers($0) }
        }
    }

    /// The key stays when a certificate is renewed, so that only one file changes and no reader ever sees a pair that does not fit.
    private func ensure(
        _ request: Certificate.Request, key keyPath: String, certificate path: String, _ authority: Authority, renewal: Int, fits: (Certificate) -> Bool
    ) throws(Failure) -> Bool {
        var key: KeyPair?
        if let pem = try DurableFile.read(keyPath) { key = try? KeyPair(pem: pem, name: keyPath) }
        if let key, let pem = try DurableFile.read(path), let certificate = try? Certificate(pem: pem, name: path),
            certificate.belongs(to: key, signedBy: authority.key), certificate.expires - now() > renewal * 86_400, certificate.starts <= now(), fits(certificate) {
            return false
        }
        let pair: KeyPair
        if let key { pair = key } else {
            pair = try KeyPair.make()
            try DurableFile.write(try pair.pem(), to: keyPath)
        }
        let certificate = try Certificate.issue(request, key: pair, issuer: authority, now: now())
        try DurableFile.write(try certificate.pem(), to: path)
        return true
    }

    private func ensureSecret(_ path: String, _ count: Int) throws(Failure) {
        if let bytes = try DurableFile.read(path), bytes.count == count { return }
        try DurableFile.write(RandomBytes.make(count), to: path)
    }
}

/// The wall clock.
enum Clock {
    static func seconds() -> Int { milliseconds() / 1000 }

    /// Milliseconds since 1970, UTC.
    static func milliseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }
}
