// Whether a request is meant for this site at all, by the host it names.
import Wire

/// Only the site's own name, the machine itself and plain addresses are served: pages of a name that is not ours (a forged
/// Host, DNS rebinding) must not be made. An address cannot be rebound, and people test by it.
package struct HostCheck: Sendable {
    package enum Verdict: Sendable, Equatable {
        case ours
        /// Named nobody, where it must (RFC 9112 3.2 lets only HTTP/1.0 do so).
        case missing
        /// Somebody else's name (RFC 9110 15.5.20).
        case misdirected
    }

    private let names: [[UInt8]]
    /// `.example` for all names of a domain, one label deep.
    private let domains: [[UInt8]]
    private let acceptsAny: Bool

    /// `aliases` may begin with `*.`; `acceptsAny` is for a plain load balancer, whose origins know their own names.
    package init(name: String, aliases: [String] = [], acceptsAny: Bool) {
        let known = ([name, "localhost"] + aliases).map { $0.utf8.map(Octet.lower) }
        names = known.filter { $0.first != UInt8(ascii: "*") }
        domains = known.filter { $0.first == UInt8(ascii: "*") }.map { Array($0.dropFirst()) }
        self.acceptsAny = acceptsAny
    }

    /// `host` is without its port.
    package func verdict(_ host: ArraySlice<UInt8>, version: HTTPVersion) -> Verdict {
        if host.isEmpty { return version == .http10 ? .ours : .missing }
        if acceptsAny { return .ours }
        var host = host
        if host.last == UInt8(ascii: "."), host.count > 1 { host = host.dropLast() }  // a name may end with the root's dot
        for name in names where name.count == host.count {
            var same = true
            for (mine, theirs) in zip(name, host) where mine != Octet.lower(theirs) {
                same = false
                break
            }
            if same { return .ours }
        }
        if !domains.isEmpty, let dot = host.firstIndex(of: UInt8(ascii: ".")), dot > host.startIndex,
            domains.contains(where: { $0.elementsEqual(host[dot...].lazy.map(Octet.lower)) }) { return .ours }
        return HostCheck.isAddress(host) ? .ours : .misdirected
    }

    /// Four numbers with dots, or something in brackets.
    static func isAddress(_ host: ArraySlice<UInt8>) -> Bool {
        if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]") { return host.count > 3 }
        let parts = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { part in
            (1...3).contains(part.count) && part.allSatisfy(Octet.isDigit) && part.reduce(0) { $0 * 10 + Int($1 - 48) } <= 255
        }
    }
}
