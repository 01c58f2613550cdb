// Where everything lives in the state directory: one place that knows every path, so that nobody spells one twice.

/// The layout only; making and checking the directory is the supervisor's.
package struct StateDirectory: Sendable, Equatable {
    /// Absolute, without a slash at its end.
    package let path: String

    package init(_ path: String) {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// Held with flock by the one supervisor; names its process id.
    package var lock: String { path + "/lock" }
    /// The supervisor's HTTP API (0600).
    package var controlSocket: String { path + "/control.sock" }
    /// The fleet as it was last changed by command.
    package var fleet: String { path + "/fleet.json" }
    /// The people of `--demo` with their passwords.
    package var demo: String { path + "/demo.json" }
    /// Every action with who did it, one JSON object a line.
    package var auditLog: String { path + "/audit.log" }

    package var run: String { path + "/run" }
    /// The private listener of a node.
    package func socket(of node: String) -> String { "\(run)/\(node).sock" }
    /// Where a process that is to take a node over waits until it may.
    package func successorSocket(of node: String) -> String { "\(run)/\(node).next" }
    /// Where a balancer's process hands its public listeners to a supervisor that starts anew.
    package func listeners(of process: Int32) -> String { "\(run)/\(process).listeners" }
    /// The processes that act for a node, in digits, one a line: the one that runs it, then those that finish what they have.
    package func processFile(of node: String) -> String { "\(run)/\(node).pid" }

    package var keys: String { path + "/keys" }
    /// The private authority that signs every node's certificate.
    package var authorityKey: String { keys + "/authority.key" }
    package var authorityCertificate: String { keys + "/authority.crt" }
    /// What people's browsers are shown.
    package var publicKey: String { keys + "/public.key" }
    package var publicCertificate: String { keys + "/public.crt" }
    /// 32 bytes every balancer seals stickiness cookies with.
    package var stickyKey: String { keys + "/sticky.key" }
    /// 32 bytes incident links are signed with.
    package var linkKey: String { keys + "/link.key" }
    /// What every balancer seals TLS session tickets with: `TicketKeys`, rotated by the supervisor.
    package var ticketKey: String { keys + "/ticket.key" }
    /// Installed public certificates, requests for them and OCSP staples (`fitech-ctl certificate`).
    package var certificates: String { path + "/certificates" }
    package func key(of node: String) -> String { "\(keys)/\(node).key" }
    package func certificate(of node: String) -> String { "\(keys)/\(node).crt" }

    /// That node's own files; nobody else reads or writes there.
    package func files(of node: String) -> String { "\(path)/nodes/\(node)" }
    package var nodes: String { path + "/nodes" }
    package var offsite: String { path + "/offsite" }
    /// Texts and mails that no provider takes.
    package var outbox: String { path + "/outbox" }
    package var logs: String { path + "/logs" }
    package func log(of node: String) -> String { "\(logs)/\(node).log" }

    /// A `file:` URL of the configuration as an absolute path: `file:offsite` is under the state directory. Nil for another scheme.
    package func resolve(fileURL url: String) -> String? {
        guard url.hasPrefix("file:") else { return nil }
        var rest = String(url.dropFirst(5))
        if rest.hasPrefix("//") {
            rest = String(rest.dropFirst(2))
            // file://localhost/path is the same machine (RFC 8089 2).
            if rest.hasPrefix("localhost/") { rest = String(rest.dropFirst(9)) }
        }
        guard !rest.isEmpty else { return nil }
        return rest.hasPrefix("/") ? rest : "\(path)/\(rest)"
    }
}
