// What the configuration says of proxies in front of the balancers and of limits on those who connect.
import Wire
import Yams

extension Configuration {
    /// Whose word is taken for who connects.
    package struct ProxyProtocol: Sendable, Equatable {
        package enum Listener: String, Sendable, CaseIterable { case https, http }
        package var listeners: [Listener]
        package var from: [IPPrefix]
        package var time: Duration = .seconds(3)
    }

    /// Per balancer; nil is no limit.
    package struct Limits: Sendable, Equatable {
        package var connectionsPerAddress: Int?
        /// Per second.
        package var requestsPerAddress: Int?
        package var requestsPerSession: Int?
        package var burst: Duration = .seconds(10)
    }

    mutating func readServing(_ top: ConfigurationSection) {
        if let section = top.section("limits", example: "{requests-per-address: 100}") {
            limits.connectionsPerAddress = section.integer("connections-per-address", 1...1_000_000, example: "200")
            limits.requestsPerAddress = section.integer("requests-per-address", 1...1_000_000, example: "100")
            limits.requestsPerSession = section.integer("requests-per-session", 1...1_000_000, example: "20")
            if let burst = section.duration("burst", .seconds(1)...(.seconds(3600)), example: "10s") { limits.burst = burst }
        }
        guard let section = top.section("proxy-protocol", example: "{listeners: [https], from: [10.0.0.0/8]}") else { return }
        for (name, example) in [("listeners", "[https]"), ("from", "[10.0.0.0/8]")] where section.node(name) == nil {
            section.missing(name, "write \(name): \(example)")
        }
        var found = ProxyProtocol(listeners: [], from: [])
        for (item, path, _) in section.items("listeners", example: "[https]") ?? [] {
            if let listener = item.scalar.flatMap({ ProxyProtocol.Listener(rawValue: $0.string) }) {
                found.listeners.append(listener)
            } else {
                section.reader.report(item.mark, path, "`\(item.scalar?.string ?? "…")` is not a public listener", "write https or http")
            }
        }
        for (item, path, _) in section.items("from", example: "[10.0.0.0/8]") ?? [] {
            if let range = item.scalar.flatMap({ IPPrefix($0.string) }) {
                found.from.append(range)
            } else {
                section.reader.report(
                    item.mark, path, "`\(item.scalar?.string ?? "…")` is not a range of addresses",
                    "write the first address and how many bits are fixed, such as 10.0.0.0/8 or 2001:db8::/32, or one address")
            }
        }
        if let time = section.duration("time", .milliseconds(100)...(.seconds(60)), example: "3s") { found.time = time }
        proxyProtocol = found
    }
}
