// Loads a configuration: the YAML file, the `--set` options, every check; all problems at once or a complete value.
import Foundation
import Yams

extension Configuration {
    /// Files larger than this are refused unread.
    static let largestFile = 1 << 20

    /// Reads the file at `path` with `overrides` (`probes.every=1s`) put into it. Throws every problem found; what is only odd
    /// is in `warnings`. Paths in the file become absolute; `environment` is looked at for secrets.
    package static func load(
        path: String, overrides: [String] = [], environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> Configuration {
        func refuse(_ problem: String, _ remedy: String) -> ConfigurationError {
            ConfigurationError([ConfigurationProblem(place: path, key: "", problem: problem, remedy: remedy)])
        }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw refuse("there is no such file", "name one with --config, such as Config/portal.yaml")
        }
        guard !isDirectory.boolValue else { throw refuse("this is a directory", "name the YAML file in it") }
        guard let data = FileManager.default.contents(atPath: path) else { throw refuse("the file cannot be read", "check its permissions") }
        guard data.count <= largestFile else { throw refuse("the file has \(data.count) bytes, more than \(largestFile)", "name a configuration file") }
        guard let text = String(validating: data, as: UTF8.self) else { throw refuse("the file is not UTF-8", "save it as UTF-8") }
        let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        return try parse(text, file: path, absolute: absolute, overrides: overrides, environment: environment)
    }

    /// The same from the text of a file; `file` is how problems name it, `absolute` what its paths are relative to.
    package static func parse(
        _ text: String, file: String, absolute: String, overrides: [String] = [], environment: [String: String] = [:]
    ) throws(ConfigurationError) -> Configuration {
        var root: Node
        do {
            root = try Yams.compose(yaml: text) ?? Node([(Node, Node)]())
        } catch {
            throw ConfigurationError([yamlProblem(error, file: file)])
        }
        let (applied, refused) = ConfigurationOverrides.apply(overrides, to: &root)
        let reader = ConfigurationReader(file: file, overridden: applied)
        var configuration = Configuration()
        configuration.path = absolute
        configuration.overrides = overrides
        let directory = absolute.lastIndex(of: "/").map { String(absolute[..<$0]) } ?? "."
        if let top = ConfigurationSection(reader, root, path: "", pattern: "", example: "edition: portal") {
            configuration.read(top, directory: directory, environment: environment)
            ConfigurationChecks(top: top).run(on: &configuration)
        }
        // In the order of the file; what came from the command line first.
        let found = reader.problems.sorted { $0.line < $1.line }.map(\.problem)
        guard refused.isEmpty, found.isEmpty else { throw ConfigurationError(refused + found) }
        return configuration
    }

    private static func yamlProblem(_ error: any Error, file: String) -> ConfigurationProblem {
        func problem(_ mark: Mark?, _ text: String, _ remedy: String) -> ConfigurationProblem {
            ConfigurationProblem(place: mark.map { "\(file):\($0.line):\($0.column)" } ?? file, key: "", problem: text, remedy: remedy)
        }
        let remedy = "check indentation, quotes and brackets there"
        switch error as? YamlError {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _), .composer(_, let text, let mark, _):
            return problem(mark, "this is not YAML: \(text)", remedy)
        case .duplicatedKeysInMapping(let keys, let context):
            return problem(context.mark, "the key `\(keys.first ?? "")` stands there twice", "keep one of them")
        case .reader(let text, _, _, _):
            return problem(nil, "this is not YAML: \(text)", "save it as UTF-8 without control characters")
        default:
            return problem(nil, "this is not YAML: \(error)", remedy)
        }
    }
}

extension Configuration {
    mutating func read(_ top: ConfigurationSection, directory: String, environment: [String: String]) {
        edition = top.word("edition", Edition.self)
        if let section = top.section("listen", example: "{https: 0.0.0.0:8443, http: 0.0.0.0:8080}") {
            listen.https = section.address("https", example: "0.0.0.0:8443")
            listen.http = section.address("http", example: "0.0.0.0:8080")
            listen.smtp = section.address("smtp", example: "0.0.0.0:2525")
        }
        if let name = top.value("name", wanted: "a host name", example: "portal.example.com", Syntax.hostName) { self.name = name }
        readAliases(top)
        if let section = top.section("tls", example: "{rotate-tickets: 12h}"),
            let every = section.duration("rotate-tickets", .seconds(60)...(.seconds(30 * 86_400)), example: "12h") { tls.rotateTickets = every }
        for section in top.sections("nodes", example: "{name: web-1, tier: web}") {
            if let node = NodeSpec(section) { nodes.append(node) }
        }
        if let section = top.section("data", example: "{durability: local}"),
            let word = section.word("durability", Durability.self) {
            if word != .local {
                section.report(
                    "durability", "`\(word.rawValue)` needs the journal, which this release does not have: a commit would be acknowledged without the backup holding it",
                    "write durability: local")
            }
            durability = word
        }
        if let section = top.section("restore-points", example: "{every: 1h}"),
            let every = section.duration("every", .seconds(1)...(.seconds(7 * 86_400)), example: "1h") { restorePoints.every = every }
        if let section = top.section("offsite", example: "{url: \"file:offsite\", every: 24h}") {
            let url = section.value("url", wanted: "a place for copies", example: "\"file:offsite\"") { $0.hasPrefix("file:") && $0.utf8.count > 5 ? $0 : nil }
            if section.node("url") == nil { section.missing("url", "write url: \"file:offsite\"") }
            if let url { offsite = Offsite(url: url) }
            if let every = section.duration("every", .seconds(1)...(.seconds(30 * 86_400)), example: "24h") { offsite?.every = every }
        }
        if let section = top.section("probes", example: "{every: 1s, confirm: 3}") {
            if let every = section.duration("every", .milliseconds(100)...(.seconds(3600)), example: "1s") { probes.every = every }
            if let confirm = section.integer("confirm", 1...100, example: "3") { probes.confirm = confirm }
        }
        if let section = top.section("sms", example: "{providers: []}") {
            for item in section.sections("providers", example: "{name: kannel, kind: kannel, url: \"http://127.0.0.1:13013/cgi-bin/sendsms\"}") {
                readProvider(item, directory: directory, environment: environment)
            }
        }
        if let section = top.section("mail", example: "{relay: \"smtp://127.0.0.1:1025\", from: \"support@localhost\"}") {
            let relay = section.value("relay", wanted: "a mail relay", example: "\"smtp://127.0.0.1:1025\"", Syntax.relay)
            let from = section.value("from", wanted: "an e-mail address", example: "\"support@localhost\"", Syntax.email)
            for (name, example) in [("relay", "\"smtp://127.0.0.1:1025\""), ("from", "\"support@localhost\"")] where section.node(name) == nil {
                section.missing(name, "write \(name): \(example)")
            }
            if let relay, let from { mail = Mail(relay: relay, from: from) }
        }
        for section in top.sections("technicians", example: "{name: Ana, number: \"+447700900001\", zone: Europe/London}") {
            if let technician = TechnicianSpec(section) { technicians.append(technician) }
        }
        if let section = top.section("quiet-hours", example: "{zone: Europe/London, from: \"01:00\", to: \"05:00\"}") {
            let zone = section.zone("zone")
            let from = section.value("from", wanted: "a time of day", example: "\"01:00\"", Syntax.timeOfDay)
            let to = section.value("to", wanted: "a time of day", example: "\"05:00\"", Syntax.timeOfDay)
            for (name, example) in [("zone", "Europe/London"), ("from", "\"01:00\""), ("to", "\"05:00\"")] where section.node(name) == nil {
                section.missing(name, "write \(name): \(example)")
            }
            if let zone, let from, let to { quietHours = QuietHours(zone: zone, from: from, to: to) }
        }
        readBalancing(top)
        readServing(top)
        readSupport(top)
        readCommunity(top)
        readWebhooks(top)
        readRecycleBin(top)
        readAPI(top)
        if let time = top.duration("retire-within", .zero...(.seconds(86_400)), example: "10m") { retireWithin = time }
        if let flag = top.value("access-log", wanted: "a switch", example: "off", Syntax.flag) { accessLog = flag }
        if let size = top.integer("access-log-size", 1...4096, example: "64") { accessLogSize = size }
        if let files = top.integer("access-log-files", 1...100, example: "4") { accessLogFiles = files }
    }

    private mutating func readAliases(_ top: ConfigurationSection) {
        for (item, path, _) in top.items("aliases", example: "[shop.example.com, \"*.example.org\"]") ?? [] {
            let text = item.scalar?.string ?? ""
            if let host = Syntax.hostName(text.hasPrefix("*.") ? String(text.dropFirst(2)) : text) {
                aliases.append((text.hasPrefix("*.") ? "*." + host : host).lowercased())
            } else {
                top.reader.report(item.mark, path, "`\(item.scalar?.string ?? "…")` is not a host name", "write a name such as shop.example.com, or \"*.example.com\"")
            }
        }
    }

    private mutating func readProvider(_ section: ConfigurationSection, directory: String, environment: [String: String]) {
        let name = section.value("name", wanted: "a name", example: "kannel", Syntax.word)
        let kind = section.word("kind", SMSProvider.Kind.self)
        let url = section.value("url", wanted: "an http(s) URL", example: "\"http://127.0.0.1:13013/cgi-bin/sendsms\"", Syntax.webURL)
        for (key, example) in [("name", "kannel"), ("kind", "kannel"), ("url", "\"http://127.0.0.1:13013/cgi-bin/sendsms\"")] where section.node(key) == nil {
            section.missing(key, "write \(key): \(example)")
        }
        var countries: [String] = []
        for (item, path, _) in section.items("countries", example: "[GB, AU]") ?? [] {
            if let text = item.scalar?.string, text.utf8.count == 2, text.utf8.allSatisfy({ (65...90).contains($0) }) {
                countries.append(text)
            } else {
                section.reader.report(item.mark, path, "`\(item.scalar?.string ?? "…")` is not a country code", "write two capitals, such as GB or AU")
            }
        }
        let user = section.text("user", example: "fitech")
        let from = section.value("from", wanted: "a sender", example: "FITECH (a number, or 3 to 11 letters and digits)", Syntax.sender)
        let file = section.text("secret-file", example: "kannel.secret").map { $0.hasPrefix("/") ? $0 : "\(directory)/\($0)" }
        guard let name, let kind, let url else { return }
        let variable = "FITECH_SECRET_" + String(decoding: name.uppercased().utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
        var present = true
        if let file, environment[variable] == nil, !FileManager.default.isReadableFile(atPath: file) {
            present = false
            warnings.append(ConfigurationProblem(
                place: section.reader.place(of: section.full("secret-file"), section.node("secret-file")?.mark), key: section.full("secret-file"),
                problem: "\(file) cannot be read, so provider \(name) counts as absent",
                remedy: "put the secret into that file or into \(variable)"))
        }
        sms.providers.append(SMSProvider(
            name: name, kind: kind, url: url, countries: countries, user: user, from: from, secretFile: file, secretVariable: variable, present: present))
    }
}

extension NodeSpec {
    init?(_ section: ConfigurationSection) {
        let name = section.value("name", wanted: "a name", example: "web-1 (letters, digits and -, at most 40)", Syntax.word)
        let tier = section.word("tier", Tier.self)
        for (key, example) in [("name", "web-1"), ("tier", "web")] where section.node(key) == nil { section.missing(key, "write \(key): \(example)") }
        let role = section.word("role", NodeRole.self)
        let origin = section.value("origin", wanted: "an origin", example: "http://127.0.0.1:9001 or unix:/run/app.sock", Syntax.origin)
        let check = section.value("check", wanted: "a path", example: "/up") { $0.hasPrefix("/") && Syntax.printable($0) ? $0 : nil }
        let weight = section.integer("weight", 1...1000, example: "100") ?? 100
        let listen = section.address("listen", example: "10.0.0.5:9443")
        guard let name, let tier else { return nil }
        self.init(name: name, tier: tier, role: role, origin: origin, check: check, weight: weight, listen: listen)
        if tier != .web, section.node("weight") != nil { section.report("weight", "only web nodes and origins are balanced by weight", "leave it out") }
        if tier == .data, section.node("role") == nil { section.missing("role", "write role: primary or role: backup") }
        if tier != .data, section.node("role") != nil { section.report("role", "only data nodes have a role", "leave it out") }
        if tier != .web, section.node("origin") != nil { section.report("origin", "only web nodes can be somebody's own application", "write tier: web, or leave it out") }
        if section.node("check") != nil, section.node("origin") == nil { section.report("check", "our own nodes are checked at /readyz", "leave it out, or add origin: http://HOST:PORT") }
        if section.node("listen") != nil, section.node("origin") != nil { section.report("listen", "an origin listens by itself", "leave it out") }
    }
}

extension TechnicianSpec {
    init?(_ section: ConfigurationSection) {
        let name = section.value("name", wanted: "a name", example: "Ana") { $0.isEmpty || $0.count > 80 || !Syntax.printable($0) ? nil : $0 }
        let number = section.value("number", wanted: "a mobile number of the United Kingdom or Australia", example: "\"+447700900001\" (+447 and 9 digits, or +614 and 8 digits)", Syntax.mobile)
        let zone = section.zone("zone")
        for (key, example) in [("name", "Ana"), ("number", "\"+447700900001\""), ("zone", "Europe/London")] where section.node(key) == nil {
            section.missing(key, "write \(key): \(example)")
        }
        let email = section.value("email", wanted: "an e-mail address", example: "ana@example.com", Syntax.email)
        guard let name, let number, let zone else { return nil }
        self.init(name: name, number: number, zone: zone, email: email)
    }
}

extension ConfigurationSection {
    func zone(_ name: String) -> String? {
        guard let text = text(name, example: "Europe/London") else { return nil }
        if Syntax.isZone(text) { return text }
        let meant = Nearest.to(text, among: TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") }).map { "did you mean \($0)?" }
        report(name, "`\(text)` is not a time zone", meant ?? "write an IANA name, such as Europe/London or Australia/Sydney")
        return nil
    }
}
