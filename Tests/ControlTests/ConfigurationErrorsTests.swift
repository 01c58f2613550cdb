// Every wrong file is told its place, its key, what is wrong and what to write instead.
import Testing

@testable import Control

@Suite struct ConfigurationErrorsTests {
    /// A right file of 12 lines; the faults below are put into it.
    static let right = """
        edition: portal
        listen: {https: 127.0.0.1:0}
        name: localhost
        nodes:
          - {name: balancer-1, tier: balancer}
          - {name: web-1, tier: web}
          - {name: data-1, tier: data, role: primary}
          - {name: data-2, tier: data, role: backup}
          - {name: management-1, tier: management}
        technicians:
          - {name: Ana, number: "+447700900001", zone: Europe/London}
        probes: {every: 1s, confirm: 3}

        """

    static func problems(_ text: String, _ overrides: [String] = []) -> [String] {
        do {
            _ = try Configuration.parse(text, file: "f.yaml", absolute: "/etc/f.yaml", overrides: overrides)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `the right file is right`() {
        #expect(Self.problems(Self.right) == [])
    }

    /// (what is replaced, by what, how the one problem begins, what it advises)
    @Test(arguments: [
        ("probes:", "probs:", "f.yaml:12:1: probs: unknown key `probs`", "did you mean `probes`?"),
        ("confirm: 3", "confrim: 3", "f.yaml:12:21: probes.confrim: unknown key `confrim`", "did you mean `confirm`?"),
        ("confirm: 3", "quorum: 3", "f.yaml:12:21: probes.quorum: unknown key `quorum`", "known here: every, confirm"),
        ("every: 1s", "every: 1", "f.yaml:12:17: probes.every: `1` is not a duration", "write every: 1s"),
        ("every: 1s", "every: 1 s", "f.yaml:12:17: probes.every: `1 s` is not a duration", "write every: 1s"),
        ("every: 1s", "every: 2h", "f.yaml:12:17: probes.every: 2h is out of range", "write 100ms to 1h"),
        ("confirm: 3", "confirm: three", "f.yaml:12:30: probes.confirm: `three` is not a whole number", "write confirm: 3"),
        ("confirm: 3", "confirm: 0", "f.yaml:12:30: probes.confirm: 0 is out of range", "write 1 to 100"),
        ("{every: 1s, confirm: 3}", "1s", "f.yaml:12:9: probes: this is the value `1s` where keys", "write probes: {every: 1s"),
        ("confirm: 3", "confirm: [3]", "f.yaml:12:30: probes.confirm: this is a list where one value belongs", "write confirm: 3"),
        ("edition: portal", "edition: portl", "f.yaml:1:10: edition: `portl` is not a edition", "did you mean `portal`?"),
        ("tier: web", "tier: webb", "f.yaml:6:25: nodes[1].tier: `webb` is not a tier", "did you mean `web`?"),
        ("name: web-1", "name: balancer-1", "f.yaml:6:12: nodes[1].name: the name `balancer-1` is taken by nodes[0]", "a name of its own"),
        ("name: web-1", "name: web 1", "f.yaml:6:12: nodes[1].name: `web 1` is not a name", "web-1"),
        ("role: backup", "role: primary", "f.yaml:8:38: nodes[3].role: there is a primary already, nodes[2]", "write role: backup"),
        ("role: primary", "role: backup", "f.yaml:7:38: nodes[2].role: there is a backup but no primary", "write role: primary"),
        (", role: primary", "", "f.yaml:7:5: nodes[2].role: `role` is missing", "write role: primary or role: backup"),
        ("tier: web", "tier: web, role: primary", "f.yaml:6:36: nodes[1].role: only data nodes have a role", "leave it out"),
        ("tier: web", "tier: web, check: /up", "f.yaml:6:37: nodes[1].check: our own nodes are checked", "add origin"),
        ("tier: web", "tier: web, origin: 127.0.0.1", "f.yaml:6:38: nodes[1].origin: `127.0.0.1` is not an origin", "http://127.0.0.1:9001"),
        ("tier: management", "tier: management, origin: http://h:1", "f.yaml:9:52: nodes[4].origin: only web nodes", "write tier: web"),
        ("127.0.0.1:0", "127.0.0.1", "f.yaml:2:17: listen.https: `127.0.0.1` is not an address", "HOST:PORT"),
        ("127.0.0.1:0", "127.0.0.1:70000", "f.yaml:2:17: listen.https: `127.0.0.1:70000` is not an address", "port 0 to 65535"),
        ("https:", "http:", "f.yaml:2:9: listen: people would sign in over clear HTTP", "add https"),
        ("127.0.0.1:0", "127.0.0.1:8443, http: 127.0.0.1:8443", "f.yaml:2:9: listen: http and https are both", "a port of its own"),
        ("+447700900001", "07700900001", "f.yaml:11:25: technicians[0].number: `07700900001` is not a mobile number", "+447 and 9 digits"),
        ("+447700900001", "+4477009000012", "f.yaml:11:25: technicians[0].number: `+4477009000012`", "+614 and 8 digits"),
        ("+447700900001", "+61491570", "f.yaml:11:25: technicians[0].number: `+61491570`", "+614 and 8 digits"),
        ("+447700900001", "+33612345678", "f.yaml:11:25: technicians[0].number: `+33612345678`", "United Kingdom or Australia"),
        ("Europe/London", "Europe/Londn", "f.yaml:11:48: technicians[0].zone: `Europe/Londn` is not a time zone", "did you mean Europe/London?"),
        ("Europe/London", "BST", "f.yaml:11:48: technicians[0].zone: `BST` is not a time zone", "IANA name"),
        ("name: localhost", "name: my host", "f.yaml:3:7: name: `my host` is not a host name", "portal.example.com"),
        ("probes:", "data: {durability: semi-synchronous}\nprobes:", "f.yaml:12:20: data.durability: `semi-synchronous` needs the journal", "write durability: local"),
        ("probes:", "data: {durability: asynchronous}\nprobes:", "f.yaml:12:20: data.durability: `asynchronous` needs the journal", "write durability: local"),
        ("probes:", "offsite: {every: 1h}\nprobes:", "f.yaml:12:10: offsite.url: `url` is missing", "file:offsite"),
        ("probes:", "offsite: {url: \"s3:bucket\"}\nprobes:", "f.yaml:12:16: offsite.url: `s3:bucket` is not a place for copies", "file:offsite"),
        ("probes:", "mail: {relay: \"http://x\", from: a@b}\nprobes:", "f.yaml:12:15: mail.relay: `http://x` is not a mail relay", "smtp://"),
        ("probes:", "mail: {relay: \"smtp://x:25\", from: nobody}\nprobes:", "f.yaml:12:36: mail.from: `nobody` is not an e-mail", "support@localhost"),
        ("probes:", "quiet-hours: {zone: UTC, from: \"1:00\", to: \"05:00\"}\nprobes:", "f.yaml:12:32: quiet-hours.from: `1:00` is not a time of day", "01:00"),
        ("probes:", "sms: {providers: [{name: k, kind: kanel, url: \"http://h/\"}]}\nprobes:", "f.yaml:12:35: sms.providers[0].kind: `kanel` is not a kind", "did you mean `kannel`?"),
        ("probes:", "sms: {providers: [{name: k, kind: kannel, url: ftp://h}]}\nprobes:", "f.yaml:12:48: sms.providers[0].url: `ftp://h` is not", "http"),
        ("probes:", "support: {hours: \"Europe/London; Mon-Fri 17:00-09:00\"}\nprobes:", "f.yaml:12:18: support.hours: The hours \"Mon-Fri 17:00-09:00\" are not understood", "Mon-Fri 09:00-12:30,13:30-17:30"),
        ("probes:", "support: {targets: \"urgent 4h\"}\nprobes:", "f.yaml:12:20: support.targets: The promise \"urgent 4h\"", "urgent 30m 4h"),
        ("probes:", "support: {telephone: \"020 7946\"}\nprobes:", "f.yaml:12:22: support.telephone: `020 7946` is not a telephone number", "+44 20 7946 0018"),
        ("probes:", "support: {plans: [{name: standard}]}\nprobes:", "f.yaml:12:26: support.plans[0].name: `standard` cannot name a plan", "each name once"),
        ("probes:", "access-log: maybe\nprobes:", "f.yaml:12:13: access-log: `maybe` is not a switch", "off"),
        ("probes:", "name: twice\nprobes:", "f.yaml:3:1: the key `name` stands there twice", "keep one"),
        ("probes: {", "probes: {{", "f.yaml:", "check indentation"),
        ("  - {name: balancer-1, tier: balancer}\n", "", "f.yaml:5:3: nodes: the portal edition needs a balancer node", "tier: balancer"),
        ("edition: portal\n", "", "f.yaml:1:1: edition: `edition` is missing", "write edition: portal"),
    ])
    func `a fault is told with its place and its remedy`(old: String, new: String, start: String, advice: String) {
        let found = Self.problems(Self.right.replacing(old, with: new, maxReplacements: 1))
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(start) == true, "\(found)")
        #expect(found.first?.contains(advice) == true, "\(found)")
    }

    @Test func `all problems come at once, in the order of the file`() {
        let text = Self.right.replacing("name: localhost", with: "name: my host").replacing("tier: web", with: "tier: wbe").replacing("every: 1s", with: "every: x")
        #expect(Self.problems(text).map { $0.split(separator: ":")[1] } == ["3", "6", "12"])
    }

    @Test(arguments: [
        ("probes.every=5", "--set probes.every=5: probes.every: `5` is not a duration; write every: 1s"),
        ("probes.evry=5s", "--set probes.evry=5s: probes.evry: unknown key `evry`; did you mean `every`?"),
        ("probes.every", "--set probes.every: there is no KEY=VALUE in it; write --set probes.every=1s"),
        ("nodes.web-9.tier=web", "--set nodes.web-9.tier=web: nodes has no item `web-9`; name one of balancer-1, web-1, data-1, data-2, management-1"),
        ("name.first=x", "--set name.first=x: name has one value, no key `first`; set name itself"),
        ("a..b=1", "--set a..b=1: a step of the key is empty; write --set probes.every=1s"),
    ])
    func `a wrong --set is named as typed`(option: String, start: String) {
        let found = Self.problems(Self.right, [option])
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(start) == true, "\(found)")
    }

    @Test func `set reaches every kind of key`() throws {
        let configuration = try Configuration.parse(
            Self.right, file: "f.yaml", absolute: "/etc/f.yaml",
            overrides: ["probes.every=5s", "listen.http=127.0.0.1:8080", "nodes.web-1.listen=10.0.0.1:9443", "technicians.0.zone=Australia/Sydney", "access-log=off", "nodes.5.name=web-2", "nodes.web-2.tier=web", "mail={relay: \"smtp://h:25\", from: \"a@b\"}"])
        #expect(configuration.probes.every == .seconds(5))
        #expect(configuration.listen.http == HostPort("127.0.0.1:8080"))
        #expect(configuration.node("web-1")?.listen == HostPort("10.0.0.1:9443"))
        #expect(configuration.technicians[0].zone == "Australia/Sydney")
        #expect(!configuration.accessLog)
        #expect(configuration.node("web-2")?.tier == .web)
        #expect(configuration.mail == .init(relay: "smtp://h:25", from: "a@b"))
    }

    @Test func `a file of balancers and origins needs no edition and may serve clear HTTP`() throws {
        let configuration = try Configuration.parse(
            "listen: {http: 127.0.0.1:0}\nnodes:\n  - {name: b, tier: balancer}\n  - {name: o, tier: web, origin: http://127.0.0.1:9001, check: /up}\n",
            file: "f.yaml", absolute: "/etc/f.yaml")
        #expect(configuration.isPlainLoadBalancer)
        #expect(configuration.warnings == [])
    }

    @Test func `a missing secret is a warning and its provider absent`() throws {
        let text = Self.right + "sms: {providers: [{name: my-kannel, kind: kannel, url: \"http://h/\", secret-file: none.secret}]}\n"
        let without = try Configuration.parse(text, file: "f.yaml", absolute: "/nowhere/f.yaml")
        #expect(without.sms.providers[0].present == false)
        #expect(without.sms.providers[0].secretFile == "/nowhere/none.secret")
        #expect(without.warnings.contains { $0.description.contains("/nowhere/none.secret cannot be read") && $0.place == "f.yaml:13:82" }, "\(without.warnings)")
        let with = try Configuration.parse(text, file: "f.yaml", absolute: "/nowhere/f.yaml", environment: ["FITECH_SECRET_MY_KANNEL": "x"])
        #expect(with.sms.providers[0].present)
    }

    @Test func `a file that is none is told so`() {
        #expect(throws: ConfigurationError.self) { try Configuration.load(path: "/nowhere.yaml") }
        #expect(throws: ConfigurationError.self) { try Configuration.load(path: "/tmp") }
        #expect(throws: ConfigurationError.self) { try Configuration.load(path: "/dev/zero") }
        #expect(Self.problems("just words") == ["f.yaml:1:1: this is the value `just words` where keys and values belong; write edition: portal"].map { $0.replacing("1: : ", with: "1: ") })
        #expect(Self.problems("").first?.contains("`nodes` is missing") == true)
    }
}
