// Every key a configuration may have: the one list that the reader, `Config/README.md` and its test go by.

/// A key with what it takes; `[]` in a path stands for each item of a list.
package struct ConfigurationKey: Sendable, Equatable {
    package var path: String
    package var type: String
    /// What holds without the key, as people would write it; "required" or "none" likewise.
    package var initial: String
    package var range: String

    init(_ path: String, _ type: String, initial: String, range: String) {
        self.path = path
        self.type = type
        self.initial = initial
        self.range = range
    }

    package static let all: [ConfigurationKey] = [
        .init("edition", "word", initial: "required (none for a file of balancers and origins)", range: "portal, reseller, single-server"),
        .init("listen", "mapping", initial: "none", range: ""),
        .init("listen.https", "address", initial: "none", range: "HOST:PORT, port 0 to 65535"),
        .init("listen.http", "address", initial: "none", range: "HOST:PORT, port 0 to 65535"),
        .init("listen.smtp", "address", initial: "none", range: "HOST:PORT, port 0 to 65535"),
        .init("name", "host name", initial: "localhost", range: "letters, digits, `-` and `.`"),
        .init("aliases", "list of host names", initial: "none", range: "0 to 1000, `*.` first for all names of a domain"),
        .init("tls", "mapping", initial: "none", range: ""),
        .init("tls.rotate-tickets", "duration", initial: "12h", range: "1m to 30d"),
        .init("nodes", "list", initial: "required", range: "1 to 100"),
        .init("nodes[].name", "word", initial: "required", range: "letters, digits and `-`, 1 to 40"),
        .init("nodes[].tier", "word", initial: "required", range: "balancer, web, data, management, reporting"),
        .init("nodes[].role", "word", initial: "required for data nodes", range: "primary, backup"),
        .init("nodes[].origin", "URL", initial: "none", range: "http://HOST:PORT or unix:PATH, web nodes only"),
        .init("nodes[].check", "path", initial: "none (it accepts a connection)", range: "begins with /, origins only"),
        .init("nodes[].listen", "address", initial: "none (Unix socket)", range: "HOST:PORT, port 0 to 65535"),
        .init("nodes[].weight", "number", initial: "100", range: "1 to 1000, web nodes only"),
        .init("data", "mapping", initial: "none", range: ""),
        .init("data.durability", "word", initial: "local", range: "local"),
        .init("restore-points", "mapping", initial: "none", range: ""),
        .init("restore-points.every", "duration", initial: "1h", range: "1s to 7d"),
        .init("offsite", "mapping", initial: "none", range: ""),
        .init("offsite.url", "URL", initial: "required in `offsite`", range: "file:PATH"),
        .init("offsite.every", "duration", initial: "24h", range: "1s to 30d"),
        .init("probes", "mapping", initial: "none", range: ""),
        .init("probes.every", "duration", initial: "1s", range: "100ms to 1h"),
        .init("probes.confirm", "number", initial: "3", range: "1 to 100"),
        .init("sms", "mapping", initial: "none", range: ""),
        .init("sms.providers", "list", initial: "none (texts go to `outbox/`)", range: "0 to 20"),
        .init("sms.providers[].name", "word", initial: "required", range: "letters, digits and `-`, 1 to 40"),
        .init("sms.providers[].kind", "word", initial: "required", range: "kannel"),
        .init("sms.providers[].url", "URL", initial: "required", range: "http:// or https://"),
        .init("sms.providers[].countries", "list of words", initial: "every country", range: "two-letter codes"),
        .init("sms.providers[].user", "text", initial: "none", range: ""),
        .init("sms.providers[].from", "text", initial: "the provider's", range: "a number, or 3 to 11 letters and digits"),
        .init("sms.providers[].secret-file", "path", initial: "none", range: "relative to the file"),
        .init("mail", "mapping", initial: "none (mails go to `outbox/`)", range: ""),
        .init("mail.relay", "URL", initial: "required in `mail`", range: "smtp://HOST:PORT"),
        .init("mail.from", "e-mail", initial: "required in `mail`", range: "NAME@HOST"),
        .init("support", "mapping", initial: "as its keys say", range: ""),
        .init("support.telephone", "telephone number", initial: "none", range: "+ and 6 to 15 digits, blanks between them as you like"),
        .init("support.hours", "working hours", initial: "Europe/London; england-and-wales; Mon-Fri 09:00-17:30", range: "ZONE; HOLIDAYS; days and spans"),
        .init("support.targets", "targets", initial: "urgent 30m 4h; high 1h 8h; normal 4h 24h; low 8h 40h", range: "PRIORITY RESPONSE RESOLUTION; ..."),
        .init("support.reopen-days", "number", initial: "30", range: "0 to 3650"),
        .init("support.close-resolved-days", "number", initial: "7", range: "1 to 365"),
        .init("support.upgrade-notice-days", "number", initial: "14", range: "0 to 365"),
        .init("support.banner-days", "number", initial: "7", range: "1 to 365"),
        .init("support.plans", "list", initial: "none", range: "0 to 50"),
        .init("support.plans[].name", "text", initial: "required", range: "lower case letters, digits and -; not standard"),
        .init("support.plans[].hours", "working hours", initial: "those of `support.hours`", range: "ZONE; HOLIDAYS; days and spans"),
        .init("community", "mapping", initial: "as its keys say", range: ""),
        .init("community.moderation", "word", initial: "before", range: "before, after"),
        .init("community.edit-minutes", "number", initial: "15", range: "0 to 1440"),
        .init("community.flags-to-hide", "number", initial: "3", range: "1 to 1000"),
        .init("community.comments-per-hour", "number", initial: "6", range: "1 to 1000"),
        .init("community.links-per-comment", "number", initial: "2", range: "0 to 100"),
        .init("api", "mapping", initial: "none", range: ""),
        .init("api.requests-per-minute", "number", initial: "none (not counted)", range: "1 to 1000000"),
        .init("webhooks", "mapping", initial: "as its keys say", range: ""),
        .init("webhooks.inside", "switch", initial: "off", range: "on, off"),
        .init("recycle-bin", "mapping", initial: "as its keys say", range: ""),
        .init("recycle-bin.days", "number", initial: "30", range: "1 to 365"),
        .init("support.plans[].targets", "targets", initial: "those of `support.targets`", range: "PRIORITY RESPONSE RESOLUTION; ..."),
        .init("technicians", "list", initial: "none", range: "0 to 100"),
        .init("technicians[].name", "text", initial: "required", range: "1 to 80 characters"),
        .init("technicians[].number", "telephone number", initial: "required", range: "+447 and 9 digits, or +614 and 8 digits"),
        .init("technicians[].zone", "time zone", initial: "required", range: "IANA name, such as Europe/London"),
        .init("technicians[].email", "e-mail", initial: "none", range: "NAME@HOST"),
        .init("quiet-hours", "mapping", initial: "none", range: ""),
        .init("quiet-hours.zone", "time zone", initial: "required in `quiet-hours`", range: "IANA name, such as Europe/London"),
        .init("quiet-hours.from", "time of day", initial: "required in `quiet-hours`", range: "00:00 to 23:59"),
        .init("quiet-hours.to", "time of day", initial: "required in `quiet-hours`", range: "00:00 to 23:59"),
        .init("balancing", "mapping", initial: "none", range: ""),
        .init("balancing.method", "word", initial: "least-connections", range: "least-connections, round-robin, weighted, two-choices, hashed"),
        .init("balancing.hash-by", "word", initial: "address", range: "address, path"),
        .init("balancing.ramp", "duration", initial: "10s", range: "0s to 1h"),
        .init("balancing.per-node", "number", initial: "none", range: "1 to 1000000"),
        .init("balancing.queue", "mapping", initial: "none", range: ""),
        .init("balancing.queue.depth", "number", initial: "1000", range: "0 to 1000000"),
        .init("balancing.queue.time", "duration", initial: "5s", range: "10ms to 5m"),
        .init("balancing.queue.sticky-time", "duration", initial: "1s", range: "0s to 5m"),
        .init("balancing.queue.then", "word", initial: "borrow", range: "borrow, move"),
        .init("balancing.check", "mapping", initial: "none", range: ""),
        .init("balancing.check.every", "duration", initial: "1s", range: "100ms to 1m"),
        .init("balancing.check.rise", "number", initial: "2", range: "1 to 100"),
        .init("balancing.check.fall", "number", initial: "3", range: "1 to 100"),
        .init("balancing.eject", "mapping", initial: "none", range: ""),
        .init("balancing.eject.failures", "number", initial: "5", range: "0 to 1000"),
        .init("balancing.eject.errors", "number", initial: "10", range: "0 to 1000"),
        .init("balancing.eject.for", "duration", initial: "10s", range: "1s to 1h"),
        .init("balancing.eject.longest", "duration", initial: "5m", range: "1s to 1d"),
        .init("balancing.eject.at-most", "number", initial: "50", range: "0 to 90"),
        .init("proxy-protocol", "mapping", initial: "none", range: ""),
        .init("proxy-protocol.listeners", "list of words", initial: "required in `proxy-protocol`", range: "https, http"),
        .init("proxy-protocol.from", "list of address ranges", initial: "required in `proxy-protocol`", range: "such as 10.0.0.0/8, 2001:db8::/32 or one address"),
        .init("proxy-protocol.time", "duration", initial: "3s", range: "100ms to 60s"),
        .init("limits", "mapping", initial: "none", range: ""),
        .init("limits.connections-per-address", "number", initial: "none (no cap)", range: "1 to 1000000"),
        .init("limits.requests-per-address", "number", initial: "none (no cap)", range: "1 to 1000000"),
        .init("limits.requests-per-session", "number", initial: "none (no cap)", range: "1 to 1000000"),
        .init("limits.burst", "duration", initial: "10s", range: "1s to 1h"),
        .init("retire-within", "duration", initial: "10m", range: "0s to 1d"),
        .init("access-log", "switch", initial: "on", range: "on, off"),
        .init("access-log-size", "number", initial: "64", range: "1 to 4096"),
        .init("access-log-files", "number", initial: "4", range: "1 to 100"),
    ]

    /// The names one may write directly under `path` (`""`: at the top; `nodes[]`: in a node).
    static func names(under path: String) -> [String] {
        let prefix = path.isEmpty ? "" : path + "."
        return all.compactMap { key in
            guard key.path.hasPrefix(prefix) else { return nil }
            let rest = key.path.dropFirst(prefix.count)
            return rest.utf8.contains(UInt8(ascii: ".")) ? nil : String(rest)
        }
    }
}

/// Finds what somebody may have meant.
enum Nearest {
    /// The candidate with the fewest letters to change, when that is at most a third of them (at least 2, 1 in words of three); nil otherwise.
    static func to(_ word: String, among candidates: [String]) -> String? {
        let limit = word.utf8.count <= 3 ? 1 : max(2, word.utf8.count / 3)
        let ranked = candidates.map { ($0, distance(Array(word.lowercased().utf8), Array($0.lowercased().utf8))) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= limit else { return nil }
        return best.0
    }

    /// Letters to insert, delete, replace or swap with a neighbour (optimal string alignment).
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before = [Int](), last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                row.append(cost)
            }
            before = last
            last = row
        }
        return last[b.count]
    }
}
