// Which pages of this portal may use passkeys, and the name that passkeys made there are bound to (WebAuthn calls it the RP ID).
import Wire

package struct PasskeyOrigins: Sendable {
    package enum Site: Sendable, Equatable {
        /// The host name passkeys made here are bound to.
        case offered(String)
        /// This build has no libfido2.
        case notBuilt
        /// The page was reached by an address of numbers, which browsers allow no passkeys for.
        case numbers(String)
        /// Not one of the public addresses of this portal.
        case foreign(String)
    }

    private let names: Set<String>
    /// `.example` for all names of a domain, one label deep, as the balancers serve them.
    private let domains: [String]
    private let port: Int

    /// - Parameters:
    ///   - aliases: host names; `*.` first for all names of a domain.
    ///   - publicURL: `https://localhost:8443`: tells the port; pages at the usual one are the portal's, too, because a router before it
    ///     may give it another.
    package init(name: String, aliases: [String] = [], publicURL: String) {
        let known = [name, "localhost"] + aliases
        names = Set(known.filter { !$0.hasPrefix("*.") }.map { $0.lowercased() })
        domains = known.filter { $0.hasPrefix("*.") }.map { String($0.dropFirst()).lowercased() }
        port = Self.parts(publicURL)?.port ?? 443
    }

    /// What an origin like `https://localhost:8443` means for passkeys.
    package func site(of origin: String) -> Site {
        guard Passkeys.areBuilt else { return .notBuilt }
        guard origin.utf8.count <= 300, let (host, port) = Self.parts(origin) else { return .foreign(String(origin.prefix(100))) }
        if host.hasPrefix("[") || IPAddress(host) != nil { return .numbers(host) }
        guard port == 443 || port == self.port, names.contains(host) || isInDomain(host) else { return .foreign(String(origin.prefix(100))) }
        return .offered(host)
    }

    private func isInDomain(_ host: String) -> Bool {
        guard let dot = host.firstIndex(of: "."), dot != host.startIndex else { return false }
        return domains.contains { $0 == host[dot...] }
    }

    /// Host and port of a text that is `https://HOST` or `https://HOST:PORT`, as browsers write origins: small letters, nothing behind.
    private static func parts(_ origin: String) -> (host: String, port: Int)? {
        guard origin.hasPrefix("https://") else { return nil }
        let rest = origin.dropFirst("https://".count)
        let bracket = rest.lastIndex(of: "]")
        let colon = rest[(bracket ?? rest.startIndex)...].lastIndex(of: ":")
        let host = colon.map { rest[..<$0] } ?? rest
        guard !host.isEmpty, host.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5B || $0 == 0x5D || $0 == 0x3A }) else { return nil }
        guard let colon else { return (String(host), 443) }
        let digits = rest[rest.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.count <= 5, let port = Int(digits), (1...65_535).contains(port) else { return nil }
        return (String(host), port)
    }
}
