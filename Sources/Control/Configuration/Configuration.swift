// The configuration of a fleet as a value: what one YAML file and its `--set` options say, checked and complete.
import SupportCentre

/// Made by `Configuration.load`; every key is explained in `Config/README.md`.
package struct Configuration: Sendable, Equatable {
    /// Nil only for a file of balancers and origins, which is a plain load balancer.
    package var edition: Edition?
    package var listen = Listen()
    /// The host name people type; certificates are made for it.
    package var name = "localhost"
    /// Other host names served, lower case; `*.` first for all names of a domain.
    package var aliases: [String] = []
    package var tls = TLS()
    package var nodes: [NodeSpec] = []
    package var durability = Durability.local
    package var restorePoints = RestorePoints()
    package var offsite: Offsite?
    package var probes = Probes()
    package var sms = SMS()
    package var mail: Mail?
    package var technicians: [TechnicianSpec] = []
    package var quietHours: QuietHours?
    package var balancing = Balancing()
    package var accessLog = true
    /// Megabytes.
    package var accessLogSize = 64
    /// Older ones that are kept.
    package var accessLogFiles = 4
    package var proxyProtocol: ProxyProtocol?
    package var limits = Limits()
    package var support = Support()
    package var community = CommunityPolicy()
    package var webhooks = Webhooks()
    /// How long what support deletes can be brought back.
    package var recycleBinDays = 30
    /// Of one person; nil for any number.
    package var apiRequestsPerMinute: Int?
    /// How long a process whose successor serves may take to finish open downloads, streams and tunnels; what is left then is cut.
    package var retireWithin: Duration = .seconds(600)
    /// The file this was read from, absolute; `up` hands it to the nodes it starts.
    package var path = ""
    /// The `--set` options it was read with; handed on likewise.
    package var overrides: [String] = []
    /// What is odd but refuses nothing, such as a secret file that does not exist.
    package var warnings: [ConfigurationProblem] = []

    package init() {}

    /// The node of that name, nil when the file has none.
    package func node(_ name: String) -> NodeSpec? { nodes.first { $0.name == name } }

    /// Only balancers and somebody's own applications: nothing of ours but the balancers runs.
    package var isPlainLoadBalancer: Bool {
        !nodes.isEmpty && nodes.allSatisfy { $0.tier == .balancer || $0.origin != nil }
    }
}

extension Configuration {
    /// Public listeners; what is nil opens nothing.
    package struct Listen: Sendable, Equatable {
        package var https: HostPort?
        package var http: HostPort?
        package var smtp: HostPort?
        package init(https: HostPort? = nil, http: HostPort? = nil, smtp: HostPort? = nil) {
            self.https = https
            self.http = http
            self.smtp = smtp
        }
    }

    package struct TLS: Sendable, Equatable {
        /// How long a key seals session tickets before the next takes its turn.
        package var rotateTickets: Duration = .seconds(12 * 3600)
        package init() {}
    }

    /// When a commit is acknowledged. Until the journal comes only `local` is accepted by the loader.
    package enum Durability: String, Sendable, CaseIterable {
        /// After it is on the primary's own disk.
        case local
        /// After it is on the backup's disk too.
        case semiSynchronous = "semi-synchronous"
        /// Before it is on any disk but the primary's; the backup follows.
        case asynchronous
    }

    package struct RestorePoints: Sendable, Equatable {
        package var every: Duration = .seconds(3600)
        package init() {}
    }

    /// Where the second copy of the restore points goes.
    package struct Offsite: Sendable, Equatable {
        /// `file:…` with an absolute path when the state directory is known (`StateDirectory.resolve`), or another scheme later.
        package var url: String
        package var every: Duration
        package init(url: String, every: Duration = .seconds(86_400)) {
            self.url = url
            self.every = every
        }
    }

    package struct Probes: Sendable, Equatable {
        package var every: Duration = .seconds(1)
        /// Failures in a row before a second vantage is asked.
        package var confirm = 3
        package init() {}
    }

    package struct SMS: Sendable, Equatable {
        package var providers: [SMSProvider] = []
        package init() {}
    }

    /// A way to hand a text to a telephone network; tried in the order of the file.
    package struct SMSProvider: Sendable, Equatable {
        package enum Kind: String, Sendable, CaseIterable { case kannel }
        package var name: String
        package var kind: Kind
        package var url: String
        /// ISO 3166 codes of the countries it may text; empty means every one.
        package var countries: [String]
        package var user: String?
        /// Where texts say they come from, nil leaves it to the provider.
        package var from: String?
        /// Absolute path of the file with its secret, nil when it needs none.
        package var secretFile: String?
        /// The environment variable that is looked at before the file: `FITECH_SECRET_` and the name in capitals.
        package var secretVariable: String
        /// False when its secret is nowhere: the provider counts as absent (a warning says so).
        package var present: Bool

        package init(
            name: String, kind: Kind, url: String, countries: [String] = [], user: String? = nil, from: String? = nil,
            secretFile: String? = nil, secretVariable: String = "", present: Bool = true
        ) {
            self.name = name
            self.kind = kind
            self.url = url
            self.countries = countries
            self.user = user
            self.from = from
            self.secretFile = secretFile
            self.secretVariable = secretVariable
            self.present = present
        }
    }

    /// How mail leaves the house.
    package struct Mail: Sendable, Equatable {
        /// `smtp://host:port`.
        package var relay: String
        /// The address mails come from.
        package var from: String
        package init(relay: String, from: String) {
            self.relay = relay
            self.from = from
        }
    }

    /// When upgrades may run, on the clock of `zone`. They never delay a text to a technician.
    package struct QuietHours: Sendable, Equatable {
        package var zone: String
        /// Minutes after midnight.
        package var from: Int
        /// Minutes after midnight; smaller than `from` when the hours cross midnight.
        package var to: Int
        package init(zone: String, from: Int, to: Int) {
            self.zone = zone
            self.from = from
            self.to = to
        }
    }
}

/// One node of the file.
package struct NodeSpec: Sendable, Equatable {
    package var name: String
    package var tier: Tier
    /// Data nodes only.
    package var role: NodeRole?
    /// Somebody's own application, balanced but not started by us: `http://host:port` or `unix:PATH`.
    package var origin: String?
    /// The path that tells whether an origin is healthy; nil: it is when it accepts a connection.
    package var check: String?
    /// Its share relative to its siblings, 1...1000.
    package var weight: Int
    /// The private TCP listener (mutual TLS); nil: the Unix socket in the state directory alone.
    package var listen: HostPort?

    package init(
        name: String, tier: Tier, role: NodeRole? = nil, origin: String? = nil, check: String? = nil, weight: Int = 100, listen: HostPort? = nil
    ) {
        self.name = name
        self.tier = tier
        self.role = role
        self.origin = origin
        self.check = check
        self.weight = weight
        self.listen = listen
    }
}

/// Someone who gets the texts. The list seeds the management node at first start; afterwards commands rule.
package struct TechnicianSpec: Sendable, Equatable {
    package var name: String
    /// E.164: `+447…` or `+614…`.
    package var number: String
    /// IANA name of the zone this person lives in.
    package var zone: String
    /// The e-mail of a person of staff, nil for someone who never signs in.
    package var email: String?

    package init(name: String, number: String, zone: String, email: String? = nil) {
        self.name = name
        self.number = number
        self.zone = zone
        self.email = email
    }
}
